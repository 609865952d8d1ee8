#include "ehs/permit_watch.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace anlan::ehs {
namespace {

std::optional<double> number_of(const Json& value) {
  return value.is_number() ? value.as_double() : std::nullopt;
}

// Work goes on only with an analysis; without one nothing is known.
std::optional<Suspension> analysis_too_old(const LivePermit& permit, const PermitWorld& world,
                                           std::optional<Duration> limit, const char* reason) {
  if (!limit) return std::nullopt;
  if (!permit.gas_at) return Suspension{permit.id, reason, Json::object()};
  Duration age = world.now - *permit.gas_at;
  if (age <= *limit) return std::nullopt;
  return Suspension{permit.id, reason,
                    Json::object({{"age_s", age.to_seconds()}, {"limit_s", limit->to_seconds()}})};
}

std::optional<Suspension> reading_too_high(const LivePermit& permit, const PermitWorld& world) {
  for (const GasReading& reading : world.readings) {
    if (auto stop = gas_reading_stops(permit, reading)) return stop;
  }
  return std::nullopt;
}

std::optional<Suspension> parent_stopped(const LivePermit& permit) {
  if (!permit.parent || permit.parent_state == "active") return std::nullopt;
  return Suspension{
      permit.id, "parent",
      Json::object({{"permit", permit.parent->text()}, {"state", permit.parent_state}})};
}

std::optional<Suspension> certificate_lapsed(const LivePermit& permit, const PermitWorld& world) {
  if (permit.lapses.empty() || world.now < permit.lapses.front().at) return std::nullopt;
  const Lapse& lapse = permit.lapses.front();
  return Suspension{permit.id, "certificate",
                    Json::object({{"person", lapse.person.text()},
                                  {"role", lapse.role},
                                  {"kind", lapse.kind},
                                  {"at", format_instant(lapse.at)}})};
}

std::optional<Suspension> neighbour_works(const LivePermit& permit, const PermitWorld& world) {
  auto neighbour = world.neighbour ? world.neighbour(permit) : std::nullopt;
  if (!neighbour) return std::nullopt;
  return Suspension{permit.id, "neighbour", std::move(neighbour->detail)};
}

std::optional<Suspension> weather_too_bad(const LivePermit& permit, const PermitWorld& world) {
  bool is_meant = permit.limits.rain_stops && permit.is_outdoor && world.weather.has_value();
  if (!is_meant) return std::nullopt;
  return Suspension{permit.id, "weather",
                    Json::object({{"tag", world.weather->tag}, {"kind", world.weather->kind}})};
}

std::optional<Suspension> shift_over(const LivePermit& permit, const PermitWorld& world) {
  if (!permit.shift_end || world.now < *permit.shift_end) return std::nullopt;
  return Suspension{permit.id, "shift_end",
                    Json::object({{"at", format_instant(*permit.shift_end)}})};
}

std::optional<Suspension> wind_too_strong(const LivePermit& permit, const PermitWorld& world) {
  if (!permit.limits.wind_force_max || !permit.is_outdoor) return std::nullopt;
  const WindSpeed* strongest = nullptr;
  for (const WindSpeed& wind : world.winds) {
    bool is_far =
        permit.at && wind.place && twin::distance_m(*permit.at, *wind.place) > kWindReachM;
    if (is_far) continue;
    if (strongest == nullptr || wind.speed_m_s > strongest->speed_m_s) strongest = &wind;
  }
  if (strongest == nullptr) return std::nullopt;
  int force = beaufort(strongest->speed_m_s);
  if (force <= *permit.limits.wind_force_max) return std::nullopt;
  return Suspension{permit.id, "wind",
                    Json::object({{"force", force},
                                  {"limit", *permit.limits.wind_force_max},
                                  {"tag", strongest->tag},
                                  {"speed_m_s", strongest->speed_m_s}})};
}

std::optional<Suspension> alarm_stands(const LivePermit& permit, const PermitWorld& world) {
  auto alarm = world.alarm ? world.alarm(permit) : std::nullopt;
  if (!alarm) return std::nullopt;
  return Suspension{permit.id, "alarm", std::move(*alarm)};
}

bool is_away(const LivePermit& permit, const GuardianSight& sight) {
  if (permit.at && sight.at) {
    return twin::distance_m(*permit.at, *sight.at) > *permit.limits.guardian_radius_m;
  }
  return !sight.zone.empty() && sight.zone != permit.area;
}

std::optional<Suspension> guardian_gone(const LivePermit& permit, const PermitWorld& world,
                                        std::map<RecordId, Instant>& away_since) {
  if (!permit.limits.guardian_radius_m || !world.guardian) return std::nullopt;
  auto sight = world.guardian(permit.guardian);
  if (!sight) return std::nullopt;
  const Duration grace = permit.limits.guardian_grace;
  Instant seen =
      sight->seen ? *sight->seen : away_since.try_emplace(permit.id, world.now).first->second;
  if (world.now - seen > grace) {
    Duration age = world.now - seen;
    return Suspension{permit.id, "guardian_unseen", Json::object({{"age_s", age.to_seconds()}})};
  }
  if (!sight->seen) return std::nullopt;
  if (!is_away(permit, *sight)) {
    away_since.erase(permit.id);
    return std::nullopt;
  }
  Instant since = away_since.try_emplace(permit.id, world.now).first->second;
  if (world.now - since < grace) return std::nullopt;
  Duration away = world.now - since;
  return Suspension{permit.id, "guardian_left",
                    Json::object({{"zone", sight->zone}, {"away_s", away.to_seconds()}})};
}

// Of the two intervals the shorter one is due first; what the standard asks for says so.
std::optional<Suspension> analysis_due(const LivePermit& permit, const PermitWorld& world) {
  const PermitLimits& limits = permit.limits;
  bool is_retest =
      limits.retest_every && (!limits.gas_max_age || *limits.retest_every <= *limits.gas_max_age);
  if (is_retest) return analysis_too_old(permit, world, limits.retest_every, "retest");
  return analysis_too_old(permit, world, limits.gas_max_age, "gas_age");
}

}  // namespace

PermitLimits permit_limits_from(const Json& decision) {
  PermitLimits limits;
  if (auto minutes = number_of(decision["gas_max_age_min"])) {
    limits.gas_max_age = Duration::seconds(static_cast<int64_t>(*minutes * 60));
  }
  if (auto minutes = number_of(decision["retest_every_min"])) {
    limits.retest_every = Duration::seconds(static_cast<int64_t>(*minutes * 60));
  }
  limits.rain_stops = decision.bool_or("rain_stops", false);
  limits.lel_max = number_of(decision["lel_max"]);
  limits.o2_low = number_of(decision["o2_low"]);
  limits.o2_high = number_of(decision["o2_high"]);
  if (auto force = number_of(decision["wind_force_max"])) {
    limits.wind_force_max = static_cast<int>(*force);
  }
  if (auto seconds = number_of(decision["monitor_max_s"])) {
    limits.monitor_max = Duration::seconds(static_cast<int64_t>(*seconds));
  }
  limits.guardian_radius_m = number_of(decision["guardian_radius_m"]);
  if (auto grace = number_of(decision["guardian_grace_s"])) {
    limits.guardian_grace = Duration::seconds(static_cast<int64_t>(*grace));
  }
  limits.neighbour_m = number_of(decision["neighbour_m"]).value_or(0);
  return limits;
}

std::size_t gravity_of(std::string_view reason) {
  return static_cast<std::size_t>(std::ranges::find(kSuspendReasons, reason) -
                                  std::begin(kSuspendReasons));
}

std::vector<Suspension> watch_permits(const std::vector<LivePermit>& permits,
                                      const PermitWorld& world,
                                      std::map<RecordId, Instant>& away_since) {
  std::vector<Suspension> suspended;
  for (const LivePermit& permit : permits) {
    // In the order of kSuspendReasons. The guardian is looked at in every turn: his time away runs.
    auto gone = guardian_gone(permit, world, away_since);
    auto reason = alarm_stands(permit, world);
    if (!reason) reason = reading_too_high(permit, world);
    if (!reason) reason = silence_stops(permit, world.detectors, world.now);
    if (!reason) reason = parent_stopped(permit);
    if (!reason) reason = std::move(gone);
    if (!reason) reason = neighbour_works(permit, world);
    if (!reason) reason = certificate_lapsed(permit, world);
    if (!reason) reason = wind_too_strong(permit, world);
    if (!reason) reason = weather_too_bad(permit, world);
    if (!reason) reason = analysis_due(permit, world);
    if (!reason) reason = shift_over(permit, world);
    if (!reason && !permit.fault.empty()) {
      reason = Suspension{permit.id, "other", Json::object({{"fault", permit.fault}})};
    }
    if (!reason) continue;
    away_since.erase(permit.id);
    suspended.push_back(std::move(*reason));
  }
  return suspended;
}

std::optional<Suspension> gas_reading_stops(const LivePermit& permit, const GasReading& reading) {
  if (!is_near(permit, reading.area, reading.place)) return std::nullopt;
  const PermitLimits& limits = permit.limits;
  std::string substance = lower_ascii(reading.substance);
  std::optional<double> limit;
  if (substance == "combustible" && limits.lel_max && reading.value > *limits.lel_max) {
    limit = limits.lel_max;
  } else if (substance == "o2" && limits.o2_low && reading.value < *limits.o2_low) {
    limit = limits.o2_low;
  } else if (substance == "o2" && limits.o2_high && reading.value > *limits.o2_high) {
    limit = limits.o2_high;
  } else if (!substance.empty() && substance == lower_ascii(permit.toxic_substance) &&
             permit.toxic_max && reading.value > *permit.toxic_max) {
    limit = permit.toxic_max;
  }
  if (!limit) return std::nullopt;
  return Suspension{permit.id, "gas_reading",
                    Json::object({{"tag", reading.tag},
                                  {"substance", reading.substance},
                                  {"value", reading.value},
                                  {"limit", *limit},
                                  {"at", format_instant(reading.at)}})};
}

bool is_near(const LivePermit& permit, const std::string& area,
             const std::optional<twin::Point>& place) {
  if (!permit.at || !place) return permit.area == area;
  return twin::distance_m(*permit.at, *place) <= permit.limits.neighbour_m;
}

std::optional<Suspension> silence_stops(const LivePermit& permit,
                                        const std::vector<Detector>& detectors, Instant now) {
  if (!permit.limits.monitor_max) return std::nullopt;
  std::map<std::string, const Detector*> newest;  // by substance
  for (const Detector& one : detectors) {
    std::string substance = lower_ascii(one.substance);
    bool is_asked = (substance == "combustible" && permit.limits.lel_max) ||
                    (substance == "o2" && permit.limits.o2_low) ||
                    (!substance.empty() && substance == lower_ascii(permit.toxic_substance));
    if (!is_asked || !is_near(permit, one.area, one.place)) continue;
    const Detector*& kept = newest[substance];
    if (kept == nullptr || kept->good_at < one.good_at) kept = &one;
  }
  for (const auto& [substance, one] : newest) {
    Duration age = now - one->good_at;
    if (age <= *permit.limits.monitor_max) continue;
    return Suspension{permit.id, "gas_reading",
                      Json::object({{"tag", one->tag},
                                    {"substance", one->substance},
                                    {"is_silent", true},
                                    {"age_s", age.to_seconds()},
                                    {"limit_s", permit.limits.monitor_max->to_seconds()}})};
  }
  return std::nullopt;
}

bool is_touched(const LivePermit& permit, const AlarmPlace& alarm, const twin::Plan& plan) {
  if (permit.area == alarm.area) return true;
  if (permit.at && alarm.at && twin::distance_m(*permit.at, *alarm.at) <= alarm.radius_m) {
    return true;
  }
  const twin::Zone* own = plan.find_zone(permit.area);
  const twin::Zone* other = plan.find_zone(alarm.area);
  // A place that the plan does not know may lie next to it: stopping is always safe.
  if (own == nullptr || other == nullptr) return true;
  return plan.zone_gap_m(*own, *other) <= permit.limits.neighbour_m;
}

int beaufort(double wind_m_s) {
  // Upper ends of forces 0 to 11 in m/s.
  constexpr std::array kUpper = {0.2, 1.5, 3.3, 5.4, 7.9, 10.7, 13.8, 17.1, 20.7, 24.4, 28.4, 32.6};
  int force = 0;
  for (double upper : kUpper) {
    if (wind_m_s <= upper + 0.05) return force;
    ++force;
  }
  return force;
}

}  // namespace anlan::ehs
