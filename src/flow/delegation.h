#pragma once
// A person names somebody who gets his tasks for a time, of all forms or of some. Unlike an absence
// he stays able to act on what he has already.

#include <optional>
#include <string>
#include <vector>

#include "access/access.h"
#include "core/id.h"
#include "core/json.h"
#include "core/result.h"
#include "store/store.h"

namespace anlan::flow {

struct Delegation {
  PersonId deputy{};
  std::vector<std::string> forms;  // empty: all
  Instant from{};
  Instant until{};
  std::string reason;
};

// A change and the id of what it makes. BadField (deputy, until), LimitReached.
struct Delegated {
  store::Change change;
  std::string id;
};
Result<Delegated> set_delegation(const access::Desk& desk, PersonId person,
                                 const Delegation& delegation);
Result<store::Change> end_delegation(const access::Desk& desk, PersonId person,
                                     std::string_view id);  // NotFound
// [{"id","person","deputy","forms","from","until","reason"}] that the person set or that name him
// as the deputy, and that are not over.
Result<Json> delegations_of(store::View& view, PersonId person, Instant now);
// Who has the person's new tasks of this form now; nothing where nobody does.
Result<std::optional<PersonId>> delegate_of(store::View& view, PersonId person,
                                            std::string_view form, Instant now);

}  // namespace anlan::flow
