#pragma once
// What the demo plant's instruments show: quiet noise, wind that turns slowly, and gas of leaks.
// Pure: moved by time, seeded, no input or output.

#include <map>
#include <string_view>
#include <vector>

#include "connect/plant_sim_faults.h"
#include "connect/plant_sim_points.h"
#include "core/random.h"
#include "core/result.h"
#include "twin/twin.h"

namespace anlan::connect {

class SimProcess {
 public:
  SimProcess(uint64_t seed, Instant start);

  // In ticks of 0.1 s; more than a minute at once is skipped over.
  void advance(Instant now);
  // In the point's unit, within its range. By place in sim_points().
  double value(std::size_t point) const { return values_[point]; }
  // By code; the codes of the contract are there.
  Result<double> value(std::string_view code) const;

  Result<void> leak(std::string_view detector);  // NotFound: no gas detector of that code
  void stop_leaks();                             // they fade
  void set_wind(twin::Wind wind);                // holds it there
  twin::Wind wind() const;
  Result<void> set(std::string_view code, double value);  // until release()
  void release(std::string_view code);
  void set_gate(std::string_view area, bool is_open);
  Result<void> fault(const Json& words) { return faults_.begin(words, at_); }
  void end_faults() { faults_.end(); }

 private:
  struct Leak {
    std::size_t detector;
    Instant begun;
  };

  void tick();
  void tick_wind();
  double tick_noise(std::size_t point);
  void tick_gas(std::size_t point);
  // 0..1 of the range that this leak will make here.
  double part_of(const Leak& leak, std::size_t point) const;
  double gaussian();
  std::size_t place_of(std::string_view code) const;

  SeededRandom random_;
  Instant start_, at_;
  std::vector<double> quiet_;   // without gas
  std::vector<double> gas_;     // part of the range
  std::vector<double> values_;  // what the instrument shows
  std::vector<Leak> leaks_;
  std::map<std::size_t, double> held_;
  SimFaults faults_;
  twin::Wind wind_usual_;
  bool is_wind_held_ = false;
};

// What both controllers answer to a read: 16-bit words, or bits as 0 and 1. False: an address that
// they do not have.
bool read_sim_registers(const SimProcess& process, uint8_t unit, Table table, uint32_t address,
                        std::span<uint16_t> out);

}  // namespace anlan::connect
