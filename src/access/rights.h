#pragma once
// The rights of a role as compiled from its file (docs/formats/roles.md): by form and action,
// rights of one role already united. Room-internal; policy.h is what others see.

#include <array>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "access/policy.h"

namespace anlan::access {

inline constexpr std::size_t kActionCount = 8;

struct Right {
  bool is_granted = false;
  bool has_variables = false;  // else the scope can be used as it is
  Filter scope{};
  FieldModes fields{};
};

// Rights to press stay apart: each button has its own scope.
struct PressRight {
  Right right;
  std::vector<std::string> buttons;
};

struct FormRights {
  std::string form;  // "*" stands last and is for every form that the role does not name
  std::array<std::vector<Right>, kActionCount> by_action{};
  std::vector<PressRight> presses{};

  std::span<const Right> of(Action action) const {
    return by_action[static_cast<std::size_t>(action)];
  }
};

struct RoleBook {
  std::map<std::string, std::vector<FormRights>, std::less<>> forms;  // by role
  Json names = Json::array();                                         // [{"id","name":{"zh","en"}}]
};

Result<RoleBook> read_roles(std::span<const Json> roles);  // BadPack
std::string_view action_word(Action action);
void raise(FieldModes& into, const FieldModes& more);  // per field the higher mode
void widen(Filter& into, Filter more);                 // rows of either

}  // namespace anlan::access
