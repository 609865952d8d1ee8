#include "engine/duty.h"

#include <algorithm>
#include <map>

#include "engine/read.h"
#include "engine/show.h"

namespace anlan::engine {

namespace duty {
namespace {

constexpr std::size_t kShiftsMax = 5000;    // people rostered at one moment in the largest plants
constexpr std::size_t kAbsentMax = 20'000;  // now and planned

Filter compare(Filter::Kind kind, std::string field, Json value) {
  return {.kind = kind, .field = std::move(field), .values = {std::move(value)}};
}

// From its first instant on, to its last without it.
Filter lasts_at(Instant at) {
  Json now(format_instant(at));
  return both(compare(Filter::Kind::Le, "from", now), compare(Filter::Kind::Gt, "until", now));
}

PersonId person_at(const Json& row, std::string_view field) {
  auto person = PersonId::parse(row.text_or(field, ""));
  return person ? *person : PersonId{};
}

// Every step asks who is away, and that changes seldom: what was not over at `read_at`.
struct Absences {
  struct One {
    flow::Away away;
    Instant from{};
    Instant until{};
  };
  Instant read_at{};
  std::vector<One> all{};
};

Result<Absences> read_absences(const Ask& ask, const records::Form& form) {
  Absences absences{.read_at = ask.at};
  Filter lasts = compare(Filter::Kind::Gt, "until", Json(format_instant(ask.at)));
  auto rows = TRY(records::all_whole(ask.view, form, lasts, kAbsentMax));
  for (const Json& row : rows) {
    Instant from = TRY(parse_instant(row.text_or("from", "")));
    Instant until = TRY(parse_instant(row.text_or("until", "")));
    absences.all.push_back({{person_at(row, "person"), person_at(row, "deputy")}, from, until});
  }
  return absences;
}

}  // namespace

Result<std::vector<PersonId>> on_duty(const Ask& ask, std::string_view role,
                                      std::string_view org_path) {
  const records::Form* form = ask.forms.find("duty");
  std::vector<PersonId> people;
  if (form == nullptr) return people;
  Filter filter = both(compare(Filter::Kind::Eq, "role", Json(role)), lasts_at(ask.at));
  auto rows = TRY(records::all_whole(ask.view, *form, filter, kShiftsMax));
  std::erase_if(
      rows, [&](const Json& row) { return !org_path.starts_with(row.text_or("org_path", "/")); });
  std::ranges::stable_sort(rows, std::ranges::greater{},
                           [](const Json& row) { return row.text_or("org_path", "/").size(); });
  for (const Json& row : rows) {
    PersonId person = person_at(row, "person");
    if (!person.is_nil() && !std::ranges::contains(people, person)) people.push_back(person);
  }
  return people;
}

Result<std::vector<flow::Away>> away(const Ask& ask) {
  const records::Form* form = ask.forms.find("absence");
  std::vector<flow::Away> away;
  if (form == nullptr) return away;
  auto known = TRY(store::remembered<Absences>(ask.view, "duty.absences", {form->table},
                                               [&] { return read_absences(ask, *form); }));
  // Asked of a time before the one they were read at: some that were over then are missing.
  bool is_earlier = ask.at < known->read_at;
  Absences anew;
  if (is_earlier) anew = TRY(read_absences(ask, *form));
  for (const Absences::One& one : is_earlier ? anew.all : known->all) {
    if (one.from <= ask.at && ask.at < one.until) away.push_back(one.away);
  }
  return away;
}

flow::AwayAsk asker(const Ask& ask) {
  return [ask] { return away(ask); };
}

}  // namespace duty

namespace {

constexpr std::size_t kRowsMax = 5000;

bool touches(std::string_view path, std::string_view wanted) {
  return path.starts_with(wanted) || wanted.starts_with(path);
}

LocalText role_name(const Packs& packs, const std::string& role) {
  for (const Json& one : packs.policy.roles().as_array()) {
    if (one.text_or("id", "") != role) continue;
    return {one["name"].text_or("zh", ""), one["name"].text_or("en", "")};
  }
  return {role, role};
}

Result<Json> person_json(Reader& reader, const std::vector<flow::Away>& away,
                         const std::string& id) {
  Json person = Json::object({{"id", id}, {"name", TRY(reader.person_name(id))}});
  auto absence =
      std::ranges::find_if(away, [&](const flow::Away& one) { return one.person.text() == id; });
  person.set("is_away", absence != away.end());
  if (absence == away.end() || absence->deputy.is_nil()) return person;
  std::string deputy = absence->deputy.text();
  Json stands_in = Json::object({{"id", deputy}, {"name", TRY(reader.person_name(deputy))}});
  person.set("deputy", std::move(stands_in));
  return person;
}

// One answer row for all people of one role in one shift of one unit.
std::string group_of(const Json& row) {
  return row.text_or("org_path", "/") + "|" + row.text_or("role", "") + "|" +
         row.text_or("from", "") + "|" + row.text_or("until", "") + "|" + row.text_or("shift", "");
}

}  // namespace

Result<Json> duty_now(Engine& engine, const access::Subject& by, std::string_view org_path) {
  const Packs& packs = engine.packs();
  Instant now = engine.clock().now();
  const records::Form* form = packs.forms.find("duty");
  if (form == nullptr) return refuse(ErrorCode::NotFound, "this plant has no roster");
  auto view = TRY(engine.database().snapshot());
  Reader reader(*view, packs, now);
  auto reach = TRY(reader.reach(by, *form, access::Action::List));
  Filter filter = both(duty::lasts_at(now), reach.scope);
  auto found = TRY(records::all_whole(*view, *form, filter, kRowsMax));
  auto away = TRY(duty::away({*view, packs.forms, now}));
  std::map<std::string, Json> groups;
  for (const Json& row : found) {
    if (!touches(row.text_or("org_path", "/"), org_path)) continue;
    Json& group = groups[group_of(row)];
    if (group.is_null()) {
      std::string role = row.text_or("role", "");
      group = Json::object({{"role", role},
                            {"role_name", local(role_name(packs, role))},
                            {"org_path", row.text_or("org_path", "/")},
                            {"shift", row["shift"]},
                            {"from", row["from"]},
                            {"until", row["until"]},
                            {"people", Json::array()}});
    }
    Json people = group["people"];
    Json person = TRY(person_json(reader, away, row.text_or("person", "")));
    people.push(std::move(person));
    group.set("people", std::move(people));
  }
  Json rows = Json::array();
  for (auto& [key, group] : groups) rows.push(std::move(group));
  return Json::object({{"at", format_instant(now)}, {"rows", std::move(rows)}});
}

}  // namespace anlan::engine
