#pragma once
// What somebody filled in for a task and has not handed in: his alone, in no record and no log.

#include "access/access.h"
#include "core/json.h"
#include "core/result.h"
#include "store/store.h"

namespace anlan::flow {

// Whether the caller may do the task is asked of flow before. TooLarge.
Result<store::Change> save_draft(const access::Desk& desk, PersonId person, TaskId task,
                                 const Json& content);
// {"content","at"}, or null where there is none or the task is closed.
Result<Json> find_draft(store::View& view, PersonId person, TaskId task);

}  // namespace anlan::flow
