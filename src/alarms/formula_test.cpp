// Limits that are a condition over several tags.

#include <gtest/gtest.h>

#include <memory>

#include "alarms/evaluator.h"

namespace anlan::alarms {
namespace {

using history::Quality;

constexpr history::TagIndex kFlow = 3, kLevel = 5, kOther = 9;

class FormulaTest : public testing::Test {
 protected:
  Definition definition(std::string formula) {
    return {.id = ids_.next_id<RecordKind>(),
            .code = "F-" + std::to_string(++made_),
            .tag = kFlow,
            .kind = Kind::Formula,
            .formula = std::move(formula),
            .inputs = {{"flow", kFlow}, {"level", kLevel}}};
  }
  void watch(const Definition& one) {
    std::vector<Definition> list(1, one);
    const std::vector<RecordId> none;
    evaluator_ = std::make_unique<Result<Evaluator>>(Evaluator::make(std::move(list), none, now_));
    ASSERT_TRUE(*evaluator_);
  }
  // What the sample changed: "+", "-" or nothing.
  std::string give(history::TagIndex tag, double value, Quality quality = Quality::Good) {
    now_ = now_ + Duration::seconds(1);
    history::Sample sample{
        .tag = tag, .at = now_, .received = now_, .value = value, .quality = quality};
    std::vector<Trip> trips;
    (*evaluator_)->evaluate({&sample, 1}, trips);
    std::string told;
    for (const Trip& trip : trips) told += trip.is_active ? "+" : "-";
    return told;
  }
  std::string field_of(const Definition& one) {
    auto checked = check_definition(one);
    return checked ? "" : checked.error().field;
  }

  Instant now_{1'795'248'000'000'000'000};
  ManualClock clock_{now_};
  SeededRandom random_{3};
  IdMaker ids_{clock_, random_};
  std::unique_ptr<Result<Evaluator>> evaluator_;  // g++ 14 sees ghosts in one on the stack
  int made_ = 0;
};

TEST_F(FormulaTest, TripsWhenAnyInputMakesItTrue) {
  watch(definition("flow > 10 and level < 20"));
  EXPECT_EQ(give(kLevel, 50), "");
  EXPECT_EQ(give(kFlow, 30), "");
  EXPECT_EQ(give(kLevel, 10), "+");
  EXPECT_EQ(give(kOther, 1), "");
  EXPECT_EQ(give(kLevel, 9), "");
  EXPECT_EQ(give(kFlow, 2), "-");
}

TEST_F(FormulaTest, UnknownIsNeitherTrueNorFalse) {
  watch(definition("flow > 10 and level < 20"));
  EXPECT_EQ(give(kFlow, 30), "");  // the level was never seen
  EXPECT_EQ(give(kLevel, 10), "+");
  EXPECT_EQ(give(kLevel, 90, Quality::Bad), "");
  EXPECT_EQ(give(kFlow, 2), "-");  // false whatever the level is
  EXPECT_EQ(give(kFlow, 30), "");
  now_ = now_ + Evaluator::kFreshDefault;
  EXPECT_EQ(give(kFlow, 30), "");  // the level is old
  EXPECT_EQ(give(kLevel, 10), "+");
}

// A ramp of 1.2 a minute, second by second: +12 in ten minutes.
TEST_F(FormulaTest, AWindowIsUnknownUntilItIsFilled) {
  watch(definition("rise(flow, 10) >= 6"));
  int second = 0;
  std::string told;
  for (; second < 600 && told.empty(); ++second) told = give(kFlow, 40 + 0.02 * second);
  EXPECT_EQ(told, "+");
  EXPECT_NEAR(second, 480, 11);  // 80 % of it, though 6 was reached after 300 s
  auto windows = (*evaluator_)->windows(0);
  ASSERT_EQ(windows.size(), 1U);
  EXPECT_EQ(windows[0].text, "rise(flow, 10)");
  EXPECT_NEAR(windows[0].filled, 0.8, 0.02);
  EXPECT_NEAR(windows[0].value.value_or(0), 9.4, 0.3);
  // It stands still: ten minutes on nothing of the rise is left.
  for (told.clear(), second = 0; second < 700 && told.empty(); ++second) told = give(kFlow, 50);
  EXPECT_EQ(told, "-");
  EXPECT_NEAR(second, 330, 60);
}

TEST_F(FormulaTest, MeanMostAndLeastAreOfTheWindowOnly) {
  watch(definition("mean_over(flow,1) > 5 and max_over(flow, 1) = 9 and min_over( flow , 1 ) = 3"));
  for (int i = 0; i < 60; ++i) EXPECT_EQ(give(kFlow, 100), "");
  for (int i = 0; i < 30; ++i) EXPECT_EQ(give(kFlow, 3), "");
  std::string told;
  for (int i = 0; i < 40; ++i) told += give(kFlow, 9);
  EXPECT_EQ(told, "+") << "when the last 100 is out of it";
}

TEST_F(FormulaTest, ASilenceEmptiesAWindow) {
  watch(definition("max_over(flow, 1) > 5"));
  std::string told;
  for (int i = 0; i < 60; ++i) told += give(kFlow, 1);
  EXPECT_EQ((*evaluator_)->windows(0)[0].value, 1);
  now_ = now_ + Duration::seconds(30);  // a value holds for a minute
  give(kFlow, 2);
  EXPECT_EQ((*evaluator_)->windows(0)[0].value, 2);
  now_ = now_ + Duration::seconds(61);
  give(kFlow, 9);
  EXPECT_EQ(told, "");
  EXPECT_FALSE((*evaluator_)->windows(0)[0].value);
}

TEST_F(FormulaTest, AWindowIsOfAnInputAndOneToSixtyMinutes) {
  EXPECT_EQ(field_of(definition("rise(flow, 60) > 1")), "");
  EXPECT_EQ(field_of(definition("max(flow, 60) > 1")), "") << "FEEL's own";
  EXPECT_EQ(field_of(definition("\"rise(x\" = \"\" or flow > 1")), "") << "a text";
  EXPECT_EQ(field_of(definition("rise(flow, 61) > 1")), "formula");
  EXPECT_EQ(field_of(definition("rise(flow, 0) > 1")), "formula");
  EXPECT_EQ(field_of(definition("rise(flow, level) > 1")), "formula");
  EXPECT_EQ(field_of(definition("rise(other, 5) > 1")), "formula");
  EXPECT_EQ(field_of(definition("rise(flow + 1, 5) > 1")), "formula");
  EXPECT_EQ(field_of(definition("rise(flow, 5 > 1")), "formula");
  std::string many = "flow > 1";
  for (int i = 0; i < 9; ++i) many += " or rise(flow, 5) > " + std::to_string(i);
  EXPECT_EQ(field_of(definition(many)), "formula");
}

TEST_F(FormulaTest, WaitsItsDelay) {
  Definition one = definition("flow - level > 5");
  one.on_delay = Duration::seconds(10);
  watch(one);
  give(kLevel, 1);
  EXPECT_EQ(give(kFlow, 9), "");
  EXPECT_EQ((*evaluator_)->waiting_since(0), now_);
  std::vector<Trip> trips;
  (*evaluator_)->tick(now_ + Duration::seconds(9), trips);
  EXPECT_TRUE(trips.empty());
  (*evaluator_)->tick(now_ + Duration::seconds(10), trips);
  ASSERT_EQ(trips.size(), 1U);
  EXPECT_EQ(trips[0].value, 9);
  EXPECT_FALSE((*evaluator_)->waiting_since(0));
}

TEST_F(FormulaTest, WhatIsNoConditionIsRefused) {
  EXPECT_EQ(field_of(definition("flow > 1")), "");
  EXPECT_EQ(field_of(definition("")), "formula");
  EXPECT_EQ(field_of(definition("flow >")), "formula");
  EXPECT_EQ(field_of(definition("flow > pressure")), "formula");
  EXPECT_EQ(field_of(definition(std::string(kFormulaCharsMax + 1, '1'))), "formula");
  Definition one = definition("flow > 1");
  one.inputs = {{"flow", kOther}};
  EXPECT_EQ(field_of(one), "formula_tags");
  one.inputs = {{"flow", kFlow}, {"flow", kLevel}};
  EXPECT_EQ(field_of(one), "formula");
  one.inputs.assign(kFormulaInputsMax + 1, {"flow", kFlow});
  EXPECT_EQ(field_of(one), "formula_tags");
  one.inputs.clear();
  EXPECT_EQ(field_of(one), "formula_tags");
}

TEST_F(FormulaTest, ATextOrTooMuchWorkIsUnknown) {
  watch(definition("if flow > 10 then \"yes\" else false"));
  EXPECT_EQ(give(kFlow, 30), "");
  watch(definition("(some x in 1..100000 satisfies x = 99999) and flow > 1"));
  EXPECT_EQ(give(kFlow, 30), "");
}

}  // namespace
}  // namespace anlan::alarms
