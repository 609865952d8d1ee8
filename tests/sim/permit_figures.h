#pragma once
// The oracle's own tables of the rules of GB 30871-2022, MEM Order 13 and 29 CFR 1910 as
// domain/standards.md sections 1, 4 and 6 give them, for the demo plant. Figures that a standard
// leaves to the plant are marked; where a pack may choose, the table holds the mildest choice that
// the page allows. Order 13 gives figures of confined space only; for the rest such a plant follows
// GB 30871, as the page says of it (section 0).

#include <array>
#include <span>
#include <string_view>

#include "core/time.h"

namespace anlan::test::figures {

struct OfKind {
  std::string_view kind, grade;  // empty grade: each
  int valid_h;                   // 1.1
  int sample_to_start_min;       // 1.3; 0: no analysis is asked for
  int sample_age_min;            // 1.3 for confined space; hot work: the plant's
  int wind_force_stop;           // 1.5; 0: none
  std::string_view approver;     // 1.1, one of the roles separated by spaces
};

inline constexpr std::array kChemicalKinds{
    OfKind{"hot", "special", 8, 30, 120, 5, "general_manager safety_director"},
    OfKind{"hot", "one", 8, 30, 240, 5, "general_manager safety_director safety_officer"},
    OfKind{"hot", "two", 72, 30, 480, 5, ""},
    OfKind{"confined", "", 24, 30, 120, 0, ""},
    OfKind{"blinding", "", 24, 0, 0, 0, ""},
    OfKind{"height", "four", 168, 0, 0, 5, "general_manager safety_director"},
    OfKind{"height", "", 168, 0, 0, 5, ""},
    OfKind{"lifting", "one", 24, 0, 0, 6, "general_manager safety_director"},
    OfKind{"lifting", "", 24, 0, 0, 6, ""},
    OfKind{"power", "", 720, 0, 0, 0, ""},
    OfKind{"excavation", "", 360, 0, 0, 0, ""},
    OfKind{"road", "", 720, 0, 0, 0, ""},
};

// 1910.146: no permit outlasts the task, a working day here [D]; 1910.252 gives no hours either
// [D].
inline constexpr std::array kOshaKinds{
    OfKind{"hot", "", 8, 30, 240, 6, ""},       OfKind{"confined", "", 12, 30, 120, 0, ""},
    OfKind{"blinding", "", 24, 0, 0, 0, ""},    OfKind{"height", "", 168, 0, 0, 6, ""},
    OfKind{"lifting", "", 24, 0, 0, 6, ""},     OfKind{"power", "", 720, 0, 0, 0, ""},
    OfKind{"excavation", "", 360, 0, 0, 0, ""}, OfKind{"road", "", 720, 0, 0, 0, ""},
};

// 1.8 and, for hot work, S6: what is isolated before the start; any of the types will do.
struct OfIsolation {
  std::string_view kind;
  std::array<std::string_view, 2> types;
};
inline constexpr std::array kIsolations{
    OfIsolation{"hot", {"blind", "parted"}}, OfIsolation{"confined", {"blind", "parted"}},
    OfIsolation{"confined", {"lock", "power"}}, OfIsolation{"blinding", {"valve", "valve"}},
    OfIsolation{"blinding", {"drain", "drain"}}};
// Nothing flows where hot work is done outside of every hazardous place.
inline bool is_asked(const OfIsolation& one, std::string_view kind, std::string_view hot_place) {
  return one.kind == kind && (kind != "hot" || hot_place != "elsewhere");
}

inline constexpr double kOxygenLeast = 19.5;
// 4.1 at 25 C, ppm: 20 mg/m3 of ammonia, 10 of hydrogen sulfide, 20 of carbon monoxide, 5 of NO2.
struct OfToxic {
  std::string_view substance;
  double ppm;
};
inline constexpr std::array kGbzToxic{OfToxic{"nh3", 28.8}, OfToxic{"h2s", 7.2},
                                      OfToxic{"co", 17.5}, OfToxic{"no2", 2.7}};
// 4.1, the column of OSHA's PEL.
inline constexpr std::array kPelToxic{OfToxic{"nh3", 50}, OfToxic{"h2s", 20}, OfToxic{"co", 50},
                                      OfToxic{"no2", 5}};

// Who must hold what; 6, 1.4, 1.8. Empty: nobody.
struct OfPeople {
  std::string_view kind, leader, worker;
};
inline constexpr std::array kPeople{
    OfPeople{"hot", "", "hot"},
    OfPeople{"height", "", "height"},
    OfPeople{"lifting", "", ""},  // its rigger and its signaller need one
    OfPeople{"power", "", "electric"},
};

// The rules that an area follows.
struct Regime {
  std::string_view name;
  std::span<const OfKind> kinds;
  std::span<const OfToxic> toxic;
  std::span<const OfPeople> people;
  double lel_most;
  double oxygen_most;
  double hot_apart_m;  // hot work from a gas vent, and from a detector that reads too much
  double drain_apart_m, other_apart_m;
  bool is_raised_at_odd_times;

  constexpr const OfKind* find(std::string_view kind, std::string_view grade) const {
    for (const OfKind& one : kinds) {
      if (one.kind == kind && (one.grade.empty() || one.grade == grade)) return &one;
    }
    return nullptr;
  }
  constexpr double toxic_most(std::string_view substance) const {
    for (const OfToxic& one : toxic) {
      if (one.substance == substance) return one.ppm;
    }
    return 0;
  }
  constexpr std::string_view fault_of(std::string_view poison, double lel, double o2,
                                      double ppm) const {
    if (lel > lel_most) return "lel";
    if (o2 < kOxygenLeast || o2 > oxygen_most) return "o2";
    return ppm > toxic_most(poison) ? "toxic" : "";
  }
  // 1.7: hot work from what the plant does there; the purposes of the tags that tell.
  constexpr double state_within_m(std::string_view purpose) const {
    if (!purpose.starts_with("state_")) return 0;
    if (purpose == "state_vent") return hot_apart_m;
    return purpose == "state_drain" ? drain_apart_m : other_apart_m;
  }
  constexpr std::string_view hot_grade(std::string_view place, bool is_odd_time) const {
    bool is_odd = is_odd_time && is_raised_at_odd_times;
    bool is_running = place == "running" || place == "tank_farm";
    bool is_hazardous = place == "explosive" || place == "rack";
    if (is_running || (is_hazardous && is_odd)) return "special";
    return is_hazardous || is_odd ? "one" : "two";
  }
};

// 1.3: 0.5 % vol is 12.5 % of the LEL of hydrogen, less of every other gas of the plant; 1910.146:
// below 10 %, oxygen up to 23.5 %; 1910.252: 35 feet.
inline constexpr std::array kRegimes{
    Regime{"gb30871", kChemicalKinds, kGbzToxic, kPeople, 12.5, 21, 30, 15, 10, true},
    Regime{"order13", kChemicalKinds, kGbzToxic, kPeople, 12.5, 21, 30, 15, 10, true},
    Regime{"osha", kOshaKinds, kPelToxic, {}, 10, 23.5, 10.7, 10.7, 10.7, false},
};
constexpr const Regime& regime_of(std::string_view name) {
  for (const Regime& one : kRegimes) {
    if (one.name == name) return one;
  }
  return kRegimes[0];
}

inline constexpr double kHotToBlinding_m = 30;  // 1.7
// 1.5: fog and storm stop it outdoors.
constexpr bool minds_storm(std::string_view kind) {
  return kind == "hot" || kind == "height" || kind == "lifting";
}
inline constexpr double kSameLine_m = 2;  // 1.7: height over height, nobody under a load
inline constexpr double kBeside_m =
    35;  // [D] between areas that an alarm reaches across: 30 m and 5 m of error
inline constexpr double kOwnHeight_m = 4;                          // what one such job takes up
inline constexpr double kGuardianNear_m = 15;                      // [D] of every kind, the least
inline constexpr Duration kGuardianGrace = Duration::seconds(60);  // the plant's, its longest

// 1.2, 1.6a, 1.1: how grave a grade is among those of its kind.
constexpr int rank(std::string_view kind, std::string_view grade) {
  constexpr std::array<std::string_view, 3> kHot{"two", "one", "special"};
  constexpr std::array<std::string_view, 4> kHeight{"one", "two", "three", "four"};
  constexpr std::array<std::string_view, 3> kLifting{"three", "two", "one"};
  auto place = [&](const auto& grades) {
    for (std::size_t i = 0; i < grades.size(); ++i) {
      if (grades[i] == grade) return static_cast<int>(i);
    }
    return -1;
  };
  if (kind == "hot") return place(kHot);
  if (kind == "height") return place(kHeight);
  if (kind == "lifting") return place(kLifting);
  return grade == "none" ? 0 : -1;
}
constexpr std::string_view height_grade(double height_m, bool has_factor) {
  int rank = (height_m > 5) + (height_m > 15) + (height_m > 30) + (has_factor ? 1 : 0);
  return rank == 0 ? "one" : rank == 1 ? "two" : rank == 2 ? "three" : "four";
}
constexpr std::string_view lifting_grade(double load_t) {
  return load_t > 100 ? "one" : load_t >= 40 ? "two" : "three";
}

// 1.8: how many measures there are at least.
constexpr std::size_t measures_least(std::string_view kind) {
  if (kind == "confined") return 8;
  return kind == "road" ? 3 : 5;
}

// 1.1, 1.4: whose last approver also signs on the spot.
constexpr bool is_signed_on_site(std::string_view kind, std::string_view grade) {
  return kind == "hot" && grade == "special";
}

// 1.3, 1.4, 1.5: what a stop asks for before work goes on again: a test of the gas after it, the
// guardian on the spot, somebody who is not of the job.
struct OfReason {
  std::string_view reason;
  bool needs_test, needs_guardian, needs_other;
};
inline constexpr std::array kReasons{
    OfReason{"alarm", true, false, true},
    OfReason{"gas_age", true, false, false},
    OfReason{"gas", true, false, true},
    OfReason{"gas_reading", true, false, true},
    OfReason{"guardian_left", false, true, false},
    OfReason{"guardian_unseen", false, true, false},
    OfReason{"wind", false, false, false},
    OfReason{"weather", false, false, false},
    OfReason{"certificate", false, false, true},
    OfReason{"retest", true, false, false},
    OfReason{"neighbour", false, false, true},
    OfReason{"shift_end", false, true, false},
    OfReason{"parent", false, false, false},
    OfReason{"person", true, false, true},
    OfReason{"break", false, false, false},
    OfReason{"other", true, false, true},
};

inline constexpr std::string_view kGuardianCertificate = "guardian";

// Lower end of each Beaufort force in m/s (GB/T 28591-2012, table 1).
inline constexpr std::array kBeaufort{0.0, 0.3, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2};
constexpr int beaufort(double wind_m_s) {
  int force = 0;
  while (force + 1 < static_cast<int>(kBeaufort.size()) &&
         wind_m_s >= kBeaufort[static_cast<std::size_t>(force) + 1])
    ++force;
  return force;
}

}  // namespace anlan::test::figures
