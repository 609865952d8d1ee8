#include "connect/plant_sim_replay.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace anlan::connect {

Result<SimReplay> SimReplay::make(std::string_view table, double speed, Duration step) {
  if (!(speed > 0 && speed <= 1e6)) return refuse(ErrorCode::BadField, "above 0", "speed");
  SimReplay replay;
  replay.table_ = TRY(parse_replay(table, step));
  replay.speed_ = speed;
  if (replay.size() > kSimReplayColumnsMax) {
    return refuse(ErrorCode::LimitReached, "100 columns at most");
  }
  const std::vector<Instant>& times = replay.table_.times;
  Duration last = times.size() > 1 ? times.back() - times[times.size() - 2] : step;
  replay.whole_ = times.back() - times.front() + Duration{std::max(last.ns, step.ns)};
  return replay;
}

std::vector<SimSignal> SimReplay::signals(SimWire wire) const {
  std::vector<SimSignal> signals;
  std::string_view place = wire == SimWire::Opcua ? "ns=1;s=Replay/" : "anlan-demo/replay//";
  for (const std::string& column : table_.columns) {
    signals.push_back({.path = std::string(place) + column});
  }
  return signals;
}

void SimReplay::read(Duration since, std::span<double> values) const {
  if (size() == 0) return;
  auto passed = static_cast<double>(std::max<int64_t>(since.ns, 0)) * speed_;
  double in_turn = std::fmod(passed, static_cast<double>(whole_.ns));
  Instant at = table_.times.front() + Duration{static_cast<int64_t>(in_turn)};
  auto next = std::ranges::upper_bound(table_.times, at);
  auto row = static_cast<std::size_t>(next - table_.times.begin()) - 1;
  for (std::size_t i = 0; i < std::min(values.size(), size()); ++i) {
    values[i] = table_.cell(row, i);
  }
}

bool SimReplay::read_registers(Duration since, uint32_t address, std::span<uint16_t> out) const {
  if (address + out.size() > 2 * size()) return false;
  std::vector<double> values(size());
  read(since, values);
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::size_t word = address + i;
    auto bits = std::bit_cast<uint32_t>(static_cast<float>(values[word / 2]));
    out[i] = static_cast<uint16_t>(word % 2 == 0 ? bits >> 16 : bits & 0xffff);
  }
  return true;
}

}  // namespace anlan::connect
