#include "engine/danger.h"

#include <algorithm>
#include <cmath>
#include <format>
#include <limits>

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

}  // namespace

Danger danger_of(const Json& record, const PlantModel& plant, Sensing& sensing, Instant now) {
  Danger danger;
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
  bool is_calm = !wind || wind->speed_m_s < twin::kCalmWind_m_s;
  double growth = has_plume ? 0 : number_or(figures, "growth_m_s", kGrowthDefault_m_s);

  std::vector<twin::Hazard> parts;
  parts.push_back(twin::make_hazard(plant.plan(), {.source = source,
                                                   .radius_m = core,
                                                   .plume = has_plume ? &plume : nullptr,
                                                   .limit_g_m3 = limit,
                                                   .growth_m_s = growth,
                                                   .horizon_s = kHorizon_s}));
  Json detectors = Json::array();
  Json value, limit_shown, unit;  // of the detector that began it, or of the nearest to it
  double nearest = std::numeric_limits<double>::infinity();
  for (const Telling& one : telling_detectors(plant, sensing)) {
    danger.signature += one.tag->code + ";";
    double away = twin::distance_m(source, *one.tag->at);
    if (away < nearest) {
      nearest = away;
      value = one.value;
      limit_shown = one.limit;
      unit = one.tag->unit;
    }
    detectors.push(Json::object({{"tag", one.tag->code},
                                 {"x", one.tag->at->x},
                                 {"y", one.tag->at->y},
                                 {"value", one.value},
                                 {"limit", one.limit},
                                 {"unit", one.tag->unit}}));
    parts.push_back(twin::make_hazard(
        plant.plan(),
        {.source = *one.tag->at, .radius_m = kDetectorCore_m, .horizon_s = kHorizon_s}));
  }
  danger.hazard = join(plant.plan(), parts);
  danger.signature += has_plume ? std::format("{:.0f}/{:.0f}", std::round(plume.wind.from_deg / 15),
                                              std::round(plume.wind.speed_m_s))
                                : std::string("calm");
  Json shown_wind;
  if (wind) {
    shown_wind = Json::object(
        {{"speed", std::round(wind->speed_m_s * 10) / 10}, {"from", std::round(wind->from_deg)}});
  }
  danger.shown = Json::object(
      {{"x", source.x},
       {"y", source.y},
       {"radius_m", core},
       {"wind", std::move(shown_wind)},
       {"is_calm", is_calm},
       {"has_plume", has_plume},
       {"detectors", std::move(detectors)},
       {"cells", cells_of(plant.plan(), has_plume ? &plume : nullptr, limit, source, core)}});
  return danger;
}

}  // namespace anlan::engine
