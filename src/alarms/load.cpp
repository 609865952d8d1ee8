#include "alarms/load.h"

#include <algorithm>

#include "alarms/decide.h"
#include "alarms/tables.h"

namespace anlan::alarms {
namespace {

constexpr std::size_t kFloodAbove = 10;
constexpr std::size_t kCalmBelow = 5;
// Of all positions together: what is further back than this decides nothing.
constexpr std::size_t kLookBackMax = 4000;
constexpr std::size_t kRepeatsMax = 500;  // alarms; a screen shows 300
constexpr std::size_t kTimesMax = 64;     // of one alarm

Result<bool> is_chattering(store::View& view, RecordId definition, Instant from,
                           const ChatterRule& rule) {
  store::Rows rows =
      TRY(view.query({"SELECT at FROM alarm_journal WHERE definition = ? AND +is_new = 1 AND at > ?"
                      " ORDER BY at DESC LIMIT ?",
                      {definition.text(), from.ns, static_cast<int64_t>(kTimesMax)}}));
  std::vector<Instant> times;
  for (std::size_t i = 0; i < rows.size(); ++i) times.push_back({rows[i].int64("at")});
  return rule.is_met(times);
}

}  // namespace

// The window's count rises at an annunciation only and is least just before one, so the last moment
// at which it was above 10 or below 5 is found by going back from one to the next.
bool is_flood(const std::vector<Instant>& times, Instant now) {
  auto age_at = [&](std::size_t place, Instant end) {
    return place < times.size() ? end - times[place] : kFloodWindow + Duration{1};
  };
  if (age_at(kCalmBelow - 1, now) >= kFloodWindow) return false;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (age_at(i + kFloodAbove, times[i]) < kFloodWindow) return true;
    // What is ten minutes old now was still in the window just before.
    if (age_at(i + kCalmBelow, times[i]) > kFloodWindow) return false;
  }
  return false;
}

Result<std::map<RecordId, Repeats>> repeats(store::View& view, Instant now,
                                            const ChatterRule& rule) {
  Instant from = now - kRepeatWindow;
  store::Rows rows = TRY(
      view.query({"SELECT definition, count(*) AS n, min(at) AS first_at, max(at) AS last_at,"
                  " min(value) AS least, max(value) AS most FROM alarm_journal"
                  " WHERE is_new = 1 AND at > ? AND at <= ? GROUP BY definition HAVING count(*) > 1"
                  " ORDER BY n DESC, definition LIMIT ?",
                  {from.ns, now.ns, static_cast<int64_t>(kRepeatsMax)}}));
  std::map<RecordId, Repeats> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RecordId definition = TRY(RecordId::parse(rows[i].text("definition")));
    Repeats one{.count = rows[i].int64("n"),
                .first = {rows[i].int64("first_at")},
                .last = {rows[i].int64("last_at")},
                .least = std::get<double>(rows[i]["least"]),
                .most = std::get<double>(rows[i]["most"])};
    if (rule.times > 1 && one.count >= rule.times) {
      one.is_chattering = TRY(is_chattering(view, definition, from, rule));
    }
    found.emplace(definition, one);
  }
  return found;
}

Result<std::map<std::string, Load>> loads(store::View& view, Instant now,
                                          const PositionOf& position_of) {
  store::Rows rows =
      TRY(view.query({"SELECT definition, at FROM alarm_journal WHERE is_new = 1 AND at <= ?"
                      " ORDER BY at DESC LIMIT ?",
                      {now.ns, static_cast<int64_t>(kLookBackMax)}}));
  std::map<std::string, std::vector<Instant>> times;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RecordId definition = TRY(RecordId::parse(rows[i].text("definition")));
    times[position_of(definition)].push_back({rows[i].int64("at")});
  }
  std::map<std::string, Load> found;
  for (const auto& [position, list] : times) {
    auto recent = std::ranges::count_if(list, [&](Instant at) { return now - at < kFloodWindow; });
    found[position] = {.annunciated_10min = recent, .is_flood = is_flood(list, now)};
  }
  return found;
}

}  // namespace anlan::alarms
