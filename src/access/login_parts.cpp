#include "access/login_parts.h"

#include <utility>

#include "access/second_factor.h"
#include "core/hash.h"

namespace anlan::access {
namespace {

using store::RowChange;
using store::Rows;

constexpr int64_t kSessionsPerPersonMax = 10;  // a phone, a desk, a spare; the oldest goes
constexpr int64_t kUnknownLoginsMax = 10'000;  // rows for accounts that are not there

RowChange failure_row(bool is_known, const Failures& failures) {
  RowChange row = hidden(insert_row("login_failure", {"login_sha256", token_digest(failures.name)},
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

}  // namespace

std::string token_digest(std::string_view text) { return to_hex(sha256(text)); }

Result<Failures> failures_of(store::View& view, std::string name) {
  Failures out{.name = std::move(name)};
  Rows rows =
      TRY(view.query({"SELECT failures, last_at, locked_until FROM login_failure "
                      "WHERE login_sha256 = ?",
                      {token_digest(out.name)}}));
  if (rows.empty()) return out;
  out.is_stored = true;
  out.count = rows[0].int64("failures");
  out.last = {rows[0].int64("last_at")};
  out.locked_until = {rows[0].int64("locked_until")};
  return out;
}

// No log-in has a blank in it.
std::string factor_name(PersonId person) { return "second factor " + person.text(); }

void forget_failures(const Failures& failures, store::Change& change) {
  if (!failures.is_stored) return;
  change.rows.push_back(
      hidden(delete_row("login_failure", "login_sha256", token_digest(failures.name))));
}

Result<void> check_client(std::string_view client) {
  if (client == "m" || client == "desk") return {};
  return refuse(ErrorCode::BadField, "m or desk", "client");
}

// For accounts that are not there the log keeps only what looks like one: people type their
// password into the wrong field.
void log_entry(const Desk& desk, const Entrant& entrant, std::string_view outcome,
               store::Change& change) {
  std::string id = format_uuid(desk.ids.next());
  bool is_shown = entrant.person.has_value() || is_word(entrant.login, "._-@", 64);
  bool is_address = is_word(entrant.address, ".:[]%-", 64);
  change.rows.push_back(
      insert_row("login_log", {"id", id},
                 {{"at", desk.now.ns},
                  {"login", is_shown ? entrant.login : std::string()},
                  {"person_id", entrant.person ? entrant.person->text() : std::string()},
                  {"outcome", std::string(outcome)},
                  {"client", entrant.client},
                  {"address", is_address ? entrant.address : std::string()}}));
  if (change.subject_id.empty()) change.subject_id = id;
  change.detail = Json::object({{"outcome", outcome}, {"client", entrant.client}});
  if (entrant.way != "password") change.detail.set("way", entrant.way);
}

LoginResult refuse_entry(const Desk& desk, const Entrant& entrant, ErrorCode code,
                         store::Change rows) {
  store::Change change = change_of(desk, "login.refuse", "login", "");
  change.actor = Actor{.kind = Actor::Kind::Anonymous};
  change.append(std::move(rows));
  std::string_view outcome = "wrong";
  if (code == ErrorCode::LockedOut) outcome = "locked";
  if (code == ErrorCode::Forbidden) outcome = "unknown";
  log_entry(desk, entrant, outcome, change);
  return {.change = std::move(change), .answer = refuse(code)};
}

Result<LoginResult> fail_entry(const Desk& desk, const Entrant& entrant, Failures failures,
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
  bool is_known = entrant.person.has_value();
  if (!failures.is_stored && !is_known) TRY(bound_failures(desk.view, rows));
  rows.rows.push_back(failure_row(is_known, failures));
  ErrorCode code = is_locked ? ErrorCode::LockedOut : ErrorCode::LoginFailed;
  return refuse_entry(desk, entrant, code, std::move(rows));
}

Result<LoginResult> open_session(const Desk& desk, const Entrant& entrant,
                                 const SessionRules& rules) {
  PersonId person = *entrant.person;
  SessionId id = desk.ids.next_id<SessionKind>();
  store::Change change = change_of(desk, "login.accept", "session", id.text());
  change.actor = Actor{Actor::Kind::Person, person};
  TRY(bound_sessions(desk, person, rules, change));
  change.rows.push_back(hidden(insert_row("session", {"id", id.text()},
                                          {{"person_id", person.text()},
                                           {"token_sha256", token_digest(entrant.token)},
                                           {"client", entrant.client},
                                           {"created_at", desk.now.ns},
                                           {"touched_at", desk.now.ns},
                                           {"way", entrant.way}})));
  log_entry(desk, entrant, "accepted", change);
  return LoginResult{.change = std::move(change), .answer = id};
}

Result<LoginResult> let_in(const Desk& desk, const Entrant& entrant, const SessionRules& rules) {
  FactorState state = TRY(factor_state(desk.view, *entrant.person, rules));
  if (!state.is_on && !state.is_required) return open_session(desk, entrant, rules);
  std::string id = format_uuid(desk.ids.next());
  store::Change change = change_of(desk, "login.half", "session", id);
  change.actor = Actor{Actor::Kind::Person, *entrant.person};
  // One at a time, and none that is over stays.
  Instant oldest = desk.now - kHalfAgeMax;
  TRY(end_rows(desk.view,
               {"SELECT id FROM half_session WHERE person_id = ? OR created_at < ? LIMIT 1000",
                {entrant.person->text(), oldest.ns}},
               "half_session", change));
  change.rows.push_back(hidden(insert_row("half_session", {"id", id},
                                          {{"person_id", entrant.person->text()},
                                           {"token_sha256", token_digest(entrant.token)},
                                           {"client", entrant.client},
                                           {"way", entrant.way},
                                           {"created_at", desk.now.ns}})));
  log_entry(desk, entrant, "half", change);
  return LoginResult{.change = std::move(change),
                     .answer = SessionId{},
                     .next = state.is_on ? NextStep::SecondFactor : NextStep::SetUpFactor};
}

}  // namespace anlan::access
