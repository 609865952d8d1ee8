#include "engine/permit_stops.h"

#include <algorithm>

#include "engine/execute.h"
#include "engine/guards.h"
#include "engine/read.h"

namespace anlan::engine {
namespace {

using Kind = store::RowChange::Kind;

constexpr int64_t kHoldsMax = 1'000;  // one for each area at most
constexpr std::string_view kTable = "area_hold";

Result<std::optional<AreaHold>> hold_of(store::View& view, std::string_view area) {
  std::vector<AreaHold> holds = TRY(holds_of(view));
  for (AreaHold& hold : holds) {
    if (hold.area == area) return std::optional<AreaHold>(std::move(hold));
  }
  return std::optional<AreaHold>();
}

}  // namespace

bool stops_work(const alarms::Definition& definition, const PlantModel& plant) {
  if (definition.gas_level > 0) return true;
  // A detector that fell silent stops the work that must be monitored (ehs::silence_stops).
  if (definition.kind == alarms::Kind::Stale) return false;
  if (definition.is_safety) return true;
  const TagInfo* tag = plant.tag(definition.tag);
  return tag != nullptr && tag->purpose == "fire";
}

Result<std::vector<StoppingAlarm>> stopping_alarms(const PermitDesk& desk) {
  std::vector<StoppingAlarm> found;
  auto add = [&](const std::vector<RecordId>& ids, bool is_bypassed) {
    for (RecordId id : ids) {
      const alarms::Definition* definition = desk.plant.alarm(id);
      bool is_meant = definition != nullptr && stops_work(*definition, desk.plant);
      if (is_meant) found.push_back({definition, is_bypassed});
    }
  };
  add(TRY(alarms::standing_definitions(desk.view)), false);
  add(TRY(alarms::bypassed_definitions(desk.view)), true);
  return found;
}

const StoppingAlarm* alarm_beside(const std::vector<StoppingAlarm>& alarms,
                                  const ehs::LivePermit& permit, const PlantModel& plant) {
  for (const StoppingAlarm& one : alarms) {
    const TagInfo* tag = plant.tag(one.definition->tag);
    ehs::AlarmPlace place{.area = one.definition->area};
    if (tag != nullptr) place.at = tag->at;
    if (ehs::is_touched(permit, place, plant.plan())) return &one;
  }
  return nullptr;
}

Json alarm_detail(const StoppingAlarm& alarm) {
  Json detail = Json::object({{"alarm", alarm.definition->code}});
  if (alarm.is_bypassed) detail.set("is_bypassed", true);
  return detail;
}

Result<std::vector<AreaHold>> holds_of(store::View& view) {
  auto rows =
      TRY(view.query({"SELECT id, area, reason, held_by, held_at, version FROM area_hold"
                      " WHERE released_at IS NULL ORDER BY held_at DESC, area LIMIT ?",
                      {kHoldsMax}}));
  std::vector<AreaHold> holds;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    AreaHold hold{.id = TRY(RecordId::parse(rows[i].text("id"))),
                  .area = rows[i].text("area"),
                  .reason = rows[i].text("reason"),
                  .at = {rows[i].int64("held_at")},
                  .version = rows[i].int64("version")};
    if (auto by = PersonId::parse(rows[i].text("held_by"))) hold.by = *by;
    holds.push_back(std::move(hold));
  }
  return holds;
}

// Asked at the start and before work goes on: the watch would stop it a moment later, but nobody is
// to be sent in for that moment.
Result<Json> guard_free(const GuardCall& call) {
  const PermitDesk& desk = call.desk.permits;
  const AreaInfo* area = desk.plant.area_by_id(call.permit.text_or("area", ""));
  auto hold = TRY(hold_of(desk.view, area == nullptr ? std::string() : area->code));
  if (hold) {
    return std::unexpected(Error{
        .code = ErrorCode::WrongState,
        .message_zh = hold->reason,
        .message_en = hold->reason,
        .params = write_json(Json::object(
            {{"hold", hold->area}, {"by", hold->by.text()}, {"at", format_instant(hold->at)}}))});
  }
  if (auto off = TRY(off_duty(desk, call.permit))) {
    return refuse_with(ErrorCode::WrongState, off->part.field,
                       Json::object({{"person", off->part.person.text()},
                                     {"shift_end", format_instant(off->at)}}));
  }
  ehs::LivePermit live = TRY(live_permit(desk, call.permit));
  auto alarms = TRY(stopping_alarms(desk));
  const StoppingAlarm* alarm = alarm_beside(alarms, live, desk.plant);
  if (alarm == nullptr) return Json();
  const LocalText& name = alarm->definition->name;
  return std::unexpected(Error{.code = ErrorCode::WrongState,
                               .message_zh = name.zh,
                               .message_en = name.en.empty() ? name.zh : name.en,
                               .params = write_json(alarm_detail(*alarm))});
}

// Whoever may stop an area may let it go on again; each says why.
Result<void> Execution::check_area(const std::string& area, const std::string& reason) {
  const records::Form* form = TRY(form_of("permit"));
  if (reason.empty()) return refuse(ErrorCode::MissingField, {}, "reason");
  Reader reader(transaction_, around_.packs, around_.now);
  auto reach = TRY(reader.reach(command_->by, *form, access::Action::Read));
  if (!std::ranges::contains(reach.buttons, "suspend_area")) return refuse(ErrorCode::Forbidden);
  if (around_.plant->area(area) == nullptr) {
    return refuse(ErrorCode::BadField, "no such area", "area");
  }
  return {};
}

// Held already: it stays as it is, with the first reason.
Result<void> Execution::hold_area(const std::string& area, const std::string& reason) {
  if (TRY(hold_of(transaction_, area))) return {};
  store::Change change{.actor = command_->by.actor,
                       .act = "area.hold",
                       .subject_kind = "area",
                       .subject_id = area,
                       .at = around_.now};
  change.detail = Json::object({{"area", area}, {"reason", reason}});
  change.rows.push_back({.kind = Kind::Insert,
                         .table = std::string(kTable),
                         .key = {{"id", format_uuid(around_.ids.next())}},
                         .cells = {{"area", area},
                                   {"reason", reason},
                                   {"held_by", command_->by.person.text()},
                                   {"held_at", around_.now.ns},
                                   {"released_by", std::string()},
                                   {"note", std::string()},
                                   {"version", int64_t{1}}}});
  return transaction_.apply(change);
}

Result<Json> Execution::execute(const ReleaseArea& what) {
  TRY(check_area(what.area, what.reason));
  auto hold = TRY(hold_of(transaction_, what.area));
  if (!hold) return refuse(ErrorCode::WrongState, "nobody holds it", "area");
  store::Change change{.actor = command_->by.actor,
                       .act = "area.release",
                       .subject_kind = "area",
                       .subject_id = what.area,
                       .at = around_.now};
  change.detail = Json::object({{"area", what.area}, {"reason", what.reason}});
  change.rows.push_back({.kind = Kind::Update,
                         .table = std::string(kTable),
                         .key = {{"id", hold->id.text()}},
                         .cells = {{"released_by", command_->by.person.text()},
                                   {"released_at", around_.now.ns},
                                   {"note", what.reason}},
                         .version = hold->version});
  TRY(transaction_.apply(change));
  return Json::object({{"area", what.area}});
}

}  // namespace anlan::engine
