#pragma once
// Who did it. A time-out is its own actor and can never be mistaken for a person's decision.

#include <string>
#include <string_view>

#include "core/id.h"

namespace anlan {

struct Actor {
  enum class Kind { Person, Anonymous, Token, System, SystemTimeout };  // text is stored

  Kind kind = Kind::System;
  PersonId person{};  // set for Person, and for Token: whose token it is

  bool is_human() const { return kind == Kind::Person || kind == Kind::Anonymous; }
  bool operator==(const Actor&) const = default;
};

// "person", "anonymous", "token", "system", "system-timeout". Stored; never rename.
inline std::string_view actor_kind_text(Actor::Kind kind) {
  switch (kind) {
    case Actor::Kind::Person: return "person";
    case Actor::Kind::Anonymous: return "anonymous";
    case Actor::Kind::Token: return "token";
    case Actor::Kind::System: return "system";
    case Actor::Kind::SystemTimeout: return "system-timeout";
  }
  return "system";
}

}  // namespace anlan
