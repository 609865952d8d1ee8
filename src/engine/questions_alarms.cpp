// The list of alarms, what changed of it, and the journal.

#include <algorithm>
#include <set>

#include "core/limits.h"
#include "engine/alarm_view.h"
#include "engine/chatter.h"
#include "engine/engine.h"
#include "engine/read.h"
#include "engine/show.h"

namespace anlan::engine {
namespace {

using access::Action;

// What the caller may press on an alarm: pages offer nothing else.
Json buttons_on(const Json& alarm, const access::Policy& policy, const access::Subject& by) {
  Json buttons = Json::array();
  for (const char* button : {"ack", "reset", "shelve", "unshelve", "out_of_service", "order"}) {
    auto press = policy.may(by, {.form = "alarm", .action = Action::Press, .button = button});
    if (press.allowed && matches(press.scope, alarm)) buttons.push(button);
  }
  return buttons;
}

// The newest work order of each open occurrence.
Result<std::map<std::string, Json>> open_orders(store::View& view, const Packs& packs) {
  std::map<std::string, Json> orders;
  const records::Form* form = packs.forms.find("alarm_order");
  if (form == nullptr) return orders;
  Filter open{
      .kind = Filter::Kind::In, .field = "state", .values = {Json("ordered"), Json("accepting")}};
  // A list without its orders is better than none.
  auto found = records::all_whole(view, *form, open, limits::kListItemsMax);
  if (!found && found.error().code == ErrorCode::LimitReached) return orders;
  if (!found) return std::unexpected(found.error());
  for (const Json& row : *found) {
    orders[row.text_or("occurrence", "")] =
        Json::object({{"id", row["id"]}, {"number", row["number"]}, {"state", row["state"]}});
  }
  return orders;
}

Json repeats_json(const alarms::Repeats& one) {
  return Json::object({{"count", one.count},
                       {"first", format_instant(one.first)},
                       {"last", format_instant(one.last)},
                       {"least", one.least},
                       {"most", one.most},
                       {"is_chattering", one.is_chattering}});
}

// Asked once for each area; empty where nothing is hidden.
alarms::IsVisible visible_by(const Filter& scope) {
  if (scope.kind == Filter::Kind::All) return {};
  return [scope](const std::string& area, const std::string& org_path) {
    return matches(scope, Json::object({{"org_path", org_path}, {"area", area}}));
  };
}

// Limits that nobody judges until they are mended: the list must not look complete.
Json left_out_json(const PlantModel& plant, const Filter& scope) {
  Json rows = Json::array();
  for (const LeftOut& one : plant.left_out()) {
    Json row = Json::object({{"org_path", one.org_path}, {"area", one.area}});
    if (!matches(scope, row)) continue;
    rows.push(Json::object({{"id", one.id.is_nil() ? Json() : Json(one.id.text())},
                            {"code", one.code},
                            {"area", one.area},
                            {"field", one.field},
                            {"why", one.why}}));
  }
  return rows;
}

// Load of each operator position, which is an area here.
Result<Json> positions_json(store::View& view, const PlantModel& plant, Instant now) {
  auto area_of = [&](RecordId id) {
    const alarms::Definition* one = plant.alarm(id);
    return one == nullptr ? std::string() : one->area;
  };
  Json rows = Json::array();
  auto loads = TRY(alarms::loads(view, now, area_of));
  for (const auto& [area, load] : loads) {
    if (area.empty() || (load.annunciated_10min == 0 && !load.is_flood)) continue;
    rows.push(Json::object({{"area", area},
                            {"annunciated_10min", load.annunciated_10min},
                            {"is_flood", load.is_flood}}));
  }
  return rows;
}

Json step_json(const std::string& code, const LocalText& name) {
  return Json::object({{"code", code}, {"name", Json::object({{"zh", name.zh}, {"en", name.en}})}});
}

// Where alarms stand in the plant's tree; a device is read once for each answer.
class Paths {
 public:
  Paths(store::View& view, const Packs& packs, const PlantModel& plant)
      : view_(view), form_(packs.forms.find("device")), plant_(plant) {}

  Json of(const alarms::Definition& one) {
    Json path = Json::array();
    const AreaInfo* area = plant_.area(one.area);
    path.push(step_json(one.area, area == nullptr ? LocalText{} : area->name));
    const TagInfo* tag = plant_.tag(one.tag);
    Json device = tag == nullptr ? Json() : device_of(tag->record.text_or("device", ""));
    if (device.is_object()) path.push(std::move(device));
    return path;
  }

 private:
  Json device_of(const std::string& text) {
    auto id = RecordId::parse(text);
    if (form_ == nullptr || !id) return {};
    auto [known, is_new] = devices_.try_emplace(text);
    if (!is_new) return known->second;
    auto record = records::read_whole(view_, *form_, *id);
    if (!record) return {};
    std::string zh = record->text_or("name_zh", "");
    std::string en = record->text_or("name_en", "");
    known->second = step_json(record->text_or("code", ""), {.zh = zh, .en = en.empty() ? zh : en});
    return known->second;
  }

  store::View& view_;
  const records::Form* form_;
  const PlantModel& plant_;
  std::map<std::string, Json> devices_{};
};

// Of the active alarms of one group, the one that came first.
void mark_first_out(Json& rows, const PlantModel& plant) {
  std::map<std::string, std::pair<std::string, std::size_t>> first;  // group -> when, place
  auto& list = rows.as_array();
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto id = RecordId::parse(list[i].text_or("id", ""));
    const alarms::Definition* definition = id ? plant.alarm(*id) : nullptr;
    if (definition == nullptr || definition->group.empty()) continue;
    list[i].set("group", definition->group).set("first_out", false);
    std::string since = list[i].text_or("raised_at", "");
    if (!list[i].bool_or("active", false) || since.empty()) continue;
    auto [known, is_new] = first.try_emplace(definition->group, since, i);
    if (!is_new && since < known->second.first) known->second = {since, i};
  }
  for (const auto& [group, one] : first) list[one.second].set("first_out", true);
}

// Which response an alarm began, by its code.
Result<std::map<std::string, std::string>> begun_responses(store::View& view, const Packs& packs) {
  std::map<std::string, std::string> answers;
  const records::Form* form = packs.forms.find("response");
  if (form == nullptr) return answers;
  Filter open{.kind = Filter::Kind::In,
              .field = "state",
              .values = {Json("asked"), Json("responding"), Json("all_counted")}};
  for (const Json& row : TRY(records::all_whole(view, *form, open, limits::kListItemsMax))) {
    answers[row.text_or("alarm_code", "")] = row.text_or("id", "");
  }
  return answers;
}

// What makes a state a row of the list, for one reader at one moment.
struct AlarmList {
  store::View& view;
  const Packs& packs;
  const PlantModel& plant;
  const access::Subject& by;
  Instant now;
  Filter scope;

  Result<Json> rows(const Json& states) const {
    Reader reader(view, packs, now);
    auto answers = TRY(begun_responses(view, packs));
    auto orders = TRY(open_orders(view, packs));
    auto repeats = TRY(alarms::repeats(view, now, chatter_rule(packs, now)));
    Json rows = Json::array();
    Paths paths(view, packs, plant);
    for (const Json& state : states.as_array()) {
      Json shown = TRY(show_alarm(reader, plant, state));
      if (!shown.has("code") || !matches(scope, shown)) continue;
      auto answer = answers.find(shown.text_or("code", ""));
      shown.set("response", answer == answers.end() ? Json() : Json(answer->second));
      auto order = orders.find(shown.text_or("occurrence", ""));
      shown.set("order", order == orders.end() ? Json() : order->second);
      auto id = RecordId::parse(shown.text_or("id", ""));
      auto often = id ? repeats.find(*id) : repeats.end();
      shown.set("repeats", often == repeats.end() ? Json() : repeats_json(often->second));
      const alarms::Definition* definition = id ? plant.alarm(*id) : nullptr;
      if (definition != nullptr) shown.set("path", paths.of(*definition));
      shown.set("buttons", buttons_on(shown, packs.policy, by));
      rows.push(std::move(shown));
    }
    mark_first_out(rows, plant);
    std::ranges::stable_sort(rows.as_array(), {}, [](const Json& alarm) {
      bool is_open = alarm.bool_or("annunciated", true) && !alarm.bool_or("acked", false);
      return std::pair(!is_open, alarm.int_or("priority", 4));
    });
    return rows;
  }

  Result<Json> counts() const {
    Json counts = TRY(alarms::counts(view, now));
    Json positions = TRY(positions_json(view, plant, now));
    counts.set("positions", std::move(positions));
    return counts;
  }
};

Json branches_json(const std::vector<alarms::Branch>& branches) {
  auto instant = [](Instant at) { return at.ns == 0 ? Json() : Json(format_instant(at)); };
  Json rows = Json::array();
  for (const alarms::Branch& branch : branches) {
    rows.push(Json::object({{"occurrence", branch.occurrence},
                            {"raised_at", instant(branch.raised_at)},
                            {"cleared_at", instant(branch.cleared_at)},
                            {"value", branch.value}}));
  }
  return rows;
}

// As alarms::open_alarms has them; one that is not on the list is left out.
Result<Json> open_ones(store::View& view, const std::set<RecordId>& ids) {
  Json states = Json::array();
  for (RecordId id : ids) {
    alarms::State state = TRY(alarms::state_of(view, id));
    auto branches = TRY(alarms::branches_of(view, id));
    Json json = alarms::state_json(id, state);
    if (json.text_or("letter", "A") == "A" && branches.empty()) continue;
    json.set("branches", branches_json(branches));
    states.push(std::move(json));
  }
  return states;
}

// With those whose first-out mark hangs on them.
std::set<RecordId> with_groups(const PlantModel& plant, const std::vector<RecordId>& ids) {
  std::set<RecordId> all(ids.begin(), ids.end());
  std::set<std::string> groups;
  for (RecordId id : ids) {
    const alarms::Definition* one = plant.alarm(id);
    if (one != nullptr && !one->group.empty()) groups.insert(one->group);
  }
  if (groups.empty()) return all;
  for (const alarms::Definition& one : plant.alarms()) {
    if (groups.contains(one.group)) all.insert(one.id);
  }
  return all;
}

}  // namespace

Result<Json> Engine::alarms(const access::Subject& by) {
  auto verdict = packs_.policy.may(by, {.form = "alarm", .action = Action::List});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  auto view = TRY(snapshot());
  auto plant = sensing_->plant();
  Instant now = config_.store.clock.now();
  AlarmList list{*view, packs_, *plant, by, now, verdict.scope};
  Json open = TRY(alarms::open_alarms(*view, visible_by(verdict.scope)));
  Json rows = TRY(list.rows(open));
  Json counts = TRY(list.counts());
  return Json::object({{"rows", std::move(rows)},
                       {"counts", std::move(counts)},
                       {"left_out", left_out_json(*plant, verdict.scope)}});
}

Result<Json> alarm_changes(Engine& engine, const access::Subject& by,
                           const std::vector<RecordId>& ids) {
  const Packs& packs = engine.packs();
  auto verdict = packs.policy.may(by, {.form = "alarm", .action = Action::List});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  if (ids.size() > kAlarmChangesMax) return refuse(ErrorCode::LimitReached, {}, "only");
  auto view = TRY(store::read_later(engine.database()));
  auto plant = engine.sensing().plant();
  AlarmList list{*view, packs, *plant, by, engine.clock().now(), verdict.scope};
  std::set<RecordId> all = with_groups(*plant, ids);
  Json states = TRY(open_ones(*view, all));
  Json rows = TRY(list.rows(states));
  Json counts = TRY(list.counts());
  Json of = Json::array();
  for (RecordId id : all) of.push(id.text());
  return Json::object(
      {{"of", std::move(of)}, {"rows", std::move(rows)}, {"counts", std::move(counts)}});
}

Result<Json> Engine::alarm_journal(const access::Subject& by, const alarms::JournalWish& wish) {
  auto verdict = packs_.policy.may(by, {.form = "alarm", .action = Action::List});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  auto view = TRY(snapshot());
  Reader reader(*view, packs_, config_.store.clock.now());
  Json rows = TRY(alarms::journal(*view, wish, visible_by(verdict.scope)));
  Json next;
  bool is_full = rows.as_array().size() == std::min(wish.count, alarms::kJournalRowsMax);
  if (is_full && wish.count > 0) next = rows.as_array().back()["id"];
  rows = TRY(reader.with_names(std::move(rows)));
  return Json::object({{"rows", std::move(rows)}, {"next", std::move(next)}});
}

}  // namespace anlan::engine
