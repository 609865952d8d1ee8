#pragma once
// Readers of what hangs on an element: names, settings, timers, tasks. Inside the room only.

#include <string>
#include <string_view>

#include "flow/graph.h"
#include "flow/xml.h"

namespace anlan::flow {

inline constexpr int64_t kInstancesMax = 200;  // of one activity; a longer list is a mistake

constexpr bool is_thrown(NodeKind kind) {
  return kind == NodeKind::End || kind == NodeKind::Terminate || kind == NodeKind::Throw;
}

// name is Chinese, anlan:en the same in English.
LocalText read_name(pugi::xml_node element);
// A formula; a fault of `element_id` when it doesn't compile.
Formula read_formula(Reading& reading, std::string_view element_id, std::string_view source,
                     std::span<const std::string> names = {});
// "true" or "false"; `otherwise` when it is not given.
bool read_flag(Reading& reading, std::string_view element_id, const std::string& text,
               bool otherwise);
Formula read_feel(Reading& reading, std::string_view element_id, std::string_view source);

void read_settings(Reading& reading, pugi::xml_node element, Node& node);
void read_timer(Reading& reading, pugi::xml_node element, pugi::xml_node definition, Node& node);
// <anlan:act> elements; of one topic only, unless it is empty.
void read_acts(Reading& reading, pugi::xml_node element, Node& node, std::string_view only);
void read_decision(Reading& reading, pugi::xml_node element, Node& node);
void read_script(Reading& reading, pugi::xml_node element, Node& node);
void read_setting(Reading& reading, pugi::xml_node set, const std::string& element_id,
                  std::vector<Setting>& into);
// Assignments that are found in the organisation, the record or the case.
bool is_found_kind(std::string_view kind);
bool read_found_kind(Reading& reading, pugi::xml_node assign, const std::string& element_id,
                     Assign& into);
void read_policies(Reading& reading, pugi::xml_node assign, Node& node);
// <anlan:ops>, <anlan:reject>, <anlan:sla>, <anlan:cc>, <anlan:task> and `after` of a return.
void read_acts(Reading& reading, pugi::xml_node element, Node& node);
void read_process_rules(Reading& reading, pugi::xml_node process);
void read_user_task(Reading& reading, pugi::xml_node element, Node& node);
// What other tools say of who does a task: camunda attributes, resources, lanes.
void read_foreign(Reading& reading, pugi::xml_node element, Node& node);
void read_event(Reading& reading, pugi::xml_node element, Node& node);
void read_receive(Reading& reading, pugi::xml_node element, Node& node);
void read_event_gateway(Reading& reading, pugi::xml_node element, const Node& node);
void read_loops(Reading& reading, pugi::xml_node element, Node& node);
void read_call(Reading& reading, pugi::xml_node element, Node& node);
void read_process(Reading& reading, pugi::xml_node process);
// Messages, signals, errors and escalations that events refer to.
void read_roots(Reading& reading, pugi::xml_node definitions);

}  // namespace anlan::flow
