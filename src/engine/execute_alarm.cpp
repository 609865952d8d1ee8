// Alarms as the evaluator and people change them, and what a gas alarm sets in motion: all of it in
// one transaction, so that a crash leaves everything or nothing.

#include "engine/execute.h"
#include "engine/permit_stops.h"
#include "engine/read.h"
#include "engine/show.h"
#include "engine/tracing.h"

namespace anlan::engine {
Result<Json> Execution::execute(const ApplyAlarms& what) {
  for (const AlarmEvent& event : what.events) {
    const alarms::Definition* definition = around_.plant->alarm(event.definition);
    // First its causes, so that a consequence is not told before them.
    bool is_raise = std::holds_alternative<alarms::Raised>(event.event);
    if (is_raise && definition != nullptr) TRY(suppress_effect(*definition));
    auto decided = TRY(apply_event(event));
    if (!decided) continue;
    for (Follow part : kFollows) TRY(follow(event, *decided, part));
  }
  return Json::object();
}

Result<Execution::Applied> Execution::apply_event(const AlarmEvent& event) {
  const alarms::Definition* definition = around_.plant->alarm(event.definition);
  if (definition == nullptr) return remove_alarm(event);
  if (std::holds_alternative<alarms::Removed>(event.event)) return Applied{};  // it is back
  auto decision = alarms::decide({transaction_, command_->by.actor, around_.now, around_.ids},
                                 *definition, event.event);
  // WrongState: the state is already what the event would make of it.
  if (!decision && decision.error().code == ErrorCode::WrongState) return Applied{};
  if (!decision) return std::unexpected(decision.error());
  if (decision->change.rows.empty()) return Applied{};
  TRY(transaction_.apply(decision->change));
  return Applied{std::move(*decision)};
}

// Taken out of use meanwhile: what happens to it now is nobody's business but its end.
Result<Execution::Applied> Execution::remove_alarm(const AlarmEvent& event) {
  if (!std::holds_alternative<alarms::Removed>(event.event)) return Applied{};
  auto known = TRY(alarms::known_definition(transaction_, event.definition));
  alarms::Definition gone{.id = event.definition, .code = event.definition.text()};
  if (known) gone = std::move(*known);
  alarms::Decision decision = TRY(alarms::decide(
      {transaction_, command_->by.actor, around_.now, around_.ids}, gone, event.event));
  if (decision.change.rows.empty()) return Applied{};
  TRY(transaction_.apply(decision.change));
  return Applied{};
}

Result<void> Execution::follow(const AlarmEvent& event, const alarms::Decision& decided,
                               Follow part) {
  const alarms::Definition* definition = around_.plant->alarm(event.definition);
  if (definition == nullptr) return {};
  const alarms::State& state = decided.state;
  // Also a shelved gas alarm stops work: only its annunciation is limited.
  bool is_raise = std::holds_alternative<alarms::Raised>(event.event) && state.is_active;
  switch (part) {
    case Follow::Effects:
      if (std::holds_alternative<alarms::Unshelve>(event.event)) return {};
      if (std::holds_alternative<alarms::PutBack>(event.event)) return {};
      return suppress_effects_of(*definition, state.is_active);
    case Follow::Tell:
      return decided.is_new_annunciation ? tell_alarm(*definition, state) : Result<void>{};
    case Follow::Order:
      return decided.is_new_annunciation ? order_by_rule(*definition, state) : Result<void>{};
    case Follow::Answer: return is_raise ? answer_alarm(*definition, state) : Result<void>{};
    case Follow::Trace:
      if (is_raise) TRY(Tracing(*this).after_alarm(*definition));
      return {};
  }
  return {};
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
  if (!stops_work(definition, *around_.plant)) return {};
  const TagInfo* tag = around_.plant->tag(definition.tag);
  Json table = TRY(decide("emergency_trigger", "trigger",
                          Json::object({{"substance", tag == nullptr ? "" : tag->substance},
                                        {"gas_level", definition.gas_level},
                                        {"priority", definition.priority},
                                        {"procedure", around_.plant->procedure_of(definition.id)},
                                        {"kind", alarms::kind_text(definition.kind)}})));
  Json detail = Json::object({{"alarm", definition.code}, {"value", state.value}});
  if (definition.gas_level == 0 || !table.bool_or("start", false)) {
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

// The second person stands in for the same right in the same place: anybody else's password says
// nothing about the alarm.
Result<void> Execution::need_equal(const ActOnAlarm& what, const Json& row) {
  PersonId second;
  if (const auto* shelve = std::get_if<alarms::ShelveIt>(&what.event)) {
    second = shelve->second_person;
  } else if (const auto* out = std::get_if<alarms::TakeOut>(&what.event)) {
    second = out->second_person;
  }
  if (second.is_nil()) return {};
  access::Subject other = TRY(access::subject_of(transaction_, second));
  auto press = around_.packs.policy.may(
      other, {.form = "alarm", .action = access::Action::Press, .button = what.button});
  bool may = press.allowed && access::may_work(other) && matches(press.scope, row);
  if (may) return {};
  return refuse(ErrorCode::Forbidden, "the second person may not do this here", "second_login");
}

// What people write is its number; kept is which record that is.
Result<alarms::Event> Execution::linked(const alarms::Event& event) {
  const auto* out = std::get_if<alarms::TakeOut>(&event);
  if (out == nullptr || out->link.empty()) return event;
  Reader reader(transaction_, around_.packs, around_.now);
  Filter same{.kind = Filter::Kind::Eq, .field = "number", .values = {Json(out->link)}};
  for (const char* name : {"permit", "alarm_order"}) {
    const records::Form* form = around_.packs.forms.find(name);
    if (form == nullptr) continue;
    auto rows = TRY(records::all_whole(transaction_, *form, same, 1));
    if (rows.empty()) continue;
    RecordId id = TRY(RecordId::parse(rows.front().text_or("id", "")));
    auto reach = reader.reach(command_->by, *form, id, access::Action::Read);
    if (!reach || !matches(reach->scope, rows.front())) continue;
    alarms::TakeOut found = *out;
    found.link = std::string(name) + "/" + id.text();
    return alarms::Event(std::move(found));
  }
  return refuse(ErrorCode::NotFound, "no permit or order of that number", "link");
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
  TRY(need_equal(what, row));
  alarms::Event event = TRY(linked(what.event));
  auto decision = TRY(alarms::decide({transaction_, command_->by.actor, around_.now, around_.ids},
                                     *definition, event));
  if (!decision.change.rows.empty()) TRY(transaction_.apply(decision.change));
  if (decision.is_new_annunciation) TRY(tell_alarm(*definition, decision.state));
  Reader reader(transaction_, around_.packs, around_.now);
  Json state = alarms::state_json(what.alarm, decision.state);
  return Json::object({{"alarm", TRY(show_alarm(reader, *around_.plant, state))}});
}

}  // namespace anlan::engine
