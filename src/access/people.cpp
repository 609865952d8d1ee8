#include "access/people.h"

#include <algorithm>
#include <array>

#include "access/identity_link.h"
#include "access/second_factor.h"
#include "access/tables.h"

namespace anlan::access {
namespace {

using store::Row;
using store::RowChange;
using store::Rows;

constexpr std::array<std::string_view, 6> kKinds{"group",    "company", "plant",
                                                 "workshop", "team",    "post"};
constexpr std::size_t kOrgUnitsMax = 10'000;  // a group of 100 plants has about 5,000
constexpr std::size_t kGrantsMax = 50;        // of one person; more is a mistake in a role
constexpr std::size_t kHoldersMax = 10'000;

int rank_of(std::string_view kind) {
  return static_cast<int>(std::ranges::find(kKinds, kind) - kKinds.begin());
}

std::optional<PersonId> head_of(const Row& row) {
  auto head = PersonId::parse(row.text("head"));
  return head ? std::optional(*head) : std::nullopt;
}

OrgUnit org_of(const Row& row) {
  return {.id = OrgId::parse(row.text("id")).value_or(OrgId{}),
          .code = row.text("code"),
          .kind = row.text("kind"),
          .name = {row.text("name_zh"), row.text("name_en")},
          .parent_code = row.text("parent_code"),
          .path = row.text("path"),
          .head = row.is_null("head") ? std::nullopt : head_of(row)};
}

Person person_of(const Row& row) {
  return {.id = PersonId::parse(row.text("id")).value_or(PersonId{}),
          .login = row.text("login"),
          .name = row.text("name"),
          .org_path = row.text("org_path"),
          .phone = row.text("phone"),
          .state = row.text("state"),
          .language = row.text("language")};
}

Result<std::optional<OrgUnit>> find_org(store::View& view, std::string_view code) {
  // Codes that differ by case only would look alike on a label and on a map.
  Rows rows =
      TRY(view.query({"SELECT * FROM org_unit WHERE lower(code) = ?", {lower_ascii(code)}}));
  if (rows.empty()) return std::nullopt;
  return org_of(rows[0]);
}

Result<void> check_path(store::View& view, const std::string& path, std::string_view field) {
  if (path == "/") return {};
  Rows rows = TRY(view.query({"SELECT id FROM org_unit WHERE path = ?", {path}}));
  if (rows.empty()) return refuse(ErrorCode::BadField, "no such unit", std::string(field));
  return {};
}

Result<void> check_person(store::View& view, const Person& person) {
  if (!is_word(person.login, "._-@", 64)) {
    return refuse(ErrorCode::BadField, "letters, digits, . _ - @", "login");
  }
  if (!is_label(person.name, 100))
    return refuse(ErrorCode::BadField, "1 to 100 characters", "name");
  if (!person.phone.empty() && !is_word(person.phone, "+-() ", 32)) {
    return refuse(ErrorCode::BadField, "no telephone number", "phone");
  }
  if (person.language != "zh" && person.language != "en") {
    return refuse(ErrorCode::BadField, "zh or en", "language");
  }
  return check_path(view, person.org_path, "org_path");
}

Result<void> check_grants(store::View& view, const std::vector<Grant>& grants) {
  if (grants.size() > kGrantsMax) return refuse(ErrorCode::LimitReached, "too many", "grants");
  for (const Grant& grant : grants) {
    if (!is_word(grant.role, "_-", 64)) return refuse(ErrorCode::BadField, "no role id", "grants");
    TRY(check_path(view, grant.org_path, "grants"));
  }
  return {};
}

RowChange grant_row(RowChange::Kind kind, PersonId person, const Grant& grant) {
  return {
      .kind = kind,
      .table = "role_grant",
      .key = {{"person_id", person.text()}, {"role", grant.role}, {"org_path", grant.org_path}}};
}

Result<std::vector<Grant>> grants_of(store::View& view, PersonId person) {
  Rows rows = TRY(view.query(
      {"SELECT role, org_path FROM role_grant WHERE person_id = ? ORDER BY role, org_path",
       {person.text()}}));
  std::vector<Grant> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out.push_back({rows[i].text("role"), rows[i].text("org_path")});
  }
  return out;
}

Result<Rows> person_rows(store::View& view, PersonId id) {
  Rows rows = TRY(view.query({"SELECT * FROM person WHERE id = ?", {id.text()}}));
  if (rows.empty()) return refuse(ErrorCode::NotFound, "person");
  return rows;
}

store::Event person_event(PersonId id, std::string_view state) {
  return {"person", Json::object({{"id", id.text()}, {"state", state}})};
}

}  // namespace

Result<store::Change> create_org(const Desk& desk, const OrgUnit& unit) {
  if (!is_word(unit.code, "_-", 32)) return refuse(ErrorCode::BadField, "[A-Za-z0-9_-]", "code");
  std::size_t rank = static_cast<std::size_t>(rank_of(unit.kind));
  if (rank == kKinds.size()) return refuse(ErrorCode::BadField, "no such kind", "kind");
  if (!is_label(unit.name.zh, 100)) return refuse(ErrorCode::BadField, "needed", "name_zh");
  if (!is_label(unit.name.en, 100)) return refuse(ErrorCode::BadField, "needed", "name_en");
  std::string path = "/";
  if (!unit.parent_code.empty()) {
    std::optional<OrgUnit> parent = TRY(find_org(desk.view, unit.parent_code));
    // A unit can't be its own parent: it does not stand there yet.
    if (!parent) return refuse(ErrorCode::BadField, "no such unit", "parent_code");
    if (parent->code != unit.parent_code) return refuse(ErrorCode::BadField, "case", "parent_code");
    if (rank_of(parent->kind) >= rank_of(unit.kind)) {
      return refuse(ErrorCode::BadField, "a " + unit.kind + " can't stand there", "kind");
    }
    path = parent->path;
  }
  if (TRY(find_org(desk.view, unit.code))) return refuse(ErrorCode::Duplicate, "unit", "code");
  Rows count = TRY(desk.view.query({"SELECT COUNT(*) AS count FROM org_unit"}));
  if (count[0].int64("count") >= static_cast<int64_t>(kOrgUnitsMax)) {
    return refuse(ErrorCode::LimitReached, "organisation units");
  }
  OrgId id = unit.id.is_nil() ? desk.ids.next_id<OrgKind>() : unit.id;
  store::Change change = change_of(desk, "org.create", "org", id.text());
  change.rows.push_back(insert_row("org_unit", {"id", id.text()},
                                   {{"code", unit.code},
                                    {"kind", unit.kind},
                                    {"name_zh", unit.name.zh},
                                    {"name_en", unit.name.en},
                                    {"parent_code", unit.parent_code},
                                    {"path", path + unit.code + "/"},
                                    {"version", int64_t{1}}}));
  change.events.push_back({"org", Json::object({{"id", id.text()}})});
  return change;
}

Result<store::Change> create_person(const Desk& desk, const NewPerson& command) {
  Person person = command.person;
  person.login = lower_ascii(person.login);
  if (person.language.empty()) person.language = "zh";
  TRY(check_person(desk.view, person));
  TRY(check_grants(desk.view, command.grants));
  if (TRY(find_login(desk.view, person.login))) {
    return refuse(ErrorCode::Duplicate, "person", "login");
  }
  if (person.id.is_nil()) person.id = desk.ids.next_id<PersonKind>();
  std::string id = person.id.text();
  store::Change change = change_of(desk, "person.create", "person", id);
  change.rows.push_back(insert_row("person", {"id", id},
                                   {{"login", person.login},
                                    {"name", person.name},
                                    {"org_path", person.org_path},
                                    {"phone", person.phone},
                                    {"state", std::string("active")},
                                    {"language", person.language},
                                    {"created_at", desk.now.ns},
                                    {"version", int64_t{1}}}));
  std::vector<Grant> done;
  for (const Grant& grant : command.grants) {
    if (std::ranges::find(done, grant) != done.end()) continue;
    change.rows.push_back(grant_row(RowChange::Kind::Insert, person.id, grant));
    done.push_back(grant);
  }
  if (!command.password_hash.empty()) {
    change.rows.push_back(hidden(insert_row("credential", {"person_id", id},
                                            {{"password_hash", command.password_hash},
                                             {"must_change", int64_t{command.must_change_password}},
                                             {"changed_at", desk.now.ns},
                                             {"version", int64_t{1}}})));
  }
  change.events.push_back(person_event(person.id, "active"));
  return change;
}

Result<store::Change> set_grants(const Desk& desk, PersonId person, std::vector<Grant> grants) {
  Rows rows = TRY(person_rows(desk.view, person));
  if (rows[0].text("state") != "active") return refuse(ErrorCode::WrongState, "has left", "person");
  TRY(check_grants(desk.view, grants));
  std::vector<Grant> before = TRY(grants_of(desk.view, person));
  store::Change change = change_of(desk, "person.grants", "person", person.text());
  for (const Grant& grant : before) {
    if (std::ranges::find(grants, grant) != grants.end()) continue;
    change.rows.push_back(grant_row(RowChange::Kind::Delete, person, grant));
  }
  for (const Grant& grant : grants) {
    if (std::ranges::find(before, grant) != before.end()) continue;
    change.rows.push_back(grant_row(RowChange::Kind::Insert, person, grant));
    before.push_back(grant);
  }
  change.events.push_back(person_event(person, "active"));
  return change;
}

Result<store::Change> leave(const Desk& desk, PersonId person) {
  Rows rows = TRY(person_rows(desk.view, person));
  if (rows[0].text("state") != "active") return refuse(ErrorCode::WrongState, "has left", "person");
  std::string id = person.text();
  store::Change change = change_of(desk, "person.leave", "person", id);
  change.rows.push_back({.kind = RowChange::Kind::Update,
                         .table = "person",
                         .key = {{"id", id}},
                         .cells = {{"state", std::string("left")}},
                         .version = rows[0].int64("version")});
  for (const Grant& grant : TRY(grants_of(desk.view, person))) {
    change.rows.push_back(grant_row(RowChange::Kind::Delete, person, grant));
  }
  TRY(end_rows(desk.view, {"SELECT id FROM session WHERE person_id = ?", {id}}, "session", change));
  TRY(end_rows(desk.view, {"SELECT id FROM api_token WHERE person_id = ?", {id}}, "api_token",
               change));
  TRY(end_factor(desk, person, change));
  TRY(end_links(desk, person, change));
  Rows credential =
      TRY(desk.view.query({"SELECT person_id FROM credential WHERE person_id = ?", {id}}));
  if (!credential.empty()) {
    change.rows.push_back(hidden(delete_row("credential", "person_id", id)));
  }
  change.events.push_back(person_event(person, "left"));
  return change;
}

Result<store::Change> set_language(const Desk& desk, PersonId person, std::string_view language) {
  Rows rows = TRY(person_rows(desk.view, person));
  std::string id = person.text();
  store::Change change = change_of(desk, "person.language", "person", id);
  change.rows.push_back({.kind = RowChange::Kind::Update,
                         .table = "person",
                         .key = {{"id", id}},
                         .cells = {{"language", std::string(language)}},
                         .version = rows[0].int64("version")});
  return change;
}

Result<std::vector<OrgUnit>> org_units(store::View& view) { return *TRY(known_units(view)); }

// shared: whoever reads it keeps it while the next one is made
Result<std::shared_ptr<const std::vector<OrgUnit>>> known_units(store::View& view) {
  auto read = [&]() -> Result<std::vector<OrgUnit>> {
    Rows rows = TRY(view.query({"SELECT * FROM org_unit"}));
    std::vector<OrgUnit> out;
    for (std::size_t i = 0; i < rows.size(); ++i) out.push_back(org_of(rows[i]));
    // Sorted here: the two databases do not collate alike.
    std::ranges::sort(out, {}, &OrgUnit::path);
    return out;
  };
  return store::remembered<std::vector<OrgUnit>>(view, "access.units", {"org_unit"}, read);
}

Result<std::string> unit_path(store::View& view, std::string_view code_or_path) {
  using Paths = store::ByText<std::string>;
  auto read = [&]() -> Result<Paths> {
    auto units = TRY(known_units(view));
    Paths paths;
    for (const OrgUnit& unit : *units) paths.emplace(unit.path, unit.path);
    for (const OrgUnit& unit : *units) paths.emplace(unit.code, unit.path);
    return paths;
  };
  auto paths = TRY(store::remembered<Paths>(view, "access.unit_paths", {"org_unit"}, read));
  auto found = paths->find(code_or_path);
  if (found == paths->end()) return refuse(ErrorCode::NotFound, "unit");
  return found->second;
}

Result<Person> find_person(store::View& view, PersonId id) {
  auto read = [&]() -> Result<Person> {
    Rows rows = TRY(person_rows(view, id));
    return person_of(rows[0]);
  };
  return *TRY(store::remembered<Person>(view, "access.person." + id.text(), {"person"}, read));
}

Result<std::optional<Person>> find_login(store::View& view, std::string_view login) {
  Rows rows = TRY(view.query({"SELECT * FROM person WHERE login = ?", {lower_ascii(login)}}));
  if (rows.empty()) return std::nullopt;
  return person_of(rows[0]);
}

Result<Json> list_people(store::View& view, std::string_view org_path, std::string_view q,
                         std::size_t count) {
  std::string like = "%";
  for (char c : lower_ascii(trim(q))) {
    if (c == '%' || c == '_' || c == '!') like += '!';
    like += c;
  }
  if (like.size() > 1) like += '%';
  std::string path(org_path.empty() ? "/" : org_path);
  int64_t most = static_cast<int64_t>(std::min(count, limits::kPageRowsMax));
  Rows rows = TRY(view.query(
      {"SELECT p.id, p.login, p.name, p.org_path, g.role, g.org_path AS at "
       "FROM (SELECT id, login, name, org_path "
       "FROM person WHERE state = 'active' "
       "AND substr(org_path, 1, length(CAST(? AS text))) = CAST(? AS text) "
       "AND (lower(name) LIKE ? ESCAPE '!' OR login LIKE ? ESCAPE '!') ORDER BY login LIMIT ?) p "
       "LEFT JOIN role_grant g ON g.person_id = p.id ORDER BY p.login, g.role, g.org_path",
       {path, path, like, like, most}}));
  Json out = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Row row = rows[i];
    Json::Array& list = out.as_array();
    if (list.empty() || list.back()["id"].as_text() != row.text("id")) {
      out.push(Json::object({{"id", row.text("id")},
                             {"login", row.text("login")},
                             {"name", row.text("name")},
                             {"org_path", row.text("org_path")},
                             {"roles", Json::array()}}));
    }
    if (row.is_null("role")) continue;
    Json roles = list.back()["roles"];
    roles.push(Json::object({{"role", row.text("role")}, {"org_path", row.text("at")}}));
    list.back().set("roles", std::move(roles));
  }
  return out;
}

Result<bool> has_people(store::View& view) {
  Rows rows = TRY(view.query({"SELECT id FROM person LIMIT 1"}));
  return !rows.empty();
}

Result<std::vector<PersonId>> holders(store::View& view, std::string_view role,
                                      std::string_view org_path) {
  // No LIKE: a unit's code may hold its wildcard "_".
  Rows rows = TRY(view.query(
      {"SELECT g.person_id, p.login FROM role_grant g JOIN person p ON p.id = g.person_id "
       "WHERE g.role = ? AND p.state = 'active' "
       "AND substr(CAST(? AS text), 1, length(g.org_path)) = g.org_path "
       "ORDER BY length(g.org_path) DESC, p.login LIMIT ?",
       {std::string(role), std::string(org_path.empty() ? "/" : org_path),
        static_cast<int64_t>(kHoldersMax)}}));
  std::vector<PersonId> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    PersonId id = TRY(PersonId::parse(rows[i].text("person_id")));
    if (std::ranges::find(out, id) == out.end()) out.push_back(id);
  }
  return out;
}

Result<std::map<std::string, int64_t>> holder_counts(store::View& view) {
  Rows rows = TRY(
      view.query({"SELECT g.role, COUNT(DISTINCT g.person_id) AS n FROM role_grant g "
                  "JOIN person p ON p.id = g.person_id WHERE p.state = 'active' GROUP BY g.role"}));
  std::map<std::string, int64_t> counts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    counts[rows[i].text("role")] = rows[i].int64("n");
  }
  return counts;
}

Result<Subject> subject_of(store::View& view, PersonId id) {
  Rows rows = TRY(view.query(
      {"SELECT p.login, p.name, p.org_path, p.language, c.must_change FROM person p "
       "LEFT JOIN credential c ON c.person_id = p.id WHERE p.id = ? AND p.state = 'active'",
       {id.text()}}));
  if (rows.empty()) return refuse(ErrorCode::NotFound, "person");
  Row row = rows[0];
  return Subject{.actor = {Actor::Kind::Person, id},
                 .person = id,
                 .login = row.text("login"),
                 .name = row.text("name"),
                 .org_path = row.text("org_path"),
                 .grants = TRY(grants_of(view, id)),
                 .language = row.text("language"),
                 .must_change_password = row.int64_or("must_change", 0) != 0};
}

}  // namespace anlan::access
