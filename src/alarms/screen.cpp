#include <algorithm>
#include <utility>

#include "alarms/decide.h"
#include "alarms/load.h"
#include "alarms/places.h"
#include "alarms/tables.h"

namespace anlan::alarms {
namespace {

// Looking back further than this many annunciations the answer is no flood: 5 to 10 in 10 minutes
// for 16 hours on end.
constexpr std::size_t kLookBackMax = 1000;
constexpr std::size_t kShelvesMax = 256;  // unshelved in one turn of the clock

Result<std::vector<RecordId>> ids_of(const store::Rows& rows) {
  std::vector<RecordId> ids;
  ids.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RecordId id = TRY(RecordId::parse(rows[i].text("definition")));
    ids.push_back(id);
  }
  return ids;
}

Result<std::vector<Instant>> annunciations(store::View& view, Instant now) {
  store::Rows rows = TRY(view.query(
      {"SELECT at FROM alarm_journal WHERE is_new = 1 AND at <= ? ORDER BY at DESC LIMIT ?",
       {now.ns, static_cast<int64_t>(kLookBackMax)}}));
  std::vector<Instant> times;
  times.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) times.push_back({rows[i].int64("at")});
  return times;
}

// How many of each priority are on the list of what sounds or stands.
Result<Json> by_priority(store::View& view) {
  store::Rows rows =
      TRY(view.query({"SELECT priority, count(*) AS n FROM alarm_state"
                      " WHERE letter IN ('B', 'C', 'D', 'E', 'F') GROUP BY priority"
                      " ORDER BY priority"}));
  Json found = Json::object();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    found.set(std::to_string(rows[i].int64("priority")), rows[i].int64("n"));
  }
  return found;
}

Json branch_json(const Branch& branch) {
  auto instant = [](Instant at) { return at.ns == 0 ? Json() : Json(format_instant(at)); };
  return Json::object({{"occurrence", branch.occurrence},
                       {"raised_at", instant(branch.raised_at)},
                       {"cleared_at", instant(branch.cleared_at)},
                       {"value", branch.value}});
}

Result<std::map<RecordId, Json>> all_branches(store::View& view) {
  store::Rows rows =
      TRY(view.query({"SELECT * FROM alarm_branch ORDER BY definition, occurrence LIMIT ?",
                      {static_cast<int64_t>(kOpenMax)}}));
  std::map<RecordId, Json> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RecordId definition = TRY(RecordId::parse(rows[i].text("definition")));
    found.try_emplace(definition, Json::array())
        .first->second.push(branch_json(branch_of(rows[i])));
  }
  return found;
}

Result<int64_t> annunciated_in_window(store::View& view, Instant now) {
  store::Rows rows = TRY(
      view.query({"SELECT count(*) AS n FROM alarm_journal WHERE is_new = 1 AND at > ? AND at <= ?",
                  {(now - kFloodWindow).ns, now.ns}}));
  return rows[0].int64("n");
}

}  // namespace

Result<State> state_of(store::View& view, RecordId definition) {
  StateRow row = TRY(read_state(view, definition));
  return row.state;
}

Result<std::vector<RecordId>> expired_shelves(store::View& view, Instant now) {
  store::Rows rows =
      TRY(view.query({"SELECT definition FROM alarm_state WHERE shelf_until <= ?"
                      " ORDER BY shelf_until, definition LIMIT ?",
                      {now.ns, static_cast<int64_t>(kShelvesMax)}}));
  return ids_of(rows);
}

Result<std::vector<RecordId>> expired_service_breaks(store::View& view, Instant now) {
  store::Rows rows =
      TRY(view.query({"SELECT definition FROM alarm_state WHERE out_until <= ?"
                      " ORDER BY out_until, definition LIMIT ?",
                      {now.ns, static_cast<int64_t>(kShelvesMax)}}));
  return ids_of(rows);
}

Result<std::vector<RecordId>> active_definitions(store::View& view) {
  store::Rows rows = TRY(
      view.query({"SELECT definition FROM alarm_state WHERE is_active = 1 ORDER BY definition"}));
  return ids_of(rows);
}

Result<std::vector<RecordId>> open_definitions(store::View& view) {
  store::Rows rows =
      TRY(view.query({"SELECT definition FROM alarm_state WHERE letter <> 'A'"
                      " OR definition IN (SELECT definition FROM alarm_branch)"
                      " ORDER BY definition"}));
  return ids_of(rows);
}

Result<std::vector<RecordId>> told_definitions(store::View& view) {
  store::Rows rows = TRY(view.query({"SELECT definition FROM alarm_state ORDER BY definition"}));
  return ids_of(rows);
}

Result<std::map<RecordId, std::vector<std::string>>> suppressed_definitions(store::View& view) {
  store::Rows rows = TRY(view.query({"SELECT * FROM alarm_state WHERE is_suppressed = 1"}));
  std::map<RecordId, std::vector<std::string>> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RecordId definition = TRY(RecordId::parse(rows[i].text("definition")));
    State state = TRY(state_of(rows[i]));
    found[definition] = std::move(state.suppressed_by);
  }
  return found;
}

Result<std::vector<RecordId>> standing_definitions(store::View& view) {
  store::Rows rows =
      TRY(view.query({"SELECT definition FROM alarm_state WHERE is_active = 1 AND letter <> 'I'"
                      " ORDER BY definition"}));
  return ids_of(rows);
}

Result<std::vector<RecordId>> bypassed_definitions(store::View& view) {
  store::Rows rows = TRY(view.query(
      {"SELECT definition FROM alarm_state WHERE letter IN ('H', 'I') ORDER BY definition"}));
  return ids_of(rows);
}

Result<bool> is_waiting_for_ack(store::View& view, RecordId definition,
                                std::string_view occurrence) {
  StateRow row = TRY(read_state(view, definition));
  if (row.state.occurrence == occurrence) {
    return row.state.is_annunciated() && !row.state.is_acked;
  }
  auto branches = TRY(branches_of(view, definition));
  return std::ranges::contains(branches, occurrence, &Branch::occurrence);
}

Result<Json> open_alarms(store::View& view, const IsVisible& is_visible) {
  auto branches = TRY(all_branches(view));
  Json alarms = Json::array();
  Places places = TRY(places_of(view, is_visible));
  if (places.are_none) return alarms;
  store::Sql sql{
      "SELECT s.* FROM alarm_state s LEFT JOIN alarm_known k ON"
      " k.definition = s.definition WHERE (s.letter <> 'A'"
      " OR s.definition IN (SELECT definition FROM alarm_branch))",
      {}};
  places.restrict(sql);
  sql.text +=
      " ORDER BY CASE WHEN s.letter IN ('B', 'D', 'E') THEN 0 ELSE 1 END, s.priority,"
      " CASE WHEN s.raised_at IS NULL THEN 0 ELSE s.raised_at END DESC, s.definition"
      " LIMIT ?";
  sql.params.emplace_back(static_cast<int64_t>(kOpenMax));
  store::Rows rows = TRY(view.query(sql));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RecordId definition = TRY(RecordId::parse(rows[i].text("definition")));
    State state = TRY(state_of(rows[i]));
    Json alarm = state_json(definition, state);
    auto known = branches.find(definition);
    alarm.set("branches", known == branches.end() ? Json::array() : std::move(known->second));
    alarms.push(std::move(alarm));
  }
  return alarms;
}

// The plus keeps SQLite from the index of all new ones: in a flood every alarm would look at all.
Result<int64_t> occurrences_since(store::View& view, RecordId definition, Instant since) {
  store::Rows rows =
      TRY(view.query({"SELECT count(*) AS n FROM alarm_journal"
                      " WHERE definition = ? AND +is_new = 1 AND at >= ?",
                      {definition.text(), since.ns}}));
  return rows[0].int64("n");
}

Result<Json> counts(store::View& view, Instant now) {
  store::Rows rows =
      TRY(view.query({"SELECT count(CASE WHEN is_active = 1 THEN 1 END) AS active,"
                      " count(CASE WHEN letter IN ('B', 'D', 'E') THEN 1 END) AS unacked,"
                      " count(shelf_since) AS shelved, count(CASE WHEN is_suppressed = 1 THEN 1 "
                      "END) AS suppressed,"
                      " count(CASE WHEN is_out_of_service = 1 THEN 1 END) AS out_of_service"
                      " FROM alarm_state WHERE letter <> 'A'"}));
  store::Rows branches = TRY(view.query({"SELECT count(*) AS n FROM alarm_branch"}));
  Json priorities = TRY(by_priority(view));
  std::vector<Instant> times = TRY(annunciations(view, now));
  int64_t recent = TRY(annunciated_in_window(view, now));
  return Json::object({{"active", rows[0].int64("active")},
                       {"unacked", rows[0].int64("unacked")},
                       {"branches", branches[0].int64("n")},
                       {"shelved", rows[0].int64("shelved")},
                       {"suppressed", rows[0].int64("suppressed")},
                       {"out_of_service", rows[0].int64("out_of_service")},
                       {"priorities", std::move(priorities)},
                       {"annunciated_10min", recent},
                       {"is_flood", is_flood(times, now)}});
}

}  // namespace anlan::alarms
