// Questions about emergency responses: the list, the console, somebody's own way out.

#include <algorithm>
#include <cmath>

#include "engine/danger.h"
#include "engine/engine.h"
#include "engine/response_view.h"
#include "engine/show.h"

namespace anlan::engine {
namespace {

using access::Action;

constexpr std::size_t kResponsesMax = 50;

// Where somebody is, as the newest of what is known says.
Json place_of(const std::optional<ehs::PersonRow>& row, const std::optional<Trace>& trace,
              Instant now) {
  Json place = Json::object({{"status", nullptr}, {"zone", ""}});
  if (row) {
    place.set("status", ehs::safety_text(row->safety)).set("zone", row->zone);
    if (row->at) place.set("x", row->at->x).set("y", row->at->y);
    if (row->seen) place.set("age_ms", (now - *row->seen).to_milliseconds());
  }
  if (trace && trace->sight) {
    const twin::Sighting& sight = *trace->sight;
    place.set("zone", sight.zone).set("age_ms", (now - sight.seen).to_milliseconds());
    if (sight.at) place.set("x", sight.at->x).set("y", sight.at->y);
  }
  return place;
}

}  // namespace

Result<Engine::SeenResponse> Engine::visible_response(const access::Subject& by, store::View& view,
                                                      RecordId id) {
  const records::Form* form = packs_.forms.find("response");
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  Reader reader(view, packs_, config_.store.clock.now());
  auto reach = TRY(reader.reach(by, *form, id, Action::Read));
  if (!reach.is_allowed) return refuse(ErrorCode::NotFound);
  SeenResponse seen;
  seen.shown = TRY(records::read(view, *form, id, reach.scope, reach.modes));
  seen.whole = TRY(records::read_whole(view, *form, id));
  auto calls =
      packs_.policy.may(by, {.form = form->id, .action = Action::Press, .button = "roll_call"});
  auto exports = packs_.policy.may(by, {.form = form->id, .action = Action::Export});
  seen.leads = (calls.allowed && matches(calls.scope, seen.whole)) ||
               (exports.allowed && matches(exports.scope, seen.whole));
  return seen;
}

Result<Json> Engine::responses(const access::Subject& by) {
  const records::Form* form = packs_.forms.find("response");
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  auto view = TRY(snapshot());
  Reader reader(*view, packs_, config_.store.clock.now());
  auto reach = TRY(reader.reach(by, *form, Action::List));
  auto page = TRY(records::list(
      *view, *form, {.scope = reach.scope, .modes = reach.modes, .count = kResponsesMax}));
  auto plant = sensing_->plant();
  Json rows = Json::array();
  for (const Json& record : page.rows) {
    RecordId id = TRY(RecordId::parse(record.text_or("id", "")));
    Json counts = TRY(ehs::counts_of(*view, id));
    Json ended = TRY(ended_at(*view, id));
    rows.push(response_head(record, *plant)
                  .set("counts", std::move(counts))
                  .set("closed_at", std::move(ended)));
  }
  std::ranges::stable_sort(rows.as_array(), {}, [](const Json& row) {
    return is_response_over(row.text_or("state", ""));
  });
  return Json::object({{"rows", std::move(rows)}});
}

// Names and places of people are for those who lead; everybody else sees counts.
Result<Json> Engine::response(const access::Subject& by, RecordId id) {
  auto view = TRY(snapshot());
  SeenResponse seen = TRY(visible_response(by, *view, id));
  auto plant = sensing_->plant();
  Instant now = config_.store.clock.now();
  ResponseView shown(*view, packs_, *plant, *sensing_, now, id, seen.whole);
  Json head = response_head(seen.shown, *plant);
  head.set("closed_at", TRY(ended_at(*view, id)));
  Json out = Json::object({{"response", std::move(head)}, {"now", format_instant(now)}});
  out.set("steps", TRY(shown.steps()));
  out.set("counts", TRY(ehs::counts_of(*view, id)));
  out.set("people", seen.leads ? TRY(shown.people()) : Json::array());
  out.set("hazard", danger_of(seen.whole, *plant, *sensing_, now).shown);
  out.set("permits", TRY(shown.permits()));
  out.set("gates", TRY(shown.gates()));
  out.set("team", TRY(shown.team()));
  out.set("log", seen.leads ? TRY(shown.log()) : Json::array());
  return out;
}

Result<Json> Engine::my_route(const access::Subject& by, RecordId id) {
  auto view = TRY(snapshot());
  const records::Form* form = packs_.forms.find("response");
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  auto plant = sensing_->plant();
  const BadgeInfo* badge = plant->badge_of(by.person);
  // Whoever is counted in it may see the way out, whatever else is closed to them.
  std::optional<ehs::PersonRow> row;
  if (badge != nullptr) row = TRY(ehs::person_of(*view, id, badge->id));
  Json record =
      row ? TRY(records::read_whole(*view, *form, id)) : TRY(visible_response(by, *view, id)).whole;
  Instant now = config_.store.clock.now();
  Json head = response_head(record, *plant);
  Json told = Json::object();
  for (const char* name : {"id", "number", "mode", "state", "name", "area", "area_name",
                           "alarm_name", "raised_at", "procedure"}) {
    told.set(name, head[name]);
  }
  Json out = Json::object({{"response", std::move(told)}});
  Json me;
  if (badge != nullptr) {
    me = place_of(row, sensing_->presence().of(badge->code), now);
  }
  out.set("me", std::move(me));
  out.set("route", row && !row->route.is_null() ? row->route : Json());
  out.set("hazard", danger_of(record, *plant, *sensing_, now).shown);
  return out;
}

Result<Json> Engine::report(const access::Subject& by, RecordId id) {
  auto view = TRY(snapshot());
  SeenResponse seen = TRY(visible_response(by, *view, id));
  if (!seen.leads) return refuse(ErrorCode::Forbidden, "the report names people");
  auto plant = sensing_->plant();
  Instant now = config_.store.clock.now();
  ResponseView shown(*view, packs_, *plant, *sensing_, now, id, seen.whole);
  Json report = TRY(shown.report());
  auto head = database_->ledger().newest_head(*view);
  Json ledger;
  if (head) {
    Json signed_head = database_->ledger().head_json(*head);
    ledger = Json::object({{"size", head->size}, {"head", std::move(signed_head)}});
  }
  report.set("ledger", std::move(ledger))
      .set("plant", Json::object({{"zh", plant_name("zh")}, {"en", plant_name("en")}}))
      .set("made_at", format_instant(now));
  return report;
}

}  // namespace anlan::engine
