#include "twin/believe.h"

namespace anlan::twin {
namespace {

constexpr double kSlack_m = 2;  // what systems round and smooth

bool has_jumped(const Sighting& one, const Sighting* before, double speed_max_m_s) {
  if (before == nullptr || !before->at || !one.at || one.seen <= before->seen) return false;
  double reach = speed_max_m_s * static_cast<double>((one.seen - before->seen).ns) / 1e9;
  return distance_m(*one.at, *before->at) > reach + one.accuracy_m + before->accuracy_m + kSlack_m;
}

// Wherever in the circle around the point it is, it is in the zone.
bool is_surely_in(const Zone& zone, const Sighting& one) {
  if (!is_inside(zone.outline, *one.at)) return false;
  for (std::size_t i = 0; i < zone.outline.size(); ++i) {
    Segment side{zone.outline[i], zone.outline[(i + 1) % zone.outline.size()]};
    if (distance_m(side, *one.at) < one.accuracy_m) return false;
  }
  return true;
}

}  // namespace

std::string_view doubt_text(Doubt doubt) {
  switch (doubt) {
    case Doubt::None: return "";
    case Doubt::TooOld: return "too_old";
    case Doubt::Inaccurate: return "inaccurate";
    case Doubt::Jumped: return "jumped";
    case Doubt::NoGeoreference: return "no_georeference";
  }
  return "";
}

void lay_on(Sighting& one, const Plan& plan) {
  if (!one.geo || one.at || !plan.georeference()) return;
  one.at = plan.georeference()->to_plan(*one.geo);
  if (one.accuracy_m > 0) one.accuracy_m += plan.georeference()->residual_m();
}

Doubt believe(Sighting& one, const Sighting* before, const Plan& plan, const RuleOf& rule_of,
              double speed_max_m_s) {
  bool is_named = !one.zone.empty();
  if (one.geo && !one.at && !is_named) return Doubt::NoGeoreference;
  if (one.received - one.seen > kPositionOldest) return Doubt::TooOld;
  if (has_jumped(one, before, speed_max_m_s)) return Doubt::Jumped;
  if (!one.at) return Doubt::None;
  const Zone* around = is_named ? plan.find_zone(one.zone) : plan.zone_at(*one.at);
  if (around != nullptr) one.zone = around->code;
  PlaceRule rule = rule_of(one.zone);
  // Who does not tell the accuracy (0) is not believed to the metre.
  bool is_exact =
      rule.accuracy_max_m <= 0 || (one.accuracy_m > 0 && one.accuracy_m <= rule.accuracy_max_m);
  if (!is_exact && !is_named && (around == nullptr || !is_surely_in(*around, one))) {
    return Doubt::Inaccurate;
  }
  if (!is_exact || rule.is_zone_only) one.at.reset();
  return Doubt::None;
}

}  // namespace anlan::twin
