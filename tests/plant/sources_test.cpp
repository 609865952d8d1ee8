// Sources as the plant's records say them, with the real drivers behind the engine.

#include <gtest/gtest.h>

#include <fstream>

#include "connect/outside.h"
#include "connect/plant_sim.h"
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

// From the receiver on a vehicle to the map and the head count, with the records of the areas.
class PositionsTest : public SourcesTest {
 protected:
  void SetUp() override {
    SourcesTest::SetUp();
    ASSERT_TRUE(connect::eventually([&] { return row("S-RTLS").bool_or("is_up", false); }));
    admin_ = plant_->as("admin").value();
    set_area("A5", Json::object({{"position_mode", "zone"}}));
    set_area("A1", Json::object({{"position_accuracy_m", 3}}));
    plant_->wait(Duration::seconds(2));
    ASSERT_TRUE(plant_->engine().sensing().reload());
  }
  Result<void> set(std::string_view form, std::string_view code, Json fields) {
    auto id = TRY(RecordId::parse(plant_->id_of(form, code).value()));
    Json answer = TRY(plant_->engine().record(admin_, form, id));
    TRY(plant_->run(admin_, engine::UpdateRecord{.form = std::string(form),
                                                 .id = id,
                                                 .version = answer["record"].int_or("version", 0),
                                                 .fields = std::move(fields)}));
    return {};
  }
  void set_area(std::string_view code, Json fields) {
    auto done = set("area", code, std::move(fields));
    ASSERT_TRUE(done) << done.error().detail << done.error().field;
  }
  engine::Presence& presence() { return plant_->engine().sensing().presence(); }
  // Says it over the broker and waits until it is stored.
  void say(Json one) {
    int64_t before = row("S-RTLS").int_or("stored", 0);
    Json message = Json::object(
        {{"at", format_instant(plant_->clock().now())}, {"rows", Json::array({std::move(one)})}});
    ASSERT_TRUE(
        connect::publish_once("127.0.0.1", broker_.port(), "plant/positions", write_json(message)));
    ASSERT_TRUE(
        connect::eventually([&] { return row("S-RTLS").int_or("stored", 0) == before + 1; }));
  }
  static Json at(std::string_view badge, double x, double y, double accuracy) {
    return Json::object({{"badge", badge}, {"x", x}, {"y", y}, {"accuracy", accuracy}});
  }
  int64_t doubts(std::string_view reason) { return row("S-RTLS")["doubts"].int_or(reason, 0); }

  access::Subject admin_;
};

TEST_F(PositionsTest, DegreesBecomeAPlaceOnThePlan) {
  // A1's middle in the plan's georeference, as satellites and as Chinese maps say it.
  say(Json::object({{"badge", "V-0001"}, {"lat", 31.2304}, {"lon", 121.4737}, {"accuracy", 2}}));
  auto trace = presence().of("V-0001");
  ASSERT_TRUE(trace && trace->sight && trace->sight->at);
  EXPECT_NEAR(trace->sight->at->x, 145, 0.5);
  EXPECT_NEAR(trace->sight->at->y, 315, 0.5);
  EXPECT_EQ(trace->sight->zone, "A1");
  EXPECT_LT(row("S-RTLS")["georeference_residual_m"].as_double().value_or(9), 0.2);
  plant_->clock().advance(Duration::seconds(60));
  say(Json::object({{"badge", "V-0001"},
                    {"lat", 31.2304},
                    {"lon", 121.4737},
                    {"datum", "gcj02"},
                    {"accuracy", 2}}));
  trace = presence().of("V-0001");
  ASSERT_TRUE(trace && trace->sight && trace->sight->at);
  EXPECT_GT(twin::distance_m(*trace->sight->at, {145, 315}), 300) << "the shift is taken back";
}

TEST_F(PositionsTest, TheAreasRecordSaysHowExactAPositionIsTold) {
  say(at("B-0001", 100, 315, 2));
  EXPECT_TRUE(presence().of("B-0001")->sight->at);
  say(at("B-0002", 100, 315, 20));  // A1 wants 3 m
  EXPECT_FALSE(presence().of("B-0002")->sight->at);
  EXPECT_EQ(presence().of("B-0002")->sight->zone, "A1");
  say(at("B-0003", 700, 100, 1));  // A5 is in behaviour mode
  EXPECT_FALSE(presence().of("B-0003")->sight->at);
  EXPECT_EQ(presence().of("B-0003")->sight->zone, "A5");
  EXPECT_EQ(doubts("zone_only"), 2);
  say(at("B-0004", 265, 315, 20));  // within 20 m of A1's border
  EXPECT_FALSE(presence().of("B-0004")->sight);
  EXPECT_EQ(doubts("inaccurate"), 1);
}

TEST_F(PositionsTest, WhoIsSaidToFlyIsUnknownUntilTheNextGoodPosition) {
  say(at("B-0001", 100, 315, 1));
  say(at("V-0001", 100, 315, 1));
  plant_->clock().advance(Duration::seconds(2));
  say(at("B-0001", 150, 315, 1));  // 50 m in 2 s
  say(at("V-0001", 150, 315, 1));
  EXPECT_EQ(doubts("jumped"), 1) << "a vehicle can";
  auto trace = presence().of("B-0001");
  ASSERT_TRUE(trace && trace->sight && trace->doubted);
  EXPECT_EQ(trace->sight->at, (twin::Point{100, 315})) << "the last one that is believed";
  EXPECT_EQ(trace->doubted->doubt, twin::Doubt::Jumped);
  EXPECT_FALSE(presence().of("V-0001")->doubted);
  plant_->clock().advance(Duration::seconds(2));
  say(at("B-0001", 152, 315, 1));
  trace = presence().of("B-0001");
  EXPECT_FALSE(trace->doubted);
  EXPECT_EQ(trace->sight->at, (twin::Point{152, 315}));
  Json late = at("B-0005", 100, 315, 1);
  late.set("at", format_instant(plant_->clock().now() - Duration::minutes(2)));
  say(std::move(late));
  EXPECT_EQ(doubts("too_old"), 1);
}

// The whole way: the simulated receiver, the broker, the driver, the plan, what is believed.
TEST_F(PositionsTest, AVehicleOfTheSimulatedPlantDrivesOnTheMapUntilItsReceiverLeaps) {
  std::ifstream file("packs/plant/plan/plant.geojson");
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  auto drawing = parse_json(bytes, twin::kPlanBytesMax);
  ASSERT_TRUE(drawing);
  auto machines = connect::PlantSim::start({.modbus_port = 0,
                                            .mqtt_port = broker_.port(),
                                            .people = 0,
                                            .vehicles = 6,
                                            .plan = *drawing,
                                            .clock = plant_->clock()});
  ASSERT_TRUE(machines) << machines.error().detail;
  auto step = [&] {
    plant_->clock().advance(Duration::seconds(1));
    int64_t before = row("S-RTLS").int_or("received", 0);
    return connect::eventually([&] { return row("S-RTLS").int_or("received", 0) > before; });
  };
  ASSERT_TRUE(connect::eventually([&] {
    plant_->clock().advance(Duration::milliseconds(100));
    return presence().of("V-0001").has_value();
  }));
  Json shown = plant_->engine().presence(plant_->as("control1").value()).value();
  ASSERT_FALSE(shown["rows"].as_array().empty());
  for (const Json& one : shown["rows"].as_array()) {
    EXPECT_EQ(one["kind"], Json("vehicle"));
    EXPECT_TRUE(one["x"].is_number());
    EXPECT_TRUE(one["doubt"].is_null());
  }
  ASSERT_TRUE((*machines)->command(
      Json::object({{"fault", "gps_jump"}, {"badge", "V-0001"}, {"metres", 900}})));
  EXPECT_TRUE(connect::eventually([&] { return step() && doubts("jumped") > 0; }));
  EXPECT_FALSE(presence().of("V-0002")->doubted) << "the others are not touched";
}

// From the form of the source to the map: the tracker's maker never heard of us.
TEST_F(PositionsTest, JsonOfAForeignSystemIsReadByTheFieldsOfItsSource) {
  EXPECT_FALSE(set("source", "S-RTLS", Json::object({{"pos_topic", "plant/fleet/#"}})))
      << "the badge is missing";
  Json half = Json::object(
      {{"pos_topic", "plant/fleet/#"}, {"pos_badge", "topic:3"}, {"pos_lat", "/gps/lat"}});
  EXPECT_FALSE(set("source", "S-RTLS", half)) << "the longitude is missing";
  half.set("pos_lon", "/gps/lng").set("pos_time", "/ts").set("pos_valid", "/gps/state");
  half.set("pos_accuracy", "/gps/err").set("time_zone_offset", "+8");
  EXPECT_FALSE(set("source", "S-RTLS", half)) << "no offset";
  half.set("time_zone_offset", "+08:00");
  auto done = set("source", "S-RTLS", half);
  ASSERT_TRUE(done) << done.error().detail << done.error().field;
  plant_->wait(Duration::seconds(2));
  ASSERT_TRUE(plant_->engine().sensing().reload());
  auto say_foreign = [&](std::string_view state, bool is_local = false) {
    Instant now = plant_->clock().now();
    std::string local = format_instant(now + Duration::hours(8)).substr(0, 19);  // no offset
    Json at = is_local ? Json(local.replace(10, 1, " ")) : Json(now.to_milliseconds());
    Json gps = Json::object({{"lat", 31.2304}, {"lng", "121.4737"}, {"err", 2}, {"state", state}});
    Json message = Json::object({{"ts", std::move(at)}, {"gps", std::move(gps)}, {"kmh", 12}});
    std::string topic = is_local ? "plant/fleet/V-0001" : "plant/fleet/V-0003";
    return connect::publish_once("127.0.0.1", broker_.port(), topic, write_json(message))
        .has_value();
  };
  ASSERT_TRUE(
      connect::eventually([&] { return say_foreign("A") && presence().of("V-0003").has_value(); }));
  auto trace = presence().of("V-0003");
  ASSERT_TRUE(trace->sight && trace->sight->at);
  EXPECT_NEAR(trace->sight->at->x, 145, 0.5);
  EXPECT_NEAR(trace->sight->at->y, 315, 0.5);
  ASSERT_TRUE(connect::eventually([&] {
    return say_foreign("A", true) && presence().of("V-0001").has_value();
  })) << "its time has no offset, its source says which";
  ASSERT_TRUE(say_foreign("V"));
  EXPECT_TRUE(
      connect::eventually([&] { return row("S-RTLS")["rejected"].int_or("no_fix", 0) == 1; }));
}

}  // namespace
}  // namespace anlan::test
