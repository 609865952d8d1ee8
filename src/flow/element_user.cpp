// User task: BPMN 2.0.2, 10.3.3, and multi-instance, 10.3.8. A plain task is one signature.

#include <algorithm>

#include "flow/approval.h"
#include "flow/assign.h"
#include "flow/timers.h"
#include "flow/user.h"

namespace anlan::flow {

namespace {

struct Terms {
  std::optional<Instant> due;
  std::string level;
  Json data = Json::object();  // of the notice
};

// token.pending holds what a sequence still asks for: {"instances","due","level","data",
// "total"}.
Json pending_json(std::span<const Instance> instances, const Terms& terms, int64_t total) {
  return Json::object({{"instances", instances_json(instances)},
                       {"due", terms.due ? Json(terms.due->ns) : Json()},
                       {"level", terms.level},
                       {"data", terms.data},
                       {"total", total}});
}

Result<Terms> terms_of(Machine& machine, const Token& token, const UserTask& user) {
  Terms terms;
  auto due = TRY(machine.due(user.due, token));
  if (due) terms.due = due->at;
  if (user.level.is_empty()) {
    terms.level = machine.record().text_or("level", "");
  } else {
    rules::Value level = TRY(machine.evaluate(user.level, token));
    if (level.as_string()) terms.level = *level.as_string();
  }
  if (!user.notice.data.is_empty()) {
    Json data = rules::json_from_value(TRY(machine.evaluate(user.notice.data, token)));
    if (data.is_object()) terms.data = std::move(data);
  }
  return terms;
}

Json who_json(std::span<const Candidate> candidates) {
  Json all = Json::array();
  for (const Candidate& candidate : candidates) {
    all.push(candidate.kind + ":" + candidate.who);
  }
  return all;
}

void open_task(Machine& machine, Token& token, const Instance& instance, const Terms& terms,
               std::vector<PersonId> people) {
  TaskRow task{.id = machine.around.ids.next_id<TaskKind>(),
               .token = token.id,
               .visit = token.visit,
               .node = token.node,
               .level = terms.level,
               .created = machine.now(),
               .due = terms.due,
               .candidates = instance.candidates};
  if (instance.is_direct && people.size() == 1) {
    task.assignee = people[0];
    task.state = state::kClaimed;
  }
  HistoryRow& row = machine.note("task.open", token.node);
  row.task = task.id.text();
  row.detail = Json::object({{"candidates", who_json(task.candidates)}});
  machine.tell_task(task);
  const Node& node = machine.node_of(token);
  Json data = terms.data;
  data.set("task", task.id.text()).set("name_zh", node.name.zh).set("name_en", node.name.en);
  machine.notices.push_back({.persons = std::move(people),
                             .kind = node.user->notice.kind,
                             .level = terms.level,
                             .node = token.node,
                             .data = std::move(data),
                             .is_urgent = node.user->notice.is_urgent});
  machine.state.tasks.push_back(std::move(task));
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

Result<void> open_next(Machine& machine, Token& token, const Node& node) {
  std::vector<Instance> rest = TRY(instances_from_json(token.pending["instances"]));
  if (rest.empty()) return {};
  Instance next = std::move(rest.front());
  rest.erase(rest.begin());
  exclude_signers(machine, token, next);
  TRY(make_sure_of_somebody(machine, node, next));
  std::vector<PersonId> people = TRY(people_to_tell(machine, node, next.candidates));
  Terms terms{.level = token.pending.text_or("level", "")};
  auto due = token.pending["due"].as_int64();
  if (due) terms.due = Instant{*due};
  if (token.pending["data"].is_object()) terms.data = token.pending["data"];
  open_task(machine, token, next, terms, std::move(people));
  token.pending = pending_json(rest, terms, token.pending.int_or("total", 1));
  return {};
}

bool agrees(const Approval& approval, const TaskRow& task) {
  return approval.agreeing.empty() || std::ranges::contains(approval.agreeing, task.outcome);
}

struct Count {
  Tally tally;
  const TaskRow* last_agreed = nullptr;
  const TaskRow* last_refused = nullptr;
};

Count count_signatures(const Machine& machine, const Token& token, const Approval& approval) {
  Count count{.tally = {.total = token.pending.int_or("total", 1)}};
  for (const TaskRow& task : machine.state.tasks) {
    bool is_of_visit = task.token == token.id && task.visit == token.visit;
    if (!is_of_visit || task.state != state::kDone) continue;
    bool is_agreed = agrees(approval, task);
    (is_agreed ? count.tally.agreed : count.tally.refused) += 1;
    (is_agreed ? count.last_agreed : count.last_refused) = &task;
  }
  return count;
}

void go_on(Machine& machine, Token& token) {
  machine.close_token_work(token, "task.cancelled");
  machine.schedule(token, Token::Phase::Leave);
}

// {outcome, comment, by, node} of the signature that decided.
void remember(Token& token, const TaskRow& task) {
  token.vars.set("task", Json::object({{"outcome", task.outcome},
                                       {"comment", task.comment},
                                       {"by", task.completed_by->text()},
                                       {"node", task.node}}));
}

// Mates that are open may no longer be taken by who just signed.
void exclude_from_mates(Machine& machine, const TaskRow& signed_task) {
  Candidate excluded{"excluded", signed_task.completed_by->text()};
  for (TaskRow& mate : machine.state.tasks) {
    bool is_mate =
        mate.is_open() && mate.token == signed_task.token && mate.visit == signed_task.visit;
    if (is_mate && !std::ranges::contains(mate.candidates, excluded)) {
      mate.candidates.push_back(excluded);
    }
  }
}

}  // namespace

// Everything that can fail is evaluated before the first task opens.
Result<void> enter_user(Machine& machine, Token& token, const Node& node) {
  const UserTask& user = *node.user;
  TRY(machine.apply_settings(node, token, false));
  std::vector<Instance> instances = TRY(plan_instances(machine, token, node));
  Terms terms = TRY(terms_of(machine, token, user));
  std::vector<TimerRow> timers = TRY(plan_timers(machine, token, node));
  bool is_sequence = user.multi && user.multi->is_sequential;
  auto total = static_cast<int64_t>(instances.size());
  token.visit = ++machine.state.row.seq;
  if (is_sequence) {
    token.pending = pending_json(instances, terms, total);
    TRY(open_next(machine, token, node));
  } else {
    std::vector<std::vector<PersonId>> people;
    for (Instance& instance : instances) {
      TRY(make_sure_of_somebody(machine, node, instance));
      people.push_back(TRY(people_to_tell(machine, node, instance.candidates)));
    }
    for (std::size_t i = 0; i < instances.size(); ++i) {
      open_task(machine, token, instances[i], terms, std::move(people[i]));
    }
    token.pending = pending_json({}, terms, total);
  }
  for (TimerRow& timer : timers) machine.state.timers.push_back(std::move(timer));
  token.state = state::kWaiting;
  return {};
}

Result<void> after_completion(Machine& machine, Token& token, const TaskRow& task) {
  const Node& node = machine.node_of(token);
  if (!node.user->multi) {
    remember(token, task);
    go_on(machine, token);
    return {};
  }
  const Approval& approval = node.user->multi->approval;
  Count count = count_signatures(machine, token, approval);
  Verdict verdict = judge(approval, count.tally);
  if (verdict == Verdict::Open) {
    exclude_from_mates(machine, task);
    return open_next(machine, token, node);
  }
  remember(token, verdict == Verdict::Agreed ? *count.last_agreed : *count.last_refused);
  go_on(machine, token);
  return {};
}

}  // namespace anlan::flow
