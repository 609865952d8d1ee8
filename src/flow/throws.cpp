#include "flow/throws.h"

#include <algorithm>

#include "flow/inside.h"
#include "flow/timers.h"

namespace anlan::flow {

namespace {

// What is thrown, and which field of an event catches it.
struct Thrown {
  bool is_error = false;
  const Fault& fault;
};

const std::optional<std::string>& caught_by(const Node& event, const Thrown& thrown) {
  return thrown.is_error ? event.error : event.escalation;
}

// An event for just this code comes before one that takes all.
const Node* catcher_among(const Graph& graph, const std::vector<std::size_t>& events,
                          const Thrown& thrown) {
  const Node* any = nullptr;
  for (std::size_t at : events) {
    const Node& event = graph.nodes[at];
    const auto& code = caught_by(event, thrown);
    if (code == thrown.fault.code) return &event;
    if (code && code->empty() && !any) any = &event;
  }
  return any;
}

Started seen(const Fault& fault) {
  Json error = fault.detail.is_object() ? fault.detail : Json::object();
  error.set("code", fault.code);
  return {.name = "error", .data = std::move(error)};
}

bool catch_inside(Machine& machine, const Activation& around, const Thrown& thrown) {
  std::vector<std::size_t> begins;
  std::vector<std::size_t> open = event_subs_open(machine, around);
  for (std::size_t at : open) begins.push_back(machine.graph.nodes[at].begin);
  const Node* begin = catcher_among(machine.graph, begins, thrown);
  if (!begin) return false;
  start_event_sub(machine, around.id, machine.graph.nodes[begin->container], seen(thrown.fault));
  return true;
}

bool catch_at_border(Machine& machine, const Activation& around, const Thrown& thrown) {
  Token* host = around.host ? machine.state.token(*around.host) : nullptr;
  if (!host) return false;
  const Node* event = catcher_among(machine.graph, machine.node_of(*host).boundaries, thrown);
  if (!event) return false;
  happen_at_border(machine, *host, *event, seen(thrown.fault), "task.interrupted");
  return true;
}

// The activation of the process itself when nobody caught it, else null.
Activation* throw_outwards(Machine& machine, const Uuid& from, const Thrown& thrown) {
  Activation* at = machine.state.activation(from);
  while (at) {
    if (catch_inside(machine, *at, thrown) || catch_at_border(machine, *at, thrown)) return nullptr;
    if (!at->parent) return at;
    at = machine.state.activation(*at->parent);
  }
  return nullptr;
}

void note_thrown(Machine& machine, std::string_view node, std::string act, const Fault& fault) {
  machine.note(std::move(act), node).detail = seen(fault).data;
}

void add_signals(const Graph& graph, std::set<std::string>& names,
                 const std::vector<std::size_t>& events) {
  for (std::size_t at : events) {
    if (!graph.nodes[at].signal.empty()) names.insert(graph.nodes[at].signal);
  }
}

// A condition that can't be evaluated, or is unknown, has not come true.
bool holds(Machine& machine, const Token& token, const Node& event) {
  if (event.condition.is_empty()) return false;
  auto value = machine.evaluate(event.condition, token);
  return value && value->is_true();
}

Started condition_seen() { return {.name = "message", .data = Json()}; }

// An event that starts a way beside happens when its condition becomes true, not while it stays so.
bool becomes_true(Machine& machine, Token& token, const Node& event) {
  bool is_true = holds(machine, token, event);
  if (event.is_interrupting) return is_true;
  Json held = Json::array();
  bool was_true = false;
  if (token.vars["held"].is_array()) {
    for (const Json& id : token.vars["held"].as_array()) {
      if (id == Json(event.id)) was_true = true;
      else held.push(id);
    }
  }
  if (is_true) held.push(event.id);
  if (is_true != was_true) token.vars.set("held", std::move(held));
  return is_true && !was_true;
}

bool take_condition(Machine& machine, Token& token) {
  const Node& node = machine.node_of(token);
  std::vector<std::size_t> awaited;
  if (node.kind == NodeKind::Catch) awaited.push_back(machine.graph.by_id.at(node.id));
  if (node.kind == NodeKind::Events) {
    for (std::size_t edge : node.out) awaited.push_back(machine.graph.edges[edge].to);
  }
  for (std::size_t at : awaited) {
    const Node& event = machine.graph.nodes[at];
    if (!holds(machine, token, event)) continue;
    machine.note("condition.true", event.id);
    take_event(machine, token, event);
    return true;
  }
  if (!is_waiting_kind(node.kind)) return false;
  for (std::size_t at : node.boundaries) {
    const Node& event = machine.graph.nodes[at];
    if (event.condition.is_empty() || !becomes_true(machine, token, event)) continue;
    machine.note("condition.true", event.id);
    happen_at_border(machine, token, event, condition_seen(), "task.interrupted");
    return true;
  }
  return false;
}

bool start_by_condition(Machine& machine, const Activation& activation) {
  Token eye{.id = activation.id, .activation = activation.id};
  std::vector<std::size_t> open = event_subs_open(machine, activation);
  for (std::size_t at : open) {
    const Node& around = machine.graph.nodes[at];
    const Node& begin = machine.graph.nodes[around.begin];
    if (!holds(machine, eye, begin)) continue;
    machine.note("condition.true", begin.id);
    start_event_sub(machine, activation.id, around, condition_seen());
    return true;
  }
  return false;
}

}  // namespace

// BPMN 2.0.2, 10.5.7 (handling events): an error is always fatal to where it happens.
void throw_error(Machine& machine, Token& token, const Fault& fault) {
  note_thrown(machine, token.node, "error.throw", fault);
  Activation* root = throw_outwards(machine, token.activation, {.is_error = true, .fault = fault});
  if (root) cancel_inside(machine, root->id, "task.cancelled");
}

void throw_escalation(Machine& machine, const Token& token, const Fault& fault) {
  note_thrown(machine, token.node, "escalation.throw", fault);
  throw_outwards(machine, token.activation, {.is_error = false, .fault = fault});
}

bool catch_outside(Machine& machine, const Token& token, const Fault& fault) {
  return !throw_outwards(machine, token.activation, {.is_error = true, .fault = fault});
}

bool catch_fault(Machine& machine, Token& token, const Error& error) {
  const Node& node = machine.node_of(token);
  if (node.boundaries.empty()) return false;
  Fault fault{.code = std::string(error_text(error.code).code),
              .detail = Json::object({{"text", error.detail}})};
  const Node* event =
      catcher_among(machine.graph, node.boundaries, {.is_error = true, .fault = fault});
  if (!event) return false;
  note_thrown(machine, node.id, "error.throw", fault);
  happen_at_border(machine, token, *event, seen(fault), "task.interrupted");
  return true;
}

std::set<std::string> signals_awaited(Machine& machine) {
  std::set<std::string> names;
  const Graph& graph = machine.graph;
  for (const Token& token : machine.state.tokens) {
    if (token.is_gone) continue;
    const Node& node = machine.node_of(token);
    if (!node.signal.empty() && node.kind == NodeKind::Catch) names.insert(node.signal);
    if (is_waiting_kind(node.kind)) add_signals(graph, names, node.boundaries);
    if (node.kind != NodeKind::Events) continue;
    for (std::size_t edge : node.out) add_signals(graph, names, {graph.edges[edge].to});
  }
  for (const Activation& activation : machine.state.activations) {
    if (activation.is_gone) continue;
    std::vector<std::size_t> open = event_subs_open(machine, activation);
    for (std::size_t at : open) add_signals(graph, names, {graph.nodes[at].begin});
  }
  return names;
}

bool take_conditions(Machine& machine) {
  for (Token& token : machine.state.tokens) {
    if (token.is_gone || token.state != state::kWaiting) continue;
    if (take_condition(machine, token)) return true;
  }
  for (const Activation& activation : machine.state.activations) {
    if (!activation.is_gone && start_by_condition(machine, activation)) return true;
  }
  return false;
}

}  // namespace anlan::flow
