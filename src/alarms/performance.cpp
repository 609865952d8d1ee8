#include "alarms/performance.h"

#include <algorithm>

namespace anlan::alarms {
namespace {

constexpr Duration kWindow = Duration::minutes(10);
constexpr int64_t kWindowsPerHour = 6;
constexpr int64_t kManyInWindow = 10;
constexpr int64_t kCalmInWindow = 5;
constexpr int64_t kManyInHour = 30;
constexpr Duration kStanding = Duration::hours(24);
constexpr int64_t kMinutesPerWindow = 10;
// A row for each alarm and minute in which it was told: three months of 4,000 a day.
constexpr int64_t kRowsMax = 400'000;

struct Period {
  Instant from, to;
  const ChatterRule& rule;
};

std::vector<Performance::Load> by_count(const std::map<RecordId, int64_t>& counts) {
  std::vector<Performance::Load> loads;
  for (auto [definition, count] : counts) loads.push_back({definition, count});
  std::ranges::stable_sort(loads, std::ranges::greater{}, &Performance::Load::count);
  return loads;
}

Result<void> count(store::View& view, Instant from, Instant to, const IsCounted& is_counted,
                   Performance& found) {
  found.windows.assign(static_cast<std::size_t>((to - from).ns / kWindow.ns), 0);
  store::Rows rows =
      TRY(view.query({"SELECT definition, (at - ?) / ? AS minute, count(*) AS n FROM alarm_journal"
                      " WHERE is_new = 1 AND at >= ? AND at < ?"
                      " GROUP BY definition, minute ORDER BY definition, minute LIMIT ?",
                      {from.ns, Duration::minutes(1).ns, from.ns, to.ns, kRowsMax + 1}}));
  if (static_cast<int64_t>(rows.size()) > kRowsMax)
    return refuse(ErrorCode::LimitReached, "too many alarms; ask for a shorter time", "from");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RecordId definition = TRY(RecordId::parse(rows[i].text("definition")));
    if (!is_counted(definition)) continue;
    int64_t told = rows[i].int64("n");
    auto window = static_cast<std::size_t>(rows[i].int64("minute") / kMinutesPerWindow);
    if (window < found.windows.size()) found.windows[window] += told;
    found.annunciated += told;
    found.counts[definition] += told;
  }
  found.worst = by_count(found.counts);
  if (found.worst.size() > kWorstMax) found.worst.resize(kWorstMax);
  return {};
}

Result<void> count_chatter(store::View& view, const Period& period, const IsCounted& is_counted,
                           Performance& found) {
  const ChatterRule& rule = period.rule;
  if (rule.times < 2 || rule.within <= Duration{}) return {};
  store::Rows rows = TRY(view.query(
      {"SELECT definition, (at - ?) / ? AS span FROM alarm_journal"
       " WHERE is_new = 1 AND at >= ? AND at < ?"
       " GROUP BY definition, span HAVING count(*) >= ? LIMIT ?",
       {period.from.ns, rule.within.ns, period.from.ns, period.to.ns, rule.times, kRowsMax}}));
  std::map<RecordId, int64_t> chatter;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RecordId definition = TRY(RecordId::parse(rows[i].text("definition")));
    if (is_counted(definition)) ++chatter[definition];
  }
  found.chattering = by_count(chatter);
  return {};
}

void sum_windows(Performance& found) {
  bool is_flood = false;
  int64_t in_hour = 0;
  for (std::size_t i = 0; i < found.windows.size(); ++i) {
    int64_t count = found.windows[i];
    found.most_in_window = std::max(found.most_in_window, count);
    if (count > kManyInWindow) ++found.windows_above_10;
    is_flood = is_flood ? count >= kCalmInWindow : count > kManyInWindow;
    if (is_flood) ++found.flood_windows;
    in_hour += count;
    if ((i + 1) % kWindowsPerHour != 0) continue;
    ++found.hours;
    if (in_hour > kManyInHour) ++found.hours_above_30;
    in_hour = 0;
  }
}

Result<void> find_standing(store::View& view, Instant to, const IsCounted& is_counted,
                           Performance& found) {
  store::Rows rows =
      TRY(view.query({"SELECT definition, raised_at FROM alarm_state WHERE"
                      " is_active = 1 AND raised_at < ? ORDER BY raised_at, definition",
                      {(to - kStanding).ns}}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RecordId definition = TRY(RecordId::parse(rows[i].text("definition")));
    if (is_counted(definition))
      found.standing.push_back({definition, {rows[i].int64("raised_at")}});
  }
  return {};
}

}  // namespace

Result<Performance> performance(store::View& view, Instant from, Instant to,
                                const IsCounted& is_counted, const ChatterRule& rule) {
  if (from >= to || to - from > kPerformanceMax)
    return refuse(ErrorCode::BadField, "no window, or one of more than 92 days", "from");
  Performance found;
  TRY(count(view, from, to, is_counted, found));
  TRY(count_chatter(view, {from, to, rule}, is_counted, found));
  sum_windows(found);
  TRY(find_standing(view, to, is_counted, found));
  return found;
}

}  // namespace anlan::alarms
