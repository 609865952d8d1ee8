// Finds the blocks of a graph: a fork and the join of the same kind that closes exactly its
// branches. Each branch becomes a scope, and so does the content of each sub-process. A fork whose
// branches are not closed by one join has no block: its tokens stay in the scope around it.

#include <algorithm>

#include "flow/graph.h"

namespace anlan::flow {

namespace {

struct Region {
  Block block;
  std::vector<std::size_t> branch_of;  // per node: index into the fork's ways out, or kNone
  std::size_t size = 0;
};

// Colours what branch `branch` reaches before the join; false when it meets another branch, the
// fork itself, or never reaches the join.
bool walk_branch(const Graph& graph, Region& region, std::size_t branch) {
  const Node& fork = graph.nodes[region.block.fork];
  std::vector<std::size_t> open = {graph.edges[fork.out[branch]].to};
  bool reaches_join = false;
  while (!open.empty()) {
    std::size_t at = open.back();
    open.pop_back();
    if (at == region.block.join) {
      reaches_join = true;
      continue;
    }
    if (at == region.block.fork) return false;
    std::size_t& owner = region.branch_of[at];
    if (owner == branch) continue;
    if (owner != kNone) return false;
    owner = branch;
    ++region.size;
    for (std::size_t edge : graph.nodes[at].out) open.push_back(graph.edges[edge].to);
    for (std::size_t boundary : graph.nodes[at].boundaries) open.push_back(boundary);
  }
  return reaches_join;
}

// Nothing enters a branch from outside, and the join waits for nothing but the branches.
bool is_closed(const Graph& graph, const Region& region) {
  const Node& fork = graph.nodes[region.block.fork];
  auto branch_of_edge = [&](std::size_t edge) {
    std::size_t from = graph.edges[edge].from;
    if (from != region.block.fork) return region.branch_of[from];
    return static_cast<std::size_t>(std::ranges::find(fork.out, edge) - fork.out.begin());
  };
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    std::size_t owner = region.branch_of[at];
    if (owner == kNone) continue;
    for (std::size_t edge : graph.nodes[at].in) {
      if (branch_of_edge(edge) != owner) return false;
    }
  }
  return std::ranges::none_of(graph.nodes[region.block.join].in,
                              [&](std::size_t edge) { return branch_of_edge(edge) == kNone; });
}

std::optional<Region> try_block(const Graph& graph, std::size_t fork, std::size_t join) {
  Region region{.block = {fork, join},
                .branch_of = std::vector<std::size_t>(graph.nodes.size(), kNone)};
  for (std::size_t branch = 0; branch < graph.nodes[fork].out.size(); ++branch) {
    if (!walk_branch(graph, region, branch)) return std::nullopt;
  }
  if (!is_closed(graph, region)) return std::nullopt;
  return region;
}

// Joins after the fork, nearest first.
std::vector<std::size_t> joins_after(const Graph& graph, std::size_t fork) {
  std::vector<bool> is_seen(graph.nodes.size(), false);
  std::vector<std::size_t> queue = {fork};
  std::vector<std::size_t> joins;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const Node& node = graph.nodes[queue[i]];
    bool is_same_kind = node.kind == graph.nodes[fork].kind;
    if (queue[i] != fork && is_same_kind && is_join(node)) joins.push_back(queue[i]);
    auto visit = [&](std::size_t next) {
      if (is_seen[next]) return;
      is_seen[next] = true;
      queue.push_back(next);
    };
    for (std::size_t edge : node.out) visit(graph.edges[edge].to);
    for (std::size_t boundary : node.boundaries) visit(boundary);
  }
  return joins;
}

void add_scopes(Graph& graph, const Region& region) {
  std::size_t block = graph.blocks.size();
  const Node& fork = graph.nodes[region.block.fork];
  std::size_t first = graph.scopes.size();
  graph.blocks.push_back(region.block);
  graph.blocks.back().first_scope = first;
  for (std::size_t branch = 0; branch < fork.out.size(); ++branch) {
    graph.scopes.push_back({.parent = fork.scope, .block = block});
  }
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    if (region.branch_of[at] != kNone) graph.nodes[at].scope = first + region.branch_of[at];
  }
}

// A flow lies in the scope it comes from; what leaves the fork lies in its branch.
void place_edges(Graph& graph) {
  for (Edge& edge : graph.edges) edge.scope = graph.nodes[edge.from].scope;
  for (const Block& block : graph.blocks) {
    std::size_t scope = block.first_scope;
    for (std::size_t edge : graph.nodes[block.fork].out) graph.edges[edge].scope = scope++;
  }
}

// Outer blocks come first, so that inner ones find their parent and overwrite it.
std::vector<Region> find_regions(const Graph& graph) {
  std::vector<Region> regions;
  for (std::size_t fork = 0; fork < graph.nodes.size(); ++fork) {
    if (!is_fork(graph.nodes[fork])) continue;
    for (std::size_t join : joins_after(graph, fork)) {
      auto region = try_block(graph, fork, join);
      if (!region) continue;
      regions.push_back(std::move(*region));
      break;
    }
  }
  std::ranges::stable_sort(regions, std::greater{}, &Region::size);
  return regions;
}

}  // namespace

bool is_fork(const Node& node) {
  bool splits = node.kind == NodeKind::Parallel || node.kind == NodeKind::Inclusive;
  return splits && node.out.size() > 1;
}

bool is_join(const Node& node) {
  bool joins = node.kind == NodeKind::Parallel || node.kind == NodeKind::Inclusive;
  return joins && node.in.size() > 1;
}

// A sub-process stands before its content in the list of nodes, so scopes are found from outside
// inwards: the branch that a sub-process lies in is known when its content is looked at.
void find_scopes(Graph& graph) {
  graph.scopes = {Scope{}};
  std::vector<Region> regions = find_regions(graph);
  std::vector<std::size_t> containers = {kNone};
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    NodeKind kind = graph.nodes[at].kind;
    if (kind == NodeKind::Sub || kind == NodeKind::EventSub) containers.push_back(at);
  }
  for (std::size_t container : containers) {
    std::size_t scope = kRootScope;
    if (container != kNone) {
      scope = graph.scopes.size();
      graph.scopes.push_back({.parent = graph.nodes[container].scope});
    }
    for (Node& node : graph.nodes) {
      if (node.container == container) node.scope = scope;
    }
    for (const Region& region : regions) {
      if (graph.nodes[region.block.fork].container == container) add_scopes(graph, region);
    }
  }
  place_edges(graph);
}

}  // namespace anlan::flow
