// XML to Graph: BPMN 2.0.2, clause 7 to 10, the executable subset of docs/formats/flow.md. All
// faults are collected; nothing is run that has one.

#include "flow/graph.h"
#include "flow/read_parts.h"
#include "flow/xml.h"

namespace anlan::flow {

namespace {

void refuse_other_roots(Reading& reading, pugi::xml_node definitions) {
  for (pugi::xml_node root : xml::children(definitions, xml::kBpmn, "collaboration")) {
    for (pugi::xml_node flow : xml::children(root, xml::kBpmn, "messageFlow")) {
      std::string id = xml::attribute(flow, "id");
      reading.find_fault(id, FindingKind::CantRun, {id, "messageFlow"});
    }
  }
  for (std::string_view name : {"choreography", "globalChoreographyTask", "conversation"}) {
    for (pugi::xml_node root : xml::children(definitions, xml::kBpmn, name)) {
      std::string id = xml::attribute(root, "id");
      reading.find_fault(id, FindingKind::CantRun, {id, std::string(name)});
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
  read_roots(reading, definitions);
  std::vector<pugi::xml_node> processes = xml::children(definitions, xml::kBpmn, "process");
  for (std::size_t i = 1; i < processes.size(); ++i) {
    std::string id = xml::attribute(processes[i], "id");
    reading.find_fault(id, FindingKind::CantRun, {id, "a second process in one file"});
  }
  if (processes.empty()) {
    reading.find_fault("", FindingKind::NoProcess);
    return reading;
  }
  reading.graph.id = xml::attribute(processes[0], "id");
  reading.graph.title = read_name(processes[0]);
  reading.graph.approving = xml::words(xml::attribute(processes[0], xml::kAnlan, "approving"));
  if (reading.graph.id.empty()) reading.find_fault("", FindingKind::ProcessId);
  read_process_rules(reading, processes[0]);
  read_process(reading, processes[0]);
  return reading;
}

}  // namespace anlan::flow
