#pragma once
// <anlan:sla>: reminders and what happens when the time of a user task is over, as timers of the
// task's own node. What they do is a time-out's doing, never a person's. Inside the room only.

#include <vector>

#include "flow/machine.h"

namespace anlan::flow {

// One row for each reminder, numbered from 1, and one for the end: nothing is written yet.
Result<std::vector<TimerRow>> plan_sla(Machine& machine, const Token& token, const Node& node);
Result<void> fire_sla(Machine& machine, Token& token, const Node& node, const TimerRow& timer);

}  // namespace anlan::flow
