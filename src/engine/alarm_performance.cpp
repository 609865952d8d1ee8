#include "engine/alarm_performance.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <utility>

#include "engine/chatter.h"
#include "engine/sensing.h"
#include "engine/show.h"

namespace anlan::engine {
namespace {

using alarms::Performance;

constexpr Duration kPeriod = Duration::days(30);  // the least that says something (ISA-18.2)
constexpr std::size_t kListMax = 50;
constexpr int kPriorities = 4;
// A share of fewer alarms than these says nothing.
constexpr int64_t kShareBase = 100;

// What alarms are called now, and what those were called that are gone: their past counts too.
using KnownAlarms = std::map<RecordId, alarms::Definition>;

Result<KnownAlarms> known_alarms(store::View& view, const PlantModel& plant) {
  KnownAlarms known = TRY(alarms::known_definitions(view));
  for (const alarms::Definition& one : plant.alarms()) {
    known.insert_or_assign(one.id, one);
  }
  return known;
}

double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

double per(int64_t count, double parts) {
  return parts <= 0 ? 0 : static_cast<double>(count) / parts;
}

// The measures by the names that the decision gives targets for.
std::vector<std::pair<std::string_view, double>> measures(const Performance& found,
                                                          const KnownAlarms& known, double hours) {
  auto windows = static_cast<int64_t>(found.windows.size());
  int64_t of_worst = 0;
  for (const Performance::Load& one : found.worst) of_worst += one.count;
  int64_t high = 0;
  for (auto [id, count] : found.counts) {
    auto one = known.find(id);
    if (one != known.end() && one->second.priority == 1) high += count;
  }
  return {{"per_day", per(found.annunciated, hours / 24)},
          {"per_hour", per(found.annunciated, hours)},
          {"per_10min", per(found.annunciated, hours * 6)},
          {"most_per_10min", static_cast<double>(found.most_in_window)},
          {"hours_above_30", share(found.hours_above_30, found.hours)},
          {"windows_above_10", share(found.windows_above_10, windows)},
          {"flood_share", share(found.flood_windows, windows)},
          {"worst_share", share(of_worst, found.annunciated)},
          {"chattering", static_cast<double>(found.chattering.size())},
          {"standing", static_cast<double>(found.standing.size())},
          {"highest_share", share(high, found.annunciated)}};
}

std::string_view verdict_of(double value, const Json& row) {
  auto bound = [&](const char* name) { return row[name].as_double(); };
  if (auto target = bound("target"); target && value <= *target) return "good";
  if (auto most = bound("most"); most && value <= *most) return "fair";
  return "poor";
}

Result<Json> figures(const Packs& packs, const Performance& found, const KnownAlarms& known,
                     double hours, Instant now) {
  const rules::Model* model = packs.library.decision("alarm_performance", 0);
  if (model == nullptr) return refuse(ErrorCode::NotFound, "no figures for alarms here");
  rules::Outcome outcome =
      TRY(model->decide("figures", rules::context_from_json(Json::object({})), {.now = now}));
  Json rows = Json::array();
  Json wanted = rules::json_from_value(outcome.value);
  if (!wanted.is_array()) return rows;
  auto values = measures(found, known, hours);
  for (const Json& row : wanted.as_array()) {
    std::string name = row.text_or("figure", "");
    auto value = std::ranges::find(values, name, &std::pair<std::string_view, double>::first);
    if (value == values.end()) continue;
    bool is_share_of_alarms = name == "worst_share" || name == "highest_share";
    bool is_too_few = is_share_of_alarms && found.annunciated < kShareBase;
    rows.push(Json::object({{"figure", name},
                            {"name", Json::object({{"zh", row["zh"]}, {"en", row["en"]}})},
                            {"value", value->second},
                            {"unit", row["unit"]},
                            {"target", row["target"]},
                            {"most", row["most"]},
                            {"verdict", is_too_few ? "small" : verdict_of(value->second, row)},
                            {"source", row["source"]}}));
  }
  return rows;
}

Json name_json(const KnownAlarms& known, RecordId id) {
  auto one = known.find(id);
  if (one == known.end()) {
    return Json::object(
        {{"alarm", id.text()}, {"code", {}}, {"name", {}}, {"area", {}}, {"priority", {}}});
  }
  return Json::object({{"alarm", id.text()},
                       {"code", one->second.code},
                       {"name", local(one->second.name)},
                       {"area", one->second.area},
                       {"priority", one->second.priority}});
}

Json loads_json(const KnownAlarms& known, const std::vector<Performance::Load>& loads,
                int64_t whole) {
  Json rows = Json::array();
  for (const Performance::Load& one : loads) {
    if (rows.as_array().size() == kListMax) break;
    Json row = name_json(known, one.definition);
    row.set("count", one.count);
    if (whole > 0) row.set("share", share(one.count, whole));
    rows.push(std::move(row));
  }
  return rows;
}

Json priorities_json(const KnownAlarms& known, const Performance& found) {
  std::array<int64_t, kPriorities + 1> counts{};
  for (auto [id, count] : found.counts) {
    auto one = known.find(id);
    if (one == known.end()) continue;
    counts.at(static_cast<std::size_t>(std::clamp(one->second.priority, 1, kPriorities))) += count;
  }
  Json rows = Json::array();
  for (int priority = 1; priority <= kPriorities; ++priority) {
    int64_t count = counts.at(static_cast<std::size_t>(priority));
    rows.push(Json::object(
        {{"priority", priority}, {"count", count}, {"share", share(count, found.annunciated)}}));
  }
  return rows;
}

// ---- which alarm follows which ----
constexpr std::size_t kRowsMax = 20'000;
constexpr std::size_t kBackMax = 64;  // alarms before one; a flood says little about causes
constexpr std::size_t kPairsMax = 50'000;
constexpr std::size_t kPairsTold = 30;
constexpr int64_t kCountMin = 3;  // fewer say nothing
constexpr Duration kWithinMin = Duration::minutes(1);
constexpr Duration kWithinMax = Duration::hours(1);

struct Told {
  std::string alarm;  // id
  Instant at{};
};
struct Sum {
  int64_t count = 0;
  Duration lag{};
};
struct FollowCounts {
  std::map<std::string, int64_t> all;
  std::map<std::string, Json> names;
  std::map<std::pair<std::string, std::string>, Sum> pairs;  // first, then
};

// `before` are alarms by their newest occurrence, the oldest first, each once.
void count_one(FollowCounts& found, std::deque<Told>& before, const Told& now, Duration within) {
  while (!before.empty() && now.at - before.front().at > within) before.pop_front();
  ++found.all[now.alarm];
  for (const Told& one : before) {
    if (one.alarm == now.alarm) continue;
    std::pair key(one.alarm, now.alarm);
    if (found.pairs.size() >= kPairsMax && !found.pairs.contains(key)) continue;
    Sum& sum = found.pairs[key];
    ++sum.count;
    sum.lag = sum.lag + (now.at - one.at);
  }
  std::erase_if(before, [&](const Told& one) { return one.alarm == now.alarm; });
  before.push_back(now);
  if (before.size() > kBackMax) before.pop_front();
}

// The newest first; what was told anew only.
Result<std::vector<Json>> told_rows(store::View& view, alarms::JournalWish wish,
                                    const alarms::IsVisible& is_visible) {
  std::vector<Json> told;
  std::size_t read = 0;
  wish.act = "alarm.raise";
  wish.count = alarms::kJournalRowsMax;
  for (;;) {
    Json page = TRY(alarms::journal(view, wish, is_visible));
    const Json::Array& rows = page.as_array();
    read += rows.size();
    if (read > kRowsMax) {
      return refuse(ErrorCode::LimitReached, "too many alarms; ask for a shorter time", "from");
    }
    for (const Json& row : rows) {
      if (row.bool_or("is_new", false)) told.push_back(row);
    }
    if (rows.size() < wish.count) return told;
    wish.before = rows.back().text_or("id", "");
  }
}

Json name_of_row(const Json& row) {
  return Json::object({{"alarm", row["alarm"]},
                       {"code", row["code"]},
                       {"name", row["name"]},
                       {"area", row["area"]},
                       {"priority", {}}});
}

Json list_of(const FollowCounts& found) {
  std::vector<std::pair<std::pair<std::string, std::string>, Sum>> list;
  for (const auto& one : found.pairs) {
    if (one.second.count >= kCountMin) list.push_back(one);
  }
  std::ranges::stable_sort(list, std::ranges::greater{},
                           [](const auto& one) { return one.second.count; });
  if (list.size() > kPairsTold) list.resize(kPairsTold);
  Json rows = Json::array();
  for (const auto& [key, sum] : list) {
    rows.push(Json::object({{"first", found.names.at(key.first)},
                            {"then", found.names.at(key.second)},
                            {"count", sum.count},
                            {"of", found.all.at(key.second)},
                            {"lag_s", sum.lag.to_milliseconds() / 1000 / sum.count}}));
  }
  return rows;
}

}  // namespace

Result<Json> alarm_performance(Engine& engine, const access::Subject& by,
                               std::optional<Instant> from, std::optional<Instant> to,
                               std::string_view area) {
  auto verdict = engine.packs().policy.may(by, {.form = "alarm", .action = access::Action::List});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  Instant now = engine.clock().now();
  Instant end = to.value_or(now);
  Instant begin = from.value_or(end - kPeriod);
  auto view = TRY(engine.database().snapshot());
  KnownAlarms known = TRY(known_alarms(*view, *engine.sensing().plant()));
  auto is_counted = [&](RecordId id) {
    auto one = known.find(id);
    if (one == known.end() || (!area.empty() && one->second.area != area)) return false;
    return matches(verdict.scope,
                   Json::object({{"org_path", one->second.org_path}, {"area", one->second.area}}));
  };
  Performance found =
      TRY(alarms::performance(*view, begin, end, is_counted, chatter_rule(engine.packs(), now)));
  double hours = static_cast<double>((end - begin).ns) / 3.6e12;
  Json rows = TRY(figures(engine.packs(), found, known, hours, now));
  Json standing = Json::array();
  for (const Performance::Standing& one : found.standing) {
    if (standing.as_array().size() == kListMax) break;
    Json row = name_json(known, one.definition);
    row.set("since", format_instant(one.since));
    standing.push(std::move(row));
  }
  Json windows = Json::array();
  for (int64_t count : found.windows) windows.push(count);
  return Json::object({{"from", format_instant(begin)},
                       {"to", format_instant(end)},
                       {"area", area},
                       {"annunciated", found.annunciated},
                       {"windows", std::move(windows)},
                       {"figures", std::move(rows)},
                       {"worst", loads_json(known, found.worst, found.annunciated)},
                       {"chattering", loads_json(known, found.chattering, 0)},
                       {"standing", std::move(standing)},
                       {"priorities", priorities_json(known, found)}});
}

Result<Json> alarm_followings(Engine& engine, const access::Subject& by, const FollowWish& wish) {
  auto verdict = engine.packs().policy.may(by, {.form = "alarm", .action = access::Action::List});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  if (wish.within < kWithinMin || wish.within > kWithinMax) {
    return refuse(ErrorCode::BadField, "1 to 60 minutes", "follow_min");
  }
  auto view = TRY(engine.database().snapshot());
  auto is_visible = [&](const std::string& area, const std::string& org_path) {
    return matches(verdict.scope, Json::object({{"org_path", org_path}, {"area", area}}));
  };
  alarms::JournalWish asked{.area = wish.area, .from = wish.from, .to = wish.to};
  auto rows = TRY(told_rows(*view, asked, is_visible));
  FollowCounts found;
  std::deque<Told> before;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    Told one{.alarm = row->text_or("alarm", "")};
    one.at = TRY(parse_instant(row->text_or("at", "")));
    found.names.try_emplace(one.alarm, name_of_row(*row));
    count_one(found, before, one, wish.within);
  }
  return list_of(found);
}

}  // namespace anlan::engine
