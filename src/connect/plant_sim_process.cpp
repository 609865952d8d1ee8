#include "connect/plant_sim_process.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "connect/register_value.h"

namespace anlan::connect {
namespace {

constexpr Duration kTick = Duration::milliseconds(100);
constexpr double kTick_s = 0.1;
constexpr int kTicksMax = 600;  // a minute; after a longer sleep the plant goes on from there
constexpr std::size_t kLeaksMax = 8;

constexpr double kNoiseTime_s = 60;     // how long the noise of a process value remembers
constexpr double kGasNoiseTime_s = 20;  // of a gas detector
constexpr double kWindSwing_deg = 20;   // the wind turns this far to both sides,
constexpr double kWindPeriod_s = 1200;  // once in 20 minutes
constexpr double kLeakTop = 0.9;        // of its range shows the detector that leaks
constexpr double kLeakRise_s = 0.6;     // detector at the leak
constexpr double kGasRise_s = 3;        // others, when the gas is there
constexpr double kGasFall_s = 8;
constexpr double kDetectorDelay_s = 0.2;
constexpr double kReference_m = 10;     // a leak fills the range of a detector so far downwind,
constexpr double kStrength = 12;        // this many times over
constexpr double kMixing_m = 20;        // gas near a leak drifts against the wind too,
constexpr double kMixingPart = 0.3;     // with this part at the leak
constexpr double kOxygenLeft_vol = 17;  // where nitrogen leaks

}  // namespace

SimProcess::SimProcess(uint64_t seed, Instant start) : random_(seed), start_(start), at_(start) {
  auto points = sim_points();
  for (const SimPoint& point : points) {
    double value = point.usual + point.noise * gaussian();
    quiet_.push_back(std::clamp(value, point.low, point.high));
  }
  gas_.resize(points.size());
  values_ = quiet_;
  for (const SimPoint& point : points) {
    if (point.purpose == SimPurpose::WindSpeed) wind_usual_.speed_m_s = point.usual;
    if (point.purpose == SimPurpose::WindFrom) wind_usual_.from_deg = point.usual;
  }
}

double SimProcess::gaussian() {
  auto part = [this] { return (static_cast<double>(random_.next() >> 11) + 0.5) * 0x1p-53; };
  return std::sqrt(-2 * std::log(part())) * std::cos(2 * M_PI * part());
}

void SimProcess::advance(Instant now) {
  Duration behind = now - at_;
  if (behind > kTick * kTicksMax) at_ = now - kTick * kTicksMax;
  while (at_ + kTick <= now) {
    at_ = at_ + kTick;
    tick();
  }
}

void SimProcess::tick() {
  auto points = sim_points();
  tick_wind();
  for (std::size_t i = 0; i < points.size(); ++i) {
    const SimPoint& point = points[i];
    if (point.purpose == SimPurpose::Gate) continue;
    double value = tick_noise(i);
    if (point.purpose == SimPurpose::Gas) {
      tick_gas(i);
      bool is_oxygen = point.substance == "O2";
      value += gas_[i] * (is_oxygen ? (kOxygenLeft_vol - point.usual) / kLeakTop : point.high);
    }
    value = faults_.apply(i, value, at_);
    auto held = held_.find(i);
    if (held != held_.end()) value = held->second;
    values_[i] = std::clamp(value, point.low, point.high);
  }
}

void SimProcess::tick_wind() {
  if (is_wind_held_) return;
  double turn = 2 * M_PI * static_cast<double>((at_ - start_).ns) / 1e9 / kWindPeriod_s;
  for (std::size_t i = 0; i < quiet_.size(); ++i) {
    if (sim_points()[i].purpose != SimPurpose::WindFrom) continue;
    wind_usual_.from_deg = sim_points()[i].usual + kWindSwing_deg * std::sin(turn);
  }
}

// Ornstein-Uhlenbeck: returns to its mean, with the standard deviation of the point.
double SimProcess::tick_noise(std::size_t i) {
  const SimPoint& point = sim_points()[i];
  if (point.code.starts_with("HR-")) return quiet_[i] += kTick_s / 3600;
  if (point.code.starts_with("FQ-")) return quiet_[i] += kTick_s * 0.5;
  if (point.noise == 0) return quiet_[i];
  double mean = point.usual;
  if (point.purpose == SimPurpose::WindSpeed) mean = wind_usual_.speed_m_s;
  if (point.purpose == SimPurpose::WindFrom) mean = wind_usual_.from_deg;
  double time = point.purpose == SimPurpose::Gas ? kGasNoiseTime_s : kNoiseTime_s;
  double& value = quiet_[i];
  value +=
      (mean - value) * kTick_s / time + point.noise * std::sqrt(2 * kTick_s / time) * gaussian();
  if (point.purpose == SimPurpose::WindFrom) return std::fmod(value + 720, 360);
  return value = std::clamp(value, point.low, point.high);
}

void SimProcess::tick_gas(std::size_t i) {
  double wish = 0;
  bool is_source = false;
  for (const Leak& leak : leaks_) {
    wish = std::max(wish, part_of(leak, i));
    is_source = is_source || leak.detector == i;
  }
  double time = wish < gas_[i] ? kGasFall_s : is_source ? kLeakRise_s : kGasRise_s;
  gas_[i] += (wish - gas_[i]) * (1 - std::exp(-kTick_s / time));
}

double SimProcess::part_of(const Leak& leak, std::size_t i) const {
  const SimPoint& source = sim_points()[leak.detector];
  const SimPoint& point = sim_points()[i];
  double age_s = static_cast<double>((at_ - leak.begun).ns) / 1e9;
  if (i == leak.detector) return age_s >= kDetectorDelay_s ? kLeakTop : 0;
  if (point.substance != source.substance || source.substance == "O2") return 0;
  double distance = std::hypot(point.at.x - source.at.x, point.at.y - source.at.y);
  double speed = std::max(wind_usual_.speed_m_s, twin::kCalmWind_m_s);
  if (age_s < kDetectorDelay_s + distance / speed) return 0;
  double part = kMixingPart * std::exp(-distance / kMixing_m);
  twin::Plume plume{.release = {.at = source.at, .rate_g_s = 1},
                    .wind = wind_usual_,
                    .stability = twin::Stability::C};
  if (plume.check()) {
    double turn = wind_usual_.from_deg * M_PI / 180;
    twin::Point reference{source.at.x - kReference_m * std::sin(turn),
                          source.at.y - kReference_m * std::cos(turn)};
    part +=
        kStrength * plume.concentration_g_m3(point.at, 0) / plume.concentration_g_m3(reference, 0);
  }
  return std::min(part, kLeakTop);
}

std::size_t SimProcess::place_of(std::string_view code) const {
  auto points = sim_points();
  return static_cast<std::size_t>(std::ranges::find(points, code, &SimPoint::code) -
                                  points.begin());
}

Result<double> SimProcess::value(std::string_view code) const {
  std::size_t place = place_of(code);
  if (place == values_.size()) return refuse(ErrorCode::NotFound, std::string(code));
  return values_[place];
}

Result<void> SimProcess::leak(std::string_view detector) {
  std::size_t place = place_of(detector);
  if (place == values_.size() || sim_points()[place].purpose != SimPurpose::Gas) {
    return refuse(ErrorCode::NotFound, std::string(detector));
  }
  if (std::ranges::contains(leaks_, place, &Leak::detector)) return {};
  if (leaks_.size() >= kLeaksMax) return refuse(ErrorCode::LimitReached, "8 leaks at most");
  leaks_.push_back({place, at_});
  return {};
}

void SimProcess::stop_leaks() { leaks_.clear(); }

void SimProcess::set_wind(twin::Wind wind) {
  wind_usual_ = wind;
  is_wind_held_ = true;
  for (std::size_t i = 0; i < quiet_.size(); ++i) {
    if (sim_points()[i].purpose == SimPurpose::WindSpeed) quiet_[i] = wind.speed_m_s;
    if (sim_points()[i].purpose == SimPurpose::WindFrom) quiet_[i] = wind.from_deg;
  }
}

twin::Wind SimProcess::wind() const { return wind_usual_; }

Result<void> SimProcess::set(std::string_view code, double value) {
  std::size_t place = place_of(code);
  if (place == values_.size()) return refuse(ErrorCode::NotFound, std::string(code));
  held_[place] = value;
  return {};
}

void SimProcess::release(std::string_view code) { held_.erase(place_of(code)); }

void SimProcess::set_gate(std::string_view area, bool is_open) {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const SimPoint& point = sim_points()[i];
    if (point.purpose == SimPurpose::Gate && point.area == area) values_[i] = is_open;
  }
}

bool read_sim_registers(const SimProcess& process, uint8_t unit, Table table, uint32_t address,
                        std::span<uint16_t> out) {
  uint32_t end = address + static_cast<uint32_t>(out.size()), table_end = 0;
  std::ranges::fill(out, uint16_t{0});
  auto points = sim_points();
  for (std::size_t i = 0; i < points.size(); ++i) {
    const SimPoint& point = points[i];
    if (point.unit != unit || point.table != table) continue;
    RegisterOrder order = parse_order(point.order).value_or(RegisterOrder{});
    std::vector<uint16_t> words =
        encode_registers(process.value(i) / point.scale, point.type, order);
    for (std::size_t word = 0; word < words.size(); ++word) {
      uint32_t at = point.address + static_cast<uint32_t>(word);
      table_end = std::max(table_end, at + 1);
      if (at >= address && at < end) out[at - address] = words[word];
    }
  }
  for (const SimHole& hole : sim_holes()) {
    bool is_here = hole.unit == unit && hole.table == table;
    if (is_here && address <= hole.last && end > hole.first) return false;
  }
  return end <= table_end;
}

}  // namespace anlan::connect
