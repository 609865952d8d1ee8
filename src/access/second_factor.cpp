#include "access/second_factor.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "access/login_parts.h"
#include "access/tables.h"
#include "access/totp.h"
#include "core/check.h"

namespace anlan::access {
namespace {

using store::RowChange;
using store::Rows;

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kMacBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kFactorKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

struct Factor {
  bool is_there = false;
  bool is_on = false;
  std::string sealed{};
  uint64_t last_step = 0;
  Instant created{};
};

Result<Factor> factor_of(store::View& view, PersonId person) {
  Rows rows =
      TRY(view.query({"SELECT sealed, state, last_step, created_at FROM second_factor "
                      "WHERE person_id = ?",
                      {person.text()}}));
  if (rows.empty()) return Factor{};
  return Factor{.is_there = true,
                .is_on = rows[0].text("state") == "on",
                .sealed = rows[0].text("sealed"),
                .last_step = static_cast<uint64_t>(rows[0].int64("last_step")),
                .created = {rows[0].int64("created_at")}};
}

RowChange factor_row(PersonId person, std::vector<store::Cell> cells) {
  return hidden({.kind = RowChange::Kind::Update,
                 .table = "second_factor",
                 .key = {{"person_id", person.text()}},
                 .cells = std::move(cells)});
}

// What a right proof changes: the step that is used up, or the recovery code.
struct Proven {
  bool is_right = false;
  bool is_recovery = false;
  std::vector<RowChange> rows{};
};

Result<Proven> try_app_code(const Desk& desk, PersonId person, const Factor& factor,
                            const FactorProof& proof) {
  std::string secret = TRY(open_secret({.person = person, .key = proof.key}, factor.sealed));
  auto step = matching_step(secret, trim(proof.code), desk.now, factor.last_step);
  if (!step) return Proven{};
  return Proven{.is_right = true,
                .rows = {factor_row(person, {{"last_step", static_cast<int64_t>(*step)}})}};
}

Result<Proven> try_recovery_code(const Desk& desk, PersonId person, const FactorProof& proof) {
  std::string plain = plain_recovery_code(proof.code);
  if (plain.empty()) return Proven{};
  Rows rows =
      TRY(desk.view.query({"SELECT id FROM recovery_code WHERE person_id = ? AND code_sha256 = ?",
                           {person.text(), token_digest(plain)}}));
  if (rows.empty()) return Proven{};
  return Proven{.is_right = true,
                .is_recovery = true,
                .rows = {hidden(delete_row("recovery_code", "id", rows[0].text("id")))}};
}

Result<Proven> try_proof(const Desk& desk, PersonId person, const Factor& factor,
                         const FactorProof& proof) {
  if (!factor.is_on) return Proven{};
  Proven proven = TRY(try_app_code(desk, person, factor, proof));
  if (proven.is_right) return proven;
  return try_recovery_code(desk, person, proof);
}

Result<void> replace_codes(const Desk& desk, PersonId person, const std::vector<std::string>& codes,
                           store::Change& change) {
  CHECK(codes.size() == kRecoveryCodes, "ten recovery codes");
  TRY(end_rows(desk.view, {"SELECT id FROM recovery_code WHERE person_id = ?", {person.text()}},
               "recovery_code", change));
  for (const std::string& code : codes) {
    std::string plain = plain_recovery_code(code);
    CHECK(!plain.empty(), "a recovery code comes from new_recovery_code");
    change.rows.push_back(
        hidden(insert_row("recovery_code", {"id", format_uuid(desk.ids.next())},
                          {{"person_id", person.text()}, {"code_sha256", token_digest(plain)}})));
  }
  return {};
}

Result<Entrant> entrant_of(store::View& view, PersonId person, const NewSession& session) {
  Person found = TRY(find_person(view, person));
  if (found.state != "active") return refuse(ErrorCode::NotLoggedIn);
  return Entrant{.login = found.login,
                 .person = person,
                 .client = "desk",
                 .address = session.address,
                 .token = session.token,
                 .way = "password"};
}

Result<Entrant> entrant_of(store::View& view, const HalfSession& half, const NewSession& session) {
  CHECK(session.token.size() >= kTokenCharsMin, "a session token comes from random_token");
  Entrant entrant = TRY(entrant_of(view, half.person, session));
  entrant.client = half.client;
  entrant.way = half.way;
  return entrant;
}

void add(store::Change& change, std::vector<RowChange> rows) {
  for (RowChange& row : rows) change.rows.push_back(std::move(row));
}

// What somebody who is in does to the own factor, after a proof that counts.
struct OwnAct {
  std::string name;
  bool takes_recovery = false;
};
Result<LoginResult> act_on_own(const Desk& desk, const FactorProof& proof, const OwnAct& act,
                               const SessionRules& rules) {
  PersonId person = desk.actor.person;
  Factor factor = TRY(factor_of(desk.view, person));
  if (!factor.is_on) return refuse(ErrorCode::WrongState, "no second factor");
  Entrant entrant = TRY(entrant_of(desk.view, person, {}));
  Failures failures = TRY(failures_of(desk.view, factor_name(person)));
  if (failures.locked_until > desk.now) {
    return refuse_entry(desk, entrant, ErrorCode::LockedOut, {});
  }
  Proven proven = TRY(try_proof(desk, person, factor, proof));
  if (!proven.is_right || (proven.is_recovery && !act.takes_recovery)) {
    return fail_entry(desk, entrant, std::move(failures), rules);
  }
  store::Change change = change_of(desk, act.name, "person", person.text());
  add(change, std::move(proven.rows));
  forget_failures(failures, change);
  return LoginResult{.change = std::move(change), .answer = SessionId{}};
}

}  // namespace

std::string seal_secret(const SealWish& wish, std::string_view secret, Random& random) {
  CHECK(sodium_init() >= 0, "libsodium does not start");
  CHECK(wish.key.size() == kFactorKeyBytes, "the key has 32 bytes");
  std::string bound = wish.person.text();
  std::string out(kNonceBytes + secret.size() + kMacBytes, '\0');
  random.fill({reinterpret_cast<uint8_t*>(out.data()), kNonceBytes});
  unsigned long long length = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(out) + kNonceBytes, &length, raw(secret),
                                             secret.size(), raw(bound), bound.size(), nullptr,
                                             raw(out), raw(wish.key));
  return to_hex(out);
}

Result<std::string> open_secret(const SealWish& wish, std::string_view sealed) {
  CHECK(sodium_init() >= 0, "libsodium does not start");
  CHECK(wish.key.size() == kFactorKeyBytes, "the key has 32 bytes");
  std::string whole = from_hex(sealed);
  std::string bound = wish.person.text();
  if (whole.size() > kNonceBytes + kMacBytes) {
    std::string secret(whole.size() - kNonceBytes - kMacBytes, '\0');
    unsigned long long length = 0;
    int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
        raw(secret), &length, nullptr, raw(whole) + kNonceBytes, whole.size() - kNonceBytes,
        raw(bound), bound.size(), raw(whole), raw(wish.key));
    if (failed == 0) return secret;
  }
  return refuse(ErrorCode::StoreFailed, "a second factor that this key does not open");
}

Result<FactorState> factor_state(store::View& view, PersonId person, const SessionRules& rules) {
  Factor factor = TRY(factor_of(view, person));
  FactorState state{.is_on = factor.is_on, .since = factor.created};
  if (factor.is_on) {
    Rows left = TRY(view.query(
        {"SELECT COUNT(*) AS count FROM recovery_code WHERE person_id = ?", {person.text()}}));
    state.codes_left = left[0].int64("count");
  }
  if (rules.second_factor_roles.empty()) return state;
  Subject subject = TRY(subject_of(view, person));
  state.is_required = std::ranges::any_of(
      rules.second_factor_roles, [&](const std::string& role) { return subject.holds(role); });
  return state;
}

Result<HalfSession> find_half(store::View& view, std::string_view token, Instant now) {
  if (token.size() < kTokenCharsMin || token.size() > 128) return refuse(ErrorCode::NotLoggedIn);
  Rows rows =
      TRY(view.query({"SELECT id, person_id, client, way, created_at FROM half_session "
                      "WHERE token_sha256 = ?",
                      {token_digest(token)}}));
  if (rows.empty()) return refuse(ErrorCode::NotLoggedIn);
  if (Instant{rows[0].int64("created_at")} + kHalfAgeMax <= now) {
    return refuse(ErrorCode::NotLoggedIn);
  }
  PersonId person = TRY(PersonId::parse(rows[0].text("person_id")));
  return HalfSession{.id = rows[0].text("id"),
                     .person = person,
                     .client = rows[0].text("client"),
                     .way = rows[0].text("way")};
}

Result<store::Change> propose_factor(const Desk& desk, PersonId person, std::string sealed) {
  Factor factor = TRY(factor_of(desk.view, person));
  if (factor.is_on) return refuse(ErrorCode::WrongState, "a second factor is on");
  store::Change change = change_of(desk, "factor.propose", "person", person.text());
  change.is_housekeeping = true;
  std::vector<store::Cell> cells{{"sealed", std::move(sealed)},
                                 {"state", std::string("proposed")},
                                 {"last_step", int64_t{0}},
                                 {"created_at", desk.now.ns}};
  change.rows.push_back(
      factor.is_there
          ? factor_row(person, std::move(cells))
          : hidden(insert_row("second_factor", {"person_id", person.text()}, std::move(cells))));
  return change;
}

Result<LoginResult> login_second(const Desk& desk, const SecondLogin& command,
                                 const SessionRules& rules) {
  HalfSession half = TRY(find_half(desk.view, command.half, desk.now));
  Entrant entrant = TRY(entrant_of(desk.view, half, command.session));
  Failures failures = TRY(failures_of(desk.view, factor_name(half.person)));
  if (failures.locked_until > desk.now) {
    return refuse_entry(desk, entrant, ErrorCode::LockedOut, {});
  }
  Factor factor = TRY(factor_of(desk.view, half.person));
  Proven proven = TRY(try_proof(desk, half.person, factor, command.proof));
  if (!proven.is_right) return fail_entry(desk, entrant, std::move(failures), rules);
  LoginResult result = TRY(open_session(desk, entrant, rules));
  add(result.change, std::move(proven.rows));
  forget_failures(failures, result.change);
  result.change.rows.push_back(hidden(delete_row("half_session", "id", half.id)));
  result.change.detail.set("second", proven.is_recovery ? "recovery" : "app");
  return result;
}

Result<LoginResult> confirm_factor(const Desk& desk, const ConfirmFactor& command,
                                   const SessionRules& rules) {
  HalfSession half{.person = command.person};
  if (!command.half.empty()) half = TRY(find_half(desk.view, command.half, desk.now));
  Factor factor = TRY(factor_of(desk.view, half.person));
  if (!factor.is_there) return refuse(ErrorCode::WrongState, "nothing was proposed");
  if (factor.is_on) return refuse(ErrorCode::WrongState, "a second factor is on");
  Proven proven = TRY(try_app_code(desk, half.person, factor, command.proof));
  // No guess: whoever types it has just been shown the secret.
  if (!proven.is_right) return refuse(ErrorCode::BadField, "not the code of this moment", "code");
  Desk own = desk;
  own.actor = Actor{Actor::Kind::Person, half.person};
  store::Change on = change_of(own, "factor.set_up", "person", half.person.text());
  add(on, std::move(proven.rows));
  on.rows.front().cells.push_back({"state", std::string("on")});
  on.rows.front().cells.push_back({"created_at", desk.now.ns});
  TRY(replace_codes(desk, half.person, command.recovery_codes, on));
  if (command.half.empty()) return LoginResult{.change = std::move(on), .answer = SessionId{}};
  Entrant entrant = TRY(entrant_of(desk.view, half, command.session));
  LoginResult result = TRY(open_session(desk, entrant, rules));
  result.change.detail.set("second", "set_up");
  on.append(std::move(result.change));
  on.rows.push_back(hidden(delete_row("half_session", "id", half.id)));
  return LoginResult{.change = std::move(on), .answer = result.answer};
}

Result<LoginResult> renew_codes(const Desk& desk, const FactorProof& proof,
                                const std::vector<std::string>& recovery_codes,
                                const SessionRules& rules) {
  LoginResult result = TRY(act_on_own(desk, proof, {.name = "factor.codes"}, rules));
  if (result.answer) {
    TRY(replace_codes(desk, desk.actor.person, recovery_codes, result.change));
  }
  return result;
}

Result<LoginResult> remove_own_factor(const Desk& desk, const FactorProof& proof,
                                      const SessionRules& rules) {
  FactorState state = TRY(factor_state(desk.view, desk.actor.person, rules));
  if (state.is_required) return refuse(ErrorCode::Forbidden, "a role needs a second factor");
  OwnAct act{.name = "factor.remove", .takes_recovery = true};
  LoginResult result = TRY(act_on_own(desk, proof, act, rules));
  if (!result.answer) return result;
  // The whole goes, and with it what the proof would have used up.
  std::erase_if(result.change.rows, [](const RowChange& row) {
    return row.table == "second_factor" || row.table == "recovery_code";
  });
  TRY(end_factor(desk, desk.actor.person, result.change));
  return result;
}

Result<store::Change> remove_factor(const Desk& desk, PersonId person) {
  Person found = TRY(find_person(desk.view, person));
  Factor factor = TRY(factor_of(desk.view, person));
  if (!factor.is_on) return refuse(ErrorCode::WrongState, "no second factor");
  store::Change change = change_of(desk, "factor.remove", "person", found.id.text());
  change.detail = Json::object({{"by", "administrator"}});
  TRY(end_factor(desk, person, change));
  TRY(end_rows(desk.view, {"SELECT id FROM session WHERE person_id = ?", {person.text()}},
               "session", change));
  return change;
}

Result<void> end_factor(const Desk& desk, PersonId person, store::Change& change) {
  std::string id = person.text();
  TRY(end_rows(desk.view, {"SELECT id FROM half_session WHERE person_id = ?", {id}}, "half_session",
               change));
  TRY(end_rows(desk.view, {"SELECT id FROM recovery_code WHERE person_id = ?", {id}},
               "recovery_code", change));
  Factor factor = TRY(factor_of(desk.view, person));
  if (factor.is_there) {
    change.rows.push_back(hidden(delete_row("second_factor", "person_id", id)));
  }
  return {};
}

}  // namespace anlan::access
