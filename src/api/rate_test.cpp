#include "api/rate.h"

#include <gtest/gtest.h>

namespace anlan::api {
namespace {

TEST(Buckets, BurstThenTheSteadyRate) {
  Buckets buckets({.per_minute = 60, .burst = 3});
  Instant now{};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(buckets.take("a", now), Duration{});
  Duration wait = buckets.take("a", now);
  EXPECT_GT(wait, Duration{});
  EXPECT_LE(wait, Duration::seconds(1) + Duration{1});
  EXPECT_EQ(buckets.take("b", now), Duration{}) << "another key is not touched";
  EXPECT_EQ(buckets.take("a", now + wait), Duration{});
}

TEST(Buckets, AClockThatStepsBackGivesNothing) {
  Buckets buckets({.per_minute = 60, .burst = 1});
  Instant now = Instant{} + Duration::hours(1);
  EXPECT_EQ(buckets.take("a", now), Duration{});
  EXPECT_GT(buckets.take("a", now - Duration::minutes(30)), Duration{});
}

TEST(Buckets, TheTableNeverGrowsBeyondItsBoundAndKeepsTheWorst) {
  Buckets buckets({.per_minute = 1, .burst = 2}, 100);
  Instant now{};
  while (buckets.take("flood", now) == Duration{}) {
  }
  for (int i = 0; i < 10'000; ++i) buckets.take("k" + std::to_string(i), now);
  EXPECT_LE(buckets.size(), 100u);
  EXPECT_GT(buckets.take("flood", now), Duration{}) << "who asks too often is not forgotten";
}

}  // namespace
}  // namespace anlan::api
