// How people do each step of a permit when they do it right, or nearly.

#include <algorithm>
#include <cmath>

#include "tests/sim/permit_crew.h"
#include "tests/sim/permit_figures.h"

namespace anlan::test {
namespace {

Json outcome_of(const char* outcome, const char* comment = nullptr) {
  Json what = Json::object({{"outcome", outcome}});
  if (comment != nullptr) what.set("comment", comment);
  return what;
}

// What both sides look at in the end, all of it.
Json end_list(const std::string& side) {
  Json list = Json::object();
  for (const char* line : {"_tools", "_isolations", "_clean", "_watch"}) {
    list.set(side + line, true);
  }
  return list;
}

}  // namespace

// Whether somebody with sense would begin now.
bool Crew::is_quiet_at(const Job& job) {
  for (const Detector& one : world_.detectors()) {
    bool is_bad = one.gas != Gas::Calm;
    double gap = std::hypot(one.at.x - job.at.x, one.at.y - job.at.y);
    if (is_bad && (one.area == job.area || gap < 80)) return false;
  }
  const figures::OfKind* kind = job.rules().find(job.kind, job.grade);
  bool minds_wind = kind != nullptr && kind->wind_force_stop > 0 && job.is_outdoor;
  if (minds_wind && figures::beaufort(world_.wind_m_s()) >= 5) return false;
  Member* guardian = world_.find(job.guardian);
  return guardian != nullptr && !guardian->away_since && !guardian->unseen_since;
}

// Whoever signs goes there first, mostly.
bool Crew::press_there(Job& job, const OpenTask& task, const Json& what) {
  for (Member* by : performers(task)) {
    if (!chance(12)) world_.bring(*by, job.at);
    if (press_as(job, task, *by, what)) return true;
  }
  return false;
}

void Crew::on_approve(Job& job, const OpenTask& task) {
  if (chance(40)) {
    press(job, task, outcome_of("refuse", "先清空"));
    return;
  }
  if (press(job, task, outcome_of("approve"))) return;
  // Cross work needs somebody who coordinates it.
  Json what = outcome_of("approve");
  Member* one = free_member("", job, false);
  if (one == nullptr || task.node != "approve") return;
  what.set("fields", Json::object({{"coordinator", one->subject.person.text()}}));
  if (press(job, task, what)) count("coordinated");
}

// Each measure is looked at for some seconds; now and then one is left out.
Json Crew::measure_rows(const Job& job, bool is_all) {
  Json rows = Json::array();
  const Json& known = job.record["measures"];
  if (!known.is_array()) return rows;
  Instant at = now() - Duration::seconds(static_cast<int64_t>(known.as_array().size()) * 40);
  for (const Json& row : known.as_array()) {
    Json one = row;
    at = at + world_.between(12, 39);
    one.set("is_done", is_all || !chance(6)).set("device_at", format_instant(at));
    std::string guide = row.text_or("steps_zh", ""), times;
    auto left = guide.empty() ? -1 : std::ranges::count(guide, '\n');
    for (; left >= 0; --left) times += format_instant(at - Duration::seconds(left)) + "\n";
    if (!times.empty()) one.set("steps_at", times.substr(0, times.size() - 1));
    rows.push(std::move(one));
  }
  return rows;
}

void Crew::on_confirm(Job& job, const OpenTask& task) {
  if (chance(40)) {
    press(job, task, outcome_of("refuse", "措施不到位"));
    return;
  }
  show_measures(job);
  apply_isolations(job);
  Json what = outcome_of("done");
  what.set("fields", Json::object({{"measures", measure_rows(job, !chance(5))}}));
  press_there(job, task, what);
}

void Crew::on_sign(Job& job, const OpenTask& task) {
  if (now() < job.valid_from && !chance(6)) {
    job.next_act = job.valid_from + world_.between(0, 900);
    return;
  }
  if (chance(40)) {
    press(job, task, outcome_of("refuse", "条件不具备"));
    return;
  }
  if (!is_quiet_at(job) && !chance(4)) return;
  if (job.has_gas_limits() && task.node == "sign") test_gas(job, Quality::Good);
  plan_isolations(job);
  apply_isolations(job);
  press_there(job, task, outcome_of("start"));
  if (!job.is_active()) return;
  job.next_test = soon(60, 115);
  job.next_act = std::min(job.next_test, job.done_at);
  go_in(job);
}

void Crew::on_work(Job& job, const OpenTask& task) {
  job.next_act = std::max(soon(1, 3), std::min(job.next_test, job.done_at));
  if (chance(25)) {
    press(job, task, outcome_of("suspend", "有异味"));
    return;
  }
  if (now() >= job.done_at) {
    if (!chance(8)) go_out(job);
    press(job, task, outcome_of("close"));
    return;
  }
  if (chance(20)) {
    Json what = outcome_of("handover");
    Member* next = free_member("guardian", job, true);
    // Some would have an approver do it, or whoever is near, busy or not.
    const Act* approval = job.last_act("approve");
    if (approval != nullptr && chance(4)) next = world_.find(approval->by);
    if (chance(5)) next = &world_.members()[world_.random().below(world_.members().size())];
    if (next == nullptr) return;
    what.set("fields", Json::object({{"next_guardian", next->subject.person.text()}}));
    press(job, task, what);
    return;
  }
  if (chance(25)) {
    Json what = outcome_of("extend");
    Instant to = job.valid_to + Duration::hours(2);
    what.set("fields", Json::object({{"extend_to", format_instant(to)}}));
    press(job, task, what);
    return;
  }
  if (!job.has_gas_limits() || now() < job.next_test) return;
  job.next_test = soon(60, 112);
  job.next_act = std::min(job.next_test, job.done_at);
  if (!chance(7)) test_gas(job, chance(12) ? Quality::Bad : Quality::Good);
}

void Crew::on_hand_over(Job& job, const OpenTask& task) {
  if (chance(6)) {
    press(job, task, outcome_of("refuse", "不清楚情况"));
    return;
  }
  press_there(job, task, outcome_of("take"));
}

// Those of the next shift take over.
bool Crew::relieve(Job& job, const OpenTask& task) {
  const Member* leader = world_.find(job.leader);
  bool is_leader = leader != nullptr && leader->shift_until <= now();
  Member* next = free_member(is_leader ? "" : "guardian", job, !is_leader);
  if (next == nullptr) return false;
  Json what = outcome_of(is_leader ? "handover_leader" : "handover");
  what.set(
      "fields",
      Json::object({{is_leader ? "next_leader" : "next_guardian", next->subject.person.text()}}));
  return press(job, task, what);
}

void Crew::on_revalidate(Job& job, const OpenTask& task) {
  if (chance(15)) {
    go_out(job);
    press(job, task, outcome_of("cancel", "改日再做"));
    return;
  }
  if (job.suspended_for == "shift_end" && !chance(4) && relieve(job, task)) return;
  if (!is_quiet_at(job) && !chance(5)) return;
  if (job.has_gas_limits() && !chance(6)) test_gas(job, chance(10) ? Quality::Bad : Quality::Good);
  if (!press(job, task, outcome_of("resume"))) return;
  job.next_test = soon(60, 115);
  job.next_act = std::max(soon(1, 3), std::min(job.next_test, job.done_at));
}

// The time is over, or the site was not accepted: everybody out.
void Crew::on_withdraw(Job& job, const OpenTask& task) {
  if (!chance(6)) go_out(job);
  press(job, task, outcome_of("done"));
}

void Crew::on_accept(Job& job, const OpenTask& task) {
  go_out(job);
  if (!chance(6)) remove_isolations(job);
  if (chance(25)) {
    press(job, task, outcome_of("refuse", "脚手架未拆"));
    return;
  }
  Json what = outcome_of("accept");
  what.set("fields", end_list("owner"));
  press(job, task, what);
}

void Crew::on_hand_back(Job& job, const OpenTask& task) {
  go_out(job);
  Json what = outcome_of("done");
  if (!chance(8)) what.set("fields", end_list("crew"));  // else blindly: refused
  press(job, task, what);
}

}  // namespace anlan::test
