#include "twin/routes.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <queue>

#include "twin/search.h"

namespace anlan::twin {
namespace {

constexpr double kSlowest_m_s = 0.1, kFastest_m_s = 5;
constexpr double kBinLeast_s = 0.1;
constexpr double kAwayMax_m = 50'000;  // a position further from any node is nonsense
constexpr double kStraight_m = 0.01;

// Seconds until gas over the limit could be at each node, if it crept on at 1 m/s from wherever it
// is at any time: the order in which people choose.
std::vector<double> urgency(const Plan& plan, const Danger& danger) {
  std::vector<double> seconds(plan.nodes().size(), std::numeric_limits<double>::infinity());
  std::priority_queue<std::pair<double, uint32_t>, std::vector<std::pair<double, uint32_t>>,
                      std::greater<>>
      queue;
  for (uint32_t node = 0; node < seconds.size(); ++node) {
    for (std::size_t layer = 0; layer < danger.layers(); ++layer) {
      if (!danger.is_over(node, layer)) continue;
      seconds[node] = danger.begin_s(layer);
      queue.push({seconds[node], node});
      break;
    }
  }
  while (!queue.empty()) {
    auto [at_s, node] = queue.top();
    queue.pop();
    if (at_s > seconds[node]) continue;
    for (const Arc& arc : plan.arcs(node)) {
      double next = at_s + plan.edges()[arc.edge].length_m;
      if (next >= seconds[arc.to]) continue;
      seconds[arc.to] = next;
      queue.push({next, arc.to});
    }
  }
  return seconds;
}

// kNoNode where the position is none.
Start start_of(const Plan& plan, const Walker& walker) {
  uint32_t node = plan.nearest_node(walker.at);
  if (node == kNoNode) return {.node = kNoNode};
  double speed_m_s = std::isfinite(walker.speed_m_s)
                         ? std::clamp(walker.speed_m_s, kSlowest_m_s, kFastest_m_s)
                         : kLevelGround_m_s;
  double away_m = distance_m(walker.at, plan.nodes()[node].at);
  if (away_m > kAwayMax_m) return {.node = kNoNode};
  return {.node = node, .at_s = away_m / speed_m_s, .speed_m_s = speed_m_s};
}

std::vector<std::size_t> order_of(const std::vector<Start>& starts, const Plan& plan,
                                  const Danger& danger) {
  std::vector<double> seconds = urgency(plan, danger);
  std::vector<std::size_t> order(starts.size());
  std::iota(order.begin(), order.end(), 0);
  std::erase_if(order, [&](std::size_t i) { return starts[i].node == kNoNode; });
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    uint32_t node_a = starts[a].node, node_b = starts[b].node;
    if (seconds[node_a] != seconds[node_b]) return seconds[node_a] < seconds[node_b];
    return danger.level(node_a, 0) > danger.level(node_b, 0);
  });
  return order;
}

void draw(const Plan& plan, const Walker& walker, Route& route) {
  std::vector<Point> all{walker.at};
  for (uint32_t node : route.nodes) {
    if (plan.nodes()[node].at != all.back()) all.push_back(plan.nodes()[node].at);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    bool is_bend = i == 0 || i + 1 == all.size() ||
                   distance_m(Segment{route.points.back(), all[i + 1]}, all[i]) > kStraight_m;
    if (is_bend) route.points.push_back(all[i]);
  }
}

Route make_route(const Plan& plan, const Danger& danger, const Walker& walker, Way way) {
  Route route{.id = walker.id};
  if (!way.is_found) return route;
  route.is_found = true;
  route.haven = plan.havens()[way.haven].code;
  route.nodes = std::move(way.nodes);
  route.at_s = std::move(way.at_s);
  route.seconds = way.entered_s;
  for (std::size_t i = 0; i < route.nodes.size(); ++i) {
    double level = danger.level(route.nodes[i], danger.layer_at(route.at_s[i]));
    route.worst_level = std::max(route.worst_level, level);
  }
  route.crosses_gas = route.worst_level >= 1;
  draw(plan, walker, route);
  return route;
}

}  // namespace

std::vector<Route> plan_routes(const Plan& plan, const Hazard& hazard,
                               const std::vector<Walker>& walkers, const RouteWish& wish) {
  std::vector<Route> routes(walkers.size());
  for (std::size_t i = 0; i < walkers.size(); ++i) routes[i].id = walkers[i].id;
  if (plan.nodes().empty() || plan.havens().empty()) return routes;
  std::vector<Start> starts;
  for (const Walker& walker : walkers) starts.push_back(start_of(plan, walker));
  Danger danger(plan, hazard);
  Search search(plan, danger, std::max(wish.wait_bin_s, kBinLeast_s));
  for (std::size_t i : order_of(starts, plan, danger)) {
    Way way = search.find(starts[i]);
    if (way.is_found) search.reserve(way);
    routes[i] = make_route(plan, danger, walkers[i], std::move(way));
  }
  return routes;
}

}  // namespace anlan::twin
