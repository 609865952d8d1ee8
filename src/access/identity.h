#pragma once
// Who is calling, as far as permission is concerned.

#include <string>
#include <vector>

#include "core/actor.h"
#include "core/id.h"

namespace anlan::access {

// A role held for a part of the organisation: everything under org_path ("/" is all).
struct Grant {
  std::string role;
  std::string org_path;
  bool operator==(const Grant&) const = default;
};

struct Subject {
  Actor actor{};
  PersonId person{};
  std::string login{};
  std::string name{};
  std::string org_path{};       // where the person belongs
  std::vector<Grant> grants{};  // what the person may do, and where
  std::string language = "zh";
  SessionId session{};
  bool must_change_password = false;
  // Who looks with this person's eyes; nothing can be written then. Nil: the person.
  PersonId viewer{};

  bool is_viewed() const { return !viewer.is_nil(); }
  bool holds(std::string_view role) const {
    for (const Grant& grant : grants) {
      if (grant.role == role) return true;
    }
    return false;
  }
};

// Who reports without a name: what the packs grant the role "anonymous", and nothing of a person.
inline Subject anonymous() {
  return {.actor = {.kind = Actor::Kind::Anonymous}, .grants = {{"anonymous", "/"}}};
}

}  // namespace anlan::access
