#include "connect/plant_sim_points.h"

namespace anlan::connect {
namespace {

constexpr double kDeadbandPart = 0.0005;  // of the range

#define SIM_POINT(unit, table, address, type, order, scale, code, area, purpose, substance, low, \
                  high, x, y, usual, noise)                                                      \
  {unit,                                                                                         \
   Table::table,                                                                                 \
   address,                                                                                      \
   ValueType::type,                                                                              \
   order,                                                                                        \
   scale,                                                                                        \
   code,                                                                                         \
   area,                                                                                         \
   SimPurpose::purpose,                                                                          \
   substance,                                                                                    \
   low,                                                                                          \
   high,                                                                                         \
   {x, y},                                                                                       \
   usual,                                                                                        \
   noise,                                                                                        \
   SimWire::Modbus,                                                                              \
   ""},
#define SIM_SIGNAL(wire, path, code, area, purpose, low, high, x, y, usual, noise) \
  {0,                                                                              \
   Table::Input,                                                                   \
   0,                                                                              \
   ValueType::Float64,                                                             \
   "ABCD",                                                                         \
   1,                                                                              \
   code,                                                                           \
   area,                                                                           \
   SimPurpose::purpose,                                                            \
   "",                                                                             \
   low,                                                                            \
   high,                                                                           \
   {x, y},                                                                         \
   usual,                                                                          \
   noise,                                                                          \
   SimWire::wire,                                                                  \
   path},
#define SIM_HOLE(unit, table, first, last)
constexpr SimPoint kPoints[] = {
#include "connect/plant_sim_points.def"
};
#undef SIM_POINT
#undef SIM_SIGNAL
#undef SIM_HOLE

#define SIM_POINT(...)
#define SIM_SIGNAL(...)
#define SIM_HOLE(unit, table, first, last) {unit, Table::table, first, last},
constexpr SimHole kHoles[] = {
#include "connect/plant_sim_points.def"
};
#undef SIM_POINT
#undef SIM_SIGNAL
#undef SIM_HOLE

}  // namespace

std::span<const SimPoint> sim_points() { return kPoints; }
std::span<const SimHole> sim_holes() { return kHoles; }

std::vector<std::size_t> sim_points_of(SimWire wire) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < std::size(kPoints); ++i) {
    if (kPoints[i].wire == wire) places.push_back(i);
  }
  return places;
}

std::vector<SimSignal> sim_signals_of(SimWire wire) {
  std::vector<SimSignal> signals;
  for (const SimPoint& point : kPoints) {
    if (point.wire != wire) continue;
    signals.push_back({std::string(point.path), kDeadbandPart * (point.high - point.low)});
  }
  return signals;
}

}  // namespace anlan::connect
