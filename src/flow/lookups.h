#pragma once
// What a step asks of one case, and of the task or clock that leads to it; read_ahead() asks the
// same of many. Inside the room only.

#include "core/id.h"
#include "store/ahead.h"

namespace anlan::flow::lookups {

using store::Lookup;

inline constexpr Lookup kTask{"SELECT * FROM flow_task", "id"};
inline constexpr Lookup kTimer{"SELECT id, case_id, form, record_id FROM flow_timer", "id"};

inline constexpr Lookup kCase{"SELECT * FROM flow_case", "id"};
inline constexpr Lookup kActivations{"SELECT * FROM flow_activation", "case_id", " ORDER BY id"};
inline constexpr Lookup kTokens{"SELECT * FROM flow_token", "case_id", " ORDER BY id"};
inline constexpr Lookup kTasks{"SELECT * FROM flow_task", "case_id",
                               " AND state <> 'cancelled' ORDER BY id"};
inline constexpr Lookup kCandidates{
    "SELECT t.case_id, c.task_id, c.kind, c.who FROM flow_candidate c"
    " JOIN flow_task t ON t.id = c.task_id",
    "t.case_id", " ORDER BY c.task_id, c.kind, c.who"};
inline constexpr Lookup kTimers{"SELECT * FROM flow_timer", "case_id", " ORDER BY id"};

}  // namespace anlan::flow::lookups

namespace anlan::flow {

Result<store::Rows> row_of_task(store::View& view, TaskId id);  // NotFound
Result<CaseId> case_of_timer(store::View& view, TimerId id);    // WrongState: it has fired

}  // namespace anlan::flow
