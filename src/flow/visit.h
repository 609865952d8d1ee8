#pragma once
// What a token at a user task remembers of the signatures it waits for: those still to be asked
// for, the groups that signers added, and where a return comes back to. Stored as the token's
// `pending`. Inside the room only.

#include <optional>
#include <string>
#include <vector>

#include "flow/assign.h"
#include "flow/case_state.h"

namespace anlan::flow {

// Signatures that somebody added to his own: docs/formats/approval.md, "Adding signatures".
struct AddedGroup {
  int64_t id = 0;
  TaskId of{};  // the task it was added to
  std::string when;
  std::string mode;  // "all", "any", "sequence"
  PersonId by{};
  int64_t size = 0;                 // what it counts for, unless one of it decides
  bool is_opened = false;           // those after wait for their task
  std::vector<PersonId> waiting{};  // not asked yet
};

struct Visit {
  std::vector<Instance> instances;  // of a sequence, not asked yet
  std::optional<Instant> due;
  std::string level;
  Json data = Json::object();  // of the notice
  int64_t total = 1;           // of what the model asks for, in units
  bool is_weighted = false;    // a unit is a millionth
  std::vector<AddedGroup> groups;
  Json back;    // {"node","person","then"}: goes there instead of on
  Json wanted;  // the person who gets the task when it opens, if it may be

  int64_t unit() const { return is_weighted ? 1'000'000 : 1; }
  AddedGroup* group(int64_t id);
};

Result<Visit> visit_of(const Token& token);
Json visit_json(const Visit& visit);

}  // namespace anlan::flow
