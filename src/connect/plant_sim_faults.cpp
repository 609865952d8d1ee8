#include "connect/plant_sim_faults.h"

#include <algorithm>
#include <cmath>

#include "connect/plant_sim_points.h"

namespace anlan::connect {
namespace {

constexpr int64_t kOverMost_s = 86'400;
constexpr int64_t kSealOver_s = 600, kDustOver_s = 300;
constexpr double kDriftMost = 1e6;  // in the point's unit, in a minute
constexpr std::size_t kFloodPoints = 40;
constexpr Duration kFloodEach = Duration::milliseconds(1500);
constexpr double kFloodPart = 0.98;  // of the range

std::size_t place_of(std::string_view code) {
  auto points = sim_points();
  return static_cast<std::size_t>(std::ranges::find(points, code, &SimPoint::code) -
                                  points.begin());
}

Result<Duration> over_of(const Json& words, int64_t otherwise_s) {
  int64_t seconds = words.int_or("over_s", otherwise_s);
  if (seconds >= 1 && seconds <= kOverMost_s) return Duration::seconds(seconds);
  return refuse(ErrorCode::BadField, "1 s to a day", "over_s");
}

}  // namespace

Result<void> SimFaults::begin(const Json& words, Instant now) {
  std::string name = words.text_or("fault", "");
  if (name == "seal_failure") {
    Duration over = TRY(over_of(words, kSealOver_s));
    lead("TI-2111", {.kind = Kind::Add, .amount = 12, .begun = now, .over = over});
    lead("VH-2111", {.kind = Kind::Factor, .amount = 3.2, .begun = now, .over = over});
    lead("IR-2111", {.kind = Kind::Reach, .amount = 8.3, .begun = now, .over = over});
    return {};
  }
  if (name == "dust_rise") {
    Duration over = TRY(over_of(words, kDustOver_s));
    lead("DI-4011", {.kind = Kind::Add, .amount = 14, .begun = now, .over = over});
    lead("DI-4012", {.kind = Kind::Add, .amount = 10, .begun = now, .over = over});
    lead("DI-4013", {.kind = Kind::Add, .amount = 6, .begun = now, .over = over});
    lead("PI-4041", {.kind = Kind::Factor, .amount = 0.6, .begun = now, .over = over});
    lead("FI-4041", {.kind = Kind::Add, .amount = -6, .begun = now, .over = over});
    return {};
  }
  if (name == "alarm_flood") {
    flood(now);
    return {};
  }
  if (name == "stuck" || name == "drift") return spoil(words, now);
  return refuse(ErrorCode::BadField, name, "fault");
}

Result<void> SimFaults::spoil(const Json& words, Instant now) {
  std::string code = words.text_or("tag", "");
  std::size_t point = place_of(code);
  if (point == sim_points().size()) return refuse(ErrorCode::NotFound, code, "tag");
  if (words.text_or("fault", "") == "stuck") {
    ways_[point] = {.kind = Kind::Stuck, .begun = now};
    return {};
  }
  double per_minute = words["per_minute"].as_double().value_or(1);
  if (!(std::abs(per_minute) <= kDriftMost)) {
    return refuse(ErrorCode::BadField, "out of range", "per_minute");
  }
  ways_[point] = {.kind = Kind::Drift, .amount = per_minute, .begun = now};
  return {};
}

void SimFaults::flood(Instant now) {
  std::size_t count = 0;
  for (const SimPoint& point : sim_points()) {
    bool is_fit = point.purpose == SimPurpose::Temperature || point.purpose == SimPurpose::Pressure;
    if (!is_fit || point.wire != SimWire::Modbus || point.noise == 0) continue;
    Instant begun = now + kFloodEach * static_cast<int64_t>(count);
    lead(point.code, {.kind = Kind::Reach,
                      .amount = point.low + kFloodPart * (point.high - point.low),
                      .begun = begun,
                      .over = Duration::seconds(1)});
    if (++count == kFloodPoints) return;
  }
}

void SimFaults::lead(std::string_view code, Way way) { ways_.try_emplace(place_of(code), way); }

double SimFaults::apply(std::size_t point, double value, Instant at) {
  auto found = ways_.find(point);
  if (found == ways_.end() || at < found->second.begun) return value;
  Way& way = found->second;
  double passed_s = static_cast<double>((at - way.begun).ns) / 1e9;
  double whole_s = std::max(static_cast<double>(way.over.ns) / 1e9, 0.1);
  double part = std::min(passed_s / whole_s, 1.0);
  switch (way.kind) {
    case Kind::Add: return value + part * way.amount;
    case Kind::Factor: return value * (1 + part * way.amount);
    case Kind::Reach: return value + part * (way.amount - value);
    case Kind::Drift: return value + way.amount * passed_s / 60;
    case Kind::Stuck: break;
  }
  if (!way.is_held) {
    way.is_held = true;
    way.held = value;
  }
  return way.held;
}

}  // namespace anlan::connect
