// A running case on another version of its flow. Nothing is guessed: what stands nowhere in the new
// version, or elsewhere, is refused by name and the case stays as it was.

#include "core/text.h"
#include "flow/check.h"
#include "flow/link.h"
#include "flow/machine.h"

namespace anlan::flow {

namespace {

// From the old graph to the new one.
struct Move {
  const Graph& from;
  const Graph& to;
  const Json& mapping;

  std::string name(const std::string& id) const {
    return mapping.is_object() ? mapping.text_or(id, id) : id;
  }
};

Error fault(std::string text, const std::string& node) {
  return {.code = ErrorCode::BadModel, .detail = std::move(text), .field = node};
}

std::string branch_of(const Graph& graph, std::size_t scope, const std::string& fork) {
  const Block& block = graph.blocks[graph.scopes[scope].block];
  return fork + "#" + std::to_string(scope - block.first_scope);
}

// The branches and sub-processes around a node, from inside outwards, as the new version calls
// them.
std::vector<std::string> surroundings(const Graph& graph, const Node& node, const Move* move) {
  auto name = [&](const std::string& id) { return move ? move->name(id) : id; };
  std::vector<std::string> around;
  for (std::size_t at = node.container; at != kNone; at = graph.nodes[at].container) {
    around.push_back(name(graph.nodes[at].id));
  }
  for (std::size_t scope = node.scope; scope != kNone; scope = graph.scopes[scope].parent) {
    std::size_t block = graph.scopes[scope].block;
    if (block == kNone) continue;
    around.push_back(branch_of(graph, scope, name(graph.nodes[graph.blocks[block].fork].id)));
  }
  return around;
}

// The same node in the new version, of the same kind and in the same surroundings.
Result<std::string> place_of(const Move& move, const std::string& id) {
  const Node* before = move.from.find(id);
  std::string name = move.name(id);
  const Node* after = move.to.find(name);
  if (!before || !after) {
    return std::unexpected(fault("the new version has no '" + name + "'", id));
  }
  if (before->kind != after->kind) {
    return std::unexpected(fault("'" + name + "' is something else in the new version", id));
  }
  if (surroundings(move.from, *before, &move) != surroundings(move.to, *after, nullptr)) {
    return std::unexpected(
        fault("'" + name + "' stands in another branch or sub-process of the new version", id));
  }
  return name;
}

// What waits at a join is counted by the way it came.
Result<void> move_token(const Move& move, Token& token) {
  std::string before = token.node;
  token.node = TRY(place_of(move, before));
  if (token.state != state::kJoining) return {};
  auto edge = move.to.edge_by_id.find(token.edge);
  bool leads_there = edge != move.to.edge_by_id.end() &&
                     move.to.nodes[move.to.edges[edge->second].to].id == token.node;
  if (leads_there) return {};
  return std::unexpected(fault(
      "the way '" + token.edge + "' to '" + token.node + "' is not in the new version", before));
}

Result<void> move_activation(const Move& move, Activation& activation) {
  if (activation.fork.empty()) return {};
  std::string before = activation.fork;
  activation.fork = TRY(place_of(move, before));
  if (activation.branches.is_null()) return {};
  for (const Json& branch : activation.branches.as_array()) {
    if (move.to.edge_by_id.contains(branch.as_text())) continue;
    return std::unexpected(
        fault("the way '" + branch.as_text() + "' is not there any more", before));
  }
  return {};
}

Result<void> move_timer(const Move& move, TimerRow& timer) {
  std::string before = timer.node;
  timer.node = TRY(place_of(move, before));
  const Node& node = *move.to.find(timer.node);
  const Node& old = *move.from.find(before);
  bool same_host = (node.host == kNone) == (old.host == kNone) &&
                   (node.host == kNone ||
                    move.name(move.from.nodes[old.host].id) == move.to.nodes[node.host].id);
  if (node.timer && same_host) return {};
  return std::unexpected(fault("the clock '" + timer.node + "' is not there any more", before));
}

Result<void> move_all(const Move& move, CaseState& state) {
  for (Activation& activation : state.activations) TRY(move_activation(move, activation));
  for (Token& token : state.tokens) TRY(move_token(move, token));
  for (TimerRow& timer : state.timers) TRY(move_timer(move, timer));
  for (TaskRow& task : state.tasks) {
    if (task.is_open()) task.node = TRY(place_of(move, task.node));
  }
  return {};
}

}  // namespace

Result<Step> migrate_case(const Around& around, const MigrateCommand& command) {
  TRY(check_comment(command.comment));
  if (trim(command.comment).empty()) {
    return refuse(ErrorCode::MissingField, "a migration needs a comment", "comment");
  }
  Machine before = TRY(open_case(around, command.case_id, command.record, around.actor));
  CaseState state = before.state;
  if (state.row.state == state::kEnded) return refuse(ErrorCode::WrongState, "the case is over");
  int64_t from = state.row.model_version;
  Library::Versioned next = around.library.newest(state.row.model_id);
  if (command.to_version > 0) {
    next = {around.library.model(state.row.model_id, command.to_version), command.to_version};
  }
  if (!next.model) return refuse(ErrorCode::NotFound, "no such version of the flow");
  state.row.called = TRY(pin_calls(around.library, *next.model));
  auto graph = TRY(link(around.library, *next.model, state.row.called));
  if (next.version == from) return refuse(ErrorCode::WrongState, "the case is on that version");
  TRY(move_all({before.graph, *graph, command.mapping}, state));
  state.row.model_version = next.version;
  state.row.is_moved = true;
  state.row.decisions = TRY(pin_decisions(around.library, *graph));
  Machine machine(around, std::move(graph), std::move(state), command.record, around.actor);
  Json detail = Json::object(
      {{"case", command.case_id.text()}, {"from_version", from}, {"to_version", next.version}});
  HistoryRow& row = machine.note("case.migrate", "");
  row.comment = command.comment;
  row.detail = detail;
  machine.run();
  return machine.finish("case.migrate", std::move(detail));
}

}  // namespace anlan::flow
