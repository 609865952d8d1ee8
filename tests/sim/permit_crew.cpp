#include "tests/sim/permit_crew.h"

#include <algorithm>

namespace anlan::test {
namespace {

constexpr std::size_t kOldTasks = 50;
constexpr std::size_t kTriesMost = 12;                // people who are asked in turn
constexpr Duration kSeenMost = Duration::minutes(2);  // the last place that was seen is one's own

}  // namespace

bool Crew::has_active() const {
  return std::ranges::any_of(live_, [](const auto& job) { return job->is_active(); });
}

Instant Crew::next_due() const {
  Instant next = next_application_;
  for (const auto& job : live_) next = std::min(next, job->next_act);
  return next;
}

void Crew::refresh(Job& job) {
  auto view = world_.plant().engine().database().snapshot();
  CHECK(view.has_value(), "the database can be read");
  auto rows = (*view)->query({"SELECT version FROM f_permit WHERE id = ?", {job.id.text()}});
  CHECK(rows && !rows->empty(), "a permit is there");
  if ((*rows)[0].int64("version") == job.version) return;
  const records::Form* form = world_.plant().engine().packs().forms.find("permit");
  auto record = records::read_whole(**view, *form, job.id);
  CHECK(record.has_value(), "a permit can be read");
  job.record = *record;
  job.version = record->int_or("version", 0);
  note_stop(job);
  bool was_active = job.is_active();
  std::string before = job.state;
  job.state = record->text_or("state", "");
  if (!was_active && job.is_active()) {
    job.active_since = now();
    count("started:" + job.kind);
    const Member* leader = world_.find(job.leader);
    bool is_on_shift = leader != nullptr && leader->shift_until > now();
    bool is_new_shift = !job.was_started || !job.shift_end || *job.shift_end <= now();
    if (is_on_shift && is_new_shift) job.shift_end = leader->shift_until;
    job.was_started = true;
  }
  follow(job);
  if (job.state != before) oracle_.judge_step(job, before);
  if (!job.is_active()) job.looked_since.reset();
}

void Crew::note_stop(Job& job) {
  int64_t suspensions = job.record.int_or("suspend_count", 0);
  if (suspensions == job.suspend_count) return;
  job.suspend_count = suspensions;
  auto at = parse_instant(job.record.text_or("suspended_at", ""));
  job.suspended_at = at ? *at : now();
  job.suspended_for = job.record.text_or("suspend_reason", "");
  job.is_stop_new = true;
  count("suspended:" + job.suspended_for);
}

void Crew::refresh_all() {
  for (const auto& job : live_) refresh(*job);
  for (const auto& job : live_) {
    if (!job->is_stop_new) continue;
    job->is_stop_new = false;
    oracle_.judge_suspension(*job, live_);
    job->next_act = soon(2, 25);
  }
}

void Crew::clear_over() {
  for (const auto& job : live_) {
    if (job->state != "closed" && job->state != "expired" && job->state != "refused") continue;
    job->is_over = true;
    oracle_.judge_end(*job);
    count("ended:" + job->state);
    ++over_;
    for (Member& member : world_.members()) {
      if (!job->is_about(member.subject.person)) continue;
      --member.jobs;
      if (member.subject.person == job->guardian) member.guards = false;
    }
  }
  std::erase_if(live_, [](const auto& job) { return job->is_over; });
  mark_guardians();
}

// Who tried to guard two jobs still guards the other one.
void Crew::mark_guardians() {
  for (const auto& job : live_) {
    if (Member* guardian = world_.find(job->guardian)) guardian->guards = true;
  }
}

void Crew::act_due() {
  // By place: what is acted on may add to the list.
  for (std::size_t i = 0; i < live_.size(); ++i) {
    if (now() >= live_[i]->next_act) act(*live_[i]);
  }
}

std::vector<OpenTask> Crew::tasks_of(const Job& job) {
  auto view = world_.plant().engine().database().snapshot();
  CHECK(view.has_value(), "the database can be read");
  auto rows = (*view)->query(
      {"SELECT t.id, t.node, t.assignee, c.kind, c.who FROM flow_task t"
       " LEFT JOIN flow_candidate c ON c.task_id = t.id"
       " WHERE t.form = 'permit' AND t.record_id = ? AND t.state IN ('open', 'claimed')"
       " ORDER BY t.id, c.kind, c.who",
       {job.id.text()}});
  CHECK(rows.has_value(), "tasks can be read");
  std::vector<OpenTask> tasks;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    auto row = (*rows)[i];
    auto id = TaskId::parse(row.text("id"));
    if (tasks.empty() || tasks.back().id != *id)
      tasks.push_back({.id = *id, .node = row.text("node")});
    if (!row.is_null("assignee")) tasks.back().candidates = {{"person", row.text("assignee")}};
    else if (!row.is_null("who"))
      tasks.back().candidates.emplace_back(row.text("kind"), row.text("who"));
  }
  return tasks;
}

std::vector<Member*> Crew::performers(const OpenTask& task) {
  std::vector<Member*> found;
  for (const auto& [kind, who] : task.candidates) {
    for (Member& member : world_.members()) {
      bool is_it = kind == "role" ? member.has(who) : member.subject.person.text() == who;
      if (is_it && !std::ranges::contains(found, &member)) found.push_back(&member);
    }
  }
  for (std::size_t i = found.size(); i > 1; --i) {
    std::swap(found[i - 1], found[world_.random().below(i)]);
  }
  // Own staff first: contractors hold few offices.
  std::ranges::stable_partition(found, [](const Member* one) { return !one->is_contractor; });
  return found;
}

bool Crew::press(Job& job, const OpenTask& task, const Json& what) {
  std::size_t tries = 0;
  for (Member* by : performers(task)) {
    if (press_as(job, task, *by, what)) return true;
    if (++tries == kTriesMost) break;
  }
  return false;
}

bool Crew::press_as(Job& job, const OpenTask& task, Member& by, const Json& what) {
  auto done =
      world_.plant().run(by.subject, engine::CompleteTask{.task = task.id,
                                                          .outcome = what.text_or("outcome", ""),
                                                          .comment = what.text_or("comment", ""),
                                                          .fields = what["fields"]});
  if (!done) {
    count("refused:" + task.node + ":" + std::string(error_text(done.error().code).code) + " " +
          done.error().field);
    return false;
  }
  note(job, task, by, what);
  refresh(job);
  return true;
}

void Crew::note(Job& job, const OpenTask& task, const Member& by, const Json& what) {
  count("pressed:" + task.node + ":" + what.text_or("outcome", ""));
  job.acts.push_back(
      {.node = task.node,
       .outcome = what.text_or("outcome", ""),
       .by = by.subject.person,
       .at = now(),
       .stood = by.away_since ? twin::Point{} : by.at,
       .was_seen = !by.badge.empty() && (!by.unseen_since || now() - *by.unseen_since <= kSeenMost),
       .had_comment = what["comment"].is_text()});
  if (old_tasks_.size() >= kOldTasks) old_tasks_.erase(old_tasks_.begin());
  old_tasks_.push_back(task);
}

void Crew::act(Job& job) {
  refresh(job);
  job.next_act = soon(2, 9);
  auto tasks = tasks_of(job);
  if (tasks.empty()) return;
  if (chance(mischief_one_in_)) mischief(job, tasks);
  refresh(job);
  tasks = tasks_of(job);
  if (tasks.empty()) return;
  act_on(job, tasks[world_.random().below(tasks.size())]);
}

void Crew::act_on(Job& job, const OpenTask& task) {
  if (task.node.starts_with("approve")) return on_approve(job, task);
  if (task.node == "confirm") return on_confirm(job, task);
  if (task.node == "sign" || task.node == "sign_site") return on_sign(job, task);
  if (task.node == "handover" || task.node == "relieve") return on_hand_over(job, task);
  if (task.node == "work") return on_work(job, task);
  if (task.node == "revalidate") return on_revalidate(job, task);
  if (task.node == "withdraw") return on_withdraw(job, task);
  if (task.node == "hand_back") return on_hand_back(job, task);
  if (task.node == "accept") return on_accept(job, task);
  if (task.node == "extend") return on_approve(job, task);
  const char* outcome = task.node == "receive"         ? "sign"
                        : task.node == "guardian_back" ? "here"
                                                       : "done";
  press_there(job, task, Json::object({{"outcome", outcome}}));
}

// Whom the permit names may change while the work goes on: by a hand-over.
void Crew::follow(Job& job) {
  auto guardian = PersonId::parse(job.record.text_or("guardian", ""));
  auto leader = PersonId::parse(job.record.text_or("leader", ""));
  auto to = parse_instant(job.record.text_or("valid_to", ""));
  if (to && *to != job.valid_to && job.last_act("extend") != nullptr) job.valid_to = *to;
  if (!guardian || !leader || (*guardian == job.guardian && *leader == job.leader)) return;
  auto was_taken = [&](const char* node) {
    const Act* taken = job.last_act(node);
    return taken != nullptr && taken->outcome == "take";
  };
  if (!was_taken("handover") && !was_taken("relieve")) return;
  count("handed_over");
  if (*leader != job.leader) job.shift_end.reset();
  for (Member& member : world_.members()) {
    PersonId person = member.subject.person;
    if (person == job.leader && *leader != person) --member.jobs;
    if (person == *leader && person != job.leader) ++member.jobs;
    if (person == job.guardian && *guardian != person) {
      --member.jobs;
      member.guards = false;
    }
    if (person == *guardian && person != job.guardian) {
      ++member.jobs;
      member.guards = true;
      member.at = job.at;
    }
  }
  job.guardian = *guardian;
  job.leader = *leader;
  mark_guardians();
}

}  // namespace anlan::test
