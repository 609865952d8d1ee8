#pragma once
// How long steps took and who is waited for: tasks of a record, and the open ones of a whole form.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "core/text.h"
#include "flow/library.h"
#include "store/store.h"

namespace anlan::flow {

struct StepTaken {
  std::string node;
  LocalText name;
  std::string state;  // as a task's
  std::string outcome;
  Instant opened{};
  std::optional<Instant> done{};     // also of a cancelled one
  std::optional<PersonId> by{};      // who completed it
  std::vector<PersonId> persons{};   // an open one waits for these
  std::vector<std::string> roles{};  // and for holders of these
};

// Every task that ever was open on the record, in the order in which they opened.
Result<std::vector<StepTaken>> steps_taken(store::View& view, const Library& library,
                                           std::string_view form, RecordId id);
// The open ones of all records of a form, each record's oldest first.
Result<std::map<RecordId, std::vector<StepTaken>>> steps_open(store::View& view,
                                                              const Library& library,
                                                              std::string_view form);

}  // namespace anlan::flow
