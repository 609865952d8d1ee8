#pragma once
// Flows that begin by themselves: by a clock, or by a message that no case is named for. The start
// event says in <anlan:record> which record is made; the flow of its form then begins at that
// event.

#include <optional>
#include <string>
#include <vector>

#include "flow/step.h"

namespace anlan::flow {

// Rows for the clocks of the newest versions: made, planned anew where the version changed, taken
// away where the event is gone. Without rows when all is as it should be.
Result<store::Change> plan_starts(const Around& around);

struct DueStart {
  std::string id;  // "flow/event"
  Instant due;
};
Result<std::vector<DueStart>> due_starts(store::View& view, Instant now, std::size_t count);
Result<std::optional<Instant>> next_start(store::View& view);
// The record to be made, and the clock's next instant. WrongState where it was fired meanwhile.
Result<Step> fire_start(const Around& around, const std::string& id);

// Records for every flow that begins with this message.
Result<std::vector<NewRecord>> started_by(const Around& around, std::string_view message,
                                          const Json& data);

}  // namespace anlan::flow
