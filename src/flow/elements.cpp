// Which element does what; the simple ones.

#include "flow/inside.h"
#include "flow/throws.h"

namespace anlan::flow {

namespace {

Result<void> enter_start(Machine& machine, Token& token, const Node& node) {
  const Activation* activation = machine.state.activation(token.activation);
  if (activation) TRY(plan_event_subs(machine, *activation));
  return enter_plain(machine, token, node);
}

ElementStep step_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::Start: return enter_start;
    case NodeKind::Script:
    case NodeKind::Manual:
    case NodeKind::Boundary: return enter_plain;
    case NodeKind::End: return enter_end;
    case NodeKind::Terminate: return enter_terminate;
    case NodeKind::User: return enter_user;
    case NodeKind::Service:
    case NodeKind::Send: return enter_service;
    case NodeKind::Rule: return enter_rule;
    case NodeKind::Exclusive: return enter_exclusive;
    case NodeKind::Inclusive:
    case NodeKind::Parallel: return enter_join;
    case NodeKind::Events: return enter_events;
    case NodeKind::Receive:
    case NodeKind::Catch: return enter_catch;
    case NodeKind::Throw: return enter_throw;
    case NodeKind::Sub:
    case NodeKind::Call: return enter_inside;
    case NodeKind::EventSub: break;
  }
  return enter_plain;
}

// BPMN 2.0.2, 13.4.1 and 13.4.3: one token on each way out, of an inclusive gateway on each whose
// condition holds; the fork of a block begins an activation.
Result<void> split(Machine& machine, Token& token, const Node& node) {
  if (node.out.size() == 1) {
    machine.move(token, node.out[0]);
    return {};
  }
  bool is_inclusive = node.kind == NodeKind::Inclusive;
  std::vector<std::size_t> ways = node.out;
  if (is_inclusive) ways = TRY(ways_open(machine, token, node));
  Uuid activation = token.activation;
  if (machine.graph.block_of_fork(machine.graph.by_id.at(node.id)) != kNone) {
    activation = machine.around.ids.next();
    Activation made{.id = activation, .parent = token.activation, .fork = node.id};
    if (is_inclusive) {
      made.branches = Json::array();
      for (std::size_t edge : ways) made.branches.push(machine.graph.edges[edge].id);
    }
    machine.state.activations.push_back(std::move(made));
  }
  machine.consume(token);
  for (std::size_t edge : ways) {
    Token& made = machine.add_token(activation, node.id);
    made.vars = token.vars;
    machine.move(made, edge);
  }
  return {};
}

// token.vars.loop: {"node", "count"}: rounds that are over.
int64_t rounds_of(const Token& token, const Node& node) {
  const Json& loop = token.vars["loop"];
  bool is_this = loop.is_object() && loop["node"] == Json(node.id);
  return is_this ? loop.int_or("count", 0) : 0;
}

Result<bool> goes_round(Machine& machine, const Token& token, const Node& node, int64_t rounds) {
  const Looping& loop = *node.loop;
  if (loop.times_max > 0 && rounds >= loop.times_max) return false;
  if (loop.condition.is_empty()) return true;
  rules::Value again = TRY(machine.evaluate(loop.condition, token));
  if (again.as_bool()) return again.is_true();
  return refuse(ErrorCode::BadExpression,
                "the loop condition of '" + node.id + "' is neither true nor false");
}

}  // namespace

// BPMN 2.0.2, 10.3.8 (standard loop): the condition is asked before the first round or after each.
Result<void> enter_element(Machine& machine, Token& token) {
  const Node& node = machine.node_of(token);
  if (node.loop) {
    int64_t rounds = rounds_of(token, node);
    token.vars.set("loop", Json::object({{"node", node.id}, {"count", rounds}}));
    token.vars.set("loopCounter", rounds + 1);
    bool is_skipped =
        node.loop->tests_before && rounds == 0 && !TRY(goes_round(machine, token, node, 0));
    if (is_skipped) {
      machine.move(token, node.out[0]);
      return {};
    }
  }
  return step_of(node.kind)(machine, token, node);
}

Result<void> leave_element(Machine& machine, Token& token) {
  const Node& node = machine.node_of(token);
  // A join is entered by many tokens and fires once: its settings count when it fires.
  if (is_join(node)) TRY(machine.apply_settings(node, token, false));
  // An event behind an event-based gateway is entered when it has happened.
  if (const Node* events = machine.graph.events_before(node)) {
    TRY(machine.apply_settings(*events, token, true));
    TRY(machine.apply_settings(node, token, false));
  }
  TRY(machine.apply_settings(node, token, true));
  machine.drop_timers(token.id);
  token.pending = Json();
  if (node.loop) {
    int64_t rounds = rounds_of(token, node) + 1;
    if (TRY(goes_round(machine, token, node, rounds))) {
      token.vars.set("loop", Json::object({{"node", node.id}, {"count", rounds}}));
      machine.schedule(token, Token::Phase::Enter);
      return {};
    }
  }
  bool splits = node.kind == NodeKind::Parallel || node.kind == NodeKind::Inclusive;
  if (splits) return split(machine, token, node);
  machine.move(token, node.out[0]);
  return {};
}

Result<void> enter_plain(Machine& machine, Token& token, const Node& node) {
  TRY(machine.apply_settings(node, token, false));
  machine.schedule(token, Token::Phase::Leave);
  return {};
}

namespace {

Result<void> throw_event(Machine& machine, Token& token, const Node& node) {
  Json data = rules::json_from_value(TRY(machine.evaluate_or_null(node.data, token)));
  if (!node.letters.empty()) TRY(carry_out_acts(machine, token, node));
  TRY(machine.apply_settings(node, token, false));
  TRY(machine.apply_settings(node, token, true));
  if (!node.signal.empty()) {
    machine.note("signal.throw", node.id).detail =
        Json::object({{"name", node.signal}, {"data", data}});
    machine.signals.push_back({.name = node.signal, .data = data});
    take_everywhere(machine, {.is_signal = true, .name = node.signal, .data = data});
  }
  if (node.escalation) throw_escalation(machine, token, {.code = *node.escalation, .detail = data});
  if (node.error) throw_error(machine, token, {.code = *node.error, .detail = std::move(data)});
  return {};
}

}  // namespace

Result<void> enter_end(Machine& machine, Token& token, const Node& node) {
  TRY(throw_event(machine, token, node));
  machine.consume(token);
  return {};
}

// Whoever catches an escalation may have ended what it came from.
Result<void> enter_throw(Machine& machine, Token& token, const Node& node) {
  TRY(throw_event(machine, token, node));
  if (!token.is_gone) machine.move(token, node.out[0]);
  return {};
}

// BPMN 2.0.2, 10.5.3 (terminate): everything of the process or sub-process around stops.
Result<void> enter_terminate(Machine& machine, Token& token, const Node& node) {
  TRY(enter_end(machine, token, node));
  const Activation* around = container_of(machine, token.activation);
  if (around) cancel_inside(machine, around->id, "task.cancelled");
  return {};
}

}  // namespace anlan::flow
