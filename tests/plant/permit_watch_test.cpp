// What stops a permit by itself, with the whole engine: readings, certificates, shifts, states of
// the plant.

#include "tests/plant/permit_fixture.h"

namespace anlan::test {
namespace {

class PermitWatchTest : public PermitPlant {
 protected:
  void SetUp() override {
    PermitPlant::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    certify_all();
    permit_ = made("permit", hot());
    start(permit_);
    look();
    ASSERT_EQ(state(permit_), "active");
  }
  void look() {
    plant_->clock().advance(Duration::milliseconds(250));
    plant_->engine().watch();
  }
  void measure(std::string_view tag, double value) {
    auto index = plant_->engine().sensing().find_tag(tag);
    ASSERT_TRUE(index) << tag;
    history::Sample sample{.tag = *index, .at = plant_->clock().now(), .value = value};
    ASSERT_TRUE(plant_->engine().sensing().samples({&sample, 1}));
  }
  std::string reason() { return now(permit_)["record"].text_or("suspend_reason", ""); }
  Json detail() { return now(permit_)["record"]["suspend_detail"]; }

  Json permit_;
};

TEST_P(PermitWatchTest, AReadingOverThePermitsLimitStopsItInTheNextTurn) {
  measure("GAS-2101", 20);  // too far away
  look();
  EXPECT_EQ(state(permit_), "active");
  std::string near;
  auto plant = plant_->engine().sensing().plant();
  for (const engine::TagInfo& tag : plant->tags()) {
    bool is_near = tag.at && twin::distance_m(*tag.at, {165, 310}) <= 20;
    if (tag.purpose == "gas" && tag.substance == "combustible" && is_near) near = tag.code;
  }
  ASSERT_FALSE(near.empty());
  measure(near, 8);
  look();
  EXPECT_EQ(state(permit_), "active");
  measure(near, 8.5);
  look();
  EXPECT_EQ(state(permit_), "suspended");
  EXPECT_EQ(reason(), "gas_reading");
  EXPECT_EQ(detail()["tag"], Json(near));
}

TEST_P(PermitWatchTest, ACertificateThatIsTakenBackStopsIt) {
  auto page = plant_->engine().list_records(as("safety1"), "certificate", {});
  for (const Json& row : (*page)["rows"].as_array()) {
    if (row["kind"] != Json("hot")) continue;
    ASSERT_TRUE(plant_->run(as("safety1"),
                            engine::UpdateRecord{.form = "certificate",
                                                 .id = id_of(row),
                                                 .version = *row["version"].as_int64(),
                                                 .fields = Json::object({{"is_verified", false}})}));
  }
  look();
  EXPECT_EQ(reason(), "certificate");
  EXPECT_EQ(detail()["person"], who("repair3"));
}

TEST_P(PermitWatchTest, AnAnalysisThatGrewTooOldStopsIt) {
  plant_->clock().advance(Duration::minutes(121));
  look();
  EXPECT_EQ(reason(), "gas_age");
}

// What these do with the database, the text cases of the packs do on both.
INSTANTIATE_TEST_SUITE_P(Sqlite, PermitWatchTest, testing::Values(false));

}  // namespace
}  // namespace anlan::test
