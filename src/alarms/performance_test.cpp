#include "alarms/performance.h"

#include <algorithm>

#include "alarms/test_world.h"

namespace anlan::alarms {
namespace {

class PerformanceTest : public AlarmsTest {
 protected:
  void SetUp() override {
    AlarmsTest::SetUp();
    if (!world_) return;
    from_ = world_->clock.now();
  }
  // Raises and clears it, at that many seconds after the beginning.
  void ring(const Definition& one, int64_t second) {
    world_->clock.set(from_ + Duration::seconds(second));
    need(world_->act(one, world_->raised(), {}));
    need(world_->act(one, world_->cleared(), {}));
  }
  Performance of_hours(int64_t hours) {
    return need(performance(
        *world_->view(), from_, from_ + Duration::hours(hours),
        [&](RecordId one) { return one != left_out_; }, rule_));
  }

  Instant from_{};
  ChatterRule rule_{.times = 3, .within = Duration::minutes(1)};
  RecordId left_out_{};
};
ON_BOTH_DATABASES(PerformanceTest);

TEST_P(PerformanceTest, CountsEmptyWindowsToo) {
  Definition one = world_->make("A");
  ring(one, 0);
  ring(one, 599);
  ring(one, 600);
  Performance found = of_hours(2);
  EXPECT_EQ(found.annunciated, 3);
  ASSERT_EQ(found.windows.size(), 12U);
  EXPECT_EQ(found.windows[0], 2);
  EXPECT_EQ(found.windows[1], 1);
  EXPECT_EQ(std::ranges::count(found.windows, 0), 10);
  EXPECT_EQ(found.most_in_window, 2);
  EXPECT_EQ(found.hours, 2);
  EXPECT_EQ(found.flood_windows, 0);
}

TEST_P(PerformanceTest, AFloodGoesOnUntilAWindowIsCalm) {
  std::vector<Definition> many;
  for (int i = 0; i < 16; ++i) many.push_back(world_->make("N" + std::to_string(i)));
  auto fill = [&](int64_t window, int count) {
    for (int i = 0; i < count; ++i) ring(many[static_cast<std::size_t>(i)], window * 600 + i * 30);
  };
  fill(0, 10);
  fill(1, 11);
  fill(2, 5);
  fill(3, 4);
  fill(6, 16);
  fill(7, 15);
  Performance found = of_hours(2);
  EXPECT_EQ(found.windows_above_10, 3);
  EXPECT_EQ(found.flood_windows, 4);
  EXPECT_EQ(found.most_in_window, 16);
  EXPECT_EQ(found.hours_above_30, 1);
  EXPECT_EQ(found.worst.size(), 10U);
  EXPECT_EQ(found.worst[0].count, 6);
  EXPECT_EQ(found.counts.size(), 16U);
}

TEST_P(PerformanceTest, FindsWhatChattersAndWhatStands) {
  Definition restless = world_->make("C");
  Definition calm = world_->make("D");
  Definition standing = world_->make("S");
  need(world_->act(standing, world_->raised(), {}));
  for (int64_t i = 0; i < 3; ++i) ring(restless, 60 + i * 10);
  for (int64_t i = 0; i < 3; ++i) ring(calm, 3600 + i * 40);
  Performance found = of_hours(24);
  ASSERT_EQ(found.chattering.size(), 1U);
  EXPECT_EQ(found.chattering[0].definition, restless.id);
  EXPECT_EQ(found.chattering[0].count, 1);
  EXPECT_TRUE(found.standing.empty());
  found = of_hours(25);
  ASSERT_EQ(found.standing.size(), 1U);
  EXPECT_EQ(found.standing[0].definition, standing.id);
  EXPECT_EQ(found.standing[0].since, from_);
}

TEST_P(PerformanceTest, LeavesOutWhatIsOfAnotherPosition) {
  Definition ours = world_->make("A");
  Definition other = world_->make("B");
  for (int64_t i = 0; i < 4; ++i) ring(other, i);
  need(world_->act(other, world_->raised(), {}));
  ring(ours, 30);
  left_out_ = other.id;
  Performance found = of_hours(30);
  EXPECT_EQ(found.annunciated, 1);
  EXPECT_EQ(found.windows[0], 1);
  EXPECT_TRUE(found.chattering.empty());
  EXPECT_TRUE(found.standing.empty());
}

TEST_P(PerformanceTest, RefusesAWindowThatIsNoneOrTooLong) {
  auto view = world_->view();
  auto all = [](RecordId) { return true; };
  EXPECT_EQ(performance(*view, from_, from_, all, rule_).error().field, "from");
  EXPECT_EQ(performance(*view, from_, from_ + Duration::days(93), all, rule_).error().field,
            "from");
  EXPECT_TRUE(performance(*view, from_, from_ + Duration::days(92), all, rule_));
}

}  // namespace
}  // namespace anlan::alarms
