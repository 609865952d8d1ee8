#pragma once
// Accounts of a log-in provider that are people here, by issuer and subject. Nobody is made by a
// log-in: the first one finds a person whose log-in is the configured claim, or is refused.

#include <string>

#include "access/oidc.h"
#include "access/people.h"
#include "access/sessions.h"
#include "core/result.h"

namespace anlan::access {

struct ProviderLogin {
  Identity identity;
  std::string client;           // "m" or "desk"
  std::string address;          // for the log of log-ins
  std::string token;            // fresh
  bool is_second_done = false;  // the provider's second factor counts
};
// Forbidden, with an entry in the log, where nobody here is meant, or the person is linked to
// another account of that provider already.
Result<LoginResult> login_by_provider(const Desk& desk, const ProviderLogin& command,
                                      const SessionRules& rules);
// Forgets the person's accounts: the next log-in links anew. Ends the sessions; WrongState where
// there is no link.
Result<store::Change> unlink(const Desk& desk, PersonId person);
Result<void> end_links(const Desk& desk, PersonId person, store::Change& change);

}  // namespace anlan::access
