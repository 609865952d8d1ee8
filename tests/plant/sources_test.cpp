// Sources as the plant's records say them, with the real drivers behind the engine.

#include <gtest/gtest.h>

#include "connect/outside.h"
#include "connect/publish.h"
#include "connect/test_mqtt_party.h"
#include "tests/support/plant.h"

namespace anlan::test {
namespace {

class SourcesTest : public testing::Test {
 protected:
  void SetUp() override {
    auto plant = Plant::create({});
    ASSERT_TRUE(plant) << plant.error().detail;
    plant_ = std::move(*plant);
    // Nobody answers but the broker of S-RTLS.
    std::map<std::string, connect::Elsewhere> elsewhere;
    auto model = plant_->engine().sensing().plant();
    for (const Json& source : model->sources().as_array()) {
      elsewhere[source.text_or("code", "")] = {"127.0.0.1", connect::free_port()};
    }
    elsewhere["S-RTLS"].port = broker_.port();
    auto outside = connect::Outside::make(plant_->engine(), elsewhere);
    ASSERT_TRUE(outside) << outside.error().detail;
    outside_ = std::move(*outside);
    outside_->start();
  }
  void TearDown() override {
    if (outside_) outside_->stop();
  }
  Json row(std::string_view code) {
    Json rows = outside_->source_rows();
    for (const Json& row : rows.as_array()) {
      if (row["code"] == Json(code)) return row;
    }
    return {};
  }

  connect::Broker broker_;
  std::unique_ptr<Plant> plant_;
  std::unique_ptr<connect::Outside> outside_;
};

// Anybody on the broker may say anything; the detector is read by S-PLC1.
TEST_F(SourcesTest, APublisherCannotClearADetectorOfAnotherSource) {
  ASSERT_TRUE(connect::eventually([&] { return row("S-RTLS").bool_or("is_up", false); }));
  engine::Sensing& sensing = plant_->engine().sensing();
  history::TagIndex tag = sensing.find_tag("GAS-2107").value();
  Instant now = plant_->clock().now();
  history::Sample sample{.tag = tag, .at = now, .received = now, .value = 60};
  ASSERT_TRUE(sensing.samples({&sample, 1}));
  Json forged =
      Json::object({{"at", format_instant(now + Duration::seconds(1))},
                    {"rows", Json::array({Json::object({{"tag", "GAS-2107"}, {"value", 0}})})}});
  ASSERT_TRUE(
      connect::publish_once("127.0.0.1", broker_.port(), "plant/values", write_json(forged)));
  EXPECT_TRUE(connect::eventually([&] {
    Json seen = row("S-RTLS");
    return seen["rejected"].int_or("other_source", 0) == 1;
  }));
  EXPECT_EQ(sensing.live(tag).value, 60);
  EXPECT_EQ(row("S-RTLS").int_or("stored", 0), 0);
}

}  // namespace
}  // namespace anlan::test
