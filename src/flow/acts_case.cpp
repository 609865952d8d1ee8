// Acts that move or end the case out of turn: reject, withdraw, retract.

#include <algorithm>
#include <array>

#include "flow/acts.h"
#include "flow/acts_common.h"
#include "flow/assign.h"
#include "flow/go_back.h"
#include "flow/throws.h"
#include "flow/user.h"

namespace anlan::flow {

namespace {

// What may follow a decision without anybody having acted on it.
constexpr std::array<std::string_view, 10> kNoAct = {
    "task.open", "task.cancelled", "task.deputy", "task.skip",   "task.cc",
    "task.urge", "case.comment",   "notice",      "rule.decide", "sla.remind"};

Json decided_json(const TaskRow& task) {
  return Json::object({{"outcome", task.outcome},
                       {"comment", task.comment},
                       {"by", task.completed_by->text()},
                       {"node", task.node}});
}

void tell_holders(Machine& machine, std::string_view kind, std::string_view comment) {
  for (const TaskRow& task : machine.state.tasks) {
    bool is_held = task.is_live() && task.assignee && *task.assignee != machine.actor.person;
    if (is_held) tell_one(machine, task, *task.assignee, std::string(kind), comment);
  }
}

Result<bool> is_untouched(Machine& machine) {
  const auto& initiator = machine.state.row.initiator;
  auto rows = TRY(machine.around.view.query(
      {"SELECT actor FROM flow_history WHERE case_id = ? AND act IN ('task.complete',"
       " 'task.reject', 'task.return')",
       {machine.state.row.id.text()}}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (person_or_none(rows[i], "actor") != initiator) return false;
  }
  return true;
}

Token* first_token(Machine& machine) {
  for (Token& token : machine.state.tokens) {
    if (!token.is_gone) return &token;
  }
  return nullptr;
}

// The caller's decision that is the newest one of the case around it.
Result<TaskRow*> last_decision(Machine& machine, PersonId person) {
  auto rows =
      TRY(machine.around.view.query({"SELECT act, node, path, task_id, actor FROM flow_history "
                                     "WHERE case_id = ? ORDER BY seq DESC",
                                     {machine.state.row.id.text()}}));
  std::vector<const Node*> acted;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Node* node = machine.graph.find(node_of_row(rows[i]));
    bool is_own = rows[i].text("act") == "task.complete" &&
                  person_or_none(rows[i], "actor") == person && node && node->user;
    if (is_own) {
      bool is_over = std::ranges::any_of(acted, [&](const Node* later) {
        return !later || machine.graph.is_scope_within(later->scope, node->scope);
      });
      auto id = TaskId::parse(rows[i].text("task_id"));
      TaskRow* task = id ? machine.state.task(*id) : nullptr;
      if (!is_over && task && task->state == state::kDone) return task;
      return refuse(ErrorCode::WrongState, "somebody has acted on it");
    }
    if (!std::ranges::contains(kNoAct, rows[i].text("act"))) acted.push_back(node);
  }
  return refuse(ErrorCode::Forbidden, "decided nothing here");
}

Result<TaskRow*> check_retract(Machine& machine, PersonId person) {
  if (!first_token(machine)) return refuse(ErrorCode::WrongState, "the case has ended");
  TaskRow* task = TRY(last_decision(machine, person));
  TRY(check_allowed(machine.graph.find(task->node)->user->ops.retracts, "retract"));
  return task;
}

Result<void> check_withdraw(Machine& machine, PersonId person) {
  using Withdraw = ProcessRules::Withdraw;
  Withdraw rule = machine.graph.rules.withdraw;
  if (machine.state.row.initiator != person) {
    return refuse(ErrorCode::Forbidden, "only who began it withdraws it");
  }
  TRY(check_allowed(rule != Withdraw::No, "withdraw"));
  if (!first_token(machine)) return refuse(ErrorCode::WrongState, "the case has ended");
  if (rule == Withdraw::Always || TRY(is_untouched(machine))) return {};
  return refuse(ErrorCode::WrongState, "somebody has decided already");
}

Result<void> supersede(Machine& machine, const TaskRow& task) {
  auto rows = TRY(machine.around.view.query(
      {"SELECT id FROM flow_history WHERE case_id = ? AND task_id = ? AND act = 'task.complete'"
       " AND superseded = 0",
       {machine.state.row.id.text(), task.id.text()}}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    machine.more_rows.push_back({.kind = store::RowChange::Kind::Update,
                                 .table = "flow_history",
                                 .key = {{"id", rows[i].text("id")}},
                                 .cells = {{"superseded", int64_t{1}}}});
  }
  return {};
}

// One of several that are still counted: only this signature is open again.
Result<bool> reopen_signature(Machine& machine, TaskRow& task) {
  Token* token = machine.state.token(task.token);
  bool is_waiting = token && token->node == task.node && token->visit == task.visit &&
                    token->state == state::kWaiting;
  if (!is_waiting) return false;
  const Node& node = machine.node_of(*token);
  bool is_plain = node.user->multi && !node.user->multi->is_sequential && task.signing.group == 0;
  if (!is_plain) return refuse(ErrorCode::WrongState, "the next was asked already");
  TRY(supersede(machine, task));
  task.candidates = {{"person", task.completed_by->text()}};
  task.state = state::kClaimed;
  task.completed_by.reset();
  task.outcome.clear();
  task.comment.clear();
  task.ended.reset();
  machine.tell_task(task);
  return true;
}

Result<void> retract_decision(Machine& machine, TaskRow& task) {
  if (TRY(reopen_signature(machine, task))) return {};
  if (!task.activation) return refuse(ErrorCode::WrongState, "too old to take back");
  const Node& node = *machine.graph.find(task.node);
  Token* token = first_token(machine);
  if (!token) return refuse(ErrorCode::WrongState, "the case has ended");
  Json vars = token->vars;
  vars.set("task", Json::object({{"outcome", "retract"},
                                 {"comment", ""},
                                 {"by", task.completed_by->text()},
                                 {"node", task.node}}));
  return begin_again(machine, *task.activation, node, std::move(vars), *task.completed_by);
}

}  // namespace

Result<void> apply_all(Machine& machine, const std::vector<Setting>& settings, const Token& token) {
  std::vector<Json> made;
  for (const Setting& setting : settings) {
    made.push_back(rules::json_from_value(TRY(machine.evaluate(setting.value, token))));
  }
  for (std::size_t i = 0; i < settings.size(); ++i) {
    if (settings[i].is_field) {
      machine.patch_record(settings[i].name, std::move(made[i]));
    } else {
      TRY(machine.set_var(token, settings[i].name, std::move(made[i])));
    }
  }
  return {};
}

void end_case(Machine& machine, const std::string& ending) {
  for (Token& token : machine.state.tokens) {
    if (token.is_gone) continue;
    machine.close_token_work(token, "task.cancelled");
    machine.consume(token);
  }
  machine.ending = ending;
}

Result<void> carry_out_rejection(Machine& machine, Token& token, const TaskRow& task) {
  const Node& node = machine.node_of(token);
  const Rejection& rejection = *node.user->rejection;
  token.vars.set("task", decided_json(task));
  TRY(apply_all(machine, rejection.settings, token));
  if (!rejection.returns) {
    // Whatever is around may wait for it as for any error.
    if (catch_outside(machine, token, {.code = "rejected"})) return {};
    end_case(machine, "rejected");
    return {};
  }
  Node asks = node;
  asks.user->return_targets = {rejection.to};
  auto targets =
      TRY(return_targets(machine.around.view, machine.graph, machine.state.row.id, asks));
  if (targets.empty()) return refuse(ErrorCode::WrongState, "there is no task to go back to");
  return send_back(machine, token,
                   {.to = targets.front(),
                    .outcome = kReject,
                    .comment = task.comment,
                    .by = *task.completed_by});
}

Result<Step> reject(const Around& around, const access::Subject& by, const RejectCommand& command) {
  Desk desk = TRY(open_desk(around, command.task, command.record));
  Machine& machine = desk.machine;
  TaskRow& task = desk.task();
  const Node& node = desk.node();
  TRY(check_allowed(node.user->rejection.has_value(), "reject"));
  TRY(check_may_decide(machine, by, &task));
  TRY(check_reason(command.comment));
  Token& token = *machine.state.token(task.token);
  note_stand_in(machine, task, by);
  note_decision(machine, task, {"task.reject", kReject, command.comment, by.person});
  auto went_on = after_completion(machine, token, task);
  if (!went_on) machine.raise_incident(token, went_on.error());
  machine.run();
  return machine.finish("task.reject", act_detail(machine, node.id));
}

Result<Json> acts_on_case(store::View& view, const Library& library, const access::Subject& by,
                          CaseId id) {
  Json acts = Json::array();
  auto rows = TRY(view.query(
      {"SELECT model_id, model_version, state FROM flow_case WHERE id = ?", {id.text()}}));
  if (rows.empty() || rows[0].text("state") == state::kEnded || by.person.is_nil()) return acts;
  const Model* model = library.model(rows[0].text("model_id"), rows[0].int64("model_version"));
  bool has_acts = model && (model->graph().rules.withdraw != ProcessRules::Withdraw::No ||
                            std::ranges::any_of(model->graph().nodes, [](const Node& node) {
                              return node.user && node.user->ops.retracts;
                            }));
  if (!has_acts) return acts;
  NoIds none;
  Around around = none.around(view, library, {});
  Machine machine = TRY(open_case(around, id, {}, {}));
  if (check_withdraw(machine, by.person)) acts.push("withdraw");
  if (check_retract(machine, by.person)) acts.push("retract");
  return acts;
}

Result<Step> withdraw(const Around& around, const access::Subject& by, CaseId id,
                      std::string_view comment, const Json& record) {
  TRY(check_person(by));
  TRY(check_comment(comment));
  Machine machine = TRY(open_case(around, id, record, around.actor));
  TRY(check_withdraw(machine, by.person));
  Token* token = first_token(machine);
  machine.note("case.withdraw", "").comment = std::string(comment);
  TRY(apply_all(machine, machine.graph.rules.on_withdraw, *token));
  tell_holders(machine, "withdrawn", comment);
  end_case(machine, "withdrawn");
  return machine.finish("case.withdraw", act_detail(machine, ""));
}

Result<Step> retract(const Around& around, const access::Subject& by, CaseId id,
                     std::string_view comment, const Json& record) {
  TRY(check_person(by));
  TRY(check_comment(comment));
  Machine machine = TRY(open_case(around, id, record, around.actor));
  TaskRow* task = TRY(check_retract(machine, by.person));
  const Node& node = *machine.graph.find(task->node);
  HistoryRow& row = machine.note("task.retract", node.id);
  row.task = task->id.text();
  row.comment = std::string(comment);
  TRY(retract_decision(machine, *task));
  machine.run();
  return machine.finish("task.retract", act_detail(machine, node.id));
}

}  // namespace anlan::flow
