// Alarms as the evaluator and people change them, and what a gas alarm sets in motion: all of it in
// one transaction, so that a crash leaves everything or nothing.

#include <algorithm>

#include "engine/execute.h"
#include "engine/read.h"
#include "engine/show.h"
#include "engine/tracing.h"

namespace anlan::engine {
namespace {

constexpr int kUrgentPriority = 1;
constexpr int kToldPriority = 2;
constexpr std::size_t kToldMax = 500;  // people of one area

constexpr std::string_view kDutyRoles[] = {"operator", "duty_officer"};

}  // namespace

Result<Json> Execution::execute(const ApplyAlarms& what) {
  for (const AlarmEvent& event : what.events) {
    const alarms::Definition* definition = around_.plant->alarm(event.definition);
    if (definition == nullptr) continue;  // taken out of use meanwhile
    // First its causes, so that a consequence is not told before them.
    if (std::holds_alternative<alarms::Raised>(event.event)) TRY(suppress_effect(*definition));
    auto decision = alarms::decide({transaction_, command_->by.actor, around_.now, around_.ids},
                                   *definition, event.event);
    if (!decision) {
      // The state is already what the event would make of it.
      if (decision.error().code == ErrorCode::WrongState) continue;
      return std::unexpected(decision.error());
    }
    if (decision->change.rows.empty()) continue;
    TRY(transaction_.apply(decision->change));
    if (!std::holds_alternative<alarms::Unshelve>(event.event))
      TRY(suppress_effects_of(*definition, decision->state.is_active));
    bool is_raise = std::holds_alternative<alarms::Raised>(event.event);
    if (decision->is_new_annunciation) TRY(tell_alarm(*definition, decision->state));
    // Also a shelved gas alarm stops work: only its annunciation is limited.
    if (is_raise && decision->state.is_active) TRY(answer_alarm(*definition, decision->state));
    if (is_raise && decision->state.is_active) TRY(Tracing(*this).after_alarm(*definition));
  }
  return Json::object();
}

Result<void> Execution::suppress(const alarms::Definition& effect, const std::string& cause,
                                 bool is_active) {
  alarms::Event event = alarms::Suppress{cause};
  if (!is_active) event = alarms::Unsuppress{cause};
  auto decision = TRY(
      alarms::decide({transaction_, command_->by.actor, around_.now, around_.ids}, effect, event));
  if (!decision.change.rows.empty()) TRY(transaction_.apply(decision.change));
  // What is still there when its cause is gone has another one: it is told anew.
  if (decision.is_new_annunciation) TRY(tell_alarm(effect, decision.state));
  return {};
}

Result<void> Execution::suppress_effect(const alarms::Definition& effect) {
  if (effect.cause.is_nil()) return {};
  const alarms::Definition* cause = around_.plant->alarm(effect.cause);
  if (cause == nullptr) return {};
  alarms::State state = TRY(alarms::state_of(transaction_, cause->id));
  return state.is_active ? suppress(effect, cause->code, true) : Result<void>{};
}

Result<void> Execution::suppress_effects_of(const alarms::Definition& cause, bool is_active) {
  for (const alarms::Definition* effect : around_.plant->effects_of(cause.id))
    TRY(suppress(*effect, cause.code, is_active));
  return {};
}

// The control room, the duty person and everybody of that area.
Result<void> Execution::tell_alarm(const alarms::Definition& definition,
                                   const alarms::State& state) {
  if (definition.priority > kToldPriority) return {};
  std::vector<PersonId> persons;
  auto add = [&](PersonId person) {
    if (!std::ranges::contains(persons, person)) persons.push_back(person);
  };
  for (std::string_view role : kDutyRoles) {
    auto holders = TRY(access::holders(transaction_, role, definition.org_path));
    for (PersonId person : holders) add(person);
  }
  if (definition.priority <= kUrgentPriority) {
    Json people = TRY(access::list_people(transaction_, definition.org_path, "", kToldMax));
    for (const Json& person : people.as_array()) {
      PersonId id = TRY(PersonId::parse(person.text_or("id", "")));
      add(id);
    }
  }
  const AreaInfo* area = around_.plant->area(definition.area);
  Json data = Json::object({{"number", definition.tag_code},
                            {"code", definition.code},
                            {"name_zh", definition.name.zh},
                            {"name_en", definition.name.en},
                            {"value", Json::Number{short_number(state.value)}},
                            {"unit", definition.unit},
                            {"area_zh", area == nullptr ? std::string() : area->name.zh},
                            {"area_en", area == nullptr ? std::string() : area->name.en},
                            {"occurrence", state.occurrence}});
  store::Change change{.actor = command_->by.actor,
                       .act = "alarm.tell",
                       .subject_kind = "alarm",
                       .subject_id = definition.id.text(),
                       .at = around_.now};
  add_notice(change, {.persons = std::move(persons),
                      .kind = "alarm.notice.raised",
                      .level = definition.priority == 1 ? "red" : "orange",
                      .form = "alarm_limit",
                      .record = definition.id.text(),
                      .data = std::move(data),
                      .is_urgent = definition.priority <= kUrgentPriority});
  return transaction_.apply(change);
}

Result<Json> Execution::decide(std::string_view file, std::string_view decision,
                               const Json& inputs) {
  const rules::Model* model = around_.packs.library.decision(file, 0);
  if (model == nullptr) return Json();
  rules::Outcome outcome =
      TRY(model->decide(decision, rules::context_from_json(inputs), {.now = around_.now}));
  return rules::json_from_value(outcome.value);
}

Result<void> Execution::answer_alarm(const alarms::Definition& definition,
                                     const alarms::State& state) {
  if (definition.gas_level == 0) return {};
  const TagInfo* tag = around_.plant->tag(definition.tag);
  Json table = TRY(decide("emergency_trigger", "trigger",
                          Json::object({{"substance", tag == nullptr ? "" : tag->substance},
                                        {"gas_level", definition.gas_level},
                                        {"priority", definition.priority},
                                        {"procedure", around_.plant->procedure_of(definition.id)},
                                        {"kind", alarms::kind_text(definition.kind)}})));
  Json detail = Json::object({{"alarm", definition.code}, {"value", state.value}});
  if (!table.bool_or("start", false)) {
    std::vector<std::string> areas;
    ehs::AlarmPlace place{.area = definition.area};
    if (tag != nullptr) place.at = tag->at;
    TRY(suspend_touched(place, detail, areas));
    return {};
  }
  const AreaInfo* area = around_.plant->area(definition.area);
  if (area == nullptr) return {};
  if (TRY(open_response(area->id.text()))) {
    // Work that was begun or validated again meanwhile stops all the same.
    std::vector<std::string> areas;
    ehs::AlarmPlace place{.area = definition.area};
    if (tag != nullptr) place.at = tag->at;
    TRY(suspend_touched(place, detail, areas));
    return {};
  }
  bool is_drill = tag != nullptr && tag->is_simulated;
  TRY(begin_response({.mode = is_drill ? "drill" : "real",
                      .trigger = "alarm",
                      .alarm = &definition,
                      .area = definition.area,
                      .at = tag == nullptr ? std::nullopt : tag->at,
                      .substance = tag == nullptr ? std::string() : tag->substance,
                      .table = std::move(table),
                      .raised = state.received_at}));
  return {};
}

Result<Json> Execution::execute(const ActOnAlarm& what) {
  const alarms::Definition* definition = around_.plant->alarm(what.alarm);
  if (definition == nullptr) return refuse(ErrorCode::NotFound);
  auto press = around_.packs.policy.may(
      command_->by, {.form = "alarm", .action = access::Action::Press, .button = what.button});
  Json row = Json::object({{"org_path", definition->org_path}, {"area", definition->area}});
  if (!press.allowed || !matches(press.scope, row)) {
    return refuse(ErrorCode::Forbidden, press.reason);
  }
  auto decision = TRY(alarms::decide({transaction_, command_->by.actor, around_.now, around_.ids},
                                     *definition, what.event));
  if (!decision.change.rows.empty()) TRY(transaction_.apply(decision.change));
  if (decision.is_new_annunciation) TRY(tell_alarm(*definition, decision.state));
  Reader reader(transaction_, around_.packs, around_.now);
  Json state = alarms::state_json(what.alarm, decision.state);
  return Json::object({{"alarm", TRY(show_alarm(reader, *around_.plant, state))}});
}

}  // namespace anlan::engine
