#pragma once
// One job of the simulated year as it truly went: what was asked, who did what and when, what was
// measured. Only what the product took is noted; what it refused did not happen.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/permit_figures.h"
#include "tests/sim/permit_world.h"

namespace anlan::test {

struct GasTest {
  Instant at{};
  std::string point, level;
  double lel = 0, o2 = 20.9, toxic = 0;
  Instant told{};  // when it was written down
  PersonId analyst{};
};

struct Act {
  std::string node, outcome;
  PersonId by{};
  Instant at{};
  twin::Point stood{};
  bool was_seen = true;  // the positioning system knew the place then
  bool had_comment = false;
};

struct Isolation {
  RecordId id{};
  std::string type;
  std::string state;  // "planned", "applied", "verified", "removed"
  PersonId applied_by{};
};

struct Entry {
  RecordId id{};
  int64_t version = 0;
};

struct Job {
  // As it was applied for, with every change that the product took.
  std::string kind, area, regime, toxic_substance = "none", hot_place, pipe;
  std::string grade;  // that it needs, by the oracle's own table
  twin::Point at{};
  double height_m = 0, load_t = 0;
  bool is_outdoor = false, is_contractor = false;
  Instant valid_from{}, valid_to{};
  PersonId applicant{}, leader{}, guardian{};
  std::vector<PersonId> workers;
  std::optional<PersonId> rigger{}, signaller{}, coordinator{};
  std::optional<RecordId> parent{};
  std::optional<Instant> shift_end{};  // of its leader
  Instant changed_at{};                // the last change of what it was approved for

  RecordId id{};
  std::string number;
  std::vector<Act> acts;
  std::vector<GasTest> tests;
  std::vector<Isolation> isolations;
  std::vector<Entry> inside;
  std::vector<std::string> shown;  // measures with evidence

  // As the product last said.
  Json record;
  int64_t version = 0;
  std::string state;
  int64_t suspend_count = 0;
  std::optional<Instant> looked_since{};  // the first look of the watch while it was active
  Instant active_since{}, suspended_at{};
  std::string suspended_for;

  // What people mean to do.
  Instant next_act{}, done_at{}, next_test{};
  bool is_over = false, was_started = false, is_stop_new = false;

  const figures::Regime& rules() const { return figures::regime_of(regime); }
  bool is_active() const { return state == "active"; }
  std::string approved_grade() const { return record.text_or("grade", ""); }
  bool has_gas_limits() const { return kind == "hot" || kind == "confined"; }
  bool is_about(PersonId person) const {
    return person == leader || person == guardian || person == rigger || person == signaller ||
           std::ranges::contains(workers, person);
  }
  // The newest analysis of each level of each point: what was sampled last, whenever it was told.
  std::map<std::string, GasTest> points() const {
    std::map<std::string, GasTest> newest;
    for (const GasTest& test : tests) {
      GasTest& known = newest[test.point + "|" + test.level];
      if (test.at >= known.at) known = test;
    }
    return newest;
  }
  const Act* last_act(std::string_view node) const {
    for (std::size_t i = acts.size(); i > 0; --i) {
      if (acts[i - 1].node == node) return &acts[i - 1];
    }
    return nullptr;
  }
};

}  // namespace anlan::test
