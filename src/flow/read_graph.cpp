// XML to Graph: BPMN 2.0.2, clause 7 to 10, the executable subset of docs/formats/flow.md. All
// faults are collected; nothing is run that has one.

#include <array>
#include <set>
#include <utility>

#include "core/limits.h"
#include "flow/graph.h"
#include "flow/read_parts.h"
#include "flow/xml.h"

namespace anlan::flow {

namespace {

constexpr std::array<std::pair<std::string_view, NodeKind>, 11> kElements = {{
    {"startEvent", NodeKind::Start},
    {"endEvent", NodeKind::End},
    {"userTask", NodeKind::User},
    {"serviceTask", NodeKind::Service},
    {"businessRuleTask", NodeKind::Rule},
    {"scriptTask", NodeKind::Script},
    {"exclusiveGateway", NodeKind::Exclusive},
    {"parallelGateway", NodeKind::Parallel},
    {"eventBasedGateway", NodeKind::Events},
    {"intermediateCatchEvent", NodeKind::Catch},
    {"boundaryEvent", NodeKind::Boundary},
}};

// What tells readers something and tells an engine nothing.
constexpr std::array<std::string_view, 15> kSilent = {
    "extensionElements",  "documentation",   "laneSet",    "textAnnotation",
    "association",        "group",           "dataObject", "dataObjectReference",
    "dataStoreReference", "ioSpecification", "property",   "auditing",
    "monitoring",         "category",        "artifact"};

bool is_silent(std::string_view name) {
  for (std::string_view silent : kSilent) {
    if (silent == name) return true;
  }
  return false;
}

std::string cannot_run(std::string_view id, std::string_view what) {
  return "Element '" + std::string(id) + "' (" + std::string(what) +
         ") can't be executed by this version.";
}

std::optional<NodeKind> kind_of(std::string_view name) {
  for (const auto& [text, kind] : kElements) {
    if (text == name) return kind;
  }
  return std::nullopt;
}

// BPMN 2.0.2, 8.4.11 (message) and 10.5.5.4: the event names a message of the file's root.
void read_message(Reading& reading, pugi::xml_node definition, Node& node) {
  std::string reference = xml::attribute(definition, "messageRef");
  std::size_t prefix = reference.find(':');
  if (prefix != std::string::npos) reference.erase(0, prefix + 1);
  auto found = reading.graph.messages.find(reference);
  if (found == reading.graph.messages.end()) {
    reading.find_fault(
        node.id, "The event '" + node.id + "' listens to an unknown message '" + reference + "'.");
    return;
  }
  node.message = found->second;
}

// The kinds of one event differ by their definition: BPMN 2.0.2, 10.5.5.
void read_event(Reading& reading, pugi::xml_node element, Node& node) {
  std::vector<pugi::xml_node> definitions;
  for (pugi::xml_node part : xml::children(element, xml::kBpmn)) {
    if (xml::local_name(part).ends_with("ventDefinition")) definitions.push_back(part);
  }
  std::string_view first = definitions.empty() ? "" : xml::local_name(definitions[0]);
  bool wants_timer = node.kind == NodeKind::Catch || node.kind == NodeKind::Boundary;
  bool has_own_timer = static_cast<bool>(xml::extension(element, "timer"));
  bool is_plain = definitions.empty() && !wants_timer;
  bool is_message = wants_timer && first == "messageEventDefinition";
  bool is_terminate = first == "terminateEventDefinition" && node.kind == NodeKind::End;
  bool is_timer =
      wants_timer && (first == "timerEventDefinition" || (has_own_timer && first.empty()));
  if (definitions.size() > 1 || !(is_plain || is_terminate || is_timer || is_message)) {
    std::string what(xml::local_name(element));
    what += first.empty() ? " without a timer or a message" : " with " + std::string(first);
    reading.find_fault(node.id, cannot_run(node.id, what));
    return;
  }
  if (is_terminate) node.kind = NodeKind::Terminate;
  if (is_message) read_message(reading, definitions[0], node);
  if (is_timer) read_timer(reading, element, definitions.empty() ? element : definitions[0], node);
}

// BPMN 2.0.2, 10.6.6: the exclusive kind in the middle of a process; it starts none.
void read_events(Reading& reading, pugi::xml_node element, const Node& node) {
  bool is_start = xml::attribute(element, "instantiate") == "true";
  bool is_parallel = xml::attribute(element, "eventGatewayType") == "Parallel";
  if (!is_start && !is_parallel) return;
  reading.find_fault(node.id, cannot_run(node.id, is_start ? "eventBasedGateway that starts"
                                                           : "parallel eventBasedGateway"));
}

void read_by_kind(Reading& reading, pugi::xml_node element, Node& node) {
  switch (node.kind) {
    case NodeKind::Start:
    case NodeKind::End:
    case NodeKind::Terminate:
    case NodeKind::Catch:
    case NodeKind::Boundary: read_event(reading, element, node); break;
    case NodeKind::User: read_user_task(reading, element, node); break;
    case NodeKind::Service: read_service(reading, element, node); break;
    case NodeKind::Rule: read_decision(reading, element, node); break;
    case NodeKind::Script: read_script(reading, element, node); break;
    case NodeKind::Events: read_events(reading, element, node); break;
    case NodeKind::Exclusive:
    case NodeKind::Parallel: break;
  }
}

void refuse_loops(Reading& reading, pugi::xml_node element, const Node& node) {
  bool is_loop = static_cast<bool>(xml::child(element, xml::kBpmn, "standardLoopCharacteristics"));
  bool is_many =
      static_cast<bool>(xml::child(element, xml::kBpmn, "multiInstanceLoopCharacteristics"));
  if (is_loop) reading.find_fault(node.id, cannot_run(node.id, "standardLoopCharacteristics"));
  if (is_many && node.kind != NodeKind::User) {
    reading.find_fault(
        node.id, cannot_run(node.id, "multi-instance of " + std::string(xml::local_name(element))));
  }
}

void read_node(Reading& reading, pugi::xml_node element, NodeKind kind) {
  Graph& graph = reading.graph;
  Node node{.id = xml::attribute(element, "id"), .kind = kind};
  if (node.id.empty()) {
    reading.find_fault("", "A " + std::string(xml::local_name(element)) + " has no id.");
    return;
  }
  if (graph.by_id.contains(node.id)) {
    reading.find_fault(node.id, "The id '" + node.id + "' is used twice.");
    return;
  }
  node.name = read_name(element);
  node.is_interrupting = xml::attribute(element, "cancelActivity") != "false";
  read_settings(reading, element, node);
  read_by_kind(reading, element, node);
  refuse_loops(reading, element, node);
  graph.by_id.emplace(node.id, graph.nodes.size());
  bool is_start = kind == NodeKind::Start;
  if (is_start && graph.start != kNone) {
    reading.find_fault(node.id, "There is more than one start event.");
  } else if (is_start) {
    graph.start = graph.nodes.size();
  }
  graph.nodes.push_back(std::move(node));
}

std::size_t target_of(Reading& reading, pugi::xml_node element, const char* attribute,
                      const std::string& edge) {
  std::string id = xml::attribute(element, attribute);
  auto found = reading.graph.by_id.find(id);
  if (found != reading.graph.by_id.end()) return found->second;
  reading.find_fault(edge,
                     "Sequence flow '" + edge + "' has an unknown " + attribute + " '" + id + "'.");
  return kNone;
}

void read_edge(Reading& reading, pugi::xml_node element) {
  Graph& graph = reading.graph;
  Edge edge{.id = xml::attribute(element, "id"), .name = read_name(element)};
  edge.from = target_of(reading, element, "sourceRef", edge.id);
  edge.to = target_of(reading, element, "targetRef", edge.id);
  if (edge.from == kNone || edge.to == kNone) return;
  bool is_new = graph.edge_by_id.emplace(edge.id, graph.edges.size()).second;
  if (edge.id.empty() || !is_new) {
    reading.find_fault(edge.id, "Sequence flow '" + edge.id + "' has no id of its own.");
    return;
  }
  pugi::xml_node condition = xml::child(element, xml::kBpmn, "conditionExpression");
  if (condition) edge.condition = read_feel(reading, edge.id, xml::text(condition));
  graph.nodes[edge.from].out.push_back(graph.edges.size());
  graph.nodes[edge.to].in.push_back(graph.edges.size());
  graph.edges.push_back(std::move(edge));
}

void connect_default(Reading& reading, pugi::xml_node element) {
  std::string wanted = xml::attribute(element, "default");
  auto found = reading.graph.by_id.find(xml::attribute(element, "id"));
  if (wanted.empty() || found == reading.graph.by_id.end()) return;
  Node& node = reading.graph.nodes[found->second];
  for (std::size_t edge : node.out) {
    if (reading.graph.edges[edge].id == wanted) node.default_edge = edge;
  }
  if (node.default_edge != kNone) return;
  reading.find_fault(node.id,
                     "The default flow '" + wanted + "' does not leave '" + node.id + "'.");
}

void connect_boundary(Reading& reading, pugi::xml_node element) {
  Graph& graph = reading.graph;
  auto self = graph.by_id.find(xml::attribute(element, "id"));
  if (self == graph.by_id.end() || graph.nodes[self->second].kind != NodeKind::Boundary) return;
  std::string host_id = xml::attribute(element, "attachedToRef");
  auto host = graph.by_id.find(host_id);
  if (host == graph.by_id.end() || graph.nodes[host->second].kind != NodeKind::User) {
    reading.find_fault(self->first, "The boundary event '" + self->first +
                                        "' is not attached to a user task ('" + host_id + "').");
    return;
  }
  graph.nodes[self->second].host = host->second;
  graph.nodes[host->second].boundaries.push_back(self->second);
}

void read_process(Reading& reading, pugi::xml_node process) {
  std::vector<pugi::xml_node> elements = xml::children(process, xml::kBpmn);
  if (elements.size() > limits::kFlowElementsMax) {
    reading.find_fault(
        reading.graph.id,
        "The process has more than " + std::to_string(limits::kFlowElementsMax) + " elements.");
    return;
  }
  for (pugi::xml_node element : elements) {
    std::string_view name = xml::local_name(element);
    if (name == "sequenceFlow" || is_silent(name)) continue;
    auto kind = kind_of(name);
    if (kind) {
      read_node(reading, element, *kind);
    } else {
      std::string id = xml::attribute(element, "id");
      reading.find_fault(id, cannot_run(id, name));
    }
  }
  for (pugi::xml_node element : elements) {
    if (xml::local_name(element) == "sequenceFlow") read_edge(reading, element);
  }
  for (pugi::xml_node element : elements) {
    connect_default(reading, element);
    connect_boundary(reading, element);
  }
}

void read_messages(Reading& reading, pugi::xml_node definitions) {
  std::set<std::string> names;
  for (pugi::xml_node message : xml::children(definitions, xml::kBpmn, "message")) {
    std::string id = xml::attribute(message, "id");
    std::string name = xml::attribute(message, "name");
    if (id.empty() || name.empty()) {
      reading.find_fault(id, "The message '" + id + "' needs an id and a name.");
      continue;
    }
    bool is_new_id = reading.graph.messages.emplace(id, name).second;
    bool is_new_name = names.insert(name).second;
    if (is_new_id && is_new_name) continue;
    reading.find_fault(id, "The message '" + id + "' (name '" + name + "') stands there twice.");
  }
}

void refuse_other_roots(Reading& reading, pugi::xml_node definitions) {
  for (pugi::xml_node root : xml::children(definitions, xml::kBpmn, "collaboration")) {
    for (pugi::xml_node flow : xml::children(root, xml::kBpmn, "messageFlow")) {
      std::string id = xml::attribute(flow, "id");
      reading.find_fault(id, cannot_run(id, "messageFlow"));
    }
  }
  for (std::string_view name : {"choreography", "globalChoreographyTask", "conversation"}) {
    for (pugi::xml_node root : xml::children(definitions, xml::kBpmn, name)) {
      std::string id = xml::attribute(root, "id");
      reading.find_fault(id, cannot_run(id, name));
    }
  }
}

}  // namespace

Result<Reading> read_graph(std::string_view bytes) {
  pugi::xml_document document;
  TRY(xml::load(document, bytes));
  pugi::xml_node definitions = document.document_element();
  if (!xml::is(definitions, xml::kBpmn, "definitions")) {
    return refuse(ErrorCode::BadModel, "the file is no BPMN 2.0 definitions");
  }
  Reading reading;
  reading.graph.xml = std::string(bytes);
  reading.graph.definitions_id = xml::attribute(definitions, "id");
  refuse_other_roots(reading, definitions);
  read_messages(reading, definitions);
  std::vector<pugi::xml_node> processes = xml::children(definitions, xml::kBpmn, "process");
  for (std::size_t i = 1; i < processes.size(); ++i) {
    std::string id = xml::attribute(processes[i], "id");
    reading.find_fault(id, cannot_run(id, "a second process in one file"));
  }
  if (processes.empty()) {
    reading.find_fault("", "The file holds no process.");
    return reading;
  }
  reading.graph.id = xml::attribute(processes[0], "id");
  reading.graph.title = read_name(processes[0]);
  if (reading.graph.id.empty()) reading.find_fault("", "The process has no id.");
  read_process_rules(reading, processes[0]);
  read_process(reading, processes[0]);
  return reading;
}

}  // namespace anlan::flow
