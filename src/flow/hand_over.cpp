// A task changes hands at the end of a shift. Clocks, deadlines and what was done stay as they are.

#include <algorithm>

#include "flow/assign.h"
#include "flow/check.h"
#include "flow/machine.h"

namespace anlan::flow {

namespace {

// The receiver must be one who could have been asked in the first place.
Result<void> check_receiver(Machine& machine, const TaskRow& task, const HandOverCommand& command) {
  const access::Subject& to = command.to;
  if (task.assignee == to.person) return refuse(ErrorCode::BadField, "has it already", "to");
  const Node* node = machine.graph.find(task.node);
  if (!node || !node->user) return refuse(ErrorCode::BadModel, "the task's node is gone");
  TRY(access::check_separation(to.person, node->user->excluded, participations(machine.state)));
  bool is_excluded =
      std::ranges::contains(task.candidates, Candidate{"excluded", to.person.text()});
  bool signs_already = std::ranges::any_of(machine.state.tasks, [&](const TaskRow& mate) {
    return mate.token == task.token && mate.visit == task.visit && mate.id != task.id &&
           mate.is_open() && mate.assignee == to.person;
  });
  if (is_excluded || signs_already) {
    return refuse(ErrorCode::SeparationOfDuty, "the receiver may not do this task", "to");
  }
  bool is_fit =
      is_candidate(machine.state.row, task, to) || (command.is_near && !asks_a_role(task));
  if (is_fit) return {};
  return refuse(ErrorCode::BadField, "the receiver can't take this task", "to");
}

// Where the model says which field names who has the task, the record follows.
void tell_record(Machine& machine, const Node& node, PersonId to) {
  for (const Assign& assign : node.user->assigns) {
    if (!assign.field.empty()) machine.patch_record(assign.field, to.text());
  }
}

void tell_receiver(Machine& machine, const Node& node, const TaskRow& task,
                   const HandOverCommand& command) {
  machine.notices.push_back({.persons = {command.to.person},
                             .kind = "handed",
                             .level = task.level,
                             .node = task.node,
                             .data = Json::object({{"task", task.id.text()},
                                                   {"name_zh", node.name.zh},
                                                   {"name_en", node.name.en},
                                                   {"comment", command.comment}}),
                             .is_urgent = false});
}

}  // namespace

Result<Step> hand_over(const Around& around, const access::Subject& by,
                       const HandOverCommand& command) {
  CaseId id = TRY(case_of_task(around.view, command.task));
  Machine machine = TRY(open_case(around, id, {}, around.actor));
  TaskRow* task = machine.state.task(command.task);
  TRY(check_may_do(machine, by, task));
  TRY(check_comment(command.comment));
  TRY(check_receiver(machine, *task, command));
  const Node& node = *machine.graph.find(task->node);
  note_stand_in(machine, *task, by);
  PersonId giver = task->assignee.value_or(by.person);
  Candidate from{"person", giver.text()};
  Candidate to{"person", command.to.person.text()};
  if (!asks_a_role(*task)) std::erase(task->candidates, from);
  if (!is_candidate(machine.state.row, *task, command.to)) task->candidates.push_back(to);
  task->assignee = command.to.person;
  task->state = state::kClaimed;
  HistoryRow& row = machine.note("task.hand_over", task->node);
  row.task = task->id.text();
  row.comment = command.comment;
  row.detail = Json::object({{"from", by.person.text()}, {"to", command.to.person.text()}});
  machine.tell_task(*task);
  tell_record(machine, node, command.to.person);
  tell_receiver(machine, node, *task, command);
  return machine.finish("task.hand_over", Json::object({{"case", id.text()}, {"node", node.id}}));
}

}  // namespace anlan::flow
