// Message events (BPMN 2.0.2, 10.5.4 and 10.5.5.4): what a case is told from outside. Who listens
// follows from where its tokens stand, so there is no table of listeners.

#include "core/limits.h"
#include "flow/check.h"
#include "flow/machine.h"
#include "flow/timers.h"

namespace anlan::flow {

namespace {

Json taken_json(const MessageCommand& command) {
  return Json::object({{"name", command.name}, {"data", command.data}});
}

void leave_catch(Machine& machine, Token& token, const Node& event, const MessageCommand& command) {
  machine.note("message.take", event.id).detail = taken_json(command);
  token.vars.set("message", command.data);
  take_event(machine, token, event);
}

const Node* event_of(const Graph& graph, const Node& events, std::string_view name) {
  if (events.kind != NodeKind::Events) return nullptr;
  for (std::size_t edge : events.out) {
    const Node& event = graph.nodes[graph.edges[edge].to];
    if (event.message == name) return &event;
  }
  return nullptr;
}

// BPMN 2.0.2, 10.5.6: an interrupting boundary event ends its activity, the other kind starts a
// way beside it.
void take_at_boundary(Machine& machine, Token& host, const Node& event,
                      const MessageCommand& command) {
  machine.note("message.take", event.id).detail = taken_json(command);
  if (!event.is_interrupting) {
    Token& made = machine.add_token(host.activation, event.id);
    made.vars = host.vars;
    made.vars.set("message", command.data);
    machine.schedule(made, Token::Phase::Enter);
    return;
  }
  machine.close_token_work(host, "task.interrupted");
  host.vars.set("message", command.data);
  host.node = event.id;
  machine.schedule(host, Token::Phase::Enter);
}

// A task that could not be opened listens all the same: a permit that is stuck must still be
// suspended; so does an event-based gateway. A catch event that is stuck has taken its message or
// has never begun to wait.
bool takes(Machine& machine, Token& token, const MessageCommand& command) {
  const Node& node = machine.node_of(token);
  bool is_waiting = token.state == state::kWaiting;
  bool is_catching = is_waiting && node.kind == NodeKind::Catch && node.message == command.name;
  if (is_catching) {
    leave_catch(machine, token, node, command);
    return true;
  }
  bool listens = is_waiting || token.state == state::kIncident;
  const Node* awaited = listens ? event_of(machine.graph, node, command.name) : nullptr;
  if (awaited) {
    leave_catch(machine, token, *awaited, command);
    return true;
  }
  bool is_at_task = node.kind == NodeKind::User && listens;
  if (!is_at_task) return false;
  for (std::size_t boundary : node.boundaries) {
    const Node& event = machine.graph.nodes[boundary];
    if (event.message != command.name) continue;
    take_at_boundary(machine, token, event, command);
    return true;
  }
  return false;
}

Result<void> check_message(const MessageCommand& command) {
  if (command.name.empty()) return refuse(ErrorCode::MissingField, "no message", "name");
  // What is stored must be readable again: size and depth are checked on the way in.
  auto readable = parse_json(write_json(command.data), limits::kObjectBytesMax);
  if (readable) return {};
  return refuse(ErrorCode::TooLarge, "the data of a message is too large", "data");
}

}  // namespace

Result<Step> message(const Around& around, const MessageCommand& command) {
  TRY(check_message(command));
  Machine machine = TRY(open_case(around, command.case_id, command.record, around.actor));
  bool is_taken = false;
  std::size_t tokens_before = machine.state.tokens.size();
  for (std::size_t i = 0; i < tokens_before; ++i) {
    Token& token = machine.state.tokens[i];
    if (!token.is_gone && takes(machine, token, command)) is_taken = true;
  }
  if (!is_taken) {
    return refuse(ErrorCode::WrongState, "nobody listens to the message '" + command.name + "'");
  }
  machine.run();
  return machine.finish("message.take", Json::object({{"case", command.case_id.text()},
                                                      {"name", command.name},
                                                      {"data", command.data}}));
}

}  // namespace anlan::flow
