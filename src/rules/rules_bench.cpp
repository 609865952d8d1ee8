// One core, medians of several runs after a warm-up, one JSON line per figure. Processor time is
// counted, so that other work on the machine does not. `./anlan bench feel` (tools/bench/feel.mjs)
// runs this and sets its peers beside it: what is measured here is measured there too.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

#include "core/check.h"
#include "rules/rules.h"

namespace {

using namespace anlan::rules;

constexpr std::string_view kCondition = "LEL < 0.5 and O2 in [19.5..23.5]";

struct Metric {
  const char* name;
  const char* unit;
  const char* better;
  double target;
};

// Seconds of processor time for one piece of work.
template <class Work>
double seconds_of(int rounds, Work work) {
  constexpr int kRuns = 9;
  std::vector<double> runs;
  for (int run = 0; run <= kRuns; ++run) {
    std::clock_t begin = std::clock();
    for (int i = 0; i < rounds; ++i) work(i);
    double took = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    if (run > 0) runs.push_back(took / rounds);
  }
  std::ranges::sort(runs);
  return runs[runs.size() / 2];
}

void print(const Metric& metric, double value) {
  std::printf(
      "{\"bench\":\"feel\",\"metric\":\"%s\",\"value\":%.4g,\"unit\":\"%s\",\"better\":\"%s\","
      "\"target\":%g}\n",
      metric.name, value, metric.unit, metric.better, metric.target);
}

std::string rule_xml(const std::vector<std::string>& tests, int result) {
  std::string out = "<rule>";
  for (const std::string& test : tests) out += "<inputEntry><text>" + test + "</text></inputEntry>";
  return out + "<outputEntry><text>" + std::to_string(result) + "</text></outputEntry></rule>";
}

Model table_of(const std::string& rules) {
  std::string xml = R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="b"
 namespace="urn:b">)";
  std::string columns;
  std::string requires_them;
  for (std::string name : {"a", "b", "c"}) {
    xml += "<inputData id=\"" + name + "\" name=\"" + name + "\"/>";
    requires_them +=
        "<informationRequirement><requiredInput href=\"#" + name + "\"/></informationRequirement>";
    columns += "<input><inputExpression><text>" + name + "</text></inputExpression></input>";
  }
  xml += "<decision id=\"d\" name=\"d\"><variable name=\"d\"/>" + requires_them +
         "<decisionTable hitPolicy=\"FIRST\">" + columns + "<output/>" + rules +
         "</decisionTable></decision></definitions>";
  auto model = Model::parse(xml);
  CHECK(model.has_value(), "the bench's own table");
  return *model;
}

// 100 rules of three tests where only the third fails: every test of every rule is looked at.
Model plain_table() {
  std::string rules;
  for (int i = 0; i < 100; ++i) {
    rules += rule_xml({"&gt;= 0", "[0..1000]", "&gt; " + std::to_string(1000 + i)}, i);
  }
  return table_of(rules);
}

// 1,000 rules that a text tells apart.
Model keyed_table() {
  std::string rules;
  for (int i = 0; i < 1000; ++i) {
    rules += rule_xml({"&gt;= 0", "[0..1000]", "\"x" + std::to_string(i) + "\""}, i);
  }
  return table_of(rules);
}

}  // namespace

int main() {
  const std::vector<std::string> names = {"LEL", "O2"};
  auto condition = Expression::compile(kCondition, names);
  CHECK(condition.has_value(), "the bench's own expression");
  const Environment environment;
  Context calm{{"LEL", Decimal::parse("0.2")}, {"O2", Decimal::parse("20.9")}};
  bool is_right = true;
  double one = seconds_of(
      200'000, [&](int) { is_right &= condition->evaluate(calm, environment).is_true(); });
  print({"condition_us", "us", "lower", 0.2}, one * 1e6);
  std::vector<Context> rows;
  for (int i = 0; i < 256; ++i) {
    rows.push_back({{"LEL", Decimal::of(i % 60, -2)}, {"O2", Decimal::of(1800 + i * 2, -2)}});
  }
  int hits = 0;
  double many = seconds_of(200'000, [&](int i) {
    hits += condition->evaluate(rows[static_cast<std::size_t>(i) % 256], environment).is_true();
  });
  CHECK(hits > 0, "a bench whose conditions are never true");
  print({"conditions_per_s", "1/s", "higher", 3'000'000}, 1 / many);
  Model plain = plain_table();
  Context none{{"a", 5}, {"b", 500}, {"c", 7}};
  double table = seconds_of(
      2'000, [&](int) { is_right &= plain.decide("d", none, environment)->value.is_null(); });
  print({"table_100x3_us", "us", "lower", 10}, table * 1e6);
  Model keyed = keyed_table();
  Context known{{"a", 5}, {"b", 500}, {"c", "x777"}};
  double index = seconds_of(
      20'000, [&](int) { is_right &= keyed.decide("d", known, environment)->value == Value(777); });
  print({"table_index_us", "us", "lower", 1}, index * 1e6);
  double compile = seconds_of(
      5'000, [&](int) { is_right &= Expression::compile(kCondition, names).has_value(); });
  print({"compile_us", "us", "lower", 50}, compile * 1e6);
  CHECK(is_right, "a bench computed something wrong");
  return 0;
}
