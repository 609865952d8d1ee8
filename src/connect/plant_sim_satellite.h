#pragma once
// Receivers of GPS and Beidou as they behave at a plant: noise under the open sky, reflections
// beside high stacks, and their faults by name. Pure, seeded.
//
//   {"fault":"gps_drift","badge":"V-0001","metres":60,"over_s":120}
//
// | gps_drift | wanders off to the north-east and still tells that it is exact |
// | gps_loss | no fix any more: tells its last place over and over with the time it had there |
// | gps_jump | leaps by `metres` and back, each 10 s, as between two reflections |
// | gps_spoof | shows the place `metres` north-east of the plan's corner, as all others do too |
//
// Without `badge` every receiver has it.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/random.h"
#include "core/result.h"
#include "twin/twin.h"

namespace anlan::connect {

// Every tenth badge of a person has such a receiver, for outside: B-0010, B-0020, ...
inline bool is_satellite_badge(std::string_view badge) { return badge.ends_with('0'); }

class SimSatellite {
 public:
  // The plan outlives it. Where it does not say where it lies there are no receivers.
  SimSatellite(uint64_t seed, const twin::Plan* plan);
  bool has_earth() const { return has_earth_; }
  // A second fault of one badge takes the place of the first. BadField: no fault of that name, a
  // number out of range; LimitReached: 100 badges have faults.
  Result<void> begin(const Json& words, Instant now);
  void end() { faults_.clear(); }
  // What its receiver tells of a badge that is at `at`: degrees of WGS 84 and how exact they are in
  // metres, seen then or, without a fix, before. Nothing: it never had a fix. has_earth() holds.
  std::optional<twin::Sighting> show(std::string_view badge, twin::Point at, Instant now);
  twin::GeoPoint to_earth(twin::Point at) const;

 private:
  enum class Kind { Drift, Loss, Jump, Spoof };
  struct Fault {
    Kind kind = Kind::Drift;
    double metres = 0;
    Duration over{};
    Instant begun{};
  };
  struct Receiver {
    twin::Point error{};  // of reflections, wanders
    Instant last{};
    std::optional<twin::Sighting> fix{};
  };

  const Fault* fault_of(std::string_view badge) const;
  twin::Point spoil(const Fault& fault, twin::Point at, Instant now) const;
  void wander(Receiver& receiver, double stray_m, Instant now);
  double part();  // [-0.5, 0.5)

  const twin::Plan* plan_;
  SeededRandom random_;
  bool has_earth_ = false;
  twin::Point zero_{}, by_lat_{}, by_lon_{};          // of 0 degrees, and what a degree adds
  std::map<std::string, Fault, std::less<>> faults_;  // by badge; "": of all
  std::map<std::string, Receiver, std::less<>> receivers_;
};

}  // namespace anlan::connect
