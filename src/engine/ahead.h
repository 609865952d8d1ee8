#pragma once
// What the acts of a group will ask of their tasks, clocks, cases and records is read for all of
// them together, before the first of them runs. Only engine.cpp uses this.

#include <span>

#include "engine/commands.h"
#include "engine/packs.h"
#include "flow/flow.h"
#include "store/store.h"

namespace anlan::engine {

// The task that a command is about; nothing where it is about something else.
std::optional<TaskId> task_of(const Command& command);

struct AheadWish {
  std::vector<TaskId> tasks{};
  std::vector<TimerId> timers{};
};
// A record that is shown at the end of a group, and to whom.
struct AheadShow {
  const records::Form* form;
  RecordId id;
  const access::Subject* by;
};
// What Execution::answer_later will ask, of many. Only where store::reads_ahead.
Result<void> read_ahead(store::View& view, const Packs& packs, Instant now,
                        std::span<const AheadShow> shows);
// Reads nothing where nothing is wished or the view would not keep it.
Result<void> read_ahead(store::View& view, const Packs& packs, const AheadWish& wish);

}  // namespace anlan::engine
