#pragma once
// The permission matrix: role x form x node x state to field modes, buttons and row scope.
// Compiled from the roles of the packs (docs/formats/roles.md); pure and fast.

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/identity.h"
#include "core/filter.h"
#include "core/json.h"
#include "core/result.h"

namespace anlan::access {

// In rising order. On disk in role files as "hidden", "masked", "read", "write".
enum class FieldMode { Hidden, Masked, Read, Write };

// Modes by field key. `fallback` holds for every field that is not named.
struct FieldModes {
  FieldMode fallback = FieldMode::Hidden;
  std::map<std::string, FieldMode, std::less<>> named{};

  FieldMode of(std::string_view field) const;
};

enum class Action { List, Read, Create, Update, Delete, Export, Press, Administer };

struct Ask {
  std::string form{};
  Action action = Action::Read;
  std::string button{};  // for Press
};

// What a flow node grants on top, to whoever holds an open task there (lowcode.md 5, rule 4).
struct NodeRights {
  FieldModes fields{};
  std::vector<std::string> buttons{};
};

struct Verdict {
  bool allowed = false;
  Filter scope{.kind = Filter::Kind::None};  // rows the caller reaches with this action
  FieldModes fields{};
  // What the caller may press on some record of the form. Ask for Press to learn on which ones.
  std::vector<std::string> buttons{};
  std::string reason{};  // English, for logs and for "why not"
};

class Policy {
 public:
  // roles: the parsed role files of all packs. BadPack names the role and member.
  static Result<Policy> compile(std::span<const Json> roles);

  // Union over the caller's grants. In the row scope, {"var":"me"} became the caller's id,
  // {"var":"my_orgs"} the paths of the grants that carry this role, {"var":"my_org"} the caller's
  // own path. A right whose scope names something that the caller does not have counts for nothing.
  // `node` is given when the caller holds an open task on the record that is asked for: it then
  // allows Read, Update (where the node lets a field be written) and Press (of the node's buttons)
  // and the scope becomes All, for that one record. It adds nothing to the other actions.
  Verdict may(const Subject& subject, const Ask& ask, const NodeRights* node = nullptr) const;

  // Roles with texts, as the packs give them: [{"id","name":{"zh","en"}}].
  const Json& roles() const { return roles_; }

 private:
  struct Rule;
  using Rules = std::map<std::string, std::vector<Rule>, std::less<>>;  // by role
  std::shared_ptr<const Rules> rules_;  // shared: copies of a Policy are cheap and read only
  Json roles_;
};

// False until a first password was changed: such a caller may change it and nothing else. `may`
// refuses everything too; the few things without a form are for api to refuse.
inline bool may_work(const Subject& subject) { return !subject.must_change_password; }

// Separation of duty: who did `earlier` may not do `later`. Both are flow node ids.
struct Participation {
  std::string node;
  PersonId person;
};
// SeparationOfDuty when `person` took part in any node of `excluded`.
Result<void> check_separation(PersonId person, std::span<const std::string> excluded,
                              std::span<const Participation> past);

}  // namespace anlan::access
