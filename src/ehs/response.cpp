#include "ehs/response.h"

#include <algorithm>
#include <cmath>

namespace anlan::ehs {
namespace {

using Kind = store::RowChange::Kind;

store::Value time_or_null(const std::optional<Instant>& at) {
  return at ? store::Value(at->ns) : store::Value();
}

// Positions are kept to the centimetre.
store::Value centimetres(const std::optional<twin::Point>& at, double twin::Point::* member) {
  if (!at) return {};
  return static_cast<int64_t>(std::llround((*at).*member * 100));
}

std::vector<store::Cell> count_cells(const Counted& counted, Instant now) {
  return {{"safety", std::string(safety_text(counted.safety))},
          {"why", counted.why},
          {"source", counted.source},
          {"seen", time_or_null(counted.seen)},
          {"zone", counted.zone},
          {"x_cm", centimetres(counted.at, &twin::Point::x)},
          {"y_cm", centimetres(counted.at, &twin::Point::y)},
          {"changed", now.ns}};
}

store::RowChange update(RecordId response, const PersonRow& before,
                        std::vector<store::Cell> cells) {
  return {.kind = Kind::Update,
          .table = "response_person",
          .key = {{"response", response.text()}, {"badge", before.badge.text()}},
          .cells = std::move(cells),
          .version = before.version};
}

Result<PersonRow> person_from(const store::Row& row) {
  PersonRow person{.badge = TRY(RecordId::parse(row.text("badge"))),
                   .safety = parse_safety(row.text("safety")).value_or(Safety::Unknown),
                   .why = row.text("why"),
                   .source = row.text("source"),
                   .zone = row.text("zone"),
                   .is_signed_off = row.int64("is_signed_off") != 0,
                   .notice = row.text("notice"),
                   .changed = {row.int64("changed")},
                   .version = row.int64("version")};
  if (!row.is_null("seen")) person.seen = Instant{row.int64("seen")};
  if (!row.is_null("x_cm") && !row.is_null("y_cm")) {
    person.at = twin::Point{static_cast<double>(row.int64("x_cm")) / 100,
                            static_cast<double>(row.int64("y_cm")) / 100};
  }
  if (!row.is_null("said")) person.said = parse_safety(row.text("said"));
  if (!row.is_null("said_at")) person.said_at = Instant{row.int64("said_at")};
  if (!row.is_null("route")) person.route = TRY(parse_json(row.text("route")));
  return person;
}

Actor actor_from(const store::Row& row) {
  Actor actor;
  for (Actor::Kind kind : {Actor::Kind::Person, Actor::Kind::Anonymous, Actor::Kind::Token,
                           Actor::Kind::System, Actor::Kind::SystemTimeout}) {
    if (actor_kind_text(kind) == row.text("actor_kind")) actor.kind = kind;
  }
  if (auto person = PersonId::parse(row.text("person"))) actor.person = *person;
  return actor;
}

bool has_step(const std::vector<Step>& steps, std::string_view name) {
  return std::ranges::any_of(steps, [&](const Step& step) { return step.step == name; });
}

}  // namespace

std::vector<store::Migration> migrations() {
  return {{.id = "ehs.1",
           .statements = {
               "CREATE TABLE response_step (response {{id}} NOT NULL, step {{text}} NOT NULL, "
               "at {{int}} NOT NULL, actor_kind {{text}} NOT NULL, person {{text}} NOT NULL, "
               "detail {{json}} NOT NULL, PRIMARY KEY (response, step))",
               "CREATE TABLE response_person (response {{id}} NOT NULL, badge {{id}} NOT NULL, "
               "safety {{text}} NOT NULL, why {{text}} NOT NULL, source {{text}} NOT NULL, "
               "seen {{int}}, zone {{text}} NOT NULL, x_cm {{int}}, y_cm {{int}}, said {{text}}, "
               "said_at {{int}}, is_signed_off {{int}} NOT NULL, route {{json}}, "
               "notice {{text}} NOT NULL, changed {{int}} NOT NULL, version {{int}} NOT NULL, "
               "PRIMARY KEY (response, badge))",
           }}};
}

const std::vector<std::string>& start_steps() {
  static const std::vector<std::string> steps = {"suspended", "told",      "gate_shut",
                                                 "located",   "routed",    "pushed",
                                                 "called",    "signed_in", "dispatched"};
  return steps;
}

Result<std::vector<Step>> steps_of(store::View& view, RecordId response) {
  auto rows =
      TRY(view.query({"SELECT step, at, actor_kind, person, detail FROM response_step "
                      "WHERE response = ? ORDER BY at, step",
                      {response.text()}}));
  std::vector<Step> steps;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Json detail = TRY(parse_json(rows[i].text("detail")));
    steps.push_back({.step = rows[i].text("step"),
                     .at = {rows[i].int64("at")},
                     .actor = actor_from(rows[i]),
                     .detail = std::move(detail)});
  }
  return steps;
}

Result<store::Change> mark_steps(const ResponseDesk& desk, RecordId response,
                                 const std::vector<Mark>& marks) {
  std::vector<Step> known = TRY(steps_of(desk.view, response));
  store::Change change{.actor = desk.actor,
                       .act = "response.step",
                       .subject_kind = "response",
                       .subject_id = response.text(),
                       .at = desk.now};
  Json names = Json::array();
  auto stamp = [&](const Mark& mark) {
    change.rows.push_back(
        {.kind = Kind::Insert,
         .table = "response_step",
         .key = {{"response", response.text()}, {"step", mark.step}},
         .cells = {
             {"at", mark.at.ns},
             {"actor_kind", std::string(actor_kind_text(desk.actor.kind))},
             {"person", desk.actor.person.is_nil() ? std::string() : desk.actor.person.text()},
             {"detail", write_json(mark.detail.is_null() ? Json::object() : mark.detail)}}});
    names.push(mark.step);
    known.push_back({.step = mark.step, .at = mark.at, .actor = desk.actor, .detail = {}});
  };
  for (const Mark& mark : marks) {
    if (!has_step(known, mark.step)) stamp(mark);
  }
  if (change.rows.empty()) return change;
  bool is_started = std::ranges::all_of(
      start_steps(), [&](const std::string& name) { return has_step(known, name); });
  if (is_started && !has_step(known, "started")) {
    stamp({.step = "started", .at = desk.now, .detail = {}});
  }
  change.detail = Json::object({{"steps", std::move(names)}});
  change.events.push_back(
      {.topic = "response",
       .payload = Json::object({{"form", "response"}, {"id", response.text()}, {"what", "step"}})});
  return change;
}

Result<std::vector<PersonRow>> people_of(store::View& view, RecordId response) {
  auto rows = TRY(view.query(
      {"SELECT * FROM response_person WHERE response = ? ORDER BY badge", {response.text()}}));
  std::vector<PersonRow> people;
  people.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    PersonRow person = TRY(person_from(rows[i]));
    people.push_back(std::move(person));
  }
  return people;
}

Result<std::optional<PersonRow>> person_of(store::View& view, RecordId response, RecordId badge) {
  auto rows = TRY(view.query({"SELECT * FROM response_person WHERE response = ? AND badge = ?",
                              {response.text(), badge.text()}}));
  if (rows.empty()) return std::nullopt;
  return TRY(person_from(rows[0]));
}

Result<Json> counts_of(store::View& view, RecordId response) {
  auto rows =
      TRY(view.query({"SELECT safety, count(*) AS n FROM response_person "
                      "WHERE response = ? GROUP BY safety",
                      {response.text()}}));
  Json counts = Json::object({{"safe", 0}, {"unsafe", 0}, {"unknown", 0}});
  int64_t total = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    counts.set(rows[i].text("safety"), rows[i].int64("n"));
    total += rows[i].int64("n");
  }
  counts.set("total", total);
  return counts;
}

store::RowChange insert_person(RecordId response, const PersonRow& person, Instant now) {
  Counted counted{.badge = person.badge,
                  .safety = person.safety,
                  .why = person.why,
                  .source = person.source,
                  .seen = person.seen,
                  .zone = person.zone,
                  .at = person.at};
  std::vector<store::Cell> cells = count_cells(counted, now);
  cells.push_back({"is_signed_off", int64_t{0}});
  cells.push_back({"notice", std::string()});
  cells.push_back({"version", int64_t{1}});
  return {.kind = Kind::Insert,
          .table = "response_person",
          .key = {{"response", response.text()}, {"badge", person.badge.text()}},
          .cells = std::move(cells)};
}

store::RowChange update_count(RecordId response, const PersonRow& before, const Counted& counted,
                              Instant now) {
  return update(response, before, count_cells(counted, now));
}

store::RowChange update_route(RecordId response, const PersonRow& before, const Json& route,
                              std::string_view notice, Instant now) {
  return update(
      response, before,
      {{"route", write_json(route)}, {"notice", std::string(notice)}, {"changed", now.ns}});
}

store::RowChange update_said(RecordId response, const PersonRow& before, Safety said,
                             bool is_signed_off, Instant now) {
  const char* why = said == Safety::Unsafe    ? "said_unsafe"
                    : said == Safety::Unknown ? "signed_off"
                    : is_signed_off           ? "signed_off"
                                              : "said_safe";
  return update(response, before,
                {{"safety", std::string(safety_text(said))},
                 {"why", std::string(why)},
                 {"source", std::string(is_signed_off ? "person" : "phone")},
                 {"seen", now.ns},
                 {"said", std::string(safety_text(said))},
                 {"said_at", now.ns},
                 {"is_signed_off", int64_t{is_signed_off ? 1 : 0}},
                 {"changed", now.ns}});
}

}  // namespace anlan::ehs
