// Work orders of alarms: the record `alarm_order` of one occurrence with place, values and the part
// of the trend that speaks; its flow does the rest.

#include "engine/execute.h"
#include "engine/show.h"

namespace anlan::engine {
namespace {

constexpr std::string_view kForm = "alarm_order";
// What of the trend is shown with the order.
constexpr Duration kBefore = Duration::hours(1);
constexpr Duration kAfter = Duration::minutes(30);
constexpr Duration kRepeatsIn = Duration::hours(24);

Filter is(std::string field, Json value) {
  return {.kind = Filter::Kind::Eq, .field = std::move(field), .values = {std::move(value)}};
}

// How many are there is nobody's question here: several open ones must stop nothing.
constexpr std::size_t kOpenOrdersMax = 200;

Result<bool> has_any(store::View& view, const records::Form& form, const Filter& filter) {
  auto found = records::all_whole(view, form, filter, kOpenOrdersMax);
  if (!found && found.error().code == ErrorCode::LimitReached) return true;
  if (!found) return std::unexpected(found.error());
  return !found->empty();
}

Json fields_of(const alarms::Definition& definition, const alarms::State& state,
               const PlantModel& plant) {
  Json fields = Json::object({{"alarm", definition.id.text()},
                              {"alarm_code", definition.code},
                              {"occurrence", state.occurrence},
                              {"alarm_zh", definition.name.zh},
                              {"alarm_en", definition.name.en},
                              {"tag", definition.tag_code},
                              {"priority", definition.priority},
                              {"raised_at", format_instant(state.raised_at)},
                              {"window_from", format_instant(state.raised_at - kBefore)},
                              {"window_to", format_instant(state.raised_at + kAfter)}});
  auto with_unit = [&](double value) {
    return short_number(value) + (definition.unit.empty() ? "" : " " + definition.unit);
  };
  fields.set("value_text", with_unit(state.value));
  fields.set("limit_text",
             std::string(alarms::kind_text(definition.kind)) + " " + with_unit(definition.limit));
  if (const AreaInfo* area = plant.area(definition.area)) fields.set("area", area->id.text());
  const TagInfo* tag = plant.tag(definition.tag);
  if (tag != nullptr && tag->record["device"].is_text()) {
    fields.set("device", tag->record["device"]);
  }
  return fields;
}

}  // namespace

Result<RecordId> Execution::order_work(const AlarmOrder& order) {
  const records::Form* form = around_.packs.forms.find(kForm);
  if (form == nullptr) return RecordId{};
  Filter same = is("occurrence", order.state.occurrence);
  auto known = TRY(records::all_whole(transaction_, *form, same, 1));
  if (!known.empty()) return RecordId::parse(known[0].text_or("id", ""));
  Json fields = fields_of(order.definition, order.state, *around_.plant);
  fields.set("reason", order.reason).set("is_automatic", order.is_automatic);
  const TagInfo* tag = around_.plant->tag(order.definition.tag);
  Json asked = Json::object({{"purpose", tag == nullptr ? std::string() : tag->purpose},
                             {"kind", alarms::kind_text(order.definition.kind)}});
  Json problem = TRY(decide("alarm_problem", "problem", asked));
  if (problem.is_object()) problem = Json(problem.text_or("category", ""));
  fields.set("hazard_category", problem.is_text() ? problem : Json("other"));
  if (!order.is_automatic) fields.set("asked_by", command_->by.person.text());
  return create_with(*form, fields, std::nullopt, {.fallback = access::FieldMode::Write});
}

Result<void> Execution::order_by_rule(const alarms::Definition& definition,
                                      const alarms::State& state) {
  const records::Form* form = around_.packs.forms.find(kForm);
  if (form == nullptr) return {};
  auto repeats =
      TRY(alarms::occurrences_since(transaction_, definition.id, around_.now - kRepeatsIn));
  Json answer = TRY(decide("alarm_answer", "answer",
                           Json::object({{"kind", alarms::kind_text(definition.kind)},
                                         {"priority", definition.priority},
                                         {"gas_level", definition.gas_level},
                                         {"is_safety", definition.is_safety},
                                         {"repeats", repeats}})));
  if (answer.is_object()) answer = answer["order"];
  if (answer != Json(true)) return {};
  // Somebody is at it already.
  Filter open{
      .kind = Filter::Kind::In, .field = "state", .values = {Json("ordered"), Json("accepting")}};
  Filter same = both(is("alarm_code", definition.code), std::move(open));
  bool is_there = TRY(has_any(transaction_, *form, same));
  if (is_there) return {};
  Command by_system{.by = system_subject(), .what = {}};
  const Command* before = command_;
  command_ = &by_system;
  auto made = order_work({.definition = definition, .state = state, .is_automatic = true});
  command_ = before;
  if (!made) return std::unexpected(made.error());
  return {};
}

Result<Json> Execution::execute(const OrderWork& what) {
  const alarms::Definition* definition = around_.plant->alarm(what.alarm);
  if (definition == nullptr) return refuse(ErrorCode::NotFound);
  auto press = around_.packs.policy.may(
      command_->by, {.form = "alarm", .action = access::Action::Press, .button = "order"});
  Json row = Json::object({{"org_path", definition->org_path}, {"area", definition->area}});
  if (!press.allowed || !matches(press.scope, row)) {
    return refuse(ErrorCode::Forbidden, press.reason);
  }
  alarms::State state = TRY(alarms::state_of(transaction_, what.alarm));
  if (what.occurrence.empty()) return refuse(ErrorCode::MissingField, {}, "occurrence");
  if (state.occurrence != what.occurrence) {
    return refuse(ErrorCode::WrongState, "a newer one is there", "occurrence");
  }
  RecordId id = TRY(order_work({.definition = *definition, .state = state, .reason = what.reason}));
  if (id.is_nil()) return refuse(ErrorCode::NotFound, "no work orders here");
  return answer_record(*TRY(form_of(kForm)), id);
}

}  // namespace anlan::engine
