// A time-out is never a decision: no way from a clock may bring about, without a person in between,
// a state that the process says is an approval (anlan:approving).

#include <algorithm>
#include <set>

#include "flow/graph.h"

namespace anlan::flow {

namespace {

// A text, or FEEL that names one of the states or none at all: what can't be read is not trusted.
bool may_approve(const Setting& setting, const std::vector<std::string>& approving) {
  if (!setting.is_field || setting.name != "state") return false;
  const std::string& source = setting.value.source();
  if (!source.starts_with('=')) return std::ranges::contains(approving, source);
  if (!source.contains('"')) return true;
  return std::ranges::any_of(
      approving, [&](const std::string& state) { return source.contains("\"" + state + "\""); });
}

// Where the case goes on after a node without anybody doing anything.
std::vector<std::size_t> goes_on_to(const Graph& graph, std::size_t at) {
  const Node& node = graph.nodes[at];
  std::vector<std::size_t> next;
  for (std::size_t edge : node.out) next.push_back(graph.edges[edge].to);
  if (node.begin != kNone) next.push_back(node.begin);
  bool is_end = node.kind == NodeKind::End || node.kind == NodeKind::Terminate;
  bool is_thrown = node.error || node.escalation;
  // What is thrown may be caught anywhere further out.
  auto catches = [&](const Node& event) {
    return (node.error && event.error) || (node.escalation && event.escalation);
  };
  bool is_over = is_end;
  for (std::size_t in = node.container; in != kNone && (is_over || is_thrown);
       in = graph.nodes[in].container) {
    const Node& around = graph.nodes[in];
    for (std::size_t border : around.boundaries) {
      if (catches(graph.nodes[border])) next.push_back(border);
    }
    for (std::size_t inside : graph.event_subs_in(around.container)) {
      if (catches(graph.nodes[graph.nodes[inside].begin])) next.push_back(inside);
    }
    if (!is_over || around.kind == NodeKind::EventSub) continue;
    for (std::size_t edge : around.out) next.push_back(graph.edges[edge].to);
    is_over = false;
  }
  return next;
}

void lint_clock_way(Reading& reading, std::size_t clock) {
  const Graph& graph = reading.graph;
  std::vector<std::size_t> open = {clock};
  std::set<std::size_t> seen;
  while (!open.empty()) {
    std::size_t at = open.back();
    open.pop_back();
    if (!seen.insert(at).second) continue;
    const Node& node = graph.nodes[at];
    bool is_person = node.kind == NodeKind::User;
    for (const Setting& setting : node.settings) {
      bool happens = !is_person || !setting.on_complete;
      if (!happens || !may_approve(setting, graph.approving)) continue;
      reading.find_fault(node.id, FindingKind::ClockApproves, {graph.nodes[clock].id, node.id});
    }
    if (is_person) continue;
    std::vector<std::size_t> next = goes_on_to(graph, at);
    open.insert(open.end(), next.begin(), next.end());
  }
}

}  // namespace

void lint_clocks(Reading& reading) {
  if (reading.graph.approving.empty()) return;
  for (std::size_t at = 0; at < reading.graph.nodes.size(); ++at) {
    if (reading.graph.nodes[at].timer) lint_clock_way(reading, at);
  }
}

}  // namespace anlan::flow
