#pragma once
// The permission matrix: role x form x node x state to field modes, buttons and row scope.
// Compiled from the roles of the packs (docs/formats/roles.md); pure and fast.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/identity.h"
#include "access/modes.h"
#include "core/filter.h"
#include "core/json.h"
#include "core/result.h"

namespace anlan::access {

// Aggregate is for counts and figures, as Export is for what leaves the system.
enum class Action { List, Read, Create, Update, Delete, Export, Press, Administer, Aggregate };

// What access has to know of a form: which states there are, and what no task may open.
struct FormFrame {
  std::string id{};
  std::vector<std::string> states{};
  std::vector<std::string> locked_states{};  // there a role's write is read
  std::vector<std::string> secrets{};        // a role must name them: "*" does not mean them
  // The highest mode that a task may give, of the fields that have one.
  std::vector<std::pair<std::string, FieldMode>> ceilings{};
};

inline constexpr std::size_t kActionCount = 9;
std::string_view action_word(Action action);  // as in role files

struct Ask {
  std::string form{};
  Action action = Action::Read;
  std::string button{};  // for Press
  std::string state{};   // of the record that is asked for, where it is one and known
};

// What a flow node grants on top, to whoever holds an open task there (lowcode.md 5, rule 4).
struct NodeRights {
  FieldModes fields{};
  std::vector<std::string> buttons{};
};

struct Verdict {
  bool allowed = false;
  Filter scope{.kind = Filter::Kind::None};  // rows the caller reaches with this action
  FieldModes fields{};                       // by state of the row, unless the question named one
  // What the caller may press on some record of the form. Ask for Press to learn on which ones.
  std::vector<std::string> buttons{};
  std::string reason{};  // English, for logs and for "why not"
};

class Policy {
 public:
  // roles: the parsed role files of all packs. BadPack names the role and member.
  static Result<Policy> compile(std::span<const Json> roles, std::span<const FormFrame> forms = {});

  // Union over the caller's grants. In the row scope, {"var":"me"} became the caller's id,
  // {"var":"my_orgs"} the paths of the grants that carry this role, {"var":"my_org"} the caller's
  // own path. A right whose scope names something that the caller does not have counts for nothing.
  // `node` is given when the caller holds an open task on the record that is asked for: it then
  // allows Read, Update (where the node lets a field be written) and Press (of the node's buttons)
  // and the scope becomes All, for that one record. It adds nothing to the other actions, and to
  // no field more than the form's ceiling.
  Verdict may(const Subject& subject, const Ask& ask, const NodeRights* node = nullptr) const;

  // What a task at a node gives on a record of the form, within the form's ceilings.
  FieldModes capped(std::string_view form, const FieldModes& node) const;

  // One role alone, whoever holds it: variables stay in the scope.
  struct RoleView {
    bool is_granted = false;
    Filter scope{.kind = Filter::Kind::None};
    FieldModes fields{};
    std::vector<std::string> buttons{};  // of Press
  };
  RoleView of_role(std::string_view role, std::string_view form, Action action) const;

  // The rights as the role files say them, one by one.
  struct RightNote {
    std::string role;
    std::string place;  // "rights[3]"
    std::string form;   // "*" for all
    std::vector<Action> actions;
    std::vector<std::string> states;  // empty for any
    bool is_granted = true;
    Filter scope;  // with variables; the states stand in it
    FieldModes fields;
    std::vector<std::string> buttons;
  };
  const std::vector<RightNote>& rights() const;
  // What this one right gives of a field; "*" does not mean a secret one.
  FieldMode mode_by(const RightNote& right, std::string_view form, std::string_view field) const;
  // Its rows for this holder; nothing where a variable has no value.
  std::optional<Filter> scope_by(const RightNote& right, const Subject& holder) const;
  FieldMode ceiling_of(std::string_view form, std::string_view field) const;

  // Every row scope with where it stands, for whoever knows the forms to check.
  struct Scope {
    std::string place;  // "role worker: rights[3].scope"
    std::string form;   // "*" for all
    Filter filter;      // with variables
  };
  const std::vector<Scope>& scopes() const;

  // Roles with texts, as the packs give them: [{"id","name":{"zh","en"}}].
  const Json& roles() const { return roles_; }

 private:
  struct Book;
  std::shared_ptr<const Book> book_;  // shared: copies of a Policy are cheap and read only
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
