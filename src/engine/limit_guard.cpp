// The guard of alarm limits: looser than the rule pack asks only with a reason, and a formula that
// says something.

#include "engine/guards.h"

namespace anlan::engine {
namespace {

bool is_low(alarms::Kind kind) { return kind == alarms::Kind::Low || kind == alarms::Kind::LowLow; }

double number(const Json& record, std::string_view name) {
  const Json& value = record[name];
  return value.is_number() ? value.as_double().value_or(0) : 0;
}

Result<Json> tag_of(const GuardCall& call) {
  const records::Form* form = call.desk.permits.packs.forms.find("tag");
  auto id = RecordId::parse(call.ask.record.text_or("tag", ""));
  if (form == nullptr || !id) return refuse(ErrorCode::MissingField, "no tag", "tag");
  return records::read_whole(call.desk.permits.view, *form, *id);
}

Result<void> ask_gas(const GuardCall& call, const Json& tag) {
  const Json& limit = call.ask.record;
  auto level = static_cast<int>(number(limit, "gas_level"));
  if (level == 0 || tag.text_or("purpose", "") != "gas") return {};
  alarms::Kind kind = TRY(alarms::parse_kind(limit.text_or("kind", "h")));
  GasRules rules(call.desk.permits.packs, call.desk.permits.now);
  auto asked = TRY(rules.of({.substance = tag.text_or("substance", ""),
                             .unit = tag.text_or("unit", ""),
                             .molar_mass = number(tag, "molar_mass")}));
  for (const GasSetPoint& point : asked) {
    if (point.level != level || is_low(point.kind) != is_low(kind)) continue;
    bool is_less = is_looser(kind, number(limit, "limit_value"), point) ||
                   !limit.bool_or("is_latching", false);
    if (!is_less || !trim(limit.text_or("loosen_reason", "")).empty()) continue;
    return refuse_with(
        ErrorCode::MissingField, "loosen_reason",
        Json::object({{"asked", point.value}, {"unit", tag["unit"]}, {"source", point.source}}),
        "looser than " + point.source);
  }
  return {};
}

Result<void> ask_formula(const GuardCall& call, const Json& tag) {
  const Json& limit = call.ask.record;
  if (limit.text_or("kind", "") != "formula") return {};
  const PlantModel& plant = call.desk.permits.plant;
  const TagInfo* own = plant.tag(tag.text_or("code", ""));
  if (own == nullptr) return refuse(ErrorCode::BadField, "not read yet", "tag");
  alarms::Definition made{.id = call.ask.record_id,
                          .code = limit.text_or("code", ""),
                          .tag = own->index,
                          .kind = alarms::Kind::Formula,
                          .formula = limit.text_or("formula", "")};
  made.inputs = TRY(plant.formula_inputs(limit.text_or("formula_tags", "")));
  return alarms::check_definition(made);
}

}  // namespace

Result<Json> guard_alarm_limit(const GuardCall& call) {
  Json tag = TRY(tag_of(call));
  TRY(ask_gas(call, tag));
  TRY(ask_formula(call, tag));
  return Json::object();
}

}  // namespace anlan::engine
