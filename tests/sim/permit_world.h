#pragma once
// The plant of the simulated year as it truly is: gas at each detector, wind and rain, where people
// stand, what their certificates say. The product learns of it only by samples, sightings and
// records; the oracle judges by it. Nothing here asks the product what it thinks.

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/check.h"
#include "tests/support/plant.h"

namespace anlan::test {

// The meter of every gas test of the year, and until when its register says that it is calibrated.
inline constexpr std::string_view kYearMeter = "YEAR-1";
inline constexpr std::string_view kYearMeterUntil = "2029-01-01";

struct Validity {
  RecordId record{};
  Instant from{}, to{};
};

// Somebody of the plant or of a contractor.
struct Member {
  std::string login;
  access::Subject subject;
  std::vector<std::string> roles;
  std::string badge;
  bool is_contractor = false;
  twin::Point at{};  // where the person truly is
  std::optional<Instant> away_since{}, unseen_since{};
  Instant back{};  // when either ends
  std::map<std::string, Validity> certificates{};
  Instant shift_until{};  // as the roster says; zero: never rostered
  int jobs = 0;           // that name this person and are not over
  bool guards = false;    // one of them as guardian

  bool has(std::string_view role) const;
  bool is_certified(const std::string& kind, Instant at) const;
};

// What a detector truly sees.
enum class Gas { Calm, Leak, LevelOne, LevelTwo, Silent };

struct Detector {
  std::string code, area, substance;
  history::TagIndex tag{};
  twin::Point at{};
  double level_one = 0, level_two = 0;  // of its alarms
  Gas gas = Gas::Calm;
  double value = 0;
  Instant until{};
};

// What of the plant forbids hot work beside it, and goes on now and then.
struct PlantState {
  std::string code, purpose, area;
  twin::Point at{};
  history::TagIndex tag{};
  bool is_on = false;
  Instant until{};
};

class World {
 public:
  World(Plant& plant, uint64_t seed);

  // Reads the seed's people and detectors, adds contractors, badges and certificates.
  Result<void> settle();
  // The truth a moment later.
  void move(Instant now);
  // Tells the product what can be seen now.
  void feed(Instant now);
  // What stands over the limits now; the operators acknowledge and reset it when it is over.
  void tend_alarms();
  // A person stands there and the positioning system says so at once.
  void bring(Member& member, twin::Point at);

  std::vector<Member>& members() { return members_; }
  Member* find(PersonId id);
  const std::vector<Detector>& detectors() const { return detectors_; }
  const std::vector<PlantState>& states() const { return states_; }
  // Whose rules an area follows: "gb30871", "order13" (grinding) or "osha" (utilities).
  static std::string regime_of(std::string_view area);
  double wind_m_s() const { return wind_m_s_; }
  double rain_mm_h() const { return rain_mm_h_; }
  SeededRandom& random() { return random_; }
  Plant& plant() { return plant_; }
  Instant now() { return plant_.clock().now(); }
  bool chance(uint64_t one_in) { return random_.below(one_in) == 0; }
  Duration between(int64_t from_s, int64_t to_s);
  double between_m(double from, double to);
  // The night, weekend and holidays are quiet, but not empty.
  bool is_day(Instant at) const;
  // Surely at night or at the weekend, whatever a calendar says of the edges.
  bool is_odd_time(Instant at) const;

 private:
  Result<void> add_people();
  Result<void> add_badges();
  Result<void> add_certificates();
  Result<void> add_instrument();
  Result<Json> certify(Member& member, const std::string& kind, Validity validity);
  Result<void> add_regimes();
  Result<void> add_states();
  void find_detectors();
  void move_states(Instant now);
  void move_weather(Instant now);
  void move_gas(Instant now);
  void move_people(Instant now);
  void renew_certificates(Instant now);
  Result<void> annul_seeded();
  void revoke_certificate();

  Plant& plant_;
  SeededRandom random_;
  std::vector<Member> members_;
  std::vector<Detector> detectors_;
  std::vector<PlantState> states_;
  std::vector<history::TagIndex> wind_speeds_, wind_froms_, storms_;
  double wind_m_s_ = 3, rain_mm_h_ = 0;
  Instant wind_until_{}, next_gas_{}, next_state_{}, next_renewal_{}, next_tending_{},
      next_revocation_{}, moved_{};
};

}  // namespace anlan::test
