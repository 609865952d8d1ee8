#pragma once
// The rights of a role as compiled from its file (docs/formats/roles.md): by form and action,
// rights of one role already united. Room-internal; policy.h is what others see.

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "access/policy.h"

namespace anlan::access {

struct Right {
  bool is_granted = false;
  bool has_variables = false;  // else the scope can be used as it is
  Filter scope{};              // the states stand in it already
  FieldModes fields{};
  std::vector<std::string> states{};  // empty for any
  uint32_t id = 0;                    // of a right for a question; 0 is no right's
  FieldModes mask{};                  // fields by state of the form, locks and secrets minded
};

// Rights to press stay apart: each button has its own scope.
struct PressRight {
  Right right;
  std::vector<std::string> buttons;
};

struct FormRights {
  std::string form;  // "*" is for what the role does not name and no pack defines
  std::array<std::vector<Right>, kActionCount> by_action{};
  std::vector<PressRight> presses{};

  std::span<const Right> of(Action action) const {
    return by_action[static_cast<std::size_t>(action)];
  }
};

// By form: those a role names, those a pack defines where the role means all, and "*".
using RoleForms = std::map<std::string, FormRights, std::less<>>;

struct RoleBook {
  std::map<std::string, RoleForms, std::less<>> forms;  // by role
  std::vector<Policy::Scope> scopes;
  std::vector<Policy::RightNote> notes;
  Json names = Json::array();  // [{"id","name":{"zh","en"}}]
};

Result<RoleBook> read_roles(std::span<const Json> roles,
                            std::span<const FormFrame> forms);  // BadPack
// The modes of several rights together, by the states of the form.
FieldModes mask_of(std::span<const Right* const> rights, const FormFrame* form, Action action);
void widen(Filter& into, Filter more);  // rows of either

}  // namespace anlan::access
