#pragma once
// Questions of an administrator about the permission matrix: who sees a field, why somebody does or
// does not, and what another set of roles would change. Data with keys; the sentences stand in the
// texts of the pages. docs/formats/roles.md.

#include <string>
#include <string_view>

#include "engine/engine.h"

namespace anlan::engine {

// Of one form (empty: the first): fields, states, nodes, and every role's modes by state.
Result<Json> policy_matrix(Engine& engine, const access::Subject& by, std::string_view form);
// {"rights":[...],"nodes":[...]}: each right of a role, and each node of the flow, that shows it.
Result<Json> who_sees(Engine& engine, const access::Subject& by, std::string_view form,
                      std::string_view field);
struct WhyWish {
  PersonId person;
  std::string form;
  std::string record;  // its id or its number
  std::string field;
};
// {"mode","is_reached","steps":[{"key",...}]}: every right and task of the person that bears on it.
Result<Json> why(Engine& engine, const access::Subject& by, const WhyWish& wish);
// What these roles would change against those in force: {"differences":[...]}.
Result<Json> policy_difference(Engine& engine, const access::Subject& by, const Json& roles);

// The same of two sets of packs, for the command line.
Json difference_of(const Packs& before, const Packs& after);

}  // namespace anlan::engine
