#include <algorithm>

#include "flow/machine.h"

namespace anlan::flow {

namespace {

// The token that waits at the join for this way in, if any.
Token* arrived(Machine& machine, const Token& of, const std::string& edge) {
  for (Token& token : machine.state.tokens) {
    bool is_here = !token.is_gone && token.node == of.node && token.activation == of.activation;
    if (is_here && token.state == state::kJoining && token.edge == edge) return &token;
  }
  return nullptr;
}

// The block is over: tokens of side ways that still live go on in the scope around it.
void end_activation(Machine& machine, Token& token, const Node& join) {
  std::size_t block = machine.graph.block_of_join(machine.graph.by_id.at(join.id));
  if (block == kNone) return;
  Activation* ended = machine.state.activation(token.activation);
  const Node& fork = machine.graph.nodes[machine.graph.blocks[block].fork];
  if (!ended || !ended->parent || ended->fork != fork.id) return;
  Uuid parent = *ended->parent;
  for (Token& other : machine.state.tokens) {
    if (!other.is_gone && other.activation == ended->id) other.activation = parent;
  }
  for (Activation& inner : machine.state.activations) {
    if (inner.parent == ended->id) inner.parent = parent;
  }
  ended->is_gone = true;
}

}  // namespace

// BPMN 2.0.2, 13.4.2: the first flow in order whose condition holds, else the default. A condition
// that is neither true nor false decides nothing: unknown is not "no".
Result<void> enter_exclusive(Machine& machine, Token& token, const Node& node) {
  TRY(machine.apply_settings(node, token, false));
  std::size_t chosen = kNone;
  for (std::size_t i : node.out) {
    const Edge& edge = machine.graph.edges[i];
    bool is_free = edge.condition.is_empty() && node.out.size() == 1;
    if (i == node.default_edge || chosen != kNone) continue;
    rules::Value holds = true;
    if (!is_free) holds = TRY(machine.evaluate(edge.condition, token));
    if (!holds.as_bool()) {
      return refuse(ErrorCode::BadExpression,
                    "the condition of '" + edge.id + "' is neither true nor false");
    }
    if (holds.is_true()) chosen = i;
  }
  if (chosen == kNone) chosen = node.default_edge;
  if (chosen == kNone) {
    return refuse(ErrorCode::BadModel, "no condition of '" + node.id + "' holds");
  }
  TRY(machine.apply_settings(node, token, true));
  machine.move(token, chosen);
  return {};
}

Result<std::vector<std::size_t>> ways_open(Machine& machine, const Token& token, const Node& node) {
  std::vector<std::size_t> open;
  for (std::size_t i : node.out) {
    if (i == node.default_edge) continue;
    const Edge& edge = machine.graph.edges[i];
    rules::Value holds = TRY(machine.evaluate(edge.condition, token));
    if (!holds.as_bool()) {
      return refuse(ErrorCode::BadExpression,
                    "the condition of '" + edge.id + "' is neither true nor false");
    }
    if (holds.is_true()) open.push_back(i);
  }
  if (open.empty() && node.default_edge != kNone) open.push_back(node.default_edge);
  if (open.empty()) return refuse(ErrorCode::BadModel, "no condition of '" + node.id + "' holds");
  return open;
}

namespace {

// Of an inclusive block only the ways in from branches that were taken: BPMN 2.0.2, 13.4.3.
std::vector<std::size_t> ways_awaited(Machine& machine, const Token& token, const Node& join) {
  const Graph& graph = machine.graph;
  const Activation* activation = machine.state.activation(token.activation);
  if (!activation || activation->branches.is_null()) return join.in;
  std::vector<std::size_t> awaited;
  for (std::size_t edge : join.in) {
    for (const Json& branch : activation->branches.as_array()) {
      std::size_t taken = graph.edge_by_id.find(branch.as_text())->second;
      bool is_its = graph.is_scope_within(graph.edges[edge].scope, graph.edges[taken].scope);
      if (is_its) awaited.push_back(edge);
    }
  }
  return awaited;
}

}  // namespace

// BPMN 2.0.2, 13.4.1: fires when a token is there on every way in, and takes exactly one of each;
// only tokens of the same activation count.
Result<void> enter_join(Machine& machine, Token& token, const Node& node) {
  if (!is_join(node)) return enter_plain(machine, token, node);
  token.state = state::kJoining;
  std::vector<Token*> complete;
  for (std::size_t edge : ways_awaited(machine, token, node)) {
    Token* there = arrived(machine, token, machine.graph.edges[edge].id);
    if (!there) return {};
    complete.push_back(there);
  }
  // The one that came last carries its variables on.
  bool is_among = std::ranges::contains(complete, &token);
  Token& on = is_among ? token : *complete.back();
  for (Token* other : complete) {
    if (other != &on) machine.consume(*other);
  }
  end_activation(machine, on, node);
  machine.schedule(on, Token::Phase::Leave);
  return {};
}

}  // namespace anlan::flow
