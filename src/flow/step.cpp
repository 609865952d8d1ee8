// The commands of a case: check, decide, hand back a Change. A refusal writes nothing; a fault of
// the model while a case runs is an incident and is written.

#include "flow/step.h"

#include <algorithm>

#include "core/text.h"
#include "flow/check.h"
#include "flow/link.h"
#include "flow/lookups.h"
#include "flow/machine.h"
#include "flow/timers.h"
#include "flow/user.h"

namespace anlan::flow {

namespace {

Result<const Model*> model_of(const Library& library, const CaseRow& row) {
  const Model* model = library.model(row.model_id, row.model_version);
  if (model) return model;
  return refuse(ErrorCode::BadModel, "flow '" + row.model_id + "' version " +
                                         std::to_string(row.model_version) + " is not deployed");
}

Json case_detail(const CaseRow& row, std::string_view node) {
  return Json::object({{"case", row.id.text()}, {"node", node}});
}

}  // namespace

Result<Json> pin_decisions(const Library& library, const Graph& graph) {
  Json pinned = Json::object();
  for (const Node& node : graph.nodes) {
    if (!node.call) continue;
    int64_t version = library.newest_decision(node.call->file);
    if (version == 0) {
      return refuse(ErrorCode::BadModel, "decision file '" + node.call->file + "' is not deployed",
                    node.id);
    }
    pinned.set(node.call->file, version);
  }
  return pinned;
}

namespace {

// Only people, and only where the model lets the initiator choose.
Result<void> check_chosen(const Graph& graph, const Json& chosen) {
  if (!chosen.is_object()) return refuse(ErrorCode::BadField, "people by task", "chosen");
  for (const auto& [id, people] : chosen.as_object()) {
    const Node* node = graph.find(id);
    bool is_open = node && node->user &&
                   std::ranges::contains(node->user->assigns, Assign::Kind::Choice, &Assign::kind);
    bool is_list = people.is_array() && people.as_array().size() <= limits::kPageRowsMax;
    if (!is_open || !is_list) return refuse(ErrorCode::BadField, "nothing to choose", "chosen");
    for (const Json& person : people.as_array()) {
      if (person.is_text() && PersonId::parse(person.as_text())) continue;
      return refuse(ErrorCode::BadField, "not a person", "chosen");
    }
  }
  return {};
}

}  // namespace

Result<Machine> open_case(const Around& around, CaseId id, Json record, Actor actor) {
  CaseState state = TRY(load_case(around.view, id));
  return machine_of(around, std::move(state), std::move(record), actor);
}

Result<Machine> machine_of(const Around& around, CaseState state, Json record, Actor actor) {
  const Model* model = TRY(model_of(around.library, state.row));
  auto graph = TRY(link(around.library, *model, state.row.called));
  for (const Token& token : state.tokens) {
    if (graph->find(token.node)) continue;
    return refuse(ErrorCode::BadModel,
                  "the deployed flow differs from the one this case began with", token.node);
  }
  if (graph->has_signals) TRY(read_listeners(around.view, state));
  return Machine(around, std::move(graph), std::move(state), std::move(record), actor);
}

Result<Step> start(const Around& around, const StartCommand& command) {
  Library::Versioned newest = around.library.newest(command.model_id);
  if (!newest.model) {
    return refuse(ErrorCode::NotFound, "no flow '" + command.model_id + "' is deployed");
  }
  Json called = TRY(pin_calls(around.library, *newest.model));
  auto graph = TRY(link(around.library, *newest.model, called));
  CaseState state;
  state.row = {.id = around.ids.next_id<CaseKind>(),
               .model_id = command.model_id,
               .model_version = newest.version,
               .decisions = TRY(pin_decisions(around.library, *graph)),
               .form = command.form,
               .record_id = command.record_id,
               .org_path = command.org_path,
               .started = around.now,
               .called = std::move(called),
               .is_new = true};
  if (!around.actor.person.is_nil()) state.row.initiator = around.actor.person;
  if (!command.chosen.is_null()) {
    TRY(check_chosen(*graph, command.chosen));
    state.row.vars.set("chosen", command.chosen);
  }
  Uuid root = around.ids.next();
  state.activations.push_back({.id = root, .fork = ""});
  const Node* begin = &graph->nodes[graph->start];
  if (!command.node.empty()) begin = graph->find(command.node);
  if (!begin || begin->kind != NodeKind::Start || begin->container != kNone) {
    return refuse(ErrorCode::BadModel, "the flow has no such start event", command.node);
  }
  std::string begins_at = begin->id;
  Machine machine(around, std::move(graph), std::move(state), command.record, around.actor);
  machine.note("case.start", "");
  Token& token = machine.add_token(root, begins_at);
  if (!command.message.is_null()) token.vars.set("message", command.message);
  machine.schedule(token, Token::Phase::Enter);
  machine.run();
  Json detail = case_detail(machine.state.row, "");
  return machine.finish("case.start", std::move(detail));
}

Result<Step> complete(const Around& around, const access::Subject& by,
                      const CompleteCommand& command) {
  CaseId id = TRY(case_of_task(around.view, command.task));
  Machine machine = TRY(open_case(around, id, command.record, around.actor));
  return complete_in(machine, by, command);
}

Result<Step> complete_in(Machine& machine, const access::Subject& by,
                         const CompleteCommand& command) {
  TaskRow* task = machine.state.task(command.task);
  TRY(check_may_decide(machine, by, task));
  Token* token = machine.state.token(task->token);
  if (!token) return refuse(ErrorCode::WrongState, "the task's token is gone");
  const Node& node = machine.node_of(*token);
  TRY(check_filled_in(machine, *node.user, command));
  TRY(check_proof(*node.user, command.proof));
  Json said = TRY(ask_guards(machine, *task, by.person, command));
  note_stand_in(machine, *task, by);
  HistoryRow& row =
      note_decision(machine, *task, {"task.complete", command.outcome, command.comment, by.person});
  keep_proof(machine, *task, command.proof, row);
  if (!said.as_object().empty()) row.detail.set("guards", std::move(said));
  Json detail = case_detail(machine.state.row, node.id);
  detail.set("outcome", command.outcome);
  auto went_on = after_completion(machine, *token, *task);
  if (!went_on) machine.raise_incident(*token, went_on.error());
  machine.run();
  return machine.finish("task.complete", std::move(detail));
}

Result<Step> claim(const Around& around, const access::Subject& by, TaskId id) {
  CaseId case_id = TRY(case_of_task(around.view, id));
  Machine machine = TRY(open_case(around, case_id, {}, around.actor));
  TaskRow* task = machine.state.task(id);
  TRY(check_may_do(machine, by, task));
  if (task->assignee == by.person) {
    return refuse(ErrorCode::WrongState, "you have claimed it already");
  }
  note_stand_in(machine, *task, by);
  make_candidate(machine, *task, by);
  task->assignee = by.person;
  task->state = state::kClaimed;
  machine.note("task.claim", task->node).task = id.text();
  machine.tell_task(*task);
  Json detail = case_detail(machine.state.row, task->node);
  return machine.finish("task.claim", std::move(detail));
}

Result<Step> unclaim(const Around& around, const access::Subject& by, TaskId id) {
  CaseId case_id = TRY(case_of_task(around.view, id));
  Machine machine = TRY(open_case(around, case_id, {}, around.actor));
  TaskRow* task = machine.state.task(id);
  bool is_open = task && task->is_open();
  bool is_mine = is_open && (task->assignee ? task->assignee == by.person
                                            : is_candidate(machine.state.row, *task, by));
  if (is_open && !is_mine) return refuse(ErrorCode::Forbidden, "the task of another");
  if (!is_open || !task->assignee) {
    return refuse(ErrorCode::WrongState, "the task is not claimed");
  }
  if (task->signing.owner || task->signing.group != 0) {
    return refuse(ErrorCode::WrongState, "asked of this person by somebody");
  }
  task->assignee.reset();
  task->state = state::kOpen;
  machine.note("task.unclaim", task->node).task = id.text();
  machine.tell_task(*task);
  Json detail = case_detail(machine.state.row, task->node);
  return machine.finish("task.unclaim", std::move(detail));
}

Result<Step> comment(const Around& around, const access::Subject& by, CaseId id,
                     std::string_view text) {
  TRY(check_person(by));
  TRY(check_comment(text));
  if (trim(text).empty()) return refuse(ErrorCode::MissingField, "no comment", "comment");
  Machine machine = TRY(open_case(around, id, {}, around.actor));
  machine.note("case.comment", "").comment = std::string(text);
  Json detail = case_detail(machine.state.row, "");
  return machine.finish("case.comment", std::move(detail));
}

Result<Step> fire_timer(const Around& around, TimerId id, const Json& record) {
  CaseId case_id = TRY(case_of_timer(around.view, id));
  // Whatever a clock causes is never a person's doing, whoever asked for it.
  Actor time_out{.kind = Actor::Kind::SystemTimeout};
  Machine machine = TRY(open_case(around, case_id, record, time_out));
  Json detail = case_detail(machine.state.row, "");
  for (TimerRow& timer : machine.state.timers) {
    if (timer.id != id) continue;
    if (timer.due > around.now) return refuse(ErrorCode::WrongState, "the timer is not due yet");
    detail.set("node", timer.node);
    detail.set("firing", timer.firing);
    TRY(fire(machine, timer));
    machine.run();
    return machine.finish("timer.fire", std::move(detail));
  }
  return refuse(ErrorCode::WrongState, "the timer has fired or was cancelled");
}

Result<std::optional<Step>> record_changed(const Around& around, CaseId id, const Json& record) {
  Machine machine = TRY(open_case(around, id, record, around.actor));
  if (!machine.graph.has_conditions || machine.state.row.state == state::kEnded) {
    return std::nullopt;
  }
  machine.run();
  bool is_changed = rows_changed(machine.state, machine.graph).size() > 1;
  if (!is_changed) return std::nullopt;
  Json detail = case_detail(machine.state.row, "");
  return machine.finish("condition.true", std::move(detail));
}

Result<Step> retry(const Around& around, CaseId id, const Json& record) {
  Machine machine = TRY(open_case(around, id, record, around.actor));
  bool has_some = false;
  for (Token& token : machine.state.tokens) {
    if (token.state != state::kIncident) continue;
    has_some = true;
    machine.note("case.retry", token.node);
    Json back = token.pending["back"];
    machine.close_token_work(token, "task.cancelled");
    if (!back.is_null()) token.pending = Json::object({{"back", std::move(back)}});
    machine.schedule(token, token.phase);
  }
  if (!has_some) return refuse(ErrorCode::WrongState, "the case has no incident to try again");
  machine.run();
  Json detail = case_detail(machine.state.row, "");
  return machine.finish("case.retry", std::move(detail));
}

Result<std::vector<DueTimer>> due_timers(store::View& view, Instant now, std::size_t count) {
  store::Rows found =
      TRY(view.query({"SELECT id, case_id, form, record_id, due FROM flow_timer"
                      " WHERE due <= ? ORDER BY due, id LIMIT ?",
                      {now.ns, static_cast<int64_t>(count)}}));
  std::vector<DueTimer> due;
  for (std::size_t i = 0; i < found.size(); ++i) {
    store::Row row = found[i];
    due.push_back({.id = TRY(TimerId::parse(row.text("id"))),
                   .case_id = TRY(CaseId::parse(row.text("case_id"))),
                   .form = row.text("form"),
                   .record_id = TRY(RecordId::parse(row.text("record_id"))),
                   .due = {row.int64("due")}});
  }
  return due;
}

Result<std::optional<Instant>> next_timer(store::View& view) {
  store::Rows found = TRY(view.query({"SELECT min(due) AS due FROM flow_timer"}));
  if (found.empty() || found[0].is_null("due")) return std::nullopt;
  return Instant{found[0].int64("due")};
}

}  // namespace anlan::flow
