#pragma once
// Judges the product by the world: no permit may be active against a rule after a look of the
// watch, and whatever was suspended was suspended for a reason that is true. Its figures are those
// of domain/standards.md, written down here a second time; it reads nothing of packs or ehs.

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/permit_job.h"

namespace anlan::test {

// Two of the longest steps: an alarm may wait a moment before it is raised, its stop a step more.
inline constexpr Duration kCauseAge = Duration::minutes(3);

using Jobs = std::vector<std::unique_ptr<Job>>;

class Oracle {
 public:
  explicit Oracle(World& world) : world_(world) {}

  // Somebody plays the watch and stops jobs for no cause: causes are not judged then.
  void allow_false_stops() { has_false_stops_ = true; }
  // The world as the watch is about to see it.
  void see();
  // After each look of the watch, before anybody acts again.
  void look(const Jobs& live);
  // Which badges a gate lets in, as it was told: all people of work that goes on behind it, and
  // nobody whom no permit there needs.
  struct GateLook {
    std::set<std::string> told, needed, allowed;  // badges
    bool operator==(const GateLook&) const = default;
  };
  std::string why_gate(const std::string& area, const GateLook& look, const Jobs& live) const;
  void judge_gate(const std::string& area, const std::vector<std::string>& badges,
                  const Jobs& live);
  bool may_enter(const Job& job, const Member& member) const;
  // A permit was suspended since the last look.
  void judge_suspension(const Job& job, const Jobs& live);
  // A permit went from one state to another.
  void judge_step(const Job& job, const std::string& from);
  // Who applied an isolation never verifies it.
  void judge_isolation(const Job& job, PersonId applied_by, PersonId verified_by);
  // Everything is over.
  void judge_end(const Job& job);

  // What was wrong, at most a few lines of each rule; and how often each rule was looked at.
  const std::vector<std::string>& wrongs() const { return wrongs_; }
  const std::map<std::string, int>& looks() const { return looks_; }

 private:
  void judge_active(Job& job, const Jobs& live);
  void judge_time(const Job& job);
  void judge_gas(const Job& job);
  void judge_readings(const Job& job);
  void judge_guardian(const Job& job, const Jobs& live);
  void judge_weather(const Job& job);
  void judge_states(const Job& job);
  void judge_people(const Job& job);
  void judge_neighbours(const Job& job, const Jobs& live);
  void judge_ties(const Job& job, const Jobs& live);
  void judge_isolated(const Job& job, const Jobs& live);
  void judge_measures(const Job& job);
  void judge_start(const Job& job);
  void judge_order(const Job& job);
  void judge_approvers(const Job& job);
  void judge_spot(const Job& job, const Act& act);
  void judge_resumption(const Job& job);
  bool has_alarm_beside(const Job& job) const;
  std::optional<bool> is_seen_cause(const Job& job, const std::string& reason) const;
  bool is_cause_true(const Job& job, const std::string& reason, const Jobs& live) const;
  void expect(bool is_right, const std::string& rule, const Job& job, const std::string& what);
  const Member& who(PersonId person) const;

  struct Seen {  // of the world at an earlier look
    Instant at;
    std::vector<Detector> detectors;
    std::vector<PlantState> states;
    double wind_m_s = 0, rain_mm_h = 0;
    std::set<std::string> away, unseen;              // log-ins
    std::map<std::string, twin::Point> guardians{};  // where each stood, by log-in
  };

  World& world_;
  bool has_false_stops_ = false;
  std::vector<std::string> wrongs_;
  std::map<std::string, int> looks_, wrong_counts_;
  std::set<std::pair<std::string, RecordId>> told_;
  std::map<std::string, GateLook> gate_looks_;  // by area
  std::deque<Seen> before_;                     // this look and those of the last kCauseAge
};

}  // namespace anlan::test
