#include "twin/plan.h"

#include <algorithm>
#include <cmath>

#include "twin/graph.h"
#include "twin/plan_wire.h"

namespace anlan::twin {
namespace {

constexpr double kReachFirst_m = 15;
constexpr double kReachLast_m = 100;  // whoever is shut in so far is taken to the nearest of all

struct NearNode {
  double away_m;
  uint32_t node;
  auto operator<=>(const NearNode&) const = default;
};

}  // namespace

Result<Plan> Plan::parse(const Json& geojson) {
  Drawing drawing = TRY(read_drawing(geojson));
  Graph graph = TRY(build_graph(drawing));
  Plan plan;
  plan.take(std::move(drawing), std::move(graph));
  plan.source_ = geojson;
  const Json& control = geojson["anlan:georeference"];
  if (!control.is_null()) plan.georeference_ = TRY(GeoReference::parse(control));
  return plan;
}

void Plan::take(Drawing drawing, Graph graph) {
  zones_ = std::move(drawing.zones);
  havens_ = std::move(drawing.havens);
  gates_ = std::move(drawing.gates);
  for (std::size_t i = 0; i < havens_.size(); ++i) havens_[i].node = graph.haven_nodes[i];
  doors_ = std::move(graph.doors);
  nodes_ = std::move(graph.nodes);
  edges_ = std::move(graph.edges);
  open_ = std::move(graph.open);
  near_ = std::move(graph.near);
  box_ = drawing.box;
  first_arc_.assign(nodes_.size() + 1, 0);
  for (const Edge& edge : edges_) {
    ++first_arc_[edge.from + 1];
    ++first_arc_[edge.to + 1];
  }
  for (std::size_t i = 1; i < first_arc_.size(); ++i) first_arc_[i] += first_arc_[i - 1];
  arcs_.resize(edges_.size() * 2);
  std::vector<uint32_t> next = first_arc_;
  for (uint32_t i = 0; i < edges_.size(); ++i) {
    arcs_[next[edges_[i].from]++] = {edges_[i].to, i};
    arcs_[next[edges_[i].to]++] = {edges_[i].from, i};
  }
}

std::span<const Arc> Plan::arcs(uint32_t node) const {
  return {arcs_.begin() + first_arc_[node], arcs_.begin() + first_arc_[node + 1]};
}

const Zone* Plan::find_zone(std::string_view code) const {
  auto zone = std::ranges::find(zones_, code, &Zone::code);
  return zone == zones_.end() ? nullptr : &*zone;
}

std::size_t zone_index(const std::vector<Zone>& zones, Point at) {
  auto zone = std::ranges::find_if(zones, [&](const Zone& one) {
    return one.box.low.x <= at.x && at.x <= one.box.high.x && one.box.low.y <= at.y &&
           at.y <= one.box.high.y && is_inside(one.outline, at);
  });
  return static_cast<std::size_t>(zone - zones.begin());
}

const Zone* Plan::zone_at(Point at) const {
  std::size_t index = zone_index(zones_, at);
  return index < zones_.size() ? &zones_[index] : nullptr;
}

double Plan::zone_gap_m(const Zone& a, const Zone& b) const {
  if (is_inside(a.outline, b.outline.front()) || is_inside(b.outline, a.outline.front())) return 0;
  auto side = [](const std::vector<Point>& outline, std::size_t i) {
    return Segment{outline[i], outline[(i + 1) % outline.size()]};
  };
  double gap_m = distance_m(a.outline.front(), b.outline.front());
  for (std::size_t i = 0; i < a.outline.size(); ++i) {
    for (std::size_t j = 0; j < b.outline.size(); ++j) {
      gap_m = std::min(gap_m, distance_m(side(a.outline, i), side(b.outline, j)));
    }
  }
  return gap_m;
}

uint32_t Plan::nearest_node(Point at) const {
  if (nodes_.empty() || !std::isfinite(at.x) || !std::isfinite(at.y)) return kNoNode;
  // Somebody outside the box is looked for from its nearest corner or side.
  Point inside{std::clamp(at.x, box_.low.x, box_.high.x),
               std::clamp(at.y, box_.low.y, box_.high.y)};
  double everything_m = distance_m(box_.low, box_.high) + 1;
  uint32_t nearest = kNoNode;
  for (double reach_m = kReachFirst_m;; reach_m *= 2) {
    std::vector<NearNode> found;
    near_.near(wider({inside, inside}, reach_m), [&](uint32_t id) {
      double away_m = distance_m(nodes_[id].at, inside);
      if (away_m <= reach_m) found.push_back({away_m, id});
    });
    std::ranges::sort(found);
    if (!found.empty() && nearest == kNoNode) nearest = found.front().node;
    for (const NearNode& one : found) {
      if (!open_.is_between(at, nodes_[one.node].at)) return one.node;
    }
    bool is_wide = nearest != kNoNode && reach_m > kReachLast_m;
    if (is_wide || reach_m >= everything_m) return nearest;
  }
}

}  // namespace anlan::twin
