#pragma once
// A recording that the demo plant's machines show, over and over: its columns are registers of a
// third Modbus unit, metrics of an edge node and variables of the OPC UA server. Pure.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connect/plant_sim_points.h"
#include "connect/replay_table.h"

namespace anlan::connect {

inline constexpr uint8_t kSimReplayUnit = 3;
inline constexpr std::size_t kSimReplayColumnsMax = 100;

class SimReplay {
 public:
  SimReplay() = default;  // no columns
  // `speed` times as fast as recorded, above 0; a row without times lasts `step`. BadField,
  // LimitReached: no such table, more than 100 columns.
  static Result<SimReplay> make(std::string_view table, double speed, Duration step);

  std::size_t size() const { return table_.columns.size(); }
  // As told by a wire: "anlan-demo/replay//COLUMN", "ns=1;s=Replay/COLUMN".
  std::vector<SimSignal> signals(SimWire wire) const;
  // Values of all columns so long after the beginning; NAN where the recording has none.
  void read(Duration since, std::span<double> values) const;
  // Holding registers from 0 on, a float32 ABCD for each column; a missing value is NAN. False: an
  // address that is not there.
  bool read_registers(Duration since, uint32_t address, std::span<uint16_t> out) const;

 private:
  ReplayTable table_;
  double speed_ = 1;
  Duration whole_{};  // of the recording, its last row included
};

}  // namespace anlan::connect
