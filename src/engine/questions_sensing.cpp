// Questions about the plan, tags and people's places.

#include <algorithm>
#include <cmath>

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
