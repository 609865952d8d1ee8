// How signatures end a user task, those that its signers added included.

#include <algorithm>

#include "flow/approval.h"
#include "flow/check.h"
#include "flow/copies.h"
#include "flow/go_back.h"
#include "flow/user.h"

namespace anlan::flow {

namespace {

Approval approval_of(const UserTask& user) {
  if (user.multi) return user.multi->approval;
  return {.agreeing = agreeing_outcomes(user)};
}

bool agrees(const Approval& approval, const TaskRow& task) {
  if (task.outcome == kReject && !std::ranges::contains(approval.agreeing, kReject)) return false;
  return approval.agreeing.empty() || std::ranges::contains(approval.agreeing, task.outcome);
}

bool is_of_visit(const Token& token, const TaskRow& task) {
  return task.token == token.id && task.visit == token.visit;
}

// A task with people who are to sign after it has said yes only when they have.
bool waits_for_others(const Machine& machine, const Visit& visit, const TaskRow& task) {
  return std::ranges::any_of(visit.groups, [&](const AddedGroup& group) {
    bool is_after = group.of == task.id && group.when == "after";
    bool is_live = std::ranges::any_of(machine.state.tasks, [&](const TaskRow& mate) {
      return mate.token == task.token && mate.signing.group == group.id && mate.is_live();
    });
    return is_after && (is_live || !group.waiting.empty());
  });
}

struct Count {
  Tally tally;
  const TaskRow* last_agreed = nullptr;
  const TaskRow* last_refused = nullptr;
};

Count count_signatures(const Machine& machine, const Token& token, const Visit& visit,
                       const Approval& approval) {
  Count count{.tally = {.total = visit.total}};
  for (const AddedGroup& group : visit.groups) {
    count.tally.total += visit.unit() * (group.mode == "any" ? 1 : group.size);
  }
  for (const TaskRow& task : machine.state.tasks) {
    if (!is_of_visit(token, task) || task.state != state::kDone) continue;
    bool is_agreed = agrees(approval, task);
    // Where one decides, those before and after only keep him waiting.
    bool is_beside = task.signing.when == "before" || task.signing.when == "after" ||
                     waits_for_others(machine, visit, task);
    if (is_agreed && is_beside && approval.mode == Approval::Mode::Any) continue;
    bool is_weighed = visit.is_weighted && task.signing.group == 0;
    int64_t units = is_weighed ? task.signing.weight : visit.unit();
    (is_agreed ? count.tally.agreed : count.tally.refused) += units;
    const TaskRow*& last = is_agreed ? count.last_agreed : count.last_refused;
    if (!last || last->ended <= task.ended) last = &task;
  }
  return count;
}

// Straight on, or back to whoever returned it.
void go_on(Machine& machine, Token& token) {
  Json back = token.pending["back"];
  machine.close_token_work(token, "task.cancelled");
  if (back.is_null()) {
    machine.schedule(token, Token::Phase::Leave);
  } else {
    jump_back(machine, token, back);
  }
}

// {outcome, comment, by, node} of the signature that decided.
void remember(Token& token, const TaskRow& task) {
  token.vars.set("task", Json::object({{"outcome", task.outcome},
                                       {"comment", task.comment},
                                       {"by", task.completed_by->text()},
                                       {"node", task.node}}));
}

// Mates that are open may no longer be taken by who just signed. What he had claimed of them is
// free again; where nobody is left the fallback role gets it, and the timeline says so.
Result<void> exclude_from_mates(Machine& machine, const Node& node, const TaskRow& signed_task) {
  PersonId signer = *signed_task.completed_by;
  Candidate excluded{"excluded", signer.text()};
  for (TaskRow& mate : machine.state.tasks) {
    bool is_mate =
        mate.is_live() && mate.token == signed_task.token && mate.visit == signed_task.visit;
    if (!is_mate || std::ranges::contains(mate.candidates, excluded)) continue;
    exclude_person(mate, signer);
    if (!TRY(people_of(machine, mate.candidates)).empty()) continue;
    const std::string& fallback = node.user->fallback_role;
    if (!fallback.empty()) merge(mate.candidates, {{"role", fallback}});
    machine.note("incident", node.id).detail =
        Json::object({{"code", error_text(ErrorCode::NotFound).code},
                      {"text", "nobody can do '" + node.id + "'"},
                      {"fallback", fallback}});
  }
  return {};
}

bool has_live(const Machine& machine, const Token& token, int64_t group) {
  return std::ranges::any_of(machine.state.tasks, [&](const TaskRow& task) {
    return is_of_visit(token, task) && task.signing.group == group && task.is_live();
  });
}

// Nobody of the groups that were to sign before is left: their signer goes on.
void resume_signers(Machine& machine, const Token& token, const Visit& visit) {
  for (TaskRow& task : machine.state.tasks) {
    if (!is_of_visit(token, task) || task.state != state::kSuspended) continue;
    bool is_waiting = std::ranges::any_of(visit.groups, [&](const AddedGroup& group) {
      return group.of == task.id && group.when == "before" &&
             (!group.waiting.empty() || has_live(machine, token, group.id));
    });
    if (!is_waiting) resume(machine, task);
  }
}

Result<void> settle_own_group(Machine& machine, Token& token, Visit& visit, const TaskRow& task) {
  AddedGroup* group = visit.group(task.signing.group);
  if (!group) return {};
  if (group->mode == "any") {
    group->waiting.clear();
    std::vector<TaskId> dropped;
    for (TaskRow& mate : machine.state.tasks) {
      bool is_mate = is_of_visit(token, mate) && mate.signing.group == group->id && mate.is_live();
      if (!is_mate) continue;
      cancel_task(machine, mate, "task.cancelled");
      dropped.push_back(mate.id);
    }
    for (TaskId id : dropped) close_groups(machine, token, visit, id);
  } else if (!has_live(machine, token, group->id)) {
    TRY(open_group(machine, token, visit, group->id));
  }
  return {};
}

// Those who sign after it are asked when it said yes, and not at all when it said no.
Result<void> settle_after(Machine& machine, Token& token, Visit& visit, const TaskRow& task) {
  bool is_yes = agrees(approval_of(*machine.node_of(token).user), task);
  auto is_after = [&](const AddedGroup& group) {
    return group.of == task.id && group.when == "after" && !group.is_opened;
  };
  if (!is_yes) {
    std::erase_if(visit.groups, is_after);
    return {};
  }
  std::vector<int64_t> after;
  for (const AddedGroup& group : visit.groups) {
    if (is_after(group)) after.push_back(group.id);
  }
  for (int64_t id : after) TRY(open_group(machine, token, visit, id));
  return {};
}

Result<void> decide(Machine& machine, Token& token, Visit& visit) {
  const Node& node = machine.node_of(token);
  Approval approval = approval_of(*node.user);
  Count count = count_signatures(machine, token, visit, approval);
  Verdict verdict = judge(approval, count.tally);
  if (verdict == Verdict::Open) {
    TRY(open_next(machine, token, visit));
    count = count_signatures(machine, token, visit, approval);
    verdict = judge(approval, count.tally);  // the rest may have been skipped
    token.pending = visit_json(visit);
    if (verdict == Verdict::Open) return {};
  }
  const TaskRow* decisive = verdict == Verdict::Agreed ? count.last_agreed : count.last_refused;
  if (!decisive) {
    go_on_skipped(machine, token, node);
    return {};
  }
  TaskRow decided = *decisive;
  if (node.user->rejection && decided.outcome == kReject) {
    return carry_out_rejection(machine, token, decided);
  }
  remember(token, decided);
  go_on(machine, token);
  return {};
}

}  // namespace

void cancel_task(Machine& machine, TaskRow& task, const std::string& act) {
  task.state = state::kCancelled;
  task.ended = machine.now();
  task.candidates.clear();
  machine.note(act, task.node).task = task.id.text();
  machine.tell_task(task);
}

void close_groups(Machine& machine, const Token& token, Visit& visit, TaskId of) {
  std::vector<int64_t> dependent;
  for (const AddedGroup& group : visit.groups) {
    if (group.of == of && group.when != "parallel") dependent.push_back(group.id);
  }
  for (int64_t id : dependent) {
    int64_t spoken = 0;
    for (TaskRow& task : machine.state.tasks) {
      if (!is_of_visit(token, task) || task.signing.group != id) continue;
      if (task.state == state::kDone) ++spoken;
      if (!task.is_live()) continue;
      cancel_task(machine, task, "task.cancelled");
      close_groups(machine, token, visit, task.id);
    }
    AddedGroup* group = visit.group(id);
    group->waiting.clear();
    group->size = spoken;
  }
  std::erase_if(visit.groups, [](const AddedGroup& group) { return group.size <= 0; });
}

void resume(Machine& machine, TaskRow& task) {
  task.state = task.assignee ? state::kClaimed : state::kOpen;
  machine.note("task.resume", task.node).task = task.id.text();
  machine.tell_task(task);
  if (!task.assignee) return;
  const Node* node = machine.graph.find(task.node);
  machine.notices.push_back({.persons = {*task.assignee},
                             .kind = "resumed",
                             .level = task.level,
                             .node = task.node,
                             .data = Json::object({{"task", task.id.text()},
                                                   {"name_zh", node ? node->name.zh : ""},
                                                   {"name_en", node ? node->name.en : ""}})});
}

void go_on_skipped(Machine& machine, Token& token, const Node& node) {
  auto agreeing = agreeing_outcomes(*node.user);
  token.vars.set("task", Json::object({{"outcome", agreeing.empty() ? "" : agreeing.front()},
                                       {"comment", ""},
                                       {"by", Json()},
                                       {"node", node.id}}));
  go_on(machine, token);
}

Result<void> open_group(Machine& machine, Token& token, Visit& visit, int64_t id) {
  AddedGroup* group = visit.group(id);
  if (!group) return {};
  group->is_opened = true;
  const Node& node = machine.node_of(token);
  const TaskRow* of = machine.state.task(group->of);
  while (!group->waiting.empty()) {
    PersonId person = group->waiting.front();
    group->waiting.erase(group->waiting.begin());
    Instance instance{.candidates = {{"person", person.text()}}, .is_direct = true};
    if (of) {
      for (const Candidate& one : of->candidates) {
        if (one.kind == "excluded") merge(instance.candidates, {one});
      }
    }
    for (const TaskRow& mate : machine.state.tasks) {
      if (!is_of_visit(token, mate) || !mate.completed_by) continue;
      merge(instance.candidates, {{"excluded", mate.completed_by->text()}});
    }
    instance.found.push(Json::array({"added:" + group->when, "person:" + person.text()}));
    auto people = TRY(people_of(machine, instance.candidates));
    if (people.empty()) {
      // Has signed or left meanwhile.
      note_skip(machine, node, {"added", person.text()});
      group->size -= 1;
      continue;
    }
    instance.told = people;
    TaskRow& task = open_task(machine, token, instance, visit);
    task.signing.group = group->id;
    task.signing.when = group->when;
    task.signing.added_by = group->by;
    if (group->mode == "sequence") break;
  }
  if (group->size <= 0) std::erase_if(visit.groups, [&](const auto& one) { return one.id == id; });
  return {};
}

Result<void> after_completion(Machine& machine, Token& token, const TaskRow& done) {
  const Node& node = machine.node_of(token);
  TaskRow task = done;
  Visit visit = TRY(visit_of(token));
  TRY(tell_copies(machine, token, node, CopyTime::Complete));
  bool is_plain = !node.user->multi && visit.groups.empty();
  if (is_plain && !(node.user->rejection && task.outcome == kReject)) {
    remember(token, task);
    go_on(machine, token);
    return {};
  }
  TRY(exclude_from_mates(machine, node, task));
  TRY(settle_own_group(machine, token, visit, task));
  TRY(settle_after(machine, token, visit, task));
  resume_signers(machine, token, visit);
  return decide(machine, token, visit);
}

Result<void> after_removal(Machine& machine, Token& token, Visit& visit) {
  resume_signers(machine, token, visit);
  return decide(machine, token, visit);
}

}  // namespace anlan::flow
