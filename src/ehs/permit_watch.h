#pragma once
// What makes a permit die while work goes on (GB 30871-2022): an alarm near by, gas over the
// permit's own limits or an analysis that grew too old, a guardian who left, wind and weather, a
// certificate that lapsed, a parent that stopped, a neighbour, the end of a shift. Pure: the
// figures come from the decision `limits` of the permit's regime, the world is passed in.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.h"
#include "core/json.h"
#include "core/time.h"
#include "twin/twin.h"

namespace anlan::ehs {

// As the decision `limits` answers for a kind and grade; nothing: that rule does not hold.
struct PermitLimits {
  std::optional<Duration> gas_max_age{};
  std::optional<Duration> retest_every{};  // so often another one is due, whatever the age allows
  std::optional<int> wind_force_max{};     // Beaufort: suspended from the next one on
  bool rain_stops = false;
  std::optional<double> guardian_radius_m{};
  Duration guardian_grace = Duration::seconds(30);  // how long the guardian may be away or unseen
  double neighbour_m = 0;           // an alarm so far outside the permit's place still touches it
  std::optional<double> lel_max{};  // % LEL
  std::optional<double> o2_low{}, o2_high{};  // % vol
  // Where gas must be monitored all the time: no good reading may be older than this.
  std::optional<Duration> monitor_max{};
};
PermitLimits permit_limits_from(const Json& decision);

// A certificate that somebody on the permit needs, and the instant from which it is none.
struct Lapse {
  PersonId person{};
  std::string role;  // "leader", "guardian", "worker", ...
  std::string kind;  // of the certificate
  Instant at{};
};

struct LivePermit {
  RecordId id{};
  std::string kind, grade;
  std::string area;  // code
  std::optional<twin::Point> at{};
  std::optional<Instant> gas_at{};
  PersonId guardian{};
  bool is_outdoor = false;  // not said: it is, for a wind rule must not fail by a blank
  PermitLimits limits{};
  std::string number{};
  std::string toxic_substance{};
  std::optional<double> toxic_max{};  // ppm of that substance
  std::optional<RecordId> parent{};
  std::string parent_state{};          // empty: the parent is not there
  std::vector<Lapse> lapses{};         // the soonest first
  std::string fault{};                 // why its figures can't be told: nobody works without limits
  std::optional<Instant> shift_end{};  // of the shift that the leader or the guardian works in
};

struct GuardianSight {
  std::optional<Instant> seen{};  // nothing: others are seen, the guardian never was
  std::optional<twin::Point> at{};
  std::string zone{};
};

// A live value of a fixed gas detector.
struct GasReading {
  std::string tag;
  std::string substance;  // "combustible", "O2", "NH3", ...
  double value = 0;       // % LEL, % vol of oxygen, ppm
  Instant at{};
  std::string area;  // code
  std::optional<twin::Point> place{};
};

// A fixed gas detector, whether it still speaks or not.
struct Detector {
  std::string tag;
  std::string substance;
  Instant good_at{};  // of its newest good reading; before the first one, when listening began
  std::string area;   // code
  std::optional<twin::Point> place{};
};

// An anemometer. A gust at the mast next to the work says more than the mean of the plant.
struct WindSpeed {
  std::string tag;
  double speed_m_s = 0;
  std::optional<twin::Point> place{};
};
// So far an anemometer speaks for work. One without a place speaks for all.
inline constexpr double kWindReachM = 2'000;

struct WeatherSign {
  std::string tag;   // what says so
  std::string kind;  // "rain", "fog", "storm"
};

// A state of the plant, or other work, that a hard rule forbids beside the permit.
struct Neighbour {
  Json detail;
};

struct PermitWorld {
  Instant now{};
  // A gas alarm that stands and touches the permit, as the suspension's detail. A raise suspends by
  // itself; this is for work that is begun or taken up again while it stands.
  std::function<std::optional<Json>(const LivePermit&)> alarm{};
  std::vector<WindSpeed> winds{};  // empty: not known, which is no reason to go on or to stop
  std::function<std::optional<GuardianSight>(PersonId)> guardian{};  // nothing: wears no badge
  std::vector<GasReading> readings{};
  std::vector<Detector> detectors{};
  std::optional<WeatherSign> weather{};
  std::function<std::optional<Neighbour>(const LivePermit&)> neighbour{};
};

// The words of `suspend_reason`, the gravest first. Stored; never rename.
inline constexpr std::string_view kSuspendReasons[] = {
    "alarm",     "gas_reading", "gas",   "parent",  "guardian_left", "guardian_unseen",
    "neighbour", "certificate", "wind",  "weather", "gas_age",       "retest",
    "shift_end", "person",      "break", "other"};
// Smaller is graver; the number of reasons for a word that is none.
std::size_t gravity_of(std::string_view reason);

struct Suspension {
  RecordId permit{};
  std::string reason;  // one of kSuspendReasons
  Json detail;         // names the cause: tag, person, certificate, other permit
};

// At most one reason for each permit, the gravest first. `away_since` is the caller's memory of
// guardians that were found away, by permit.
std::vector<Suspension> watch_permits(const std::vector<LivePermit>& permits,
                                      const PermitWorld& world,
                                      std::map<RecordId, Instant>& away_since);

// Whether a live reading breaks the limits of the permit and is near enough to mean it.
std::optional<Suspension> gas_reading_stops(const LivePermit& permit, const GasReading& reading);

// Where gas must be monitored all the time: the detector near the work whose silence stops it. Of
// those of one substance one good reading is enough.
std::optional<Suspension> silence_stops(const LivePermit& permit,
                                        const std::vector<Detector>& detectors, Instant now);
// Near enough to speak for the work: within `neighbour_m`, or in its area where a place lacks.
bool is_near(const LivePermit& permit, const std::string& area,
             const std::optional<twin::Point>& place);

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
