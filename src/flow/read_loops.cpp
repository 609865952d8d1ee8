// Activities that run again or several times, and those that run another process: BPMN 2.0.2,
// 10.3.6 (call activity) and 10.3.8 (loops). A user task's signatures: read_task.cpp.

#include "flow/read_parts.h"

namespace anlan::flow {

namespace {

const std::vector<std::string> kCounts = {"nrOfInstances", "nrOfCompletedInstances",
                                          "nrOfActiveInstances"};

void read_standard(Reading& reading, pugi::xml_node loop, Node& node) {
  Looping looping{.tests_before = xml::attribute(loop, "testBefore") == "true"};
  std::string condition = xml::text(xml::child(loop, xml::kBpmn, "loopCondition"));
  if (!condition.empty()) looping.condition = read_feel(reading, node.id, condition);
  std::string most = xml::attribute(loop, "loopMaximum");
  auto number = rules::Decimal::parse(most.empty() ? "0" : most);
  auto whole = number ? number->to_int64() : std::nullopt;
  if (!whole || *whole < 0 || *whole > kInstancesMax ||
      (condition.empty() && whole.value_or(0) == 0)) {
    reading.find_fault(node.id, FindingKind::LoopBound, {node.id, std::to_string(kInstancesMax)});
    return;
  }
  looping.times_max = *whole;
  node.loop = std::move(looping);
}

void read_repeated(Reading& reading, pugi::xml_node many, Node& node) {
  Repeated repeated{.is_sequential = xml::attribute(many, "isSequential") == "true",
                    .collection = read_formula(reading, node.id,
                                               xml::attribute(many, xml::kCamunda, "collection")),
                    .element = xml::attribute(many, xml::kCamunda, "elementVariable")};
  std::string cardinality = xml::text(xml::child(many, xml::kBpmn, "loopCardinality"));
  if (!cardinality.empty()) repeated.cardinality = read_feel(reading, node.id, cardinality);
  std::string completion = xml::text(xml::child(many, xml::kBpmn, "completionCondition"));
  if (!completion.empty()) {
    std::string source = completion.starts_with('=') ? completion : "=" + completion;
    repeated.completion = read_formula(reading, node.id, source, kCounts);
  }
  if (repeated.collection.is_empty() == repeated.cardinality.is_empty()) {
    reading.find_fault(node.id, FindingKind::LoopOver, {node.id});
  }
  node.repeated = std::move(repeated);
}

bool can_repeat(NodeKind kind) {
  return kind == NodeKind::Sub || kind == NodeKind::Call || kind == NodeKind::Service ||
         kind == NodeKind::Send;
}

// camunda:in and camunda:out copy by name, ours evaluate.
void read_passing(Reading& reading, pugi::xml_node element, Node& node, std::string_view way) {
  CallSpec& call = *node.calls;
  std::vector<Setting>& into = way == "in" ? call.inputs : call.outputs;
  pugi::xml_node inside = xml::child(element, xml::kBpmn, "extensionElements");
  for (pugi::xml_node pass : xml::children(inside, xml::kAnlan, way)) {
    into.push_back({.name = xml::attribute(pass, "var"),
                    .value = read_formula(reading, node.id, xml::attribute(pass, "value"))});
  }
  for (pugi::xml_node pass : xml::children(inside, xml::kCamunda, way)) {
    std::string source = xml::attribute(pass, "source");
    if (source.empty()) continue;  // all of them, or the business key
    into.push_back({.name = xml::attribute(pass, "target"),
                    .value = read_formula(reading, node.id, "=vars." + source)});
  }
  for (const Setting& setting : into) {
    if (!setting.name.empty()) continue;
    reading.find_fault(node.id, FindingKind::PassedName, {node.id, std::string(way)});
  }
}

}  // namespace

void read_loops(Reading& reading, pugi::xml_node element, Node& node) {
  pugi::xml_node loop = xml::child(element, xml::kBpmn, "standardLoopCharacteristics");
  pugi::xml_node many = xml::child(element, xml::kBpmn, "multiInstanceLoopCharacteristics");
  if (loop && is_activity(node.kind)) read_standard(reading, loop, node);
  if (!many || node.kind == NodeKind::User) return;
  if (can_repeat(node.kind)) return read_repeated(reading, many, node);
  reading.find_fault(node.id, FindingKind::CantRun,
                     {node.id, "multi-instance of " + std::string(xml::local_name(element))});
}

void read_call(Reading& reading, pugi::xml_node element, Node& node) {
  CallSpec& call = node.calls.emplace();
  call.model = xml::attribute(element, "calledElement");
  std::size_t prefix = call.model.find(':');
  if (prefix != std::string::npos) call.model.erase(0, prefix + 1);
  if (call.model.empty()) {
    reading.find_fault(node.id, FindingKind::CallNames, {node.id});
  }
  read_passing(reading, element, node, "in");
  read_passing(reading, element, node, "out");
  call.is_isolated = !call.inputs.empty() || !call.outputs.empty();
}

}  // namespace anlan::flow
