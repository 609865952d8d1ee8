// Handing on: transfer, delegate and resolve, urge, cc.

#include "flow/acts.h"

#include <algorithm>

#include "core/text.h"
#include "flow/acts_common.h"
#include "flow/assign.h"
#include "flow/copies.h"

namespace anlan::flow {

namespace {

constexpr Duration kUrgeEvery = Duration::minutes(10);  // so that nobody is rung at for an hour

bool has_signed(const Machine& machine, PersonId person) {
  return std::ranges::any_of(machine.state.tasks,
                             [&](const TaskRow& task) { return task.completed_by == person; });
}

void note_hands(Machine& machine, const TaskRow& task, const Json& detail,
                std::string_view comment) {
  HistoryRow& row = machine.history.back();
  row.task = task.id.text();
  row.comment = std::string(comment);
  row.detail = detail;
}

Json hands(PersonId from, PersonId to) {
  return Json::object({{"from", from.text()}, {"to", to.text()}});
}

// The task of a giver who may decide it, for a receiver who may have it.
struct Gift {
  std::string_view act;
  bool Ops::* allows;
};
Result<Desk> open_gift(const Around& around, const access::Subject& by,
                       const TransferCommand& command, const Gift& gift) {
  Desk desk = TRY(open_desk(around, command.task, {}));
  TRY(check_allowed(desk.node().user->ops.*gift.allows, gift.act));
  TRY(check_may_decide(desk.machine, by, &desk.task()));
  TRY(check_reason(command.comment));
  TRY(check_receiver(desk.machine, desk.task(), command.to));
  return desk;
}

// The receiver has it, and everybody is told.
struct Handing {
  const char* act;
  const char* notice;
  const TransferCommand& command;
};
void hand(Machine& machine, TaskRow& task, const access::Subject& by, const Handing& handing) {
  const auto& [act, notice, command] = handing;
  PersonId to = command.to.subject.person;
  make_candidate(machine, task, command.to.subject);
  task.assignee = to;
  task.state = state::kClaimed;
  machine.note(act, task.node);
  note_hands(machine, task, hands(by.person, to), command.comment);
  machine.tell_task(task);
  tell_one(machine, task, to, notice, command.comment);
}

}  // namespace

Around NoIds::around(store::View& view, const Library& library, const AwayAsk& away) {
  auto answers = std::make_shared<Answers>();  // shared: see Around
  answers->away = away;
  return {view, {}, {}, ids, library, std::move(answers)};
}

Result<Desk> open_desk(const Around& around, TaskId id, Json record) {
  CaseId case_id = TRY(case_of_task(around.view, id));
  Machine machine = TRY(open_case(around, case_id, std::move(record), around.actor));
  const TaskRow* task = machine.state.task(id);
  const Node* node = task ? machine.graph.find(task->node) : nullptr;
  if (!task || !task->is_live()) return refuse(ErrorCode::WrongState, "the task is not open");
  if (!node || !node->user) return refuse(ErrorCode::BadModel, "the task's node is gone");
  if (!machine.state.token(task->token)) {
    return refuse(ErrorCode::WrongState, "the task's token is gone");
  }
  return Desk{std::move(machine), id};
}

Result<void> check_allowed(bool is_allowed, std::string_view act) {
  if (is_allowed) return {};
  return refuse(ErrorCode::Forbidden, "the flow does not allow '" + std::string(act) + "' here");
}

Result<void> check_reason(std::string_view comment) {
  TRY(check_comment(comment));
  if (!trim(comment).empty()) return {};
  return refuse(ErrorCode::MissingField, "this needs a comment", "comment");
}

Result<void> check_receiver(Machine& machine, const TaskRow& task, const Receiver& to) {
  PersonId person = to.subject.person;
  const Node* node = machine.graph.find(task.node);
  bool has_it = task.assignee == person || task.signing.owner == person;
  if (has_it) return refuse(ErrorCode::BadField, "has it already", "to");
  if (!to.may_read) return refuse(ErrorCode::BadField, "may not read this", "to");
  TRY(access::check_separation(person, node->user->excluded, participations(machine.state)));
  bool is_excluded = std::ranges::contains(task.candidates, Candidate{"excluded", person.text()});
  bool signs_already = std::ranges::any_of(machine.state.tasks, [&](const TaskRow& mate) {
    bool is_mate = mate.token == task.token && mate.visit == task.visit && mate.id != task.id;
    return is_mate && ((mate.is_live() && mate.assignee == person) || mate.completed_by == person);
  });
  if (!is_excluded && !signs_already) return {};
  return refuse(ErrorCode::SeparationOfDuty, "the receiver may not do this task", "to");
}

void tell_one(Machine& machine, const TaskRow& task, PersonId person, std::string kind,
              std::string_view comment) {
  const Node* node = machine.graph.find(task.node);
  machine.notices.push_back({.persons = {person},
                             .kind = std::move(kind),
                             .level = task.level,
                             .node = task.node,
                             .data = Json::object({{"task", task.id.text()},
                                                   {"name_zh", node ? node->name.zh : ""},
                                                   {"name_en", node ? node->name.en : ""},
                                                   {"comment", comment}})});
}

Json act_detail(const Machine& machine, std::string_view node) {
  return Json::object({{"case", machine.state.row.id.text()}, {"node", node}});
}

Result<Step> transfer(const Around& around, const access::Subject& by,
                      const TransferCommand& command) {
  Desk desk = TRY(open_gift(around, by, command, {"transfer", &Ops::transfers}));
  Machine& machine = desk.machine;
  TaskRow& task = desk.task();
  const access::Subject& to = command.to.subject;
  bool is_fit = !asks_a_role(task) || is_candidate(machine.state.row, task, to);
  if (!is_fit) return refuse(ErrorCode::BadField, "the receiver does not hold the role", "to");
  note_stand_in(machine, task, by);
  PersonId giver = task.assignee.value_or(by.person);
  if (!asks_a_role(task)) std::erase(task.candidates, Candidate{"person", giver.text()});
  hand(machine, task, by, {"task.transfer", "handed", command});
  for (const Assign& assign : desk.node().user->assigns) {
    bool names_holder = !assign.field.empty() && task.signing.group == 0;
    if (names_holder) machine.patch_record(assign.field, to.person.text());
  }
  return machine.finish("task.transfer", act_detail(machine, task.node));
}

Result<Step> delegate(const Around& around, const access::Subject& by,
                      const TransferCommand& command) {
  Desk desk = TRY(open_gift(around, by, command, {"delegate", &Ops::delegates}));
  Machine& machine = desk.machine;
  TaskRow& task = desk.task();
  note_stand_in(machine, task, by);
  make_candidate(machine, task, by);
  task.signing.owner = by.person;
  hand(machine, task, by, {"task.delegate", "delegated", command});
  return machine.finish("task.delegate", act_detail(machine, task.node));
}

Result<Step> resolve(const Around& around, const access::Subject& by, TaskId id,
                     std::string_view comment) {
  Desk desk = TRY(open_desk(around, id, {}));
  Machine& machine = desk.machine;
  TaskRow& task = desk.task();
  TRY(check_person(by));
  bool is_owner = task.signing.owner == by.person;
  if (!is_owner) TRY(check_may_do(machine, by, &task));
  if (!task.signing.owner) return refuse(ErrorCode::WrongState, "the task is not delegated");
  PersonId owner = *task.signing.owner;
  TRY(check_reason(comment));
  PersonId helper = task.assignee.value_or(by.person);
  if (!is_owner) {
    note_stand_in(machine, task, by);
    if (!std::ranges::contains(task.signing.helpers, by.person)) {
      task.signing.helpers.push_back(by.person);
    }
  }
  if (helper != owner) std::erase(task.candidates, Candidate{"person", helper.text()});
  task.signing.owner.reset();
  task.assignee = owner;
  task.state = state::kClaimed;
  machine.note("task.resolve", task.node);
  note_hands(machine, task, hands(by.person, owner), comment);
  machine.tell_task(task);
  if (!is_owner) tell_one(machine, task, owner, "resolved", comment);
  return machine.finish("task.resolve", act_detail(machine, task.node));
}

Result<Step> urge(const Around& around, const access::Subject& by, TaskId id,
                  std::string_view comment) {
  Desk desk = TRY(open_desk(around, id, {}));
  Machine& machine = desk.machine;
  TaskRow& task = desk.task();
  TRY(check_person(by));
  TRY(check_comment(comment));
  bool may_urge = machine.state.row.initiator == by.person || has_signed(machine, by.person);
  if (!may_urge) return refuse(ErrorCode::Forbidden, "only who waits for it urges");
  bool is_too_soon = task.signing.urged && machine.now() < *task.signing.urged + kUrgeEvery;
  if (is_too_soon) return refuse(ErrorCode::TooManyRequests, "urged a short while ago");
  std::vector<PersonId> people;
  if (task.assignee) people.push_back(*task.assignee);
  if (people.empty()) people = TRY(people_to_tell(machine, desk.node(), task.candidates));
  std::erase(people, by.person);
  if (people.empty()) return refuse(ErrorCode::WrongState, "nobody else to urge");
  task.signing.urged = machine.now();
  HistoryRow& row = machine.note("task.urge", task.node);
  row.task = id.text();
  row.comment = std::string(comment);
  for (PersonId person : people) tell_one(machine, task, person, "urge", comment);
  return machine.finish("task.urge", act_detail(machine, task.node));
}

Result<Step> copy_to(const Around& around, const access::Subject& by, TaskId id,
                     const std::vector<Receiver>& to, std::string_view comment) {
  Desk desk = TRY(open_desk(around, id, {}));
  Machine& machine = desk.machine;
  TRY(check_allowed(desk.node().user->ops.copies, "cc"));
  TRY(check_may_do(machine, by, &desk.task()));
  TRY(check_comment(comment));
  std::vector<PersonId> people;
  for (const Receiver& one : to) {
    if (!std::ranges::contains(people, one.subject.person)) people.push_back(one.subject.person);
  }
  if (people.empty()) return refuse(ErrorCode::MissingField, "nobody to tell", "to");
  tell_copy(machine, desk.node(), std::move(people), comment);
  return machine.finish("task.cc", act_detail(machine, desk.task().node));
}

}  // namespace anlan::flow
