// The index of a table finds what walking over all rules finds.

#include <gtest/gtest.h>

#include "core/random.h"
#include "rules/rules.h"

namespace anlan::rules {
namespace {

constexpr const char* kHead = R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/"
 name="t" namespace="urn:t"><inputData id="a" name="a"/><inputData id="b" name="b"/>
<decision id="d" name="d"><variable name="d"/>
<informationRequirement><requiredInput href="#a"/></informationRequirement>
<informationRequirement><requiredInput href="#b"/></informationRequirement>
<decisionTable hitPolicy=")";

constexpr const char* kColumns = R"(">
<input><inputExpression><text>a</text></inputExpression></input>
<input><inputExpression><text>b</text></inputExpression></input><output/>)";

using Cells = std::vector<std::array<std::string, 2>>;

Model model_of(std::string_view policy, const Cells& rules) {
  std::string xml = kHead + std::string(policy) + kColumns;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    xml += "<rule>";
    for (const std::string& cell : rules[i]) {
      xml += "<inputEntry><text>" + cell + "</text></inputEntry>";
    }
    xml += "<outputEntry><text>" + std::to_string(i) + "</text></outputEntry></rule>";
  }
  auto model = Model::parse(xml + "</decisionTable></decision></definitions>");
  EXPECT_TRUE(model.has_value());
  return model.value_or(Model());
}

// The rules that fit, each asked alone.
List one_by_one(const Cells& rules, const Context& row) {
  List out;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    bool fits = true;
    for (std::size_t column = 0; column < 2; ++column) {
      auto tests = Expression::compile_unary_tests(rules[i][column], std::vector<std::string>{});
      fits = fits && tests->test(row.entries()[column].second, row, {});
    }
    if (fits) out.emplace_back(static_cast<int64_t>(i));
  }
  return out;
}

TEST(TableIndex, agrees_with_trying_every_rule) {
  constexpr uint64_t kSeed = 20261122;
  SeededRandom random(kSeed);
  const std::vector<std::string> cells = {"\"x\"", "\"y\", \"z\"", "1",      "1.0, 2", "true",
                                          "-",     "not(\"x\")",   "[1..2]", "null",   "\"\""};
  const List inputs = {
      "x", "y", "", 1, 2, true, Value(), Value(List{Value("x")}), Value(Date{2026, 1, 1})};
  int hits = 0;
  for (int round = 0; round < 30; ++round) {
    Cells rules;
    for (int i = 0; i < 40; ++i) {
      rules.push_back(
          {cells[random.below(round % 2 ? 5 : cells.size())], cells[random.below(cells.size())]});
    }
    Model all = model_of("RULE ORDER", rules);
    Model first = model_of("FIRST", rules);
    for (const Value& a : inputs) {
      for (const Value& b : inputs) {
        Context row{{"a", a}, {"b", b}};
        List wanted = one_by_one(rules, row);
        auto got = all.decide("d", row, {});
        auto one = first.decide("d", row, {});
        SCOPED_TRACE("seed 20261122, round " + std::to_string(round));
        ASSERT_EQ(got->value, wanted.empty() ? Value() : Value(wanted)) << text_of(got->value);
        ASSERT_EQ(one->value, wanted.empty() ? Value() : wanted.front());
        hits += static_cast<int>(wanted.size());
      }
    }
  }
  EXPECT_GT(hits, 1'000);
}

TEST(TableIndex, looks_at_the_rules_that_can_fit_and_at_no_others) {
  Cells rules;
  for (int i = 0; i < 5'000; ++i) rules.push_back({"\"k" + std::to_string(i) + "\"", "&gt;= 0"});
  Model model = model_of("UNIQUE", rules);
  auto got = model.decide("d", Context{{"a", "k4321"}, {"b", 7}}, {});
  EXPECT_EQ(got->value, Value(4321));
  EXPECT_LT(got->steps, 50U);
}

TEST(Decision, tells_what_it_looked_at) {
  Cells rules = {{"\"x\"", "&lt; 5"}, {"-", "-"}};
  auto got = model_of("FIRST", rules).decide("d", Context{{"a", "x"}, {"b", 7}}, {});
  ASSERT_EQ(got->asked.size(), 2U);
  EXPECT_EQ(got->asked[0].decision_id, "d");
  EXPECT_EQ(got->asked[1].input, "b");
  EXPECT_EQ(got->asked[1].value, Value(7));
  ASSERT_EQ(got->matched.size(), 1U);
  EXPECT_EQ(got->matched[0].index, 1);
}

}  // namespace
}  // namespace anlan::rules
