#include <gtest/gtest.h>

#include "engine/tracing.h"
#include "tests/support/plant.h"

namespace anlan::test {
namespace {

class TracingTest : public testing::Test {
 protected:
  void SetUp() override {
    auto plant = Plant::create({});
    ASSERT_TRUE(plant) << plant.error().detail << plant.error().field;
    plant_ = std::move(*plant);
    worker_ = plant_->as("worker111").value();
  }

  void report(const std::string& device, const std::string& category) {
    std::string sha = plant_->upload(worker_, photo(std::to_string(++salt_))).value();
    Json photos = Json::array({Json::object({{"sha256", sha}, {"name", "a.jpg"}})});
    Json fields = Json::object({{"photos", photos},
                                {"area", plant_->id_of("area", "A1").value()},
                                {"device", plant_->id_of("device", device).value()},
                                {"category", category},
                                {"consequence", "light"},
                                {"exposure", "daily"}});
    auto made = plant_->run(worker_, engine::CreateRecord{.form = "hazard", .fields = fields});
    ASSERT_TRUE(made) << made.error().detail << made.error().field;
  }

  // One occurrence: it comes, and goes away by itself.
  void alarm(const std::string& limit) {
    RecordId id = RecordId::parse(plant_->id_of("alarm_limit", limit).value()).value();
    Instant now = plant_->clock().now();
    for (const alarms::Event& event :
         {alarms::Event(alarms::Raised{.value = 99, .at = now, .received = now}),
          alarms::Event(alarms::Cleared{.value = 1, .at = now, .received = now})}) {
      auto done =
          plant_->run(engine::system_subject(), engine::ApplyAlarms{.events = {{id, event}}});
      ASSERT_TRUE(done) << done.error().detail;
    }
    plant_->wait(Duration::minutes(1));
  }

  std::vector<Json> reports() {
    auto view = plant_->engine().database().snapshot().value();
    const records::Form* form = plant_->engine().packs().forms.find("tracing");
    return records::all_whole(*view, *form, {}, 100).value();
  }
  engine::Traced due(const std::string& device, const std::string& category) {
    auto view = plant_->engine().database().snapshot().value();
    auto traced = engine::tracing_due(*view, plant_->engine().packs(),
                                      {plant_->id_of("device", device).value(), category},
                                      plant_->clock().now());
    EXPECT_TRUE(traced) << traced.error().detail;
    return traced ? *traced : engine::Traced{};
  }

  std::unique_ptr<Plant> plant_;
  access::Subject worker_;
  int salt_ = 0;
};

TEST_F(TracingTest, TheSeventhHazardOfOneProblemOnOneDeviceBeginsOneReport) {
  for (int i = 0; i < 6; ++i) report("P-212", "equipment");
  report("P-211", "equipment");
  report("P-212", "electrical");
  EXPECT_TRUE(reports().empty()) << "six, another device, another problem";
  report("P-212", "equipment");
  auto made = reports();
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made[0]["count"], Json(7));
  EXPECT_EQ(made[0]["window_days"], Json(30));
  EXPECT_EQ(made[0]["category"], Json("equipment"));
  EXPECT_EQ(made[0]["device"], Json(plant_->id_of("device", "P-212").value()));
  EXPECT_EQ(made[0]["created_by"], Json("system")) << "nobody asked for it";
  EXPECT_EQ(made[0]["occurrences"]["rows"].as_array().size(), 7U);
  EXPECT_FALSE(made[0]["case_id"].is_null());
  report("P-212", "equipment");
  EXPECT_EQ(reports().size(), 1U) << "one report is open already";
}

TEST_F(TracingTest, HazardsAndAlarmsAreCountedTogetherAndTheReportTellsTheAlarms) {
  for (int i = 0; i < 4; ++i) report("P-212", "process");
  alarm("TI-2121.H");
  alarm("TI-2121.H");
  EXPECT_TRUE(reports().empty());
  EXPECT_EQ(due("P-212", "process").count, 6);
  alarm("TI-2121.H");
  auto made = reports();
  ASSERT_EQ(made.size(), 1U) << due("P-212", "process").count;
  EXPECT_EQ(made[0]["count"], Json(7));
  EXPECT_NE(made[0].text_or("alarm_history", "").find("TI-2121.H"), std::string::npos);
  EXPECT_EQ(made[0]["area"], Json(plant_->id_of("area", "A1").value()));
}

TEST_F(TracingTest, WhatIsRepairedOrOldIsNotCounted) {
  alarm("TI-2121.H");
  alarm("TI-2121.H");
  report("P-212", "process");
  EXPECT_EQ(due("P-212", "process").count, 3);
  Json repaired = Json::object({{"as_history", true},
                                {"reported_at", format_instant(plant_->clock().now())},
                                {"verified_at", format_instant(plant_->clock().now())},
                                {"area", "A1"},
                                {"device", "P-212"},
                                {"category", "process"}});
  auto done =
      plant_->run(plant_->as("admin").value(),
                  engine::ImportRecords{
                      .form = "hazard", .rows = Json::array({repaired}), .is_dry_run = false});
  ASSERT_TRUE(done && (*done)["accepted"] == Json(1)) << write_json(*done);
  EXPECT_EQ(due("P-212", "process").count, 1) << "the alarms before the repair are closed by it";
  plant_->clock().advance(Duration::days(31));
  EXPECT_EQ(due("P-212", "process").count, 0);
}

}  // namespace
}  // namespace anlan::test
