#pragma once
// For a group of acts, once, before the first: what they will ask of their tasks and clocks, and of
// the cases of these, is read together (store/ahead.h).

#include <span>
#include <string>
#include <vector>

#include "access/access.h"
#include "core/id.h"
#include "flow/tasks.h"
#include "store/store.h"

namespace anlan::flow {

struct OfRecord {
  std::string form;
  RecordId record{};
};
// Gives the records they belong to. Only where store::reads_ahead.
Result<std::vector<OfRecord>> read_ahead(store::View& view, std::span<const TaskId> tasks,
                                         std::span<const TimerId> timers);

// What rights_on will ask of this record: texts alone.
Result<store::Sql> rights_question(const access::Subject& subject, std::string_view form,
                                   RecordId id, const AwayAsk& away);

}  // namespace anlan::flow
