// Medians of several runs after a warm-up, one JSON line per figure. Processor time is counted, so
// that other work on the machine does not.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

#include "core/check.h"
#include "rules/rules.h"

namespace {

using namespace anlan::rules;

struct Target {
  const char* variant;
  const char* unit;
  double per_unit_ns;
  double value;
};

template <class Work>
void measure(const Target& target, int rounds, Work work) {
  constexpr int kRuns = 7;
  std::vector<double> runs;
  for (int run = 0; run <= kRuns; ++run) {
    std::clock_t begin = std::clock();
    for (int i = 0; i < rounds; ++i) work();
    double took_ns = static_cast<double>(std::clock() - begin) * (1e9 / CLOCKS_PER_SEC);
    if (run > 0) runs.push_back(took_ns / rounds / target.per_unit_ns);
  }
  std::ranges::sort(runs);
  std::printf(
      "{\"bench\":\"rules\",\"metric\":\"time\",\"variant\":\"%s\",\"value\":%.3f,"
      "\"unit\":\"%s\",\"better\":\"lower\",\"target\":%g}\n",
      target.variant, runs[runs.size() / 2], target.unit, target.value);
}

std::string table_xml() {
  std::string out = R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="b"
 namespace="urn:b"><inputData id="a" name="a"/><inputData id="b" name="b"/>
<inputData id="c" name="c"/><decision id="d" name="d"><variable name="d"/>
<informationRequirement><requiredInput href="#a"/></informationRequirement>
<informationRequirement><requiredInput href="#b"/></informationRequirement>
<informationRequirement><requiredInput href="#c"/></informationRequirement>
<decisionTable hitPolicy="FIRST"><input><inputExpression><text>a</text></inputExpression></input>
<input><inputExpression><text>b</text></inputExpression></input>
<input><inputExpression><text>c</text></inputExpression></input><output/>)";
  for (int i = 0; i < 100; ++i) {
    std::string n = std::to_string(i);
    out +=
        "<rule><inputEntry><text>&gt;= 0</text></inputEntry><inputEntry><text>[0..1000]</text>"
        "</inputEntry><inputEntry><text>\"x" +
        n + "\"</text></inputEntry><outputEntry><text>" + n + "</text></outputEntry></rule>";
  }
  return out + "</decisionTable></decision></definitions>";
}

}  // namespace

int main() {
  const std::vector<std::string> names = {"LEL", "O2"};
  constexpr std::string_view kCondition = "LEL < 0.5 and O2 in [19.5..23.5]";
  auto condition = Expression::compile(kCondition, names);
  CHECK(condition.has_value(), "the bench's own expression");
  Context gas{{"LEL", Decimal::parse("0.2")}, {"O2", Decimal::parse("20.9")}};
  anlan::rules::Environment environment;
  bool all = true;
  measure({"condition", "ns", 1, 300}, 200'000,
          [&] { all &= condition->evaluate(gas, environment).is_true(); });
  auto model = Model::parse(table_xml());
  CHECK(model.has_value(), "the bench's own table");
  Context row{{"a", 5}, {"b", 500}, {"c", "none"}};
  measure({"table_100x3_no_hit", "us", 1000, 10}, 2'000,
          [&] { all &= model->decide("d", row, environment)->value.is_null(); });
  measure({"compile", "us", 1000, 50}, 5'000,
          [&] { all &= Expression::compile(kCondition, names).has_value(); });
  CHECK(all, "a bench computed something wrong");
  return 0;
}
