#pragma once
// How far a position is to be believed: its age, its accuracy against what its zone asks for, and
// whether its carrier can have come there so fast. Pure.

#include <functional>
#include <string_view>

#include "twin/plan.h"

namespace anlan::twin {

// Nobody runs faster at work (sprinters reach 12 m/s), no vehicle drives faster in a plant.
inline constexpr double kPersonMost_m_s = 10;
inline constexpr double kVehicleMost_m_s = 40;
inline constexpr Duration kPositionOldest = Duration::seconds(60);  // on its way to us

// Of a zone: roads want points, stacking areas only who is in them.
struct PlaceRule {
  double accuracy_max_m = 0;  // worse ones are no points; 0: any
  bool is_zone_only = false;  // behaviour mode: points are never told
};
using RuleOf = std::function<PlaceRule(std::string_view zone)>;

std::string_view doubt_text(Doubt doubt);  // "too_old", "inaccurate", ...; "" for none

// Makes degrees a point of the plan, if the plan says where it lies.
void lay_on(Sighting& one, const Plan& plan);
// Of one that lies on the plan: names its zone, takes the point away where only the zone is sure,
// and says what is wrong with it. `before`: the last one of this badge with its point, or null.
Doubt believe(Sighting& one, const Sighting* before, const Plan& plan, const RuleOf& rule_of,
              double speed_max_m_s);

}  // namespace anlan::twin
