#include "access/sessions.h"

#include <utility>

#include "access/login_parts.h"
#include "access/tables.h"
#include "core/check.h"

namespace anlan::access {
namespace {

using store::Row;
using store::RowChange;
using store::Rows;

constexpr int64_t kTokensPerPersonMax = 20;
constexpr Duration kTokenAgeMax = Duration::days(366);

// The slow check was made outside of the commit: the person or the password may be gone by now.
Result<bool> still_holds(store::View& view, const PasswordCheck& check) {
  if (!check.is_right || !check.person) return false;
  Rows rows =
      TRY(view.query({"SELECT c.version FROM person p JOIN credential c ON "
                      "c.person_id = p.id WHERE p.id = ? AND p.state = 'active'",
                      {check.person->text()}}));
  return !rows.empty() && rows[0].int64("version") == check.credential_version;
}

// Kept in memory until anybody's account, grants or password change.
Result<Subject> subject_for(store::View& view, const std::string& person_text) {
  auto read = [&]() -> Result<Subject> {
    PersonId person = TRY(PersonId::parse(person_text));
    Result<Subject> subject = subject_of(view, person);
    if (!subject && subject.error().code == ErrorCode::NotFound) {
      return refuse(ErrorCode::NotLoggedIn);
    }
    return subject;
  };
  return *TRY(store::remembered<Subject>(view, "access.subject." + person_text,
                                         {"person", "role_grant", "credential"}, read));
}

struct KnownToken {
  std::string person{};
  Instant expires{};
};

Result<KnownToken> token_row(store::View& view, const std::string& token_sha256) {
  Rows rows = TRY(view.query(
      {"SELECT person_id, expires_at FROM api_token WHERE token_sha256 = ?", {token_sha256}}));
  if (rows.empty()) return refuse(ErrorCode::NotLoggedIn);
  return KnownToken{rows[0].text("person_id"), {rows[0].int64("expires_at")}};
}

Result<Subject> authenticate_token(store::View& view, std::string_view token, Instant now) {
  std::string hash = token_digest(token);
  auto known = TRY(store::remembered<KnownToken>(view, "access.token." + hash, {"api_token"},
                                                 [&] { return token_row(view, hash); }));
  if (known->expires <= now) return refuse(ErrorCode::NotLoggedIn);
  Subject subject = TRY(subject_for(view, known->person));
  subject.actor.kind = Actor::Kind::Token;
  return subject;
}

struct KnownSession {
  SessionId id{};
  std::string person{};
  std::string client{};
  Instant created{};
  Instant touched{};
};

Result<KnownSession> session_row(store::View& view, const std::string& token_sha256) {
  Rows rows =
      TRY(view.query({"SELECT id, person_id, client, created_at, touched_at FROM session "
                      "WHERE token_sha256 = ?",
                      {token_sha256}}));
  if (rows.empty()) return refuse(ErrorCode::NotLoggedIn);
  Row row = rows[0];
  return KnownSession{.id = TRY(SessionId::parse(row.text("id"))),
                      .person = row.text("person_id"),
                      .client = row.text("client"),
                      .created = {row.int64("created_at")},
                      .touched = {row.int64("touched_at")}};
}

}  // namespace

Result<LoginResult> login(const Desk& desk, const LoginCommand& command,
                          const SessionRules& rules) {
  CHECK(command.token.size() >= kTokenCharsMin, "a session token comes from random_token");
  TRY(check_client(command.client));
  Entrant entrant{.login = command.check.login,
                  .person = command.check.person,
                  .client = command.client,
                  .address = command.address,
                  .token = command.token,
                  .way = "password"};
  Failures failures = TRY(failures_of(desk.view, command.check.login));
  if (failures.locked_until > desk.now) {
    return refuse_entry(desk, entrant, ErrorCode::LockedOut, {});
  }
  if (!TRY(still_holds(desk.view, command.check))) {
    return fail_entry(desk, entrant, std::move(failures), rules);
  }
  LoginResult result = TRY(command.is_second_done ? open_session(desk, entrant, rules)
                                                  : let_in(desk, entrant, rules));
  forget_failures(failures, result.change);
  return result;
}

Result<std::string> way_of(store::View& view, SessionId session) {
  Rows rows = TRY(view.query({"SELECT way FROM session WHERE id = ?", {session.text()}}));
  if (rows.empty()) return refuse(ErrorCode::NotLoggedIn);
  return rows[0].text_or("way", "password");
}

Result<store::Change> logout(const Desk& desk, SessionId session) {
  Rows rows = TRY(desk.view.query({"SELECT id FROM session WHERE id = ?", {session.text()}}));
  if (rows.empty()) return refuse(ErrorCode::NotLoggedIn);
  store::Change change = change_of(desk, "login.end", "session", session.text());
  change.rows.push_back(hidden(delete_row("session", "id", session.text())));
  return change;
}

Result<store::Change> change_password(const Desk& desk, PersonId person, std::string new_hash,
                                      std::optional<SessionId> keep) {
  CHECK(new_hash.starts_with("$argon2id$"), "a hash comes from hash_password");
  Person found = TRY(find_person(desk.view, person));
  if (found.state != "active") return refuse(ErrorCode::WrongState, "has left", "person");
  std::string id = person.text();
  store::Change change = change_of(desk, "person.password", "person", id);
  bool is_own = desk.actor.kind == Actor::Kind::Person && desk.actor.person == person;
  Rows rows = TRY(desk.view.query({"SELECT version FROM credential WHERE person_id = ?", {id}}));
  RowChange row = hidden(insert_row("credential", {"person_id", id},
                                    {{"password_hash", std::move(new_hash)},
                                     {"must_change", int64_t{!is_own}},
                                     {"changed_at", desk.now.ns}}));
  if (rows.empty()) {
    row.cells.push_back({"version", int64_t{1}});
  } else {
    row.kind = RowChange::Kind::Update;
    row.version = rows[0].int64("version");
  }
  change.rows.push_back(std::move(row));
  TRY(end_rows(desk.view,
               {"SELECT id FROM session WHERE person_id = ? AND id <> ?",
                {id, keep ? keep->text() : std::string()}},
               "session", change));
  return change;
}

Result<Subject> authenticate(store::View& view, std::string_view token, Instant now,
                             const SessionRules& rules) {
  if (token.size() < kTokenCharsMin || token.size() > 128) return refuse(ErrorCode::NotLoggedIn);
  if (token.starts_with(kTokenPrefix)) return authenticate_token(view, token, now);
  std::string hash = token_digest(token);
  // Every log-in, log-out and sign of life changes the table, so what is kept is never older.
  auto known = TRY(store::remembered<KnownSession>(view, "access.session." + hash, {"session"},
                                                   [&] { return session_row(view, hash); }));
  Duration idle_max = known->client == "m" ? rules.idle_max_phone : rules.idle_max;
  bool is_idle = known->touched + idle_max <= now;
  bool is_old = known->created + rules.age_max <= now;
  if (is_idle || is_old) return refuse(ErrorCode::NotLoggedIn);
  Subject subject = TRY(subject_for(view, known->person));
  subject.session = known->id;
  return subject;
}

Result<std::optional<store::Change>> touch(const Desk& desk, SessionId session) {
  Rows rows =
      TRY(desk.view.query({"SELECT touched_at FROM session WHERE id = ?", {session.text()}}));
  if (rows.empty()) return std::nullopt;
  if (Instant{rows[0].int64("touched_at")} + Duration::minutes(1) > desk.now) return std::nullopt;
  store::Change change = change_of(desk, "login.touch", "session", session.text());
  change.rows.push_back(hidden({.kind = RowChange::Kind::Update,
                                .table = "session",
                                .key = {{"id", session.text()}},
                                .cells = {{"touched_at", desk.now.ns}}}));
  change.is_housekeeping = true;
  return change;
}

Result<store::Change> create_token(const Desk& desk, PersonId person, std::string_view name,
                                   std::string_view token, Instant expires) {
  CHECK(token.starts_with(kTokenPrefix) && token.size() >= kTokenCharsMin + kTokenPrefix.size(),
        "an API token is kTokenPrefix and random_token");
  if (!is_label(name, 60)) return refuse(ErrorCode::BadField, "1 to 60 characters", "name");
  if (expires <= desk.now || expires > desk.now + kTokenAgeMax) {
    return refuse(ErrorCode::BadField, "within a year", "expires");
  }
  Person found = TRY(find_person(desk.view, person));
  if (found.state != "active") return refuse(ErrorCode::WrongState, "has left", "person");
  Rows count = TRY(desk.view.query(
      {"SELECT COUNT(*) AS count FROM api_token WHERE person_id = ?", {person.text()}}));
  if (count[0].int64("count") >= kTokensPerPersonMax) {
    return refuse(ErrorCode::LimitReached, "tokens of one person");
  }
  std::string id = format_uuid(desk.ids.next());
  store::Change change = change_of(desk, "token.create", "api_token", id);
  change.rows.push_back(hidden(insert_row("api_token", {"id", id},
                                          {{"person_id", person.text()},
                                           {"name", std::string(name)},
                                           {"token_sha256", token_digest(token)},
                                           {"created_at", desk.now.ns},
                                           {"expires_at", expires.ns}})));
  change.detail = Json::object({{"person", person.text()}});
  return change;
}

Result<store::Change> revoke_token(const Desk& desk, std::string_view token_id) {
  Rows rows = TRY(desk.view.query({"SELECT id FROM api_token WHERE id = ? AND person_id = ?",
                                   {std::string(token_id), desk.actor.person.text()}}));
  if (rows.empty()) return refuse(ErrorCode::NotFound, "token");
  store::Change change = change_of(desk, "token.revoke", "api_token", std::string(token_id));
  change.rows.push_back(hidden(delete_row("api_token", "id", std::string(token_id))));
  return change;
}

Result<Json> tokens_of(store::View& view, PersonId person) {
  Rows rows =
      TRY(view.query({"SELECT id, name, created_at, expires_at FROM api_token "
                      "WHERE person_id = ? ORDER BY created_at, id LIMIT 200",
                      {person.text()}}));
  Json list = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    list.push(Json::object({{"id", rows[i].text("id")},
                            {"name", rows[i].text("name")},
                            {"created_at", format_instant({rows[i].int64("created_at")})},
                            {"expires_at", format_instant({rows[i].int64("expires_at")})}}));
  }
  return list;
}

}  // namespace anlan::access
