// What the scripted faults do to the instruments.

#include "connect/plant_sim_faults.h"

#include <gtest/gtest.h>

#include <cmath>
#include <format>

#include "connect/plant_sim_process.h"
#include "connect/test_plant_world.h"

namespace anlan::connect {
namespace {

class Faults : public testing::Test {
 protected:
  void after(int64_t seconds) { process_.advance(at_ = at_ + Duration::seconds(seconds)); }
  // In steps, as the plant goes: what is longer than a minute is skipped over.
  void go(int64_t seconds) {
    for (int64_t i = 0; i < seconds; i += 30) after(30);
  }
  double value(std::string_view code) { return process_.value(code).value_or(NAN); }
  Result<void> fault(const char* words) { return process_.fault(*parse_json(words)); }
  // Its mean over a minute.
  double mean(std::string_view code) {
    double sum = 0;
    for (int i = 0; i < 60; ++i, after(1)) sum += value(code);
    return sum / 60;
  }

  Instant at_ = kTestStart;
  SimProcess process_{7, kTestStart};
};

// Features A1.8: three small deviations, each far below its own limit, mean one thing together.
TEST_F(Faults, ASealFailsWithinTenMinutesOnThreeInstruments) {
  after(30);
  double temperature = mean("TI-2111"), harmonic = mean("VH-2111"), other = mean("TI-2112");
  ASSERT_TRUE(fault(R"({"fault":"seal_failure"})"));
  go(300);
  EXPECT_NEAR(mean("TI-2111") - temperature, 6.6, 2.5) << "half way, and a half minute";
  go(300);
  EXPECT_NEAR(mean("TI-2111") - temperature, 12, 2.5);
  EXPECT_NEAR(mean("VH-2111") / harmonic, 4.2, 0.3) << "+320 %";
  EXPECT_NEAR(value("IR-2111"), 8.3, 1e-9);
  EXPECT_NEAR(mean("TI-2112"), other, 2.5) << "one pump only";
  EXPECT_LT(value("IR-2121"), 2);
  process_.end_faults();
  after(1);
  EXPECT_LT(value("IR-2111"), 2);
}

TEST_F(Faults, DustRisesWhereItIsGroundAndTheCollectorClogs) {
  after(30);
  double before = mean("PI-4041");
  ASSERT_TRUE(fault(R"({"fault":"dust_rise","over_s":60})"));
  go(60);
  EXPECT_GT(value("DI-4011"), 14);
  EXPECT_GT(value("DI-4011"), value("DI-4013"));
  EXPECT_GT(mean("PI-4041"), before * 1.5);
  EXPECT_LT(value("FI-4041"), 17);
}

TEST_F(Faults, AStuckInstrumentShowsWhatItShowed) {
  after(5);
  ASSERT_TRUE(fault(R"({"fault":"stuck","tag":"TI-3302"})"));
  after(1);
  double held = value("TI-3302");
  go(60);
  EXPECT_EQ(value("TI-3302"), held);
  process_.end_faults();
  after(1);
  EXPECT_NE(value("TI-3302"), held);
}

TEST_F(Faults, ADriftingInstrumentWandersInItsUnit) {
  after(30);
  double before = mean("TI-2011");
  ASSERT_TRUE(fault(R"({"fault":"drift","tag":"TI-2011","per_minute":-2})"));
  go(300);
  EXPECT_NEAR(mean("TI-2011") - before, -11, 2.5) << "five and a half minutes";
}

TEST_F(Faults, AFloodTakesFortyInstrumentsToTheirEndsInAMinute) {
  ASSERT_TRUE(fault(R"({"fault":"alarm_flood"})"));
  auto count = [&] {
    int at_end = 0;
    for (const SimPoint& point : sim_points()) {
      double end = point.low + 0.98 * (point.high - point.low);
      at_end += std::abs(value(point.code) - end) < 1e-9;
    }
    return at_end;
  };
  after(30);
  EXPECT_NEAR(count(), 20, 2);
  go(60);
  EXPECT_EQ(count(), 40);
}

TEST_F(Faults, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(fault(R"({"fault":"earthquake"})").error().code, ErrorCode::BadField);
  EXPECT_EQ(fault(R"({"fault":"stuck","tag":"TI-9"})").error().code, ErrorCode::NotFound);
  EXPECT_FALSE(fault(R"({"fault":"stuck"})"));
  EXPECT_FALSE(fault(R"({"fault":"drift","tag":"TI-2011","per_minute":1e300})"));
  EXPECT_FALSE(fault(R"({"fault":"seal_failure","over_s":0})"));
}

}  // namespace
}  // namespace anlan::connect
