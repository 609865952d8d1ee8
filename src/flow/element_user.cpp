// User task: BPMN 2.0.2, 10.3.3, and multi-instance, 10.3.8. A plain task is one signature.

#include <algorithm>

#include "flow/assign.h"
#include "flow/copies.h"
#include "flow/sla.h"
#include "flow/timers.h"
#include "flow/user.h"

namespace anlan::flow {

namespace {

Result<void> read_terms(Machine& machine, const Token& token, const UserTask& user, Visit& visit) {
  auto due = TRY(machine.due(user.due, token));
  if (due) visit.due = due->at;
  if (user.level.is_empty()) {
    visit.level = machine.record().text_or("level", "");
  } else {
    rules::Value level = TRY(machine.evaluate(user.level, token));
    if (level.as_string()) visit.level = *level.as_string();
  }
  if (!user.notice.data.is_empty()) {
    Json data = rules::json_from_value(TRY(machine.evaluate(user.notice.data, token)));
    if (data.is_object()) visit.data = std::move(data);
  }
  return {};
}

Json who_json(std::span<const Candidate> candidates) {
  Json all = Json::array();
  for (const Candidate& candidate : candidates) {
    all.push(candidate.kind + ":" + candidate.who);
  }
  return all;
}

// Whoever signed one of several may not sign another of the same task.
void exclude_signers(const Machine& machine, const Token& token, Instance& instance) {
  for (const TaskRow& task : machine.state.tasks) {
    bool is_mate = task.token == token.id && task.visit == token.visit && task.completed_by;
    if (!is_mate) continue;
    Candidate excluded{"excluded", task.completed_by->text()};
    if (!std::ranges::contains(instance.candidates, excluded)) {
      instance.candidates.push_back(excluded);
    }
  }
}

// After a return the task goes to whoever had it, if it still may.
Result<std::optional<PersonId>> wanted_person(Machine& machine, const Json& wanted,
                                              const Instance& instance) {
  auto person = PersonId::parse(wanted.is_text() ? wanted.as_text() : "");
  if (!person) return std::nullopt;
  auto people = TRY(people_of(machine, instance.candidates));
  if (!std::ranges::contains(people, *person)) return std::nullopt;
  return *person;
}

struct Opening {
  Instance instance;
  std::optional<PersonId> wanted;
};

// Everything that can fail is evaluated before the first task opens.
Result<std::vector<Opening>> prepare(Machine& machine, Token& token, const Node& node,
                                     Visit& visit) {
  std::vector<Opening> openings;
  for (Instance& instance : std::exchange(visit.instances, {})) {
    Skip skip = TRY(settle_instance(machine, token, node, instance));
    if (skip) {
      note_skip(machine, node, skip);
      visit.total -= visit.is_weighted ? instance.weight : 1;
      continue;
    }
    instance.told = TRY(people_to_tell(machine, node, instance.candidates));
    auto wanted = TRY(wanted_person(machine, visit.wanted, instance));
    openings.push_back({std::move(instance), wanted});
  }
  return openings;
}

void open_all(Machine& machine, Token& token, const Visit& visit, std::vector<Opening> openings) {
  for (Opening& opening : openings) {
    TaskRow& task = open_task(machine, token, opening.instance, visit);
    bool is_for_one = opening.wanted && openings.size() == 1 && !task.assignee;
    if (!is_for_one) continue;
    task.assignee = opening.wanted;
    task.state = state::kClaimed;
  }
}

int64_t total_of(const Visit& visit) {
  auto total = static_cast<int64_t>(visit.instances.size());
  if (!visit.is_weighted) return total;
  total = 0;
  for (const Instance& instance : visit.instances) total += instance.weight;
  return total;
}

}  // namespace

TaskRow& open_task(Machine& machine, Token& token, const Instance& instance, const Visit& visit) {
  TaskRow task{.id = machine.around.ids.next_id<TaskKind>(),
               .token = token.id,
               .activation = token.activation,
               .visit = token.visit,
               .node = token.node,
               .level = visit.level,
               .created = machine.now(),
               .due = visit.due,
               .signing = {.weight = visit.is_weighted ? instance.weight : 0},
               .candidates = instance.candidates};
  if (instance.is_direct && instance.told.size() == 1) {
    task.assignee = instance.told[0];
    task.state = state::kClaimed;
  }
  HistoryRow& row = machine.note("task.open", token.node);
  row.task = task.id.text();
  row.detail = Json::object({{"candidates", who_json(task.candidates)}, {"found", instance.found}});
  machine.tell_task(task);
  const Node& node = machine.node_of(token);
  Json data = visit.data;
  data.set("task", task.id.text()).set("name_zh", node.name.zh).set("name_en", node.name.en);
  machine.notices.push_back({.persons = instance.told,
                             .kind = node.user->notice.kind,
                             .level = visit.level,
                             .node = token.node,
                             .data = std::move(data),
                             .is_urgent = node.user->notice.is_urgent});
  machine.state.tasks.push_back(std::move(task));
  return machine.state.tasks.back();
}

Result<void> open_next(Machine& machine, Token& token, Visit& visit) {
  const Node& node = machine.node_of(token);
  bool has_one = std::ranges::any_of(machine.state.tasks, [&](const TaskRow& task) {
    return task.token == token.id && task.visit == token.visit && task.is_live() &&
           task.signing.group == 0;
  });
  while (!has_one && !visit.instances.empty()) {
    Instance next = std::move(visit.instances.front());
    visit.instances.erase(visit.instances.begin());
    exclude_signers(machine, token, next);
    Skip skip = TRY(settle_instance(machine, token, node, next));
    if (skip) {
      note_skip(machine, node, skip);
      visit.total -= visit.is_weighted ? next.weight : 1;
      continue;
    }
    next.told = TRY(people_to_tell(machine, node, next.candidates));
    open_task(machine, token, next, visit);
    has_one = true;
  }
  return {};
}

void note_skip(Machine& machine, const Node& node, const Skip& skip) {
  HistoryRow& row = machine.note("task.skip", node.id);
  row.is_by_system = true;
  row.detail = Json::object({{"reason", skip.reason}, {"person", skip.person}});
}

Result<void> enter_user(Machine& machine, Token& token, const Node& node) {
  const UserTask& user = *node.user;
  TRY(machine.apply_settings(node, token, false));
  Visit visit{.back = token.pending["back"], .wanted = token.pending["wanted"]};
  visit.instances = TRY(plan_instances(machine, token, node));
  visit.is_weighted = user.multi && !user.multi->approval.weight.is_empty();
  visit.total = total_of(visit);
  TRY(read_terms(machine, token, user, visit));
  std::vector<TimerRow> timers = TRY(plan_timers(machine, token, node));
  for (TimerRow& timer : TRY(plan_sla(machine, token, node))) timers.push_back(std::move(timer));
  token.visit = ++machine.state.row.seq;
  bool is_sequence = user.multi && user.multi->is_sequential;
  if (is_sequence) {
    TRY(open_next(machine, token, visit));
  } else {
    std::vector<Opening> openings = TRY(prepare(machine, token, node, visit));
    open_all(machine, token, visit, std::move(openings));
  }
  bool has_any = std::ranges::any_of(machine.state.tasks, [&](const TaskRow& task) {
    return task.token == token.id && task.visit == token.visit;
  });
  visit.wanted = Json();
  token.pending = visit_json(visit);
  if (!has_any) {
    go_on_skipped(machine, token, node);
    return {};
  }
  TRY(tell_copies(machine, token, node, CopyTime::Open));
  for (TimerRow& timer : timers) machine.state.timers.push_back(std::move(timer));
  token.state = state::kWaiting;
  return {};
}

}  // namespace anlan::flow
