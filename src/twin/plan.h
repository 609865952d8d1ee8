#pragma once
// The drawn plan of a plant: GeoJSON in metres (docs/formats/plan.md), as the plan editor writes
// it, with the walking graph that follows from it.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "core/text.h"
#include "twin/geometry.h"
#include "twin/georeference.h"
#include "twin/sighting.h"

namespace anlan::twin {

// Bounds of a plan. A refinery's plan has some 3,000 features.
inline constexpr std::size_t kPlanBytesMax = 16 << 20;  // for parse_json
inline constexpr std::size_t kPlanFeaturesMax = 20'000;
inline constexpr std::size_t kPlanPointsMax = 200'000;
inline constexpr std::size_t kPlanZonesMax = 2'000;
inline constexpr std::size_t kPlanCornersMax = 1'000;     // of one polygon
inline constexpr std::size_t kPlanWallsPerCellMax = 500;  // of some 10 m: more is a mistake
inline constexpr std::size_t kPlanNodesPerCellMax = 2'000;
inline constexpr std::size_t kPlanNodesMax = 100'000;   // ten times the demo's
inline constexpr double kPlanCoordinateMax_m = 20'000;  // from the frame's origin
inline constexpr uint64_t kPlanPairsMax = 20'000'000;   // lines looked at for crossings

inline constexpr uint32_t kNoNode = UINT32_MAX;
inline constexpr double kPeoplePerMetreSecond = 1.3;  // specific flow through a door: SFPE
                                                      // Handbook, "Emergency Movement"
inline constexpr double kLevelGround_m_s = 1.2;

struct Zone {
  std::string code;  // the area's code: A1
  LocalText name;
  std::vector<Point> outline;  // counter-clockwise, not closed
  Box box;                     // around it
  bool is_indoor = false;
};

// Where people leave danger: an exit out of the plant or a muster point inside it.
struct Haven {
  enum class Kind { Exit, Muster };
  std::string code;
  LocalText name;
  Kind kind = Kind::Muster;
  Point at;
  double people_per_second = 2;  // capacity of the way in
  uint32_t node = kNoNode;       // its own, on the spot
};

struct Gate {
  std::string code;
  LocalText name;
  Point at;
  std::string zone;  // that it leads into; empty: the plant
  double width_m = 4;
};

// An opening in a wall: a door, or a gate that stands on a wall. Its edge is the only way through.
struct Door {
  std::string code;  // may be empty
  Point at;          // on the wall
  double width_m = 1;
  uint32_t edge = 0;
};

// A node of the walking graph; edges are symmetric.
struct Node {
  Point at;
  std::string zone;  // empty: outside every zone
};
struct Edge {
  uint32_t from = 0, to = 0;
  double length_m = 0;
  double width_m = 0;                   // of the narrowest place: kPeoplePerMetreSecond
  double speed_m_s = kLevelGround_m_s;  // of an average walker; stairs less
};
struct Arc {
  uint32_t to = 0;
  uint32_t edge = 0;
};

struct Drawing;
struct Graph;

class Plan {
 public:
  static Result<Plan> parse(const Json& geojson);  // BadPack names the feature

  const std::vector<Zone>& zones() const { return zones_; }
  const std::vector<Haven>& havens() const { return havens_; }
  const std::vector<Gate>& gates() const { return gates_; }
  const std::vector<Door>& doors() const { return doors_; }
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<Edge>& edges() const { return edges_; }
  std::span<const Arc> arcs(uint32_t node) const;
  // What stops people: walls without their openings, and tanks.
  const std::vector<Segment>& walls() const { return open_.pieces(); }
  const Zone* find_zone(std::string_view code) const;
  const Zone* zone_at(Point at) const;  // null outside every zone
  // The smallest distance between two zones' outlines; 0 where they touch or overlap.
  double zone_gap_m(const Zone& a, const Zone& b) const;
  // The nearest node that can be reached from this point without crossing a wall; the nearest of
  // all where there is none, as positions are not exact; kNoNode in a plan without nodes.
  uint32_t nearest_node(Point at) const;
  Point low() const { return box_.low; }  // corners of the box around everything
  Point high() const { return box_.high; }
  // Where the frame lies on the earth; nothing in a plan that does not say it.
  const std::optional<GeoReference>& georeference() const { return georeference_; }
  const Json& source() const { return source_; }  // for the browser

 private:
  void take(Drawing drawing, Graph graph);

  std::vector<Zone> zones_;
  std::vector<Haven> havens_;
  std::vector<Gate> gates_;
  std::vector<Door> doors_;
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::vector<Arc> arcs_;            // by node
  std::vector<uint32_t> first_arc_;  // of each node, and the end
  Barriers open_;
  CellGrid near_;  // nodes
  Box box_;
  std::optional<GeoReference> georeference_;
  Json source_;
};

double distance_m(Point a, Point b);
bool is_inside(const std::vector<Point>& outline, Point at);  // the border counts
// Index of the first zone around a point, or zones.size().
std::size_t zone_index(const std::vector<Zone>& zones, Point at);

}  // namespace anlan::twin
