#include "connect/plant_sim_vehicles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "connect/plant_sim.h"
#include "connect/plant_sim_satellite.h"
#include "connect/test_mqtt_party.h"
#include "connect/test_plant_world.h"

namespace anlan::connect {
namespace {

Json demo_drawing() {
  std::ifstream file("packs/plant/plan/plant.geojson");
  std::stringstream text;
  text << file.rdbuf();
  Result<Json> json = parse_json(text.str(), twin::kPlanBytesMax);
  EXPECT_TRUE(json);
  return json.value_or(Json());
}

twin::Plan demo_plan() {
  auto plan = twin::Plan::parse(demo_drawing());
  EXPECT_TRUE(plan) << plan.error().detail;
  return *std::move(plan);
}

// To the middle of the nearest road of the demo plan, which has only straight ones.
double off_road_m(const twin::Plan& plan, twin::Point at) {
  double least = 1e9;
  for (const Json& feature : plan.source()["features"].as_array()) {
    if (feature["properties"].text_or("kind", "") != "road") continue;
    const Json::Array& ends = feature["geometry"]["coordinates"].as_array();
    auto point = [](const Json& one) {
      return twin::Point{one.as_array()[0].as_double().value(),
                         one.as_array()[1].as_double().value()};
    };
    least = std::min(least, twin::distance_m(twin::Segment{point(ends[0]), point(ends[1])}, at));
  }
  return least;
}

twin::Point on_plan(const twin::Plan& plan, const twin::Sighting& seen) {
  return plan.georeference()->to_plan(seen.geo.value());
}

TEST(SimVehicles, DriveOnTheRoadsTurnAndStandStill) {
  twin::Plan plan = demo_plan();
  SimVehicles vehicles(6, 7, &plan);
  std::vector<twin::Point> begin;
  for (const SimVehicle& one : vehicles.vehicles()) begin.push_back(one.at);
  ASSERT_EQ(begin.size(), 6U);
  std::set<double> courses;
  int still = 0;
  std::vector<double> farthest(6, 0);
  for (int second = 0; second < 3'600; ++second) {
    vehicles.advance(1);
    auto now = vehicles.vehicles();
    for (std::size_t i = 0; i < now.size(); ++i) {
      ASSERT_LT(off_road_m(plan, now[i].at), 0.6) << now[i].badge;
      ASSERT_LE(now[i].speed_m_s, 5);
      courses.insert(std::round(now[i].course_deg));
      still += now[i].speed_m_s == 0;
      farthest[i] = std::max(farthest[i], twin::distance_m(begin[i], now[i].at));
    }
  }
  EXPECT_EQ(courses, (std::set<double>{0, 90, 180, 270}));
  EXPECT_GT(still, 0);
  for (double far : farthest) EXPECT_GT(far, 100);
}

TEST(SimVehicles, AreNoneWithoutRoads) {
  EXPECT_TRUE(SimVehicles(6, 7, nullptr).vehicles().empty());
  twin::Plan plan = demo_plan();
  EXPECT_TRUE(SimVehicles(0, 7, &plan).vehicles().empty());
}

class SatelliteTest : public testing::Test {
 protected:
  twin::Point show(twin::Point at, Instant now) {
    return on_plan(plan_, satellites_.show("V-0001", at, now).value());
  }
  void begin(const char* words) {
    auto begun = satellites_.begin(*parse_json(words), kTestStart);
    ASSERT_TRUE(begun) << begun.error().detail;
  }
  static Instant at_s(int64_t seconds) { return kTestStart + Duration::seconds(seconds); }

  twin::Plan plan_ = demo_plan();
  SimSatellite satellites_{7, &plan_};
};

TEST_F(SatelliteTest, TellsWhereItIsAsExactAsItSays) {
  ASSERT_TRUE(satellites_.has_earth());
  double open_most = 0, stacks_most = 0;
  for (int64_t second = 0; second < 600; ++second) {
    for (twin::Point at : {twin::Point{145, 424}, twin::Point{795, 300}}) {
      auto seen = satellites_.show(at.x < 500 ? "V-0001" : "V-0002", at, at_s(second));
      ASSERT_TRUE(seen && seen->geo && !seen->at);
      double off = twin::distance_m(on_plan(plan_, *seen), at);
      EXPECT_LE(off, seen->accuracy_m);
      (at.x < 500 ? open_most : stacks_most) = std::max(at.x < 500 ? open_most : stacks_most, off);
    }
  }
  EXPECT_LT(open_most, 2.5);
  EXPECT_GT(stacks_most, 3) << "reflections beside the store";
  twin::Point there = plan_.georeference()->to_plan(satellites_.to_earth({37, 411}));
  EXPECT_NEAR(there.x, 37, 1e-3);
  EXPECT_NEAR(there.y, 411, 1e-3);
}

TEST_F(SatelliteTest, DriftsJumpsIsLostAndIsSpoofedByName) {
  constexpr twin::Point kHere{145, 424};
  begin(R"({"fault":"gps_drift","badge":"V-0001","metres":60,"over_s":100})");
  EXPECT_LT(twin::distance_m(show(kHere, at_s(0)), kHere), 3);
  EXPECT_NEAR(twin::distance_m(show(kHere, at_s(50)), kHere), 30, 3);
  EXPECT_NEAR(twin::distance_m(show(kHere, at_s(500)), kHere), 60, 3);
  auto other = satellites_.show("V-0002", kHere, at_s(500));
  EXPECT_LT(twin::distance_m(on_plan(plan_, *other), kHere), 3) << "it has no fault";
  begin(R"({"fault":"gps_jump","badge":"V-0001","metres":300})");
  EXPECT_NEAR(twin::distance_m(show(kHere, at_s(9)), kHere), 300, 3);
  EXPECT_LT(twin::distance_m(show(kHere, at_s(11)), kHere), 3);
  EXPECT_NEAR(twin::distance_m(show(kHere, at_s(21)), kHere), 300, 3);
  begin(R"({"fault":"gps_loss","badge":"V-0001"})");
  auto lost = satellites_.show("V-0001", {900, 15}, at_s(100));
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->seen, at_s(21)) << "the time of its last fix";
  EXPECT_FALSE(satellites_.show("V-0001", kHere, at_s(101))->seen == at_s(101));
  begin(R"({"fault":"gps_spoof"})");
  twin::Point all = on_plan(plan_, *satellites_.show("V-0002", kHere, at_s(102)));
  twin::Point both = on_plan(plan_, *satellites_.show("V-0003", {900, 15}, at_s(102)));
  EXPECT_LT(twin::distance_m(all, both), 0.01) << "all receivers show one place";
  satellites_.end();
  EXPECT_LT(twin::distance_m(show(kHere, at_s(200)), kHere), 3);
}

TEST_F(SatelliteTest, RefusesWhatItDoesNotKnow) {
  for (const char* words :
       {R"({"fault":"gps_dance"})", R"({"fault":"gps_jump","metres":-1})",
        R"({"fault":"gps_jump","metres":6000})", R"({"fault":"gps_drift","over_s":0})"}) {
    EXPECT_FALSE(satellites_.begin(*parse_json(words), kTestStart)) << words;
  }
  for (int i = 0; i < 100; ++i) {
    Json words = Json::object({{"fault", "gps_loss"}, {"badge", std::to_string(i)}});
    EXPECT_TRUE(satellites_.begin(words, kTestStart));
  }
  EXPECT_FALSE(satellites_.begin(*parse_json(R"({"fault":"gps_loss"})"), kTestStart));
}

// From the receivers through a broker and the driver, to the plan.
TEST(PlantSimVehicles, ComeOverTheWireOntoTheRoadsOfThePlan) {
  RunningClock clock;
  Broker broker;
  auto plant = PlantSim::start({.modbus_port = 0,
                                .mqtt_port = broker.port(),
                                .people = 300,
                                .vehicles = 6,
                                .plan = demo_drawing(),
                                .posts = {{"B-0010", {565, 205}}},  // where two roads meet
                                .clock = clock});
  ASSERT_TRUE(plant) << plant.error().detail;
  MemorySink sink;
  auto sources = Sources::make({{.code = "S-RTLS",
                                 .protocol = Source::Protocol::Mqtt,
                                 .port = broker.port(),
                                 .topic = "plant/positions"}},
                               sink, clock);
  ASSERT_TRUE(sources);
  (*sources)->start();
  EXPECT_TRUE(sink.wait([&] { return sink.all_sightings.size() >= 1'200; }));
  ASSERT_TRUE((*plant)->command(*parse_json(R"({"fault":"gps_loss","badge":"V-0002"})")));
  EXPECT_TRUE(sink.wait([&] {
    std::set<Instant> told;
    return std::ranges::any_of(sink.all_sightings, [&](const twin::Sighting& one) {
      return one.badge == "V-0002" && !told.insert(one.seen).second;
    });
  })) << "the last fix again, with its own time";
  (*sources)->stop();
  EXPECT_TRUE(balances((*sources)->states()[0]));
  EXPECT_TRUE((*sources)->states()[0].rejected.empty());
  twin::Plan plan = demo_plan();
  std::map<std::string, int> seen;
  int worn = 0;
  for (const twin::Sighting& one : sink.all_sightings) {
    if (one.badge.starts_with("B-")) {
      worn += one.badge == "B-0010" && one.geo.has_value();
      EXPECT_TRUE(!one.geo || is_satellite_badge(one.badge));
      continue;
    }
    ++seen[one.badge];
    ASSERT_TRUE(one.geo) << one.badge;
    EXPECT_LT(off_road_m(plan, on_plan(plan, one)), one.accuracy_m + 1) << one.badge;
  }
  EXPECT_EQ(seen.size(), 6U);
  EXPECT_GT(worn, 0) << "a Beidou badge outside";
  EXPECT_FALSE((*plant)->command(*parse_json(R"({"fault":"gps_dance"})")));
}

}  // namespace
}  // namespace anlan::connect
