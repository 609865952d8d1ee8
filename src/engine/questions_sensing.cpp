// Questions about the plan, tags, alarms and people's places.

#include <algorithm>
#include <cmath>

#include "core/limits.h"
#include "engine/chatter.h"
#include "engine/engine.h"
#include "engine/read.h"
#include "engine/show.h"

namespace anlan::engine {
namespace {

using access::Action;

constexpr Duration kTrendMax = Duration::days(366);

std::string_view quality_text(history::Quality quality) {
  switch (quality) {
    case history::Quality::Good: return "good";
    case history::Quality::Uncertain: return "uncertain";
    case history::Quality::Bad: return "bad";
    case history::Quality::Stale: return "stale";
  }
  return "stale";
}

Json tag_json(const TagInfo& tag, const PlantModel& plant, const LiveValue& live) {
  Json limits = Json::array();
  for (uint32_t place : plant.alarms_of(tag.index)) {
    const alarms::Definition& one = plant.alarms()[place];
    if (one.kind == alarms::Kind::Stale) continue;
    const GasBasis* basis = plant.gas_basis(one.id);
    limits.push(Json::object({{"code", one.code},
                              {"kind", alarms::kind_text(one.kind)},
                              {"limit", one.limit},
                              {"priority", one.priority},
                              {"is_looser", basis != nullptr && basis->is_looser},
                              {"is_of_pack", basis != nullptr && basis->is_of_pack}}));
  }
  bool is_known = live.at.ns != 0;
  return Json::object({{"index", static_cast<int64_t>(tag.index)},
                       {"code", tag.code},
                       {"name", local(tag.name)},
                       {"area", tag.area},
                       {"unit", tag.unit},
                       {"low", tag.low},
                       {"high", tag.high},
                       {"purpose", tag.purpose},
                       {"substance", tag.substance},
                       {"x", tag.at ? Json(tag.at->x) : Json()},
                       {"y", tag.at ? Json(tag.at->y) : Json()},
                       {"limits", std::move(limits)},
                       {"is_retired", tag.is_retired},
                       {"value", is_known ? Json(live.value) : Json()},
                       {"quality", quality_text(live.quality)},
                       {"at", is_known ? Json(format_instant(live.at)) : Json()}});
}

// Small letters of ASCII; others stand as they are.
std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool fits(const TagInfo& tag, const TagWish& wish) {
  if (!wish.code.empty() && tag.code != wish.code) return false;
  if (wish.code.empty() && tag.is_retired != wish.is_retired) return false;
  if (!wish.area.empty() && tag.area != wish.area) return false;
  if (wish.words.empty()) return true;
  std::string text = lowered(tag.code + " " + tag.name.zh + " " + tag.name.en);
  return text.contains(lowered(wish.words));
}

// What the caller may press on an alarm: pages offer nothing else.
Json buttons_on(const Json& alarm, const access::Policy& policy, const access::Subject& by) {
  Json buttons = Json::array();
  for (const char* button : {"ack", "reset", "shelve", "unshelve", "out_of_service", "order"}) {
    auto press = policy.may(by, {.form = "alarm", .action = Action::Press, .button = button});
    if (press.allowed && matches(press.scope, alarm)) buttons.push(button);
  }
  return buttons;
}

// Parts of a minute and more become whole minutes, of an hour and more whole hours, that begin with
// one: so they are read from what is summed up. No more parts than were asked for.
void align(Instant& from, Instant& to, std::size_t& parts) {
  constexpr Duration kMinute = Duration::minutes(1);
  constexpr Duration kHour = Duration::hours(1);
  int64_t part = (to - from).ns / static_cast<int64_t>(parts);
  if (part < kMinute.ns) return;
  int64_t unit = part >= kHour.ns ? kHour.ns : kMinute.ns;
  int64_t step = (part + unit - 1) / unit * unit;
  from = {from.ns - from.ns % unit};
  parts = static_cast<std::size_t>(((to - from).ns + step - 1) / step);
  to = from + Duration{step * static_cast<int64_t>(parts)};
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

// Of the active alarms of one group, the one that came first.
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

}  // namespace

Result<Json> Engine::plan(const access::Subject&) { return Json::object({{"plan", packs_.plan}}); }

Result<Json> Engine::tags(const access::Subject& by, const TagWish& wish) {
  auto verdict = packs_.policy.may(by, {.form = "tag", .action = Action::List});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  if (wish.count == 0 || wish.count > kTagsPerAnswerMax) {
    return refuse(ErrorCode::BadField, {}, "limit");
  }
  auto plant = sensing_->plant();
  Json rows = Json::array();
  std::size_t place = 0;
  // What the pages draw without being asked stands first: gas, and what has a place on the plan.
  for (bool is_drawn : {true, false}) {
    for (const TagInfo& tag : plant->tags()) {
      if ((tag.at.has_value() || tag.purpose == "gas") != is_drawn || !fits(tag, wish)) continue;
      if (!matches(verdict.scope, tag.record)) continue;
      bool is_here = place >= wish.from && place - wish.from < wish.count;
      // What it told last is history, not what is now.
      LiveValue now = tag.is_retired ? LiveValue{} : sensing_->live(tag.index);
      if (is_here) rows.push(tag_json(tag, *plant, now));
      ++place;
    }
  }
  return Json::object({{"rows", std::move(rows)}, {"total", static_cast<int64_t>(place)}});
}

Result<Json> Engine::trend(const access::Subject& by, std::string_view code, Instant from,
                           Instant to, std::size_t points) {
  auto verdict = packs_.policy.may(by, {.form = "tag", .action = Action::List});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  if (from >= to || to - from > kTrendMax) return refuse(ErrorCode::BadField, {}, "from");
  if (points == 0 || points > 5'000) return refuse(ErrorCode::BadField, {}, "points");
  auto plant = sensing_->plant();
  const TagInfo* tag = plant->tag(code);
  if (tag == nullptr || !matches(verdict.scope, tag->record)) return refuse(ErrorCode::NotFound);
  Json rows = Json::array();
  align(from, to, points);
  for (const history::Bucket& one : TRY(sensing_->history().trend(tag->index, from, to, points))) {
    rows.push(Json::array({Json(one.at.to_milliseconds()), Json(one.minimum), Json(one.maximum),
                           Json(one.mean), Json(one.last), Json(one.count),
                           Json(static_cast<int64_t>(one.worst))}));
  }
  return Json::object({{"code", tag->code}, {"unit", tag->unit}, {"rows", std::move(rows)}});
}

Result<Json> Engine::alarms(const access::Subject& by) {
  auto verdict = packs_.policy.may(by, {.form = "alarm", .action = Action::List});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  auto view = TRY(snapshot());
  auto plant = sensing_->plant();
  Reader reader(*view, packs_, config_.store.clock.now());
  // Which response an alarm began.
  std::map<std::string, std::string> answers;
  if (const records::Form* form = packs_.forms.find("response")) {
    Filter open{.kind = Filter::Kind::In,
                .field = "state",
                .values = {Json("asked"), Json("responding"), Json("all_counted")}};
    auto found = TRY(records::all_whole(*view, *form, open, limits::kListItemsMax));
    for (const Json& row : found) {
      answers[row.text_or("alarm_code", "")] = row.text_or("id", "");
    }
  }
  Instant now = config_.store.clock.now();
  auto orders = TRY(open_orders(*view, packs_));
  auto repeats = TRY(alarms::repeats(*view, now, chatter_rule(packs_, now)));
  Json rows = Json::array();
  Paths paths(*view, packs_, *plant);
  Json open = TRY(alarms::open_alarms(*view, visible_by(verdict.scope)));
  for (const Json& state : open.as_array()) {
    Json shown = TRY(show_alarm(reader, *plant, state));
    if (!shown.has("code") || !matches(verdict.scope, shown)) continue;
    auto answer = answers.find(shown.text_or("code", ""));
    shown.set("response", answer == answers.end() ? Json() : Json(answer->second));
    auto order = orders.find(shown.text_or("occurrence", ""));
    shown.set("order", order == orders.end() ? Json() : order->second);
    auto id = RecordId::parse(shown.text_or("id", ""));
    auto often = id ? repeats.find(*id) : repeats.end();
    shown.set("repeats", often == repeats.end() ? Json() : repeats_json(often->second));
    const alarms::Definition* definition = id ? plant->alarm(*id) : nullptr;
    if (definition != nullptr) shown.set("path", paths.of(*definition));
    shown.set("buttons", buttons_on(shown, packs_.policy, by));
    rows.push(std::move(shown));
  }
  mark_first_out(rows, *plant);
  std::ranges::stable_sort(rows.as_array(), {}, [](const Json& alarm) {
    bool is_open = alarm.bool_or("annunciated", true) && !alarm.bool_or("acked", false);
    return std::pair(!is_open, alarm.int_or("priority", 4));
  });
  Json counts = TRY(alarms::counts(*view, now));
  Json positions = TRY(positions_json(*view, *plant, now));
  counts.set("positions", std::move(positions));
  return Json::object({{"rows", std::move(rows)},
                       {"counts", std::move(counts)},
                       {"left_out", left_out_json(*plant, verdict.scope)}});
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

// Dots without names: who it is shows only where a response counts heads, or by a logged look.
Result<Json> Engine::presence(const access::Subject& by) {
  auto verdict = packs_.policy.may(by, {.form = "presence", .action = Action::List});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  Instant now = config_.store.clock.now();
  auto plant = sensing_->plant();
  Json rows = Json::array();
  for (const auto& [code, trace] : sensing_->presence().all()) {
    const BadgeInfo* badge = plant->badge(code);
    if (badge == nullptr || !trace.sight || !badge->is_on_site) continue;
    const twin::Sighting& sight = *trace.sight;
    Json doubt = trace.doubted ? Json(twin::doubt_text(trace.doubted->doubt)) : Json();
    rows.push(Json::object({{"badge", badge->id.text()},
                            {"kind", badge->kind},
                            {"x", sight.at ? Json(std::round(sight.at->x * 10) / 10) : Json()},
                            {"y", sight.at ? Json(std::round(sight.at->y * 10) / 10) : Json()},
                            {"zone", sight.zone},
                            {"age_ms", (now - sight.seen).to_milliseconds()},
                            {"accuracy_m", sight.accuracy_m},
                            {"doubt", std::move(doubt)}}));
  }
  return Json::object({{"at", format_instant(now)}, {"rows", std::move(rows)}});
}

Result<Json> Engine::track(const access::Subject& by, RecordId badge_id, std::string_view purpose) {
  // First the look is on record, then it is answered.
  TRY(run({.by = by, .what = LookAtTrack{.badge = badge_id, .purpose = std::string(purpose)}}));
  auto plant = sensing_->plant();
  const BadgeInfo* badge = plant->badge(badge_id);
  if (badge == nullptr) return refuse(ErrorCode::NotFound);
  Json rows = Json::array();
  for (const twin::Sighting& sight : sensing_->presence().track(badge->code)) {
    rows.push(Json::object({{"at", format_instant(sight.seen)},
                            {"x", sight.at ? Json(sight.at->x) : Json()},
                            {"y", sight.at ? Json(sight.at->y) : Json()},
                            {"zone", sight.zone}}));
  }
  return Json::object({{"holder", badge->holder}, {"rows", std::move(rows)}});
}

Result<Json> Engine::looks(const access::Subject& by) {
  auto view = TRY(snapshot());
  auto rows =
      TRY(view->query({"SELECT at, looker, purpose FROM track_look WHERE person = ? UNION ALL "
                       "SELECT began_at AS at, viewer AS looker, reason AS purpose FROM view_as "
                       "WHERE person = ? ORDER BY at DESC LIMIT 100",
                       {by.person.text(), by.person.text()}}));
  Reader reader(*view, packs_, config_.store.clock.now());
  Json list = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string name = TRY(reader.person_name(rows[i].text("looker")));
    list.push(Json::object({{"at", format_instant({rows[i].int64("at")})},
                            {"by_name", std::move(name)},
                            {"purpose", rows[i].text("purpose")}}));
  }
  return Json::object({{"rows", std::move(list)}});
}

Result<Json> Engine::gate_rules() {
  auto view = TRY(snapshot());
  auto rows = TRY(view->query({"SELECT gate, is_open, reason FROM gate_rule ORDER BY gate"}));
  Json list = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    list.push(Json::object({{"gate", rows[i].text("gate")},
                            {"is_open", rows[i].int64("is_open") != 0},
                            {"reason", rows[i].text("reason")}}));
  }
  return list;
}

// Texts in the reader's language; a group reads Chinese. No personal data: what, where, an id.
Result<Json> Engine::waiting_messages(std::size_t count) {
  auto view = TRY(snapshot());
  auto rows = TRY(view->query(
      {"SELECT o.id, o.channel, o.address, n.kind, n.form, n.record_id, n.data, n.person, n.level "
       "FROM outgoing o JOIN notice n ON n.id = o.notice WHERE o.state = 'waiting' "
       "ORDER BY o.id LIMIT ?",
       {static_cast<int64_t>(count)}}));
  Json list = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    store::Row row = rows[i];
    Json data = TRY(parse_json(row.text("data")));
    auto text = packs_.texts.find(row.text("kind"));
    LocalText filled =
        text == packs_.texts.end() ? LocalText{row.text("kind"), row.text("kind")} : text->second;
    std::string language = "zh";
    Json message = Json::object({{"id", row.text("id")},
                                 {"channel", row.text("channel")},
                                 {"level", row.text("level")},
                                 {"form", row.text("form")},
                                 {"record", row.text("record_id")}});
    if (row.text("channel") == "push") {
      auto known =
          TRY(view->query({"SELECT endpoint, p256dh, auth FROM push_subscription "
                           "WHERE id = ?",
                           {row.text("address")}}));
      if (known.empty()) {
        message.set("gone", true);
      } else {
        message.set("endpoint", known[0].text("endpoint"))
            .set("p256dh", known[0].text("p256dh"))
            .set("auth", known[0].text("auth"));
      }
      auto person = access::find_person(*view, TRY(PersonId::parse(row.text("person"))));
      if (person) language = person->language;
    } else {
      message.set("robot", row.text("address"));
    }
    message.set("title", plant_name(language)).set("text", fill_text(filled.in(language), data));
    list.push(std::move(message));
  }
  return list;
}

}  // namespace anlan::engine
