#include "engine/alarm_view.h"

#include <algorithm>
#include <array>

#include "engine/chatter.h"
#include "engine/read.h"
#include "engine/show.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kCardsMax = 1'000;
constexpr std::size_t kOrdersMax = 10;
constexpr std::size_t kJournalRows = 30;
constexpr int64_t kToldRows = 50;
constexpr std::size_t kPartsMax = 50;

struct Asked {
  std::unique_ptr<store::View> view;
  std::shared_ptr<const PlantModel> plant;  // shared: see PlantModel::load
  const alarms::Definition* definition = nullptr;
};

Result<Asked> ask(Engine& engine, const access::Subject& by, RecordId alarm) {
  auto verdict = engine.packs().policy.may(by, {.form = "alarm", .action = access::Action::List});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  Asked asked;
  asked.plant = engine.sensing().plant();
  asked.definition = asked.plant->alarm(alarm);
  if (asked.definition == nullptr) return refuse(ErrorCode::NotFound);
  Json row =
      Json::object({{"org_path", asked.definition->org_path}, {"area", asked.definition->area}});
  if (!matches(verdict.scope, row)) return refuse(ErrorCode::NotFound);
  asked.view = TRY(engine.database().snapshot());
  return asked;
}

Result<Json> facts_of(Engine& engine, const Asked& asked) {
  const alarms::Definition& one = *asked.definition;
  Json facts =
      Json::object({{"alarm_kind", alarms::kind_text(one.kind)}, {"gas_level", one.gas_level}});
  if (const AreaInfo* area = asked.plant->area(one.area)) facts.set("area", area->id.text());
  const TagInfo* tag = asked.plant->tag(one.tag);
  if (tag == nullptr) return facts;
  facts.set("tag", tag->id.text()).set("purpose", tag->purpose);
  const records::Form* devices = engine.packs().forms.find("device");
  auto device = RecordId::parse(tag->record.text_or("device", ""));
  if (devices == nullptr || !device) return facts;
  auto record = records::read_whole(*asked.view, *devices, *device);
  if (record) facts.set("device_class", (*record)["kind"]);
  return facts;
}

// How well it fits, or nothing: the first names weigh more than all that follow.
std::optional<int> fit(const Json& card, const Json& facts) {
  constexpr std::array kNames{"tag", "area", "device_class", "gas_level", "purpose", "alarm_kind"};
  int score = 0;
  for (const char* name : kNames) {
    score *= 2;
    const Json& wanted = card[name];
    if (wanted.is_null() || (wanted.is_array() && wanted.as_array().empty())) continue;
    bool is_one = wanted.is_array() ? std::ranges::contains(wanted.as_array(), facts[name])
                                    : wanted == facts[name];
    if (!is_one) return std::nullopt;
    ++score;
  }
  return score;
}

Json basis_json(const PlantModel& plant, RecordId alarm, const std::string& unit) {
  const GasBasis* basis = plant.gas_basis(alarm);
  if (basis == nullptr) return {};
  return Json::object({{"asked", basis->asked.value},
                       {"unit", unit},
                       {"basis", basis->asked.basis},
                       {"mark", basis->asked.mark},
                       {"source", basis->asked.source},
                       {"is_of_pack", basis->is_of_pack},
                       {"is_looser", basis->is_looser},
                       {"reason", basis->reason}});
}

Result<Json> orders_of(Engine& engine, const access::Subject& by, const Asked& asked) {
  Json rows = Json::array();
  const records::Form* form = engine.packs().forms.find("alarm_order");
  if (form == nullptr) return rows;
  Reader reader(*asked.view, engine.packs(), engine.clock().now());
  auto reach = reader.reach(by, *form, access::Action::List);
  if (!reach) return rows;
  Filter same{
      .kind = Filter::Kind::Eq, .field = "alarm", .values = {Json(asked.definition->id.text())}};
  auto found = TRY(records::all_whole(*asked.view, *form, same, kCardsMax));
  std::ranges::sort(found, std::ranges::greater{},
                    [](const Json& row) { return row.text_or("number", ""); });
  for (const Json& row : found) {
    if (rows.as_array().size() == kOrdersMax) break;
    if (!matches(reach->scope, row)) continue;
    rows.push(Json::object({{"id", row["id"]},
                            {"number", row["number"]},
                            {"state", row["state"]},
                            {"occurrence", row["occurrence"]},
                            {"hazard", row["hazard"]}}));
  }
  return rows;
}

// ---- why ----
struct Why {
  Engine& engine;
  const Asked& asked;
  const alarms::State& state;
  Reader& reader;
  Json steps = Json::array();

  void add(std::string_view step, Json ok, Json data) {
    data.set("step", step).set("ok", std::move(ok));
    steps.push(std::move(data));
  }
};

void add_sample(Why& why) {
  LiveValue live = why.engine.sensing().live(why.asked.definition->tag);
  Instant now = why.engine.clock().now();
  bool is_known = live.at.ns != 0;
  bool is_good = is_known && (live.quality == history::Quality::Good ||
                              live.quality == history::Quality::Uncertain);
  why.add("sample", is_good,
          Json::object({{"value", is_known ? Json(live.value) : Json()},
                        {"quality", alarms::quality_text(live.quality)},
                        {"age_ms", is_known ? Json((now - live.at).to_milliseconds()) : Json()},
                        {"unit", why.asked.definition->unit}}));
}

// A tag that the condition reads beside its own.
Json input_json(Why& why, std::string_view name, history::TagIndex index) {
  LiveValue live = why.engine.sensing().live(index);
  const TagInfo* tag = why.asked.plant->tag(index);
  bool is_known = live.at.ns != 0;
  return Json::object({{"name", name},
                       {"tag", tag == nullptr ? Json() : Json(tag->code)},
                       {"unit", tag == nullptr ? std::string() : tag->unit},
                       {"value", is_known ? Json(live.value) : Json()},
                       {"quality", alarms::quality_text(live.quality)}});
}

Json inputs_json(Why& why) {
  const alarms::Definition& one = *why.asked.definition;
  Json inputs = Json::array();
  for (const alarms::FormulaInput& input : one.inputs) {
    inputs.push(input_json(why, input.name, input.tag));
  }
  if (one.kind == alarms::Kind::Deviation) inputs.push(input_json(why, "", one.reference));
  return inputs;
}

Json windows_json(Why& why) {
  Json windows = Json::array();
  for (const alarms::WindowNow& one : why.engine.sensing().windows(why.asked.definition->id)) {
    const TagInfo* tag = why.asked.plant->tag(one.tag);
    windows.push(Json::object({{"text", one.text},
                               {"unit", tag == nullptr ? std::string() : tag->unit},
                               {"value", one.value ? Json(*one.value) : Json()},
                               {"filled", one.filled}}));
  }
  return windows;
}

void add_limit(Why& why) {
  const alarms::Definition& one = *why.asked.definition;
  why.add("limit", why.state.is_active,
          Json::object({{"kind", alarms::kind_text(one.kind)},
                        {"limit", one.limit},
                        {"deadband", one.deadband},
                        {"unit", one.unit},
                        {"formula", one.formula},
                        {"votes", one.votes},
                        {"votes_of", one.of},
                        {"inputs", inputs_json(why)},
                        {"windows", windows_json(why)}}));
  auto since = why.engine.sensing().waiting_since(one.id);
  if (!since) return;
  Duration delay = why.state.is_active ? one.off_delay : one.on_delay;
  why.add("wait", Json(),
          Json::object({{"since", format_instant(*since)},
                        {"delay_ms", delay.to_milliseconds()},
                        {"to_active", !why.state.is_active}}));
}

Result<void> add_masks(Why& why) {
  const alarms::State& state = why.state;
  if (!state.suppressed_by.empty()) {
    Json causes = Json::array();
    for (const std::string& cause : state.suppressed_by) causes.push(cause);
    why.add("cause", false, Json::object({{"by", std::move(causes)}}));
  }
  if (state.shelf) {
    std::string name = TRY(why.reader.person_name(state.shelf->by.text()));
    why.add("shelf", false,
            Json::object({{"reason", state.shelf->reason},
                          {"by_name", std::move(name)},
                          {"until", instant_or_null(state.shelf->until)}}));
  }
  if (state.is_out_of_service) {
    Json until = state.out_until ? Json(format_instant(*state.out_until)) : Json();
    why.add("out", false,
            Json::object({{"reason", state.out_reason}, {"until", std::move(until)}}));
  }
  if (!state.acked_by.is_nil()) {
    std::string name = TRY(why.reader.person_name(state.acked_by.text()));
    why.add("acked", false,
            Json::object({{"by_name", std::move(name)}, {"at", format_instant(state.acked_at)}}));
  }
  if (state.is_latched) why.add("latched", true, Json::object());
  return {};
}

// What this alarm stands for: those that it suppresses by design, and how they are.
Result<void> add_parts(Why& why) {
  Json parts = Json::array();
  for (const alarms::Definition* effect : why.asked.plant->effects_of(why.asked.definition->id)) {
    alarms::State state = TRY(alarms::state_of(*why.asked.view, effect->id));
    parts.push(
        Json::object({{"alarm", effect->id.text()},
                      {"code", effect->code},
                      {"name", Json::object({{"zh", effect->name.zh}, {"en", effect->name.en}})},
                      {"active", state.is_active},
                      {"letter", std::string(1, state.letter())}}));
    if (parts.as_array().size() == kPartsMax) break;
  }
  if (parts.as_array().empty()) return {};
  why.add("parts", Json(), Json::object({{"parts", std::move(parts)}}));
  return {};
}

Result<Json> told_of(Why& why) {
  auto rows = TRY(why.asked.view->query(
      {"SELECT person, at, kind, sent_at, delivered_at, acknowledged_at, data FROM notice"
       " WHERE form = 'alarm_limit' AND record_id = ? ORDER BY at DESC, id LIMIT ?",
       {why.asked.definition->id.text(), kToldRows}}));
  Json list = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Json data = TRY(parse_json(rows[i].text("data")));
    if (data.text_or("occurrence", "") != why.state.occurrence) continue;
    auto instant = [&](std::string_view column) {
      return rows[i].is_null(column) ? Json() : Json(format_instant({rows[i].int64(column)}));
    };
    std::string name = TRY(why.reader.person_name(rows[i].text("person")));
    list.push(Json::object({{"name", std::move(name)},
                            {"at", instant("at")},
                            {"kind", rows[i].text("kind")},
                            {"delivered_at", instant("delivered_at")},
                            {"acknowledged_at", instant("acknowledged_at")}}));
  }
  return list;
}

// Why nobody heard of an occurrence that sounds, and which one it was folded into.
Result<void> add_silence(Why& why, const Json& told, const Json& journal) {
  const alarms::Definition& one = *why.asked.definition;
  const std::string& occurrence = why.state.occurrence;
  bool has_failed = false;
  for (const Json& row : journal.as_array()) {
    const Json& detail = row["detail"];
    bool is_own = row.text_or("occurrence", "") == occurrence;
    if (is_own && !detail.text_or("folded", "").empty()) {
      why.add("folded", Json(), Json::object({{"occurrence", detail["folded"]}}));
    }
    has_failed = has_failed || (row.text_or("act", "") == "alarm.follow_failed" &&
                                detail.text_or("part", "") == "tell");
  }
  if (occurrence.empty() || !told.as_array().empty()) return {};
  Instant since = why.state.received_at - alarms::kRepeatWindow;
  auto often = TRY(alarms::occurrences_since(*why.asked.view, one.id, since));
  bool is_guard = one.is_safety || one.gas_level > 0;
  std::string reason = "no_route";
  if (!is_guard && often > kToldOften) reason = "repeat";
  if (has_failed) reason = "failed";
  why.add("told", false, Json::object({{"reason", reason}, {"count", often}}));
  return {};
}

Result<Json> next_of(Why& why) {
  auto rows = TRY(why.asked.view->query(
      {"SELECT step, due_at FROM alarm_call WHERE occurrence = ?", {why.state.occurrence}}));
  if (rows.empty()) return Json();
  return Json::object(
      {{"step", rows[0].int64("step")}, {"due_at", format_instant({rows[0].int64("due_at")})}});
}

}  // namespace

Json best_card(const std::vector<Json>& cards, const Json& facts) {
  const Json* best = nullptr;
  int best_score = -1;
  for (const Json& card : cards) {
    if (card.text_or("state", "active") != "active") continue;
    auto score = fit(card, facts);
    if (!score || *score <= best_score) continue;
    best = &card;
    best_score = *score;
  }
  return best == nullptr ? Json() : *best;
}

Result<Json> alarm_card(Engine& engine, const access::Subject& by, RecordId alarm) {
  Asked asked = TRY(ask(engine, by, alarm));
  Json card;
  if (const records::Form* form = engine.packs().forms.find("response_card")) {
    auto cards = TRY(records::all_whole(*asked.view, *form, Filter{}, kCardsMax));
    Json facts = TRY(facts_of(engine, asked));
    card = best_card(cards, facts);
  }
  Json orders = TRY(orders_of(engine, by, asked));
  Json chatter = TRY(chatter_json(engine, *asked.view, by, *asked.definition));
  return Json::object({{"card", std::move(card)},
                       {"basis", basis_json(*asked.plant, alarm, asked.definition->unit)},
                       {"orders", std::move(orders)},
                       {"chatter", std::move(chatter)}});
}

Result<Json> alarm_why(Engine& engine, const access::Subject& by, RecordId alarm) {
  Asked asked = TRY(ask(engine, by, alarm));
  alarms::State state = TRY(alarms::state_of(*asked.view, alarm));
  Reader reader(*asked.view, engine.packs(), engine.clock().now());
  Why why{engine, asked, state, reader};
  bool is_sounding = state.is_annunciated() && !state.is_acked;
  add_sample(why);
  add_limit(why);
  TRY(add_parts(why));
  TRY(add_masks(why));
  Json told = TRY(told_of(why));
  Json next = TRY(next_of(why));
  Json journal = TRY(alarms::journal(*asked.view, {.definition = alarm, .count = kJournalRows}));
  TRY(add_silence(why, told, journal));
  why.add("sound", is_sounding,
          Json::object({{"letter", std::string(1, state.letter())}, {"count", state.count}}));
  journal = TRY(reader.with_names(std::move(journal)));
  return Json::object({{"sounding", is_sounding},
                       {"steps", std::move(why.steps)},
                       {"told", std::move(told)},
                       {"next", std::move(next)},
                       {"journal", std::move(journal)}});
}

}  // namespace anlan::engine
