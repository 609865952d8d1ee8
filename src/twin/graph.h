#pragma once
// The walking graph of a drawing: nodes along roads and paths and in a grid over the zones; edges
// where no wall stands between, and through doors.

#include <vector>

#include "twin/plan_wire.h"

namespace anlan::twin {

struct Graph {
  std::vector<Node> nodes;
  std::vector<Edge> edges;
  std::vector<Door> doors;
  std::vector<uint32_t> haven_nodes;  // as in the drawing
  Barriers open;                      // walls without their openings
  CellGrid near;                      // nodes by place
};

Result<Graph> build_graph(const Drawing& drawing);

}  // namespace anlan::twin
