#include "twin/plan_wire.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace anlan::twin {
namespace {

constexpr std::size_t kCodeCharsMax = 32;
constexpr std::size_t kNameCharsMax = 60;
constexpr double kApart_m = 0.001;
constexpr int kTankCorners = 16;

enum Shape : unsigned { kPoint = 1, kLine = 2, kPolygon = 4 };

struct KindRule {
  std::string_view kind;
  unsigned shapes;
  std::vector<std::string_view> required;
  std::vector<std::string_view> optional;
};

const std::vector<KindRule>& rules() {
  static const std::vector<KindRule> kRules = {
      {"zone", kPolygon, {"code", "name"}, {"indoor", "risk"}},
      {"wall", kLine, {}, {"code", "style"}},
      {"door", kPoint, {"width_m"}, {"code"}},
      {"exit", kPoint, {"code", "name", "people_per_second"}, {}},
      {"muster", kPoint, {"code", "name", "people_per_second"}, {}},
      {"gate", kPoint, {"code", "name"}, {"zone", "width_m"}},
      {"road", kLine, {"width_m"}, {"code", "name", "speed_m_s"}},
      {"path", kLine, {"width_m"}, {"code", "name", "speed_m_s"}},
      {"building", kPolygon, {}, {"code", "name"}},
      {"tank", kPoint | kPolygon, {"code"}, {"name", "radius_m"}},
      {"equipment", kPoint | kLine | kPolygon, {}, {"code", "name"}},
      {"label", kPoint, {"name"}, {}},
      {"detector", kPoint, {"tag"}, {"name"}},
  };
  return kRules;
}

struct NumberRule {
  std::string_view name;
  double low, high;
};
constexpr NumberRule kNumbers[] = {{"width_m", 0.1, 100},
                                   {"people_per_second", 0.05, 1000},
                                   {"speed_m_s", 0.05, 10},
                                   {"radius_m", 0.1, 200}};

// One feature, read and judged by its rule, with the words to name it in a refusal.
struct Feature {
  std::size_t index = 0;
  const KindRule* rule = nullptr;
  const Json* properties = nullptr;
  Shape shape = kPoint;
  std::vector<Point> points;

  std::string_view kind() const { return rule->kind; }
  std::string code() const { return properties->text_or("code", ""); }
  double number(std::string_view name, double otherwise) const {
    return (*properties)[name].as_double().value_or(otherwise);
  }
  LocalText name() const {
    const Json& text = (*properties)["name"];
    return {text.text_or("zh", ""), text.text_or("en", "")};
  }
  std::string place() const { return "features[" + std::to_string(index) + "]"; }
  std::string called() const {
    if (!rule) return place();
    std::string code_text = kind() == "detector" ? properties->text_or("tag", "") : code();
    return place() + " (" + std::string(kind()) + (code_text.empty() ? "" : " ") + code_text + ")";
  }
  std::unexpected<Error> bad(const std::string& why) const {
    return refuse(ErrorCode::BadPack, "plan: " + called() + ": " + why, place());
  }
};

bool is_short_text(const Json& value, std::size_t chars_max) {
  return value.is_text() && !value.as_text().empty() && count_chars(value.as_text()) <= chars_max;
}

bool is_one_of(const Json& value, std::initializer_list<std::string_view> words) {
  return value.is_text() && std::ranges::find(words, value.as_text()) != words.end();
}

bool is_good_name(const Json& value) {
  return value.is_object() && value.as_object().size() == 2 &&
         is_short_text(value["zh"], kNameCharsMax) && is_short_text(value["en"], kNameCharsMax);
}

bool is_good_property(std::string_view name, const Json& value) {
  if (name == "code" || name == "tag" || name == "zone") return is_short_text(value, kCodeCharsMax);
  if (name == "name") return is_good_name(value);
  if (name == "indoor") return value.is_bool();
  if (name == "risk") return is_one_of(value, {"red", "orange", "yellow", "blue"});
  if (name == "style") return is_one_of(value, {"wall", "fence"});
  auto rule = std::ranges::find(kNumbers, name, &NumberRule::name);
  std::optional<double> number = value.as_double();
  return rule != std::end(kNumbers) && number && *number >= rule->low && *number <= rule->high;
}

Result<void> judge_properties(Feature& feature) {
  const Json& properties = *feature.properties;
  if (!properties.is_object()) return feature.bad("properties must be an object");
  const Json& kind = properties["kind"];
  auto rule = std::ranges::find_if(
      rules(), [&](const KindRule& one) { return kind.is_text() && one.kind == kind.as_text(); });
  if (rule == rules().end()) return feature.bad("properties.kind is none of the plan's kinds");
  feature.rule = &*rule;
  for (std::string_view name : rule->required) {
    if (!properties.has(name)) return feature.bad(std::string(name) + " is missing");
  }
  for (const auto& [name, value] : properties.as_object()) {
    if (name == "kind") continue;
    bool is_known = std::ranges::find(rule->required, name) != rule->required.end() ||
                    std::ranges::find(rule->optional, name) != rule->optional.end();
    if (!is_known) return feature.bad("unknown property " + name.substr(0, kCodeCharsMax));
    if (!is_good_property(name, value)) return feature.bad(name + " is not as it must be");
  }
  return {};
}

Result<Point> read_point(const Feature& feature, const Json& pair) {
  std::optional<double> x, y;
  if (pair.is_array() && pair.as_array().size() == 2) {
    x = pair.as_array()[0].as_double();
    y = pair.as_array()[1].as_double();
  }
  if (!x || !y || !(std::fabs(*x) <= kPlanCoordinateMax_m) ||
      !(std::fabs(*y) <= kPlanCoordinateMax_m)) {
    return feature.bad("a point is two numbers in metres, at most 20,000 from the origin");
  }
  return Point{*x, *y};
}

Result<void> read_points(Feature& feature, const Json& list, std::size_t& points_left) {
  if (!list.is_array()) return feature.bad("coordinates must be a list of points");
  if (list.as_array().size() > points_left) {
    return refuse(ErrorCode::LimitReached, "plan: more than 200,000 points", feature.place());
  }
  points_left -= list.as_array().size();
  for (const Json& pair : list.as_array()) {
    Point point = TRY(read_point(feature, pair));
    if (!feature.points.empty() && distance_m(feature.points.back(), point) < kApart_m) {
      return feature.bad("a point stands there twice in a row");
    }
    feature.points.push_back(point);
  }
  return {};
}

Result<void> close_ring(Feature& feature) {
  std::vector<Point>& ring = feature.points;
  if (ring.size() < 4 || ring.front() != ring.back()) {
    return feature.bad("a polygon's ring has four points at least and ends where it begins");
  }
  ring.pop_back();
  if (ring.size() > kPlanCornersMax) return feature.bad("the polygon has more than 1,000 corners");
  double area_m2 = signed_area_m2(ring);
  if (std::fabs(area_m2) < 0.01) return feature.bad("the polygon has no area");
  if (area_m2 < 0) std::ranges::reverse(ring);
  return {};
}

Result<void> judge_geometry(Feature& feature, const Json& geometry, std::size_t& points_left) {
  if (!geometry.is_object() || geometry.as_object().size() != 2) {
    return feature.bad("geometry must have type and coordinates and nothing else");
  }
  std::string type = geometry.text_or("type", "");
  feature.shape = type == "Point" ? kPoint : type == "LineString" ? kLine : kPolygon;
  if (feature.shape == kPolygon && type != "Polygon") return feature.bad("unknown geometry type");
  if (!(feature.rule->shapes & feature.shape)) return feature.bad("cannot be a " + type);
  const Json& coordinates = geometry["coordinates"];
  if (feature.shape == kPoint) {
    if (points_left == 0) {
      return refuse(ErrorCode::LimitReached, "plan: more than 200,000 points", feature.place());
    }
    --points_left;
    feature.points.push_back(TRY(read_point(feature, coordinates)));
    return {};
  }
  if (feature.shape == kLine) {
    TRY(read_points(feature, coordinates, points_left));
    if (feature.points.size() < 2) return feature.bad("a line has two points at least");
    return {};
  }
  if (!coordinates.is_array() || coordinates.as_array().size() != 1) {
    return feature.bad("a polygon has one ring, without holes");
  }
  TRY(read_points(feature, coordinates.as_array()[0], points_left));
  return close_ring(feature);
}

Result<void> take_tank(const Feature& feature, Drawing& drawing) {
  bool has_radius = feature.properties->has("radius_m");
  if (has_radius != (feature.shape == kPoint)) {
    return feature.bad("a tank is a polygon, or a point with radius_m");
  }
  std::vector<Point> outline = feature.points;
  if (has_radius) {
    double radius_m = feature.number("radius_m", 0);
    Point centre = outline.front();
    outline.clear();
    for (int i = 0; i < kTankCorners; ++i) {
      double angle = 2 * M_PI * i / kTankCorners;
      outline.push_back(
          {centre.x + radius_m * std::cos(angle), centre.y + radius_m * std::sin(angle)});
    }
  }
  drawing.tanks.push_back(std::move(outline));
  return {};
}

void take_wall(const Feature& feature, Drawing& drawing) {
  for (std::size_t i = 1; i < feature.points.size(); ++i) {
    drawing.walls.push_back({feature.points[i - 1], feature.points[i]});
  }
}

void take_haven(const Feature& feature, Drawing& drawing) {
  bool is_exit = feature.kind() == "exit";
  drawing.havens.push_back({.code = feature.code(),
                            .name = feature.name(),
                            .kind = is_exit ? Haven::Kind::Exit : Haven::Kind::Muster,
                            .at = feature.points.front(),
                            .people_per_second = feature.number("people_per_second", 2)});
}

void take_gate(const Feature& feature, Drawing& drawing) {
  Gate gate{.code = feature.code(),
            .name = feature.name(),
            .at = feature.points.front(),
            .zone = feature.properties->text_or("zone", ""),
            .width_m = feature.number("width_m", 4)};
  drawing.openings.push_back({.code = gate.code,
                              .called = feature.called(),
                              .at = gate.at,
                              .width_m = gate.width_m,
                              .must_have_wall = false});
  drawing.gates.push_back(std::move(gate));
}

Result<void> take_feature(const Feature& feature, Drawing& drawing) {
  std::string_view kind = feature.kind();
  if (kind == "zone") {
    if (drawing.zones.size() == kPlanZonesMax) {
      return refuse(ErrorCode::LimitReached, "plan: more than 2,000 zones", feature.place());
    }
    drawing.zones.push_back({.code = feature.code(),
                             .name = feature.name(),
                             .outline = feature.points,
                             .box = box_around(feature.points),
                             .is_indoor = feature.properties->bool_or("indoor", false)});
  } else if (kind == "wall") {
    take_wall(feature, drawing);
  } else if (kind == "door") {
    drawing.openings.push_back({.code = feature.code(),
                                .called = feature.called(),
                                .at = feature.points.front(),
                                .width_m = feature.number("width_m", 1)});
  } else if (kind == "exit" || kind == "muster") {
    take_haven(feature, drawing);
  } else if (kind == "gate") {
    take_gate(feature, drawing);
  } else if (kind == "road" || kind == "path") {
    drawing.lines.push_back({.points = feature.points,
                             .width_m = feature.number("width_m", 1),
                             .speed_m_s = feature.number("speed_m_s", kLevelGround_m_s)});
  } else if (kind == "tank") {
    return take_tank(feature, drawing);
  }
  return {};
}

Result<Feature> read_feature(const Json& json, std::size_t index, std::size_t& points_left) {
  Feature feature{.index = index};
  if (!json.is_object() || json.text_or("type", "") != "Feature") {
    return feature.bad("is no GeoJSON feature");
  }
  for (const auto& [name, value] : json.as_object()) {
    if (name != "type" && name != "id" && name != "properties" && name != "geometry") {
      return feature.bad("unknown member " + name.substr(0, kCodeCharsMax));
    }
  }
  feature.properties = &json["properties"];
  TRY(judge_properties(feature));
  TRY(judge_geometry(feature, json["geometry"], points_left));
  return feature;
}

Result<void> judge_root(const Json& root) {
  auto bad = [](const std::string& why) {
    return refuse(ErrorCode::BadPack, "plan: " + why, "features");
  };
  if (!root.is_object() || root.text_or("type", "") != "FeatureCollection") {
    return bad("is no GeoJSON FeatureCollection");
  }
  for (const auto& [name, value] : root.as_object()) {
    if (name != "type" && name != "features" && name != "anlan:format" && name != "anlan:frame" &&
        name != "anlan:georeference") {
      return bad("unknown member " + name.substr(0, kCodeCharsMax));
    }
  }
  if (root.text_or("anlan:frame", "") != "local-metres") {
    return bad("anlan:frame must be local-metres");
  }
  if (root.text_or("anlan:format", "anlan.plan/1") != "anlan.plan/1") {
    return bad("anlan:format must be anlan.plan/1");
  }
  if (!root["features"].is_array()) return bad("features must be a list");
  if (root["features"].as_array().size() > kPlanFeaturesMax) {
    return refuse(ErrorCode::LimitReached, "plan: more than 20,000 features", "features");
  }
  return {};
}

// Codes are looked for by kind: an exit and a muster point are both havens.
std::string code_family(const Feature& feature) {
  if (feature.kind() == "muster") return "exit";
  if (feature.kind() == "path") return "road";
  return std::string(feature.kind());
}

Result<void> judge_gates(const Drawing& drawing) {
  std::set<std::string_view> zones;
  for (const Zone& zone : drawing.zones) zones.insert(zone.code);
  for (const Gate& gate : drawing.gates) {
    if (gate.zone.empty() || zones.contains(gate.zone)) continue;
    return refuse(ErrorCode::BadPack,
                  "plan: gate " + gate.code + " leads into the unknown zone " + gate.zone,
                  "features");
  }
  return {};
}

}  // namespace

Result<Drawing> read_drawing(const Json& geojson) {
  TRY(judge_root(geojson));
  Drawing drawing;
  std::size_t points_left = kPlanPointsMax;
  std::set<std::pair<std::string, std::string>> codes;
  const Json::Array& features = geojson["features"].as_array();
  for (std::size_t i = 0; i < features.size(); ++i) {
    Feature feature = TRY(read_feature(features[i], i, points_left));
    std::string code =
        feature.kind() == "detector" ? feature.properties->text_or("tag", "") : feature.code();
    if (!code.empty() && !codes.insert({code_family(feature), code}).second) {
      return feature.bad("its code is there twice");
    }
    TRY(take_feature(feature, drawing));
    Box box = box_around(feature.points);
    if (i == 0) drawing.box = box;
    Point corners[] = {drawing.box.low, drawing.box.high, box.low, box.high};
    drawing.box = box_around(corners);
  }
  TRY(judge_gates(drawing));
  return drawing;
}

}  // namespace anlan::twin
