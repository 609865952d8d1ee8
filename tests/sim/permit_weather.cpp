// How the world of the simulated year moves, and what of it can be seen.

#include <algorithm>
#include <cmath>

#include "tests/sim/permit_world.h"

namespace anlan::test {
namespace {

constexpr twin::Point kFar{130, 60};  // the office: far from every job
constexpr Duration kLongestAway = Duration::minutes(9);

history::Sample good(history::TagIndex tag, Instant at, double value) {
  return {.tag = tag, .at = at, .received = at, .value = value};
}

double calm_value(const Detector& detector, SeededRandom& random) {
  double drift = static_cast<double>(random.below(100)) / 100;
  if (detector.substance == "O2") return 20.6 + drift * 0.35;
  if (detector.substance == "combustible") return drift * 3;
  return detector.level_one * drift * 0.2;
}

// Over the permit's limit but no alarm; level 1; level 2.
double bad_value(const Detector& detector) {
  if (detector.substance == "O2") return detector.level_one - 0.6;
  if (detector.gas == Gas::LevelOne) return detector.level_one * 1.2;
  if (detector.gas == Gas::LevelTwo) return detector.level_two * 1.15;
  return detector.level_one * 0.6;
}

}  // namespace

void World::move(Instant at) {
  move_weather(at);
  move_gas(at);
  move_states(at);
  move_people(at);
  renew_certificates(at);
  moved_ = at;
}

// Mostly a breeze; now and then hours of force 5 to 7, far enough over or under each limit that no
// rounding decides.
void World::move_weather(Instant at) {
  if (at < wind_until_) return;
  bool is_storm = chance(12);
  wind_until_ = at + (is_storm ? between(1'200, 7'200) : between(1'800, 10'800));
  wind_m_s_ = is_storm ? between_m(8.6, 16) : between_m(0.5, 7.2);
  rain_mm_h_ = is_storm && chance(2) ? between_m(6, 20) : 0;
}

void World::move_gas(Instant at) {
  for (Detector& detector : detectors_) {
    if (detector.gas != Gas::Calm && at >= detector.until) detector.gas = Gas::Calm;
    detector.value =
        detector.gas == Gas::Calm ? calm_value(detector, random_) : bad_value(detector);
  }
  if (at < next_gas_ || detectors_.empty()) return;
  next_gas_ = at + between(600, 9'000);
  Detector& one = detectors_[random_.below(detectors_.size())];
  uint64_t dice = random_.below(100);
  one.gas = dice < 40   ? Gas::Leak
            : dice < 72 ? Gas::LevelOne
            : dice < 76 ? Gas::LevelTwo
                        : Gas::Silent;
  if (one.level_one == 0 && one.gas != Gas::Silent) one.gas = Gas::Calm;
  one.until = at + between(120, 2'400);
  one.value = bad_value(one);
}

// One of them begins every few hours and lasts for minutes.
void World::move_states(Instant at) {
  for (PlantState& one : states_) one.is_on = one.is_on && at < one.until;
  if (at < next_state_) return;
  next_state_ = at + between(1'800, 14'400);
  PlantState& one = states_[random_.below(states_.size())];
  one.is_on = true;
  one.until = at + between(120, 1'500);
}

// Guardians wander off or lose their signal; whoever is away comes back after a while.
void World::move_people(Instant at) {
  for (Member& member : members_) {
    if (member.away_since || member.unseen_since) {
      if (at < member.back) continue;
      member.away_since.reset();
      member.unseen_since.reset();
    }
    if (!member.guards || (at - moved_).ns <= 0) continue;
    // Once in six hours each, however the steps fall.
    auto odds =
        static_cast<uint64_t>(Duration::hours(6).ns / std::max<int64_t>(1, (at - moved_).ns));
    if (odds > 1 && !chance(odds)) continue;
    if (chance(2)) member.away_since = at;
    else member.unseen_since = at;
    member.back = at + between(10, kLongestAway.to_seconds());
  }
}

void World::feed(Instant at) {
  std::vector<history::Sample> samples;
  for (history::TagIndex tag : wind_speeds_) samples.push_back(good(tag, at, wind_m_s_));
  for (history::TagIndex tag : wind_froms_) samples.push_back(good(tag, at, 270));
  for (history::TagIndex tag : storms_) samples.push_back(good(tag, at, rain_mm_h_ > 0 ? 1 : 0));
  for (const PlantState& one : states_) samples.push_back(good(one.tag, at, one.is_on ? 1 : 0));
  for (const Detector& detector : detectors_) {
    if (detector.gas == Gas::Silent) continue;
    samples.push_back(good(detector.tag, at, detector.value));
  }
  auto taken = plant_.engine().sensing().samples(samples);
  CHECK(taken.has_value(), "samples are taken");
  std::vector<twin::Sighting> seen;
  for (const Member& member : members_) {
    if (!member.guards || member.badge.empty() || member.unseen_since) continue;
    twin::Point where = member.away_since ? kFar : member.at;
    const twin::Zone* zone = plant_.engine().sensing().plant()->plan().zone_at(where);
    seen.push_back({.badge = member.badge,
                    .at = where,
                    .zone = zone == nullptr ? std::string() : zone->code,
                    .accuracy_m = 1,
                    .seen = at,
                    .received = at});
  }
  taken = plant_.engine().sensing().sightings(seen);
  CHECK(taken.has_value(), "sightings are taken");
}

void World::bring(Member& member, twin::Point at) {
  if (!member.away_since && !member.unseen_since) member.at = at;
  if (member.badge.empty() || member.unseen_since) return;
  twin::Point where = member.away_since ? kFar : at;
  const twin::Zone* zone = plant_.engine().sensing().plant()->plan().zone_at(where);
  twin::Sighting one{.badge = member.badge,
                     .at = where,
                     .zone = zone == nullptr ? std::string() : zone->code,
                     .accuracy_m = 1,
                     .seen = now(),
                     .received = now()};
  auto taken = plant_.engine().sensing().sightings({&one, 1});
  CHECK(taken.has_value(), "a sighting is taken");
}

}  // namespace anlan::test
