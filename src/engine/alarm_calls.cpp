// Whom an alarm is told to, and who comes next when nobody acknowledges it: the table
// `alarm_route`.

#include <algorithm>

#include "core/log.h"
#include "engine/alarm_view.h"
#include "engine/execute.h"
#include "engine/show.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kToldMax = 500;  // people of one area

Json call_data(const PlantModel& plant, const alarms::Definition& definition,
               const alarms::State& state) {
  const AreaInfo* area = plant.area(definition.area);
  return Json::object({{"number", definition.tag_code},
                       {"code", definition.code},
                       {"name_zh", definition.name.zh},
                       {"name_en", definition.name.en},
                       {"value", Json::Number{short_number(state.value)}},
                       {"limit", Json::Number{short_number(definition.limit)}},
                       {"unit", definition.unit},
                       {"area_zh", area == nullptr ? std::string() : area->name.zh},
                       {"area_en", area == nullptr ? std::string() : area->name.en}});
}

// Whom to call next when the table says it in no words of time.
constexpr Duration kNextAfter = Duration::minutes(10);

Duration wait_of(const std::string& text, const alarms::Definition& definition) {
  auto wait = parse_duration(text);
  if (wait) return *wait;
  log(LogLevel::Error, "the table alarm_route gives no duration",
      Json::object({{"alarm", definition.code}, {"next_after", text}}));
  return kNextAfter;
}

bool is_guard(const alarms::Definition& definition) {
  return definition.is_safety || definition.gas_level > 0;
}

}  // namespace

Result<void> Execution::tell_alarm(const alarms::Definition& definition,
                                   const alarms::State& state) {
  return call_people({.definition = definition, .state = state, .occurrence = state.occurrence});
}

Result<Json> Execution::route_of(const alarms::Definition& definition, int64_t step) {
  const AreaInfo* area = around_.plant->area(definition.area);
  auto route = decide("alarm_route", "route",
                      Json::object({{"priority", definition.priority},
                                    {"gas_level", definition.gas_level},
                                    {"is_safety", definition.is_safety},
                                    {"risk", area == nullptr ? std::string() : area->risk},
                                    {"step", step}}));
  if (route) return route;
  // Who doesn't know whom to call calls everybody there.
  log(LogLevel::Error, "the table alarm_route can't be asked: the whole area is told",
      Json::object({{"alarm", definition.code}, {"detail", route.error().detail}}));
  return Json::object({{"whole_area", true}, {"is_urgent", true}, {"level", "red"}});
}

Result<std::vector<PersonId>> Execution::called_people(const Json& route,
                                                       const alarms::Definition& definition) {
  std::vector<PersonId> persons;
  auto add = [&](PersonId person) {
    if (!std::ranges::contains(persons, person)) persons.push_back(person);
  };
  if (!route["roles"].is_array()) return persons;
  for (const Json& role : route["roles"].as_array()) {
    if (!role.is_text()) continue;
    auto holders = TRY(access::holders(transaction_, role.as_text(), definition.org_path));
    for (PersonId person : holders) add(person);
  }
  if (!route.bool_or("whole_area", false)) return persons;
  Json people = TRY(access::list_people(transaction_, definition.org_path, "", kToldMax));
  for (const Json& person : people.as_array()) {
    PersonId id = TRY(PersonId::parse(person.text_or("id", "")));
    add(id);
  }
  return persons;
}

Result<void> Execution::call_people(const AlarmCall& call) {
  const alarms::Definition& definition = call.definition;
  if (call.step == 0 && !is_guard(definition)) {
    Instant since = around_.now - alarms::kRepeatWindow;
    auto often = TRY(alarms::occurrences_since(transaction_, definition.id, since));
    if (often > kToldOften) return {};
  }
  Json route = TRY(route_of(definition, call.step));
  std::vector<PersonId> persons;
  if (route.is_object()) persons = TRY(called_people(route, definition));
  std::string next = route.is_object() ? route.text_or("next_after", "") : std::string();
  if (persons.empty() && next.empty() && call.version == 0) return {};
  store::Change change{.actor = command_->by.actor,
                       .act = call.step == 0 ? "alarm.tell" : "alarm.tell_again",
                       .subject_kind = "alarm",
                       .subject_id = definition.id.text(),
                       .at = around_.now};
  store::RowChange row{.kind = store::RowChange::Kind::Delete,
                       .table = "alarm_call",
                       .key = {{"occurrence", call.occurrence}}};
  if (call.version > 0) row.version = call.version;
  if (!next.empty()) {
    Duration after = wait_of(next, definition);
    row.kind = call.version > 0 ? store::RowChange::Kind::Update : store::RowChange::Kind::Insert;
    row.cells = {{"definition", definition.id.text()},
                 {"step", call.step + 1},
                 {"due_at", (around_.now + after).ns}};
    if (call.version == 0) row.cells.push_back({"version", int64_t{1}});
  }
  if (call.version > 0 || !next.empty()) change.rows.push_back(std::move(row));
  Json data = call_data(*around_.plant, definition, call.state);
  data.set("occurrence", call.occurrence);
  add_notice(change, {.persons = std::move(persons),
                      .kind = call.step == 0 ? "alarm.notice.raised" : "alarm.notice.escalation",
                      .level = route.is_object() ? route.text_or("level", "yellow") : "yellow",
                      .form = "alarm_limit",
                      .record = definition.id.text(),
                      .data = std::move(data),
                      .is_urgent = route.is_object() && route.bool_or("is_urgent", false)});
  return transaction_.apply(change);
}

Result<void> Execution::tell_again(const std::string& occurrence) {
  auto rows = TRY(transaction_.query(
      {"SELECT definition, step, version FROM alarm_call WHERE occurrence = ? AND due_at <= ?",
       {occurrence, around_.now.ns}}));
  if (rows.empty()) return {};
  RecordId id = TRY(RecordId::parse(rows[0].text("definition")));
  int64_t version = rows[0].int64("version");
  const alarms::Definition* definition = around_.plant->alarm(id);
  bool is_waiting = TRY(alarms::is_waiting_for_ack(transaction_, id, occurrence));
  if (definition != nullptr && is_waiting) {
    alarms::State state = TRY(alarms::state_of(transaction_, id));
    return call_people({.definition = *definition,
                        .state = state,
                        .occurrence = occurrence,
                        .step = rows[0].int64("step"),
                        .version = version});
  }
  store::Change change{.actor = command_->by.actor,
                       .act = "alarm.call_end",
                       .subject_kind = "alarm",
                       .subject_id = id.text(),
                       .at = around_.now};
  change.rows.push_back({.kind = store::RowChange::Kind::Delete,
                         .table = "alarm_call",
                         .key = {{"occurrence", occurrence}},
                         .version = version});
  return transaction_.apply(change);
}

Result<Json> Execution::execute(const TellAlarmsAgain& what) {
  for (const std::string& occurrence : what.occurrences) TRY(tell_again(occurrence));
  return Json::object();
}

}  // namespace anlan::engine
