#pragma once
// Reads a plan's GeoJSON strictly: what docs/formats/plan.md does not name is refused by feature.

#include <string>
#include <vector>

#include "twin/plan.h"

namespace anlan::twin {

struct Line {
  std::vector<Point> points;
  double width_m = 0;
  double speed_m_s = kLevelGround_m_s;
};

// An opening with what to call it in a refusal.
struct Opening {
  std::string code;
  std::string called;
  Point at;
  double width_m = 1;
  bool must_have_wall = true;  // doors; a gate or an exit may stand free
};

struct Drawing {
  std::vector<Zone> zones;
  std::vector<Haven> havens;
  std::vector<Gate> gates;
  std::vector<Opening> openings;  // doors, gates
  std::vector<Line> lines;        // roads and paths
  std::vector<Segment> walls;
  std::vector<std::vector<Point>> tanks;
  Box box;
};

Result<Drawing> read_drawing(const Json& geojson);

}  // namespace anlan::twin
