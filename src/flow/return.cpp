// Going back to an earlier user task (lowcode.md 1.3): every token of the target's scope is
// cancelled, with all blocks inside it, and the target is entered anew in the same activation.

#include <algorithm>
#include <set>

#include "core/check.h"
#include "core/text.h"
#include "flow/check.h"
#include "flow/go_back.h"
#include "flow/machine.h"
#include "flow/visit.h"

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
  store::Rows rows =
      TRY(machine.around.view.query({"SELECT id, act, node, path, superseded FROM flow_history "
                                     "WHERE case_id = ? ORDER BY seq DESC",
                                     {machine.state.row.id.text()}}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    store::Row row = rows[i];
    const Node* node = machine.graph.find(node_of_row(row));
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

// What the task of a detour said before is said anew; all between stays.
Result<void> supersede_own(Machine& machine, const std::string& node) {
  NodePath at = path_of(node);
  store::Rows rows = TRY(machine.around.view.query(
      {"SELECT id FROM flow_history WHERE case_id = ? AND node = ? AND COALESCE(path, '') = ?"
       " AND act = 'task.complete' AND superseded = 0",
       {machine.state.row.id.text(), at.node, at.path}}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    machine.more_rows.push_back({.kind = store::RowChange::Kind::Update,
                                 .table = "flow_history",
                                 .key = {{"id", rows[i].text("id")}},
                                 .cells = {{"superseded", int64_t{1}}}});
  }
  return {};
}

// Tasks done in this case that still count, the newest first; each node once.
Result<std::vector<const Node*>> done_before(store::View& view, const Graph& graph, CaseId id,
                                             const Node& from) {
  store::Rows rows =
      TRY(view.query({"SELECT node, path FROM flow_history WHERE case_id = ?"
                      " AND act = 'task.complete' AND superseded = 0"
                      " ORDER BY seq DESC",
                      {id.text()}}));
  std::vector<const Node*> done;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    // A called process alone knows nothing of where it was called.
    bool is_alone = graph.parts.empty();
    const Node* node = graph.find(is_alone ? rows[i].text("node") : node_of_row(rows[i]));
    bool is_fit =
        node && node->user && node != &from && graph.is_scope_within(from.scope, node->scope);
    if (is_fit && !std::ranges::contains(done, node)) done.push_back(node);
  }
  return done;
}

const Node* initiator_task(const Graph& graph, const Node& from) {
  for (const Node& node : graph.nodes) {
    bool is_asked = node.user && std::ranges::any_of(node.user->assigns, [](const Assign& assign) {
                      return assign.kind == Assign::Kind::Initiator;
                    });
    if (is_asked && &node != &from && graph.is_scope_within(from.scope, node.scope)) return &node;
  }
  return nullptr;
}

Result<std::vector<std::string>> targets_of_word(store::View& view, const Graph& graph, CaseId id,
                                                 const Node& from, const std::string& word) {
  std::vector<std::string> targets;
  if (!is_target_word(word)) return std::vector<std::string>{word};
  if (word == "initiator") {
    if (const Node* node = initiator_task(graph, from)) targets.push_back(node->id);
    return targets;
  }
  auto done = TRY(done_before(view, graph, id, from));
  for (const Node* node : done) {
    targets.push_back(node->id);
    if (word == "previous") break;
  }
  return targets;
}

Result<void> check_target(Machine& machine, const Node& from, const ReturnCommand& command) {
  TRY(check_comment(command.comment));
  if (trim(command.comment).empty()) {
    return refuse(ErrorCode::MissingField, "a return needs a comment", "comment");
  }
  auto targets =
      TRY(return_targets(machine.around.view, machine.graph, machine.state.row.id, from));
  if (!std::ranges::contains(targets, command.to_node)) {
    return refuse(ErrorCode::BadField, "'" + command.to_node + "' is no return target here",
                  "to_node");
  }
  return {};
}

Json task_json(const WayBack& way, const std::string& node) {
  return Json::object(
      {{"outcome", way.outcome}, {"comment", way.comment}, {"by", way.by.text()}, {"node", node}});
}

// The token alone makes the detour; nothing else of the case changes.
Result<void> begin_detour(Machine& machine, Token& token, const WayBack& way) {
  Visit visit = TRY(visit_of(token));
  TRY(supersede_own(machine, way.to));
  std::string from = token.node;
  Json back = Json::object({{"node", from}, {"person", way.by.text()}, {"then", visit.back}});
  machine.close_token_work(token, "task.cancelled");
  token.vars.set("task", task_json(way, from));
  token.node = way.to;
  token.pending = Json::object({{"back", std::move(back)}});
  machine.schedule(token, Token::Phase::Enter);
  return {};
}

Result<void> leave_for(Machine& machine, const Place& place, const Node& target, Json vars,
                       const Json& wanted) {
  TRY(mark_superseded(machine, target));
  for (Token& inside : machine.state.tokens) {
    if (inside.is_gone || !is_inside(machine, inside, place)) continue;
    machine.close_token_work(inside, "task.cancelled");
    machine.consume(inside);
  }
  Token& again = machine.add_token(place.activation, target.id);
  again.vars = std::move(vars);
  if (!wanted.is_null()) again.pending = Json::object({{"wanted", wanted}});
  machine.schedule(again, Token::Phase::Enter);
  return {};
}

}  // namespace

Result<std::vector<std::string>> return_targets(store::View& view, const Graph& graph, CaseId id,
                                                const Node& from) {
  std::vector<std::string> all;
  for (const std::string& word : from.user->return_targets) {
    auto targets = TRY(targets_of_word(view, graph, id, from, word));
    for (std::string& target : targets) {
      if (!std::ranges::contains(all, target)) all.push_back(std::move(target));
    }
  }
  return all;
}

void jump_back(Machine& machine, Token& token, const Json& back) {
  token.node = back.text_or("node", "");
  token.pending = Json::object({{"wanted", back["person"]}, {"back", back["then"]}});
  machine.schedule(token, Token::Phase::Enter);
}

Result<void> send_back(Machine& machine, Token& token, const WayBack& way) {
  const Node& from = machine.node_of(token);
  const Node* target = machine.graph.find(way.to);
  if (!target) return refuse(ErrorCode::BadModel, "the return target is gone");
  // Coming straight back into a block would find its other branches gone.
  bool jumps = way.may_jump && from.user->jumps_back && from.scope == target->scope;
  if (jumps) return begin_detour(machine, token, way);
  std::optional<Place> place = target_place(machine, token, *target);
  if (!place) return refuse(ErrorCode::WrongState, "the target lies in another branch");
  Json vars = token.vars;
  vars.set("task", task_json(way, from.id));
  return leave_for(machine, *place, *target, std::move(vars), Json());
}

Result<void> begin_again(Machine& machine, const Uuid& activation, const Node& node, Json vars,
                         PersonId wanted) {
  if (!machine.state.activation(activation)) {
    return refuse(ErrorCode::WrongState, "the block that it lies in has ended");
  }
  return leave_for(machine, {activation, node.scope}, node, std::move(vars), wanted.text());
}

Result<Step> return_to(const Around& around, const access::Subject& by,
                       const ReturnCommand& command) {
  CaseId id = TRY(case_of_task(around.view, command.task));
  Machine machine = TRY(open_case(around, id, command.record, around.actor));
  TaskRow* task = machine.state.task(command.task);
  TRY(check_may_decide(machine, by, task));
  Token* token = machine.state.token(task->token);
  if (!token) return refuse(ErrorCode::WrongState, "the task's token is gone");
  // Whoever returns a task of a called process names the target as that process does.
  ReturnCommand back = command;
  back.to_node = path_of(token->node).path + command.to_node;
  TRY(check_target(machine, machine.node_of(*token), back));
  note_stand_in(machine, *task, by);
  HistoryRow& row = machine.note("task.return", task->node);
  row.task = task->id.text();
  row.comment = command.comment;
  row.detail = Json::object({{"to", command.to_node}});
  TRY(send_back(machine, *token,
                {.to = back.to_node,
                 .outcome = "return",
                 .comment = command.comment,
                 .by = by.person,
                 .may_jump = true}));
  machine.run();
  return machine.finish(
      "task.return",
      Json::object({{"case", id.text()}, {"node", task->node}, {"to", command.to_node}}));
}

}  // namespace anlan::flow
