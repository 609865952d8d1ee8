// What must hold of a graph before a case may run on it.

#include <algorithm>
#include <set>

#include "flow/graph.h"

namespace anlan::flow {

namespace {

bool is_end(const Node& node) {
  return node.kind == NodeKind::End || node.kind == NodeKind::Terminate;
}

// Everything that can be reached forward (or backward) from the given nodes, themselves included.
std::vector<bool> reach(const Graph& graph, std::vector<std::size_t> open, bool is_forward) {
  std::vector<bool> is_seen(graph.nodes.size(), false);
  while (!open.empty()) {
    std::size_t at = open.back();
    open.pop_back();
    if (is_seen[at]) continue;
    is_seen[at] = true;
    const Node& node = graph.nodes[at];
    for (std::size_t edge : is_forward ? node.out : node.in) {
      open.push_back(is_forward ? graph.edges[edge].to : graph.edges[edge].from);
    }
    if (!is_forward) {
      if (node.host != kNone) open.push_back(node.host);
      continue;
    }
    open.insert(open.end(), node.boundaries.begin(), node.boundaries.end());
    open.insert(open.end(), node.event_subs.begin(), node.event_subs.end());
    if (node.begin != kNone) open.push_back(node.begin);
  }
  return is_seen;
}

void lint_ways(Reading& reading, const Node& node) {
  bool is_aside = node.kind == NodeKind::EventSub;
  bool has_entry = node.kind != NodeKind::Start && node.kind != NodeKind::Boundary && !is_aside;
  if (!has_entry && !node.in.empty()) {
    reading.find_fault(node.id, FindingKind::WayIn, {node.id});
  }
  if (is_end(node) || is_aside) {
    if (!node.out.empty()) reading.find_fault(node.id, FindingKind::WayOut, {node.id});
    return;
  }
  if (node.out.empty()) {
    reading.find_fault(node.id, FindingKind::NoWayOut, {node.id});
  }
  if (node.out.size() > 1 && !is_gateway(node.kind)) {
    reading.find_fault(node.id, FindingKind::ManyWaysOut, {node.id});
  }
}

// One thing listens to a message or signal once.
void lint_heard(Reading& reading, const std::string& listener, const Node& event,
                std::set<std::string>& names) {
  bool is_message = !event.message.empty();
  const std::string& name = is_message ? event.message : event.signal;
  if (name.empty() || names.insert((is_message ? "message " : "signal ") + name).second) return;
  reading.find_fault(listener, is_message ? FindingKind::MessageTwice : FindingKind::SignalTwice,
                     {listener, name});
}

// BPMN 2.0.2, 10.6.6: events stand right behind the gateway, each with this one way in.
void lint_events(Reading& reading, const Node& node) {
  if (node.kind != NodeKind::Events) return;
  const Graph& graph = reading.graph;
  if (node.out.size() == 1) {
    reading.find_fault(node.id, FindingKind::OneEvent, {node.id});
  }
  std::set<std::string> names;
  for (std::size_t edge : node.out) {
    const Node& event = graph.nodes[graph.edges[edge].to];
    if (event.kind != NodeKind::Catch) {
      reading.find_fault(event.id, FindingKind::NoCatchBehind, {node.id, event.id});
    } else if (event.in.size() > 1) {
      reading.find_fault(event.id, FindingKind::OtherWayIn, {event.id, node.id});
    }
    lint_heard(reading, node.id, event, names);
  }
}

void lint_conditions(Reading& reading, const Node& node) {
  const Graph& graph = reading.graph;
  bool decides = node.kind == NodeKind::Exclusive || node.kind == NodeKind::Inclusive;
  for (std::size_t i : node.out) {
    const Edge& edge = graph.edges[i];
    bool has_condition = !edge.condition.is_empty();
    if (!decides && has_condition) {
      reading.find_fault(edge.id, FindingKind::IdleCondition, {edge.id});
    }
    bool lacks = decides && node.out.size() > 1 && !has_condition && i != node.default_edge;
    if (lacks) {
      reading.find_fault(edge.id, FindingKind::NoCondition, {edge.id, node.id});
    }
  }
}

void lint_reachable(Reading& reading) {
  const Graph& graph = reading.graph;
  std::vector<std::size_t> starts = graph.starts;
  starts.insert(starts.end(), graph.event_subs.begin(), graph.event_subs.end());
  std::vector<bool> from_start = reach(graph, std::move(starts), true);
  std::vector<std::size_t> ends;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    if (is_end(graph.nodes[at])) ends.push_back(at);
  }
  std::vector<bool> to_end = reach(graph, ends, false);
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const std::string& id = graph.nodes[at].id;
    if (!from_start[at]) {
      reading.find_fault(id, FindingKind::NotReached, {id});
    } else if (!to_end[at] && !graph.nodes[at].out.empty()) {
      reading.find_fault(id, FindingKind::NoEndReached, {id});
    }
  }
}

void lint_return(Reading& reading, const Node& node, const std::string& target_id) {
  const Graph& graph = reading.graph;
  if (is_target_word(target_id)) return;
  const Node* target = graph.find(target_id);
  if (!target || target->kind != NodeKind::User) {
    reading.find_fault(node.id, FindingKind::ReturnTarget, {target_id, node.id});
  } else if (!graph.is_scope_within(node.scope, target->scope)) {
    reading.find_fault(node.id, FindingKind::ReturnInside, {node.id, target_id});
  }
}

void lint_user(Reading& reading, const Node& node) {
  if (!node.user) return;
  const Graph& graph = reading.graph;
  for (const std::string& excluded : node.user->excluded) {
    const Node* other = graph.find(excluded);
    if (!other || other->kind != NodeKind::User) {
      reading.find_fault(node.id, FindingKind::ExcludedTask, {node.id, excluded});
    }
  }
  for (const std::string& target : node.user->return_targets) lint_return(reading, node, target);
  std::set<std::string> ids;
  for (const Outcome& outcome : node.user->outcomes) {
    bool is_new = ids.insert(outcome.id).second;
    if (outcome.id.empty() || !is_new) {
      reading.find_fault(node.id, FindingKind::OutcomeId, {node.id});
    }
  }
  if (!node.user->multi) return;
  for (const std::string& agreeing : node.user->multi->approval.agreeing) {
    if (!ids.contains(agreeing)) {
      reading.find_fault(node.id, FindingKind::CountedOutcome, {node.id, agreeing});
    }
  }
}

void lint_listeners(Reading& reading, const Node& node) {
  std::set<std::string> names;
  for (std::size_t boundary : node.boundaries) {
    lint_heard(reading, node.id, reading.graph.nodes[boundary], names);
  }
}

void lint_started(Reading& reading, const std::string& id,
                  const std::vector<std::size_t>& event_subs) {
  std::set<std::string> names;
  for (std::size_t at : event_subs) {
    const Node& around = reading.graph.nodes[at];
    if (around.begin != kNone) lint_heard(reading, id, reading.graph.nodes[around.begin], names);
  }
}

void lint_inside(Reading& reading, const Node& node) {
  bool is_embedded = node.kind == NodeKind::Sub || node.kind == NodeKind::EventSub;
  if (!is_embedded) return;
  if (node.begin == kNone) {
    reading.find_fault(node.id, FindingKind::SubStart, {node.id});
  }
  if (!node.boundaries.empty() && node.kind == NodeKind::EventSub) {
    reading.find_fault(node.id, FindingKind::BorderOfEventSub, {node.id});
  }
  lint_started(reading, node.id, node.event_subs);
}

// A non-interrupting event makes a token more than its host's branch has: a join behind it would
// be given two tokens of one branch.
void lint_side_way(Reading& reading, std::size_t boundary) {
  const Graph& graph = reading.graph;
  const Node& node = graph.nodes[boundary];
  if (node.kind != NodeKind::Boundary || node.is_interrupting) return;
  std::vector<bool> side = reach(graph, {boundary}, true);
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const Node& join = graph.nodes[at];
    if (!side[at] || !is_join(join)) continue;
    std::size_t block = graph.block_of_join(at);
    bool is_own = block != kNone && side[graph.blocks[block].fork];
    if (is_own) continue;
    reading.find_fault(node.id, FindingKind::SideWayJoin, {node.id, join.id});
  }
}

// Ways on which a branch of `block` ends or arrives; side ways of non-interrupting events apart.
std::vector<bool> main_ways(const Graph& graph, std::size_t first, std::size_t join) {
  std::vector<bool> is_seen(graph.nodes.size(), false);
  std::vector<std::size_t> open = {first};
  while (!open.empty()) {
    std::size_t at = open.back();
    open.pop_back();
    if (at == join || is_seen[at]) continue;
    is_seen[at] = true;
    for (std::size_t edge : graph.nodes[at].out) open.push_back(graph.edges[edge].to);
    for (std::size_t boundary : graph.nodes[at].boundaries) {
      if (graph.nodes[boundary].is_interrupting) open.push_back(boundary);
    }
  }
  return is_seen;
}

void lint_branch(Reading& reading, const Block& block, std::size_t branch) {
  const Graph& graph = reading.graph;
  const Node& fork = graph.nodes[block.fork];
  const Node& join = graph.nodes[block.join];
  std::vector<bool> ways = main_ways(graph, graph.edges[fork.out[branch]].to, block.join);
  bool has_open_fork = false;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    if (!ways[at]) continue;
    const Node& node = graph.nodes[at];
    has_open_fork |= is_fork(node) && graph.block_of_fork(at) == kNone;
    if (node.kind == NodeKind::End && !node.error) {
      reading.find_fault(node.id, FindingKind::EndInBranch, {node.id, join.id});
    }
  }
  auto arrivals = std::ranges::count_if(
      join.in, [&](std::size_t edge) { return ways[graph.edges[edge].from]; });
  if (arrivals > 1 && !has_open_fork) {
    reading.find_fault(join.id, FindingKind::JoinTwice,
                       {join.id, std::to_string(arrivals), fork.id});
  }
}

void lint_joins(Reading& reading) {
  const Graph& graph = reading.graph;
  for (const Block& block : graph.blocks) {
    for (std::size_t i = 0; i < graph.nodes[block.fork].out.size(); ++i) {
      lint_branch(reading, block, i);
    }
  }
  bool has_open_fork = false;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    has_open_fork |= is_fork(graph.nodes[at]) && graph.block_of_fork(at) == kNone;
  }
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const Node& node = graph.nodes[at];
    if (!is_join(node) || graph.block_of_join(at) != kNone) continue;
    if (node.kind == NodeKind::Inclusive) {
      reading.find_fault(node.id, FindingKind::InclusiveJoin, {node.id});
      continue;
    }
    if (has_open_fork) continue;
    reading.find_fault(node.id, FindingKind::JoinWaits, {node.id, std::to_string(node.in.size())});
  }
}

}  // namespace

void lint_graph(Reading& reading) {
  Graph& graph = reading.graph;
  if (graph.start == kNone) {
    reading.find_fault(graph.id, FindingKind::NoStart);
    return;
  }
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    lint_ways(reading, graph.nodes[at]);
    lint_events(reading, graph.nodes[at]);
    lint_conditions(reading, graph.nodes[at]);
    lint_user(reading, graph.nodes[at]);
    lint_listeners(reading, graph.nodes[at]);
    lint_side_way(reading, at);
    lint_inside(reading, graph.nodes[at]);
  }
  lint_started(reading, graph.id, graph.event_subs);
  lint_reachable(reading);
  lint_joins(reading);
  lint_acts(reading);
  lint_clocks(reading);
}

}  // namespace anlan::flow
