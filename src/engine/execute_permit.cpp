// Stopping permits: by an alarm, by the watch, by anybody. The permit's own flow decides what then
// follows; gates into the areas close.

#include <algorithm>
#include <array>

#include "engine/execute.h"
#include "engine/permit_circle.h"
#include "engine/permits.h"
#include "engine/read.h"

namespace anlan::engine {
namespace {

using Kind = store::RowChange::Kind;

constexpr Duration kSameEvent = Duration::minutes(10);
constexpr std::size_t kChildrenMax = 100;  // of one job

}  // namespace

// Answers how many people were told. WrongState where its case does not listen.
Result<std::size_t> Execution::tell_permit(const Json& record, std::string_view message,
                                           const Json& data) {
  const records::Form* form = TRY(form_of("permit"));
  RecordId permit = TRY(RecordId::parse(record.text_or("id", "")));
  CaseId case_id = TRY(CaseId::parse(record.text_or("case_id", "")));
  flow::Step step = TRY(flow::message(
      flow_around(command_->by.actor),
      {.case_id = case_id, .name = std::string(message), .data = data, .record = record}));
  std::size_t told = 0;
  for (const flow::Notice& notice : step.notices) told += notice.persons.size();
  TRY(finish_step(*form, permit, std::move(step)));
  return told;
}

// WrongState where the permit's work does not go on.
Result<std::size_t> Execution::suspend_one(RecordId permit, std::string_view reason,
                                           const Json& detail) {
  const records::Form* form = TRY(form_of("permit"));
  Json record = TRY(records::read_whole(transaction_, *form, permit));
  return tell_permit(record, "suspend", Json::object({{"reason", reason}, {"detail", detail}}));
}

// A child neither goes on without its parent nor outlives it. Who does not listen has stopped.
Result<void> Execution::stop_children(const records::Form& form, RecordId id) {
  if (form.find("parent") == nullptr) return {};
  Json parent = TRY(records::read_whole(transaction_, form, id));
  std::string state = parent.text_or("state", "");
  bool is_suspended = state == "suspended";
  bool is_over = state == "withdrawing" || state == "watching" || state == "accepting" ||
                 state == "closed" || state == "expired" || state == "refused";
  if (!is_suspended && !is_over) return {};
  Filter own{.kind = Filter::Kind::Eq, .field = "parent", .values = {Json(id.text())}};
  Json detail = Json::object(
      {{"permit", id.text()}, {"number", parent["number"]}, {"state", parent["state"]}});
  for (const Json& child : TRY(records::all_whole(transaction_, form, own, kChildrenMax))) {
    RecordId child_id = TRY(RecordId::parse(child.text_or("id", "")));
    auto done = is_over ? tell_permit(child, "stop_parent", detail)
                        : Result<std::size_t>(refuse(ErrorCode::WrongState));
    if (!done && done.error().code == ErrorCode::WrongState && child["state"] == Json("active")) {
      done = suspend_one(child_id, "parent", detail);
    }
    bool is_told = done || done.error().code == ErrorCode::WrongState;
    if (!is_told) return std::unexpected(done.error());
  }
  return {};
}

// Gas that one job's own detector or test found is in the air of the job next door too.
Result<void> Execution::stop_neighbours(const records::Form& form, RecordId id, const Json& patch) {
  constexpr std::array<std::string_view, 3> kBad{"lel", "o2", "toxic"};
  std::string reason =
      patch["state"] == Json("suspended") ? patch.text_or("suspend_reason", "") : "";
  bool is_silent = patch["suspend_detail"].bool_or("is_silent", false);
  bool is_gas = reason == "gas" || (reason == "gas_reading" && !is_silent) ||
                std::ranges::contains(kBad, patch.text_or("gas_fault", ""));
  if (!is_gas) return {};
  Json own = TRY(records::read_whole(transaction_, form, id));
  Json detail = Json::object({{"permit", id.text()},
                              {"number", own["number"]},
                              {"gas", reason.empty() ? own["gas_fault"] : Json(reason)}});
  for (const Json& other : TRY(permits_next_to(permit_desk(), own, Next::Active))) {
    auto done = suspend_one(TRY(RecordId::parse(other.text_or("id", ""))), "neighbour", detail);
    if (!done && done.error().code != ErrorCode::WrongState) return std::unexpected(done.error());
  }
  return {};
}

// The flow says that a stop is told; to whom beside the crew follows from what goes on there now.
Result<void> Execution::tell_all_of_stop(RecordId id, const Json& record, flow::Step& step) {
  auto stop = std::ranges::find(step.notices, "suspended", &flow::Notice::kind);
  if (stop == step.notices.end()) return {};
  Json permit = record;
  permit.set("id", id.text());
  for (PersonId person : TRY(concerned_by_stop(permit_desk(), permit))) {
    if (!std::ranges::contains(stop->persons, person)) stop->persons.push_back(person);
  }
  return {};
}

Result<Json> Execution::suspend_touched(const ehs::AlarmPlace& place, const Json& detail,
                                        std::vector<std::string>& areas) {
  auto live = TRY(live_permits(permit_desk()));
  Json permits = Json::array();
  std::size_t told = 0;
  for (const ehs::LivePermit& permit : *live) {
    if (!ehs::is_touched(permit, place, around_.plant->plan())) continue;
    auto done = suspend_one(permit.id, "alarm", detail);
    if (!done && done.error().code == ErrorCode::WrongState) continue;
    told += TRY(std::move(done));
    permits.push(permit.id.text());
    if (!std::ranges::contains(areas, permit.area)) areas.push_back(permit.area);
  }
  return Json::object({{"permits", std::move(permits)}, {"told", static_cast<int64_t>(told)}});
}

// Level 1 of the same gas, or its reading, stopped them moments before: they belong to the same
// event.
Result<void> Execution::add_stopped_before(const ehs::AlarmPlace& place, Json& suspended,
                                           std::vector<std::string>& areas) {
  const records::Form* form = TRY(form_of("permit"));
  Filter stopped{.kind = Filter::Kind::Eq, .field = "state", .values = {Json("suspended")}};
  Json permits = suspended["permits"];
  int64_t told = suspended.int_or("told", 0);
  for (const Json& row : TRY(records::all_whole(transaction_, *form, stopped, 10'000))) {
    auto at = parse_instant(row.text_or("suspended_at", ""));
    bool is_by_gas =
        row["suspend_reason"] == Json("alarm") || row["suspend_reason"] == Json("gas_reading");
    bool is_same = is_by_gas && at && around_.now - *at <= kSameEvent &&
                   !std::ranges::contains(permits.as_array(), row["id"]);
    if (!is_same) continue;
    ehs::LivePermit permit = TRY(live_permit(permit_desk(), row));
    if (!ehs::is_touched(permit, place, around_.plant->plan())) continue;
    permits.push(row["id"]);
    told += static_cast<int64_t>(people_on(row).size());
    if (!std::ranges::contains(areas, permit.area)) areas.push_back(permit.area);
  }
  suspended.set("permits", std::move(permits)).set("told", told);
  return {};
}

Result<Json> Execution::execute(const SuspendPermits& what) {
  for (const ehs::Suspension& one : what.suspensions) {
    auto done = suspend_one(one.permit, one.reason, one.detail);
    if (!done && done.error().code != ErrorCode::WrongState) return std::unexpected(done.error());
  }
  return Json::object();
}

// Whoever sees the permit may stop it; nobody needs a right for that.
Result<Json> Execution::execute(const SuspendPermit& what) {
  const records::Form* form = TRY(form_of("permit"));
  if (what.reason.empty()) return refuse(ErrorCode::MissingField, {}, "reason");
  Reader reader(transaction_, around_.packs, around_.now);
  auto reach = TRY(reader.reach(command_->by, *form, what.permit, access::Action::Read));
  bool is_seen =
      reach.is_allowed && TRY(records::is_visible(transaction_, *form, what.permit, reach.scope));
  if (!is_seen) return refuse(ErrorCode::NotFound);
  TRY(suspend_one(what.permit, "person", Json::object({{"note", what.reason}})));
  return answer_changed(*form, what.permit);
}

// All that goes on in an area, of what the caller sees: for whom a role gives the button. Nothing
// there begins or goes on before the area is released.
Result<Json> Execution::execute(const SuspendArea& what) {
  TRY(check_area(what.area, what.reason));
  TRY(hold_area(what.area, what.reason));
  const records::Form* form = TRY(form_of("permit"));
  Reader reader(transaction_, around_.packs, around_.now);
  auto reach = TRY(reader.reach(command_->by, *form, access::Action::Read));
  const AreaInfo* area = around_.plant->area(what.area);
  Json permits = Json::array();
  for (const Json& permit : TRY(permits_in(permit_desk(), {"active"}))) {
    RecordId id = TRY(RecordId::parse(permit.text_or("id", "")));
    bool is_meant = permit["area"] == Json(area->id.text());
    if (!is_meant || !TRY(records::is_visible(transaction_, *form, id, reach.scope))) continue;
    Json detail = Json::object({{"note", what.reason}, {"area", what.area}});
    auto done = suspend_one(id, "person", detail);
    if (!done && done.error().code == ErrorCode::WrongState) continue;  // its parent took it along
    TRY(std::move(done));
    permits.push(id.text());
  }
  return Json::object({{"permits", std::move(permits)}});
}

Result<Json> Execution::shut_gates(RecordId response, const std::vector<std::string>& areas) {
  store::Change change{.actor = command_->by.actor,
                       .act = "gate.shut",
                       .subject_kind = "response",
                       .subject_id = response.text(),
                       .at = around_.now};
  Json shut = Json::array();
  for (const twin::Gate& gate : around_.plant->plan().gates()) {
    if (!std::ranges::contains(areas, gate.zone)) continue;
    shut.push(gate.code);
    auto rows = TRY(
        transaction_.query({"SELECT is_open, version FROM gate_rule WHERE gate = ?", {gate.code}}));
    if (!rows.empty() && rows[0].int64("is_open") == 0) continue;
    std::vector<store::Cell> cells = {{"is_open", int64_t{0}},
                                      {"reason", std::string("response")},
                                      {"response", response.text()},
                                      {"at", around_.now.ns}};
    store::RowChange row{.kind = rows.empty() ? Kind::Insert : Kind::Update,
                         .table = "gate_rule",
                         .key = {{"gate", gate.code}}};
    if (rows.empty()) cells.push_back({"version", int64_t{1}});
    else row.version = rows[0].int64("version");
    row.cells = std::move(cells);
    change.rows.push_back(std::move(row));
  }
  change.detail = Json::object({{"gates", shut}});
  if (!change.rows.empty()) TRY(transaction_.apply(change));
  return shut;
}

// An open response, other than this one, that shut the gate too; empty for none.
Result<std::string> Execution::other_owner(const std::string& gate, RecordId response) {
  const records::Form* form = TRY(form_of("response"));
  Filter open{.kind = Filter::Kind::In,
              .field = "state",
              .values = {Json("asked"), Json("responding"), Json("all_counted")}};
  for (const Json& row : TRY(records::all_whole(transaction_, *form, open, 1'000))) {
    RecordId id = TRY(RecordId::parse(row.text_or("id", "")));
    if (id == response) continue;
    for (const ehs::Step& step : TRY(ehs::steps_of(transaction_, id))) {
      const Json& gates = step.detail["gates"];
      if (step.step != "gate_shut" || !gates.is_array()) continue;
      if (std::ranges::contains(gates.as_array(), Json(gate))) return id.text();
    }
  }
  return std::string();
}

Result<void> Execution::open_gates(RecordId response) {
  auto rows = TRY(transaction_.query(
      {"SELECT gate, version FROM gate_rule WHERE response = ? AND is_open = 0 ORDER BY gate",
       {response.text()}}));
  if (rows.empty()) return {};
  store::Change change{.actor = command_->by.actor,
                       .act = "gate.open",
                       .subject_kind = "response",
                       .subject_id = response.text(),
                       .at = around_.now};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    // Another response that still runs takes the shut gate over.
    std::string heir = TRY(other_owner(rows[i].text("gate"), response));
    change.rows.push_back({.kind = Kind::Update,
                           .table = "gate_rule",
                           .key = {{"gate", rows[i].text("gate")}},
                           .cells = {{"is_open", int64_t{heir.empty() ? 1 : 0}},
                                     {"reason", std::string(heir.empty() ? "" : "response")},
                                     {"response", heir},
                                     {"at", around_.now.ns}},
                           .version = rows[i].int64("version")});
  }
  return transaction_.apply(change);
}

}  // namespace anlan::engine
