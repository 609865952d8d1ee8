// Hand-over of tasks, and a case that goes on after an incident.

#include "engine/duty.h"
#include "engine/execute.h"

namespace anlan::engine {
namespace {

using access::Action;

constexpr std::size_t kHeldMax = 500;  // tasks of one person

// The workshop that a unit belongs to; the unit itself where it stands above all workshops.
std::string workshop_of(const std::vector<access::OrgUnit>& units, const std::string& org_path) {
  for (const access::OrgUnit& unit : units) {
    if (unit.kind == "workshop" && org_path.starts_with(unit.path)) return unit.path;
  }
  return org_path;
}

// Refusals that say something of one task and leave the others alone.
bool is_about_one_task(ErrorCode code) {
  return code == ErrorCode::SeparationOfDuty || code == ErrorCode::BadField ||
         code == ErrorCode::BadModel;
}

}  // namespace

Result<flow::HandOverCommand> Execution::hand_over_to(const flow::Task& task,
                                                      const HandOver& what) {
  auto to = access::subject_of(transaction_, what.to);
  bool is_gone = !to && to.error().code == ErrorCode::NotFound;
  if (is_gone) return refuse(ErrorCode::BadField, "nobody of this plant", "to");
  if (!to) return std::unexpected(to.error());
  auto absent = TRY(duty::away({transaction_, around_.packs.forms, around_.now}));
  for (const flow::Away& away : absent) {
    if (away.person == what.to) return refuse(ErrorCode::BadField, "is away", "to");
  }
  const records::Form* form = TRY(form_of(task.form));
  Json record = TRY(records::read_whole(transaction_, *form, task.record_id));
  auto units = TRY(access::org_units(transaction_));
  std::string of_giver = workshop_of(units, command_->by.org_path);
  std::string of_record = workshop_of(units, record.text_or("org_path", "/"));
  bool is_of_workshop = to->org_path.starts_with(of_giver) ||
                        (of_record != "/" && to->org_path.starts_with(of_record));
  bool may_read =
      around_.packs.policy.may(*to, {.form = task.form, .action = Action::Read}).allowed;
  return flow::HandOverCommand{.task = task.id,
                               .to = std::move(*to),
                               .is_near = is_of_workshop && may_read,
                               .comment = what.comment};
}

Result<void> Execution::hand_over_one(const flow::Task& task, const HandOver& what) {
  const records::Form* form = TRY(form_of(task.form));
  flow::HandOverCommand command = TRY(hand_over_to(task, what));
  flow::Step step = TRY(flow::hand_over(flow_around(command_->by.actor), command_->by, command));
  return finish_step(*form, task.record_id, std::move(step));
}

// Of all tasks those go that the receiver may do; the answer names the others.
Result<Json> Execution::execute(const HandOver& what) {
  if (what.task) {
    flow::Task task = TRY(flow::find_task(transaction_, *what.task));
    TRY(hand_over_one(task, what));
    return Json::object({{"handed", 1}});
  }
  Json kept = Json::array();
  std::optional<Error> first;
  int64_t handed = 0;
  auto held = TRY(flow::tasks_held(transaction_, command_->by.person, kHeldMax));
  for (TaskId id : held) {
    flow::Task task = TRY(flow::find_task(transaction_, id));
    auto done = hand_over_one(task, what);
    if (done) {
      ++handed;
      continue;
    }
    if (!is_about_one_task(done.error().code)) return std::unexpected(done.error());
    if (!first) first = done.error();
    kept.push(Json::object({{"task", id.text()}, {"code", error_text(done.error().code).code}}));
  }
  if (handed == 0 && first) return std::unexpected(*first);
  return Json::object({{"handed", handed}, {"kept", std::move(kept)}});
}

// For whoever administers flows, or may press `retry` on this record.
Result<Json> Execution::execute(const RetryCase& what) {
  const records::Form* form = TRY(form_of(what.form));
  const access::Policy& policy = around_.packs.policy;
  bool may_retry = policy.may(command_->by, {.form = "flow", .action = Action::Administer}).allowed;
  if (!may_retry) {
    auto press =
        policy.may(command_->by, {.form = form->id, .action = Action::Press, .button = "retry"});
    if (!press.allowed) return refuse(ErrorCode::Forbidden, press.reason);
    may_retry = TRY(records::is_visible(transaction_, *form, what.id, press.scope));
  }
  if (!may_retry) return refuse(ErrorCode::NotFound);
  Json record = TRY(records::read_whole(transaction_, *form, what.id));
  auto case_id = CaseId::parse(record.text_or("case_id", ""));
  if (!case_id) return refuse(ErrorCode::WrongState, "this record has no flow");
  flow::Step step = TRY(flow::retry(flow_around(command_->by.actor), *case_id, record));
  TRY(finish_step(*form, what.id, std::move(step)));
  return Json::object();
}

// A change of the ground that a case stands on: whoever runs the system, and on record.
Result<Json> Execution::execute(const MigrateCase& what) {
  TRY(require("flow"));
  const records::Form* form = TRY(form_of(what.form));
  Json record = TRY(records::read_whole(transaction_, *form, what.id));
  auto case_id = CaseId::parse(record.text_or("case_id", ""));
  if (!case_id) return refuse(ErrorCode::WrongState, "this record has no flow");
  flow::MigrateCommand command{
      .case_id = *case_id, .mapping = what.mapping, .comment = what.comment, .record = record};
  flow::Step step = TRY(flow::migrate_case(flow_around(command_->by.actor), command));
  TRY(finish_step(*form, what.id, std::move(step)));
  return Json::object();
}

}  // namespace anlan::engine
