#pragma once
// What completing one signature does to its user task. Inside the room only.

#include "flow/machine.h"

namespace anlan::flow {

// The task row is done already; the token goes on when the task's approval says so.
Result<void> after_completion(Machine& machine, Token& token, const TaskRow& task);

}  // namespace anlan::flow
