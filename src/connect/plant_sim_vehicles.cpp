#include "connect/plant_sim_vehicles.h"

#include <algorithm>
#include <cmath>
#include <format>
#include <iterator>
#include <numbers>

namespace anlan::connect {
namespace {

constexpr double kTruck_m_s = 4.2, kForklift_m_s = 2.2;  // 15 and 8 km/h
constexpr double kSpeedSpan = 0.3;                       // slower ones, as a part
constexpr double kSame_m = 0.5;                          // corners so near are one
constexpr double kRestChance = 0.15, kRestMost_s = 60;
constexpr std::size_t kLinesMax = 2'000;  // of all roads

// The plan has been parsed: its coordinates are numbers.
std::vector<twin::Segment> lines_of(const Json& features) {
  std::vector<twin::Segment> lines;
  for (const Json& feature : features.as_array()) {
    if (feature["properties"].text_or("kind", "") != "road") continue;
    const Json::Array& points = feature["geometry"]["coordinates"].as_array();
    auto at = [](const Json& pair) {
      return twin::Point{pair.as_array()[0].as_double().value_or(0),
                         pair.as_array()[1].as_double().value_or(0)};
    };
    for (std::size_t i = 1; i < points.size() && lines.size() < kLinesMax; ++i) {
      twin::Segment line{at(points[i - 1]), at(points[i])};
      if (twin::distance_m(line.from, line.to) > kSame_m) lines.push_back(line);
    }
  }
  return lines;
}

}  // namespace

SimVehicles::SimVehicles(int count, uint64_t seed, const twin::Plan* plan) : random_(seed) {
  if (plan != nullptr && count > 0) find_corners(plan->source()["features"]);
  if (corners_.empty()) return;
  for (int i = 1; i <= count; ++i) {
    bool is_truck = i <= (count + 1) / 2;
    Driver driver{.vehicle = {.badge = std::format("V-{:04}", i)}};
    driver.usual_m_s = (is_truck ? kTruck_m_s : kForklift_m_s) * (1 - kSpeedSpan * part());
    driver.from = driver.to = static_cast<uint32_t>(random_.below(corners_.size()));
    driver.vehicle.at = corners_[driver.to].at;
    turn(driver);
    drivers_.push_back(std::move(driver));
  }
}

double SimVehicles::part() { return static_cast<double>(random_.next() >> 11) * 0x1p-53; }

uint32_t SimVehicles::corner_at(twin::Point at) {
  auto is_near = [&](const Corner& one) { return twin::distance_m(one.at, at) < kSame_m; };
  auto found = std::ranges::find_if(corners_, is_near);
  if (found == corners_.end()) found = corners_.insert(found, Corner{.at = at});
  return static_cast<uint32_t>(found - corners_.begin());
}

void SimVehicles::find_corners(const Json& features) {
  std::vector<twin::Segment> lines = lines_of(features);
  for (const twin::Segment& line : lines) {
    std::vector<twin::Point> along{line.from, line.to};
    for (const twin::Segment& other : lines) {
      auto meets = twin::crossing_of(line, other);
      if (!meets) continue;
      along.push_back({line.from.x + meets->on_a * (line.to.x - line.from.x),
                       line.from.y + meets->on_a * (line.to.y - line.from.y)});
    }
    std::ranges::sort(along, {}, [&](twin::Point at) { return twin::distance_m(line.from, at); });
    for (std::size_t i = 1; i < along.size(); ++i) {
      uint32_t from = corner_at(along[i - 1]), to = corner_at(along[i]);
      if (from == to) continue;
      corners_[from].next.push_back(to);
      corners_[to].next.push_back(from);
    }
  }
}

// Not back, unless the road ends here.
void SimVehicles::turn(Driver& driver) {
  const std::vector<uint32_t>& ways = corners_[driver.to].next;
  std::vector<uint32_t> fit;
  std::ranges::copy_if(ways, std::back_inserter(fit),
                       [&](uint32_t way) { return way != driver.from; });
  const std::vector<uint32_t>& choice = fit.empty() ? ways : fit;
  driver.from = driver.to;
  driver.to = choice[random_.below(choice.size())];
  twin::Point a = corners_[driver.from].at, b = corners_[driver.to].at;
  double degrees = std::atan2(b.x - a.x, b.y - a.y) * 180 / std::numbers::pi;
  driver.vehicle.course_deg = degrees < 0 ? degrees + 360 : degrees;
  if (part() < kRestChance) driver.rest_s = kRestMost_s * part();
}

void SimVehicles::drive(Driver& driver, double seconds) {
  if (driver.rest_s > 0) {
    driver.rest_s -= seconds;
    driver.vehicle.speed_m_s = 0;
    return;
  }
  driver.vehicle.speed_m_s = driver.usual_m_s;
  double left_m = driver.usual_m_s * seconds;
  twin::Point to = corners_[driver.to].at;
  double far = twin::distance_m(driver.vehicle.at, to);
  if (far <= left_m) {
    driver.vehicle.at = to;
    return turn(driver);
  }
  driver.vehicle.at.x += (to.x - driver.vehicle.at.x) * left_m / far;
  driver.vehicle.at.y += (to.y - driver.vehicle.at.y) * left_m / far;
}

void SimVehicles::advance(double seconds) {
  for (Driver& driver : drivers_) drive(driver, std::clamp(seconds, 0.0, 1.0));
}

std::vector<SimVehicle> SimVehicles::vehicles() const {
  std::vector<SimVehicle> all;
  for (const Driver& driver : drivers_) all.push_back(driver.vehicle);
  return all;
}

}  // namespace anlan::connect
