#pragma once
// Clocks on elements: planned when a token arrives, one row each. A row is one firing: a repeating
// timer gets a new row, so that no firing can happen twice. Inside the room only.

#include <optional>
#include <vector>

#include "flow/machine.h"

namespace anlan::flow {

// Rows for the node's own timer or for those on its border; nothing is written yet. A first length
// of null means that this clock does not run.
Result<std::vector<TimerRow>> plan_timers(Machine& machine, const Token& token, const Node& node);
// An event happened to a token that stands at it, or at the event-based gateway before it.
void take_event(Machine& machine, Token& token, const Node& event);
// What a timer that is due does to its token.
Result<void> fire(Machine& machine, TimerRow& timer);

}  // namespace anlan::flow
