#include "rules/xml.h"

#include <map>
#include <pugixml.hpp>

#include "core/limits.h"
#include "core/text.h"

namespace anlan::rules {

namespace {

constexpr int kDepthMax = limits::kExpressionDepthMax * 2;

using Spaces = std::map<std::string, std::string, std::less<>>;

std::string_view prefix_of(std::string_view name) {
  std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

std::string local(std::string_view name) {
  std::size_t colon = name.find(':');
  return std::string(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

bool read(const pugi::xml_node& from, Spaces spaces, int depth, Xml& out) {
  if (depth > kDepthMax) return false;
  for (const pugi::xml_attribute& attribute : from.attributes()) {
    std::string_view name = attribute.name();
    if (name == "xmlns") {
      spaces[""] = attribute.value();
    } else if (name.starts_with("xmlns:")) {
      spaces[local(name)] = attribute.value();
    } else {
      out.attributes.emplace_back(local(name), attribute.value());
    }
  }
  out.name = local(from.name());
  auto space = spaces.find(prefix_of(from.name()));
  if (space != spaces.end()) out.space = space->second;
  for (const pugi::xml_node& child : from.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      out.text += child.value();
    } else if (child.type() == pugi::node_element) {
      if (!read(child, spaces, depth + 1, out.children.emplace_back())) return false;
    }
  }
  return true;
}

}  // namespace

Result<Xml> Xml::parse(std::string_view bytes) {
  if (bytes.size() > limits::kXmlBytesMax) return refuse(ErrorCode::TooLarge, "the XML is too big");
  pugi::xml_document document;
  unsigned options = pugi::parse_default | pugi::parse_ws_pcdata | pugi::parse_doctype;
  auto done = document.load_buffer(bytes.data(), bytes.size(), options);
  if (!done || !document.document_element()) {
    return refuse(ErrorCode::BadModel, std::string("no XML: ") + done.description() + " at byte " +
                                           std::to_string(done.offset));
  }
  // Entities are declared there, of files and of a million letters; no model needs one.
  for (const pugi::xml_node& node : document.children()) {
    if (node.type() != pugi::node_doctype) continue;
    return refuse(ErrorCode::BadModel, "a document type does not belong in a model");
  }
  Xml out;
  if (!read(document.document_element(), {}, 0, out)) {
    return refuse(ErrorCode::TooDeep, "the XML is nested too deeply");
  }
  return out;
}

const Xml* Xml::child(std::string_view local_name) const {
  for (const Xml& one : children) {
    if (one.name == local_name) return &one;
  }
  return nullptr;
}

std::vector<const Xml*> Xml::all(std::string_view local_name) const {
  std::vector<const Xml*> out;
  for (const Xml& one : children) {
    if (one.name == local_name) out.push_back(&one);
  }
  return out;
}

std::string_view Xml::attribute(std::string_view local_name) const {
  for (const auto& [key, value] : attributes) {
    if (key == local_name) return value;
  }
  return {};
}

std::string_view Xml::text_of(std::string_view local_name) const {
  const Xml* found = child(local_name);
  return found != nullptr ? trim(found->text) : std::string_view();
}

}  // namespace anlan::rules
