// What goes on when somebody edits a record, and what is asked again before a delay ends.
#include <gtest/gtest.h>

#include "alarms/evaluator.h"
#include "alarms/test_world.h"

namespace anlan::alarms {
namespace {

using history::Quality;
using history::Sample;
using history::TagIndex;

class CarryTest : public testing::Test {
 protected:
  void watch(std::vector<Definition> list, int64_t seconds = 0,
             const std::vector<RecordId>& doubtful = {}) {
    auto made = Evaluator::make(std::move(list), active_, at_s(seconds));
    ASSERT_TRUE(made) << made.error().detail;
    if (evaluator_) made->go_on_from(*evaluator_, doubtful);
    evaluator_ = std::make_unique<Evaluator>(std::move(*made));
  }
  std::string give(int64_t seconds, double value, TagIndex tag = 0,
                   Quality quality = Quality::Good) {
    Sample one{.tag = tag,
               .at = at_s(seconds),
               .received = at_s(seconds),
               .value = value,
               .quality = quality};
    std::vector<Trip> trips;
    evaluator_->evaluate({&one, 1}, trips);
    return text_of(trips);
  }
  std::string tick(int64_t seconds) {
    std::vector<Trip> trips;
    evaluator_->tick(at_s(seconds), trips);
    return text_of(trips);
  }
  std::vector<RecordId> active_;  // as the database knows
  std::unique_ptr<Evaluator> evaluator_;
};

TEST_F(CarryTest, ARunningDelayOutlastsEdits) {
  Definition slow = definition(Kind::High, 50);
  slow.on_delay = Duration::seconds(60);
  watch({slow});
  EXPECT_EQ(give(0, 60), "");
  for (int64_t second = 1; second < 60; ++second) {
    watch({definition(Kind::Low, 1, 2), slow}, second);
    EXPECT_EQ(tick(second), "");
  }
  EXPECT_EQ(tick(60), "+1");
}

TEST_F(CarryTest, AChangedLimitBeginsAnew) {
  Definition slow = definition(Kind::High, 50);
  slow.on_delay = Duration::seconds(60);
  watch({slow});
  EXPECT_EQ(give(0, 60), "");
  slow.limit = 55;
  watch({slow}, 30);
  EXPECT_EQ(tick(60), "");
  EXPECT_EQ(give(61, 60), "");
  EXPECT_EQ(tick(121), "+0");
}

TEST_F(CarryTest, SilenceIsCountedThroughEdits) {
  Definition stale = definition(Kind::Stale, 0);
  stale.on_delay = Duration::seconds(30);
  watch({stale});
  watch({stale}, 20);  // never heard of
  EXPECT_EQ(tick(29), "");
  EXPECT_EQ(tick(30), "+0");
  EXPECT_EQ(give(31, 1), "-0");
  watch({stale, definition(Kind::High, 5, 2)}, 50);
  EXPECT_EQ(tick(60), "");
  EXPECT_EQ(tick(61), "+0");
}

TEST_F(CarryTest, WindowsAndVotesGoOn) {
  Definition voted = definition(Kind::High, 50);
  voted.votes = 2;
  voted.of = 3;
  Definition rise = definition(Kind::Rise, 60, 2);
  rise.tag = 1;
  rise.window = Duration::seconds(20);
  watch({voted, rise});
  EXPECT_EQ(give(0, 60), "");
  EXPECT_EQ(give(0, 0, 1), "");
  watch({definition(Kind::Low, -9, 3), voted, rise}, 5);
  EXPECT_EQ(give(6, 60), "+1");
  EXPECT_EQ(give(12, 30, 1), "+2");
}

TEST_F(CarryTest, WhatIsActiveIsKnownBeforeTheDatabaseKnows) {
  watch({definition(Kind::High, 50)});
  EXPECT_EQ(give(0, 60), "+0");
  watch({definition(Kind::High, 50)}, 1);  // its raise is on the way
  EXPECT_EQ(give(2, 10), "-0");
  EXPECT_EQ(give(3, 60), "+0");
  watch({definition(Kind::High, 50)}, 4, {id_of(1)});  // and that one got lost
  EXPECT_EQ(give(5, 60), "+0");
}

TEST_F(CarryTest, AFormulaIsAskedAgainBeforeItsDelayEnds) {
  Definition formula = definition(Kind::Formula, 0);
  formula.formula = "flow > 10 and level < 20";
  formula.inputs = {{"flow", 0}, {"level", 1}};
  formula.on_delay = Duration::seconds(10);
  watch({formula});
  give(0, 30);
  EXPECT_EQ(give(0, 10, 1), "");
  EXPECT_EQ(give(5, 10, 1, Quality::Bad), "");  // unknown meanwhile
  EXPECT_EQ(tick(20), "");
  EXPECT_EQ(give(21, 10, 1), "+0");
  // Nothing came for a minute: nobody knows.
  formula.id = id_of(2);
  formula.on_delay = Duration::seconds(90);
  watch({formula}, 22);
  give(23, 30);
  EXPECT_EQ(give(23, 10, 1), "");
  EXPECT_EQ(tick(120), "");
}

TEST_F(CarryTest, AWindowOutlastsEdits) {
  Definition formula = definition(Kind::Formula, 0);
  formula.formula = "rise(flow, 1) > 5";
  formula.inputs = {{"flow", 0}};
  watch({formula});
  for (int64_t second = 0; second < 50; ++second) EXPECT_EQ(give(second, 1), "");
  watch({definition(Kind::Low, -9, 2), formula}, 50);
  EXPECT_EQ(give(50, 9), "+1");
}

TEST_F(CarryTest, ADeviationIsAskedAgainBeforeItsDelayEnds) {
  Definition apart = definition(Kind::Deviation, 5);
  apart.reference = 1;
  apart.on_delay = Duration::seconds(10);
  watch({apart});
  give(0, 1, 1);
  EXPECT_EQ(give(1, 10), "");
  give(5, 9, 1);  // the other came near
  EXPECT_EQ(tick(12), "");
  EXPECT_EQ(give(13, 20), "");
  EXPECT_EQ(tick(22), "");
  EXPECT_EQ(tick(23), "+0");
}

}  // namespace
}  // namespace anlan::alarms
