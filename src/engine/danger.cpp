#include "engine/danger.h"

#include <algorithm>
#include <cmath>
#include <format>

namespace anlan::engine {
namespace {

constexpr double kCoreDefault_m = 50;
constexpr double kGrowthDefault_m_s = 0.3;  // how fast a cloud spreads in calm air: cautious
constexpr double kDetectorCore_m = 25;      // around every detector that tells of gas
constexpr double kHorizon_s = 600;
constexpr double kCell_m = 12;
constexpr double kShownLevel = 0.25;
constexpr std::size_t kCellsMax = 3'000;

double number_or(const Json& json, std::string_view name, double otherwise) {
  const Json& value = json[name];
  return value.is_number() ? value.as_double().value_or(otherwise) : otherwise;
}

// Day and sun are not measured: neutral, or stable in light wind, which carries gas farthest.
twin::Stability stability_for(double wind_m_s) { return twin::stability_of(wind_m_s, true, 1); }

twin::Hazard join(const twin::Plan& plan, const std::vector<twin::Hazard>& parts) {
  if (parts.size() == 1) return parts.front();
  std::vector<double> times;
  for (const twin::Hazard& part : parts) {
    for (const twin::HazardLayer& layer : part.layers) times.push_back(layer.from_s);
  }
  std::ranges::sort(times);
  times.erase(std::ranges::unique(times).begin(), times.end());
  twin::Hazard joined;
  for (double time : times) {
    twin::HazardLayer layer{.from_s = time, .level = std::vector<float>(plan.nodes().size(), 0)};
    for (uint32_t node = 0; node < layer.level.size(); ++node) {
      for (const twin::Hazard& part : parts) {
        layer.level[node] = std::max(layer.level[node], part.at(node, time));
      }
    }
    joined.layers.push_back(std::move(layer));
  }
  return joined;
}

struct Telling {
  const TagInfo* tag = nullptr;
  double value = 0;
  double limit = 0;
};

// Gas detectors over one of their upper limits now; a stale one tells nothing.
std::vector<Telling> telling_detectors(const PlantModel& plant, Sensing& sensing) {
  std::vector<Telling> telling;
  for (const alarms::Definition& definition : plant.alarms()) {
    bool is_upper =
        definition.kind == alarms::Kind::High || definition.kind == alarms::Kind::HighHigh;
    if (definition.gas_level == 0 || !is_upper) continue;
    const TagInfo* tag = plant.tag(definition.tag);
    if (tag == nullptr || !tag->at) continue;
    LiveValue live = sensing.live(definition.tag);
    bool is_value =
        live.quality == history::Quality::Good || live.quality == history::Quality::Uncertain;
    if (!is_value || live.value < definition.limit) continue;
    auto known = std::ranges::find(telling, tag, &Telling::tag);
    if (known == telling.end()) telling.push_back({tag, live.value, definition.limit});
    else known->limit = std::min(known->limit, definition.limit);
  }
  return telling;
}

Json cells_of(const twin::Plan& plan, const twin::Plume* plume, double limit, twin::Point source,
              double radius) {
  Json cells = Json::array();
  if (plume == nullptr || limit <= 0) return cells;
  for (double y = plan.low().y; y < plan.high().y; y += kCell_m) {
    for (double x = plan.low().x; x < plan.high().x; x += kCell_m) {
      twin::Point middle{x + kCell_m / 2, y + kCell_m / 2};
      double level = plume->concentration_g_m3(middle) / limit;
      if (twin::distance_m(middle, source) <= radius) level = std::max(level, 1.0);
      if (level < kShownLevel || cells.as_array().size() >= kCellsMax) continue;
      double shown = std::round(std::min(level, 10.0) * 100) / 100;
      cells.push(Json::array({Json(x), Json(y), Json(kCell_m), Json(shown)}));
    }
  }
  return cells;
}

Json detectors_json(const std::vector<Telling>& telling) {
  Json detectors = Json::array();
  for (const Telling& one : telling) {
    detectors.push(Json::object({{"tag", one.tag->code},
                                 {"x", one.tag->at->x},
                                 {"y", one.tag->at->y},
                                 {"value", one.value},
                                 {"limit", one.limit},
                                 {"unit", one.tag->unit}}));
  }
  return detectors;
}

// The reading that the phone shows: of the detector that began it, or of the one nearest to it.
Json nearest_reading(const std::vector<Telling>& telling, twin::Point source) {
  auto nearest = std::ranges::min_element(
      telling, {}, [&](const Telling& one) { return twin::distance_m(source, *one.tag->at); });
  if (nearest == telling.end()) {
    return Json::object({{"value", nullptr}, {"limit", nullptr}, {"unit", nullptr}});
  }
  return Json::object(
      {{"value", nearest->value}, {"limit", nearest->limit}, {"unit", nearest->tag->unit}});
}

Json wind_json(const std::optional<twin::Wind>& wind) {
  if (!wind) return {};
  return Json::object(
      {{"speed", std::round(wind->speed_m_s * 10) / 10}, {"from", std::round(wind->from_deg)}});
}

std::string wind_signature(const twin::Plume* plume) {
  if (plume == nullptr) return "calm";
  return std::format("{:.0f}/{:.0f}", std::round(plume->wind.from_deg / 15),
                     std::round(plume->wind.speed_m_s));
}

}  // namespace

Danger danger_of(const Json& record, const PlantModel& plant, Sensing& sensing, Instant now) {
  const Json& figures = record["hazard"];
  twin::Point source{number_or(record, "x", 0), number_or(record, "y", 0)};
  double core = number_or(figures, "core_m", kCoreDefault_m);
  double limit = number_or(figures, "limit_g_m3", 0);
  auto wind = sensing.wind(now);
  twin::Plume plume{.release = {.at = source, .rate_g_s = number_or(figures, "release_g_s", 0)}};
  bool has_plume = false;
  if (wind) {
    plume.wind = *wind;
    plume.stability = stability_for(wind->speed_m_s);
    has_plume = limit > 0 && plume.release.rate_g_s > 0 && plume.check().has_value();
  }
  const twin::Plume* carried = has_plume ? &plume : nullptr;
  double growth = has_plume ? 0 : number_or(figures, "growth_m_s", kGrowthDefault_m_s);

  std::vector<twin::Hazard> parts;
  parts.push_back(twin::make_hazard(plant.plan(), {.source = source,
                                                   .radius_m = core,
                                                   .plume = carried,
                                                   .limit_g_m3 = limit,
                                                   .growth_m_s = growth,
                                                   .horizon_s = kHorizon_s}));
  Danger danger;
  std::vector<Telling> telling = telling_detectors(plant, sensing);
  for (const Telling& one : telling) {
    danger.signature += one.tag->code + ";";
    parts.push_back(twin::make_hazard(
        plant.plan(),
        {.source = *one.tag->at, .radius_m = kDetectorCore_m, .horizon_s = kHorizon_s}));
  }
  danger.hazard = join(plant.plan(), parts);
  danger.signature += wind_signature(carried);
  danger.shown = nearest_reading(telling, source);
  danger.shown.set("x", source.x)
      .set("y", source.y)
      .set("radius_m", core)
      .set("wind", wind_json(wind))
      .set("is_calm", !wind || wind->speed_m_s < twin::kCalmWind_m_s)
      .set("has_plume", has_plume)
      .set("detectors", detectors_json(telling))
      .set("cells", cells_of(plant.plan(), carried, limit, source, core));
  return danger;
}

}  // namespace anlan::engine
