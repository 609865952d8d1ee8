// Adding signatures to one's own, and taking them away.

#include <algorithm>

#include "flow/acts.h"
#include "flow/acts_common.h"
#include "flow/user.h"

namespace anlan::flow {

namespace {

constexpr std::size_t kAddedMax = 20;   // people at once
constexpr std::size_t kGroupsMax = 20;  // of one visit

Result<void> check_words(const AddSignCommand& command) {
  bool is_when = command.when == "before" || command.when == "parallel" || command.when == "after";
  if (!is_when) return refuse(ErrorCode::BadField, "before, parallel or after", "when");
  bool is_mode = command.mode == "all" || command.mode == "any" || command.mode == "sequence";
  if (!is_mode) return refuse(ErrorCode::BadField, "all, any or sequence", "mode");
  if (command.to.empty()) return refuse(ErrorCode::MissingField, "nobody to sign", "to");
  if (command.to.size() <= kAddedMax) return {};
  return refuse(ErrorCode::LimitReached, "too many at once", "to");
}

bool is_waiting(const Visit& visit, PersonId person) {
  return std::ranges::any_of(visit.groups, [&](const AddedGroup& group) {
    return std::ranges::contains(group.waiting, person);
  });
}

// Those whom the caller asks, checked, each once.
Result<std::vector<PersonId>> people_of_command(Machine& machine, const TaskRow& task,
                                                const Visit& visit, const AddSignCommand& command) {
  std::vector<PersonId> people;
  for (const Receiver& one : command.to) {
    TRY(check_receiver(machine, task, one));
    PersonId person = one.subject.person;
    if (is_waiting(visit, person)) {
      return refuse(ErrorCode::SeparationOfDuty, "signs already", "to");
    }
    if (!std::ranges::contains(people, person)) people.push_back(person);
  }
  return people;
}

Json people_json(const std::vector<PersonId>& people) {
  Json all = Json::array();
  for (PersonId person : people) all.push(person.text());
  return all;
}

int64_t next_group(const Visit& visit) {
  int64_t next = 1;
  for (const AddedGroup& group : visit.groups) next = std::max(next, group.id + 1);
  return next;
}

// The caller has a signature of this visit, given or not, and may change who else signs.
Result<void> check_signer(const TaskRow& task, const access::Subject& by) {
  TRY(check_person(by));
  if (task.assignee == by.person) return {};
  return refuse(ErrorCode::Forbidden, "only who signs here takes signatures away");
}

// A person who waits for his turn.
bool drop_waiting(Visit& visit, const access::Subject& by, PersonId person) {
  for (AddedGroup& group : visit.groups) {
    auto found = std::ranges::find(group.waiting, person);
    if (found == group.waiting.end() || group.by != by.person) continue;
    group.waiting.erase(found);
    group.size -= 1;
    std::erase_if(visit.groups, [](const AddedGroup& one) { return one.size <= 0; });
    return true;
  }
  return false;
}

std::size_t signatures(const Machine& machine, const TaskRow& of) {
  return static_cast<std::size_t>(
      std::ranges::count_if(machine.state.tasks, [&](const TaskRow& task) {
        bool is_mate = task.token == of.token && task.visit == of.visit;
        return is_mate && task.state != state::kCancelled;
      }));
}

Result<void> check_removable(Machine& machine, const Node& node, const TaskRow& task,
                             const access::Subject& by) {
  if (task.signing.group != 0) {
    if (task.signing.added_by == by.person) return {};
    return check_allowed(node.user->ops.removes_signs, "remove_sign");
  }
  bool is_one_of_several = node.user->multi && !machine.graph.rules.is_permit;
  return check_allowed(is_one_of_several && node.user->ops.removes_signs, "remove_sign");
}

Result<void> drop_open(Machine& machine, Visit& visit, TaskRow& task) {
  if (task.signing.group == 0) {
    visit.total -= visit.is_weighted ? task.signing.weight : 1;
  } else if (AddedGroup* group = visit.group(task.signing.group)) {
    group->size -= 1;
    int64_t id = group->id;
    if (group->size <= 0)
      std::erase_if(visit.groups, [&](const auto& one) { return one.id == id; });
  }
  int64_t of_group = task.signing.group;
  Token* token = machine.state.token(task.token);
  cancel_task(machine, task, "task.sign_removed");
  close_groups(machine, *token, visit, task.id);
  AddedGroup* group = visit.group(of_group);
  bool is_next = group && group->mode == "sequence" && !group->waiting.empty();
  return is_next ? open_group(machine, *token, visit, of_group) : Result<void>{};
}

}  // namespace

Result<Step> add_sign(const Around& around, const access::Subject& by,
                      const AddSignCommand& command) {
  Desk desk = TRY(open_desk(around, command.task, {}));
  Machine& machine = desk.machine;
  TaskRow& task = desk.task();
  TRY(check_words(command));
  TRY(check_allowed(std::ranges::contains(desk.node().user->ops.add_sign, command.when),
                    "add_sign " + command.when));
  TRY(check_may_decide(machine, by, &task));
  TRY(check_reason(command.comment));
  Token& token = *machine.state.token(task.token);
  Visit visit = TRY(visit_of(token));
  if (visit.groups.size() >= kGroupsMax) return refuse(ErrorCode::LimitReached, "too many groups");
  std::vector<PersonId> people = TRY(people_of_command(machine, task, visit, command));
  if (std::ranges::contains(people, by.person)) {
    return refuse(ErrorCode::BadField, "signs already", "to");
  }
  note_stand_in(machine, task, by);
  make_candidate(machine, task, by);
  task.assignee = by.person;
  task.state = command.when == "before" ? state::kSuspended : state::kClaimed;
  HistoryRow& row = machine.note("task.add_sign", task.node);
  row.task = task.id.text();
  row.comment = command.comment;
  row.detail = Json::object(
      {{"when", command.when}, {"mode", command.mode}, {"people", people_json(people)}});
  machine.tell_task(task);
  AddedGroup group{.id = next_group(visit),
                   .of = task.id,
                   .when = command.when,
                   .mode = command.mode,
                   .by = by.person,
                   .size = static_cast<int64_t>(people.size()),
                   .waiting = std::move(people)};
  int64_t id = group.id;
  visit.groups.push_back(std::move(group));
  if (command.when != "after") TRY(open_group(machine, token, visit, id));
  if (!visit.group(id)) return refuse(ErrorCode::BadField, "nobody of them can sign", "to");
  token.pending = visit_json(visit);
  return machine.finish("task.add_sign", act_detail(machine, task.node));
}

Result<Step> remove_sign(const Around& around, const access::Subject& by,
                         const RemoveSignCommand& command) {
  Desk desk = TRY(open_desk(around, command.task, command.record));
  Machine& machine = desk.machine;
  TaskRow& own = desk.task();
  TRY(check_signer(own, by));
  TRY(check_reason(command.comment));
  const Node& node = desk.node();
  Token& token = *machine.state.token(own.token);
  Visit visit = TRY(visit_of(token));
  HistoryRow& row = machine.note("task.remove_sign", own.node);
  row.task = own.id.text();
  row.comment = command.comment;
  row.detail = Json::object({{"people", Json::array({command.person.text()})}});
  if (!drop_waiting(visit, by, command.person)) {
    auto open = std::ranges::find_if(machine.state.tasks, [&](const TaskRow& task) {
      bool is_mate = task.token == own.token && task.visit == own.visit && task.id != own.id;
      return is_mate && task.is_live() && task.assignee == command.person;
    });
    if (open == machine.state.tasks.end()) {
      return refuse(ErrorCode::BadField, "does not sign here, or has signed", "person");
    }
    TRY(check_removable(machine, node, *open, by));
    if (signatures(machine, own) < 2) return refuse(ErrorCode::WrongState, "the last signature");
    TRY(drop_open(machine, visit, *open));
    tell_one(machine, *open, command.person, "sign_removed", command.comment);
  }
  auto went_on = after_removal(machine, token, visit);
  if (!went_on) machine.raise_incident(token, went_on.error());
  machine.run();
  return machine.finish("task.remove_sign", act_detail(machine, node.id));
}

}  // namespace anlan::flow
