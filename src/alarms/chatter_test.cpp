// What chatters by the plant's figures, and what its own history asks for.
#include "alarms/chatter.h"

#include <gtest/gtest.h>

#include "alarms/test_world.h"

namespace anlan::alarms {
namespace {

class ChatterTest : public AlarmsTest {
 protected:
  // Comes for 2 s with 51, ends at `low`, comes again `gap` later.
  void ring(int times, Duration gap, double low) {
    for (int i = 0; i < times; ++i) {
      need(world_->act(world_->raised(51)));
      world_->clock.advance(Duration::seconds(2));
      need(world_->act(world_->cleared(low)));
      world_->clock.advance(gap);
    }
  }
  std::optional<ChatterAdvice> advice(double range = 100) {
    return need(chatter_advice(*world_->view(), world_->one, rule_, range, world_->clock.now()));
  }

  ChatterRule rule_{.times = 3,
                    .within = Duration::minutes(1),
                    .off_delay_max = Duration::minutes(5),
                    .deadband_share_max = 0.05};
};
ON_BOTH_DATABASES(ChatterTest);

TEST_P(ChatterTest, ItsOwnHistoryAsksForADelayAndABand) {
  ring(6, Duration::seconds(5), 48.5);
  auto found = advice();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->returns, 5);
  EXPECT_EQ(found->off_delay, Duration::seconds(6)) << "longer than every gap";
  EXPECT_NEAR(found->deadband.value_or(0), 1.7, 1e-9) << "1.5 and a tenth more";
  world_->one.off_delay = Duration::seconds(4);
  EXPECT_EQ(advice()->off_delay, Duration::seconds(10)) << "on top of what there is";
  world_->one.deadband = 2;
  EXPECT_FALSE(advice()->deadband) << "never narrower";
}

TEST_P(ChatterTest, TheBoundsOfTheTableHold) {
  ring(6, Duration::seconds(5), 48.5);
  EXPECT_FALSE(advice(20)->deadband) << "above 5 % of the range";
  rule_.off_delay_max = Duration::seconds(5);
  EXPECT_FALSE(advice()->off_delay);
  EXPECT_FALSE(advice(20)) << "nothing is left to propose";
  rule_.off_delay_max = Duration::minutes(5);
  rule_.times = 6;
  EXPECT_TRUE(advice()) << "six times in 37 s";
  rule_.times = 7;
  EXPECT_FALSE(advice());
  rule_.times = 0;
  EXPECT_FALSE(advice()) << "no table, no chatter";
}

TEST_P(ChatterTest, WhatComesSeldomIsNoChatter) {
  ring(10, Duration::minutes(2), 48.5);
  EXPECT_FALSE(advice());
  ring(4, Duration::seconds(5), 48.5);
  EXPECT_EQ(advice()->returns, 3) << "the long gaps do not count";
  world_->clock.advance(kChatterLook);
  EXPECT_FALSE(advice()) << "a day ago";
}

}  // namespace
}  // namespace anlan::alarms
