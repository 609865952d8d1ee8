#include "flow/link.h"

#include <algorithm>

namespace anlan::flow {

namespace {

constexpr std::size_t kCallsDeepMax = 8;

// Moves what a called process brings with it to its place in the graph of the caller.
struct Shift {
  std::string prefix;
  std::size_t call = kNone;
  std::size_t nodes = 0;
  std::size_t edges = 0;
  std::size_t scopes = 0;
  std::size_t blocks = 0;
};

std::size_t moved(std::size_t index, std::size_t by) { return index == kNone ? kNone : index + by; }

void move_all(std::vector<std::size_t>& indexes, std::size_t by) {
  for (std::size_t& index : indexes) index += by;
}

void rename_all(std::vector<std::string>& ids, const std::string& prefix) {
  for (std::string& id : ids) id.insert(0, prefix);
}

void add_node(Graph& graph, Node node, const Shift& shift) {
  node.id.insert(0, shift.prefix);
  move_all(node.in, shift.edges);
  move_all(node.out, shift.edges);
  move_all(node.boundaries, shift.nodes);
  move_all(node.event_subs, shift.nodes);
  node.default_edge = moved(node.default_edge, shift.edges);
  node.begin = moved(node.begin, shift.nodes);
  node.host = moved(node.host, shift.nodes);
  node.scope += shift.scopes;
  node.container = node.container == kNone ? shift.call : node.container + shift.nodes;
  if (node.user) {
    rename_all(node.user->excluded, shift.prefix);
    for (std::string& target : node.user->return_targets) {
      if (!is_target_word(target)) target.insert(0, shift.prefix);
    }
    auto& rejection = node.user->rejection;
    bool goes_back = rejection && rejection->returns;
    if (goes_back && !is_target_word(rejection->to)) rejection->to.insert(0, shift.prefix);
  }
  graph.by_id.emplace(node.id, graph.nodes.size());
  graph.nodes.push_back(std::move(node));
}

void add_edge(Graph& graph, Edge edge, const Shift& shift) {
  edge.id.insert(0, shift.prefix);
  edge.from += shift.nodes;
  edge.to += shift.nodes;
  edge.scope += shift.scopes;
  graph.edge_by_id.emplace(edge.id, graph.edges.size());
  graph.edges.push_back(std::move(edge));
}

// The root scope of what is called lies inside the scope of the call.
void add_scopes(Graph& graph, const Graph& called, const Shift& shift) {
  for (Scope scope : called.scopes) {
    scope.parent =
        scope.parent == kNone ? graph.nodes[shift.call].scope : scope.parent + shift.scopes;
    scope.block = moved(scope.block, shift.blocks);
    graph.scopes.push_back(scope);
  }
  for (Block block : called.blocks) {
    graph.blocks.push_back({.fork = block.fork + shift.nodes,
                            .join = block.join + shift.nodes,
                            .first_scope = block.first_scope + shift.scopes});
  }
}

void put_inside(Graph& graph, std::size_t call, const Graph& called, Part part) {
  Shift shift{.prefix = graph.nodes[call].id + "/",
              .call = call,
              .nodes = graph.nodes.size(),
              .edges = graph.edges.size(),
              .scopes = graph.scopes.size(),
              .blocks = graph.blocks.size()};
  add_scopes(graph, called, shift);
  for (const Node& node : called.nodes) add_node(graph, node, shift);
  for (const Edge& edge : called.edges) add_edge(graph, edge, shift);
  graph.nodes[call].begin = called.start + shift.nodes;
  graph.nodes[call].event_subs = called.event_subs;
  move_all(graph.nodes[call].event_subs, shift.nodes);
  graph.has_signals |= called.has_signals;
  graph.has_conditions |= called.has_conditions;
  graph.parts.emplace(shift.prefix, std::move(part));
}

bool calls_some(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [](const Node& node) { return node.calls.has_value(); });
}

Result<void> pin_from(const Library& library, const Graph& graph, Json& pinned,
                      std::vector<std::string>& path) {
  for (const Node& node : graph.nodes) {
    if (!node.calls) continue;
    const std::string& id = node.calls->model;
    if (std::ranges::contains(path, id) || path.size() > kCallsDeepMax) {
      return refuse(ErrorCode::BadModel, "the flow '" + id + "' is called from inside itself",
                    node.id);
    }
    Library::Versioned newest = library.newest(id);
    if (!newest.model) {
      return refuse(ErrorCode::BadModel, "the flow '" + id + "' is not deployed", node.id);
    }
    const Graph& called = newest.model->graph();
    const Node& start = called.nodes[called.start];
    if (start.timer || !start.message.empty()) {
      return refuse(ErrorCode::BadModel, "the flow '" + id + "' has no plain start event", node.id);
    }
    pinned.set(id, newest.version);
    path.push_back(id);
    TRY(pin_from(library, called, pinned, path));
    path.pop_back();
  }
  return {};
}

}  // namespace

Result<Json> pin_calls(const Library& library, const Model& model) {
  if (!calls_some(model.graph())) return Json();
  Json pinned = Json::object();
  std::vector<std::string> path = {model.id()};
  TRY(pin_from(library, model.graph(), pinned, path));
  return pinned;
}

// Nodes that are put inside come last, so calls among them have their turn too. Calls never come
// back to where they began, so there is an end.
Result<std::shared_ptr<const Graph>> link(const Library& library, const Model& model,
                                          const Json& called) {
  if (called.is_null()) return model.shared_graph();
  auto graph = std::make_shared<Graph>(model.graph());  // shared: see Machine
  for (std::size_t at = 0; at < graph->nodes.size(); ++at) {
    if (!graph->nodes[at].calls) continue;
    std::string id = graph->nodes[at].calls->model;
    int64_t version = called.int_or(id, 0);
    const Model* inside = version > 0 ? library.model(id, version) : nullptr;
    if (!inside) {
      return refuse(ErrorCode::BadModel,
                    "flow '" + id + "' version " + std::to_string(version) + " is not deployed");
    }
    put_inside(*graph, at, inside->graph(), {.model_id = id, .version = version});
  }
  return std::shared_ptr<const Graph>(std::move(graph));
}

}  // namespace anlan::flow
