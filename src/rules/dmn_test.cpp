#include "rules/dmn.h"

#include <gtest/gtest.h>

#include "rules/zones.h"

namespace anlan::rules {
namespace {

constexpr std::string_view kModelSpace = "https://www.omg.org/spec/DMN/20230324/MODEL/";

struct TableText {
  std::string hit_policy;  // with aggregation: COLLECT" aggregation="SUM
  std::string outputs = "<output typeRef=\"number\"/>";
  std::string rules;
};

std::string rule(std::string id, std::string test, std::string output) {
  return "<rule id=\"" + id + "\"><inputEntry><text>" + test +
         "</text></inputEntry><outputEntry><text>" + output +
         "</text></outputEntry><annotationEntry><text>why " + id +
         "</text></annotationEntry></rule>";
}

std::string model_of(const TableText& table, std::string_view space = kModelSpace) {
  return "<definitions xmlns=\"" + std::string(space) +
         "\" name=\"m\" namespace=\"urn:m\"><inputData id=\"i\" name=\"x\"/>"
         "<decision id=\"d\" name=\"grade\"><variable name=\"grade\"/>"
         "<informationRequirement><requiredInput href=\"#i\"/></informationRequirement>"
         "<decisionTable hitPolicy=\"" +
         table.hit_policy + "\"><input><inputExpression><text>x</text></inputExpression></input>" +
         table.outputs + table.rules + "</decisionTable></decision></definitions>";
}

Outcome decided(const TableText& table, Value x) {
  auto model = Model::parse(model_of(table));
  if (!model) {
    ADD_FAILURE() << model.error().detail;
    return {};
  }
  auto outcome = model->decide("grade", Context{{"x", x}}, {});
  EXPECT_TRUE(outcome.has_value());
  return outcome ? *outcome : Outcome{};
}

std::vector<std::string> reasons(const Outcome& outcome) {
  std::vector<std::string> out;
  for (const Matched& one : outcome.matched) {
    EXPECT_EQ(one.decision_id, "d");
    EXPECT_EQ(one.annotation, "why " + one.rule_id);
    out.push_back(one.rule_id);
  }
  return out;
}

using Ids = std::vector<std::string>;

const std::string kThree = rule("r0", "> 0", "3") + rule("r1", "> 5", "1") + rule("r2", "> 7", "2");
const std::string kOrdered =
    "<output typeRef=\"number\"><outputValues><text>1, 2, 3</text></outputValues></output>";

TEST(DecisionTable, unique_reports_the_rule_and_refuses_two) {
  Outcome one = decided({.hit_policy = "UNIQUE", .rules = kThree}, 3);
  EXPECT_EQ(text_of(one.value), "3");
  EXPECT_EQ(reasons(one), Ids{"r0"});
  EXPECT_EQ(one.matched[0].index, 0);
  Outcome two = decided({.hit_policy = "UNIQUE", .rules = kThree}, 6);
  EXPECT_TRUE(two.value.is_null());
  EXPECT_EQ(reasons(two), (Ids{"r0", "r1"}));
  EXPECT_FALSE(two.warnings.empty());
}

TEST(DecisionTable, first_stops_at_the_first_rule) {
  Outcome out = decided({.hit_policy = "FIRST", .rules = kThree}, 9);
  EXPECT_EQ(text_of(out.value), "3");
  EXPECT_EQ(reasons(out), Ids{"r0"});
}

TEST(DecisionTable, any_needs_agreement) {
  std::string agree = rule("r0", "> 0", "7") + rule("r1", "> 5", "7");
  Outcome out = decided({.hit_policy = "ANY", .rules = agree}, 9);
  EXPECT_EQ(text_of(out.value), "7");
  EXPECT_EQ(reasons(out), (Ids{"r0", "r1"}));
  EXPECT_TRUE(decided({.hit_policy = "ANY", .rules = kThree}, 9).value.is_null());
}

TEST(DecisionTable, priority_takes_the_best_output) {
  Outcome out = decided({.hit_policy = "PRIORITY", .outputs = kOrdered, .rules = kThree}, 9);
  EXPECT_EQ(text_of(out.value), "1");
  EXPECT_EQ(reasons(out), Ids{"r1"});
}

TEST(DecisionTable, output_order_and_rule_order_list_all) {
  Outcome by_output =
      decided({.hit_policy = "OUTPUT ORDER", .outputs = kOrdered, .rules = kThree}, 9);
  EXPECT_EQ(text_of(by_output.value), "[1, 2, 3]");
  EXPECT_EQ(reasons(by_output), (Ids{"r1", "r2", "r0"}));
  Outcome by_rule = decided({.hit_policy = "RULE ORDER", .rules = kThree}, 9);
  EXPECT_EQ(text_of(by_rule.value), "[3, 1, 2]");
  EXPECT_EQ(reasons(by_rule), (Ids{"r0", "r1", "r2"}));
}

TEST(DecisionTable, collect_aggregates) {
  auto collected = [](std::string how) {
    return text_of(
        decided({.hit_policy = "COLLECT\" aggregation=\"" + how, .rules = kThree}, 9).value);
  };
  EXPECT_EQ(collected("SUM"), "6");
  EXPECT_EQ(collected("MIN"), "1");
  EXPECT_EQ(collected("MAX"), "3");
  EXPECT_EQ(collected("COUNT"), "3");
  EXPECT_EQ(text_of(decided({.hit_policy = "COLLECT", .rules = kThree}, 9).value), "[3, 1, 2]");
}

TEST(DecisionTable, no_rule_gives_null_and_no_reason_or_the_default) {
  Outcome out = decided({.hit_policy = "UNIQUE", .rules = kThree}, -1);
  EXPECT_TRUE(out.value.is_null());
  EXPECT_TRUE(out.matched.empty());
  std::string with_default =
      "<output><defaultOutputEntry><text>9</text></defaultOutputEntry></output>";
  EXPECT_EQ(
      text_of(
          decided({.hit_policy = "UNIQUE", .outputs = with_default, .rules = kThree}, -1).value),
      "9");
}

TEST(DecisionTable, a_missing_reading_fits_no_comparison) {
  Outcome out = decided({.hit_policy = "FIRST", .rules = kThree}, Value());
  EXPECT_TRUE(out.value.is_null());
  EXPECT_TRUE(out.matched.empty());
}

TEST(Model, reads_the_namespaces_of_all_versions) {
  for (std::string_view space : {"http://www.omg.org/spec/DMN/20151101/dmn.xsd",
                                 "http://www.omg.org/spec/DMN/20180521/MODEL/",
                                 "https://www.omg.org/spec/DMN/20191111/MODEL/",
                                 "https://www.omg.org/spec/DMN/20211108/MODEL/"}) {
    EXPECT_TRUE(Model::parse(model_of({.hit_policy = "FIRST", .rules = kThree}, space))) << space;
  }
  EXPECT_FALSE(Model::parse(model_of({.hit_policy = "FIRST", .rules = kThree}, "urn:other")));
}

TEST(Model, a_bad_expression_is_refused_with_the_id_of_its_element) {
  std::string bad =
      "<rule id=\"r9\"><inputEntry id=\"e9\"><text>&gt; &gt;</text></inputEntry>"
      "<outputEntry><text>1</text></outputEntry></rule>";
  auto model = Model::parse(model_of({.hit_policy = "FIRST", .rules = bad}));
  ASSERT_FALSE(model.has_value());
  EXPECT_EQ(model.error().code, ErrorCode::BadModel);
  EXPECT_EQ(model.error().field, "e9");
  EXPECT_FALSE(Model::parse("<definitions").has_value());
  EXPECT_FALSE(Model::parse("").has_value());
}

TEST(Model, lists_decisions_and_inputs_and_finds_by_name_and_id) {
  auto model = Model::parse(model_of({.hit_policy = "FIRST", .rules = kThree}));
  ASSERT_TRUE(model.has_value());
  ASSERT_EQ(model->decisions().size(), 1U);
  EXPECT_EQ(model->decisions()[0].name, "grade");
  ASSERT_EQ(model->inputs().size(), 1U);
  EXPECT_EQ(model->inputs()[0].id, "i");
  EXPECT_TRUE(model->decide("d", {}, {}).has_value());
  auto missing = model->decide("nothing", {}, {});
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
}

TEST(Model, decisions_that_require_each_other_end_in_null) {
  std::string circle =
      "<definitions xmlns=\"" + std::string(kModelSpace) +
      "\" name=\"m\" namespace=\"urn:m\">"
      "<decision id=\"a\" name=\"a\"><informationRequirement><requiredDecision href=\"#b\"/>"
      "</informationRequirement><literalExpression><text>b + "
      "1</text></literalExpression></decision>"
      "<decision id=\"b\" name=\"b\"><informationRequirement><requiredDecision href=\"#a\"/>"
      "</informationRequirement><literalExpression><text>a + "
      "1</text></literalExpression></decision>"
      "</definitions>";
  auto model = Model::parse(circle);
  ASSERT_TRUE(model.has_value());
  EXPECT_TRUE(model->decide("a", {}, {})->value.is_null());
}

TEST(Zones, follow_the_rules_of_summer_time) {
  auto zones = Zones::parse(
      "R E 1981 ma - Mar lastSu 1u 1 S\nR E 1996 ma - O lastSu 1u 0 -\n"
      "Z Europe/Paris 0:9:21 - LMT 1911 Mar 11\n1 E CE%sT\nL Europe/Paris Europe/Monaco\n");
  ASSERT_TRUE(zones.has_value());
  auto offset = [&](std::string_view local) {
    return zones->offset_at_local("Europe/Monaco",
                                  since_epoch(*parse_date_time(local, nullptr)).seconds);
  };
  EXPECT_EQ(offset("2026-01-15T12:00:00"), 3600);
  EXPECT_EQ(offset("2026-07-15T12:00:00"), 7200);
  EXPECT_EQ(offset("2026-03-29T01:59:00"), 3600);
  EXPECT_EQ(offset("2026-03-29T03:00:00"), 7200);
  EXPECT_EQ(offset("1900-01-01T00:00:00"), 561);
  EXPECT_FALSE(zones->offset_at_utc("Nowhere", 0));
  EXPECT_FALSE(Zones::parse("nothing").has_value());
}

}  // namespace
}  // namespace anlan::rules
