#pragma once
// The signatures of a user task: opening them, counting them, adding and taking them away. Inside
// the room only.

#include "flow/machine.h"
#include "flow/visit.h"

namespace anlan::flow {

// A task row for one signature, with its notice. The instance says who may have it.
TaskRow& open_task(Machine& machine, Token& token, const Instance& instance, const Visit& visit);
// Opens the next of a sequence, unless one that the model asks for is open.
Result<void> open_next(Machine& machine, Token& token, Visit& visit);
// Skipped signatures are in nobody's name; true when nobody at all is asked, and the token went on.
void note_skip(Machine& machine, const Node& node, const Skip& skip);
void go_on_skipped(Machine& machine, Token& token, const Node& node);

// The task row is done already; the token goes on when the task's approval says so.
Result<void> after_completion(Machine& machine, Token& token, const TaskRow& task);
// The same after a signature was taken away.
Result<void> after_removal(Machine& machine, Token& token, Visit& visit);
// Asks the next of an added group, or all of them; who has signed meanwhile drops out.
Result<void> open_group(Machine& machine, Token& token, Visit& visit, int64_t group);
// A task is taken away: those who were to sign before or after it are not asked any more. What they
// have said already stays in the count.
void close_groups(Machine& machine, const Token& token, Visit& visit, TaskId of);
// Ends one open task without a decision.
void cancel_task(Machine& machine, TaskRow& task, const std::string& act);
// Whoever an added group was to sign before has the task again.
void resume(Machine& machine, TaskRow& task);
// The outcome that a refusal by <anlan:reject> is stored with.
inline constexpr const char* kReject = "reject";

}  // namespace anlan::flow
