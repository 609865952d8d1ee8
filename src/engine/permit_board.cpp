#include "engine/permit_board.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "engine/gas_unit.h"
#include "engine/gates.h"
#include "engine/permit_room.h"
#include "engine/read.h"
#include "engine/show.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kRowsMax = 5'000;  // of one board
constexpr std::size_t kPeopleMax = 20;   // named of those who are waited for
constexpr std::size_t kConflictsMax = 10'000;
constexpr std::size_t kRefusedMax = 100;
constexpr Duration kRefusedSince = Duration::days(1);

using access::Action;

Filter compare(Filter::Kind kind, std::string field, Json value) {
  return {.kind = kind, .field = std::move(field), .values = {std::move(value)}};
}

// What a question about permits works with.
struct Board {
  Engine& engine;
  const access::Subject& by;
  store::View& view;
  std::shared_ptr<const PlantModel> plant;  // shared: see PlantModel::load
  Instant now;
  Reader reader;
  PermitDesk desk;

  Board(Engine& of, const access::Subject& caller, store::View& at)
      : engine(of),
        by(caller),
        view(at),
        plant(of.sensing().plant()),
        now(of.clock().now()),
        reader(at, of.packs(), now),
        desk{at, of.packs(), *plant, now, of.config().time_zone_offset} {}
};

Result<const records::Form*> form_of(Engine& engine) {
  const records::Form* form = engine.packs().forms.find("permit");
  if (form == nullptr) return refuse(ErrorCode::NotFound, "no permits here");
  return form;
}

// Open ones, and those whose time meets the window.
Filter window_filter(const PermitWindow& window) {
  Filter open{.kind = Filter::Kind::In, .field = "state"};
  for (const char* state : {"applied", "approving", "ready", "active", "suspended", "withdrawing",
                            "watching", "accepting"}) {
    open.values.emplace_back(state);
  }
  if (!window.from && !window.to) return open;
  Filter meets;
  if (window.from) {
    meets = both(meets, compare(Filter::Kind::Ge, "valid_to", format_instant(*window.from)));
  }
  if (window.to) {
    meets = both(meets, compare(Filter::Kind::Lt, "valid_from", format_instant(*window.to)));
  }
  return {.kind = Filter::Kind::Or, .parts = {std::move(open), std::move(meets)}};
}

Result<Json> waiting_json(Board& board, const std::vector<flow::StepTaken>& steps,
                          const std::string& org_path) {
  if (steps.empty()) return Json();
  const flow::StepTaken& step = steps.front();
  Json people = Json::array();
  std::set<PersonId> named;
  auto name = [&](PersonId person) -> Result<void> {
    if (named.size() == kPeopleMax || !named.insert(person).second) return {};
    std::string shown = TRY(board.reader.person_name(person.text()));
    people.push(Json::object({{"id", person.text()}, {"name", shown}}));
    return {};
  };
  for (PersonId person : step.persons) TRY(name(person));
  for (const std::string& role : step.roles) {
    auto holders = TRY(access::holders(board.view, role, org_path));
    for (PersonId person : holders) TRY(name(person));
  }
  return Json::object({{"node", step.node},
                       {"name_zh", step.name.zh},
                       {"name_en", step.name.en},
                       {"persons", std::move(people)},
                       {"since", format_instant(step.opened)}});
}

// Everybody who works there by name, those without an account too. What is masked stays as it is.
Result<Json> workers_json(Board& board, const Json& shown) {
  if (!shown.is_object()) return shown;
  Json people = Json::array();
  const Json& persons = shown["persons"];
  for (const Json& person : persons.is_array() ? persons.as_array() : Json::Array{}) {
    std::string id = person.is_text() ? person.as_text() : "";
    std::string name = TRY(board.reader.person_name(id));
    people.push(Json::object({{"id", id}, {"name", name}}));
  }
  const Json& names = shown["names"];
  for (const Json& name : names.is_array() ? names.as_array() : Json::Array{}) {
    people.push(Json::object({{"name", name}}));
  }
  return people;
}

// The fields that a board shows, of what the caller may see of the record.
Json row_json(const Json& shown, const Json& whole, const PermitDesk& desk) {
  Json row = Json::object();
  for (const char* field : {"id",
                            "number",
                            "kind",
                            "grade",
                            "grade_computed",
                            "state",
                            "area",
                            "x",
                            "y",
                            "z_low_m",
                            "z_high_m",
                            "radius_m",
                            "valid_from",
                            "valid_to",
                            "leader",
                            "guardian",
                            "workers",
                            "content",
                            "parent",
                            "suspend_reason",
                            "inside_count",
                            "gas_at",
                            "rule_mark",
                            "is_contractor"}) {
    if (shown.has(field)) row.set(field, shown[field]);
  }
  row.set("_titles", shown["_titles"]);
  auto gas_at = instant_in(whole, "gas_at");
  auto limits = permit_limits_of(desk, whole);
  double minutes = std::numeric_limits<double>::infinity();
  for (const char* interval : {"gas_max_age_min", "retest_every_min"}) {
    auto one = limits ? number_in(**limits, interval) : std::nullopt;
    minutes = std::min(minutes, one.value_or(minutes));
  }
  if (shown.has("gas_at") && gas_at && std::isfinite(minutes)) {
    Duration age = Duration::seconds(static_cast<int64_t>(minutes * 60));
    row.set("gas_due", format_instant(*gas_at + age));
  }
  return row;
}

Json conflict_json(const ehs::Conflict& one, const ehs::ConflictRule& rule) {
  return Json::object({{"level", ehs::conflict_level_text(one.level)},
                       {"is_hard", one.is_hard},
                       {"gap_m", one.gap_m},
                       {"from", format_instant(one.from)},
                       {"to", format_instant(one.to)},
                       {"text_zh", rule.text.zh},
                       {"text_en", rule.text.en},
                       {"mark", rule.mark},
                       {"source", rule.source}});
}

// States of the plant have no end; for a picture they end with what they disturb.
std::vector<ehs::PermitPlace> states_of(Board& board) {
  return board.engine.sensing().plant_states(board.now);
}

// Each pair once; with states of the plant by their tag.
Result<Json> board_conflicts(Board& board, const std::vector<Json>& permits) {
  Json all = Json::array();
  std::vector<ehs::PermitPlace> places = places_of(board.desk, permits);
  std::vector<ehs::PermitPlace> states = states_of(board);
  const twin::Plan& plan = board.plant->plan();
  for (std::size_t i = 0; i < permits.size(); ++i) {
    auto rules = conflict_rules_of(board.desk, permits[i]);
    if (!rules) continue;  // its regime is not deployed: the watch says so
    std::span<const ehs::PermitPlace> later = std::span(places).subspan(i + 1);
    for (const ehs::Conflict& one : ehs::conflicts(places[i], later, **rules, plan)) {
      if (all.as_array().size() == kConflictsMax) return all;
      Json json = conflict_json(one, (**rules)[one.rule]);
      all.push(json.set("a", permits[i]["id"]).set("b", permits[i + 1 + one.other]["id"]));
    }
    for (const ehs::Conflict& one : ehs::conflicts(places[i], states, **rules, plan)) {
      Json json = conflict_json(one, (**rules)[one.rule]);
      json.set("a", permits[i]["id"]).set("b", Json());
      all.push(json.set("state", states[one.other].kind).set("tag", states[one.other].name));
    }
  }
  return all;
}

// Work that is asked for or stands, and what others are told of it.
struct OpenWork {
  std::vector<Json> permits;  // id, number, state, x, y
  std::vector<ehs::PermitPlace> places;
};

Result<OpenWork> read_open_work(const PermitDesk& desk) {
  auto permits = TRY(permit_places_in(
      desk, {"applied", "approving", "ready", "active", "suspended", "withdrawing", "watching"}));
  OpenWork open{.permits = {}, .places = places_of(desk, permits)};
  for (const Json& permit : permits) {
    Json told = Json::object();
    for (const char* field : {"id", "number", "state", "x", "y"}) told.set(field, permit[field]);
    open.permits.push_back(std::move(told));
  }
  return open;
}

// shared: with the memory of the database, until a permit changes or an area is named anew
Result<std::shared_ptr<const OpenWork>> open_work(const PermitDesk& desk) {
  std::string areas;
  for (const AreaInfo& area : desk.plant.areas()) areas += area.id.text() + "=" + area.code + ";";
  std::string name = "engine.permits.open." + std::to_string(std::hash<std::string>{}(areas));
  return store::remembered<OpenWork>(desk.view, name, {"f_permit"},
                                     [&] { return read_open_work(desk); });
}

// Detectors whose readings can be compared with no limit of a permit, whatever they read.
std::vector<const TagInfo*> tags_of_no_use(const PlantModel& plant) {
  std::vector<const TagInfo*> odd;
  auto is_gas = [](std::string_view purpose) { return purpose == "gas"; };
  for (const TagInfo* tag : plant.tags_for(is_gas)) {
    GasAmount any{.value = 1, .unit = gas_unit_from(tag->unit)};
    if (!gas_as_limits(tag->substance, any, tag->molar_mass)) odd.push_back(tag);
  }
  return odd;
}

// Codes of those that stand near enough to mean the permit.
Json unknown_beside(const PermitDesk& desk, const Json& permit,
                    const std::vector<const TagInfo*>& odd) {
  Json codes = Json::array();
  ehs::PermitPlace place = place_of(desk, permit);
  auto limits = permit_limits_of(desk, permit);
  double reach_m = limits ? number_in(**limits, "neighbour_m").value_or(0) : 0;
  for (const TagInfo* tag : odd) {
    bool is_near = place.at && tag->at ? twin::distance_m(*place.at, *tag->at) <= reach_m
                                       : place.area == tag->area;
    if (is_near) codes.push(tag->code);
  }
  return codes;
}

// What only counts while work goes on: whether the guardian is watched, which detectors are silent.
Result<void> add_live_marks(Board& board, const Json& permit,
                            const std::vector<ehs::Detector>& detectors, Json& row) {
  if (permit["state"] != Json("active")) return {};
  ehs::LivePermit live = TRY(live_permit(board.desk, permit));
  auto watch = guardian_watch(live, *board.plant, board.engine.sensing().presence());
  if (row.has("guardian") && !watch.empty()) row.set("guardian_watch", watch);
  Json silent = silent_beside(live, detectors, board.now);
  if (row.has("area") && !silent.as_array().empty()) row.set("gas_silent", std::move(silent));
  return {};
}

bool is_over(const Json& permit) {
  const Json& state = permit["state"];
  return state == Json("closed") || state == Json("expired") || state == Json("refused");
}

}  // namespace

Result<Json> permit_board(Engine& engine, const access::Subject& by, const PermitWindow& window) {
  const records::Form* form = TRY(form_of(engine));
  auto view = TRY(engine.database().snapshot());
  Board board(engine, by, *view);
  auto reach = TRY(board.reader.reach(by, *form, Action::List));
  auto permits =
      TRY(records::all_whole(*view, *form, both(window_filter(window), reach.scope), kRowsMax));
  auto open = TRY(flow::steps_open(*view, engine.packs().library, "permit"));
  auto odd = tags_of_no_use(*board.plant);
  auto detectors = engine.sensing().detectors();
  Json rows = Json::array();
  std::vector<Json> standing;
  for (const Json& permit : permits) {
    Json shown = TRY(records::shown_record(*view, *form, permit, reach.modes));
    Json row = row_json(shown, permit, board.desk);
    if (row.has("workers")) row.set("workers", TRY(workers_json(board, shown["workers"])));
    if (!odd.empty() && row.has("area")) {
      row.set("gas_unknown", unknown_beside(board.desk, permit, odd));
    }
    TRY(add_live_marks(board, permit, detectors, row));
    auto steps = open.find(TRY(RecordId::parse(permit.text_or("id", ""))));
    bool is_waiting = steps != open.end();
    Json waiting;
    if (is_waiting) {
      waiting = TRY(waiting_json(board, steps->second, permit.text_or("org_path", "/")));
    }
    rows.push(row.set("waiting", std::move(waiting)));
    if (!is_over(permit)) standing.push_back(permit);
  }
  Json conflicts = TRY(board_conflicts(board, standing));
  Json refusals = TRY(refused_passes(*view, board.now - kRefusedSince, kRefusedMax));
  Json holds = TRY(holds_json(board.desk));
  return Json::object({{"now", format_instant(board.now)},
                       {"rows", std::move(rows)},
                       {"holds", std::move(holds)},
                       {"conflicts", std::move(conflicts)},
                       {"refusals", std::move(refusals)}});
}

Result<Json> permit_conflicts(Engine& engine, const access::Subject& by, const Json& draft) {
  const records::Form* form = TRY(form_of(engine));
  if (!draft.is_object()) return refuse(ErrorCode::BadRequest, "no permit");
  auto view = TRY(engine.database().snapshot());
  Board board(engine, by, *view);
  auto reach = TRY(board.reader.reach(by, *form, Action::Read));
  Json permit = draft;
  std::string area = draft.text_or("area", "");
  if (const AreaInfo* known = board.plant->area(area)) permit.set("area", known->id.text());
  for (const char* field : {"valid_from", "valid_to"}) {
    if (!instant_in(permit, field)) return refuse(ErrorCode::BadField, "no instant", field);
  }
  auto rules = TRY(conflict_rules_of(board.desk, permit));
  auto open = TRY(open_work(board.desk));
  const std::vector<Json>& others = open->permits;
  std::vector<ehs::PermitPlace> places = open->places;
  ehs::PermitPlace own = place_among(board.desk, permit, places);
  for (ehs::PermitPlace& state : states_of(board)) places.push_back(std::move(state));
  Json found = Json::array();
  for (const ehs::Conflict& one : ehs::conflicts(own, places, *rules, board.plant->plan())) {
    Json json = conflict_json(one, (*rules)[one.rule]);
    json.set("kind", places[one.other].kind);
    if (one.other >= others.size()) {
      found.push(json.set("tag", places[one.other].name));
      continue;
    }
    // Whoever may not see the other job is told of it all the same, without its name.
    const Json& other = others[one.other];
    RecordId id = TRY(RecordId::parse(other.text_or("id", "")));
    bool is_seen = TRY(records::is_visible(*view, *form, id, reach.scope));
    if (is_seen) json.set("b", other["id"]).set("number", other["number"]);
    if (is_seen) json.set("state", other["state"]).set("x", other["x"]).set("y", other["y"]);
    found.push(std::move(json));
  }
  return Json::object({{"conflicts", std::move(found)}});
}

Result<Json> permit_steps(Engine& engine, const access::Subject& by, RecordId id) {
  const records::Form* form = TRY(form_of(engine));
  auto view = TRY(engine.database().snapshot());
  Board board(engine, by, *view);
  auto reach = TRY(board.reader.reach(by, *form, id, Action::Read));
  bool is_seen = reach.is_allowed && TRY(records::is_visible(*view, *form, id, reach.scope));
  if (!is_seen) return refuse(ErrorCode::NotFound);
  Json record = TRY(records::read_whole(*view, *form, id));
  auto taken = TRY(flow::steps_taken(*view, engine.packs().library, "permit", id));
  Json steps = Json::array();
  for (const flow::StepTaken& step : taken) {
    Json waiting;
    if (!step.done) {
      waiting = TRY(waiting_json(board, {step}, record.text_or("org_path", "/")));
    }
    Json by_whom;
    if (step.by) {
      std::string name = TRY(board.reader.person_name(step.by->text()));
      by_whom = Json::object({{"id", step.by->text()}, {"name", name}});
    }
    Duration took = step.done.value_or(board.now) - step.opened;
    steps.push(Json::object({{"node", step.node},
                             {"name", local(step.name)},
                             {"state", step.state},
                             {"outcome", step.outcome},
                             {"opened", format_instant(step.opened)},
                             {"done", instant_or_null(step.done)},
                             {"ms", took.ns / 1'000'000},
                             {"by", std::move(by_whom)},
                             {"waiting", std::move(waiting)}}));
  }
  auto applied = instant_in(record, "created_at");
  auto started = instant_in(record, "started_at");
  Duration took = applied ? started.value_or(board.now) - *applied : Duration{};
  return Json::object({{"steps", std::move(steps)},
                       {"application_ms", took.ns / 1'000'000},
                       {"is_signed", started.has_value()}});
}

}  // namespace anlan::engine
