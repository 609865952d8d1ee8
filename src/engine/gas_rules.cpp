#include "engine/gas_rules.h"

#include <cmath>

#include "core/text.h"

namespace anlan::engine {
namespace {

// A limit typed with three digits after the point is the pack's figure.
constexpr double kRounding = 0.0006;

Result<Json> ask(const Packs& packs, std::string_view decision, const Json& inputs, Instant now) {
  const rules::Model* model = packs.library.decision("gas_limits", 0);
  if (model == nullptr) return Json();
  rules::Outcome outcome =
      TRY(model->decide(decision, rules::context_from_json(inputs), {.now = now}));
  return rules::json_from_value(outcome.value);
}

double number(const Json& value) { return value.as_double().value_or(0); }

}  // namespace

bool is_looser(alarms::Kind kind, double limit, const GasSetPoint& asked) {
  bool is_low = kind == alarms::Kind::Low || kind == alarms::Kind::LowLow;
  return is_low ? limit < asked.value - kRounding : limit > asked.value + kRounding;
}

Result<std::vector<GasSetPoint>> GasRules::of(const GasDetector& detector) {
  auto known = rows_.find(detector.substance);
  if (known == rows_.end()) {
    Json inputs = Json::object({{"substance", detector.substance}, {"on", Json()}});
    Json rows = TRY(ask(packs_, "limits", inputs, now_));
    known = rows_.emplace(detector.substance, std::move(rows)).first;
  }
  std::vector<GasSetPoint> points;
  if (!known->second.is_array()) return points;
  GasUnit wanted = gas_unit_from(detector.unit);
  for (const Json& row : known->second.as_array()) {
    double mass = detector.molar_mass > 0 ? detector.molar_mass : number(row["molar_mass"]);
    GasAmount amount{number(row["value"]), gas_unit_from(row.text_or("unit", ""))};
    auto value = gas_amount_in(wanted, amount, mass);
    if (!value || !std::isfinite(*value)) continue;
    GasSetPoint point{.level = static_cast<int>(row.int_or("level", 1)),
                      .value = std::round(*value * 1000) / 1000,
                      .deadband = std::round(*value * number(row["deadband_share"]) * 1000) / 1000,
                      .basis = row.text_or("basis", ""),
                      .mark = row.text_or("mark", "draft"),
                      .source = row.text_or("source", "")};
    point.kind = TRY(alarms::parse_kind(row.text_or("kind", "h")));
    points.push_back(std::move(point));
  }
  return points;
}

Result<std::string> GasRules::edition(const Packs& packs, Instant now) {
  Json inputs = Json::object({{"substance", ""}, {"on", Json()}});
  Json count = TRY(ask(packs, "edition", inputs, now));
  return count.is_null() ? std::string() : write_json(count);
}

}  // namespace anlan::engine
