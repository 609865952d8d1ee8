#include "twin/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "twin/test_plan.h"

namespace anlan::twin {
namespace {

Sketch two_rooms() {
  Sketch sketch;
  sketch.zone("A1", {{0, 0}, {40, 40}}).zone("A2", {{60, 0}, {100, 40}});
  sketch.wall({{60, 0}, {100, 0}, {100, 40}, {60, 40}, {60, 0}}).door({60, 20});
  sketch.path({{0, 20}, {60, 20}}).haven("muster", "M1", {5, 5});
  return sketch;
}

double nearest_m(const Plan& plan, Point at) {
  double best_m = 1e9;
  for (const Node& node : plan.nodes()) best_m = std::min(best_m, distance_m(node.at, at));
  return best_m;
}

bool has_edge(const Plan& plan, Point a, Point b) {
  return std::ranges::any_of(plan.edges(), [&](const Edge& edge) {
    Point from = plan.nodes()[edge.from].at, to = plan.nodes()[edge.to].at;
    return (distance_m(from, a) < 0.1 && distance_m(to, b) < 0.1) ||
           (distance_m(from, b) < 0.1 && distance_m(to, a) < 0.1);
  });
}

struct Wrong {
  const char* what;
  std::function<void(Sketch&)> draw;
  ErrorCode code = ErrorCode::BadPack;
};

TEST(PlanFile, RefusesWhatItDoesNotKnowAndNamesTheFeature) {
  using S = Sketch;
  Json width = Json::object({{"width_m", 2}});
  const Wrong wrongs[] = {
      {"a kind nobody knows", [](S& s) { s.add("moat", S::point({1, 1})); }},
      {"a property nobody knows",
       [](S& s) { s.add("wall", S::line({{0, 50}, {9, 50}}), Json::object({{"colour", 1}})); }},
      {"a zone without a name",
       [](S& s) { s.add("zone", S::rectangle({{0, 0}, {9, 9}}), Json::object({{"code", "Z"}})); }},
      {"a code twice", [](S& s) { s.zone("A1", {{0, 50}, {9, 59}}); }},
      {"a muster point with the code of an exit", [](S& s) { s.haven("exit", "M1", {9, 9}); }},
      {"a zone that is a line",
       [](S& s) { s.add("zone", S::line({{0, 0}, {1, 1}}), S::named("Z")); }},
      {"a polygon without area", [](S& s) { s.zone("Z", {{0, 50}, {9, 50.0000001}}); }},
      {"a point far away", [](S& s) { s.wall({{0, 50}, {30'000, 50}}); }},
      {"a point twice", [](S& s) { s.wall({{0, 50}, {0, 50}}); }},
      {"a road without width", [](S& s) { s.add("road", S::line({{0, 50}, {9, 50}})); }},
      {"a road of no width", [](S& s) { s.path({{0, 50}, {9, 50}}, 0); }},
      {"a door on no wall", [](S& s) { s.door({30, 30}); }},
      {"a door with a wall behind it", [](S& s) { s.wall({{60.3, 0}, {60.3, 40}}); }},
      {"a tank that is a point without radius",
       [](S& s) { s.add("tank", S::point({9, 9}), Json::object({{"code", "T-1"}})); }},
      {"three numbers for a point",
       [](S& s) {
         Json geometry = S::point({1, 1});
         geometry.set("coordinates", Json::array({Json(1), Json(2), Json(3)}));
         s.add("label", geometry, Json::object({{"name", S::named("x")["name"]}}));
       }},
      {"a gate into nowhere",
       [](S& s) {
         Json gate = S::named("G9");
         gate.set("zone", "A9");
         s.add("gate", S::point({9, 9}), gate);
       }},
  };
  for (const Wrong& wrong : wrongs) {
    Sketch sketch = two_rooms();
    wrong.draw(sketch);
    Result<Plan> plan = Plan::parse(sketch.root());
    ASSERT_FALSE(plan) << wrong.what;
    EXPECT_EQ(plan.error().code, wrong.code) << wrong.what;
    EXPECT_TRUE(plan.error().field.starts_with("features")) << plan.error().field;
    EXPECT_TRUE(plan.error().detail.starts_with("plan: ")) << plan.error().detail;
  }
  Sketch sketch = two_rooms();
  sketch.add("moat", Sketch::point({1, 1}));
  EXPECT_EQ(Plan::parse(sketch.root()).error().field, "features[6]");
}

TEST(PlanFile, RefusesAnotherFrameAndOtherMembers) {
  Sketch degrees = two_rooms();
  degrees.root().set("anlan:frame", "wgs84");
  EXPECT_FALSE(Plan::parse(degrees.root()));
  Sketch more = two_rooms();
  more.root().set("crs", "EPSG:4326");
  EXPECT_FALSE(Plan::parse(more.root()));
  Sketch future = two_rooms();
  future.root().set("anlan:format", "anlan.plan/2");
  EXPECT_FALSE(Plan::parse(future.root()));
  EXPECT_FALSE(Plan::parse(Json()));
}

TEST(PlanFile, HasBounds) {
  Sketch wide;
  wide.zone("A1", {{-15'000, -15'000}, {15'000, 15'000}});
  EXPECT_EQ(Plan::parse(wide.root()).error().code, ErrorCode::LimitReached);
  Sketch many;
  Json features = Json::array();
  for (std::size_t i = 0; i <= kPlanFeaturesMax; ++i) features.push(Json::object());
  many.root().set("features", features);
  EXPECT_EQ(Plan::parse(many.root()).error().code, ErrorCode::LimitReached);
  Sketch crowded;
  for (int i = 0; i < 1500; ++i) crowded.wall({{0, i * 0.001}, {9, i * 0.001}});
  EXPECT_EQ(Plan::parse(crowded.root()).error().code, ErrorCode::LimitReached);
}

TEST(PlanFile, MayBeEmpty) {
  Plan plan = Sketch().plan();
  EXPECT_TRUE(plan.nodes().empty());
  EXPECT_EQ(plan.nearest_node({1, 1}), kNoNode);
  EXPECT_EQ(plan.zone_at({0, 0}), nullptr);
}

TEST(WalkingGraph, HasNodesEveryTenMetresAlongAPath) {
  Plan plan = two_rooms().plan();
  for (double x = 0; x <= 58; x += 2) EXPECT_LE(nearest_m(plan, {x, 20}), 5.01) << x;
  for (const Edge& edge : plan.edges()) EXPECT_LE(edge.length_m, 40);
}

TEST(WalkingGraph, JoinsLinesThatCrossAndEndsThatMeet) {
  Sketch sketch;
  sketch.path({{0, 0}, {37, 0}}).path({{13, -20}, {13, 20}});  // a cross
  sketch.path({{26, 0.2}, {26, 30}});                          // ends on the first
  sketch.path({{26, 30.3}, {50, 30}});                         // goes on from there
  Plan plan = sketch.plan();
  std::vector<bool> joined = nodes_joined(plan, plan.nearest_node({0, 0}));
  EXPECT_EQ(std::ranges::count(joined, false), 0);
  EXPECT_LT(nearest_m(plan, {13, 0}), 0.01);
}

TEST(WalkingGraph, CrossesAWallOnlyAtItsDoor) {
  Plan plan = two_rooms().plan();
  DrawnWalls walls(plan.source());
  for (const Edge& edge : plan.edges()) {
    EXPECT_TRUE(walls.lets_through(plan.nodes()[edge.from].at, plan.nodes()[edge.to].at));
  }
  ASSERT_EQ(plan.doors().size(), 1u);
  const Edge& door = plan.edges()[plan.doors()[0].edge];
  EXPECT_EQ(door.width_m, 1);
  std::vector<bool> joined = nodes_joined(plan, plan.havens()[0].node);
  EXPECT_TRUE(joined[plan.nearest_node({80, 20})]);
}

TEST(WalkingGraph, DoesNotEnterARoomWithoutADoor) {
  Sketch sketch = two_rooms();
  sketch.wall({{62, 2}, {98, 2}, {98, 18}, {62, 18}, {62, 2}});
  Plan plan = sketch.plan();
  std::vector<bool> joined = nodes_joined(plan, plan.havens()[0].node);
  EXPECT_FALSE(joined[plan.nearest_node({80, 10})]);
  EXPECT_TRUE(joined[plan.nearest_node({80, 30})]);
}

TEST(WalkingGraph, GoesAroundTanks) {
  Sketch sketch;
  sketch.zone("A1", {{0, 0}, {100, 100}}).haven("muster", "M1", {5, 5});
  sketch.add("tank", Sketch::point({50, 50}), Json::object({{"code", "T-1"}, {"radius_m", 20}}));
  Plan plan = sketch.plan();
  for (const Node& node : plan.nodes()) EXPECT_GT(distance_m(node.at, {50, 50}), 19);
  for (const Edge& edge : plan.edges()) {
    Segment way{plan.nodes()[edge.from].at, plan.nodes()[edge.to].at};
    EXPECT_GT(distance_m(way, Point{50, 50}), 19);
  }
  EXPECT_NE(plan.nearest_node({50, 50}), kNoNode) << "a position that is not exact";
}

TEST(WalkingGraph, HasOneGridWhereZonesTouch) {
  Sketch sketch;
  sketch.zone("A1", {{0, 0}, {40, 40}}).zone("A2", {{40, 0}, {80, 40}});
  Plan plan = sketch.plan();
  EXPECT_TRUE(has_edge(plan, {35, 5}, {45, 5}));
  EXPECT_EQ(std::ranges::count(nodes_joined(plan, 0), false), 0);
}

TEST(PlanQuestions, FindZonesAndTheirGaps) {
  Plan plan = two_rooms().plan();
  ASSERT_NE(plan.zone_at({20, 20}), nullptr);
  EXPECT_EQ(plan.zone_at({20, 20})->code, "A1");
  EXPECT_EQ(plan.zone_at({50, 20}), nullptr);
  EXPECT_EQ(plan.find_zone("A3"), nullptr);
  EXPECT_DOUBLE_EQ(plan.zone_gap_m(*plan.find_zone("A1"), *plan.find_zone("A2")), 20);
  EXPECT_DOUBLE_EQ(plan.zone_gap_m(*plan.find_zone("A1"), *plan.find_zone("A1")), 0);
}

TEST(PlanQuestions, TheNearestNodeIsOnThisSideOfTheWall) {
  Plan plan = two_rooms().plan();
  EXPECT_LT(plan.nodes()[plan.nearest_node({59.8, 25})].at.x, 60);
  EXPECT_GT(plan.nodes()[plan.nearest_node({60.2, 25})].at.x, 60);
  EXPECT_NE(plan.nearest_node({5000, 5000}), kNoNode);
  EXPECT_NE(plan.nearest_node({-1e7, 3}), kNoNode);
}

TEST(Geometry, KnowsInsideBorderAndOutside) {
  std::vector<Point> corner = {{0, 0}, {10, 0}, {10, 5}, {5, 5}, {5, 10}, {0, 10}};
  EXPECT_TRUE(is_inside(corner, {2, 8}));
  EXPECT_TRUE(is_inside(corner, {10, 2}));
  EXPECT_FALSE(is_inside(corner, {7, 7}));
  EXPECT_DOUBLE_EQ(signed_area_m2(corner), 75);
}

}  // namespace
}  // namespace anlan::twin
