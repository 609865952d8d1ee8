#include "connect/plant_sim_points.h"

namespace anlan::connect {
namespace {

#define SIM_POINT(unit, table, address, type, order, scale, code, area, purpose, substance, low, \
                  high, x, y, usual, noise)                                                      \
  {                                                                                              \
      unit,                                                                                      \
      Table::table,                                                                              \
      address,                                                                                   \
      ValueType::type,                                                                           \
      order,                                                                                     \
      scale,                                                                                     \
      code,                                                                                      \
      area,                                                                                      \
      SimPurpose::purpose,                                                                       \
      substance,                                                                                 \
      low,                                                                                       \
      high,                                                                                      \
      {x, y},                                                                                    \
      usual,                                                                                     \
      noise},
#define SIM_HOLE(unit, table, first, last)
constexpr SimPoint kPoints[] = {
#include "connect/plant_sim_points.def"
};
#undef SIM_POINT
#undef SIM_HOLE

#define SIM_POINT(...)
#define SIM_HOLE(unit, table, first, last) {unit, Table::table, first, last},
constexpr SimHole kHoles[] = {
#include "connect/plant_sim_points.def"
};
#undef SIM_POINT
#undef SIM_HOLE

}  // namespace

std::span<const SimPoint> sim_points() { return kPoints; }
std::span<const SimHole> sim_holes() { return kHoles; }

}  // namespace anlan::connect
