// Message and signal events (BPMN 2.0.2, 10.5.4 and 10.5.5.4): what a case is told from outside.
// Who listens follows from where its tokens stand. Only signals have rows of listeners, because
// their sender knows no case.

#include "core/limits.h"
#include "flow/check.h"
#include "flow/inside.h"
#include "flow/throws.h"
#include "flow/timers.h"

namespace anlan::flow {

namespace {

bool hears(const Node& event, const Happening& happening) {
  const std::string& name = happening.is_signal ? event.signal : event.message;
  return !name.empty() && name == happening.name;
}

void note_taken(Machine& machine, const Node& event, const Happening& happening) {
  machine.note(happening.is_signal ? "signal.take" : "message.take", event.id).detail =
      Json::object({{"name", happening.name}, {"data", happening.data}});
}

void leave_catch(Machine& machine, Token& token, const Node& event, const Happening& happening) {
  note_taken(machine, event, happening);
  token.vars.set("message", happening.data);
  take_event(machine, token, event);
}

const Node* event_of(const Graph& graph, const Node& events, const Happening& happening) {
  if (events.kind != NodeKind::Events) return nullptr;
  for (std::size_t edge : events.out) {
    const Node& event = graph.nodes[graph.edges[edge].to];
    if (hears(event, happening)) return &event;
  }
  return nullptr;
}

// A task that could not be opened listens all the same: a permit that is stuck must still be
// suspended; so does an event-based gateway. A catch event that is stuck has taken its message or
// has never begun to wait.
bool takes(Machine& machine, Token& token, const Happening& happening) {
  const Node& node = machine.node_of(token);
  bool is_waiting = token.state == state::kWaiting;
  bool catches = node.kind == NodeKind::Catch || node.kind == NodeKind::Receive;
  if (is_waiting && catches && hears(node, happening)) {
    leave_catch(machine, token, node, happening);
    return true;
  }
  bool listens = is_waiting || token.state == state::kIncident;
  const Node* awaited = listens ? event_of(machine.graph, node, happening) : nullptr;
  if (awaited) {
    leave_catch(machine, token, *awaited, happening);
    return true;
  }
  if (!listens || !is_waiting_kind(node.kind)) return false;
  for (std::size_t boundary : node.boundaries) {
    const Node& event = machine.graph.nodes[boundary];
    if (!hears(event, happening)) continue;
    note_taken(machine, event, happening);
    happen_at_border(machine, token, event, {.name = "message", .data = happening.data},
                     "task.interrupted");
    return true;
  }
  return false;
}

bool starts_inside(Machine& machine, const Activation& around, const Happening& happening) {
  std::vector<std::size_t> open = event_subs_open(machine, around);
  for (std::size_t at : open) {
    const Node& event_sub = machine.graph.nodes[at];
    const Node& begin = machine.graph.nodes[event_sub.begin];
    if (!hears(begin, happening)) continue;
    note_taken(machine, begin, happening);
    start_event_sub(machine, around.id, event_sub, {.name = "message", .data = happening.data});
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

// What comes about by it does not take it once more.
bool take_everywhere(Machine& machine, const Happening& happening) {
  bool is_taken = false;
  std::size_t activations = machine.state.activations.size();
  std::size_t tokens = machine.state.tokens.size();
  for (std::size_t i = 0; i < tokens; ++i) {
    Token& token = machine.state.tokens[i];
    if (!token.is_gone && takes(machine, token, happening)) is_taken = true;
  }
  for (std::size_t i = 0; i < activations; ++i) {
    const Activation& around = machine.state.activations[i];
    if (!around.is_gone && starts_inside(machine, around, happening)) is_taken = true;
  }
  return is_taken;
}

Result<Step> message(const Around& around, const MessageCommand& command) {
  TRY(check_message(command));
  Machine machine = TRY(open_case(around, command.case_id, command.record, around.actor));
  if (!take_everywhere(machine, {.name = command.name, .data = command.data})) {
    return refuse(ErrorCode::WrongState, "nobody listens to the message '" + command.name + "'");
  }
  machine.run();
  return machine.finish("message.take", Json::object({{"case", command.case_id.text()},
                                                      {"name", command.name},
                                                      {"data", command.data}}));
}

Result<Step> signal(const Around& around, const MessageCommand& command) {
  TRY(check_message(command));
  Machine machine = TRY(open_case(around, command.case_id, command.record, around.actor));
  if (!take_everywhere(machine, {.is_signal = true, .name = command.name, .data = command.data})) {
    return refuse(ErrorCode::WrongState, "nobody listens to the signal '" + command.name + "'");
  }
  machine.run();
  return machine.finish("signal.take", Json::object({{"case", command.case_id.text()},
                                                     {"name", command.name},
                                                     {"data", command.data}}));
}

}  // namespace anlan::flow
