#pragma once
// May this person do this task, and is everything filled in? Inside the room only.

#include <string_view>

#include "flow/machine.h"

namespace anlan::flow {

// The newest version of each decision file that a graph asks, by id. BadModel where one is missing.
Result<Json> pin_decisions(const Library& library, const Graph& graph);
Result<Machine> open_case(const Around& around, CaseId id, Json record, Actor actor);
Result<Machine> machine_of(const Around& around, CaseState state, Json record, Actor actor);
Result<Step> complete_in(Machine& machine, const access::Subject& by,
                         const CompleteCommand& command);

// Only people act on tasks: never a timer, the system or somebody without a name.
Result<void> check_person(const access::Subject& by);
// A task asks for a role when holders of one are among its candidates.
bool asks_a_role(const TaskRow& task);
// Says in the timeline that `by` acts on what somebody who is away has claimed.
void note_stand_in(Machine& machine, const TaskRow& task, const access::Subject& by);
// WrongState: not open, claimed by another who is there. Forbidden: no candidate. SeparationOfDuty.
Result<void> check_may_do(Machine& machine, const access::Subject& by, const TaskRow* task);
// The same, and it is his to decide: not delegated to somebody who only gives an opinion.
Result<void> check_may_decide(Machine& machine, const access::Subject& by, const TaskRow* task);
Result<void> check_comment(std::string_view text);
Result<void> check_filled_in(Machine& machine, const UserTask& user,
                             const CompleteCommand& command);
// Asks the world for each guard of the outcome; {guard: what the timeline keeps}.
Result<Json> ask_guards(Machine& machine, const TaskRow& task, PersonId by,
                        const CompleteCommand& command);
// May not do it any more: what he had claimed or delegated of it is free again.
void exclude_person(TaskRow& task, PersonId person);
// Whoever completed this task drops out of open tasks whose nodes exclude it.
void exclude_elsewhere(Machine& machine, const TaskRow& done);

// What ends one signature; the row of the timeline may still be given more.
struct Decision {
  std::string act;
  std::string outcome;
  std::string comment;
  PersonId by{};
};
HistoryRow& note_decision(Machine& machine, TaskRow& task, const Decision& decision);
// Who acts for somebody who is away stays able to.
void make_candidate(Machine& machine, TaskRow& task, const access::Subject& by);
// MissingField (signature, attachments): the model asks for them.
Result<void> check_proof(const UserTask& user, const Proof& proof);
void keep_proof(Machine& machine, TaskRow& task, const Proof& proof, HistoryRow& row);

bool is_candidate(const CaseRow& of, const TaskRow& task, const access::Subject& by);

}  // namespace anlan::flow
