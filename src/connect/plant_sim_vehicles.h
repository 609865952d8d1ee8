#pragma once
// Trucks and forklifts: they drive along the roads of the plan, turn where roads meet and stand
// still now and then to load. Pure, seeded.

#include <string>
#include <vector>

#include "core/random.h"
#include "twin/twin.h"

namespace anlan::connect {

struct SimVehicle {
  std::string badge;  // V-0001
  twin::Point at{};
  double speed_m_s = 0;
  double course_deg = 0;  // clockwise from the plan's north, where it heads; 0 to 360
};

class SimVehicles {
 public:
  // Half of them trucks, then forklifts. A plan without roads, or none, has no vehicles.
  SimVehicles(int count, uint64_t seed, const twin::Plan* plan);

  void advance(double seconds);  // at most a second at a time
  std::vector<SimVehicle> vehicles() const;

 private:
  struct Corner {
    twin::Point at;
    std::vector<uint32_t> next{};  // along roads
  };
  struct Driver {
    SimVehicle vehicle;
    double usual_m_s = 0;
    uint32_t from = 0, to = 0;
    double rest_s = 0;
  };

  void find_corners(const Json& features);
  uint32_t corner_at(twin::Point at);
  void turn(Driver& driver);
  void drive(Driver& driver, double seconds);
  double part();  // [0, 1)

  SeededRandom random_;
  std::vector<Corner> corners_;
  std::vector<Driver> drivers_;
};

}  // namespace anlan::connect
