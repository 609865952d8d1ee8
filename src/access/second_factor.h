#pragma once
// The optional second factor: a code by time from an app (totp.h), or one of ten recovery codes. A
// log-in that lacks it opens half a session, which can do nothing but bring the code. The secret is
// stored sealed by a key that lies in a file beside the database, never in it.

#include <string>
#include <string_view>
#include <vector>

#include "access/people.h"
#include "access/sessions.h"
#include "core/random.h"
#include "core/result.h"
#include "store/store.h"

namespace anlan::access {

inline constexpr Duration kHalfAgeMax = Duration::minutes(10);  // to find the phone, and to set up
inline constexpr std::size_t kRecoveryCodes = 10;
inline constexpr std::size_t kFactorKeyBytes = 32;

struct FactorState {
  bool is_on = false;
  bool is_required = false;  // by a role, SessionRules::second_factor_roles
  int64_t codes_left = 0;
  Instant since{};
};
Result<FactorState> factor_state(store::View& view, PersonId person, const SessionRules& rules);

// XChaCha20-Poly1305; `person` is bound to it, so that no row works for somebody else.
struct SealWish {
  PersonId person;
  std::string key;  // kFactorKeyBytes
};
std::string seal_secret(const SealWish& wish, std::string_view secret, Random& random);
Result<std::string> open_secret(const SealWish& wish, std::string_view sealed);  // StoreFailed

// Who came half in. NotLoggedIn: unknown, or too old.
struct HalfSession {
  std::string id;
  PersonId person{};
  std::string client;
  std::string way;
};
Result<HalfSession> find_half(store::View& view, std::string_view token, Instant now);

// Kept until it is confirmed; another proposal replaces it. WrongState where a factor is on.
Result<store::Change> propose_factor(const Desk& desk, PersonId person, std::string sealed);

// What proves that somebody holds the factor. A wrong one is a failure that counts: the Change is
// committed, then the refusal is given, as with log-ins.
struct FactorProof {
  std::string code;  // of the app; a recovery code where that is said
  std::string key;
};
struct NewSession {
  std::string address;
  std::string token;  // fresh
};
// The second half of a log-in, by code or recovery code.
struct SecondLogin {
  std::string half;  // token
  FactorProof proof;
  NewSession session;
};
Result<LoginResult> login_second(const Desk& desk, const SecondLogin& command,
                                 const SessionRules& rules);

// The first code of the app turns the factor on. With a half-session it opens the whole one.
struct ConfirmFactor {
  PersonId person{};  // of a session; nil with `half`
  std::string half;   // token, or empty
  FactorProof proof;
  std::vector<std::string> recovery_codes;  // plain; their hashes are stored
  NewSession session;
};
Result<LoginResult> confirm_factor(const Desk& desk, const ConfirmFactor& command,
                                   const SessionRules& rules);

// Fresh recovery codes; the old ones end. By the app's code only.
Result<LoginResult> renew_codes(const Desk& desk, const FactorProof& proof,
                                const std::vector<std::string>& recovery_codes,
                                const SessionRules& rules);
// By its person, with code or recovery code. Forbidden where a role needs it.
Result<LoginResult> remove_own_factor(const Desk& desk, const FactorProof& proof,
                                      const SessionRules& rules);
// By an administrator, for a lost phone: it ends the person's sessions too. NotFound, WrongState.
Result<store::Change> remove_factor(const Desk& desk, PersonId person);

// Nothing of it stays: for whoever leaves.
Result<void> end_factor(const Desk& desk, PersonId person, store::Change& change);

}  // namespace anlan::access
