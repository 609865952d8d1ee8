// What an event waits for or throws: BPMN 2.0.2, 10.5.5. One definition each; which ones an event
// may have depends on where it stands.

#include <algorithm>
#include <array>

#include "flow/read_parts.h"

namespace anlan::flow {

namespace {

using Known = std::map<std::string, std::string, std::less<>>;

std::string local_reference(pugi::xml_node definition, const char* attribute) {
  std::string reference = xml::attribute(definition, attribute);
  std::size_t prefix = reference.find(':');
  if (prefix != std::string::npos) reference.erase(0, prefix + 1);
  return reference;
}

// A named thing of the file's root: BPMN 2.0.2, 8.4.11 and 10.5.5.
struct Reference {
  const char* attribute;
  const char* what;
  const Known& known;
  bool may_lack;
};

std::optional<std::string> name_of(Reading& reading, pugi::xml_node definition, const Node& node,
                                   const Reference& reference) {
  std::string id = local_reference(definition, reference.attribute);
  if (id.empty() && reference.may_lack) return std::string();
  auto found = reference.known.find(id);
  if (found != reference.known.end()) return found->second;
  reading.find_fault(node.id,
                     is_thrown(node.kind) ? FindingKind::ThrowsUnknown : FindingKind::HearsUnknown,
                     {node.id, reference.what, id});
  return std::nullopt;
}

void read_condition(Reading& reading, pugi::xml_node definition, Node& node) {
  std::string source = xml::text(xml::child(definition, xml::kBpmn, "condition"));
  if (source.empty()) {
    reading.find_fault(node.id, FindingKind::EventCondition, {node.id});
    return;
  }
  node.condition = read_feel(reading, node.id, source);
  reading.graph.has_conditions = true;
}

void read_named(Reading& reading, pugi::xml_node definition, Node& node) {
  std::string_view kind = xml::local_name(definition);
  bool is_catching = !is_thrown(node.kind);
  const Graph& graph = reading.graph;
  if (kind == "messageEventDefinition" && is_catching) {
    auto name =
        name_of(reading, definition, node, {"messageRef", "message", graph.messages, false});
    if (name) node.message = *name;
  } else if (kind == "signalEventDefinition") {
    auto name = name_of(reading, definition, node, {"signalRef", "signal", graph.signals, false});
    if (name) node.signal = *name;
    reading.graph.has_signals = true;
  } else if (kind == "errorEventDefinition") {
    node.error =
        name_of(reading, definition, node, {"errorRef", "error", graph.errors, is_catching});
  } else if (kind == "escalationEventDefinition") {
    node.escalation = name_of(reading, definition, node,
                              {"escalationRef", "escalation", graph.escalations, is_catching});
  }
}

enum class Place { Process, Sub, EventSub };

std::vector<std::string_view> kinds_allowed(NodeKind kind, Place place) {
  static constexpr std::string_view kTimer = "timerEventDefinition";
  static constexpr std::string_view kMessage = "messageEventDefinition";
  static constexpr std::string_view kSignal = "signalEventDefinition";
  static constexpr std::string_view kError = "errorEventDefinition";
  static constexpr std::string_view kEscalation = "escalationEventDefinition";
  static constexpr std::string_view kCondition = "conditionalEventDefinition";
  switch (kind) {
    case NodeKind::Start:
      if (place == Place::Process) return {"", kTimer, kMessage};
      if (place == Place::Sub) return {""};
      return {kTimer, kMessage, kSignal, kError, kEscalation, kCondition};
    case NodeKind::End:
      return {"", "terminateEventDefinition", kMessage, kSignal, kError, kEscalation};
    case NodeKind::Throw: return {"", kMessage, kSignal, kEscalation};
    case NodeKind::Catch: return {kTimer, kMessage, kSignal, kCondition};
    case NodeKind::Boundary: return {kTimer, kMessage, kSignal, kError, kEscalation, kCondition};
    default: return {};
  }
}

Place place_of(const Graph& graph, const Node& node) {
  if (node.container == kNone) return Place::Process;
  bool is_started = graph.nodes[node.container].kind == NodeKind::EventSub;
  return is_started ? Place::EventSub : Place::Sub;
}

// Nobody makes the record of a flow that begins by itself.
void read_begun(Reading& reading, pugi::xml_node element, Node& node) {
  for (pugi::xml_node record : xml::extensions(element, "record")) {
    RecordSpec spec{.form = xml::attribute(record, "form"),
                    .var = "",
                    .fields = read_formula(reading, node.id, xml::attribute(record, "fields"))};
    if (spec.form.empty() || spec.fields.is_empty()) {
      reading.find_fault(node.id, FindingKind::StartRecord, {node.id});
    }
    node.records.push_back(std::move(spec));
  }
  if (!node.records.empty()) return;
  reading.find_fault(node.id, FindingKind::StartByItself, {node.id});
}

}  // namespace

// The kinds of one event differ by their definition.
void read_event(Reading& reading, pugi::xml_node element, Node& node) {
  std::vector<pugi::xml_node> definitions;
  for (pugi::xml_node part : xml::children(element, xml::kBpmn)) {
    std::string_view name = xml::local_name(part);
    if (name.ends_with("ventDefinition") || name == "eventDefinitionRef") {
      definitions.push_back(part);
    }
  }
  std::string_view first = definitions.empty() ? "" : xml::local_name(definitions[0]);
  bool has_own_timer = static_cast<bool>(xml::extension(element, "timer"));
  if (has_own_timer && first.empty()) first = "timerEventDefinition";
  auto allowed = kinds_allowed(node.kind, place_of(reading.graph, node));
  if (definitions.size() > 1 || !std::ranges::contains(allowed, first)) {
    std::string what(xml::local_name(element));
    if (definitions.size() > 1) what += " with several definitions";
    else what += first.empty() ? " that waits for nothing" : " with " + std::string(first);
    reading.find_fault(node.id, FindingKind::CantRun, {node.id, std::string(what)});
    return;
  }
  pugi::xml_node definition = definitions.empty() ? element : definitions[0];
  if (first == "terminateEventDefinition") node.kind = NodeKind::Terminate;
  if (first == "timerEventDefinition") read_timer(reading, element, definition, node);
  if (first == "conditionalEventDefinition") read_condition(reading, definition, node);
  if (first == "messageEventDefinition" && is_thrown(node.kind)) {
    read_acts(reading, element, node, "message");
  }
  if (first.empty()) return;
  bool begins = node.kind == NodeKind::Start && node.container == kNone;
  if (begins) read_begun(reading, element, node);
  read_named(reading, definition, node);
  node.data = read_formula(reading, node.id, xml::attribute(element, xml::kAnlan, "data"));
  if ((node.error || node.escalation) && first == "errorEventDefinition" && !node.is_interrupting) {
    reading.find_fault(node.id, FindingKind::ErrorEnds, {node.id});
  }
}

// BPMN 2.0.2, 10.3.3 (receive task).
void read_receive(Reading& reading, pugi::xml_node element, Node& node) {
  if (xml::attribute(element, "instantiate") == "true") {
    reading.find_fault(node.id, FindingKind::CantRun, {node.id, "receiveTask that starts"});
  }
  auto name =
      name_of(reading, element, node, {"messageRef", "message", reading.graph.messages, false});
  if (name) node.message = *name;
}

// BPMN 2.0.2, 10.6.6: the exclusive kind in the middle of a process; it starts none.
void read_event_gateway(Reading& reading, pugi::xml_node element, const Node& node) {
  bool is_start = xml::attribute(element, "instantiate") == "true";
  bool is_parallel = xml::attribute(element, "eventGatewayType") == "Parallel";
  if (!is_start && !is_parallel) return;
  reading.find_fault(
      node.id, FindingKind::CantRun,
      {node.id, is_start ? "eventBasedGateway that starts" : "parallel eventBasedGateway"});
}

namespace {

struct Roots {
  const char* element;
  const char* attribute;  // what it is known by
  Known& into;
};

void read_root(Reading& reading, pugi::xml_node definitions, const Roots& roots) {
  std::vector<std::string> names;
  for (pugi::xml_node root : xml::children(definitions, xml::kBpmn, roots.element)) {
    std::string id = xml::attribute(root, "id");
    std::string name = xml::attribute(root, roots.attribute);
    if (id.empty() || name.empty()) {
      reading.find_fault(id, FindingKind::RootWords,
                         {std::string(roots.element), id, roots.attribute});
      continue;
    }
    bool is_new_id = roots.into.emplace(id, name).second;
    bool is_new_name = !std::ranges::contains(names, name);
    names.push_back(name);
    if (is_new_id && is_new_name) continue;
    reading.find_fault(id, FindingKind::RootTwice,
                       {std::string(roots.element), id, roots.attribute, name});
  }
}

}  // namespace

void read_roots(Reading& reading, pugi::xml_node definitions) {
  Graph& graph = reading.graph;
  read_root(reading, definitions, {"message", "name", graph.messages});
  read_root(reading, definitions, {"signal", "name", graph.signals});
  read_root(reading, definitions, {"error", "errorCode", graph.errors});
  read_root(reading, definitions, {"escalation", "escalationCode", graph.escalations});
}

}  // namespace anlan::flow
