#pragma once
// What every way in has in common: counting failures, opening a session, the log of log-ins.
// Room-internal.

#include <optional>
#include <string>
#include <string_view>

#include "access/sessions.h"
#include "access/tables.h"

namespace anlan::access {

inline constexpr std::size_t kTokenCharsMin = 32;  // less could be guessed: then it is our bug

std::string token_digest(std::string_view text);  // SHA-256, hex

// How often a way in has failed lately. `name` is what the row's key is made of: a log-in, or
// factor_name of a person.
struct Failures {
  std::string name{};
  bool is_stored = false;
  int64_t count = 0;
  Instant last{};
  Instant locked_until{};
};
Result<Failures> failures_of(store::View& view, std::string name);
std::string factor_name(PersonId person);
// Forgets them, where there are any.
void forget_failures(const Failures& failures, store::Change& change);

Result<void> check_client(std::string_view client);  // "m", "desk"

// Somebody at the door.
struct Entrant {
  std::string login{};
  std::optional<PersonId> person{};
  std::string client{};
  std::string address{};
  std::string token{};  // of the session that would be opened
  std::string way{};    // "password", "provider"
};
void log_entry(const Desk& desk, const Entrant& entrant, std::string_view outcome,
               store::Change& change);
LoginResult refuse_entry(const Desk& desk, const Entrant& entrant, ErrorCode code,
                         store::Change rows);
// One more failure: LoginFailed, or LockedOut when it was one too many.
Result<LoginResult> fail_entry(const Desk& desk, const Entrant& entrant, Failures failures,
                               const SessionRules& rules);
// A session in which everything is allowed that the person may.
Result<LoginResult> open_session(const Desk& desk, const Entrant& entrant,
                                 const SessionRules& rules);
// A session, or half of one where a second factor is still wanted.
Result<LoginResult> let_in(const Desk& desk, const Entrant& entrant, const SessionRules& rules);

}  // namespace anlan::access
