#pragma once
// Where a model's elements are drawn: layers from left to right, few crossings, events of a task
// on its lower border. Pure; the same model always looks the same. Inside the room only.

#include <vector>

#include "flow/graph.h"

namespace anlan::flow {

struct Point {
  int x = 0;
  int y = 0;
};

struct Box {
  int x = 0, y = 0, w = 0, h = 0;
};

struct Layout {
  std::vector<Box> boxes;                // by node
  std::vector<std::vector<Point>> ways;  // by edge
};

Layout lay_out(const Graph& graph);

}  // namespace anlan::flow
