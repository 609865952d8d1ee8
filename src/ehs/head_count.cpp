#include "ehs/head_count.h"

#include <algorithm>

namespace anlan::ehs {
namespace {

// The newest trace of somebody, whatever its source.
struct Last {
  std::string source{};
  std::optional<Instant> seen{};
  std::string zone{};
  std::optional<twin::Point> at{};
};

void take_newer(Last& last, std::string source, Instant seen, std::string zone,
                std::optional<twin::Point> at) {
  if (last.seen && *last.seen >= seen) return;
  last = {.source = std::move(source), .seen = seen, .zone = std::move(zone), .at = at};
}

Last last_of(const Traces& traces) {
  Last last;
  if (traces.visit_at) take_newer(last, "visitor", *traces.visit_at, "", std::nullopt);
  if (traces.permit_at) {
    take_newer(last, "permit", *traces.permit_at, traces.permit_zone, std::nullopt);
  }
  if (traces.pass) {
    take_newer(last, "gate", traces.pass->seen, traces.pass->is_in ? traces.pass->zone : "",
               std::nullopt);
  }
  if (traces.sight) {
    take_newer(last, "position", traces.sight->seen, traces.sight->zone, traces.sight->at);
  }
  return last;
}

bool has_left(const Traces& traces) {
  if (!traces.pass || traces.pass->is_in || !traces.pass->was_let) return false;
  if (traces.doubted_at && *traces.doubted_at > traces.pass->seen) return false;
  return traces.pass->zone.empty() && (!traces.sight || traces.sight->seen <= traces.pass->seen);
}

bool is_at_haven(const twin::Plan& plan, twin::Point at, double radius_m) {
  return std::ranges::any_of(plan.havens(), [&](const twin::Haven& haven) {
    return twin::distance_m(haven.at, at) <= radius_m;
  });
}

}  // namespace

std::string_view safety_text(Safety safety) {
  switch (safety) {
    case Safety::Safe: return "safe";
    case Safety::Unsafe: return "unsafe";
    case Safety::Unknown: return "unknown";
  }
  return "unknown";
}

std::optional<Safety> parse_safety(std::string_view text) {
  for (Safety one : {Safety::Safe, Safety::Unsafe, Safety::Unknown}) {
    if (safety_text(one) == text) return one;
  }
  return std::nullopt;
}

std::optional<twin::Point> middle_of(const twin::Plan& plan, std::string_view zone_code) {
  const twin::Zone* zone = plan.find_zone(zone_code);
  if (zone == nullptr || zone->outline.empty()) return std::nullopt;
  twin::Point sum;
  for (twin::Point point : zone->outline) {
    sum.x += point.x;
    sum.y += point.y;
  }
  auto count = static_cast<double>(zone->outline.size());
  return twin::Point{sum.x / count, sum.y / count};
}

bool is_concerned(const Traces& traces, const twin::Plan& plan, const HeadCountRules& rules) {
  if (!traces.is_on_site || has_left(traces)) return false;
  Last last = last_of(traces);
  std::optional<twin::Point> at = last.at;
  if (!at && !last.zone.empty()) {
    // Only the zone is known: its nearest corner decides.
    const twin::Zone* zone = plan.find_zone(last.zone);
    if (zone != nullptr) {
      if (twin::is_inside(zone->outline, rules.centre)) return true;
      return std::ranges::any_of(zone->outline, [&](twin::Point corner) {
        return twin::distance_m(corner, rules.centre) <= rules.radius_m;
      });
    }
  }
  if (!at) return true;
  return twin::distance_m(*at, rules.centre) <= rules.radius_m;
}

Counted count_one(const Traces& traces, const twin::Plan& plan, const HeadCountRules& rules,
                  Instant now) {
  Last last = last_of(traces);
  Counted counted{.badge = traces.badge,
                  .source = last.source,
                  .seen = last.seen,
                  .zone = last.zone,
                  .at = last.at ? last.at : middle_of(plan, last.zone)};
  auto say = [&](Safety safety, std::string why) {
    counted.safety = safety;
    counted.why = std::move(why);
    return counted;
  };
  if (traces.said) {
    counted.source = traces.is_signed_off ? "person" : "phone";
    counted.seen = traces.said_at;
    if (*traces.said == Safety::Unsafe) return say(Safety::Unsafe, "said_unsafe");
    if (*traces.said == Safety::Safe) {
      return say(Safety::Safe, traces.is_signed_off ? "signed_off" : "said_safe");
    }
    return say(Safety::Unknown, "signed_off");
  }
  if (has_left(traces)) return say(Safety::Safe, "left");
  // Somebody is somewhere else than where the last good position says.
  if (traces.doubted_at && (!traces.sight || *traces.doubted_at > traces.sight->seen)) {
    return say(Safety::Unknown, "doubtful");
  }
  bool is_fresh = traces.sight && now - traces.sight->seen <= rules.fresh;
  if (is_fresh && traces.sight->at) {
    return is_at_haven(plan, *traces.sight->at, rules.muster_radius_m)
               ? say(Safety::Safe, "muster")
               : say(Safety::Unsafe, "inside");
  }
  if (is_fresh) return say(Safety::Unsafe, "inside");
  return say(Safety::Unknown, last.seen ? "silent" : "never_seen");
}

}  // namespace anlan::ehs
