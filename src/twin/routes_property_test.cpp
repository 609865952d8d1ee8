// Routes over random small plans with moving gas, judged by a search that shares no code with ours:
// every place at every half second.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "twin/routes.h"
#include "twin/test_plan.h"

namespace anlan::twin {
namespace {

constexpr double kTick_s = 0.5;
constexpr int kTicks = 800;

double between_two(Random& random, double low, double high) {
  return low + below(random, high - low);
}

// A wall across the zone with one or two doors, or a room in a corner.
void draw_walls(Random& random, Sketch& sketch) {
  double x = 10 * std::floor(between_two(random, 2, 5));
  sketch.wall({{x, 0}, {x, 50}}).door({x, between_two(random, 3, 22)}, 1);
  if (random.below(2)) sketch.door({x, between_two(random, 28, 47)}, 1.2);
  if (random.below(2)) {
    sketch.wall({{x + 10, 30}, {x + 30, 30}}).wall({{x + 10, 30}, {x + 10, 50}});
    sketch.door({x + 10, between_two(random, 34, 45)}, 0.9);
    sketch.door({between_two(random, x + 14, x + 26), 30}, 0.9);
  }
}

Sketch random_plan(Random& random) {
  Sketch sketch;
  sketch.zone("A1", {{0, 0}, {80, 50}});
  draw_walls(random, sketch);
  sketch.path({{-20, 60}, {100, 60}}).path({{5, 40}, {5, 60}}).path({{75, 45}, {75, 60}});
  sketch.haven("exit", "E1", {-20, 60}, between_two(random, 0.3, 3));
  if (random.below(2)) sketch.haven("exit", "E2", {100, 60}, between_two(random, 0.3, 3));
  if (random.below(3) == 0) sketch.haven("muster", "M1", {between_two(random, 3, 77), 4}, 2);
  return sketch;
}

Hazard random_gas(Random& random, const Plan& plan) {
  Hazard hazard;
  double from_s = 0;
  uint64_t layers = 1 + random.below(6);
  for (uint64_t i = 0; i < layers; ++i) {
    HazardLayer layer{.from_s = from_s};
    layer.level.assign(plan.nodes().size(), static_cast<float>(below(random, 0.5)));
    for (uint64_t disc = random.below(5); disc > 0; --disc) {
      Point centre{between_two(random, -20, 100), between_two(random, 0, 60)};
      double radius_m = between_two(random, 8, 25);
      for (std::size_t n = 0; n < layer.level.size(); ++n) {
        if (distance_m(plan.nodes()[n].at, centre) < radius_m) layer.level[n] = 1.5f;
      }
    }
    hazard.layers.push_back(std::move(layer));
    from_s += 0.5 * static_cast<double>(10 + random.below(80));
  }
  return hazard;
}

class BruteForce {
 public:
  BruteForce(const Plan& plan, const Hazard& hazard)
      : plan_(plan), hazard_(hazard), is_haven_(plan.nodes().size(), false) {
    for (const Haven& haven : plan.havens()) is_haven_[haven.node] = true;
  }

  // Is there a way through clean air alone, from here and this time on? What it finds can be
  // walked: times are rounded up and the wait is checked. It may overlook one by less than a tick a
  // step.
  bool has_clean_way(uint32_t start, double from_s) const {
    int first = static_cast<int>(std::ceil(from_s / kTick_s));
    if (first >= kTicks || !is_clean(start, from_s, first * kTick_s)) return false;
    std::vector<std::vector<bool>> here(kTicks, std::vector<bool>(plan_.nodes().size(), false));
    here[first][start] = true;
    for (int tick = first; tick + 1 < kTicks; ++tick) {
      for (uint32_t node = 0; node < plan_.nodes().size(); ++node) {
        if (!here[tick][node]) continue;
        if (is_haven_[node]) return true;
        if (is_clean(node, tick * kTick_s, (tick + 1) * kTick_s)) here[tick + 1][node] = true;
        for (const Arc& arc : plan_.arcs(node)) {
          if (reaches_haven(arc, tick, here)) return true;
        }
      }
    }
    return false;
  }

  bool is_clean(uint32_t node, double from_s, double until_s) const {
    if (hazard_.at(node, from_s) >= 1) return false;
    return std::ranges::none_of(hazard_.layers, [&](const HazardLayer& layer) {
      return layer.from_s > from_s && layer.from_s <= until_s && layer.level[node] >= 1;
    });
  }

 private:
  bool reaches_haven(const Arc& arc, int tick, std::vector<std::vector<bool>>& here) const {
    double at_s = tick * kTick_s + plan_.edges()[arc.edge].length_m / 1.2;
    int next = static_cast<int>(std::ceil(at_s / kTick_s));
    if (!is_clean(arc.to, at_s, at_s) || next >= kTicks) return false;
    if (is_haven_[arc.to]) return true;
    if (is_clean(arc.to, at_s, next * kTick_s)) here[next][arc.to] = true;
    return false;
  }

  const Plan& plan_;
  const Hazard& hazard_;
  std::vector<bool> is_haven_;
};

const Edge* edge_between(const Plan& plan, uint32_t a, uint32_t b) {
  for (const Arc& arc : plan.arcs(a)) {
    if (arc.to == b) return &plan.edges()[arc.edge];
  }
  return nullptr;
}

std::size_t first_clean(const BruteForce& judge, const Route& route) {
  std::size_t i = 0;
  while (i < route.nodes.size() && !judge.is_clean(route.nodes[i], route.at_s[i], route.at_s[i])) {
    ++i;
  }
  return i;
}

// From this node of the route on: in clean air on arrival everywhere, and while waiting there.
bool stays_clean(const Plan& plan, const BruteForce& judge, const Route& route, std::size_t from) {
  for (std::size_t i = from; i < route.nodes.size(); ++i) {
    double until_s = route.at_s[i];
    if (i + 1 < route.nodes.size()) {
      const Edge* edge = edge_between(plan, route.nodes[i], route.nodes[i + 1]);
      until_s = std::max(until_s, route.at_s[i + 1] - edge->length_m / 1.2 - 1e-6);
    }
    if (!judge.is_clean(route.nodes[i], route.at_s[i], until_s)) return false;
  }
  return true;
}

// Every edge is one of the plan's, takes the time it must, and waits are not negative.
void expect_walkable(const Plan& plan, const DrawnWalls& walls, const Route& route) {
  ASSERT_TRUE(route.is_found);
  ASSERT_EQ(route.nodes.size(), route.at_s.size());
  for (std::size_t i = 0; i + 1 < route.nodes.size(); ++i) {
    const Edge* edge = edge_between(plan, route.nodes[i], route.nodes[i + 1]);
    ASSERT_NE(edge, nullptr);
    EXPECT_GE(route.at_s[i + 1] - route.at_s[i], edge->length_m / 1.2 - 1e-6);
  }
  for (std::size_t i = 1; i < route.points.size(); ++i) {
    EXPECT_TRUE(walls.lets_through(route.points[i - 1], route.points[i]));
  }
}

TEST(RandomRoutes, NeverEnterGasWhereAnotherWayExists) {
  int with_choice = 0, without = 0, longer = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    Plan plan = random_plan(random).plan();
    Hazard hazard = random_gas(random, plan);
    BruteForce judge(plan, hazard);
    DrawnWalls walls(plan.source());
    auto start = static_cast<uint32_t>(random.below(plan.nodes().size()));
    Point at = plan.nodes()[start].at;
    if (plan.nearest_node(at) != start) continue;
    Route route = plan_routes(plan, hazard, {{.at = at}})[0];
    expect_walkable(plan, walls, route);
    // Who begins in gas is judged from where the route first comes out of it.
    std::size_t from = first_clean(judge, route);
    if (from == route.nodes.size() || !judge.has_clean_way(route.nodes[from], route.at_s[from])) {
      ++without;
      continue;
    }
    EXPECT_TRUE(stays_clean(plan, judge, route, from));
    EXPECT_EQ(route.crosses_gas, from > 0);
    Route blind = plan_routes(plan, {}, {{.at = at}})[0];
    if (from == 0 && !stays_clean(plan, judge, blind, 0)) ++with_choice;
    if (route.seconds > blind.seconds + 30) ++longer;
  }
  // The test bites: often the shortest way would have entered gas.
  EXPECT_GT(with_choice, 60);
  EXPECT_GT(without, 10);
  EXPECT_GT(longer, 20);
  RecordProperty("with_choice", with_choice);
  RecordProperty("without", without);
}

struct Passage {
  const Edge* edge;
  int64_t bin;
  auto operator<=>(const Passage&) const = default;
};

int64_t bin_of(double at_s) { return static_cast<int64_t>(std::floor(at_s / 5 + 1e-6)); }

void expect_room(const Plan& plan, const std::vector<Route>& routes) {
  std::map<Passage, double> passed;
  std::map<std::pair<std::string, int64_t>, double> entered;
  for (const Route& route : routes) {
    for (std::size_t i = 0; i + 1 < route.nodes.size(); ++i) {
      const Edge* edge = edge_between(plan, route.nodes[i], route.nodes[i + 1]);
      ++passed[{edge, bin_of(route.at_s[i + 1] - edge->length_m / 1.2)}];
    }
    ++entered[{route.haven, bin_of(route.seconds)}];
  }
  for (const auto& [passage, people] : passed) {
    EXPECT_LE(people, std::max(1.0, passage.edge->width_m * 1.3 * 5));
  }
  for (const auto& [haven, people] : entered) {
    auto at = std::ranges::find(plan.havens(), haven.first, &Haven::code);
    ASSERT_NE(at, plan.havens().end());
    EXPECT_LE(people, std::max(1.0, at->people_per_second * 5));
  }
}

TEST(RandomRoutes, LeaveRoomOnDoorsAndHavensAndLoseNobody) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    Plan plan = random_plan(random).plan();
    Hazard hazard = random_gas(random, plan);
    DrawnWalls walls(plan.source());
    std::vector<Walker> crowd;
    for (uint32_t i = 0; i < 150; ++i) {
      crowd.push_back({.id = i, .at = {below(random, 80), below(random, 50)}});
    }
    std::vector<Route> routes = plan_routes(plan, hazard, crowd);
    ASSERT_EQ(routes.size(), crowd.size());
    for (const Route& route : routes) expect_walkable(plan, walls, route);
    expect_room(plan, routes);
    std::vector<Route> again = plan_routes(plan, hazard, crowd);
    for (std::size_t i = 0; i < routes.size(); ++i) {
      EXPECT_EQ(routes[i].nodes, again[i].nodes);
      EXPECT_EQ(routes[i].at_s, again[i].at_s);
      EXPECT_EQ(routes[i].seconds, again[i].seconds);
    }
  }
}

}  // namespace
}  // namespace anlan::twin
