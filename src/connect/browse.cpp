#include "connect/browse.h"

#include <algorithm>
#include <filesystem>
#include <format>
#include <fstream>
#include <vector>

#include "connect/knock.h"
#include "connect/opcua_link.h"
#include "connect/replay_table.h"

namespace anlan::connect {
namespace {

constexpr std::size_t kHeadBytes = 1 << 20;  // of a recording: its heading and some rows
constexpr std::string_view kObjects = "i=85";

using Nodes = std::vector<SourceItem>;

Result<Nodes> nodes_of(const Source& source, const std::string& node) {
  if (!is_opcua_node(node)) return refuse(ErrorCode::BadField, node, "node");
  std::string trouble = knock(source.host, source.port, source.time_out);
  if (!trouble.empty()) return refuse(ErrorCode::WrongState, trouble);
  auto link = OpcuaLink::make(opcua_config(source), {}, [](auto) {}, [] {});
  trouble = link->connect();
  if (!trouble.empty()) return refuse(ErrorCode::WrongState, trouble);
  Nodes nodes;
  for (const OpcuaLink::Node& one : link->browse(node)) {
    nodes.push_back({one.node, one.name, one.is_value});
  }
  link->disconnect();
  return nodes;
}

Result<Nodes> columns_of(const Source& source) {
  auto path = std::filesystem::path(source.folder) / "replay" / source.file;
  std::ifstream file(path, std::ios::binary);
  std::string bytes(kHeadBytes, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (bytes.empty()) return refuse(ErrorCode::WrongState, "no such file: " + source.file);
  if (bytes.size() == kHeadBytes) bytes.resize(bytes.rfind('\n') + 1);
  ReplayTable table = TRY(parse_replay(bytes, source.step, replay_offset(source)));
  Nodes nodes;
  for (const std::string& column : table.columns) nodes.push_back({column, column, true});
  return nodes;
}

}  // namespace

Result<Json> browse_source(const Source& source, const std::string& node, std::size_t from) {
  Nodes nodes;
  if (source.protocol == Source::Protocol::Opcua) {
    nodes = TRY(nodes_of(source, node.empty() ? std::string(kObjects) : node));
  } else if (source.protocol == Source::Protocol::Replay) {
    nodes = TRY(columns_of(source));
  } else {
    return refuse(ErrorCode::BadField, "this protocol has no address space", "code");
  }
  return browse_page(nodes, from);
}

Json browse_page(const std::vector<SourceItem>& items, std::size_t from) {
  Json rows = Json::array();
  std::size_t end = std::min(items.size(), from + kBrowsePage);
  for (std::size_t i = std::min(from, items.size()); i < end; ++i) {
    rows.push(Json::object(
        {{"path", items[i].path}, {"name", items[i].name}, {"is_value", items[i].is_value}}));
  }
  Json next = end < items.size() ? Json(static_cast<int64_t>(end)) : Json();
  return Json::object({{"rows", std::move(rows)}, {"next", std::move(next)}});
}

}  // namespace anlan::connect
