#pragma once
// The points of the demo plant's two controllers, out of plant_sim_points.def.

#include <span>
#include <string_view>

#include "connect/plant_config.h"
#include "twin/twin.h"

namespace anlan::connect {

enum class SimPurpose {
  Gas,
  WindSpeed,
  WindFrom,
  Temperature,
  Pressure,
  Level,
  Interlock,
  Gate,
  Other
};

struct SimPoint {
  uint8_t unit;
  Table table;
  uint16_t address;
  ValueType type;
  std::string_view order;
  double scale;
  std::string_view code;
  std::string_view area;
  SimPurpose purpose;
  std::string_view substance;
  double low, high;  // range
  twin::Point at;
  double usual, noise;  // mean and standard deviation of a quiet day
};

// Addresses inside the tables that the controller refuses.
struct SimHole {
  uint8_t unit;
  Table table;
  uint16_t first, last;
};

std::span<const SimPoint> sim_points();
std::span<const SimHole> sim_holes();

}  // namespace anlan::connect
