// What nobody should do, and some do: signing for others, out of order, twice, on old or bad gas,
// with nonsense, and changing a permit after it was approved.

#include <algorithm>

#include "tests/sim/permit_crew.h"
#include "tests/sim/permit_figures.h"

namespace anlan::test {
namespace {

constexpr std::array kOutcomes{"approve", "done",   "sign", "start", "close",  "handover",
                               "extend",  "resume", "here", "take",  "accept", ""};

}  // namespace

void Crew::mischief(Job& job, const std::vector<OpenTask>& tasks) {
  const OpenTask& task = tasks[world_.random().below(tasks.size())];
  switch (world_.random().below(7)) {
    case 0: return press_by_anybody(job, task);
    case 1: return press_again(job);
    case 2: return edit(job);
    case 3: return press_nonsense(job, task);
    case 4: return stop_by_passer_by(job);
    case 5: return remove_isolations(job);
    default: break;
  }
  if (!job.has_gas_limits()) return;
  test_gas(job, chance(2) ? Quality::Old : Quality::Bad);
  if (task.node != "sign" && task.node != "revalidate") return;
  Json what = Json::object({{"outcome", task.node == "sign" ? "start" : "resume"}});
  press_there(job, task, what);
}

// The applicant, the leader, a worker, somebody else.
void Crew::press_by_anybody(Job& job, const OpenTask& task) {
  std::vector<PersonId> people{job.applicant, job.leader, job.guardian};
  people.insert(people.end(), job.workers.begin(), job.workers.end());
  Member* by = world_.find(people[world_.random().below(people.size())]);
  if (chance(3)) by = &world_.members()[world_.random().below(world_.members().size())];
  Json what = Json::object({{"outcome", kOutcomes[world_.random().below(kOutcomes.size())]}});
  if (task.node == "confirm") {
    what.set("fields", Json::object({{"measures", measure_rows(job, true)}}));
  }
  count("mischief:anybody");
  press_as(job, task, *by, what);
}

// A task that is over, of this job or of another.
void Crew::press_again(Job& job) {
  if (old_tasks_.empty()) return;
  OpenTask old = old_tasks_[world_.random().below(old_tasks_.size())];
  auto by = performers(old);
  if (by.empty()) return;
  count("mischief:again");
  auto done = world_.plant().run(
      by.front()->subject,
      engine::CompleteTask{.task = old.id,
                           .outcome = kOutcomes[world_.random().below(kOutcomes.size())],
                           .comment = "再来",
                           .fields = Json::object()});
  if (done) count("accepted_mischief:again");
  refresh(job);
}

void Crew::edit(Job& job) {
  Member* by = world_.find(chance(2) ? job.leader : job.applicant);
  if (chance(3)) by = &world_.members()[world_.random().below(world_.members().size())];
  Json fields = Json::object();
  uint64_t what = world_.random().below(6);
  if (what == 0) fields.set("x", 30.0).set("y", 300.0);
  if (what == 1) fields.set("valid_to", format_instant(job.valid_to + Duration::hours(20)));
  if (what == 2) fields.set("grade", "two").set("grade_why", "活很小");
  if (what == 3) fields.set("guardian", job.leader.text());
  if (what == 4) fields.set("state", "active");
  if (what == 5) fields.set("hot_place", "running");
  count("mischief:edit");
  auto done = world_.plant().run(
      by->subject, engine::UpdateRecord{
                       .form = "permit", .id = job.id, .version = job.version, .fields = fields});
  if (!done) {
    count("refused:edit:" + std::string(error_text(done.error().code).code));
    return;
  }
  count("accepted_mischief:edit");
  bool was_active = job.is_active() || job.state == "suspended";
  const Json& record = job.record;  // as it was
  bool is_same = (what == 0 && job.at == twin::Point{30, 300}) ||
                 (what == 2 && record["grade"] == Json("two")) ||
                 (what == 5 && record["hot_place"] == Json("running"));
  if (!was_active && !is_same) job.changed_at = now();
  if (what == 0) job.at = {30, 300};
  if (what == 1) job.valid_to = job.valid_to + Duration::hours(20);
  if (what == 3) job.guardian = job.leader;
  if (what == 5 && job.kind == "hot") {
    std::string before = job.grade;
    job.hot_place = "running";
    job.grade = job.rules().hot_grade(job.hot_place, world_.is_odd_time(job.valid_from));
    if (before != job.grade) job.changed_at = now();
  }
  refresh(job);
}

void Crew::press_nonsense(Job& job, const OpenTask& task) {
  auto by = performers(task);
  if (by.empty()) return;
  Json fields = Json::object();
  switch (world_.random().below(5)) {
    case 0: fields.set("gas_lel", "很低"); break;
    case 1: fields.set("coordinator", 900); break;
    case 2: fields.set("measures", "都做了"); break;
    case 3: fields.set("measures", Json::array()); break;
    default: fields.set("state", "active").set("kind", "none"); break;
  }
  count("mischief:nonsense");
  Json what = Json::object(
      {{"outcome", kOutcomes[world_.random().below(kOutcomes.size())]}, {"fields", fields}});
  if (press_as(job, task, *by.front(), what)) count("accepted_mischief:nonsense");
}

// Anybody may stop a job, and sometimes does.
void Crew::stop_by_passer_by(Job& job) {
  Member& by = world_.members()[world_.random().below(world_.members().size())];
  auto done =
      world_.plant().run(by.subject, engine::SuspendPermit{.permit = job.id, .reason = "看见冒烟"});
  if (!done) return;
  count("stopped_by_passer_by");
  job.acts.push_back({.node = "work", .outcome = "suspend", .by = by.subject.person, .at = now()});
  refresh(job);
}

void Crew::stop_one(const std::string& reason) {
  if (live_.empty()) return;
  Job& job = *live_[world_.random().below(live_.size())];
  ehs::Suspension one{.permit = job.id, .reason = reason, .detail = Json::object()};
  auto done = world_.plant().run(engine::timeout_subject(),
                                 engine::SuspendPermits{.suspensions = {std::move(one)}});
  count(done ? "false_stops" : "refused:false_stop");
  refresh_all();
}

}  // namespace anlan::test
