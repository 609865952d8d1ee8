#pragma once
// Ways out for everybody at once: shortest in time over the walking graph, weighted by the hazard
// at the time of arrival, to whichever haven is best, with capacity reserved on doors and havens.

#include <string>
#include <vector>

#include "twin/plan.h"
#include "twin/plume.h"

namespace anlan::twin {

// What the gas does in the next minutes: for each node of the plan the concentration (in the
// alarm's unit, as a part of the limit: 1 = limit) by time. Moving gas is several layers.
struct HazardLayer {
  double from_s = 0;         // seconds after now; layers are in rising order, the first from 0
  std::vector<float> level;  // by node: 1 and above is over the limit
};
struct Hazard {
  std::vector<HazardLayer> layers;  // empty: no hazard known
  // Level at a node when somebody arrives there.
  float at(uint32_t node, double after_s) const;
};

// How a hazard is made. A circle grows around the source where the wind is calm or unknown.
struct HazardWish {
  Point source;
  double radius_m = 50;          // always over the limit inside
  const Plume* plume = nullptr;  // left aside where it does not check(), as in calm wind
  double limit_g_m3 = 0;         // of the plume's gas
  double growth_m_s = 0;         // the circle grows by this: calm wind
  double horizon_s = 600;
};
// A layer shows the gas as it stands at its end, so that nobody walks into its front. Gas has
// reached a distance of wind speed times time.
Hazard make_hazard(const Plan& plan, const HazardWish& wish);

struct Walker {
  uint32_t id = 0;  // the caller's own
  Point at;
  double speed_m_s = kLevelGround_m_s;
};

struct Route {
  uint32_t id = 0;            // the walker's
  bool is_found = false;      // false: no way out exists at all
  bool crosses_gas = false;   // over the limit somewhere: because it begins there, or as the last
                              // resort where no other way exists
  std::string haven;          // code
  std::vector<Point> points;  // from the walker to the haven, without those on a straight line
  std::vector<uint32_t> nodes;
  std::vector<double> at_s;  // arrival at each node
  double seconds = 0;        // with waiting at full doors
  double worst_level = 0;
};

struct RouteWish {
  double wait_bin_s = 5;  // capacity is reserved in bins of this length
};

// One per walker, in the same order. Deterministic: the same input gives the same routes. People
// near the gas choose first.
std::vector<Route> plan_routes(const Plan& plan, const Hazard& hazard,
                               const std::vector<Walker>& walkers, const RouteWish& wish = {});

// Time that this walker needs for an edge.
double seconds_on(const Edge& edge, double walker_speed_m_s);

}  // namespace anlan::twin
