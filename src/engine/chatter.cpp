#include "engine/chatter.h"

#include "engine/read.h"
#include "engine/sensing.h"

namespace anlan::engine {
namespace {

Json figures_of(const Packs& packs, Instant now) {
  const rules::Model* model = packs.library.decision("alarm_chatter", 0);
  if (model == nullptr) return Json::object();
  auto outcome = model->decide("chatter", rules::context_from_json(Json::object()), {.now = now});
  return outcome ? rules::json_from_value(outcome->value) : Json::object();
}

alarms::ChatterRule rule_of(const Json& figures) {
  double percent = figures["deadband_most_percent"].as_double().value_or(0);
  return {.times = figures.int_or("times", 0),
          .within = Duration::seconds(figures.int_or("within_s", 0)),
          .off_delay_max = Duration::seconds(figures.int_or("off_delay_most_s", 0)),
          .deadband_share_max = percent / 100};
}

}  // namespace

alarms::ChatterRule chatter_rule(const Packs& packs, Instant now) {
  return rule_of(figures_of(packs, now));
}

Result<Json> chatter_json(Engine& engine, store::View& view, const access::Subject& by,
                          const alarms::Definition& definition) {
  const records::Form* form = engine.packs().forms.find("alarm_limit");
  if (form == nullptr) return Json();
  auto plant = engine.sensing().plant();
  const TagInfo* tag = plant->tag(definition.tag);
  double range = tag == nullptr ? 0 : tag->high - tag->low;
  Instant now = engine.clock().now();
  Json figures = figures_of(engine.packs(), now);
  auto advice = TRY(alarms::chatter_advice(view, definition, rule_of(figures), range, now));
  if (!advice) return Json();
  // The limits that the rules of gas give are no records.
  auto record = records::read_whole(view, *form, definition.id);
  if (!record) return Json();
  Reader reader(view, engine.packs(), now);
  auto reach = reader.reach(by, *form, definition.id, access::Action::Update);
  bool can_take = reach && reach->is_allowed && matches(reach->scope, *record);
  bool is_guard = definition.is_safety || definition.gas_level > 0;
  int64_t shelf_min = is_guard ? 0 : figures.int_or("shelf_min", 0);
  return Json::object(
      {{"limit", definition.id.text()},
       {"version", (*record)["version"]},
       {"returns", advice->returns},
       {"off_delay_s",
        advice->off_delay ? Json(advice->off_delay->to_milliseconds() / 1000) : Json()},
       {"deadband", advice->deadband ? Json(*advice->deadband) : Json()},
       {"unit", definition.unit},
       {"shelf_min", shelf_min > 0 ? Json(shelf_min) : Json()},
       {"source", figures.text_or("source", "")},
       {"can_take", can_take}});
}

}  // namespace anlan::engine
