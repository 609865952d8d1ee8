#include "rules/dmn_tables.h"

#include <gtest/gtest.h>

namespace anlan::rules {
namespace {

constexpr std::string_view kModel = R"(
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="m">
  <decision id="day" name="day"><literalExpression><text>1</text></literalExpression></decision>
  <decision id="d" name="limits">
    <decisionTable hitPolicy="FIRST">
      <input><inputExpression><text>kind</text></inputExpression></input>
      <output name="valid_h"/><output name="source"/>
      <rule>
        <inputEntry><text>"hot"</text></inputEntry>
        <outputEntry><text>8</text></outputEntry><outputEntry><text>"GB [S6]"</text></outputEntry>
        <annotationEntry><text>seen</text></annotationEntry>
        <annotationEntry><text>S6</text></annotationEntry>
      </rule>
    </decisionTable>
  </decision>
  <decision id="e" name="alone">
    <decisionTable><input><inputExpression><text>x</text></inputExpression></input><output/>
      <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>)";

TEST(DmnTables, EveryTableIsToldAsItStandsAndNothingElse) {
  auto tables = decision_tables(kModel);
  ASSERT_TRUE(tables);
  ASSERT_EQ(tables->as_array().size(), 2u);
  const Json& limits = tables->as_array()[0];
  EXPECT_EQ(limits["name"], Json("limits"));
  EXPECT_EQ(limits["hit_policy"], Json("FIRST"));
  EXPECT_EQ(write_json(limits["inputs"]), R"(["kind"])");
  EXPECT_EQ(write_json(limits["outputs"]), R"(["valid_h","source"])");
  const Json& rule = limits["rules"].as_array()[0];
  EXPECT_EQ(write_json(rule["inputs"]), R"(["\"hot\""])");
  EXPECT_EQ(write_json(rule["outputs"]), R"(["8","\"GB [S6]\""])");
  EXPECT_EQ(rule["annotation"], Json("seen; S6"));
}

TEST(DmnTables, AnOutputWithoutANameIsTheDecisionsOwn) {
  auto tables = decision_tables(kModel);
  ASSERT_TRUE(tables);
  const Json& alone = tables->as_array()[1];
  EXPECT_EQ(write_json(alone["outputs"]), R"(["alone"])");
  EXPECT_EQ(alone["hit_policy"], Json("UNIQUE"));
}

TEST(DmnTables, WhatIsNoModelIsRefused) {
  EXPECT_EQ(decision_tables("<a/>").error().code, ErrorCode::BadModel);
  EXPECT_FALSE(decision_tables("no xml"));
}

}  // namespace
}  // namespace anlan::rules
