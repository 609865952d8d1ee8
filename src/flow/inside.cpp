#include "flow/inside.h"

#include <algorithm>

#include "core/check.h"
#include "flow/read_parts.h"
#include "flow/throws.h"
#include "flow/timers.h"

namespace anlan::flow {

namespace {

// For formulas that no token evaluates: it stands in an activation, and is never kept.
Token eye_in(const Activation& activation) {
  return {.id = activation.id, .activation = activation.id};
}

// token.pending of a host: {"total", "done", "begun", "items"}; items of null are just counted.
int64_t count_of(const Token& host, const char* name) { return host.pending.int_or(name, 0); }

Result<void> begin_instance(Machine& machine, Token& host, const Node& node) {
  int64_t index = count_of(host, "begun");
  host.pending.set("begun", index + 1);
  Activation made{
      .id = machine.around.ids.next(), .parent = host.activation, .fork = node.id, .host = host.id};
  bool has_item = node.repeated && !node.repeated->element.empty();
  if (has_item) {
    const Json& items = host.pending["items"];
    Json item = items.is_array() ? items.as_array()[static_cast<std::size_t>(index)] : Json();
    made.vars = Json::object({{node.repeated->element, std::move(item)}});
  }
  machine.state.activations.push_back(std::move(made));
  Activation& activation = machine.state.activations.back();
  if (node.calls && node.calls->is_isolated) {
    Json inputs = Json::object();
    for (const Setting& input : node.calls->inputs) {
      rules::Value value = TRY(machine.evaluate(input.value, eye_in(activation)));
      inputs.set(input.name, rules::json_from_value(value));
    }
    activation.vars = std::move(inputs);
    activation.is_isolated = true;
  }
  Token& inner = machine.add_token(activation.id, machine.graph.nodes[node.begin].id);
  inner.vars = host.vars;
  inner.vars.remove("loop");
  inner.vars.remove("held");
  if (node.repeated) inner.vars.set("loopCounter", index + 1);
  machine.schedule(inner, Token::Phase::Enter);
  return {};
}

Result<void> begin(Machine& machine, Token& host, const Node& node) {
  bool is_one = node.repeated && node.repeated->is_sequential;
  int64_t count = is_one ? 1 : count_of(host, "total");
  for (int64_t i = 0; i < count; ++i) TRY(begin_instance(machine, host, node));
  return {};
}

void go_on(Machine& machine, Token& host) {
  machine.close_token_work(host, "task.cancelled");
  machine.schedule(host, Token::Phase::Leave);
}

Result<void> pass_out(Machine& machine, const Activation& activation, const Token& host,
                      const Node& node) {
  if (!node.calls) return {};
  std::vector<std::pair<std::string, Json>> made;
  for (const Setting& output : node.calls->outputs) {
    rules::Value value = TRY(machine.evaluate(output.value, eye_in(activation)));
    made.emplace_back(output.name, rules::json_from_value(value));
  }
  for (auto& [name, value] : made) TRY(machine.set_var(host, name, std::move(value)));
  return {};
}

Result<void> end_instance(Machine& machine, Activation& activation, Token& host) {
  const Node& node = machine.node_of(host);
  TRY(pass_out(machine, activation, host, node));
  activation.is_gone = true;
  machine.drop_timers(activation.id);
  int64_t done = count_of(host, "done") + 1;
  int64_t total = count_of(host, "total");
  host.pending.set("done", done);
  bool is_enough = done >= total;
  if (!is_enough && node.repeated) {
    is_enough = TRY(completes(machine, host, node, {total, done, count_of(host, "begun") - done}));
  }
  if (is_enough) {
    go_on(machine, host);
    return {};
  }
  if (node.repeated && node.repeated->is_sequential) return begin_instance(machine, host, node);
  return {};
}

bool is_empty(Machine& machine, const Activation& activation) {
  return std::ranges::none_of(machine.state.tokens, [&](const Token& token) {
    return !token.is_gone && is_inside(machine.state, token.activation, activation.id);
  });
}

}  // namespace

bool is_hosting(const CaseState& state, const Token& token) {
  return std::ranges::any_of(state.activations, [&](const Activation& activation) {
    return !activation.is_gone && activation.host == token.id;
  });
}

bool is_inside(CaseState& state, const Uuid& inner, const Uuid& outer) {
  std::optional<Uuid> at = inner;
  while (at && *at != outer) {
    const Activation* activation = state.activation(*at);
    at = activation ? activation->parent : std::nullopt;
  }
  return at.has_value();
}

Activation* container_of(Machine& machine, const Uuid& activation) {
  Activation* at = machine.state.activation(activation);
  while (at && at->parent) {
    const Node* fork = machine.graph.find(at->fork);
    if (!fork || !is_gateway(fork->kind)) break;
    at = machine.state.activation(*at->parent);
  }
  return at;
}

std::size_t container_node(const Graph& graph, const Activation& activation) {
  auto found = graph.by_id.find(activation.fork);
  return found == graph.by_id.end() ? kNone : found->second;
}

void cancel_inside(Machine& machine, const Uuid& activation, std::string_view act) {
  for (Token& token : machine.state.tokens) {
    if (token.is_gone || !is_inside(machine.state, token.activation, activation)) continue;
    machine.close_token_work(token, act);
    machine.consume(token);
  }
  for (Activation& inner : machine.state.activations) {
    bool is_within = !inner.is_gone && is_inside(machine.state, inner.id, activation);
    if (is_within && inner.id != activation) machine.drop_timers(inner.id);
  }
}

void cancel_hosted(Machine& machine, const Token& host, std::string_view act) {
  for (Activation& activation : machine.state.activations) {
    if (activation.is_gone || activation.host != host.id) continue;
    cancel_inside(machine, activation.id, act);
    machine.drop_timers(activation.id);
    activation.is_gone = true;
  }
}

bool end_inside(Machine& machine) {
  for (Activation& activation : machine.state.activations) {
    if (activation.is_gone || !activation.host || !is_empty(machine, activation)) continue;
    Token* host = machine.state.token(*activation.host);
    CHECK(host, "a host stays until what it holds is over");
    if (host->state != state::kWaiting) continue;
    auto done = end_instance(machine, activation, *host);
    if (!done && !catch_fault(machine, *host, done.error())) {
      machine.raise_incident(*host, done.error());
    }
    return true;
  }
  return false;
}

// BPMN 2.0.2, 13.3.7: how many there are, how many are over, how many run.
Result<bool> completes(Machine& machine, const Token& token, const Node& node,
                       const Instances& count) {
  if (node.repeated->completion.is_empty()) return false;
  std::vector<ExtraName> names = {{"nrOfInstances", rules::Decimal(count.total)},
                                  {"nrOfCompletedInstances", rules::Decimal(count.done)},
                                  {"nrOfActiveInstances", rules::Decimal(count.active)}};
  rules::Value enough = TRY(machine.evaluate_with(node.repeated->completion, token, names));
  if (enough.as_bool()) return enough.is_true();
  return refuse(ErrorCode::BadExpression,
                "the completion condition of '" + node.id + "' is neither true nor false");
}

Result<Json> instance_items(Machine& machine, const Token& token, const Node& node) {
  Json items = Json::array();
  if (!node.repeated) return items.push(Json());
  const Repeated& repeated = *node.repeated;
  int64_t count = -1;
  if (!repeated.cardinality.is_empty()) {
    rules::Value value = TRY(machine.evaluate(repeated.cardinality, token));
    auto whole = value.as_number() ? value.as_number()->to_int64() : std::nullopt;
    count = whole.value_or(-1);
    for (int64_t i = 0; i < std::min(count, kInstancesMax); ++i) items.push(Json());
  } else {
    Json list = rules::json_from_value(TRY(machine.evaluate(repeated.collection, token)));
    if (list.is_null()) list = Json::array();
    if (list.is_array()) {
      count = static_cast<int64_t>(list.as_array().size());
      items = std::move(list);
    }
  }
  if (count > kInstancesMax) {
    return refuse(ErrorCode::LimitReached, "'" + node.id + "' has more than " +
                                               std::to_string(kInstancesMax) + " instances");
  }
  if (count >= 0) return items;
  return refuse(ErrorCode::BadExpression, "'" + node.id + "' has no list and no number to repeat");
}

Result<void> enter_inside(Machine& machine, Token& token, const Node& node) {
  TRY(machine.apply_settings(node, token, false));
  Json items = TRY(instance_items(machine, token, node));
  auto total = static_cast<int64_t>(items.as_array().size());
  if (total == 0) {
    machine.schedule(token, Token::Phase::Leave);
    return {};
  }
  std::vector<TimerRow> timers = TRY(plan_timers(machine, token, node));
  token.visit = ++machine.state.row.seq;
  token.pending = Json::object({{"total", total}, {"done", 0}, {"begun", 0}});
  bool has_items = node.repeated && !node.repeated->element.empty();
  if (has_items) token.pending.set("items", std::move(items));
  token.state = state::kWaiting;
  auto begun = begin(machine, token, node);
  if (!begun) {
    cancel_hosted(machine, token, "task.cancelled");
    return begun;
  }
  for (TimerRow& timer : timers) machine.state.timers.push_back(std::move(timer));
  return {};
}

Result<void> plan_event_subs(Machine& machine, const Activation& activation) {
  std::size_t container = container_node(machine.graph, activation);
  for (std::size_t at : machine.graph.event_subs_in(container)) {
    const Node& begin = machine.graph.nodes[machine.graph.nodes[at].begin];
    if (!begin.timer) continue;
    for (TimerRow& timer : TRY(plan_timers(machine, eye_in(activation), begin))) {
      machine.state.timers.push_back(std::move(timer));
    }
  }
  return {};
}

std::vector<std::size_t> event_subs_open(Machine& machine, const Activation& activation) {
  std::size_t container = container_node(machine.graph, activation);
  bool is_block = container != kNone && is_gateway(machine.graph.nodes[container].kind);
  if (is_block) return {};
  for (const Activation& inner : machine.state.activations) {
    if (inner.is_gone || inner.parent != activation.id || inner.host) continue;
    const Node* started = machine.graph.find(inner.fork);
    bool is_event_sub = started && started->kind == NodeKind::EventSub;
    if (is_event_sub && machine.graph.nodes[started->begin].is_interrupting) return {};
  }
  return machine.graph.event_subs_in(container);
}

void start_event_sub(Machine& machine, const Uuid& around, const Node& event_sub,
                     const Started& started) {
  const Node& begin = machine.graph.nodes[event_sub.begin];
  if (begin.is_interrupting) {
    cancel_inside(machine, around, "task.interrupted");
    machine.drop_timers(around);
  }
  Activation made{.id = machine.around.ids.next(), .parent = around, .fork = event_sub.id};
  Token& token = machine.add_token(made.id, begin.id);
  token.vars.set(started.name, started.data);
  machine.state.activations.push_back(std::move(made));
  machine.schedule(token, Token::Phase::Enter);
}

// BPMN 2.0.2, 10.5.6.
void happen_at_border(Machine& machine, Token& host, const Node& event, const Started& started,
                      std::string_view act) {
  if (!event.is_interrupting) {
    Token& made = machine.add_token(host.activation, event.id);
    made.vars = host.vars;
    made.vars.set(started.name, started.data);
    machine.schedule(made, Token::Phase::Enter);
    return;
  }
  machine.close_token_work(host, act);
  host.vars.set(started.name, started.data);
  host.node = event.id;
  machine.schedule(host, Token::Phase::Enter);
}

}  // namespace anlan::flow
