#include "access/sessions.h"

#include <utility>

#include "access/tables.h"
#include "core/check.h"
#include "core/hash.h"

namespace anlan::access {
namespace {

using store::Row;
using store::RowChange;
using store::Rows;

constexpr int64_t kSessionsPerPersonMax = 10;  // a phone, a desk, a spare; the oldest goes
constexpr int64_t kTokensPerPersonMax = 20;
constexpr Duration kTokenAgeMax = Duration::days(366);
constexpr int64_t kUnknownLoginsMax = 10'000;  // rows for accounts that are not there
constexpr std::size_t kTokenCharsMin = 32;     // less could be guessed: then it is our bug

std::string digest(std::string_view text) { return to_hex(sha256(text)); }

// How often a log-in has failed lately.
struct Failures {
  bool is_stored = false;
  int64_t count = 0;
  Instant last{};
  Instant locked_until{};
};

Result<Failures> failures_of(store::View& view, const std::string& login_sha256) {
  Rows rows =
      TRY(view.query({"SELECT failures, last_at, locked_until FROM login_failure "
                      "WHERE login_sha256 = ?",
                      {login_sha256}}));
  if (rows.empty()) return Failures{};
  return Failures{
      true, rows[0].int64("failures"), {rows[0].int64("last_at")}, {rows[0].int64("locked_until")}};
}

RowChange failure_row(const std::string& login_sha256, bool is_known, const Failures& failures) {
  RowChange row = hidden(insert_row("login_failure", {"login_sha256", login_sha256},
                                    {{"is_known", int64_t{is_known}},
                                     {"failures", failures.count},
                                     {"last_at", failures.last.ns},
                                     {"locked_until", failures.locked_until.ns}}));
  if (failures.is_stored) row.kind = RowChange::Kind::Update;
  return row;
}

// Guessing at accounts that are not there must not fill the disk. Real accounts are never dropped,
// so a flood of such guesses opens no lock.
Result<void> bound_failures(store::View& view, store::Change& change) {
  Rows count = TRY(view.query({"SELECT COUNT(*) AS count FROM login_failure WHERE is_known = 0"}));
  int64_t surplus = count[0].int64("count") + 1 - kUnknownLoginsMax;
  if (surplus <= 0) return {};
  Rows oldest =
      TRY(view.query({"SELECT login_sha256 FROM login_failure WHERE is_known = 0 "
                      "ORDER BY last_at LIMIT ?",
                      {surplus}}));
  for (std::size_t i = 0; i < oldest.size(); ++i) {
    change.rows.push_back(
        hidden(delete_row("login_failure", "login_sha256", oldest[i].text("login_sha256"))));
  }
  return {};
}

// For accounts that are not there the log keeps only what looks like one: people type their
// password into the wrong field.
void log_login(const Desk& desk, const LoginCommand& command, std::string_view outcome,
               store::Change& change) {
  std::string id = format_uuid(desk.ids.next());
  const PasswordCheck& check = command.check;
  bool is_shown = check.person.has_value() || is_word(check.login, "._-@", 64);
  bool is_address = is_word(command.address, ".:[]%-", 64);
  change.rows.push_back(
      insert_row("login_log", {"id", id},
                 {{"at", desk.now.ns},
                  {"login", is_shown ? check.login : std::string()},
                  {"person_id", check.person ? check.person->text() : std::string()},
                  {"outcome", std::string(outcome)},
                  {"client", command.client},
                  {"address", is_address ? command.address : std::string()}}));
  if (change.subject_id.empty()) change.subject_id = id;
  change.detail = Json::object({{"outcome", outcome}, {"client", command.client}});
}

LoginResult refuse_login(const Desk& desk, const LoginCommand& command, ErrorCode code,
                         store::Change rows) {
  store::Change change = change_of(desk, "login.refuse", "login", "");
  change.actor = Actor{.kind = Actor::Kind::Anonymous};
  change.append(std::move(rows));
  log_login(desk, command, code == ErrorCode::LockedOut ? "locked" : "wrong", change);
  return {.change = std::move(change), .answer = refuse(code)};
}

Result<LoginResult> fail(const Desk& desk, const LoginCommand& command, Failures failures,
                         const SessionRules& rules) {
  bool is_old = failures.last + rules.lock_out < desk.now;
  failures.count = is_old ? 1 : failures.count + 1;
  failures.last = desk.now;
  bool is_locked = failures.count >= rules.failures_max;
  if (is_locked) {
    failures.locked_until = desk.now + rules.lock_out;
    failures.count = 0;
  }
  store::Change rows;
  bool is_known = command.check.person.has_value();
  if (!failures.is_stored && !is_known) TRY(bound_failures(desk.view, rows));
  rows.rows.push_back(failure_row(digest(command.check.login), is_known, failures));
  ErrorCode code = is_locked ? ErrorCode::LockedOut : ErrorCode::LoginFailed;
  return refuse_login(desk, command, code, std::move(rows));
}

// The slow check was made outside of the commit: the person or the password may be gone by now.
Result<bool> still_holds(store::View& view, const PasswordCheck& check) {
  if (!check.is_right || !check.person) return false;
  Rows rows =
      TRY(view.query({"SELECT c.version FROM person p JOIN credential c ON "
                      "c.person_id = p.id WHERE p.id = ? AND p.state = 'active'",
                      {check.person->text()}}));
  return !rows.empty() && rows[0].int64("version") == check.credential_version;
}

Result<void> bound_sessions(const Desk& desk, PersonId person, const SessionRules& rules,
                            store::Change& change) {
  Rows rows =
      TRY(desk.view.query({"SELECT id, created_at FROM session WHERE person_id = ? "
                           "ORDER BY touched_at DESC",
                           {person.text()}}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bool is_old = Instant{rows[i].int64("created_at")} + rules.age_max < desk.now;
    bool is_surplus = static_cast<int64_t>(i) >= kSessionsPerPersonMax - 1;
    if (!is_old && !is_surplus) continue;
    change.rows.push_back(hidden(delete_row("session", "id", rows[i].text("id"))));
  }
  return {};
}

Result<LoginResult> open_session(const Desk& desk, const LoginCommand& command,
                                 const Failures& failures, const SessionRules& rules) {
  PersonId person = *command.check.person;
  SessionId id = desk.ids.next_id<SessionKind>();
  store::Change change = change_of(desk, "login.accept", "session", id.text());
  change.actor = Actor{Actor::Kind::Person, person};
  TRY(bound_sessions(desk, person, rules, change));
  if (failures.is_stored) {
    change.rows.push_back(
        hidden(delete_row("login_failure", "login_sha256", digest(command.check.login))));
  }
  change.rows.push_back(hidden(insert_row("session", {"id", id.text()},
                                          {{"person_id", person.text()},
                                           {"token_sha256", digest(command.token)},
                                           {"client", command.client},
                                           {"created_at", desk.now.ns},
                                           {"touched_at", desk.now.ns}})));
  log_login(desk, command, "accepted", change);
  return LoginResult{.change = std::move(change), .answer = id};
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
  std::string hash = digest(token);
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
  if (command.client != "m" && command.client != "desk") {
    return refuse(ErrorCode::BadField, "m or desk", "client");
  }
  Failures failures = TRY(failures_of(desk.view, digest(command.check.login)));
  if (failures.locked_until > desk.now) {
    return refuse_login(desk, command, ErrorCode::LockedOut, {});
  }
  if (!TRY(still_holds(desk.view, command.check))) return fail(desk, command, failures, rules);
  return open_session(desk, command, failures, rules);
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
  std::string hash = digest(token);
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
                                           {"token_sha256", digest(token)},
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
