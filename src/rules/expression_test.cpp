#include "rules/expression.h"

#include <gtest/gtest.h>

#include "core/limits.h"
#include "rules/rules.h"

namespace anlan::rules {
namespace {

Value evaluated(std::string_view text, const Context& context = {}) {
  std::vector<std::string> names;
  for (const auto& entry : context.entries()) names.push_back(entry.first);
  auto expression = Expression::compile(text, names);
  if (!expression) {
    ADD_FAILURE() << text << ": " << expression.error().detail;
    return {};
  }
  return expression->evaluate(context, {.now = Instant{1'763'704'991'250'000'000}});
}

std::string shown(std::string_view text, const Context& context = {}) {
  return text_of(evaluated(text, context));
}

TEST(Expression, precedence_and_associativity_are_those_of_the_standard) {
  EXPECT_EQ(shown("1 + 2 * 3 - 4 / 2"), "5");
  EXPECT_EQ(shown("-2 ** 2"), "4");
  EXPECT_EQ(shown("10 - 3 - 2"), "5");
  EXPECT_EQ(shown("true or false and false"), "true");
}

TEST(Expression, names_with_spaces_and_operators_take_the_longest_match) {
  Context context{{"Full Name", "Li"}, {"Full", 3}, {"a-b", 7}, {"a", 5}};
  EXPECT_EQ(shown("Full Name", context), "Li");
  EXPECT_EQ(shown("Full + 1", context), "4");
  EXPECT_EQ(shown("a-b", context), "7");
  EXPECT_EQ(shown("a - 1", context), "4");
  EXPECT_EQ(shown("可燃气体 浓度 < 0.5", {{"可燃气体 浓度", Decimal::parse("0.2")}}), "true");
}

TEST(Expression, unknown_is_a_value_and_logic_is_three_valued) {
  Context gone{{"gas", Value()}};
  EXPECT_TRUE(evaluated("gas > 0.5", gone).is_null());
  EXPECT_EQ(shown("gas > 0.5 and false", gone), "false");
  EXPECT_TRUE(evaluated("gas > 0.5 and true", gone).is_null());
  EXPECT_EQ(shown("gas > 0.5 or true", gone), "true");
  EXPECT_EQ(shown("if gas > 0.5 then 1 else 2", gone), "2");
}

TEST(Expression, an_error_inside_is_null_with_a_warning) {
  auto expression = Expression::compile("1 / 0", {});
  ASSERT_TRUE(expression.has_value());
  std::vector<std::string> warnings;
  EXPECT_TRUE(expression->evaluate({}, {.warnings = &warnings}).is_null());
  EXPECT_EQ(warnings.size(), 1U);
}

TEST(Expression, a_bad_text_is_refused_with_its_place) {
  auto bad = Expression::compile("1 + * 2", {});
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().code, ErrorCode::BadExpression);
  EXPECT_TRUE(bad.error().detail.contains("character 5")) << bad.error().detail;
  for (std::string_view text :
       {"", "(", "[1,", "{a 1}", "if 1 then 2", "\"open", "1 2", "f(a: 1, 2)"}) {
    EXPECT_FALSE(Expression::compile(text, {}).has_value()) << text;
  }
}

TEST(Expression, depth_and_length_are_bounded) {
  std::string deep(limits::kExpressionDepthMax + 10, '(');
  EXPECT_FALSE(Expression::compile(deep + "1", {}).has_value());
  std::string lists = std::string(100'000, ' ');
  EXPECT_FALSE(Expression::compile(lists + "1", {}).has_value());
  std::string chain = "1";
  for (int i = 0; i < 2'000; ++i) chain += "+1";
  EXPECT_FALSE(Expression::compile(chain, {}).has_value());
}

TEST(Expression, evaluation_ends_at_the_limit_of_steps) {
  auto slow = Expression::compile(
      "count(for a in 1..1000, b in 1..1000, c in 1..1000 return a * b * c)", {});
  ASSERT_TRUE(slow.has_value());
  std::vector<std::string> warnings;
  EXPECT_TRUE(slow->evaluate({}, {.steps_max = 10'000, .warnings = &warnings}).is_null());
  EXPECT_FALSE(warnings.empty());
  EXPECT_TRUE(evaluated("{f: function(n) f(n + 1), r: f(0)}.r").is_null());
}

TEST(Expression, lists_are_filtered_indexed_and_projected) {
  Context context{{"rows", List{Value(Context{{"n", 1}}), Value(Context{{"n", 5}})}}};
  EXPECT_EQ(shown("rows[n > 2].n", context), "[5]");
  EXPECT_EQ(shown("rows.n", context), "[1, 5]");
  EXPECT_EQ(shown("[1, 2, 3][-1]"), "3");
  EXPECT_TRUE(evaluated("[1, 2, 3][4]").is_null());
  EXPECT_EQ(shown("[1, 2, 3][item >= 2]"), "[2, 3]");
  EXPECT_EQ(shown("for i in 1..4 return if i = 1 then 1 else partial[-1] * i"), "[1, 2, 6, 24]");
  EXPECT_EQ(shown("some x in [1, 2] satisfies x > 1"), "true");
  EXPECT_EQ(shown("every x in [1, 2] satisfies x > 1"), "false");
}

TEST(Expression, functions_may_call_themselves_and_keep_what_they_saw) {
  EXPECT_EQ(shown("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r"), "120");
  EXPECT_EQ(shown("{k: 10, f: function(n) n + k, r: f(n: 5)}.r"), "15");
  EXPECT_EQ(shown("sort([3, 1, 2], function(x, y) x < y)"), "[1, 2, 3]");
}

TEST(Expression, dates_and_durations_add_up) {
  EXPECT_EQ(shown("date(\"2024-01-31\") + duration(\"P1M\")"), "2024-02-29");
  EXPECT_EQ(shown("@\"2026-11-21T10:00:00+08:00\" - @\"2026-11-20T10:00:00Z\""), "PT16H");
  EXPECT_EQ(shown("duration(\"P1DT2H\") * 2"), "P2DT4H");
  EXPECT_EQ(shown("day of week(date(2026, 11, 21))"), "Saturday");
  EXPECT_EQ(shown("date(\"2023-02-29\")"), "null");
  EXPECT_EQ(shown("now()"), "2025-11-21T06:03:11.25Z");
}

TEST(Expression, equality_of_times_sees_seconds_and_is_sees_all) {
  EXPECT_EQ(shown("@\"10:30:00.1\" = @\"10:30:00.9\""), "true");
  EXPECT_EQ(shown("@\"10:30:00.1\" < @\"10:30:00.9\""), "true");
  EXPECT_EQ(shown("@\"10:30:00\" = @\"10:30:01\""), "false");
  EXPECT_EQ(shown("@\"2026-11-21T10:30:00.1Z\" = @\"2026-11-21T11:30:00.9+01:00\""), "true");
  EXPECT_EQ(shown("is(@\"10:30:00.1\", @\"10:30:00.9\")"), "false");
  EXPECT_EQ(shown("is(value2: @\"10:30:00\")"), "false");
  EXPECT_TRUE(evaluated("is(1)").is_null());
}

TEST(Expression, a_range_that_runs_backwards_is_nothing_to_loop_over) {
  EXPECT_EQ(shown("for i in 3..1 return i"), "[3, 2, 1]");
  EXPECT_EQ(shown("for i in [1..3] return i"), "[1, 2, 3]");
  EXPECT_TRUE(evaluated("for i in [3..1] return i").is_null());
}

TEST(Expression, regular_expressions_are_those_of_xpath) {
  EXPECT_EQ(shown("matches(\"foobar\", \"^fo*b\")"), "true");
  EXPECT_EQ(shown("replace(\"abcd\", \"(ab)|(a)\", \"[1=$1][2=$2]\")"), "[1=ab][2=]cd");
  EXPECT_EQ(shown("split(\"a;b;;c\", \";\")"), "[\"a\", \"b\", \"\", \"c\"]");
  EXPECT_TRUE(evaluated("matches(\"a\", \"(\")").is_null());
  EXPECT_EQ(shown(R"(matches("hello world", "hello\ sworld", "x"))"), "true");
  EXPECT_EQ(shown("upper case(\"aéß\")").substr(0, 3), "A\xC3\x89");
}

TEST(Expression, unary_tests_accept_values_ranges_and_questions) {
  auto fits = [](std::string_view text, Value input) {
    auto tests = Expression::compile_unary_tests(text, {});
    EXPECT_TRUE(tests.has_value()) << text;
    return tests && tests->test(input, {}, {});
  };
  EXPECT_TRUE(fits("-", Value()));
  EXPECT_TRUE(fits("< 5, [10..20)", 10));
  EXPECT_FALSE(fits("< 5, [10..20)", 20));
  EXPECT_FALSE(fits("not(1, 2)", 2));
  EXPECT_TRUE(fits("\"a\", \"b\"", "b"));
  EXPECT_TRUE(fits("? * 2 > 6", 4));
  EXPECT_FALSE(fits("> 5", Value()));
}

TEST(Expression, names_used_are_the_inputs_read) {
  const std::vector<std::string> names = {"LEL", "O2", "unused"};
  auto expression = Expression::compile("LEL < 0.5 and count(for x in O2 return x + y) > 0", names);
  ASSERT_TRUE(expression.has_value());
  EXPECT_EQ(expression->names_used(), (std::vector<std::string>{"LEL", "O2"}));
  EXPECT_EQ(expression->names_unknown(), (std::vector<std::string>{"y"}));
}

TEST(Value, goes_to_json_and_back_without_losing_a_digit) {
  auto json = parse_json(R"({"a":12345678901234567890.12,"b":[true,null,"x"]})");
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(write_json(json_from_value(value_from_json(*json))),
            R"({"a":12345678901234567890.12,"b":[true,null,"x"]})");
  EXPECT_EQ(write_json(json_from_value(Value(Instant{1'500'000'000}))),
            "\"1970-01-01T00:00:01.5Z\"");
  EXPECT_EQ(text_of(Value(Duration::minutes(90))), "PT1H30M");
}

}  // namespace
}  // namespace anlan::rules
