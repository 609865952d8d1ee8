// Random permits in random worlds: at most one reason each, the gravest that holds, and after a
// look nothing is active against a rule.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/random.h"
#include "ehs/ehs.h"

namespace anlan::ehs {
namespace {

constexpr Instant kNow{1'800'000'000'000'000'000};

class Worlds {
 public:
  explicit Worlds(uint64_t seed) : random_(seed) {}

  bool often() { return random_.below(4) != 0; }
  bool seldom() { return random_.below(4) == 0; }
  double metres() { return static_cast<double>(random_.below(100)); }
  Instant around_now(int64_t minutes) {
    auto span = static_cast<uint64_t>(2 * minutes);
    return kNow + Duration::minutes(static_cast<int64_t>(random_.below(span)) - minutes);
  }

  LivePermit permit(uint8_t id) {
    LivePermit made{.id = {Uuid{{id}}}, .kind = "hot", .grade = "one", .area = area()};
    if (often()) made.at = twin::Point{metres(), metres()};
    if (often()) made.gas_at = kNow - Duration::minutes(static_cast<int64_t>(random_.below(90)));
    made.guardian = {Uuid{{static_cast<uint8_t>(100 + id)}}};
    made.is_outdoor = often();
    made.toxic_substance = "h2s";
    if (often()) made.toxic_max = 7.1;
    if (seldom()) {
      made.parent = RecordId{Uuid{{50}}};
      made.parent_state = often() ? "active" : "suspended";
    }
    if (often()) made.lapses.push_back({{Uuid{{3}}}, "guardian", "guardian", around_now(600)});
    if (seldom()) made.shift_end = around_now(600);
    made.limits = limits();
    return made;
  }

  PermitWorld world() {
    PermitWorld made{.now = kNow};
    if (often()) made.winds = {{.speed_m_s = static_cast<double>(random_.below(16))}};
    if (seldom()) made.weather = WeatherSign{"W-1", "rain"};
    for (int i = 0; i < 6; ++i) {
      constexpr std::array kGases{"combustible", "O2", "H2S"};
      made.readings.push_back({.tag = "GAS",
                               .substance = kGases[random_.below(kGases.size())],
                               .value = static_cast<double>(random_.below(25)),
                               .at = kNow,
                               .area = area(),
                               .place = twin::Point{metres(), metres()}});
    }
    for (uint8_t id = 1; id < 20; ++id) {
      if (!often()) continue;
      Duration age = Duration::seconds(static_cast<int64_t>(random_.below(40)));
      GuardianSight sight{.seen = kNow - age, .zone = area()};
      if (often()) sight.at = twin::Point{metres(), metres()};
      sights_[{Uuid{{static_cast<uint8_t>(100 + id)}}}] = sight;
    }
    made.guardian = [this](PersonId person) -> std::optional<GuardianSight> {
      auto known = sights_.find(person);
      if (known == sights_.end()) return std::nullopt;
      return known->second;
    };
    return made;
  }

  const std::map<PersonId, GuardianSight>& sights() const { return sights_; }

 private:
  std::string area() { return random_.below(2) == 0 ? "A1" : "A2"; }
  PermitLimits limits() {
    PermitLimits made{.guardian_grace = Duration::seconds(30), .neighbour_m = metres()};
    if (often()) made.gas_max_age = Duration::minutes(60);
    if (often()) made.wind_force_max = 4;
    made.rain_stops = often();
    if (often()) made.guardian_radius_m = 60;
    if (often()) made.lel_max = 8.3;
    if (often()) made.o2_low = 19.5;
    if (often()) made.o2_high = 21;
    return made;
  }

  SeededRandom random_;
  std::map<PersonId, GuardianSight> sights_;
};

bool is_near(const LivePermit& permit, const GasReading& reading) {
  if (!permit.at || !reading.place) return permit.area == reading.area;
  return twin::distance_m(*permit.at, *reading.place) <= permit.limits.neighbour_m;
}

bool is_gas_bad(const LivePermit& permit, const PermitWorld& world) {
  for (const GasReading& reading : world.readings) {
    if (!is_near(permit, reading)) continue;
    const PermitLimits& limits = permit.limits;
    bool is_over =
        (reading.substance == "combustible" && limits.lel_max && reading.value > *limits.lel_max) ||
        (reading.substance == "O2" && limits.o2_low && reading.value < *limits.o2_low) ||
        (reading.substance == "O2" && limits.o2_high && reading.value > *limits.o2_high) ||
        (reading.substance == "H2S" && permit.toxic_max && reading.value > *permit.toxic_max);
    if (is_over) return true;
  }
  return false;
}

bool is_analysis_old(const LivePermit& permit) {
  return permit.limits.gas_max_age &&
         (!permit.gas_at || kNow - *permit.gas_at > *permit.limits.gas_max_age);
}

bool is_wind_bad(const LivePermit& permit, const PermitWorld& world) {
  return permit.is_outdoor && permit.limits.wind_force_max && !world.winds.empty() &&
         beaufort(world.winds.front().speed_m_s) > *permit.limits.wind_force_max;
}

bool is_guardian_silent(const LivePermit& permit, const Worlds& worlds) {
  auto sight = worlds.sights().find(permit.guardian);
  return permit.limits.guardian_radius_m && sight != worlds.sights().end() &&
         kNow - *sight->second.seen > permit.limits.guardian_grace;
}

// Every rule that is broken at this first look. A guardian who is away has his grace time.
std::set<std::string, std::less<>> broken(const LivePermit& permit, const PermitWorld& world,
                                          const Worlds& worlds) {
  std::set<std::string, std::less<>> reasons;
  if (is_gas_bad(permit, world)) reasons.insert("gas_reading");
  if (permit.parent && permit.parent_state != "active") reasons.insert("parent");
  if (is_guardian_silent(permit, worlds)) reasons.insert("guardian_unseen");
  if (!permit.lapses.empty() && permit.lapses[0].at <= kNow) reasons.insert("certificate");
  if (is_wind_bad(permit, world)) reasons.insert("wind");
  if (permit.is_outdoor && permit.limits.rain_stops && world.weather) reasons.insert("weather");
  if (is_analysis_old(permit)) reasons.insert("gas_age");
  if (permit.shift_end && *permit.shift_end <= kNow) reasons.insert("shift_end");
  return reasons;
}

TEST(PermitWatchProperty, StopsWhatBreaksARuleByTheGravestAndNothingElse) {
  std::set<std::string> seen;
  for (uint64_t seed = 1; seed <= 3'000; ++seed) {
    Worlds worlds(seed);
    PermitWorld world = worlds.world();
    std::vector<LivePermit> permits;
    for (uint8_t id = 1; id <= 10; ++id) permits.push_back(worlds.permit(id));
    std::map<RecordId, Instant> away;
    auto suspended = watch_permits(permits, world, away);
    std::map<RecordId, std::string> reasons;
    for (const Suspension& one : suspended) {
      EXPECT_TRUE(reasons.emplace(one.permit, one.reason).second) << "twice, seed " << seed;
      EXPECT_LT(gravity_of(one.reason), std::size(kSuspendReasons)) << one.reason;
      seen.insert(one.reason);
    }
    for (const LivePermit& permit : permits) {
      auto rules = broken(permit, world, worlds);
      auto stopped = reasons.find(permit.id);
      ASSERT_EQ(stopped != reasons.end(), !rules.empty()) << "seed " << seed;
      if (rules.empty()) continue;
      auto gravest = std::ranges::min_element(
          rules, {}, [](const std::string& reason) { return gravity_of(reason); });
      EXPECT_EQ(stopped->second, *gravest) << "seed " << seed;
    }
  }
  EXPECT_EQ(seen.size(), 8u);
}

TEST(PermitWatchProperty, EveryReasonNamesItsCause) {
  LivePermit permit{.id = {Uuid{{1}}}, .kind = "hot", .grade = "one", .area = "A1"};
  permit.number = "ZY-1";
  std::map<RecordId, Instant> away;
  auto detail = [&](const PermitWorld& world) {
    auto stopped = watch_permits({permit}, world, away);
    return stopped.size() == 1 ? stopped[0].detail : Json();
  };
  permit.limits.lel_max = 5;
  PermitWorld gas{.now = kNow};
  gas.readings.push_back({"GAS-1", "combustible", 6, kNow, "A1", std::nullopt});
  EXPECT_EQ(detail(gas)["tag"], Json("GAS-1"));
  permit.lapses = {{{Uuid{{3}}}, "worker", "height", kNow}};
  EXPECT_EQ(detail({.now = kNow})["kind"], Json("height"));
  EXPECT_EQ(detail({.now = kNow})["person"], Json(PersonId{Uuid{{3}}}.text()));
  permit.parent = RecordId{Uuid{{9}}};
  permit.parent_state = "expired";
  EXPECT_EQ(detail({.now = kNow})["permit"], Json(permit.parent->text()));
  permit.parent.reset();
  permit.lapses.clear();
  PermitWorld beside{.now = kNow};
  beside.neighbour = [](const LivePermit&) {
    return std::optional(Neighbour{Json::object({{"tag", "V-7"}})});
  };
  EXPECT_EQ(detail(beside)["tag"], Json("V-7"));
  permit.fault = "no row fits";
  EXPECT_EQ(detail({.now = kNow})["fault"], Json("no row fits"));
}

}  // namespace
}  // namespace anlan::ehs
