#include "twin/graph.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace anlan::twin {
namespace {

constexpr uint32_t kNone = kNoNode;
constexpr double kStep_m = 10;        // between nodes, along lines and in the grid
constexpr double kSnap_m = 0.5;       // ends nearer than this meet
constexpr double kWallClear_m = 0.5;  // no grid node stands nearer to a wall
constexpr double kOnWall_m = 1;       // a door stands on a wall that is as near
constexpr double kDoorHalf_m = 0.7;   // from a door to its node on either side
constexpr double kOpenWidth_m = 5;    // of a way over open ground
constexpr double kGridReach_m = 11;
constexpr double kLooseReach_m = 15;
constexpr double kLooseReachMax_m = 40;
constexpr std::size_t kGridLinks = 3;
constexpr std::size_t kLooseLinks = 8;

// A part of a road or path with what its edges inherit, and where it is cut by others.
struct Piece {
  Segment at;
  double width_m = 0;
  double speed_m_s = 0;
  std::vector<double> cuts{0, 1};
};

std::unexpected<Error> too_many(const std::string& what) {
  return refuse(ErrorCode::LimitReached, "plan: too many " + what, "features");
}

std::size_t count_parts(const Segment& segment) {
  return static_cast<std::size_t>(std::ceil(distance_m(segment.from, segment.to) / kStep_m));
}

// Pieces of at most kStep_m.
Result<std::vector<Segment>> split_segments(const std::vector<Segment>& segments) {
  std::vector<Segment> pieces;
  for (const Segment& segment : segments) {
    std::size_t parts = std::max<std::size_t>(count_parts(segment), 1);
    if (pieces.size() + parts > kPlanPointsMax) return too_many("metres of wall");
    for (std::size_t i = 0; i < parts; ++i) {
      double count = static_cast<double>(parts), part = static_cast<double>(i);
      pieces.push_back({between(segment.from, segment.to, part / count),
                        between(segment.from, segment.to, (part + 1) / count)});
    }
  }
  return pieces;
}

class Builder {
 public:
  explicit Builder(const Drawing& drawing)
      : drawing_(drawing), box_(wider(drawing.box, 1)), snap_grid_(box_, 1) {
    graph_.near = CellGrid(box_, kStep_m);
  }

  Result<Graph> build();

 private:
  // Walls.
  Result<void> raise_walls();
  Result<void> cut_openings(std::vector<Segment>& open);
  void cut_out(std::vector<Segment>& open, const Segment& wall, Point centre, double half_m);

  // Lines.
  Result<void> lay_lines();
  Result<std::vector<Piece>> split_lines() const;
  Result<void> find_cuts(std::vector<Piece>& pieces) const;
  uint32_t snapped_node(Point at);

  // Grid and links.
  Result<void> lay_grids();
  Result<void> lay_grid(std::size_t zone);
  void link_grid(uint32_t node, uint32_t grid_first);
  Result<void> pass_doors();
  Result<void> place_havens();
  void link_loose(uint32_t node, const Barriers& barriers);

  // Cleaning up.
  std::vector<bool> nodes_in_tanks() const;
  void drop_edges();
  void drop_nodes();

  std::vector<std::pair<double, uint32_t>> nodes_near(uint32_t node, double reach_m) const;
  uint32_t add_node(Point at);
  void add_edge(Edge edge);

  struct Passage {
    const Opening* opening;
    Point at;
    Point across;  // unit vector
  };

  const Drawing& drawing_;
  Box box_;
  CellGrid snap_grid_;
  Graph graph_;
  Barriers closed_;      // walls as if every door were shut
  Barriers exits_open_;  // likewise, but for the exits
  std::vector<Passage> passages_;
  std::unordered_map<uint64_t, uint32_t> edge_of_;  // by its two nodes
};

uint32_t Builder::add_node(Point at) {
  auto id = static_cast<uint32_t>(graph_.nodes.size());
  std::size_t zone = zone_index(drawing_.zones, at);
  graph_.nodes.push_back({at, zone < drawing_.zones.size() ? drawing_.zones[zone].code : ""});
  graph_.near.insert({at, at}, id);
  return id;
}

// Two edges between the same nodes are one, as wide as the wider of them.
void Builder::add_edge(Edge edge) {
  if (edge.from == edge.to) return;
  if (edge.from > edge.to) std::swap(edge.from, edge.to);
  edge.length_m = distance_m(graph_.nodes[edge.from].at, graph_.nodes[edge.to].at);
  uint64_t key = (uint64_t{edge.from} << 32) | edge.to;
  auto [place, is_new] = edge_of_.try_emplace(key, static_cast<uint32_t>(graph_.edges.size()));
  if (is_new) {
    graph_.edges.push_back(edge);
  } else {
    Edge& known = graph_.edges[place->second];
    known.width_m = std::max(known.width_m, edge.width_m);
  }
}

Result<void> Builder::raise_walls() {
  std::vector<Segment> solid = drawing_.walls;
  for (const std::vector<Point>& tank : drawing_.tanks) {
    for (std::size_t i = 0; i < tank.size(); ++i) {
      solid.push_back({tank[i], tank[(i + 1) % tank.size()]});
    }
  }
  std::vector<Segment> pieces = TRY(split_segments(solid));
  closed_ = Barriers(box_, pieces);
  if (closed_.fullest() > kPlanWallsPerCellMax) return too_many("walls in one place");
  TRY(cut_openings(pieces));
  graph_.open = Barriers(box_, std::move(pieces));
  for (const Passage& passage : passages_) {
    Point a{passage.at.x - passage.across.x * kDoorHalf_m,
            passage.at.y - passage.across.y * kDoorHalf_m};
    Point b{passage.at.x + passage.across.x * kDoorHalf_m,
            passage.at.y + passage.across.y * kDoorHalf_m};
    if (graph_.open.is_between(a, b)) {
      return refuse(ErrorCode::BadPack,
                    "plan: " + passage.opening->called + ": another wall stands in its way",
                    passage.opening->called.substr(0, passage.opening->called.find(' ')));
    }
  }
  return {};
}

Result<void> Builder::cut_openings(std::vector<Segment>& open) {
  for (const Haven& haven : drawing_.havens) {
    double width_m = std::max(1.0, haven.people_per_second / kPeoplePerMetreSecond);
    auto wall = closed_.nearest(haven.at, kOnWall_m);
    if (haven.kind != Haven::Kind::Exit || !wall) continue;
    cut_out(open, closed_.pieces()[*wall], nearest_on(closed_.pieces()[*wall], haven.at),
            width_m / 2);
  }
  exits_open_ = Barriers(box_, open);
  for (const Opening& opening : drawing_.openings) {
    auto wall = closed_.nearest(opening.at, kOnWall_m);
    if (!wall && !opening.must_have_wall) continue;
    if (!wall) {
      return refuse(ErrorCode::BadPack, "plan: " + opening.called + ": stands on no wall",
                    opening.called.substr(0, opening.called.find(' ')));
    }
    const Segment& piece = closed_.pieces()[*wall];
    double length_m = distance_m(piece.from, piece.to);
    Point at = nearest_on(piece, opening.at);
    passages_.push_back(
        {&opening,
         at,
         {-(piece.to.y - piece.from.y) / length_m, (piece.to.x - piece.from.x) / length_m}});
    cut_out(open, piece, at, opening.width_m / 2);
  }
  return {};
}

// Takes the opening out of every piece that lies in the wall's own line.
void Builder::cut_out(std::vector<Segment>& open, const Segment& wall, Point centre,
                      double half_m) {
  double length_m = distance_m(wall.from, wall.to);
  Point along{(wall.to.x - wall.from.x) / length_m, (wall.to.y - wall.from.y) / length_m};
  auto place = [&](Point at) { return (at.x - centre.x) * along.x + (at.y - centre.y) * along.y; };
  auto aside = [&](Point at) {
    return std::fabs((at.y - centre.y) * along.x - (at.x - centre.x) * along.y);
  };
  std::vector<Segment> rest;
  for (const Segment& piece : open) {
    double a = place(piece.from), b = place(piece.to);
    if (aside(piece.from) > 0.1 || aside(piece.to) > 0.1 || std::max(a, b) <= -half_m ||
        std::min(a, b) >= half_m) {
      rest.push_back(piece);
      continue;
    }
    auto at_place = [&](double value) {
      return between(piece.from, piece.to, (value - a) / (b - a));
    };
    Segment rising = a < b ? piece : Segment{piece.to, piece.from};
    if (std::min(a, b) < -half_m) rest.push_back({rising.from, at_place(-half_m)});
    if (std::max(a, b) > half_m) rest.push_back({at_place(half_m), rising.to});
  }
  open = std::move(rest);
}

Result<std::vector<Piece>> Builder::split_lines() const {
  std::vector<Piece> pieces;
  for (const Line& line : drawing_.lines) {
    std::vector<Segment> segments;
    for (std::size_t i = 1; i < line.points.size(); ++i) {
      if (pieces.size() + count_parts({line.points[i - 1], line.points[i]}) > kPlanNodesMax) {
        return too_many("metres of road");
      }
      segments.assign(1, {line.points[i - 1], line.points[i]});
      std::vector<Segment> parts = TRY(split_segments(segments));
      for (const Segment& part : parts) pieces.push_back({part, line.width_m, line.speed_m_s});
    }
  }
  return pieces;
}

// Where lines cross, and where one ends on another.
Result<void> Builder::find_cuts(std::vector<Piece>& pieces) const {
  CellGrid grid(box_, kStep_m);
  std::vector<Box> boxes;
  for (const Piece& piece : pieces) {
    Point ends[] = {piece.at.from, piece.at.to};
    boxes.push_back(wider(box_around(ends), kSnap_m));
    grid.insert(boxes.back(), static_cast<uint32_t>(boxes.size() - 1));
  }
  uint64_t pairs = 0;
  for (uint32_t i = 0; i < pieces.size(); ++i) {
    Piece& piece = pieces[i];
    grid.near(boxes[i], [&](uint32_t other) {
      if (other == i || ++pairs > kPlanPairsMax) return;
      const Segment& crossed = pieces[other].at;
      if (auto crossing = crossing_of(piece.at, crossed)) piece.cuts.push_back(crossing->on_a);
      for (Point end : {crossed.from, crossed.to}) {
        if (distance_m(piece.at, end) > kSnap_m) continue;
        Point on = nearest_on(piece.at, end);
        piece.cuts.push_back(distance_m(piece.at.from, on) /
                             distance_m(piece.at.from, piece.at.to));
      }
    });
    if (pairs > kPlanPairsMax) return too_many("lines in one place");
    std::ranges::sort(piece.cuts);
  }
  return {};
}

uint32_t Builder::snapped_node(Point at) {
  uint32_t nearest = kNoNode;
  double best_m = kSnap_m;
  snap_grid_.near(wider({at, at}, kSnap_m), [&](uint32_t id) {
    double away_m = distance_m(graph_.nodes[id].at, at);
    if (away_m < best_m) {
      best_m = away_m;
      nearest = id;
    }
  });
  if (nearest != kNoNode) return nearest;
  uint32_t id = add_node(at);
  snap_grid_.insert({at, at}, id);
  return id;
}

Result<void> Builder::lay_lines() {
  std::vector<Piece> pieces = TRY(split_lines());
  TRY(find_cuts(pieces));
  for (const Piece& piece : pieces) {
    uint32_t last = snapped_node(piece.at.from);
    for (double cut : piece.cuts) {
      uint32_t next = snapped_node(between(piece.at.from, piece.at.to, cut));
      if (graph_.nodes.size() > kPlanNodesMax) return too_many("crossings");
      if (!closed_.is_between(graph_.nodes[last].at, graph_.nodes[next].at)) {
        add_edge(
            {.from = last, .to = next, .width_m = piece.width_m, .speed_m_s = piece.speed_m_s});
      }
      last = next;
    }
  }
  return {};
}

std::vector<std::pair<double, uint32_t>> Builder::nodes_near(uint32_t node, double reach_m) const {
  Point at = graph_.nodes[node].at;
  std::vector<std::pair<double, uint32_t>> found;
  graph_.near.near(wider({at, at}, reach_m), [&](uint32_t id) {
    double away_m = distance_m(graph_.nodes[id].at, at);
    if (id != node && away_m <= reach_m) found.push_back({away_m, id});
  });
  std::ranges::sort(found);
  return found;
}

// A grid node joins the lines around it, and the grid of a zone that touches its own.
void Builder::link_grid(uint32_t node, uint32_t grid_first) {
  std::size_t links = 0;
  for (auto [away_m, other] : nodes_near(node, kGridReach_m)) {
    bool is_own_grid = other >= grid_first && graph_.nodes[other].zone == graph_.nodes[node].zone;
    if (links == kGridLinks || is_own_grid) continue;
    if (closed_.is_between(graph_.nodes[node].at, graph_.nodes[other].at)) continue;
    add_edge({.from = node, .to = other, .width_m = kOpenWidth_m});
    ++links;
  }
}

Result<void> Builder::lay_grid(std::size_t zone) {
  const std::vector<Point>& outline = drawing_.zones[zone].outline;
  Box box = box_around(outline);
  auto columns = static_cast<std::size_t>((box.high.x - box.low.x) / kStep_m) + 1;
  auto rows = static_cast<std::size_t>((box.high.y - box.low.y) / kStep_m) + 1;
  if (columns * rows > 4 * kPlanNodesMax) return too_many("square metres in a zone");
  std::vector<uint32_t> grid(columns * rows, kNoNode);
  auto link = [&](uint32_t a, uint32_t b) {
    if (a == kNoNode || b == kNoNode) return;
    if (closed_.is_between(graph_.nodes[a].at, graph_.nodes[b].at)) return;
    add_edge({.from = a, .to = b, .width_m = kOpenWidth_m});
  };
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      Point at{box.low.x + kStep_m * (static_cast<double>(column) + 0.5),
               box.low.y + kStep_m * (static_cast<double>(row) + 0.5)};
      if (!is_inside(outline, at) || zone_index(drawing_.zones, at) != zone) continue;
      if (closed_.is_nearer(at, kWallClear_m)) continue;
      if (graph_.nodes.size() >= kPlanNodesMax) return too_many("square metres of zones");
      std::size_t place = row * columns + column;
      grid[place] = add_node(at);
      if (column > 0) link(grid[place], grid[place - 1]);
      if (row > 0) link(grid[place], grid[place - columns]);
      if (row > 0 && column > 0) link(grid[place], grid[place - columns - 1]);
      if (row > 0 && column + 1 < columns) link(grid[place], grid[place - columns + 1]);
    }
  }
  return {};
}

Result<void> Builder::lay_grids() {
  auto grid_first = static_cast<uint32_t>(graph_.nodes.size());
  for (std::size_t zone = 0; zone < drawing_.zones.size(); ++zone) TRY(lay_grid(zone));
  for (uint32_t node = grid_first; node < graph_.nodes.size(); ++node) link_grid(node, grid_first);
  return {};
}

void Builder::link_loose(uint32_t node, const Barriers& barriers) {
  for (double reach_m : {kLooseReach_m, kLooseReachMax_m}) {
    std::size_t links = 0;
    std::size_t links_max = reach_m == kLooseReach_m ? kLooseLinks : 1;
    for (auto [away_m, other] : nodes_near(node, reach_m)) {
      if (links == links_max) break;
      if (barriers.is_between(graph_.nodes[node].at, graph_.nodes[other].at)) continue;
      add_edge({.from = node, .to = other, .width_m = kOpenWidth_m});
      ++links;
    }
    if (links > 0) return;
  }
}

Result<void> Builder::pass_doors() {
  if (graph_.nodes.size() + 2 * passages_.size() > kPlanNodesMax) return too_many("doors");
  for (const Passage& passage : passages_) {
    uint32_t sides[2];
    for (int i = 0; i < 2; ++i) {
      double step_m = i == 0 ? -kDoorHalf_m : kDoorHalf_m;
      sides[i] = add_node(
          {passage.at.x + passage.across.x * step_m, passage.at.y + passage.across.y * step_m});
      link_loose(sides[i], closed_);
    }
    if (graph_.near.fullest() > kPlanNodesPerCellMax) return too_many("doors in one place");
    graph_.doors.push_back({.code = passage.opening->code,
                            .at = passage.at,
                            .width_m = passage.opening->width_m,
                            .edge = static_cast<uint32_t>(graph_.edges.size())});
    add_edge({.from = sides[0], .to = sides[1], .width_m = passage.opening->width_m});
  }
  return {};
}

Result<void> Builder::place_havens() {
  if (graph_.nodes.size() + drawing_.havens.size() > kPlanNodesMax) return too_many("exits");
  for (const Haven& haven : drawing_.havens) {
    uint32_t node = add_node(haven.at);
    graph_.haven_nodes.push_back(node);
    link_loose(node, exits_open_);
    if (graph_.near.fullest() > kPlanNodesPerCellMax) return too_many("exits in one place");
  }
  return {};
}

std::vector<bool> Builder::nodes_in_tanks() const {
  std::vector<bool> inside(graph_.nodes.size(), false);
  CellGrid tanks(box_, kStep_m);
  for (uint32_t i = 0; i < drawing_.tanks.size(); ++i) {
    tanks.insert(box_around(drawing_.tanks[i]), i);
  }
  for (std::size_t node = 0; node < inside.size(); ++node) {
    Point at = graph_.nodes[node].at;
    tanks.near({at, at}, [&](uint32_t tank) {
      if (!inside[node]) inside[node] = is_inside(drawing_.tanks[tank], at);
    });
  }
  return inside;
}

// Edges at nodes inside tanks; doors follow their edges.
void Builder::drop_edges() {
  std::vector<bool> dropped = nodes_in_tanks();
  std::vector<uint32_t> moved(graph_.edges.size(), kNone);
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < moved.size(); ++i) {
    if (dropped[graph_.edges[i].from] || dropped[graph_.edges[i].to]) continue;
    moved[i] = static_cast<uint32_t>(edges.size());
    edges.push_back(graph_.edges[i]);
  }
  graph_.edges = std::move(edges);
  for (Door& door : graph_.doors) door.edge = moved[door.edge];
  std::erase_if(graph_.doors, [](const Door& door) { return door.edge == kNone; });
}

// Nodes without an edge: those inside tanks, and the ends of paths that run into a wall.
void Builder::drop_nodes() {
  std::vector<bool> is_kept(graph_.nodes.size(), false);
  for (const Edge& edge : graph_.edges) is_kept[edge.from] = is_kept[edge.to] = true;
  for (uint32_t haven : graph_.haven_nodes) is_kept[haven] = true;
  std::vector<uint32_t> moved(graph_.nodes.size(), kNone);
  std::vector<Node> nodes;
  graph_.near = CellGrid(box_, kStep_m);
  for (std::size_t i = 0; i < moved.size(); ++i) {
    if (!is_kept[i]) continue;
    moved[i] = static_cast<uint32_t>(nodes.size());
    nodes.push_back(std::move(graph_.nodes[i]));
    graph_.near.insert({nodes.back().at, nodes.back().at}, moved[i]);
  }
  graph_.nodes = std::move(nodes);
  for (uint32_t& haven : graph_.haven_nodes) haven = moved[haven];
  for (Edge& edge : graph_.edges) {
    edge.from = moved[edge.from];
    edge.to = moved[edge.to];
  }
}

Result<Graph> Builder::build() {
  TRY(raise_walls());
  TRY(lay_lines());
  TRY(lay_grids());
  TRY(pass_doors());
  TRY(place_havens());
  drop_edges();
  drop_nodes();
  return std::move(graph_);
}

}  // namespace

Result<Graph> build_graph(const Drawing& drawing) { return Builder(drawing).build(); }

}  // namespace anlan::twin
