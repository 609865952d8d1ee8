// An emergency response: begun by an alarm or a person, its people counted, routed and told, its
// steps stamped once. Drill and real event are the same but for their mark.

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/execute.h"
#include "engine/read.h"

namespace anlan::engine {
namespace {

using Kind = store::RowChange::Kind;

constexpr std::array kEnded = {"closed", "stopped", "false_alarm"};

const access::FieldModes kAll{.fallback = access::FieldMode::Write};

Json decimal_of(double value) { return Json(std::round(value * 10) / 10); }

bool is_ended(const Json& record) {
  return std::ranges::contains(kEnded, record.text_or("state", ""));
}

}  // namespace

Result<Json> Execution::record_of_response(RecordId id) {
  const records::Form* form = TRY(form_of("response"));
  return records::read_whole(transaction_, *form, id);
}

Result<void> Execution::mark(RecordId response, const std::vector<ehs::Mark>& marks) {
  auto change = TRY(ehs::mark_steps(
      {.view = transaction_, .actor = command_->by.actor, .now = around_.now}, response, marks));
  if (change.rows.empty()) return {};
  return transaction_.apply(change);
}

Result<std::optional<RecordId>> Execution::open_response(std::string_view area_id) {
  const records::Form* form = TRY(form_of("response"));
  Filter in_area{.kind = Filter::Kind::Eq, .field = "area", .values = {Json(area_id)}};
  Filter open{.kind = Filter::Kind::In,
              .field = "state",
              .values = {Json("asked"), Json("responding"), Json("all_counted")}};
  auto rows = TRY(records::all_whole(transaction_, *form, both(in_area, open), 100));
  if (rows.empty()) return std::nullopt;
  return TRY(RecordId::parse(rows.front().text_or("id", "")));
}

Result<RecordId> Execution::begin_response(const Emergency& emergency) {
  const records::Form* form = TRY(form_of("response"));
  const AreaInfo* area = around_.plant->area(emergency.area);
  if (area == nullptr) return refuse(ErrorCode::BadField, "no such area", "area");
  const Json& table = emergency.table;
  Json fields = Json::object(
      {{"mode", emergency.mode},
       {"trigger", emergency.trigger},
       {"area", area->id.text()},
       {"substance", emergency.substance},
       {"level", table.int_or("level", 1)},
       {"procedure", table.text_or("procedure", "")},
       {"procedure_name",
        Json::object({{"zh", table.text_or("name_zh", "")}, {"en", table.text_or("name_en", "")}})},
       {"radius_m", table.int_or("radius_m", 300)},
       {"raised_at", format_instant(emergency.raised)},
       {"hazard", table}});
  if (emergency.alarm != nullptr) {
    fields.set("alarm_code", emergency.alarm->code).set("alarm_name", emergency.alarm->name.zh);
  }
  std::optional<twin::Point> at = emergency.at;
  if (!at) at = ehs::middle_of(around_.plant->plan(), emergency.area);
  if (at) fields.set("x", decimal_of(at->x)).set("y", decimal_of(at->y));
  RecordId id = TRY(create_with(*form, fields, std::nullopt, kAll));

  std::vector<std::string> areas = {emergency.area};
  Json detail = Json::object({{"response", id.text()}});
  if (emergency.alarm != nullptr) detail.set("alarm", emergency.alarm->code);
  ehs::AlarmPlace place{.area = emergency.area, .at = at};
  Json suspended = TRY(suspend_touched(place, detail, areas));
  TRY(add_stopped_before(place, suspended, areas));
  Json gates = TRY(shut_gates(id, areas));
  std::vector<ehs::Mark> marks = {
      {.step = "raised", .at = emergency.raised, .detail = Json::object()},
      {.step = "suspended",
       .at = around_.now,
       .detail = Json::object({{"permits", suspended["permits"]}})},
      {.step = "told", .at = around_.now, .detail = Json::object({{"people", suspended["told"]}})},
      {.step = "gate_shut", .at = around_.now, .detail = Json::object({{"gates", gates}})}};
  Json record = TRY(record_of_response(id));
  if (record["state"] == Json("asked") && emergency.mode == "real") {
    marks.push_back({.step = "asked", .at = around_.now, .detail = Json::object()});
  }
  TRY(mark(id, marks));
  return id;
}

Result<Json> Execution::execute(const StartResponse& what) {
  auto verdict = around_.packs.policy.may(command_->by,
                                          {.form = "response", .action = access::Action::Create});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  if (what.mode != "drill" && what.mode != "real") {
    return refuse(ErrorCode::BadField, "drill or real", "mode");
  }
  Emergency emergency{.mode = what.mode,
                      .trigger = "person",
                      .area = what.area,
                      .at = what.at,
                      .raised = around_.now};
  if (what.alarm) {
    emergency.alarm = around_.plant->alarm(*what.alarm);
    if (emergency.alarm == nullptr) return refuse(ErrorCode::NotFound, "no such alarm", "alarm");
    emergency.area = emergency.alarm->area;
    const TagInfo* tag = around_.plant->tag(emergency.alarm->tag);
    if (tag != nullptr) {
      emergency.substance = tag->substance;
      if (!emergency.at) emergency.at = tag->at;
    }
  }
  std::string procedure = what.procedure;
  if (procedure.empty() && what.alarm) procedure = around_.plant->procedure_of(*what.alarm);
  emergency.table = TRY(decide(
      "emergency_trigger", "trigger",
      Json::object({{"substance", emergency.substance},
                    {"gas_level", emergency.alarm == nullptr ? 2 : emergency.alarm->gas_level},
                    {"priority", 1},
                    {"procedure", procedure},
                    {"kind", "person"}})));
  if (!emergency.table.is_object()) emergency.table = Json::object();
  if (what.level > 0) emergency.table.set("level", what.level);
  const AreaInfo* area = around_.plant->area(emergency.area);
  if (area == nullptr) return refuse(ErrorCode::BadField, "no such area", "area");
  if (TRY(open_response(area->id.text()))) {
    return refuse(ErrorCode::WrongState, "a response runs in this area");
  }
  RecordId id = TRY(begin_response(emergency));
  return answer_record(*TRY(form_of("response")), id);
}

// The stamps that follow from what people did in the flow.
Result<void> Execution::after_response_step(RecordId id) {
  auto roster = TRY(flow::roster(transaction_, "response", id));
  std::vector<ehs::Mark> marks;
  std::size_t posts = 0;
  std::size_t signed_in = 0;
  for (const flow::RosterEntry& task : roster) {
    if (task.node == "confirm" && task.state == "done" && task.outcome == "start") {
      marks.push_back({.step = "confirmed", .at = *task.ended, .detail = Json::object()});
    }
    if (!task.node.starts_with("sign_")) continue;
    ++posts;
    if (task.state != "done") continue;
    ++signed_in;
    if (signed_in == 1) {
      marks.push_back({.step = "signed_in", .at = *task.ended, .detail = Json::object()});
    }
  }
  if (posts > 0) {
    marks.push_back({.step = "called",
                     .at = around_.now,
                     .detail = Json::object({{"posts", static_cast<int64_t>(posts)}})});
  }
  if (posts > 0 && signed_in == posts) {
    marks.push_back({.step = "dispatched", .at = around_.now, .detail = Json::object()});
  }
  Json record = TRY(record_of_response(id));
  bool is_over = is_ended(record);
  if (is_over) {
    marks.push_back(
        {.step = record.text_or("state", "closed"), .at = around_.now, .detail = Json::object()});
  }
  TRY(mark(id, marks));
  if (!is_over) return {};
  return open_gates(id);
}

// The counts stand on the record too, so that the form's check can refuse to close.
Result<void> Execution::note_counts(RecordId response) {
  Json counts = TRY(ehs::counts_of(transaction_, response));
  Json record = TRY(record_of_response(response));
  Json patch = Json::object();
  for (const char* word : {"safe", "unsafe", "unknown"}) {
    std::string field = std::string(word) + "_count";
    if (record[field] != counts[word]) patch.set(field, counts[word]);
  }
  bool is_complete = counts.int_or("unknown", 0) == 0 && counts.int_or("unsafe", 0) == 0 &&
                     counts.int_or("total", 0) > 0;
  if (is_complete && record["state"] == Json("responding")) patch.set("state", "all_counted");
  if (!is_complete && record["state"] == Json("all_counted")) patch.set("state", "responding");
  if (!patch.as_object().empty()) {
    const records::Form* form = TRY(form_of("response"));
    auto written = TRY(records::patch_by_flow(writing(command_->by.actor), *form, response, patch));
    TRY(transaction_.apply(written.change));
  }
  if (!is_complete) return {};
  return mark(response, {{.step = "all_counted", .at = around_.now, .detail = counts}});
}

Result<Json> Execution::execute(const CountPeople& what) {
  store::Change change{
      .actor = command_->by.actor,
      .act = "response.count",
      .subject_kind = "response",
      .subject_id = what.response.text(),
      .at = around_.now,
      .detail = Json::object({{"new", static_cast<int64_t>(what.news.size())},
                              {"changed", static_cast<int64_t>(what.changes.size())}})};
  for (const ehs::PersonRow& person : what.news) {
    if (TRY(ehs::person_of(transaction_, what.response, person.badge))) continue;
    change.rows.push_back(ehs::insert_person(what.response, person, around_.now));
  }
  for (const ehs::Counted& counted : what.changes) {
    auto before = TRY(ehs::person_of(transaction_, what.response, counted.badge));
    // What somebody said meanwhile counts more than what was computed before.
    if (!before || (before->said_at && counted.seen && *before->said_at > *counted.seen)) continue;
    change.rows.push_back(ehs::update_count(what.response, *before, counted, around_.now));
  }
  if (!what.job.empty() && what.is_whole) TRY(close_job(change, what.job, ""));
  change.events.push_back(
      {.topic = "response",
       .payload =
           Json::object({{"form", "response"}, {"id", what.response.text()}, {"what", "people"}})});
  if (!change.rows.empty()) TRY(transaction_.apply(change));
  if (what.is_whole && !what.job.empty()) {
    Json counts = TRY(ehs::counts_of(transaction_, what.response));
    TRY(mark(what.response, {{.step = "located", .at = around_.now, .detail = counts}}));
  }
  TRY(note_counts(what.response));
  return Json::object();
}

Result<Json> Execution::execute(const RoutePeople& what) {
  store::Change change{.actor = command_->by.actor,
                       .act = "response.route",
                       .subject_kind = "response",
                       .subject_id = what.response.text(),
                       .at = around_.now,
                       .detail = Json::object({{"people", static_cast<int64_t>(what.routes.size())},
                                               {"version", what.version}})};
  Json record = TRY(record_of_response(what.response));
  for (const RoutePeople::One& one : what.routes) {
    auto before = TRY(ehs::person_of(transaction_, what.response, one.badge));
    if (!before) continue;
    Json route = one.route;
    route.set("version", what.version);
    const BadgeInfo* badge = around_.plant->badge(one.badge);
    std::string notice = before->notice;
    if (one.is_told && badge != nullptr && !badge->person.is_nil()) {
      std::size_t rows_before = change.rows.size();
      add_notice(change, {.persons = {badge->person},
                          .kind = "response.notice.route",
                          .level = "red",
                          .form = "response",
                          .record = what.response.text(),
                          .data = Json::object({{"number", record["number"]},
                                                {"haven", route["haven"]},
                                                {"haven_zh", route["haven_name"]["zh"]},
                                                {"haven_en", route["haven_name"]["en"]},
                                                {"mode", record["mode"]}}),
                          .is_urgent = true});
      notice = std::get<std::string>(change.rows[rows_before].key[0].value);
    }
    change.rows.push_back(ehs::update_route(what.response, *before, route, notice, around_.now));
  }
  if (!what.job.empty() && what.is_whole) TRY(close_job(change, what.job, ""));
  change.events.push_back(
      {.topic = "response",
       .payload =
           Json::object({{"form", "response"}, {"id", what.response.text()}, {"what", "route"}})});
  if (!change.rows.empty()) TRY(transaction_.apply(change));
  if (what.is_whole) {
    TRY(mark(what.response, {{.step = "routed", .at = around_.now, .detail = change.detail}}));
  }
  return Json::object();
}

Result<Json> Execution::execute(const MarkSteps& what) {
  TRY(mark(what.response, what.marks));
  return Json::object();
}

Result<Json> Execution::execute(const KeepTrack& what) {
  store::Change change{.actor = command_->by.actor,
                       .act = "response.track",
                       .at = around_.now,
                       .is_housekeeping = true};
  for (const auto& [badge, sighting] : what.points) {
    std::vector<store::Cell> cells = {{"zone", sighting.zone}};
    if (sighting.at) {
      cells.push_back({"x_cm", static_cast<int64_t>(std::llround(sighting.at->x * 100))});
      cells.push_back({"y_cm", static_cast<int64_t>(std::llround(sighting.at->y * 100))});
    }
    change.rows.push_back({.kind = Kind::Insert,
                           .table = "response_track",
                           .key = {{"response", what.response.text()},
                                   {"badge", badge.text()},
                                   {"at", sighting.seen.ns}},
                           .cells = std::move(cells),
                           .is_private = true});
  }
  if (!change.rows.empty()) TRY(transaction_.apply(change));
  return Json::object();
}

Result<Json> Execution::execute(const RollCall& what) {
  Json record = TRY(record_of_response(what.response));
  Reader reader(transaction_, around_.packs, around_.now);
  const records::Form* form = TRY(form_of("response"));
  if (!TRY(reader.may_press(command_->by, *form, what.response, "roll_call"))) {
    return refuse(ErrorCode::Forbidden, "no right to call the roll");
  }
  if (is_ended(record)) return refuse(ErrorCode::WrongState, "the response has ended");
  auto before = TRY(ehs::person_of(transaction_, what.response, what.badge));
  if (!before) return refuse(ErrorCode::NotFound);
  store::Change change{.actor = command_->by.actor,
                       .act = "response.sign_off",
                       .subject_kind = "response",
                       .subject_id = what.response.text(),
                       .at = around_.now,
                       .detail = Json::object({{"badge", what.badge.text()},
                                               {"safety", ehs::safety_text(what.safety)},
                                               {"note", what.note}})};
  change.rows.push_back(ehs::update_said(what.response, *before, what.safety, true, around_.now));
  change.events.push_back(
      {.topic = "response",
       .payload =
           Json::object({{"form", "response"}, {"id", what.response.text()}, {"what", "people"}})});
  TRY(transaction_.apply(change));
  TRY(note_counts(what.response));
  return Json::object({{"counts", TRY(ehs::counts_of(transaction_, what.response))}});
}

Result<Json> Execution::execute(const SaySafety& what) {
  const BadgeInfo* badge = around_.plant->badge_of(command_->by.person);
  if (badge == nullptr) return refuse(ErrorCode::NotFound, "the caller wears no badge");
  Json record = TRY(record_of_response(what.response));
  if (is_ended(record)) return refuse(ErrorCode::WrongState, "the response has ended");
  auto before = TRY(ehs::person_of(transaction_, what.response, badge->id));
  store::Change change{
      .actor = command_->by.actor,
      .act = what.safety == ehs::Safety::Safe ? "response.safe" : "response.needs_help",
      .subject_kind = "response",
      .subject_id = what.response.text(),
      .at = around_.now,
      .detail = Json::object({{"note", what.note}})};
  if (before) {
    change.rows.push_back(
        ehs::update_said(what.response, *before, what.safety, false, around_.now));
  } else {
    // Somebody who was not counted, farther away or without a trace: now they are.
    ehs::PersonRow person{.badge = badge->id,
                          .safety = what.safety,
                          .why = what.safety == ehs::Safety::Safe ? "said_safe" : "said_unsafe",
                          .source = "phone",
                          .seen = around_.now};
    change.rows.push_back(ehs::insert_person(what.response, person, around_.now));
  }
  change.events.push_back(
      {.topic = "response",
       .payload =
           Json::object({{"form", "response"}, {"id", what.response.text()}, {"what", "people"}})});
  TRY(transaction_.apply(change));
  TRY(note_counts(what.response));
  return Json::object();
}

Result<Json> Execution::execute(const LookAtTrack& what) {
  auto verdict =
      around_.packs.policy.may(command_->by, {.form = "presence", .action = access::Action::Read});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  if (trim(what.purpose).empty()) return refuse(ErrorCode::MissingField, {}, "purpose");
  const BadgeInfo* badge = around_.plant->badge(what.badge);
  if (badge == nullptr) return refuse(ErrorCode::NotFound);
  std::string id = format_uuid(around_.ids.next());
  store::Change change{.actor = command_->by.actor,
                       .act = "track.look",
                       .subject_kind = "badge",
                       .subject_id = what.badge.text(),
                       .at = around_.now,
                       .detail = Json::object({{"purpose", what.purpose}})};
  change.rows.push_back(
      {.kind = Kind::Insert,
       .table = "track_look",
       .key = {{"id", id}},
       .cells = {{"at", around_.now.ns},
                 {"looker", command_->by.person.text()},
                 {"badge", what.badge.text()},
                 {"person", badge->person.is_nil() ? std::string() : badge->person.text()},
                 {"purpose", what.purpose}}});
  TRY(transaction_.apply(change));
  return Json::object({{"look", id}});
}

}  // namespace anlan::engine
