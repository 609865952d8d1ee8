#pragma once
// Every task that a record's cases ever opened, for a decider that counts who did what and when.

#include <optional>
#include <string>
#include <vector>

#include "core/id.h"
#include "core/result.h"
#include "store/store.h"

namespace anlan::flow {

struct RosterEntry {
  TaskId id{};
  std::string node;
  std::string state;  // "open", "claimed", "done", "cancelled"
  std::optional<PersonId> assignee{};
  std::optional<PersonId> completed_by{};
  std::string outcome;
  std::string comment;
  Instant created{};
  std::optional<Instant> ended{};
};

Result<std::vector<RosterEntry>> roster(store::View& view, std::string_view form, RecordId id);

}  // namespace anlan::flow
