#pragma once
// Log-in, sessions, tokens: Argon2id (19 MiB, t = 2, at most 2 at a time), lock-out, idle time-out,
// forced change of first passwords, a log of log-ins (GB/T 22239-2019, level 2, 7.1.4.1).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/identity.h"
#include "access/people.h"
#include "core/random.h"
#include "core/result.h"
#include "store/store.h"

namespace anlan::access {

struct SessionRules {
  int failures_max = 5;
  Duration lock_out = Duration::minutes(15);
  Duration idle_max = Duration::minutes(30);      // desk
  Duration idle_max_phone = Duration::hours(12);  // one shift
  Duration age_max = Duration::days(7);
  int password_chars_min = 8;                      // and three of: lower, upper, digit, other
  std::vector<std::string> second_factor_roles{};  // who holds one of these needs a second factor
};

// Slow (about 40 ms) and bounded: call it on an api thread, never in engine. Overloaded when too
// many wait.
Result<std::string> hash_password(std::string_view password);
Result<void> check_password_strength(std::string_view password, std::string_view login,
                                     const SessionRules& rules);

// What the slow part found out; the fast decider turns it into a Change.
struct PasswordCheck {
  std::string login;
  std::optional<PersonId> person;  // nothing: no such active person
  bool is_right = false;
  int64_t credential_version = 0;  // login refuses when the password was changed in between
};
Result<PasswordCheck> check_password(store::View& view, std::string_view login,
                                     std::string_view password);

// Slow and bounded as above: whether this is the person's present password, so that a forced change
// is a real one.
Result<bool> is_password_of(store::View& view, PersonId person, std::string_view password);

struct LoginCommand {
  PasswordCheck check;
  std::string client;           // "m" or "desk": decides the idle limit
  std::string address;          // kept in the log of log-ins only
  std::string token;            // fresh random text; only its SHA-256 is stored
  bool is_second_done = false;  // the person has just changed the password in a whole session
};
// What is still wanted of who came half in.
enum class NextStep { None, SecondFactor, SetUpFactor };
// A failed log-in is also a Change (the log, the counter): the Change is committed, then the
// refusal in `answer` is given: LoginFailed or LockedOut, the same time and words for unknown
// accounts.
struct LoginResult {
  store::Change change;
  Result<SessionId> answer;  // nil with a step to come: then `token` is that of half a session
  NextStep next = NextStep::None;
};
Result<LoginResult> login(const Desk& desk, const LoginCommand& command, const SessionRules& rules);
Result<store::Change> logout(const Desk& desk, SessionId session);
// "password" or "provider". NotLoggedIn where it has ended.
Result<std::string> way_of(store::View& view, SessionId session);
// Ends the person's sessions except `keep`. Set by anybody else it is a first password again.
Result<store::Change> change_password(const Desk& desk, PersonId person, std::string new_hash,
                                      std::optional<SessionId> keep = {});

// The caller of a request. NotLoggedIn when unknown, idle too long or too old.
Result<Subject> authenticate(store::View& view, std::string_view token, Instant now,
                             const SessionRules& rules);
// Nothing, or the private Change that notes activity (at most one a minute).
Result<std::optional<store::Change>> touch(const Desk& desk, SessionId session);

// The clock stepped by so much: sessions and locks keep the time that they had left. Housekeeping;
// nothing where there is none.
Result<std::optional<store::Change>> follow_clock(store::View& view, Duration step, Instant now);

// API tokens: kTokenPrefix + random_token, for one person, ending at `expires` within a year. The
// subject_id of the Change is the token's id.
inline constexpr std::string_view kTokenPrefix = "anlan_";
Result<store::Change> create_token(const Desk& desk, PersonId person, std::string_view name,
                                   std::string_view token, Instant expires);
// Only the person's own; NotFound for others.
Result<store::Change> revoke_token(const Desk& desk, std::string_view token_id);

// [{"id","name","created_at","expires_at"}], oldest first.
Result<Json> tokens_of(store::View& view, PersonId person);

std::string random_token(Random& random);  // 256 bits, base64url

}  // namespace anlan::access
