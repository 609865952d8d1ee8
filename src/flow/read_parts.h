#pragma once
// Readers of what hangs on an element: names, settings, timers, tasks. Inside the room only.

#include <string>
#include <string_view>

#include "flow/graph.h"
#include "flow/xml.h"

namespace anlan::flow {

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
void read_service(Reading& reading, pugi::xml_node element, Node& node);
void read_decision(Reading& reading, pugi::xml_node element, Node& node);
void read_script(Reading& reading, pugi::xml_node element, Node& node);
void read_user_task(Reading& reading, pugi::xml_node element, Node& node);

}  // namespace anlan::flow
