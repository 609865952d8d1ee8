#include "flow/sla.h"

#include <algorithm>

#include "flow/assign.h"

namespace anlan::flow {

namespace {

// Everybody who has, or could take, an open task of the token.
Result<std::vector<PersonId>> holders_of(Machine& machine, const Token& token, const Node& node) {
  std::vector<PersonId> people;
  for (const TaskRow& task : machine.state.tasks) {
    if (task.token != token.id || !task.is_open()) continue;
    std::vector<PersonId> of_task;
    if (task.assignee) of_task.push_back(*task.assignee);
    if (of_task.empty()) of_task = TRY(people_to_tell(machine, node, task.candidates));
    for (PersonId person : of_task) {
      if (!std::ranges::contains(people, person)) people.push_back(person);
    }
  }
  return people;
}

Result<void> remind(Machine& machine, const Token& token, const Node& node, int64_t number) {
  auto people = TRY(holders_of(machine, token, node));
  machine.note("sla.remind", node.id).detail = Json::object({{"number", number}});
  if (people.empty()) return {};
  machine.notices.push_back(
      {.persons = std::move(people),
       .kind = "remind",
       .level = "",
       .node = node.id,
       .data = Json::object(
           {{"name_zh", node.name.zh}, {"name_en", node.name.en}, {"number", number}})});
  return {};
}

Result<std::vector<Candidate>> above(Machine& machine, const Token& token, const Node& node) {
  const Sla& sla = *node.user->sla;
  std::vector<Candidate> found;
  if (!sla.escalate_role.empty()) found.push_back({"role", sla.escalate_role});
  rules::Value named = TRY(machine.evaluate_or_null(sla.escalate_to, token));
  auto persons = TRY(persons_from(named));
  for (PersonId person : persons) found.push_back({"person", person.text()});
  if (!sla.escalates_to_manager) return found;
  for (const TaskRow& task : machine.state.tasks) {
    if (task.token != token.id || !task.is_open() || !task.assignee) continue;
    auto chain = TRY(access::superiors(machine.around.view, *task.assignee));
    if (!chain.empty()) merge(found, {{"person", chain.front().person.text()}});
  }
  return found;
}

// Others may do it now too; who has it keeps it. Separation of duty stays as it was.
Result<void> escalate(Machine& machine, const Token& token, const Node& node) {
  std::vector<Candidate> more = TRY(above(machine, token, node));
  machine.note("sla.escalate", node.id);
  std::vector<PersonId> told;
  for (TaskRow& task : machine.state.tasks) {
    if (task.token != token.id || !task.is_open()) continue;
    merge(task.candidates, more);
    // Nobody is kept out by a claim that was let lie.
    bool is_shared = task.assignee && !task.signing.owner && task.signing.group == 0;
    if (is_shared) {
      merge(task.candidates, {{"person", task.assignee->text()}});
      task.assignee.reset();
      task.state = state::kOpen;
    }
    machine.tell_task(task);
    std::vector<Candidate> fit = more;
    for (const Candidate& one : task.candidates) {
      if (one.kind == "excluded") fit.push_back(one);
    }
    for (PersonId person : TRY(people_of(machine, fit))) {
      if (!std::ranges::contains(told, person)) told.push_back(person);
    }
  }
  if (told.empty()) return {};
  machine.notices.push_back(
      {.persons = std::move(told),
       .kind = "escalation",
       .level = "",
       .node = node.id,
       .data = Json::object({{"name_zh", node.name.zh}, {"name_en", node.name.en}}),
       .is_urgent = true});
  return {};
}

// Nobody goes on before whoever administers flows lets the task begin again.
void suspend(Machine& machine, Token& token, const Node& node) {
  machine.note("sla.suspend", node.id);
  for (TaskRow& task : machine.state.tasks) {
    if (task.token != token.id || !task.is_open()) continue;
    task.state = state::kSuspended;
    machine.tell_task(task);
  }
  machine.raise_incident(
      token, {.code = ErrorCode::WrongState, .detail = "the time of '" + node.id + "' is over"});
}

}  // namespace

Result<std::vector<TimerRow>> plan_sla(Machine& machine, const Token& token, const Node& node) {
  std::vector<TimerRow> planned;
  if (!node.user->sla) return planned;
  const Sla& sla = *node.user->sla;
  auto add = [&](Instant at, const std::string& calendar) {
    planned.push_back({.id = machine.around.ids.next_id<TimerKind>(),
                       .token = token.id,
                       .node = node.id,
                       .due = at,
                       .firing = static_cast<int64_t>(planned.size()) + 1,
                       .left = 1,
                       .calendar = calendar});
  };
  for (Duration after : sla.reminders) add(machine.now() + after, "");
  auto due = TRY(machine.due(sla.within.within.is_empty() ? node.user->due : sla.within, token));
  if (due) add(due->at, due->calendar);
  return planned;
}

Result<void> fire_sla(Machine& machine, Token& token, const Node& node, const TimerRow& timer) {
  const Sla& sla = *node.user->sla;
  bool is_reminder = timer.firing <= static_cast<int64_t>(sla.reminders.size());
  if (is_reminder) return remind(machine, token, node, timer.firing);
  switch (sla.on_timeout) {
    case Sla::OnTimeout::Remind: return remind(machine, token, node, timer.firing);
    case Sla::OnTimeout::Escalate: return escalate(machine, token, node);
    case Sla::OnTimeout::Suspend: suspend(machine, token, node); break;
  }
  return {};
}

}  // namespace anlan::flow
