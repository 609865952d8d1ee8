#include <algorithm>

#include "twin/routes.h"

namespace anlan::twin {
namespace {

constexpr double kStep_s = 10;      // of the first layers
constexpr double kStepPart = 0.25;  // later ones are this part of the time until then
constexpr std::size_t kLayersMax = 200;

// Over the limit inside the circle, and worse towards the middle.
double circle_level(double away_m, double radius_m) {
  return away_m <= radius_m ? 2 - away_m / std::max(radius_m, 1e-9) : 0;
}

struct Reach {
  double downwind_m = 0;
  double level = 0;  // once the gas is there
};

std::vector<Reach> plume_reach(const Plan& plan, const HazardWish& wish) {
  if (!wish.plume || wish.limit_g_m3 <= 0 || !wish.plume->check()) return {};
  std::vector<Reach> reach;
  for (const Node& node : plan.nodes()) {
    reach.push_back({wish.plume->downwind_m(node.at),
                     wish.plume->concentration_g_m3(node.at) / wish.limit_g_m3});
  }
  return reach;
}

HazardLayer make_layer(const Plan& plan, const HazardWish& wish, const std::vector<Reach>& reach,
                       double until_s) {
  HazardLayer layer;
  double radius_m = wish.radius_m + std::max(wish.growth_m_s, 0.0) * until_s;
  double front_m = reach.empty() ? 0 : wish.plume->wind.speed_m_s * until_s;
  for (std::size_t i = 0; i < plan.nodes().size(); ++i) {
    double level = circle_level(distance_m(plan.nodes()[i].at, wish.source), radius_m);
    if (!reach.empty() && reach[i].downwind_m <= front_m) level = std::max(level, reach[i].level);
    layer.level.push_back(static_cast<float>(level));
  }
  return layer;
}

}  // namespace

float Hazard::at(uint32_t node, double after_s) const {
  auto later = std::ranges::upper_bound(layers, after_s, {}, &HazardLayer::from_s);
  if (later == layers.begin()) return 0;
  const HazardLayer& layer = *std::prev(later);
  return node < layer.level.size() ? layer.level[node] : 0;
}

Hazard make_hazard(const Plan& plan, const HazardWish& wish) {
  std::vector<Reach> reach = plume_reach(plan, wish);
  Hazard hazard;
  double from_s = 0;
  do {
    double until_s = from_s + std::max(kStep_s, from_s * kStepPart);
    HazardLayer layer = make_layer(plan, wish, reach, until_s);
    layer.from_s = from_s;
    bool is_new = hazard.layers.empty() || hazard.layers.back().level != layer.level;
    if (is_new) hazard.layers.push_back(std::move(layer));
    from_s = until_s;
  } while (from_s < wish.horizon_s && hazard.layers.size() < kLayersMax);
  return hazard;
}

}  // namespace anlan::twin
