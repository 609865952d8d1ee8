// Kinds that look at more than one value: rates, deviation, stuck, n of m.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "alarms/evaluator.h"
#include "alarms/test_world.h"

namespace anlan::alarms {
namespace {

using history::Quality;
using history::Sample;

Definition rate(Kind kind, double limit, int64_t window_s) {
  Definition one = definition(kind, limit);
  one.window = Duration::seconds(window_s);
  return one;
}

// "+" and "-" for each trip and clear of the only definition.
class Said {
 public:
  explicit Said(const Definition& one, bool is_active = false)
      : evaluator_(Evaluator::make({one}, is_active ? std::vector{one.id} : std::vector<RecordId>{},
                                   kStart)
                       .value()) {}

  std::string of(int64_t second, double value, Quality quality = Quality::Good,
                 history::TagIndex tag = 0) {
    Instant at = kStart + Duration::seconds(second);
    Sample one{.tag = tag, .at = at, .received = at, .value = value, .quality = quality};
    std::vector<Trip> trips;
    evaluator_.evaluate(std::span(&one, 1), trips);
    evaluator_.tick(at, trips);
    std::string all;
    for (const Trip& trip : trips) all += trip.is_active ? "+" : "-";
    return all;
  }

 private:
  Evaluator evaluator_;
};

TEST(Judge, ARiseIsTakenOverItsWindowInUnitsPerMinute) {
  Definition rise = rate(Kind::Rise, 6, 60);
  rise.deadband = 3;
  Said said(rise);
  // 0.05 a second is 3 a minute; then 0.2 a second is 12 a minute, of which the window slowly
  // fills.
  int64_t second = 0;
  double value = 20;
  for (; second < 120; ++second, value += 0.05) EXPECT_EQ(said.of(second, value), "") << second;
  int64_t tripped = 0;
  for (; second < 200 && tripped == 0; ++second, value += 0.2) {
    if (said.of(second, value) == "+") tripped = second;
  }
  // 3 + 9 t/60 = 6 after 20 s.
  EXPECT_NEAR(static_cast<double>(tripped), 140, 3);
  int64_t cleared = 0;
  for (; second < 400 && cleared == 0; ++second) {
    if (said.of(second, value) == "-") cleared = second;
  }
  EXPECT_GT(cleared, tripped);
}

TEST(Judge, AFallIsARateBelowZero) {
  Said said(rate(Kind::Fall, 5, 10));
  for (int64_t second = 0; second < 20; ++second)
    EXPECT_EQ(said.of(second, 50.0 + 0.2 * static_cast<double>(second)), "");
  std::string all;
  for (int64_t second = 20; second < 40; ++second)
    all += said.of(second, 54 - 0.2 * static_cast<double>(second - 20));
  EXPECT_EQ(all, "+");
}

TEST(Judge, OneSampleAfterAPauseIsNoRate) {
  Said said(rate(Kind::Rise, 1, 10));
  EXPECT_EQ(said.of(0, 0), "");
  EXPECT_EQ(said.of(100, 1000), "");
  EXPECT_EQ(said.of(103, 1000), "");
  EXPECT_EQ(said.of(106, 1001), "+");
}

TEST(Judge, ADeviationNeedsBothValues) {
  Definition deviation = definition(Kind::Deviation, 5);
  deviation.deadband = 1;
  deviation.reference = 3;
  Said said(deviation);
  EXPECT_EQ(said.of(0, 100), "");  // nobody knows the other
  EXPECT_EQ(said.of(1, 50, Quality::Good, 3), "");
  EXPECT_EQ(said.of(2, 54.9), "");
  EXPECT_EQ(said.of(3, 45), "+");
  EXPECT_EQ(said.of(4, 45.9), "");
  EXPECT_EQ(said.of(5, 46), "-");
  EXPECT_EQ(said.of(6, 40, Quality::Bad), "");
  EXPECT_EQ(said.of(7, 50, Quality::Bad, 3), "");
  EXPECT_EQ(said.of(8, 99), "");  // the other is bad
  EXPECT_EQ(said.of(9, 50, Quality::Good, 3), "");
  EXPECT_EQ(said.of(10, 99), "+");
  EXPECT_EQ(said.of(100, 50), "");  // the other fell silent
}

TEST(Judge, StuckIsNoMoveForItsTime) {
  Definition stuck = definition(Kind::Stuck, 0);
  stuck.deadband = 0.1;
  stuck.on_delay = Duration::seconds(60);
  Said said(stuck);
  for (int64_t second = 0; second < 100; second += 10)
    EXPECT_EQ(said.of(second, static_cast<double>(second)), "");
  EXPECT_EQ(said.of(140, 90.05), "");
  EXPECT_EQ(said.of(149, 89.95), "");
  EXPECT_EQ(said.of(150, 90), "+");
  EXPECT_EQ(said.of(151, 90.1), "");
  EXPECT_EQ(said.of(152, 90.2), "-");
  Said again(stuck, true);
  EXPECT_EQ(again.of(1, 7), "");
  EXPECT_EQ(again.of(2, 7.2), "-");
}

TEST(Judge, TwoOfThreeLeaveASpikeAlone) {
  Definition voted = definition(Kind::High, 50);
  voted.deadband = 5;
  voted.votes = 2;
  voted.of = 3;
  Said said(voted);
  EXPECT_EQ(said.of(1, 60), "");
  EXPECT_EQ(said.of(2, 10), "");
  EXPECT_EQ(said.of(3, 10), "");
  EXPECT_EQ(said.of(4, 60), "");
  EXPECT_EQ(said.of(5, 10, Quality::Bad), "");
  EXPECT_EQ(said.of(6, 10), "");
  EXPECT_EQ(said.of(7, 60), "+");
  EXPECT_EQ(said.of(8, 60), "");
  EXPECT_EQ(said.of(9, 10), "");   // two of the last three were over
  EXPECT_EQ(said.of(10, 47), "");  // within the deadband
  EXPECT_EQ(said.of(11, 45), "-");
}

TEST(Judge, RefusesWhatMakesNoSense) {
  auto field_of = [](const Definition& one) {
    auto checked = check_definition(one);
    return checked ? std::string("none") : checked.error().field;
  };
  EXPECT_EQ(field_of(rate(Kind::Rise, 5, 60)), "none");
  EXPECT_EQ(field_of(rate(Kind::Rise, 5, 0)), "window");
  EXPECT_EQ(field_of(rate(Kind::Fall, -5, 60)), "limit");
  EXPECT_EQ(field_of(definition(Kind::Deviation, 5)), "reference");
  EXPECT_EQ(field_of(definition(Kind::Stuck, 0)), "on_delay");
  // What it waits for is what it measures, so a safety alarm may be stuck.
  Definition stuck = definition(Kind::Stuck, 0);
  stuck.on_delay = Duration::minutes(5);
  stuck.is_safety = true;
  EXPECT_EQ(field_of(stuck), "none");
  Definition voted = definition(Kind::High, 5);
  voted.votes = 3;
  voted.of = 2;
  EXPECT_EQ(field_of(voted), "votes");
  voted.of = 33;
  EXPECT_EQ(field_of(voted), "of");
  voted.of = 3;
  voted.is_safety = true;
  EXPECT_EQ(field_of(voted), "votes");
}

}  // namespace
}  // namespace anlan::alarms
