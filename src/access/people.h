#pragma once
// The organisation tree, people and their grants. Deciders return Changes; refusals name the field.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/identity.h"
#include "core/id.h"
#include "core/json.h"
#include "core/result.h"
#include "core/text.h"
#include "store/store.h"

namespace anlan::access {

// group > company > plant > workshop > team > post. Stored; never rename.
struct OrgUnit {
  OrgId id{};
  std::string code;  // unique, [A-Za-z0-9_-]{1,32}
  std::string kind;  // "group", "company", "plant", "workshop", "team", "post"
  LocalText name;
  std::string parent_code;         // empty at the top
  std::string path;                // "/AL/WS1/T2/", built from codes
  std::optional<PersonId> head{};  // whom those of the unit report to; set_head writes it
};

struct Person {
  PersonId id{};
  std::string login;  // unique, lower case
  std::string name;
  std::string org_path;
  std::string phone;
  std::string state;  // "active", "left"
  std::string language;
};

std::vector<store::Migration> migrations();

// What a decider needs besides its command.
struct Desk {
  store::View& view;
  Actor actor;
  Instant now;
  IdMaker& ids;
};

// Below its parent in the order above; `path` is computed, not taken. BadField, Duplicate.
Result<store::Change> create_org(const Desk& desk, const OrgUnit& unit);
// Without a password_hash nobody can log in as this person before one is set.
struct NewPerson {
  Person person;
  std::string password_hash;  // of hash_password, or empty
  std::vector<Grant> grants;
  bool must_change_password = true;
};
Result<store::Change> create_person(const Desk& desk, const NewPerson& person);
Result<store::Change> set_grants(const Desk& desk, PersonId person, std::vector<Grant> grants);
// Ends sessions, tokens, grants and the password; the name stays on what the person did.
Result<store::Change> leave(const Desk& desk, PersonId person);

Result<std::vector<OrgUnit>> org_units(store::View& view);  // by path: parents first
// The same without a copy: shared with whoever reads it, until a unit changes.
Result<std::shared_ptr<const std::vector<OrgUnit>>> known_units(store::View& view);
Result<std::string> unit_path(store::View& view, std::string_view code_or_path);  // NotFound
Result<Person> find_person(store::View& view, PersonId id);  // NotFound; finds who left, too
Result<std::optional<Person>> find_login(store::View& view, std::string_view login);
Result<bool> has_people(store::View& view);
Result<store::Change> set_language(const Desk& desk, PersonId person, std::string_view language);
// {"id","login","name","org_path","roles":[{"role","org_path"}]}; q matches name or login.
Result<Json> list_people(store::View& view, std::string_view org_path, std::string_view q,
                         std::size_t count);
// Nothing takes the head away. NotFound (unit), BadField (person: nobody active).
Result<store::Change> set_head(const Desk& desk, std::string_view code,
                               std::optional<PersonId> head);
struct Superior {
  PersonId person{};
  std::string unit_kind;
};
// Heads of the units that a person stands in, the nearest first; never the person himself, nobody
// who has left, nobody twice.
Result<std::vector<Superior>> superiors(store::View& view, PersonId person);
// Active people of a unit and of those below it, by login.
Result<std::vector<PersonId>> people_under(store::View& view, std::string_view org_path,
                                           std::size_t count);
// Active holders of a role whose grant covers org_path, nearest grant first, then by login.
Result<std::vector<PersonId>> holders(store::View& view, std::string_view role,
                                      std::string_view org_path);
// Grants as they are now. NotFound also for a person who has left.
Result<Subject> subject_of(store::View& view, PersonId person);
// How many people at work hold each role, wherever.
Result<std::map<std::string, int64_t>> holder_counts(store::View& view);

}  // namespace anlan::access
