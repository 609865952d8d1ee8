#include "ehs/figures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/random.h"

namespace anlan::ehs {
namespace {

// By definition, without sorting: at each time that ended a case, who waited at least so long.
double share_waiting(const std::vector<Wait>& waits, double until) {
  std::vector<double> times;
  for (const Wait& wait : waits) {
    if (wait.is_over && wait.hours <= until) times.push_back(wait.hours);
  }
  std::ranges::sort(times);
  times.erase(std::unique(times.begin(), times.end()), times.end());
  double share = 1;
  for (double time : times) {
    auto at_risk = std::ranges::count_if(waits, [&](const Wait& w) { return w.hours >= time; });
    auto over =
        std::ranges::count_if(waits, [&](const Wait& w) { return w.hours == time && w.is_over; });
    share *= static_cast<double>(at_risk - over) / static_cast<double>(at_risk);
  }
  return share;
}

std::optional<double> brute_within(const std::vector<Wait>& waits, double part) {
  std::optional<double> best;
  for (const Wait& wait : waits) {
    bool is_enough = wait.is_over && share_waiting(waits, wait.hours) <= 1 - part + 1e-12;
    if (is_enough && (!best || wait.hours < *best)) best = wait.hours;
  }
  return best;
}

// The area in small steps between all times.
double brute_mean(const std::vector<Wait>& waits) {
  std::vector<double> times{0};
  for (const Wait& wait : waits) times.push_back(wait.hours);
  std::ranges::sort(times);
  double area = 0;
  for (std::size_t i = 1; i < times.size(); ++i) {
    area += (times[i] - times[i - 1]) * share_waiting(waits, times[i - 1]);
  }
  return area;
}

std::vector<Wait> some_waits(SeededRandom& random) {
  std::vector<Wait> waits(1 + random.below(40));
  for (Wait& wait : waits) {
    wait.hours = static_cast<double>(random.below(30));  // few values, so that many are equal
    wait.is_over = random.below(3) != 0;
  }
  return waits;
}

TEST(Figures, TheCurveIsWhatItsDefinitionSays) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed);
    std::vector<Wait> waits = some_waits(random);
    WaitCurve curve = WaitCurve::of(waits);
    for (double part : {0.1, 0.25, 0.5, 0.9, 1.0}) {
      EXPECT_EQ(curve.within(part), brute_within(waits, part)) << part;
    }
    ASSERT_TRUE(curve.mean());
    EXPECT_NEAR(*curve.mean(), brute_mean(waits), 1e-9);
  }
}

TEST(Figures, OpenCasesNeverMakeAPlantLookFaster) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed);
    std::vector<Wait> waits = some_waits(random);
    std::vector<Wait> closed;
    std::ranges::copy_if(waits, std::back_inserter(closed), &Wait::is_over);
    if (closed.empty()) continue;
    WaitCurve all = WaitCurve::of(waits);
    WaitCurve only = WaitCurve::of(closed);
    for (double part : {0.1, 0.5, 0.9}) {
      auto estimate = all.within(part);
      // Without a value it is longer than everything that was seen.
      EXPECT_GE(estimate.value_or(1e9), *only.within(part)) << part;
    }
    EXPECT_GE(*all.mean() + 1e-9, *only.mean());
  }
}

TEST(Figures, WhatNobodyKnowsYetIsNotAnswered) {
  EXPECT_FALSE(WaitCurve::of({}).mean());
  EXPECT_FALSE(WaitCurve::of({}).within(0.5));
  std::vector<Wait> waits{{1, true}, {5, false}, {6, false}, {7, false}};
  WaitCurve curve = WaitCurve::of(waits);
  EXPECT_EQ(curve.within(0.2), 1);
  EXPECT_FALSE(curve.within(0.5)) << "three of four still wait";
  EXPECT_EQ(curve.last(), 7);
}

// Table values of the exact interval (Garwood), to three places.
TEST(Figures, TheIntervalOfACountIsTheExactOne) {
  struct Row {
    int64_t count;
    double low, high;
  };
  for (const Row& row : {Row{0, 0, 3.689}, Row{1, 0.0253, 5.572}, Row{5, 1.623, 11.668},
                         Row{10, 4.795, 18.390}, Row{100, 81.364, 121.627}}) {
    Interval interval = poisson_interval(row.count);
    EXPECT_NEAR(interval.low, row.low, 0.001) << row.count;
    EXPECT_NEAR(interval.high, row.high, 0.001) << row.count;
  }
  Interval large = poisson_interval(50'000);
  EXPECT_NEAR(large.low, 50'000 - 1.96 * std::sqrt(50'000.0), 3);
  EXPECT_NEAR(large.high, 50'000 + 1.96 * std::sqrt(50'000.0), 3);
}

}  // namespace
}  // namespace anlan::ehs
