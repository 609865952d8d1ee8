#pragma once
// Reading namespaced XML with pugixml, which knows no namespaces: prefixes are resolved here, and
// elements and attributes are asked for by namespace and local name. Inside the room only.

#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace anlan::flow::xml {

inline constexpr std::string_view kBpmn = "http://www.omg.org/spec/BPMN/20100524/MODEL";
inline constexpr std::string_view kCamunda = "http://camunda.org/schema/1.0/bpmn";
inline constexpr std::string_view kAnlan = "http://anlan.invalid/bpmn";

// TooLarge, BadModel when it is no well-formed XML in UTF-8 or a declared encoding.
Result<void> load(pugi::xml_document& into, std::string_view bytes);

std::string_view local_name(pugi::xml_node node);
std::string_view namespace_of(pugi::xml_node node);
bool is(pugi::xml_node node, std::string_view name_space, std::string_view local);

// Element children of one namespace, in order; local empty means all of them.
std::vector<pugi::xml_node> children(pugi::xml_node of, std::string_view name_space,
                                     std::string_view local = {});
pugi::xml_node child(pugi::xml_node of, std::string_view name_space, std::string_view local);
// Attribute without prefix, trimmed; empty if there is none.
std::string attribute(pugi::xml_node of, std::string_view name);
std::string attribute(pugi::xml_node of, std::string_view name_space, std::string_view local);
std::string text(pugi::xml_node of);

// <extensionElements> children in our namespace.
std::vector<pugi::xml_node> extensions(pugi::xml_node of, std::string_view local);
pugi::xml_node extension(pugi::xml_node of, std::string_view local);

// Words separated by spaces, commas or line ends.
std::vector<std::string> words(std::string_view text);

}  // namespace anlan::flow::xml
