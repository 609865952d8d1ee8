#include "engine/show.h"

#include <cmath>
#include <format>

namespace anlan::engine {

Json local(const LocalText& text) { return Json::object({{"zh", text.zh}, {"en", text.en}}); }

Json instant_or_null(const std::optional<Instant>& at) {
  return at ? Json(format_instant(*at)) : Json();
}

std::string short_number(double value) {
  if (!std::isfinite(value)) return "0";
  std::string text = std::format("{:.2f}", value);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

Result<Json> show_alarm(Reader& reader, const PlantModel& plant, const Json& state) {
  Json shown = state;
  RecordId id = TRY(RecordId::parse(state.text_or("id", "")));
  for (const char* who : {"acked_by"}) {
    std::string person = state.text_or(who, "");
    if (!person.empty()) shown.set(std::string(who) + "_name", TRY(reader.person_name(person)));
  }
  if (state["shelf"].is_object()) {
    Json shelf = state["shelf"];
    shelf.set("by_name", TRY(reader.person_name(shelf.text_or("by", ""))));
    shown.set("shelf", std::move(shelf));
  }
  shown.set("out_link", TRY(reader.link_json(state.text_or("out_link", ""))));
  const alarms::Definition* definition = plant.alarm(id);
  if (definition == nullptr) return shown;
  if (const GasBasis* basis = plant.gas_basis(id)) {
    shown.set("is_looser", basis->is_looser).set("is_of_pack", basis->is_of_pack);
  }
  if (!definition->formula.empty()) shown.set("formula", definition->formula);
  return std::move(shown.set("code", definition->code)
                       .set("tag", definition->tag_code)
                       .set("name", local(definition->name))
                       .set("kind", alarms::kind_text(definition->kind))
                       .set("limit", definition->limit)
                       .set("deadband", definition->deadband)
                       .set("unit", definition->unit)
                       .set("priority", definition->priority)
                       .set("area", definition->area)
                       .set("org_path", definition->org_path)
                       .set("safety", definition->is_safety)
                       .set("gas_level", definition->gas_level));
}

Json actor_json(Reader& reader, const Actor& actor) {
  Json name;
  if (!actor.person.is_nil()) {
    auto found = reader.person_name(actor.person.text());
    if (found) name = *found;
  }
  return Json::object({{"kind", actor_kind_text(actor.kind)}, {"name", std::move(name)}});
}

}  // namespace anlan::engine
