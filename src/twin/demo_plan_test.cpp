// The demo plant's own plan: what the packs and the walk count on.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "twin/test_plan.h"

namespace anlan::twin {
namespace {

const char* const kPath = "packs/plant/plan/plant.geojson";

std::vector<Walker> crowd(const Plan& plan, uint32_t count) {
  SeededRandom random(count);
  std::vector<Walker> walkers;
  while (walkers.size() < count) {
    Point at{below(random, 1040), below(random, 440)};
    if (plan.zone_at(at))
      walkers.push_back({.id = static_cast<uint32_t>(walkers.size()), .at = at});
  }
  return walkers;
}

std::optional<Point> detector_at(const Plan& plan, std::string_view tag) {
  for (const Json& feature : plan.source()["features"].as_array()) {
    if (feature["properties"].text_or("tag", "") != tag) continue;
    const Json::Array& pair = feature["geometry"]["coordinates"].as_array();
    return Point{*pair[0].as_double(), *pair[1].as_double()};
  }
  return std::nullopt;
}

class DemoPlan : public testing::Test {
 protected:
  Json source_ = read_plan_file(kPath);
  Plan plan_ = Plan::parse(source_).value();
};

TEST_F(DemoPlan, HasTheAreasGatesExitsAndDetectors) {
  struct Area {
    const char* code;
    Box box;
  };
  const Area areas[] = {{"A1", {{20, 220}, {270, 410}}},  {"A2", {{300, 220}, {550, 410}}},
                        {"A3", {{580, 220}, {780, 410}}}, {"A4", {{810, 220}, {1010, 410}}},
                        {"A5", {{580, 30}, {1010, 190}}}, {"A6", {{20, 30}, {550, 190}}}};
  for (const Area& area : areas) {
    const Zone* zone = plan_.find_zone(area.code);
    ASSERT_NE(zone, nullptr) << area.code;
    EXPECT_EQ(zone->box.low, area.box.low) << area.code;
    EXPECT_EQ(zone->box.high, area.box.high) << area.code;
  }
  for (const char* code : {"G1", "G-A1", "G-A2"}) {
    EXPECT_EQ(std::ranges::count(plan_.gates(), code, &Gate::code), 1) << code;
  }
  EXPECT_EQ(std::ranges::count(plan_.havens(), Haven::Kind::Exit, &Haven::kind), 3);
  EXPECT_GE(std::ranges::count(plan_.havens(), Haven::Kind::Muster, &Haven::kind), 3);
  EXPECT_EQ(detector_at(plan_, "GAS-2107"), (Point{150, 320}));
  EXPECT_EQ(detector_at(plan_, "NH3-6031"), (Point{700, 110}));
}

TEST_F(DemoPlan, IsWalkableEverywhere) {
  std::vector<bool> joined = nodes_joined(plan_, plan_.havens()[0].node);
  EXPECT_EQ(std::ranges::count(joined, false), 0);
  for (const Door& door : plan_.doors()) {
    const Edge& edge = plan_.edges()[door.edge];
    EXPECT_GE(plan_.arcs(edge.from).size(), 2u) << door.code;
    EXPECT_GE(plan_.arcs(edge.to).size(), 2u) << door.code;
  }
}

TEST_F(DemoPlan, NoEdgeCrossesAWallButAtADoor) {
  DrawnWalls walls(source_);
  for (const Edge& edge : plan_.edges()) {
    Point from = plan_.nodes()[edge.from].at, to = plan_.nodes()[edge.to].at;
    EXPECT_TRUE(walls.lets_through(from, to))
        << from.x << "," << from.y << " " << to.x << "," << to.y;
  }
}

TEST_F(DemoPlan, HasAMusterPointUpwindOfEveryLeakInEveryWind) {
  for (const char* tag : {"GAS-2107", "NH3-6031"}) {
    for (double from_deg = 0; from_deg < 360; from_deg += 10) {
      Plume plume{.release = {.at = *detector_at(plan_, tag), .rate_g_s = 500},
                  .wind = {.speed_m_s = 2, .from_deg = from_deg}};
      EXPECT_TRUE(std::ranges::any_of(plan_.havens(),
                                      [&](const Haven& haven) {
                                        return haven.kind == Haven::Kind::Muster &&
                                               plume.downwind_m(haven.at) < 0;
                                      }))
          << tag << " " << from_deg;
    }
  }
}

TEST_F(DemoPlan, LeadsTwoThousandPeopleOutInEveryWind) {
  std::vector<Walker> walkers = crowd(plan_, 2000);
  DrawnWalls walls(source_);
  for (double from_deg : {0.0, 100.0, 225.0, 315.0}) {
    Plume plume{.release = {.at = {150, 320}, .rate_g_s = 400, .height_m = 1},
                .wind = {.speed_m_s = 3, .from_deg = from_deg}};
    Hazard hazard = make_hazard(plan_, {.source = {150, 320}, .plume = &plume, .limit_g_m3 = 0.3});
    std::vector<Route> routes = plan_routes(plan_, hazard, walkers);
    int shut_in = 0;
    for (std::size_t i = 0; i < routes.size(); ++i) {
      ASSERT_TRUE(routes[i].is_found) << i;
      for (std::size_t k = 2; k < routes[i].points.size(); ++k) {
        EXPECT_TRUE(walls.lets_through(routes[i].points[k - 1], routes[i].points[k]));
      }
      bool begins_in_gas = hazard.at(routes[i].nodes[0], 600) >= 1;
      if (routes[i].crosses_gas && !begins_in_gas) ++shut_in;
    }
    EXPECT_LE(shut_in, 4) << "in a pocket of clean air between gas and tanks, " << from_deg;
  }
}

TEST_F(DemoPlan, ChangesRoutesWhenTheWindTurns) {
  std::vector<Walker> walkers = crowd(plan_, 300);
  auto havens_in = [&](double from_deg) {
    Plume plume{.release = {.at = {150, 320}, .rate_g_s = 400, .height_m = 1},
                .wind = {.speed_m_s = 3, .from_deg = from_deg}};
    Hazard hazard = make_hazard(plan_, {.source = {150, 320}, .plume = &plume, .limit_g_m3 = 0.03});
    std::vector<std::string> havens;
    for (const Route& route : plan_routes(plan_, hazard, walkers)) havens.push_back(route.haven);
    return havens;
  };
  EXPECT_NE(havens_in(0), havens_in(180));
  EXPECT_EQ(std::ranges::count(havens_in(135), "M4"), 0) << "gas blows over M4 in the north-west";
}

}  // namespace
}  // namespace anlan::twin
