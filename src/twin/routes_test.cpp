#include "twin/routes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "twin/test_plan.h"

namespace anlan::twin {
namespace {

Sketch open_field() {
  Sketch sketch;
  sketch.zone("A1", {{0, 0}, {200, 100}});
  sketch.haven("muster", "WEST", {2, 50}).haven("muster", "EAST", {198, 50});
  return sketch;
}

// A hazard that is the same over the limit at these places.
Hazard gas_at(const Plan& plan, const std::vector<Box>& boxes, double from_s = 0) {
  HazardLayer gas{.from_s = from_s};
  for (const Node& node : plan.nodes()) {
    bool is_in = std::ranges::any_of(boxes, [&](const Box& box) {
      return box.low.x <= node.at.x && node.at.x <= box.high.x && box.low.y <= node.at.y &&
             node.at.y <= box.high.y;
    });
    gas.level.push_back(is_in ? 2.0f : 0.0f);
  }
  Hazard hazard;
  if (from_s > 0) {
    hazard.layers.push_back({.level = std::vector<float>(plan.nodes().size(), 0)});
  }
  hazard.layers.push_back(std::move(gas));
  return hazard;
}

TEST(Routes, LeadToTheNearestHaven) {
  Plan plan = open_field().plan();
  std::vector<Route> routes =
      plan_routes(plan, {}, {{.id = 7, .at = {40, 50}}, {.id = 3, .at = {150, 80}}});
  ASSERT_EQ(routes.size(), 2u);
  EXPECT_EQ(routes[0].id, 7u);
  EXPECT_TRUE(routes[0].is_found);
  EXPECT_EQ(routes[0].haven, "WEST");
  EXPECT_EQ(routes[1].haven, "EAST");
  EXPECT_EQ(routes[0].points.front(), (Point{40, 50}));
  EXPECT_EQ(routes[0].points.back(), (Point{2, 50}));
  EXPECT_NEAR(routes[0].seconds, 38 / 1.2, 8);
  EXPECT_FALSE(routes[0].crosses_gas);
}

TEST(Routes, TurnAwayFromGas) {
  Plan plan = open_field().plan();
  Hazard hazard = gas_at(plan, {{{10, 0}, {30, 100}}});
  Route route = plan_routes(plan, hazard, {{.at = {40, 50}}})[0];
  EXPECT_EQ(route.haven, "EAST");
  EXPECT_FALSE(route.crosses_gas);
}

TEST(Routes, DoNotWalkIntoGasThatComesLater) {
  Plan plan = open_field().plan();
  Hazard later = gas_at(plan, {{{10, 0}, {30, 100}}}, 5);
  EXPECT_EQ(plan_routes(plan, later, {{.at = {55, 50}}})[0].haven, "EAST");
  Hazard much_later = gas_at(plan, {{{10, 0}, {30, 100}}}, 120);
  EXPECT_EQ(plan_routes(plan, much_later, {{.at = {55, 50}}})[0].haven, "WEST");
}

TEST(Routes, PreferAMusterPointThatStaysClean) {
  Plan plan = open_field().plan();
  Hazard later = gas_at(plan, {{{0, 0}, {20, 100}}}, 300);
  Route route = plan_routes(plan, later, {{.at = {40, 50}}})[0];
  EXPECT_EQ(route.haven, "EAST");
}

TEST(Routes, CrossGasOnlyAsTheLastResortAndSaySo) {
  Plan plan = open_field().plan();
  Hazard both = gas_at(plan, {{{60, 0}, {70, 100}}, {{150, 0}, {180, 100}}});
  Route route = plan_routes(plan, both, {{.at = {110, 50}}})[0];
  EXPECT_TRUE(route.is_found);
  EXPECT_TRUE(route.crosses_gas);
  EXPECT_EQ(route.haven, "WEST") << "the thinner of the two";
  EXPECT_GE(route.worst_level, 1);
}

TEST(Routes, WaitWhereGasPasses) {
  Sketch sketch;
  sketch.path({{0, 0}, {100, 0}}).haven("exit", "E", {100, 0});
  Plan plan = sketch.plan();
  Hazard hazard = gas_at(plan, {{{45, -5}, {75, 5}}});
  HazardLayer clean{.from_s = 300, .level = std::vector<float>(plan.nodes().size(), 0)};
  hazard.layers.push_back(clean);
  Route route = plan_routes(plan, hazard, {{.at = {0, 0}}})[0];
  EXPECT_TRUE(route.is_found);
  EXPECT_FALSE(route.crosses_gas);
  EXPECT_GT(route.seconds, 300);
  EXPECT_LT(route.seconds, 360);
}

TEST(Routes, LeaveGasByTheShortestWayOut) {
  Plan plan = open_field().plan();
  Hazard hazard = gas_at(plan, {{{0, 20}, {100, 100}}});
  Route route = plan_routes(plan, hazard, {{.at = {35, 35}}})[0];
  EXPECT_TRUE(route.crosses_gas) << "it begins there";
  int over = 0;
  for (std::size_t i = 0; i < route.nodes.size(); ++i) {
    over += hazard.at(route.nodes[i], route.at_s[i]) >= 1 ? 1 : 0;
  }
  EXPECT_LE(over, 2);
  EXPECT_EQ(route.haven, "EAST") << "the western one stands in gas";
}

TEST(Routes, SayWhenThereIsNoWayOut) {
  Sketch sketch = open_field();
  sketch.wall({{50, 20}, {90, 20}, {90, 60}, {50, 60}, {50, 20}});
  Plan plan = sketch.plan();
  std::vector<Route> routes = plan_routes(plan, {}, {{.at = {70, 40}}, {.at = {20, 20}}});
  EXPECT_FALSE(routes[0].is_found);
  EXPECT_TRUE(routes[0].points.empty());
  EXPECT_TRUE(routes[1].is_found);
  EXPECT_FALSE(plan_routes(Sketch().plan(), {}, {{.at = {1, 1}}})[0].is_found);
}

TEST(Routes, TakeNonsenseForNoWay) {
  Plan plan = open_field().plan();
  double none = std::nan("");
  std::vector<Route> routes = plan_routes(
      plan, {}, {{.at = {none, 5}}, {.at = {1e300, 0}}, {.at = {20, 20}, .speed_m_s = none}});
  EXPECT_FALSE(routes[0].is_found);
  EXPECT_FALSE(routes[1].is_found);
  EXPECT_TRUE(routes[2].is_found);
}

TEST(Routes, SpreadACrowdOverTheDoors) {
  Sketch sketch;
  sketch.zone("A1", {{0, 0}, {60, 40}}).zone("A2", {{60, 0}, {120, 40}});
  sketch.wall({{0, 0}, {60, 0}, {60, 40}, {0, 40}, {0, 0}});
  sketch.door({60, 10}).door({60, 30}).haven("muster", "M", {110, 20}, 100);
  Plan plan = sketch.plan();
  std::vector<Walker> crowd(200, Walker{.at = {50, 10}});
  std::vector<Route> routes = plan_routes(plan, {}, crowd);
  auto uses = [&](const Route& route, double y) {
    return std::ranges::any_of(
        route.nodes, [&](uint32_t node) { return distance_m(plan.nodes()[node].at, {60, y}) < 1; });
  };
  auto near = std::ranges::count_if(routes, [&](const Route& route) { return uses(route, 10); });
  EXPECT_GT(near, 90);
  EXPECT_LT(near, 130);
  double last_s = 0;
  for (const Route& route : routes) last_s = std::max(last_s, route.seconds);
  EXPECT_LT(last_s, 160) << "two doors of 1 m let 200 people through in 83 s";
  EXPECT_GT(last_s, 83);
}

TEST(Routes, LetPeopleNearTheGasChooseFirst) {
  Sketch sketch;
  sketch.path({{0, 0}, {200, 0}}).haven("exit", "E", {100, 0}, 0.2);
  Plan plan = sketch.plan();
  Hazard hazard = gas_at(plan, {{{0, -5}, {15, 5}}});
  std::vector<Route> routes =
      plan_routes(plan, hazard, {{.id = 1, .at = {180, 0}}, {.id = 2, .at = {20, 0}}});
  EXPECT_LT(routes[1].seconds, routes[0].seconds);
}

TEST(Hazards, MoveWithTheWind) {
  Sketch sketch;
  sketch.zone("A1", {{0, 0}, {400, 100}});
  Plan plan = sketch.plan();
  Plume plume{.release = {.at = {50, 50}, .rate_g_s = 100},
              .wind = {.speed_m_s = 2, .from_deg = 270}};
  Hazard hazard =
      make_hazard(plan, {.source = {50, 50}, .radius_m = 20, .plume = &plume, .limit_g_m3 = 0.01});
  uint32_t far = plan.nearest_node({255, 55}), upwind = plan.nearest_node({5, 55});
  uint32_t near = plan.nearest_node({55, 55});
  EXPECT_GE(hazard.at(near, 0), 1);
  EXPECT_EQ(hazard.at(far, 60), 0) << "205 m at 2 m/s take 102 s";
  EXPECT_GE(hazard.at(far, 102.5), 1);
  EXPECT_GE(hazard.at(far, 5000), 1) << "after the last layer it stays";
  EXPECT_EQ(hazard.at(upwind, 5000), 0);
}

TEST(Hazards, GrowAsACircleInCalmWind) {
  Sketch sketch;
  sketch.zone("A1", {{0, 0}, {400, 100}});
  Plan plan = sketch.plan();
  Plume calm{.release = {.at = {50, 50}, .rate_g_s = 100}, .wind = {.speed_m_s = 0.2}};
  Hazard hazard = make_hazard(
      plan,
      {.source = {50, 50}, .radius_m = 20, .plume = &calm, .limit_g_m3 = 0.01, .growth_m_s = 0.5});
  uint32_t node = plan.nearest_node({115, 55});
  EXPECT_EQ(hazard.at(node, 0), 0);
  EXPECT_GE(hazard.at(node, 91), 1) << "65 m is reached after 90 s";
  Hazard still = make_hazard(plan, {.source = {50, 50}, .radius_m = 20});
  EXPECT_EQ(still.layers.size(), 1u);
}

}  // namespace
}  // namespace anlan::twin
