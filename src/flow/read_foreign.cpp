// Who does a task in the words of other tools: camunda attributes, resources of the standard
// (BPMN 2.0.2, 10.3.1), the role of a lane. Only where the task has no <anlan:assign>.

#include "flow/read_parts.h"

namespace anlan::flow {

namespace {

// FEEL stays; the only expression of the other language that is understood is the initiator.
bool is_other_language(std::string_view text) {
  return text.starts_with("${") || text.starts_with("#{");
}

std::string list_of_texts(const std::vector<std::string>& words) {
  std::string list = "=[";
  for (const std::string& word : words) {
    list += (list.size() > 2 ? ", \"" : "\"") + word + "\"";
  }
  return list + "]";
}

void read_camunda_people(Reading& reading, pugi::xml_node element, Node& node) {
  std::vector<Assign>& assigns = node.user->assigns;
  std::string assignee = xml::attribute(element, xml::kCamunda, "assignee");
  std::string users = xml::attribute(element, xml::kCamunda, "candidateUsers");
  std::string groups = xml::attribute(element, xml::kCamunda, "candidateGroups");
  bool is_initiator = assignee == "${initiator}" || assignee == "#{initiator}";
  for (const std::string& text : {is_initiator ? "" : assignee, users, groups}) {
    if (!is_other_language(text)) continue;
    reading.find_fault(node.id, FindingKind::NoFeel, {text, node.id});
    return;
  }
  if (is_initiator) {
    assigns.push_back({.kind = Assign::Kind::Initiator});
  } else if (!assignee.empty()) {
    assigns.push_back(
        {.kind = Assign::Kind::Person, .person = read_formula(reading, node.id, assignee)});
  }
  if (!users.empty()) {
    std::string source = users.starts_with('=') ? users : list_of_texts(xml::words(users));
    assigns.push_back(
        {.kind = Assign::Kind::Candidates, .person = read_formula(reading, node.id, source)});
  }
  for (const std::string& group : xml::words(groups)) assigns.push_back({.role = group});
}

// A resource is known by its name, as a role is.
void read_resources(pugi::xml_node element, Node& node) {
  pugi::xml_node definitions = element;
  while (!xml::is(definitions, xml::kBpmn, "definitions")) definitions = definitions.parent();
  for (std::string_view kind : {"potentialOwner", "humanPerformer", "performer"}) {
    for (pugi::xml_node owner : xml::children(element, xml::kBpmn, kind)) {
      std::string reference = xml::text(xml::child(owner, xml::kBpmn, "resourceRef"));
      reference.erase(0, reference.find(':') + 1);
      for (pugi::xml_node resource : xml::children(definitions, xml::kBpmn, "resource")) {
        if (xml::attribute(resource, "id") != reference) continue;
        node.user->assigns.push_back({.role = xml::attribute(resource, "name")});
      }
    }
  }
}

}  // namespace

void read_foreign(Reading& reading, pugi::xml_node element, Node& node) {
  UserTask& user = *node.user;
  if (user.assigns.empty()) read_camunda_people(reading, element, node);
  if (user.assigns.empty()) read_resources(element, node);
  auto lane = reading.lane_roles.find(node.id);
  if (user.assigns.empty() && lane != reading.lane_roles.end()) {
    user.assigns.push_back({.role = lane->second});
  }
  std::string due = xml::attribute(element, xml::kCamunda, "dueDate");
  if (user.due.within.is_empty() && !due.empty()) {
    user.due.within = read_formula(reading, node.id, due);
  }
  std::string priority = xml::attribute(element, xml::kCamunda, "priority");
  if (user.level.is_empty() && !priority.empty()) {
    user.level = read_formula(reading, node.id, priority);
  }
}

}  // namespace anlan::flow
