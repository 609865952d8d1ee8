// Whatever is written, an evaluation ends: null and a warning at each bound (core/limits.h).

#include <gtest/gtest.h>

#include "core/limits.h"
#include "rules/rules.h"

namespace anlan::rules {
namespace {

struct Ended {
  Value value;
  std::string warning;  // the first
};

Ended ended(const std::string& text, uint64_t steps_max = limits::kEvaluationStepsMax) {
  auto expression = Expression::compile(text, {});
  if (!expression) return {.value = {}, .warning = expression.error().detail};
  std::vector<std::string> warnings;
  Value value = expression->evaluate({}, {.steps_max = steps_max, .warnings = &warnings});
  return {value, warnings.empty() ? std::string() : warnings.front()};
}

void expect_bound(const std::string& text, std::string_view why) {
  Ended end = ended(text);
  EXPECT_TRUE(end.value.is_null()) << text;
  EXPECT_TRUE(end.warning.contains(why)) << text << ": " << end.warning;
}

TEST(Bounds, steps) {
  expect_bound("for a in 1..1000, b in 1..1000, c in 1..1000 return 1", "loop is too long");
  expect_bound("some a in 1..9000, b in 1..9000 satisfies a * b < 0", "steps");
  expect_bound("{f: function(n) f(n) + f(n), r: f(0)}.r", "");
  EXPECT_EQ(ended("sum(for a in 1..100 return a)", 5'000).value, Value(5050));
  EXPECT_TRUE(ended("sum(for a in 1..100 return a)", 50).value.is_null());
}

TEST(Bounds, depth_of_calls_and_of_values) {
  expect_bound("{f: function(n) f(n + 1), r: f(0)}.r", "nested too deeply");
  expect_bound("for i in 1..2000 return if i = 1 then [] else [partial[-1]]", "too deep");
  std::string nested(limits::kExpressionDepthMax + 1, '[');
  EXPECT_TRUE(ended(nested + std::string(limits::kExpressionDepthMax + 1, ']'))
                  .warning.contains("too deep"));
}

TEST(Bounds, sizes_of_lists) {
  expect_bound("count(1..200000)", "");
  expect_bound("for i in 1..200000 return i", "too long");
  expect_bound("{l: for i in 1..60000 return i, r: concatenate(l, l)}.r", "too long");
  expect_bound("{l: for i in 1..400 return i, r: flatten(for a in l return for b in l return b)}.r",
               "too long");
}

TEST(Bounds, sizes_of_texts) {
  std::string twenty = "s";
  for (int i = 1; i < 20; ++i) twenty += ", s";
  std::string doubling = "{f: function(s, n) if n = 0 then s else f(s + s, n - 1), r: ";
  expect_bound(doubling + "f(\"abcdefgh\", 30)}.r", "string grew too long");
  expect_bound("{s: \"" + std::string(60'000, 'a') + "\", r: string join([" + twenty + "])}.r",
               "string grew too long");
  EXPECT_EQ(ended(doubling + "string length(f(\"ab\", 10))}.r").value, Value(2048));
}

TEST(Bounds, regular_expressions_that_go_back_and_back) {
  std::string many(40, 'a');
  expect_bound("matches(\"" + many + "!\", \"(a+)+$\")", "");
  expect_bound("replace(\"" + many + "!\", \"(a|aa)+$\", \"\")", "");
  expect_bound("matches(\"a\", \"" + std::string(5'000, 'a') + "\")", "");
  EXPECT_EQ(ended("matches(\"" + many + "\", \"(a+)+$\")").value, Value(true));
}

TEST(Bounds, numbers_neither_overflow_nor_hang) {
  expect_bound("9e6000 * 9e6000", "");
  expect_bound("10 ** 1000000", "");
  expect_bound("decimal(1, 1e30)", "");
  expect_bound("exp(1e9)", "");
  expect_bound("modulo(1e6000, 1e-6000)", "");
}

TEST(Bounds, warnings_are_counted) {
  auto many = Expression::compile("for i in 1..1000 return i / 0", {});
  std::vector<std::string> warnings;
  EXPECT_EQ(many->evaluate({}, {.warnings = &warnings}).as_list()->size(), 1000U);
  EXPECT_EQ(warnings.size(), 100U);
}

std::string model_with(std::string_view before, std::string_view text) {
  return "<?xml version=\"1.0\"?>" + std::string(before) +
         R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m"
 namespace="urn:m"><decision id="d" name="d"><variable name="d"/><literalExpression><text>)" +
         std::string(text) + "</text></literalExpression></decision></definitions>";
}

TEST(Bounds, entities_of_files_and_entity_bombs_are_refused) {
  EXPECT_TRUE(Model::parse(model_with("", "1")).has_value());
  auto why = [](std::string_view before) {
    auto model = Model::parse(model_with(before, "\"&a;\""));
    return model ? std::string() : model.error().detail;
  };
  EXPECT_TRUE(
      why(R"(<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>)").contains("document type"));
  EXPECT_TRUE(why(R"(<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>)")
                  .contains("document type"));
  EXPECT_TRUE(why(R"(<!DOCTYPE d SYSTEM "http://127.0.0.1/d.dtd">)").contains("document type"));
}

TEST(Bounds, models_that_require_themselves_end) {
  auto model = Model::parse(
      R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m"
 namespace="urn:m"><decision id="a" name="a"><variable name="a"/><informationRequirement>
<requiredDecision href="#b"/></informationRequirement><literalExpression><text>b + 1</text>
</literalExpression></decision><decision id="b" name="b"><variable name="b"/>
<informationRequirement><requiredDecision href="#a"/></informationRequirement><literalExpression>
<text>a + 1</text></literalExpression></decision></definitions>)");
  ASSERT_TRUE(model.has_value());
  EXPECT_TRUE(model->decide("a", {}, {})->value.is_null());
}

}  // namespace
}  // namespace anlan::rules
