// Which element does what; the simple ones.

#include "flow/machine.h"

namespace anlan::flow {

namespace {

ElementStep step_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::Start:
    case NodeKind::Script:
    case NodeKind::Boundary: return enter_plain;
    case NodeKind::End: return enter_end;
    case NodeKind::Terminate: return enter_terminate;
    case NodeKind::User: return enter_user;
    case NodeKind::Service: return enter_service;
    case NodeKind::Rule: return enter_rule;
    case NodeKind::Exclusive: return enter_exclusive;
    case NodeKind::Parallel: return enter_parallel;
    case NodeKind::Events: return enter_events;
    case NodeKind::Catch: return enter_catch;
  }
  return enter_plain;
}

// BPMN 2.0.2, 13.4.1: one token on each way out; the fork of a block begins an activation.
void split(Machine& machine, Token& token, const Node& node) {
  if (node.out.size() == 1) {
    machine.move(token, node.out[0]);
    return;
  }
  Uuid activation = token.activation;
  bool is_block = machine.graph.block_of_fork(machine.graph.by_id.at(node.id)) != kNone;
  if (is_block) {
    activation = machine.around.ids.next();
    machine.state.activations.push_back(
        {.id = activation, .parent = token.activation, .fork = node.id});
  }
  machine.consume(token);
  for (std::size_t edge : node.out) {
    Token& made = machine.add_token(activation, node.id);
    made.vars = token.vars;
    machine.move(made, edge);
  }
}

}  // namespace

Result<void> enter_element(Machine& machine, Token& token) {
  const Node& node = machine.node_of(token);
  return step_of(node.kind)(machine, token, node);
}

Result<void> leave_element(Machine& machine, Token& token) {
  const Node& node = machine.node_of(token);
  // A join is entered by many tokens and fires once: its settings count when it fires.
  bool is_join = node.kind == NodeKind::Parallel && node.in.size() > 1;
  if (is_join) TRY(machine.apply_settings(node, token, false));
  // An event behind an event-based gateway is entered when it has happened.
  if (const Node* events = machine.graph.events_before(node)) {
    TRY(machine.apply_settings(*events, token, true));
    TRY(machine.apply_settings(node, token, false));
  }
  TRY(machine.apply_settings(node, token, true));
  machine.drop_timers(token);
  token.pending = Json();
  if (node.kind == NodeKind::Parallel) {
    split(machine, token, node);
  } else {
    machine.move(token, node.out[0]);
  }
  return {};
}

Result<void> enter_plain(Machine& machine, Token& token, const Node& node) {
  TRY(machine.apply_settings(node, token, false));
  machine.schedule(token, Token::Phase::Leave);
  return {};
}

Result<void> enter_end(Machine& machine, Token& token, const Node& node) {
  TRY(machine.apply_settings(node, token, false));
  TRY(machine.apply_settings(node, token, true));
  machine.consume(token);
  return {};
}

// BPMN 2.0.2, 10.5.3 (terminate): everything of the process stops.
Result<void> enter_terminate(Machine& machine, Token& token, const Node& node) {
  TRY(enter_end(machine, token, node));
  for (Token& other : machine.state.tokens) {
    if (other.is_gone) continue;
    machine.close_token_work(other, "task.cancelled");
    machine.consume(other);
  }
  return {};
}

}  // namespace anlan::flow
