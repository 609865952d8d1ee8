#include "engine/permit_room.h"

#include <algorithm>

#include "engine/permit_stops.h"
#include "engine/read.h"

namespace anlan::engine {
namespace {

constexpr Duration kSilentAfter = Duration::minutes(1);  // as long as a value counts as fresh
constexpr Duration kDueSoon = Duration::minutes(15);
constexpr std::size_t kRowsMax = 5'000;

Filter is_state(std::initializer_list<const char*> states) {
  Filter filter{.kind = Filter::Kind::In, .field = "state"};
  for (const char* state : states) filter.values.emplace_back(state);
  return filter;
}

std::optional<Instant> due_of(const ehs::LivePermit& permit) {
  const ehs::PermitLimits& limits = permit.limits;
  if (!permit.gas_at || (!limits.gas_max_age && !limits.retest_every)) return std::nullopt;
  Duration age = limits.gas_max_age.value_or(*limits.retest_every);
  return *permit.gas_at + std::min(age, limits.retest_every.value_or(age));
}

struct Room {
  Engine& engine;
  const PermitDesk& desk;
  Reader& reader;
  Json unwatched = Json::array();
  Json silent = Json::array();
  Json due = Json::array();
  Json inside = Json::array();
};

Json about(const Json& permit) {
  return Json::object({{"id", permit["id"]}, {"number", permit["number"]}});
}

Result<void> add_live(Room& room, const Json& permit, const std::vector<ehs::Detector>& detectors) {
  const PermitDesk& desk = room.desk;
  ehs::LivePermit live = TRY(live_permit(desk, permit));
  if (guardian_watch(live, desk.plant, room.engine.sensing().presence()) == "unwatched") {
    std::string name = TRY(room.reader.person_name(permit.text_or("guardian", "")));
    room.unwatched.push(about(permit).set("area", live.area).set("guardian", name));
  }
  Json tags = silent_beside(live, detectors, desk.now);
  if (!tags.as_array().empty()) room.silent.push(about(permit).set("tags", std::move(tags)));
  auto due = due_of(live);
  if (due && *due - desk.now <= kDueSoon) {
    room.due.push(about(permit).set("due", format_instant(*due)));
  }
  return {};
}

Result<void> add_inside(Room& room, const std::vector<Json>& permits) {
  const records::Form* form = room.desk.packs.forms.find("permit_entry");
  if (form == nullptr) return {};
  Filter open{.kind = Filter::Kind::Null, .field = "out_at"};
  std::vector<Json> rows = TRY(records::all_whole(room.desk.view, *form, open, kRowsMax));
  for (const Json& row : rows) {
    auto permit =
        std::ranges::find_if(permits, [&](const Json& one) { return one["id"] == row["permit"]; });
    if (permit == permits.end()) continue;
    std::string name = TRY(room.reader.person_name(row.text_or("person", "")));
    if (name.empty()) name = row.text_or("name", "");
    room.inside.push(about(*permit).set("name", name).set("in_at", row["in_at"]));
  }
  return {};
}

}  // namespace

std::string_view guardian_watch(const ehs::LivePermit& permit, const PlantModel& plant,
                                Presence& presence) {
  if (!permit.limits.guardian_radius_m) return "";
  bool is_watched = plant.badge_of(permit.guardian) != nullptr && presence.is_anybody_seen();
  return is_watched ? "badge" : "unwatched";
}

Json silent_beside(const ehs::LivePermit& permit, const std::vector<ehs::Detector>& detectors,
                   Instant now) {
  Json tags = Json::array();
  bool has_gas = permit.limits.lel_max || permit.limits.o2_low || permit.toxic_max;
  if (!has_gas) return tags;
  Duration allowed = permit.limits.monitor_max.value_or(kSilentAfter);
  for (const ehs::Detector& one : detectors) {
    bool is_silent = now - one.good_at > allowed && ehs::is_near(permit, one.area, one.place);
    if (!is_silent) continue;
    tags.push(Json::object({{"tag", one.tag}, {"age_s", (now - one.good_at).to_seconds()}}));
  }
  return tags;
}

Result<Json> holds_json(const PermitDesk& desk) {
  Reader reader(desk.view, desk.packs, desk.now);
  Json list = Json::array();
  std::vector<AreaHold> holds = TRY(holds_of(desk.view));
  for (const AreaHold& hold : holds) {
    std::string name = TRY(reader.person_name(hold.by.text()));
    const AreaInfo* area = desk.plant.area(hold.area);
    list.push(Json::object({{"area", hold.area},
                            {"area_id", area == nullptr ? Json() : Json(area->id.text())},
                            {"reason", hold.reason},
                            {"by", Json::object({{"id", hold.by.text()}, {"name", name}})},
                            {"at", format_instant(hold.at)}}));
  }
  return list;
}

Result<Json> permit_room(Engine& engine, const access::Subject& by) {
  const records::Form* form = engine.packs().forms.find("permit");
  if (form == nullptr) return refuse(ErrorCode::NotFound, "no permits here");
  auto view = TRY(engine.database().snapshot());
  auto plant = engine.sensing().plant();
  Instant now = engine.clock().now();
  PermitDesk desk{*view, engine.packs(), *plant, now, engine.config().time_zone_offset};
  Reader reader(*view, engine.packs(), now);
  auto reach = TRY(reader.reach(by, *form, access::Action::List));
  auto permits = TRY(records::all_whole(
      *view, *form, both(is_state({"active", "suspended", "withdrawing", "watching"}), reach.scope),
      kRowsMax));
  Room room{.engine = engine, .desk = desk, .reader = reader};
  auto detectors = engine.sensing().detectors();
  for (const Json& permit : permits) {
    if (permit["state"] == Json("active")) TRY(add_live(room, permit, detectors));
  }
  TRY(add_inside(room, permits));
  Json holds = TRY(holds_json(desk));
  return Json::object({{"now", format_instant(now)},
                       {"holds", std::move(holds)},
                       {"unwatched", std::move(room.unwatched)},
                       {"silent", std::move(room.silent)},
                       {"due", std::move(room.due)},
                       {"inside", std::move(room.inside)}});
}

}  // namespace anlan::engine
