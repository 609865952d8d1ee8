// The elements of a process or of a sub-process: nodes first, then what connects them.

#include <array>
#include <utility>

#include "core/limits.h"
#include "flow/read_parts.h"

namespace anlan::flow {

namespace {

constexpr std::array<std::pair<std::string_view, NodeKind>, 18> kElements = {{
    {"startEvent", NodeKind::Start},
    {"endEvent", NodeKind::End},
    {"userTask", NodeKind::User},
    {"serviceTask", NodeKind::Service},
    {"businessRuleTask", NodeKind::Rule},
    {"scriptTask", NodeKind::Script},
    {"manualTask", NodeKind::Manual},
    {"sendTask", NodeKind::Send},
    {"receiveTask", NodeKind::Receive},
    {"exclusiveGateway", NodeKind::Exclusive},
    {"inclusiveGateway", NodeKind::Inclusive},
    {"parallelGateway", NodeKind::Parallel},
    {"eventBasedGateway", NodeKind::Events},
    {"intermediateCatchEvent", NodeKind::Catch},
    {"intermediateThrowEvent", NodeKind::Throw},
    {"boundaryEvent", NodeKind::Boundary},
    {"subProcess", NodeKind::Sub},
    {"callActivity", NodeKind::Call},
}};

// What tells readers something and tells an engine nothing.
constexpr std::array<std::string_view, 25> kSilent = {"extensionElements",
                                                      "documentation",
                                                      "laneSet",
                                                      "textAnnotation",
                                                      "association",
                                                      "group",
                                                      "dataObject",
                                                      "dataObjectReference",
                                                      "dataStoreReference",
                                                      "ioSpecification",
                                                      "property",
                                                      "auditing",
                                                      "monitoring",
                                                      "category",
                                                      "artifact",
                                                      "incoming",
                                                      "outgoing",
                                                      "dataInputAssociation",
                                                      "dataOutputAssociation",
                                                      "standardLoopCharacteristics",
                                                      "multiInstanceLoopCharacteristics",
                                                      "ioBinding",
                                                      "performer",
                                                      "potentialOwner",
                                                      "supportedInterfaceRef"};

constexpr std::size_t kNestingMax = 16;  // deeper than any plan that somebody can read

bool is_silent(std::string_view name) {
  for (std::string_view silent : kSilent) {
    if (silent == name) return true;
  }
  return false;
}

std::optional<NodeKind> kind_of(std::string_view name) {
  for (const auto& [text, kind] : kElements) {
    if (text == name) return kind;
  }
  return std::nullopt;
}

void read_by_kind(Reading& reading, pugi::xml_node element, Node& node) {
  switch (node.kind) {
    case NodeKind::Start:
    case NodeKind::End:
    case NodeKind::Terminate:
    case NodeKind::Catch:
    case NodeKind::Throw:
    case NodeKind::Boundary: read_event(reading, element, node); break;
    case NodeKind::User: read_user_task(reading, element, node); break;
    case NodeKind::Service:
    case NodeKind::Send: read_acts(reading, element, node, {}); break;
    case NodeKind::Receive: read_receive(reading, element, node); break;
    case NodeKind::Rule: read_decision(reading, element, node); break;
    case NodeKind::Script: read_script(reading, element, node); break;
    case NodeKind::Events: read_event_gateway(reading, element, node); break;
    case NodeKind::Call: read_call(reading, element, node); break;
    case NodeKind::Manual:
    case NodeKind::Sub:
    case NodeKind::EventSub:
    case NodeKind::Exclusive:
    case NodeKind::Inclusive:
    case NodeKind::Parallel: break;
  }
}

void enter_start(Reading& reading, std::size_t at) {
  Graph& graph = reading.graph;
  Node& node = graph.nodes[at];
  bool is_plain = !node.timer && node.message.empty();
  if (node.container != kNone) {
    Node& around = graph.nodes[node.container];
    if (around.begin != kNone) {
      reading.find_fault(node.id, FindingKind::ManyStartsInside, {around.id});
    }
    around.begin = at;
    return;
  }
  bool has_plain = graph.start != kNone && !graph.nodes[graph.start].timer &&
                   graph.nodes[graph.start].message.empty();
  if (is_plain && has_plain) {
    reading.find_fault(node.id, FindingKind::ManyStarts);
    return;
  }
  graph.starts.push_back(at);
  if (is_plain || graph.start == kNone) graph.start = at;
}

// Where it stands: index of the sub-process around it, and how deep that lies.
struct Inside {
  std::size_t container = kNone;
  std::size_t depth = 0;
};

void read_inside(Reading& reading, pugi::xml_node element, const Inside& inside);

void read_node(Reading& reading, pugi::xml_node element, NodeKind kind, const Inside& inside) {
  Graph& graph = reading.graph;
  Node node{.id = xml::attribute(element, "id"), .kind = kind};
  node.container = inside.container;
  if (node.id.empty()) {
    reading.find_fault("", FindingKind::ElementId, {std::string(xml::local_name(element))});
    return;
  }
  if (graph.by_id.contains(node.id)) {
    reading.find_fault(node.id, FindingKind::IdTwice, {node.id});
    return;
  }
  if (node.id.contains('/')) {
    reading.find_fault(node.id, FindingKind::IdSlash, {node.id});
    return;
  }
  bool is_started = kind == NodeKind::Sub && xml::attribute(element, "triggeredByEvent") == "true";
  if (is_started) node.kind = NodeKind::EventSub;
  node.name = read_name(element);
  std::string cancels = xml::attribute(element, "cancelActivity");
  std::string interrupts = xml::attribute(element, "isInterrupting");
  node.is_interrupting = cancels != "false" && interrupts != "false";
  if (xml::attribute(element, "isForCompensation") == "true") {
    reading.find_fault(node.id, FindingKind::CantRun, {node.id, "compensation"});
  }
  read_settings(reading, element, node);
  read_by_kind(reading, element, node);
  read_loops(reading, element, node);
  std::size_t at = graph.nodes.size();
  graph.by_id.emplace(node.id, at);
  graph.nodes.push_back(std::move(node));
  if (kind == NodeKind::Start) enter_start(reading, at);
  if (is_started) {
    auto& owner =
        inside.container == kNone ? graph.event_subs : graph.nodes[inside.container].event_subs;
    owner.push_back(at);
  }
  if (kind == NodeKind::Sub) read_inside(reading, element, {at, inside.depth + 1});
}

std::size_t target_of(Reading& reading, pugi::xml_node element, const char* attribute,
                      const std::string& edge) {
  std::string id = xml::attribute(element, attribute);
  auto found = reading.graph.by_id.find(id);
  if (found != reading.graph.by_id.end()) return found->second;
  reading.find_fault(edge, FindingKind::FlowEnd, {edge, attribute, id});
  return kNone;
}

void read_edge(Reading& reading, pugi::xml_node element) {
  Graph& graph = reading.graph;
  Edge edge{.id = xml::attribute(element, "id"), .name = read_name(element)};
  edge.from = target_of(reading, element, "sourceRef", edge.id);
  edge.to = target_of(reading, element, "targetRef", edge.id);
  if (edge.from == kNone || edge.to == kNone) return;
  if (graph.nodes[edge.from].container != graph.nodes[edge.to].container) {
    reading.find_fault(edge.id, FindingKind::FlowCrosses, {edge.id});
    return;
  }
  bool is_new = graph.edge_by_id.emplace(edge.id, graph.edges.size()).second;
  if (edge.id.empty() || !is_new) {
    reading.find_fault(edge.id, FindingKind::FlowId, {edge.id});
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
  reading.find_fault(node.id, FindingKind::DefaultFlow, {wanted, node.id});
}

// An event can only happen at the border of what takes time; an error also where something is
// tried at once.
bool can_happen(const Node& event, const Node& host) {
  if (event.error) return is_activity(host.kind);
  if (event.escalation) return has_inside(host.kind);
  return is_waiting_kind(host.kind);
}

void connect_boundary(Reading& reading, pugi::xml_node element) {
  Graph& graph = reading.graph;
  auto self = graph.by_id.find(xml::attribute(element, "id"));
  if (self == graph.by_id.end() || graph.nodes[self->second].kind != NodeKind::Boundary) return;
  Node& event = graph.nodes[self->second];
  std::string host_id = xml::attribute(element, "attachedToRef");
  auto host = graph.by_id.find(host_id);
  bool is_beside = host != graph.by_id.end() && is_activity(graph.nodes[host->second].kind) &&
                   graph.nodes[host->second].container == event.container;
  if (!is_beside) {
    reading.find_fault(self->first, FindingKind::BorderHost, {self->first, host_id});
    return;
  }
  if (!can_happen(event, graph.nodes[host->second])) {
    reading.find_fault(self->first, FindingKind::BorderNever, {self->first, host_id});
  }
  event.host = host->second;
  graph.nodes[host->second].boundaries.push_back(self->second);
}

void read_inside(Reading& reading, pugi::xml_node around, const Inside& inside) {
  std::vector<pugi::xml_node> elements = xml::children(around, xml::kBpmn);
  bool is_too_many = elements.size() + reading.graph.nodes.size() > limits::kFlowElementsMax;
  if (is_too_many || inside.depth > kNestingMax) {
    reading.find_fault(reading.graph.id, is_too_many ? FindingKind::TooMany : FindingKind::TooDeep,
                       {std::to_string(is_too_many ? limits::kFlowElementsMax : kNestingMax)});
    return;
  }
  for (pugi::xml_node element : elements) {
    std::string_view name = xml::local_name(element);
    if (name == "sequenceFlow" || is_silent(name)) continue;
    auto kind = kind_of(name);
    if (kind) {
      read_node(reading, element, *kind, inside);
    } else {
      std::string id = xml::attribute(element, "id");
      reading.find_fault(id, FindingKind::CantRun, {id, std::string(name)});
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

// A lane says whose work it is: a hint for tasks that say nothing themselves.
void read_lanes(Reading& reading, pugi::xml_node around) {
  for (pugi::xml_node set : xml::children(around, xml::kBpmn, "laneSet")) {
    for (pugi::xml_node lane : xml::children(set, xml::kBpmn, "lane")) {
      std::string role = xml::attribute(lane, xml::kAnlan, "role");
      if (role.empty()) continue;
      for (pugi::xml_node node : xml::children(lane, xml::kBpmn, "flowNodeRef")) {
        reading.lane_roles[xml::text(node)] = role;
      }
    }
  }
}

}  // namespace

void read_process(Reading& reading, pugi::xml_node process) {
  read_lanes(reading, process);
  read_inside(reading, process, {});
}

}  // namespace anlan::flow
