#include "flow/xml.h"

#include "core/limits.h"
#include "core/text.h"

namespace anlan::flow::xml {

namespace {

std::string_view prefix_of(std::string_view qualified) {
  std::size_t colon = qualified.find(':');
  return colon == std::string_view::npos ? std::string_view{} : qualified.substr(0, colon);
}

std::string_view local_of(std::string_view qualified) {
  std::size_t colon = qualified.find(':');
  return colon == std::string_view::npos ? qualified : qualified.substr(colon + 1);
}

// Namespaces in XML 1.0, 6.1: the nearest declaration outward counts.
std::string_view resolve(pugi::xml_node from, std::string_view prefix) {
  std::string wanted = prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix);
  for (pugi::xml_node node = from; node; node = node.parent()) {
    pugi::xml_attribute found = node.attribute(wanted.c_str());
    if (found) return found.value();
  }
  return {};
}

}  // namespace

Result<void> load(pugi::xml_document& into, std::string_view bytes) {
  if (bytes.size() > limits::kXmlBytesMax) {
    return refuse(ErrorCode::TooLarge, "the model is larger than 4 MB");
  }
  pugi::xml_parse_result parsed = into.load_buffer(bytes.data(), bytes.size());
  if (!parsed) {
    return refuse(ErrorCode::BadModel, std::string("not well-formed XML: ") + parsed.description());
  }
  if (parsed.encoding == pugi::encoding_utf8 && !is_utf8(bytes)) {
    return refuse(ErrorCode::BadModel, "the XML holds bytes that are not UTF-8");
  }
  return {};
}

std::string_view local_name(pugi::xml_node node) { return local_of(node.name()); }

std::string_view namespace_of(pugi::xml_node node) { return resolve(node, prefix_of(node.name())); }

bool is(pugi::xml_node node, std::string_view name_space, std::string_view local) {
  return local_name(node) == local && namespace_of(node) == name_space;
}

std::vector<pugi::xml_node> children(pugi::xml_node of, std::string_view name_space,
                                     std::string_view local) {
  std::vector<pugi::xml_node> found;
  for (pugi::xml_node node : of.children()) {
    if (node.type() != pugi::node_element) continue;
    if (!local.empty() && local_name(node) != local) continue;
    if (namespace_of(node) == name_space) found.push_back(node);
  }
  return found;
}

pugi::xml_node child(pugi::xml_node of, std::string_view name_space, std::string_view local) {
  for (pugi::xml_node node : of.children()) {
    if (node.type() == pugi::node_element && is(node, name_space, local)) return node;
  }
  return {};
}

std::string attribute(pugi::xml_node of, std::string_view name) {
  return std::string(trim(of.attribute(std::string(name).c_str()).value()));
}

std::string attribute(pugi::xml_node of, std::string_view name_space, std::string_view local) {
  for (pugi::xml_attribute found : of.attributes()) {
    std::string_view prefix = prefix_of(found.name());
    if (prefix.empty() || local_of(found.name()) != local) continue;
    if (resolve(of, prefix) == name_space) return std::string(trim(found.value()));
  }
  return {};
}

std::string text(pugi::xml_node of) {
  std::string all;
  for (pugi::xml_node part : of.children()) {
    bool is_text = part.type() == pugi::node_pcdata || part.type() == pugi::node_cdata;
    if (is_text) all += part.value();
  }
  return std::string(trim(all));
}

std::vector<pugi::xml_node> extensions(pugi::xml_node of, std::string_view local) {
  return children(child(of, kBpmn, "extensionElements"), kAnlan, local);
}

pugi::xml_node extension(pugi::xml_node of, std::string_view local) {
  return child(child(of, kBpmn, "extensionElements"), kAnlan, local);
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  std::string word;
  for (char c : text) {
    bool is_gap = c == ' ' || c == ',' || c == '\n' || c == '\r' || c == '\t';
    if (!is_gap) {
      word += c;
      continue;
    }
    if (!word.empty()) found.push_back(std::move(word));
    word.clear();
  }
  if (!word.empty()) found.push_back(std::move(word));
  return found;
}

}  // namespace anlan::flow::xml
