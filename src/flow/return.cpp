// Going back to an earlier user task (lowcode.md 1.3): every token of the target's scope is
// cancelled, with all blocks inside it, and the target is entered anew in the same activation.

#include <algorithm>
#include <set>

#include "core/check.h"
#include "core/text.h"
#include "flow/check.h"
#include "flow/machine.h"

namespace anlan::flow {

namespace {

// Where a token stands: an activation and a scope of the graph inside it.
struct Place {
  Uuid activation{};
  std::size_t scope = kRootScope;
};

// A token that waits at a join still belongs to the branch it came from.
Place place_of(const Machine& machine, const Token& token) {
  const Node& node = machine.node_of(token);
  auto edge = machine.graph.edge_by_id.find(token.edge);
  bool is_joining = token.state == state::kJoining && edge != machine.graph.edge_by_id.end();
  return {token.activation, is_joining ? machine.graph.edges[edge->second].scope : node.scope};
}

// One activation further out, or nothing at the root.
std::optional<Place> outward(Machine& machine, const Place& place) {
  const Activation* activation = machine.state.activation(place.activation);
  if (!activation || !activation->parent) return std::nullopt;
  const Node* fork = machine.graph.find(activation->fork);
  if (!fork) return std::nullopt;
  return Place{*activation->parent, fork->scope};
}

bool is_inside(Machine& machine, const Token& token, const Place& outer) {
  std::optional<Place> at = place_of(machine, token);
  while (at) {
    if (at->activation == outer.activation) {
      return machine.graph.is_scope_within(at->scope, outer.scope);
    }
    at = outward(machine, *at);
  }
  return false;
}

// Lint made sure that the target's scope is this one or around it.
std::optional<Place> target_place(Machine& machine, const Token& from, const Node& target) {
  std::optional<Place> at = place_of(machine, from);
  while (at) {
    const Activation* activation = machine.state.activation(at->activation);
    bool is_root = activation && !activation->parent;
    const Node* fork = is_root || !activation ? nullptr : machine.graph.find(activation->fork);
    // Scopes inside this activation lie strictly within the scope of its fork.
    std::size_t limit = fork ? fork->scope : kNone;
    bool is_here = machine.graph.is_scope_within(at->scope, target.scope) &&
                   target.scope != limit &&
                   (!fork || machine.graph.is_scope_within(target.scope, limit));
    if (is_here) return Place{at->activation, target.scope};
    at = outward(machine, *at);
  }
  return std::nullopt;
}

// What was done since the target was last opened no longer counts; it stays readable.
Result<void> mark_superseded(Machine& machine, const Node& target) {
  store::Rows rows = TRY(machine.around.view.query(
      {"SELECT id, act, node, superseded FROM flow_history WHERE case_id = ? ORDER BY seq DESC",
       {machine.state.row.id.text()}}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    store::Row row = rows[i];
    const Node* node = machine.graph.find(row.text("node"));
    bool is_inside = node && machine.graph.is_scope_within(node->scope, target.scope);
    bool is_done = row.text("act") == "task.complete" && is_inside;
    if (is_done && row.int64("superseded") == 0) {
      machine.more_rows.push_back({.kind = store::RowChange::Kind::Update,
                                   .table = "flow_history",
                                   .key = {{"id", row.text("id")}},
                                   .cells = {{"superseded", int64_t{1}}}});
    }
    if (row.text("act") == "task.open" && node == &target) break;
  }
  return {};
}

Result<void> check_target(const Node& from, const ReturnCommand& command) {
  TRY(check_comment(command.comment));
  if (trim(command.comment).empty()) {
    return refuse(ErrorCode::MissingField, "a return needs a comment", "comment");
  }
  if (!std::ranges::contains(from.user->return_targets, command.to_node)) {
    return refuse(ErrorCode::BadField, "'" + command.to_node + "' is no return target here",
                  "to_node");
  }
  return {};
}

}  // namespace

Result<Step> return_to(const Around& around, const access::Subject& by,
                       const ReturnCommand& command) {
  CaseId id = TRY(case_of_task(around.view, command.task));
  Machine machine = TRY(open_case(around, id, command.record, around.actor));
  TaskRow* task = machine.state.task(command.task);
  TRY(check_may_do(machine, by, task));
  Token* token = machine.state.token(task->token);
  if (!token) return refuse(ErrorCode::WrongState, "the task's token is gone");
  TRY(check_target(machine.node_of(*token), command));
  const Node* target = machine.graph.find(command.to_node);
  CHECK(target, "lint knows every return target");
  std::optional<Place> place = target_place(machine, *token, *target);
  if (!place) return refuse(ErrorCode::WrongState, "the target lies in another branch");
  note_stand_in(machine, *task, by);
  HistoryRow& row = machine.note("task.return", task->node);
  row.task = task->id.text();
  row.comment = command.comment;
  row.detail = Json::object({{"to", command.to_node}});
  TRY(mark_superseded(machine, *target));
  Json vars = token->vars;
  for (Token& inside : machine.state.tokens) {
    if (inside.is_gone || !is_inside(machine, inside, *place)) continue;
    machine.close_token_work(inside, "task.cancelled");
    machine.consume(inside);
  }
  Token& again = machine.add_token(place->activation, command.to_node);
  vars.set("task", Json::object({{"outcome", "return"},
                                 {"comment", command.comment},
                                 {"by", by.person.text()},
                                 {"node", task->node}}));
  again.vars = std::move(vars);
  machine.schedule(again, Token::Phase::Enter);
  machine.run();
  return machine.finish(
      "task.return",
      Json::object({{"case", id.text()}, {"node", task->node}, {"to", command.to_node}}));
}

}  // namespace anlan::flow
