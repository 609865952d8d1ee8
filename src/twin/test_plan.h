#pragma once
// Small plans for tests, drawn feature by feature, and checks that ask the drawing alone.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "core/random.h"
#include "twin/twin.h"

namespace anlan::twin {

class Sketch {
 public:
  Sketch() {
    root_.set("type", "FeatureCollection");
    root_.set("anlan:frame", "local-metres");
    root_.set("features", Json::array());
  }

  static Json pair(Point at) { return Json::array({Json(at.x), Json(at.y)}); }
  static Json point(Point at) {
    return Json::object({{"type", "Point"}, {"coordinates", pair(at)}});
  }
  static Json line(const std::vector<Point>& points) {
    Json list = Json::array();
    for (Point at : points) list.push(pair(at));
    return Json::object({{"type", "LineString"}, {"coordinates", list}});
  }
  static Json rectangle(const Box& box) {
    Json ring = Json::array();
    for (Point at :
         {box.low, Point{box.high.x, box.low.y}, box.high, Point{box.low.x, box.high.y}, box.low}) {
      ring.push(pair(at));
    }
    return Json::object({{"type", "Polygon"}, {"coordinates", Json::array({ring})}});
  }

  Sketch& add(const std::string& kind, Json geometry, Json properties = Json::object()) {
    properties.set("kind", kind);
    Json feature = Json::object({{"type", "Feature"}});
    feature.set("properties", std::move(properties));
    feature.set("geometry", std::move(geometry));
    Json features = root_["features"];
    features.push(std::move(feature));
    root_.set("features", std::move(features));
    return *this;
  }
  Sketch& zone(const std::string& code, const Box& box) {
    return add("zone", rectangle(box), named(code));
  }
  Sketch& wall(const std::vector<Point>& points) { return add("wall", line(points)); }
  Sketch& door(Point at, double width_m = 1) {
    return add("door", point(at), Json::object({{"width_m", width_m}}));
  }
  Sketch& path(const std::vector<Point>& points, double width_m = 3) {
    return add("path", line(points), Json::object({{"width_m", width_m}}));
  }
  Sketch& haven(const std::string& kind, const std::string& code, Point at,
                double people_per_second = 10) {
    Json properties = named(code);
    properties.set("people_per_second", people_per_second);
    return add(kind, point(at), std::move(properties));
  }

  static Json named(const std::string& code) {
    return Json::object({{"code", code}, {"name", Json::object({{"zh", code}, {"en", code}})}});
  }
  Json& root() { return root_; }
  Plan plan() const {
    Result<Plan> plan = Plan::parse(root_);
    EXPECT_TRUE(plan) << plan.error().detail;
    return std::move(plan).value();
  }

 private:
  Json root_;
};

inline Json read_plan_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  Result<Json> json = parse_json(bytes.str(), kPlanBytesMax);
  EXPECT_TRUE(json) << path;
  return std::move(json).value();
}

// What the drawing says of walls and the openings in them, read without the graph's code.
class DrawnWalls {
 public:
  explicit DrawnWalls(const Json& source) {
    for (const Json& feature : source["features"].as_array()) {
      const Json& properties = feature["properties"];
      std::string kind = properties.text_or("kind", "");
      const Json& coordinates = feature["geometry"]["coordinates"];
      if (kind == "wall") {
        for (std::size_t i = 1; i < coordinates.as_array().size(); ++i) {
          walls_.push_back({at(coordinates.as_array()[i - 1]), at(coordinates.as_array()[i])});
        }
      }
      double width_m = kind == "exit" ? *properties["people_per_second"].as_double() / 1.3
                                      : properties["width_m"].as_double().value_or(4);
      if (kind == "door" || kind == "gate" || kind == "exit") {
        openings_.push_back({at(coordinates), std::max(width_m, 1.0) / 2 + 0.01});
      }
    }
  }

  bool lets_through(Point a, Point b) const {
    for (const Segment& wall : walls_) {
      auto crossing = crossing_of({a, b}, wall);
      if (!crossing) continue;
      Point where = between(a, b, crossing->on_a);
      bool is_open = std::ranges::any_of(openings_, [&](const Opening& opening) {
        return distance_m(opening.at, where) <= opening.half_m;
      });
      if (!is_open) return false;
    }
    return true;
  }

 private:
  struct Opening {
    Point at;
    double half_m;
  };
  static Point at(const Json& pair) {
    return {*pair.as_array()[0].as_double(), *pair.as_array()[1].as_double()};
  }
  std::vector<Segment> walls_;
  std::vector<Opening> openings_;
};

inline double below(Random& random, double bound) {
  return static_cast<double>(random.below(1'000'000)) / 1e6 * bound;
}

// Which nodes a walker can come to from this one.
inline std::vector<bool> nodes_joined(const Plan& plan, uint32_t from) {
  std::vector<bool> seen(plan.nodes().size(), false);
  std::vector<uint32_t> open{from};
  seen[from] = true;
  while (!open.empty()) {
    uint32_t node = open.back();
    open.pop_back();
    for (const Arc& arc : plan.arcs(node)) {
      if (!seen[arc.to]) open.push_back(arc.to);
      seen[arc.to] = true;
    }
  }
  return seen;
}

}  // namespace anlan::twin
