#include "engine/responder.h"

#include <algorithm>
#include <cmath>

#include "core/log.h"
#include "engine/engine.h"
#include "engine/permits.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kJobsPerTurn = 20;
constexpr std::size_t kPeoplePerCommand = 500;
constexpr std::size_t kOpenMax = 50;
constexpr Duration kCountEvery = Duration::seconds(1);
constexpr Duration kTrackEvery = Duration::seconds(5);
constexpr Duration kPushWait = Duration::seconds(2);

void log_failure(std::string_view what, const Error& error) {
  log(LogLevel::Error, what,
      Json::object({{"code", error_text(error.code).code}, {"detail", error.detail}}));
}

ehs::HeadCountRules rules_for(const Json& record) {
  ehs::HeadCountRules rules;
  rules.radius_m = static_cast<double>(record.int_or("radius_m", 300));
  rules.centre = {record["x"].is_number() ? record["x"].as_double().value_or(0) : 0,
                  record["y"].is_number() ? record["y"].as_double().value_or(0) : 0};
  return rules;
}

ehs::PersonRow row_of(const ehs::Counted& counted) {
  return {.badge = counted.badge,
          .safety = counted.safety,
          .why = counted.why,
          .source = counted.source,
          .zone = counted.zone,
          .seen = counted.seen,
          .at = counted.at};
}

// A clock that was set back does not make the next time an hour away.
bool is_early(Instant now, Instant next, Duration every) {
  return now < next && next - now <= every;
}

double to_decimetre(double value) { return std::round(value * 10) / 10; }

Json route_json(const PlantModel& plant, const twin::Route& route) {
  Json points = Json::array();
  for (twin::Point point : route.points) {
    points.push(Json::array({Json(to_decimetre(point.x)), Json(to_decimetre(point.y))}));
  }
  Json name;
  for (const twin::Haven& haven : plant.plan().havens()) {
    if (haven.code != route.haven) continue;
    name = Json::object({{"zh", haven.name.zh}, {"en", haven.name.en}});
  }
  return Json::object({{"haven", route.haven},
                       {"haven_name", std::move(name)},
                       {"seconds", std::round(route.seconds)},
                       {"points", std::move(points)},
                       {"crosses_gas", route.crosses_gas}});
}

// Whether somebody who still walks an older way would now come through gas.
bool leads_into_gas(const PlantModel& plant, const twin::Hazard& hazard, const Json& route) {
  if (!route["points"].is_array()) return false;
  const Json::Array& points = route["points"].as_array();
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Json::Array& xy = points[i].as_array();
    twin::Point at{xy[0].as_double().value_or(0), xy[1].as_double().value_or(0)};
    double share = static_cast<double>(i) / static_cast<double>(points.size());
    double after = share * (route["seconds"].as_double().value_or(0));
    if (hazard.at(plant.plan().nearest_node(at), after) >= 1) return true;
  }
  return false;
}

}  // namespace

bool Responder::turn(Instant now) {
  auto jobs = run_jobs(now);
  if (!jobs) log_failure("jobs could not be run", jobs.error());
  auto gates = tell_gates();
  if (!gates) log_failure("gates could not be told", gates.error());
  auto allowed = tell_allowed(now);
  if (!allowed) log_failure("whom gates let in could not be told", allowed.error());

  const records::Form* form = engine_.packs().forms.find("response");
  if (form == nullptr) return false;
  auto view = engine_.database().snapshot();
  if (!view) return false;
  Filter open{.kind = Filter::Kind::In,
              .field = "state",
              .values = {Json("asked"), Json("responding"), Json("all_counted")}};
  auto rows = records::all_whole(**view, *form, open, kOpenMax);
  view->reset();
  if (!rows) {
    log_failure("responses could not be read", rows.error());
    return true;
  }
  for (const Json& record : *rows) {
    auto done = follow(record, now);
    if (!done && done.error().code != ErrorCode::Conflict) {
      log_failure("a response could not be followed", done.error());
    }
  }
  return !rows->empty();
}

Result<void> Responder::run_jobs(Instant now) {
  auto view = TRY(engine_.database().snapshot());
  auto rows =
      TRY(view->query({"SELECT id, name, form, record_id FROM job WHERE state = 'due' "
                       "AND next_at <= ? ORDER BY id LIMIT ?",
                       {now.ns, static_cast<int64_t>(kJobsPerTurn)}}));
  view.reset();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string id = rows[i].text("id");
    RecordId response = TRY(RecordId::parse(rows[i].text("record_id")));
    auto done = run_job(rows[i].text("name"), {.job = id, .response = response, .record = {}}, now);
    if (done) continue;
    if (done.error().code == ErrorCode::WrongState) continue;  // done before
    log_failure("a job failed", done.error());
    auto ended = engine_.run(
        {.by = system_subject(),
         .what = EndJob{.job = id,
                        .error = done.error().detail.empty() ? "failed" : done.error().detail}});
    if (!ended) log_failure("a job could not be put off", ended.error());
  }
  return {};
}

Result<void> Responder::run_job(const std::string& name, Work work, Instant now) {
  const records::Form* form = engine_.packs().forms.find("response");
  if (form == nullptr) return refuse(ErrorCode::BadPack, "no form response");
  {
    auto view = TRY(engine_.database().snapshot());
    work.record = TRY(records::read_whole(*view, *form, work.response));
  }
  if (name == "locate") return locate(work, now);
  if (name == "route") {
    memory_[work.response].signature.clear();
    return route(work, now);
  }
  // The posts are called by the flow's own tasks and notices: nothing is left to do.
  TRY(engine_.run({.by = system_subject(), .what = EndJob{.job = work.job}}));
  return {};
}

std::vector<ehs::Traces> Responder::traces_of(store::View& view, const PlantModel& plant) {
  auto seen = engine_.sensing().presence().all();
  std::map<PersonId, std::pair<std::string, Instant>> on_permits;
  const records::Form* permits = engine_.packs().forms.find("permit");
  if (permits != nullptr) {
    Filter open{
        .kind = Filter::Kind::In, .field = "state", .values = {Json("active"), Json("suspended")}};
    auto rows = records::all_whole(view, *permits, open, limits::kListItemsMax);
    if (!rows) log_failure("permits could not be read", rows.error());
    for (const Json& permit : rows ? *rows : std::vector<Json>{}) {
      const AreaInfo* area = plant.area_by_id(permit.text_or("area", ""));
      auto since = parse_instant(permit.text_or("updated_at", ""));
      for (PersonId person : people_on(permit)) {
        on_permits[person] = {area == nullptr ? std::string() : area->code,
                              since.value_or(Instant{})};
      }
    }
  }
  std::vector<ehs::Traces> all;
  for (const BadgeInfo& badge : plant.badges()) {
    if (badge.kind == "vehicle") continue;  // who drives it wears a badge
    ehs::Traces traces{.badge = badge.id, .code = badge.code, .is_on_site = badge.is_on_site};
    auto known = seen.find(badge.code);
    if (known != seen.end()) {
      traces.sight = known->second.sight;
      if (known->second.doubted) traces.doubted_at = known->second.doubted->seen;
      traces.pass = known->second.pass;
    }
    auto permit = on_permits.find(badge.person);
    if (!badge.person.is_nil() && permit != on_permits.end()) {
      traces.permit_zone = permit->second.first;
      traces.permit_at = permit->second.second;
    }
    if (badge.kind == "visitor") traces.visit_at = badge.since;
    all.push_back(std::move(traces));
  }
  return all;
}

Result<void> Responder::locate(const Work& work, Instant now) {
  auto plant = engine_.sensing().plant();
  std::vector<ehs::PersonRow> found;
  {
    auto view = TRY(engine_.database().snapshot());
    ehs::HeadCountRules rules = rules_for(work.record);
    for (const ehs::Traces& traces : traces_of(*view, *plant)) {
      if (!ehs::is_concerned(traces, plant->plan(), rules)) continue;
      found.push_back(row_of(ehs::count_one(traces, plant->plan(), rules, now)));
    }
  }
  // In parts: the writer must not be held up for long. The job ends with the last one.
  std::size_t at = 0;
  do {
    std::size_t end = std::min(found.size(), at + kPeoplePerCommand);
    CountPeople what{.response = work.response,
                     .job = work.job,
                     .news = {found.begin() + static_cast<std::ptrdiff_t>(at),
                              found.begin() + static_cast<std::ptrdiff_t>(end)},
                     .is_whole = end == found.size()};
    TRY(engine_.run({.by = system_subject(), .what = std::move(what)}));
    at = end;
  } while (at < found.size());
  return {};
}

Result<void> Responder::recount(const Work& work, Instant now) {
  auto plant = engine_.sensing().plant();
  CountPeople what{.response = work.response};
  {
    auto view = TRY(engine_.database().snapshot());
    ehs::HeadCountRules rules = rules_for(work.record);
    std::map<RecordId, ehs::PersonRow> before;
    for (ehs::PersonRow& row : TRY(ehs::people_of(*view, work.response))) {
      before.emplace(row.badge, std::move(row));
    }
    for (ehs::Traces& traces : traces_of(*view, *plant)) {
      auto known = before.find(traces.badge);
      if (known == before.end()) {
        if (!ehs::is_concerned(traces, plant->plan(), rules)) continue;
        what.news.push_back(row_of(ehs::count_one(traces, plant->plan(), rules, now)));
        continue;
      }
      traces.said = known->second.said;
      traces.said_at = known->second.said_at;
      traces.is_signed_off = known->second.is_signed_off;
      ehs::Counted counted = ehs::count_one(traces, plant->plan(), rules, now);
      bool is_news = counted.safety != known->second.safety || counted.why != known->second.why;
      if (is_news) what.changes.push_back(std::move(counted));
    }
  }
  if (what.news.empty() && what.changes.empty()) return {};
  what.news.resize(std::min(what.news.size(), kPeoplePerCommand));
  what.changes.resize(std::min(what.changes.size(), kPeoplePerCommand));
  TRY(engine_.run({.by = system_subject(), .what = std::move(what)}));
  return {};
}

Result<void> Responder::route(const Work& work, Instant now) {
  auto plant = engine_.sensing().plant();
  Memory& memory = memory_[work.response];
  Danger danger = danger_of(work.record, *plant, engine_.sensing(), now);
  bool is_changed = danger.signature != memory.signature;
  std::vector<ehs::PersonRow> people;
  {
    auto view = TRY(engine_.database().snapshot());
    people = TRY(ehs::people_of(*view, work.response));
  }
  for (const ehs::PersonRow& person : people) {
    memory.version = std::max(memory.version, person.route.int_or("version", 0));
  }
  std::vector<twin::Walker> walkers;
  auto seen = engine_.sensing().presence().all();
  for (uint32_t i = 0; i < people.size(); ++i) {
    const ehs::PersonRow& person = people[i];
    if (person.safety == ehs::Safety::Safe) continue;
    if (!is_changed && !person.route.is_null()) continue;
    std::optional<twin::Point> at = person.at;
    const BadgeInfo* badge = plant->badge(person.badge);
    if (badge != nullptr) {
      auto trace = seen.find(badge->code);
      if (trace != seen.end() && trace->second.sight && trace->second.sight->at) {
        at = trace->second.sight->at;
      }
    }
    if (at) walkers.push_back({.id = i, .at = *at});
  }
  std::vector<RoutePeople::One> news;
  for (const twin::Route& route : twin::plan_routes(plant->plan(), danger.hazard, walkers)) {
    const ehs::PersonRow& person = people[route.id];
    if (!route.is_found) continue;
    bool is_other = person.route.is_null() || person.route["haven"] != Json(route.haven) ||
                    leads_into_gas(*plant, danger.hazard, person.route);
    if (!is_other) continue;
    news.push_back({.badge = person.badge, .route = route_json(*plant, route), .is_told = true});
  }
  memory.signature = danger.signature;
  if (news.empty() && work.job.empty()) return {};
  ++memory.version;
  std::size_t at = 0;
  do {
    std::size_t end = std::min(news.size(), at + kPeoplePerCommand);
    RoutePeople what{.response = work.response,
                     .job = work.job,
                     .routes = {news.begin() + static_cast<std::ptrdiff_t>(at),
                                news.begin() + static_cast<std::ptrdiff_t>(end)},
                     .version = memory.version,
                     .is_whole = end == news.size()};
    TRY(engine_.run({.by = system_subject(), .what = std::move(what)}));
    at = end;
  } while (at < news.size());
  return {};
}

Result<void> Responder::follow(const Json& record, Instant now) {
  Work work{.response = TRY(RecordId::parse(record.text_or("id", ""))), .record = record};
  Memory& memory = memory_[work.response];
  TRY(watch_messages(work, now));
  if (record["state"] == Json("asked") || is_early(now, memory.next_count, kCountEvery)) return {};
  bool is_located = false;
  bool is_routed = false;
  {
    auto view = TRY(engine_.database().snapshot());
    for (const ehs::Step& step : TRY(ehs::steps_of(*view, work.response))) {
      is_located |= step.step == "located";
      is_routed |= step.step == "routed";
    }
  }
  if (!is_located) return {};
  memory.next_count = now + kCountEvery;
  TRY(recount(work, now));
  if (is_routed) TRY(route(work, now));
  if (is_early(now, memory.next_track, kTrackEvery)) return {};
  memory.next_track = now + kTrackEvery;
  return keep_track(work, now);
}

// When the alarm first stood on a screen, and when every way out was handed over.
Result<void> Responder::watch_messages(const Work& work, Instant now) {
  auto view = TRY(engine_.database().snapshot());
  std::optional<Instant> routed;
  bool is_pushed = false;
  bool is_shown = false;
  for (const ehs::Step& step : TRY(ehs::steps_of(*view, work.response))) {
    if (step.step == "routed") routed = step.at;
    is_pushed |= step.step == "pushed";
    is_shown |= step.step == "shown";
  }
  MarkSteps what{.response = work.response};
  auto raised = parse_instant(work.record.text_or("raised_at", ""));
  if (!is_shown && raised) {
    auto plant = engine_.sensing().plant();
    for (const alarms::Definition& definition : plant->alarms()) {
      if (definition.code != work.record.text_or("alarm_code", "")) continue;
      auto rows =
          TRY(view->query({"SELECT MIN(delivered_at) AS at FROM notice WHERE "
                           "form = 'alarm_limit' AND record_id = ? AND at >= ?",
                           {definition.id.text(), raised->ns}}));
      if (rows[0].is_null("at")) continue;
      what.marks.push_back({.step = "shown", .at = {rows[0].int64("at")}, .detail = {}});
    }
  }
  if (routed && !is_pushed) {
    auto rows = TRY(view->query(
        {"SELECT COUNT(*) AS n, COUNT(sent_at) AS sent FROM notice WHERE form = 'response' "
         "AND record_id = ? AND kind = 'response.notice.route'",
         {work.response.text()}}));
    int64_t people = rows[0].int64("n");
    int64_t sent = rows[0].int64("sent");
    if (sent == people || now - *routed >= kPushWait) {
      what.marks.push_back({.step = "pushed",
                            .at = now,
                            .detail = Json::object({{"people", people}, {"sent", sent}})});
    }
  }
  view.reset();
  if (what.marks.empty()) return {};
  TRY(engine_.run({.by = system_subject(), .what = std::move(what)}));
  return {};
}

Result<void> Responder::keep_track(const Work& work, Instant) {
  auto plant = engine_.sensing().plant();
  KeepTrack what{.response = work.response};
  {
    auto view = TRY(engine_.database().snapshot());
    for (const ehs::PersonRow& person : TRY(ehs::people_of(*view, work.response))) {
      const BadgeInfo* badge = plant->badge(person.badge);
      if (badge == nullptr) continue;
      auto trace = engine_.sensing().presence().of(badge->code);
      if (!trace || !trace->sight) continue;
      auto known =
          TRY(view->query({"SELECT 1 AS one FROM response_track WHERE response = ? AND "
                           "badge = ? AND at = ?",
                           {work.response.text(), person.badge.text(), trace->sight->seen.ns}}));
      if (known.empty()) what.points.emplace_back(person.badge, *trace->sight);
    }
  }
  if (what.points.empty()) return {};
  TRY(engine_.run({.by = system_subject(), .what = std::move(what)}));
  return {};
}

// What a broker kept of before is told anew at the start: gates without a wish let everybody in.
Result<void> Responder::tell_allowed(Instant now) {
  if (!on_allowed_) return {};
  auto view = TRY(store::read_later(engine_.database()));
  auto plant = engine_.sensing().plant();
  auto allowed =
      TRY(allowed_badges({*view, engine_.packs(), *plant, now, engine_.config().time_zone_offset}));
  for (const twin::Gate& gate : plant->plan().gates()) {
    auto is = allowed->find(gate.code);
    auto was = allowed_.find(gate.code);
    bool is_free = is == allowed->end();
    bool is_same =
        is_free ? was == allowed_.end() : was != allowed_.end() && was->second == is->second;
    if (is_same && has_told_allowed_) continue;
    on_allowed_(gate.code, is_free ? std::nullopt : std::optional(is->second));
  }
  allowed_ = *allowed;
  has_told_allowed_ = true;
  return {};
}

Result<void> Responder::tell_gates() {
  if (!on_gate_) return {};
  Json rules = TRY(engine_.gate_rules());
  for (const Json& rule : rules.as_array()) {
    std::string gate = rule.text_or("gate", "");
    bool is_open = rule.bool_or("is_open", true);
    auto known = gates_.find(gate);
    if (known != gates_.end() && known->second == is_open) continue;
    on_gate_(gate, is_open, rule.text_or("reason", ""));
    gates_[gate] = is_open;
  }
  return {};
}

}  // namespace anlan::engine
