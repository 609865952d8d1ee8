#pragma once
// What makes a permit die while work goes on (GB 30871-2022): an alarm near by, a gas analysis that
// grew too old, a guardian who left, wind. Pure: the figures come from the pack's decision
// `permit_limits`, the world is passed in.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/id.h"
#include "core/json.h"
#include "core/time.h"
#include "twin/twin.h"

namespace anlan::ehs {

// As the decision `limits` answers for a kind and grade; nothing: that rule does not hold.
struct PermitLimits {
  std::optional<Duration> gas_max_age;
  std::optional<int> wind_force_max;  // Beaufort: suspended from the next one on
  std::optional<double> guardian_radius_m;
  Duration guardian_grace = Duration::seconds(30);  // how long the guardian may be away or unseen
  double neighbour_m = 0;  // an alarm so far outside the permit's place still touches it
};
PermitLimits permit_limits_from(const Json& decision);

struct LivePermit {
  RecordId id{};
  std::string kind, grade;
  std::string area;  // code
  std::optional<twin::Point> at{};
  std::optional<Instant> gas_at{};
  PersonId guardian{};
  bool is_outdoor = false;
  PermitLimits limits{};
};

struct GuardianSight {
  Instant seen{};
  std::optional<twin::Point> at{};
  std::string zone{};
};

struct PermitWorld {
  Instant now{};
  std::optional<twin::Wind> wind{};  // nothing: not known, which is no reason to go on or to stop
  std::function<std::optional<GuardianSight>(PersonId)> guardian;  // nothing: wears no badge
};

struct Suspension {
  RecordId permit{};
  std::string reason;  // "alarm", "gas_age", "guardian_left", "guardian_unseen", "wind"; stored
  Json detail;
};

// At most one reason for each permit, the gravest first. `away_since` is the caller's memory of
// guardians that were found away, by permit.
std::vector<Suspension> watch_permits(const std::vector<LivePermit>& permits,
                                      const PermitWorld& world,
                                      std::map<RecordId, Instant>& away_since);

// Whether an alarm at this place touches the permit: same area, a neighbouring zone within
// `neighbour_m`, or its place within `radius_m`.
struct AlarmPlace {
  std::string area;
  std::optional<twin::Point> at{};
  double radius_m = 0;
};
bool is_touched(const LivePermit& permit, const AlarmPlace& alarm, const twin::Plan& plan);

// Beaufort force of a mean wind at 10 m (GB/T 28591-2012, table 1).
int beaufort(double wind_m_s);

}  // namespace anlan::ehs
