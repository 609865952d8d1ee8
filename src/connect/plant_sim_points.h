#pragma once
// The points of the demo plant, out of plant_sim_points.def: those of its two controllers, and what
// edge nodes (Sparkplug B), an OPC UA server and the weather station (MQTT) say.

#include <span>
#include <string>
#include <string_view>
#include <vector>

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
  Rain,
  Storm,
  Other
};

enum class SimWire { Modbus, Mqtt, Sparkplug, Opcua };

struct SimPoint {
  uint8_t unit;  // 0: not of a controller
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
  SimWire wire;
  std::string_view path;  // of the tag, see TagAddress; none for Modbus and MQTT
};

// Addresses inside the tables that the controller refuses.
struct SimHole {
  uint8_t unit;
  Table table;
  uint16_t first, last;
};

std::span<const SimPoint> sim_points();
// Places of the points that come by one wire.
std::vector<std::size_t> sim_points_of(SimWire wire);
std::span<const SimHole> sim_holes();

// A value that an edge node or the OPC UA server offers: a point, or a column of a recording.
struct SimSignal {
  std::string path;     // of the tag, see TagAddress
  double deadband = 0;  // a smaller change is not told (Sparkplug)
};
std::vector<SimSignal> sim_signals_of(SimWire wire);  // in the order of sim_points_of

}  // namespace anlan::connect
