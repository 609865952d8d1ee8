#include "flow/picture.h"

#include <algorithm>
#include <set>

#include "flow/case_state.h"
#include "flow/layout.h"
#include "flow/screen.h"

namespace anlan::flow {

namespace {

struct Kind {
  const char* kind;
  const char* shape;
};

const char* event_shape(const Node& node) {
  if (!node.message.empty() || !node.letters.empty()) return "message";
  if (!node.signal.empty()) return "signal";
  if (node.error) return "error";
  if (node.escalation) return "escalation";
  if (!node.condition.is_empty()) return "condition";
  return node.timer ? "timer" : "plain";
}

// Starts and ends have marks of their own unless something particular starts or ends.
const char* edge_shape(const Node& node, const char* plain) {
  const char* shape = event_shape(node);
  return std::string_view(shape) == "plain" ? plain : shape;
}

Kind kind_of(const Node& node) {
  switch (node.kind) {
    case NodeKind::Start: return {"start", edge_shape(node, "start")};
    case NodeKind::End: return {"end", edge_shape(node, "end")};
    case NodeKind::Terminate: return {"end", "terminate"};
    case NodeKind::User: return {"user", "user"};
    case NodeKind::Service: return {"service", "service"};
    case NodeKind::Send: return {"service", "send"};
    case NodeKind::Receive: return {"service", "receive"};
    case NodeKind::Manual: return {"service", "manual"};
    case NodeKind::Rule: return {"rule", "rule"};
    case NodeKind::Script: return {"script", "script"};
    case NodeKind::Exclusive: return {"gateway", "exclusive"};
    case NodeKind::Inclusive: return {"gateway", "inclusive"};
    case NodeKind::Parallel: return {"gateway", "parallel"};
    case NodeKind::Events: return {"gateway", "events"};
    case NodeKind::Sub: return {"frame", "sub"};
    case NodeKind::EventSub: return {"frame", "event_sub"};
    case NodeKind::Call: return {"call", "call"};
    case NodeKind::Catch:
    case NodeKind::Throw:
    case NodeKind::Boundary: break;
  }
  return {"event", event_shape(node)};
}

// What is known of where the case has been; nodes of a case older than the picture have history
// only.
struct Past {
  std::set<std::string> edges;
  std::set<std::string> nodes;
};

Result<Past> past_of(store::View& view, const CaseState& state) {
  Past past;
  for (const Json& edge : state.row.taken.as_array()) {
    if (edge.is_text()) past.edges.insert(edge.as_text());
  }
  store::Rows rows = TRY(view.query(
      {"SELECT DISTINCT node FROM flow_history WHERE case_id = ?", {state.row.id.text()}}));
  for (std::size_t i = 0; i < rows.size(); ++i) past.nodes.insert(rows[i].text("node"));
  return past;
}

// What a call activity or an event sub-process holds stands there too: nothing else tells of it.
bool stands_at(const Graph& graph, const Token& token, const Node& node) {
  if (token.node == node.id) return true;
  if (node.kind == NodeKind::Call) return token.node.starts_with(node.id + "/");
  const Node* at = node.kind == NodeKind::EventSub ? graph.find(token.node) : nullptr;
  while (at && at->container != kNone) {
    at = &graph.nodes[at->container];
    if (at == &node) return true;
  }
  return false;
}

std::string state_of(const Graph& graph, const CaseState& state, const Past& past,
                     const Node& node) {
  bool is_waiting = false;
  for (const Token& token : state.tokens) {
    if (!stands_at(graph, token, node)) continue;
    if (token.state == state::kIncident) return "incident";
    is_waiting = true;
  }
  if (is_waiting) return "waiting";
  bool was_there = node.kind == NodeKind::Start || past.nodes.contains(node.id);
  auto is_taken = [&](std::size_t edge) { return past.edges.contains(graph.edges[edge].id); };
  was_there = was_there || std::ranges::any_of(node.in, is_taken) ||
              std::ranges::any_of(node.out, is_taken);
  return was_there ? "done" : "ahead";
}

Json node_json(const Node& node, const Box& box, std::string state) {
  Kind kind = kind_of(node);
  return Json::object({{"id", node.id},
                       {"kind", kind.kind},
                       {"shape", kind.shape},
                       {"name", local_json(node.name)},
                       {"state", std::move(state)},
                       {"x", box.x},
                       {"y", box.y},
                       {"w", box.w},
                       {"h", box.h}});
}

Json edge_json(const Graph& graph, const Edge& edge, const std::vector<Point>& way) {
  Json points = Json::array();
  for (const Point& point : way) points.push(Json::array({point.x, point.y}));
  return Json::object({{"id", edge.id},
                       {"from", graph.nodes[edge.from].id},
                       {"to", graph.nodes[edge.to].id},
                       {"name", local_json(edge.name)},
                       {"points", std::move(points)}});
}

Point extent(const Layout& layout) {
  Point far;
  for (const Box& box : layout.boxes) {
    far = {std::max(far.x, box.x + box.w), std::max(far.y, box.y + box.h)};
  }
  for (const auto& way : layout.ways) {
    for (const Point& point : way) far = {std::max(far.x, point.x), std::max(far.y, point.y)};
  }
  return {far.x + 20, far.y + 20};
}

}  // namespace

Result<Json> picture(store::View& view, const Library& library, std::string_view form,
                     RecordId id) {
  store::Rows found =
      TRY(view.query({"SELECT id FROM flow_case WHERE form = ? AND record_id = ?"
                      " ORDER BY started DESC, id DESC LIMIT 1",
                      {std::string(form), id.text()}}));
  if (found.empty()) return refuse(ErrorCode::NotFound, "this record has no flow");
  CaseState state = TRY(load_case(view, TRY(CaseId::parse(found[0].text("id")))));
  const Model* model = library.model(state.row.model_id, state.row.model_version);
  if (model == nullptr) return refuse(ErrorCode::BadModel, "the case's flow is not there");
  const Graph& graph = model->graph();
  Past past = TRY(past_of(view, state));
  Layout layout = lay_out(graph);
  Json nodes = Json::array();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    nodes.push(node_json(node, layout.boxes[i], state_of(graph, state, past, node)));
  }
  Json edges = Json::array();
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    Json edge = edge_json(graph, graph.edges[i], layout.ways[i]);
    edge.set("is_taken", past.edges.contains(graph.edges[i].id));
    edges.push(std::move(edge));
  }
  Point far = extent(layout);
  return Json::object({{"model", model->id()},
                       {"version", state.row.model_version},
                       {"name", local_json(model->title())},
                       {"width", far.x},
                       {"height", far.y},
                       {"nodes", std::move(nodes)},
                       {"edges", std::move(edges)}});
}

}  // namespace anlan::flow
