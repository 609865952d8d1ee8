#pragma once
// The people of the simulated year: they apply, approve, test the gas, sign, work, stop, take up
// again and close, mostly as they should; one time in a few they press what they must not. Whatever
// the product takes is noted in the job as what truly happened; the oracle judges it.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/permit_oracle.h"

namespace anlan::test {

struct OpenTask {
  TaskId id{};
  std::string node;
  std::vector<std::pair<std::string, std::string>> candidates;  // kind, who
};

class Crew {
 public:
  Crew(World& world, Oracle& oracle) : world_(world), oracle_(oracle) {}
  // One act in so many is one that nobody should do (6).
  void set_mischief(uint64_t one_in) { mischief_one_in_ = one_in; }
  // Stops a job as the watch would, for some reason or other.
  void stop_one(const std::string& reason);

  // Applies for what is due, until `most` were applied for.
  void apply_due(std::size_t most);
  void act_due();
  // Reads what the product says of each job; judges suspensions that are new.
  void refresh_all();
  // Puts away what is over.
  void clear_over();

  const Jobs& live() const { return live_; }
  std::size_t applied() const { return applied_; }
  std::size_t over() const { return over_; }
  bool has_active() const;
  Instant next_due() const;
  const std::map<std::string, int>& counts() const { return counts_; }

 private:
  void mark_guardians();
  // ---- planning (permit_plan.cpp) ----
  std::unique_ptr<Job> plan();
  void place(Job& job);
  void staff(Job& job);
  void date(Job& job);
  void detail(Job& job);
  Member* free_member(std::string_view certificate, const Job& job, bool must_be_worker);
  Json fields_of(const Job& job);
  bool apply(std::unique_ptr<Job> job);
  void add_details(const Job& job, Json& fields);
  void make_child(Job& job);

  // ---- acting (permit_crew.cpp) ----
  void act(Job& job);
  void act_on(Job& job, const OpenTask& task);
  void refresh(Job& job);
  void follow(Job& job);
  void note_stop(Job& job);
  std::vector<OpenTask> tasks_of(const Job& job);
  // Whoever may do it, tried in turn; false when nobody was taken.
  bool press(Job& job, const OpenTask& task, const Json& what);
  bool press_as(Job& job, const OpenTask& task, Member& by, const Json& what);
  std::vector<Member*> performers(const OpenTask& task);
  void note(Job& job, const OpenTask& task, const Member& by, const Json& what);

  // ---- the nodes of the flow (permit_nodes.cpp) ----
  void on_approve(Job& job, const OpenTask& task);
  void on_confirm(Job& job, const OpenTask& task);
  void on_sign(Job& job, const OpenTask& task);
  void on_work(Job& job, const OpenTask& task);
  void on_hand_over(Job& job, const OpenTask& task);
  void on_revalidate(Job& job, const OpenTask& task);
  bool relieve(Job& job, const OpenTask& task);
  void on_withdraw(Job& job, const OpenTask& task);
  void on_hand_back(Job& job, const OpenTask& task);
  void on_accept(Job& job, const OpenTask& task);
  bool press_there(Job& job, const OpenTask& task, const Json& what);
  bool is_quiet_at(const Job& job);
  Json measure_rows(const Job& job, bool is_all);

  // ---- what goes with a permit: tests, isolations, entries, pictures (permit_works.cpp) ----
  enum class Quality { Good, Bad, Old };
  void test_gas(Job& job, Quality quality);
  struct GasPoint {
    std::string point, level;
  };
  bool test_point(Job& job, const GasPoint& spot, Quality quality);
  void plan_isolations(Job& job);
  void apply_isolations(Job& job);
  void remove_isolations(Job& job);
  bool press_isolation(Job& job, Isolation& one, const std::string& node, const char* outcome);
  void show_measures(Job& job);
  void plan_shift(Job& job);
  void go_in(Job& job);
  void go_out(Job& job);
  Result<Json> create(const Member& by, const std::string& form, Json fields);

  // ---- what nobody should do (permit_mischief.cpp) ----
  void mischief(Job& job, const std::vector<OpenTask>& tasks);
  void press_by_anybody(Job& job, const OpenTask& task);
  void press_again(Job& job);
  void edit(Job& job);
  void press_nonsense(Job& job, const OpenTask& task);
  void stop_by_passer_by(Job& job);

  bool chance(uint64_t one_in) { return world_.chance(one_in); }
  Instant now() { return world_.now(); }
  Instant soon(int64_t from_min, int64_t to_min) {
    return now() + world_.between(from_min * 60, to_min * 60);
  }
  void count(const std::string& what) { ++counts_[what]; }

  World& world_;
  Oracle& oracle_;
  Jobs live_;
  std::vector<OpenTask> old_tasks_;  // that somebody may press once more
  std::map<std::string, int> counts_;
  std::map<std::string, std::string> area_ids_;
  Instant next_application_{};
  std::size_t applied_ = 0, over_ = 0, tags_ = 0;
  uint64_t mischief_one_in_ = 6;
};

}  // namespace anlan::test
