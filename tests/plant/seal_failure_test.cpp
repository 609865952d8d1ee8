// Features A1.8: three small deviations of one pump, each by its own wire, are one explained alarm.

#include "connect/plant_sim_process.h"
#include "engine/alarm_view.h"
#include "tests/plant/alarm_fixture.h"

namespace anlan::test {
namespace {

class SealFailure : public AlarmFixture {
 protected:
  void SetUp() override {
    AlarmFixture::SetUp();
    process_.emplace(7, plant_->clock().now());
  }
  // The simulator's instruments, every 5 s.
  void go(Duration length) {
    Instant end = plant_->clock().now() + length;
    while (plant_->clock().now() < end) {
      plant_->clock().advance(Duration::seconds(5));
      process_->advance(plant_->clock().now());
      for (const char* tag : {"TI-2111", "VH-2111", "IR-2111"}) {
        give(tag, process_->value(tag).value());
      }
      note();
    }
  }
  // Which of the pump's alarms were ever told.
  void note() {
    Json open = engine().alarms(control_).value();
    for (const Json& row : open["rows"].as_array()) {
      std::string code = row.text_or("code", "");
      bool is_pump = code == "P-211.SEAL" || code.contains("-2111.");
      if (is_pump && row.bool_or("annunciated", false)) told_.insert(code);
    }
  }
  Json step(const Json& why, std::string_view name) {
    for (const Json& one : why["steps"].as_array()) {
      if (one["step"] == Json(name)) return one;
    }
    return {};
  }

  std::optional<connect::SimProcess> process_;
  std::set<std::string> told_;
};

TEST_F(SealFailure, IsOneExplainedAlarm) {
  go(Duration::minutes(15));
  EXPECT_TRUE(told_.empty()) << *told_.begin();
  ASSERT_TRUE(process_->fault(*parse_json(R"({"fault":"seal_failure"})")));
  go(Duration::minutes(10));
  EXPECT_EQ(told_, std::set<std::string>{"P-211.SEAL"});
  Json seal = open("P-211.SEAL");
  EXPECT_EQ(seal.text_or("letter", ""), "B");
  EXPECT_EQ(seal["count"], Json(1));
  EXPECT_EQ(letter("VH-2111.H"), "H");
  EXPECT_EQ(letter("IR-2111.H"), "H");
  Json why = engine::alarm_why(engine(), control_, id_in(seal)).value();
  Json windows = step(why, "limit")["windows"];
  ASSERT_EQ(windows.as_array().size(), 4U);
  EXPECT_NEAR(windows.as_array()[0]["value"].as_double().value_or(0), 12, 2.5);
  Json parts = step(why, "parts")["parts"];
  ASSERT_EQ(parts.as_array().size(), 2U);
  for (const Json& part : parts.as_array()) EXPECT_EQ(part["active"], Json(true));
  // The pump runs on like this: what stands is told once, not each by itself.
  go(Duration::minutes(20));
  EXPECT_EQ(told_.size(), 1U);
  EXPECT_EQ(open("P-211.SEAL")["count"], Json(1));
}

}  // namespace
}  // namespace anlan::test
