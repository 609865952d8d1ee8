#include "ehs/permit_watch.h"

#include <algorithm>
#include <array>

namespace anlan::ehs {
namespace {

std::optional<double> number_of(const Json& value) {
  return value.is_number() ? value.as_double() : std::nullopt;
}

std::optional<Suspension> gas_too_old(const LivePermit& permit, const PermitWorld& world) {
  if (!permit.limits.gas_max_age) return std::nullopt;
  if (!permit.gas_at) return Suspension{permit.id, "gas_age", Json::object()};
  Duration age = world.now - *permit.gas_at;
  if (age <= *permit.limits.gas_max_age) return std::nullopt;
  return Suspension{permit.id, "gas_age",
                    Json::object({{"age_s", age.to_seconds()},
                                  {"limit_s", permit.limits.gas_max_age->to_seconds()}})};
}

std::optional<Suspension> wind_too_strong(const LivePermit& permit, const PermitWorld& world) {
  if (!permit.limits.wind_force_max || !permit.is_outdoor || !world.wind) return std::nullopt;
  int force = beaufort(world.wind->speed_m_s);
  if (force <= *permit.limits.wind_force_max) return std::nullopt;
  return Suspension{permit.id, "wind",
                    Json::object({{"force", force},
                                  {"limit", *permit.limits.wind_force_max},
                                  {"speed_m_s", world.wind->speed_m_s}})};
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
  if (world.now - sight->seen > grace) {
    Duration age = world.now - sight->seen;
    return Suspension{permit.id, "guardian_unseen", Json::object({{"age_s", age.to_seconds()}})};
  }
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

}  // namespace

PermitLimits permit_limits_from(const Json& decision) {
  PermitLimits limits;
  if (auto minutes = number_of(decision["gas_max_age_min"])) {
    limits.gas_max_age = Duration::seconds(static_cast<int64_t>(*minutes * 60));
  }
  if (auto force = number_of(decision["wind_force_max"])) {
    limits.wind_force_max = static_cast<int>(*force);
  }
  limits.guardian_radius_m = number_of(decision["guardian_radius_m"]);
  if (auto grace = number_of(decision["guardian_grace_s"])) {
    limits.guardian_grace = Duration::seconds(static_cast<int64_t>(*grace));
  }
  limits.neighbour_m = number_of(decision["neighbour_m"]).value_or(0);
  return limits;
}

std::vector<Suspension> watch_permits(const std::vector<LivePermit>& permits,
                                      const PermitWorld& world,
                                      std::map<RecordId, Instant>& away_since) {
  std::vector<Suspension> suspended;
  for (const LivePermit& permit : permits) {
    auto reason = gas_too_old(permit, world);
    if (!reason) reason = guardian_gone(permit, world, away_since);
    if (!reason) reason = wind_too_strong(permit, world);
    if (!reason) continue;
    away_since.erase(permit.id);
    suspended.push_back(std::move(*reason));
  }
  return suspended;
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
