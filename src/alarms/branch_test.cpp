// Occurrences that live on beside a newer one, and what repeats.

#include <algorithm>

#include "alarms/test_world.h"

namespace anlan::alarms {
namespace {

class BranchTest : public AlarmsTest {
 protected:
  // Raised and gone again before anybody saw it; its occurrence.
  std::string flash(double value = 60) {
    world_->clock.advance(Duration::seconds(1));
    need(world_->act(world_->raised(value)));
    std::string occurrence = world_->state().occurrence;
    world_->clock.advance(Duration::seconds(1));
    need(world_->act(world_->cleared()));
    return occurrence;
  }
  std::vector<Branch> branches() { return need(branches_of(*world_->view(), world_->one.id)); }
};
ON_BOTH_DATABASES(BranchTest);

TEST_P(BranchTest, EachOccurrenceIsAcknowledgedByItself) {
  std::string first = flash(60);
  std::string second = flash(70);
  need(world_->act(world_->raised(80)));
  ASSERT_EQ(branches().size(), 2U);
  EXPECT_EQ(branches()[0].occurrence, first);
  EXPECT_EQ(branches()[1].value, 10);
  // The newest is seen and gone: the earlier two are still there to be seen.
  need(world_->act(world_->acknowledge()));
  need(world_->act(world_->cleared()));
  EXPECT_EQ(world_->state().letter(), 'A');
  Json open = world_->open();
  ASSERT_EQ(open.as_array().size(), 1U);
  EXPECT_EQ(open.as_array()[0]["branches"].as_array().size(), 2U);
  EXPECT_EQ(world_->tally()["branches"], Json(2));
  EXPECT_TRUE(need(is_waiting_for_ack(*world_->view(), world_->one.id, second)));
  need(world_->act(Acknowledge{.occurrence = first, .comment = ""}));
  EXPECT_FALSE(need(is_waiting_for_ack(*world_->view(), world_->one.id, first)));
  need(world_->act(Acknowledge{.occurrence = second, .comment = "看过"}));
  EXPECT_EQ(world_->last_entry()["detail"]["branch"], Json(true));
  EXPECT_TRUE(world_->open().as_array().empty());
}

TEST_P(BranchTest, OnlyAPersonAcknowledgesABranch) {
  std::string first = flash();
  need(world_->act(world_->raised()));
  Acknowledge old{.occurrence = first, .comment = ""};
  EXPECT_EQ(world_->letter_after(old, Actor{}), "!forbidden");
  EXPECT_EQ(branches().size(), 1U);
}

TEST_P(BranchTest, WhatWasSeenLeavesNoBranch) {
  need(world_->act(world_->raised()));
  need(world_->act(world_->acknowledge()));
  need(world_->act(world_->cleared()));
  need(world_->act(world_->raised()));
  EXPECT_TRUE(branches().empty());
  // Nor does what a shelf took off the screen: who shelved it has seen it.
  need(world_->act(ShelveIt{.length = Duration::hours(1), .reason = "检修"}));
  need(world_->act(Unshelve{}));
  EXPECT_EQ(world_->state().letter(), 'B');
  EXPECT_TRUE(branches().empty());
}

TEST_P(BranchTest, BranchesAreBoundedAndTheJournalSaysWhatWasFolded) {
  for (std::size_t i = 0; i < kBranchesMax + 3; ++i) flash();
  EXPECT_EQ(branches().size(), kBranchesMax);
  Json entries = need(journal(*world_->view(), {.definition = world_->one.id, .count = 200}));
  auto folded = std::ranges::count_if(
      entries.as_array(), [](const Json& entry) { return entry["detail"]["folded"].is_text(); });
  EXPECT_EQ(folded, 2);
}

TEST_P(BranchTest, RepeatsAreCountedWithTheirValues) {
  for (double value : {60.0, 75.0, 66.0, 61.0}) {
    flash(value);
    world_->clock.advance(Duration::seconds(8));
  }
  Definition other = world_->make("TI-1.H");
  need(world_->act(other, world_->raised()));
  const ChatterRule rule{.times = 3, .within = Duration::minutes(1)};
  auto found = need(repeats(*world_->view(), world_->clock.now(), rule));
  ASSERT_EQ(found.size(), 1U);
  const Repeats& one = found.at(world_->one.id);
  EXPECT_EQ(one.count, 4);
  EXPECT_EQ(one.least, 60);
  EXPECT_EQ(one.most, 75);
  EXPECT_EQ(one.last - one.first, Duration::seconds(30));
  EXPECT_TRUE(one.is_chattering);
  world_->clock.advance(kRepeatWindow);
  EXPECT_TRUE(need(repeats(*world_->view(), world_->clock.now(), rule)).empty());
}

TEST_P(BranchTest, AFloodIsOfOnePosition) {
  for (int i = 0; i < 12; ++i) {
    Definition one = world_->make("WS1-" + std::to_string(i));
    need(world_->act(one, world_->raised()));
  }
  Definition other = world_->make("WS2-1");
  need(world_->act(other, world_->raised()));
  auto position = [&](RecordId id) { return std::string(id == other.id ? "WS2" : "WS1"); };
  auto found = need(loads(*world_->view(), world_->clock.now(), position));
  EXPECT_TRUE(found.at("WS1").is_flood);
  EXPECT_EQ(found.at("WS1").annunciated_10min, 12);
  EXPECT_FALSE(found.at("WS2").is_flood);
  world_->clock.advance(Duration::minutes(10));
  found = need(loads(*world_->view(), world_->clock.now(), position));
  EXPECT_FALSE(found.at("WS1").is_flood);
}

}  // namespace
}  // namespace anlan::alarms
