#include "twin/georeference.h"

#include <cmath>
#include <format>
#include <numbers>
#include <set>
#include <string>

namespace anlan::twin {
namespace {

constexpr double kAxis_m = 6'378'137;  // WGS 84 (NIMA TR8350.2): half the axis, eccentricity
constexpr double kEccentricity2 = 0.00669437999014;
constexpr double kShiftAxis_m = 6'378'245;  // Krasovsky 1940, which GCJ-02 is made with
constexpr double kShiftEccentricity2 = 0.00669342162296594;
constexpr double kApartMin_m = 10;
constexpr double kScaleLow = 0.9, kScaleHigh = 1.1;
constexpr double kPlanMost_m = 20'000;
constexpr int kRounds = 6;  // each makes the error a thousandth

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

// One member of the family of waves that the shift is a sum of.
double wave(double amplitude, double degrees_per_turn, double at) {
  return amplitude * std::sin(at * 2 * std::numbers::pi / degrees_per_turn);
}

bool is_shifted(GeoPoint point) {
  return point.lon > 72.004 && point.lon < 137.8347 && point.lat > 0.8293 && point.lat < 55.8271;
}

// The shift of GCJ-02 at a point of WGS 84, in degrees.
GeoPoint shift_at(GeoPoint point) {
  double x = point.lon - 105, y = point.lat - 35;
  double ripple = wave(20, 1.0 / 3, x) + wave(20, 1, x);
  double north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * std::sqrt(std::abs(x));
  north += (ripple + wave(20, 2, y) + wave(40, 6, y) + wave(160, 24, y) + wave(320, 60, y)) * 2 / 3;
  double east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * std::sqrt(std::abs(x));
  east += (ripple + wave(20, 2, x) + wave(40, 6, x) + wave(150, 24, x) + wave(300, 60, x)) * 2 / 3;
  double sine = std::sin(radians(point.lat));
  double squeeze = 1 - kShiftEccentricity2 * sine * sine;
  double along = kShiftAxis_m * (1 - kShiftEccentricity2) / (squeeze * std::sqrt(squeeze));
  double across = kShiftAxis_m / std::sqrt(squeeze) * std::cos(radians(point.lat));
  return {.lat = north / radians(along), .lon = east / radians(across)};
}

Result<double> number_at(const Json& row, std::string_view name, double most) {
  auto value = row[name].is_number() ? row[name].as_double() : std::nullopt;
  if (value && std::abs(*value) <= most) return *value;
  return refuse(ErrorCode::BadPack, std::format("plan: georeference: bad {}", name), "features");
}

}  // namespace

GeoPoint to_wgs84(GeoPoint point) {
  if (!point.is_gcj02 || !is_shifted(point)) return {point.lat, point.lon};
  GeoPoint guess{point.lat, point.lon};
  for (int round = 0; round < kRounds; ++round) {
    GeoPoint shift = shift_at(guess);
    guess = {point.lat - shift.lat, point.lon - shift.lon};
  }
  return guess;
}

Point GeoReference::local(GeoPoint point) const {
  GeoPoint there = to_wgs84(point);
  double sine = std::sin(radians(origin_.lat));
  double squeeze = 1 - kEccentricity2 * sine * sine;
  double along = kAxis_m * (1 - kEccentricity2) / (squeeze * std::sqrt(squeeze));
  double across = kAxis_m / std::sqrt(squeeze) * std::cos(radians(origin_.lat));
  return {radians(there.lon - origin_.lon) * across, radians(there.lat - origin_.lat) * along};
}

Point GeoReference::to_plan(GeoPoint point) const {
  Point there = local(point);
  double east = there.x - middle_.x, north = there.y - middle_.y;
  return {turn_a_ * east - turn_b_ * north + shift_.x, turn_b_ * east + turn_a_ * north + shift_.y};
}

Result<GeoReference> GeoReference::fit(const std::vector<ControlPoint>& points) {
  auto bad = [](std::string_view why) {
    return refuse(ErrorCode::BadPack, std::format("plan: georeference: {}", why), "features");
  };
  if (points.size() < 2) return bad("two control points at least");
  GeoReference fitted;
  fitted.point_count_ = points.size();
  fitted.origin_ = to_wgs84(points.front().geo);
  auto count = static_cast<double>(points.size());
  for (const ControlPoint& point : points) {
    Point there = fitted.local(point.geo);
    fitted.middle_ = {fitted.middle_.x + there.x / count, fitted.middle_.y + there.y / count};
    fitted.shift_ = {fitted.shift_.x + point.at.x / count, fitted.shift_.y + point.at.y / count};
  }
  double along = 0, across = 0, square = 0;
  for (const ControlPoint& point : points) {
    Point there = fitted.local(point.geo);
    double east = there.x - fitted.middle_.x, north = there.y - fitted.middle_.y;
    double x = point.at.x - fitted.shift_.x, y = point.at.y - fitted.shift_.y;
    along += east * x + north * y;
    across += east * y - north * x;
    square += east * east + north * north;
  }
  if (square < kApartMin_m * kApartMin_m / 2) return bad("control points lie too near together");
  fitted.turn_a_ = along / square;
  fitted.turn_b_ = across / square;
  double scale = std::hypot(fitted.turn_a_, fitted.turn_b_);
  if (!(scale >= kScaleLow && scale <= kScaleHigh)) {
    return bad(std::format("a metre of the plan would be {:.3f} m: points mixed up?", 1 / scale));
  }
  double sum = 0;
  for (const ControlPoint& point : points) {
    Point there = fitted.to_plan(point.geo);
    sum += std::pow(there.x - point.at.x, 2) + std::pow(there.y - point.at.y, 2);
  }
  fitted.residual_m_ = std::sqrt(sum / count);
  return fitted;
}

Result<GeoReference> GeoReference::parse(const Json& json) {
  auto bad = [](std::string_view why) {
    return refuse(ErrorCode::BadPack, std::format("plan: georeference: {}", why), "features");
  };
  bool is_list = json.is_object() && json["points"].is_array() && json.as_object().size() == 1;
  if (!is_list) return bad("{\"points\":[...]}");
  const Json::Array& rows = json["points"].as_array();
  if (rows.size() > kControlPointsMax) return bad("100 control points at most");
  std::vector<ControlPoint> points;
  for (const Json& row : rows) {
    if (!row.is_object()) return bad("a control point is an object");
    for (const auto& [name, value] : row.as_object()) {
      static const std::set<std::string> kKnown{"lat", "lon", "datum", "x", "y"};
      if (!kKnown.contains(name)) return bad("unknown member of a control point");
    }
    ControlPoint point;
    point.geo.lat = TRY(number_at(row, "lat", 85));
    point.geo.lon = TRY(number_at(row, "lon", 180));
    point.at.x = TRY(number_at(row, "x", kPlanMost_m));
    point.at.y = TRY(number_at(row, "y", kPlanMost_m));
    if (row.has("datum")) {
      std::string datum = row.text_or("datum", "");
      if (datum != "wgs84" && datum != "gcj02") return bad("datum is wgs84 or gcj02");
      point.geo.is_gcj02 = datum == "gcj02";
    }
    points.push_back(point);
  }
  return fit(points);
}

}  // namespace anlan::twin
