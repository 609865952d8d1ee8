#pragma once
// What the acts on tasks share. Inside the room only.

#include "core/random.h"
#include "core/time.h"
#include "flow/acts.h"
#include "flow/check.h"
#include "flow/machine.h"

namespace anlan::flow {

// A case opened for an act on one of its tasks, which is open.
struct Desk {
  Machine machine;
  TaskId id{};

  TaskRow& task() { return *machine.state.task(id); }
  const Node& node() { return *machine.graph.find(task().node); }
};
Result<Desk> open_desk(const Around& around, TaskId id, Json record);

// For looking at a case without changing it: nothing is made.
struct NoIds {
  ManualClock clock{{0}};
  SeededRandom random{1};
  IdMaker ids{clock, random};

  Around around(store::View& view, const Library& library, const AwayAsk& away);
};

// Forbidden: the model does not allow it here.
Result<void> check_allowed(bool is_allowed, std::string_view act);
Result<void> check_reason(std::string_view comment);
// SeparationOfDuty, BadField (to): may not read, has it, signs already.
Result<void> check_receiver(Machine& machine, const TaskRow& task, const Receiver& to);
void tell_one(Machine& machine, const TaskRow& task, PersonId person, std::string kind,
              std::string_view comment);
Json act_detail(const Machine& machine, std::string_view node);

}  // namespace anlan::flow
