// The acts of approval: who may be given something, what a signature signs, and the steps of flow.

#include "core/hash.h"
#include "engine/duty.h"
#include "engine/execute.h"

namespace anlan::engine {
namespace {

using access::Action;

constexpr std::size_t kAttachmentsMax = 20;

// What a person signed: the task, the record as he saw it, and all that he says with it.
std::string content_of(const CompleteTask& what, const Json& record) {
  return canonical_json(
      Json::object({{"task", what.task.text()},
                    {"record", record["id"]},
                    {"version", record["version"]},
                    {"outcome", what.outcome},
                    {"comment", what.comment},
                    {"fields", what.fields.is_object() ? what.fields : Json::object()}}));
}

}  // namespace

Result<flow::Proof> Execution::proof_of(const CompleteTask& what, const Json& record) {
  flow::Proof proof;
  proof.position = what.position;
  const Actor& actor = command_->by.actor;
  if (what.attachments.size() > kAttachmentsMax) {
    return refuse(ErrorCode::LimitReached, "too many files", "attachments");
  }
  for (const std::string& sha256 : what.attachments) {
    if (!TRY(records::find_file(transaction_, sha256, actor))) {
      return refuse(ErrorCode::BadField, "no file of yours", "attachments");
    }
    proof.attachments.push_back(sha256);
  }
  if (what.signature_file.empty()) return proof;
  auto file = TRY(records::find_file(transaction_, what.signature_file, actor));
  bool is_picture = file && file->kind == "image/png";
  if (!is_picture) return refuse(ErrorCode::BadField, "no PNG of yours", "signature");
  if (!what.version) return refuse(ErrorCode::MissingField, "what was signed?", "version");
  if (to_hex(sha256(content_of(what, record))) != what.content_sha256) {
    return refuse(ErrorCode::HashMismatch, "something else was signed", "signature");
  }
  proof.signature = {what.signature_file, what.content_sha256};
  return proof;
}

Result<flow::Receiver> Execution::receiver(const flow::Task& task, PersonId person) {
  auto subject = access::subject_of(transaction_, person);
  bool is_gone = !subject && subject.error().code == ErrorCode::NotFound;
  if (is_gone) return refuse(ErrorCode::BadField, "nobody of this plant", "to");
  if (!subject) return std::unexpected(subject.error());
  auto absent = TRY(duty::away({transaction_, around_.packs.forms, around_.now}));
  for (const flow::Away& away : absent) {
    if (away.person == person) return refuse(ErrorCode::BadField, "is away", "to");
  }
  const records::Form* form = TRY(form_of(task.form));
  auto read = around_.packs.policy.may(*subject, {.form = task.form, .action = Action::Read});
  bool may_read = read.allowed;
  if (may_read) {
    may_read = TRY(records::is_visible(transaction_, *form, task.record_id, read.scope));
  }
  return flow::Receiver{std::move(*subject), may_read};
}

Result<flow::Step> Execution::act_step(const flow::Task& task, const ActOnTask& what,
                                       const Json& record) {
  const access::Subject& by = command_->by;
  flow::Around around = flow_around(by.actor);
  if (what.act == "reject") return flow::reject(around, by, {task.id, what.comment, record});
  if (what.act == "resolve") return flow::resolve(around, by, task.id, what.comment);
  if (what.act == "urge") return flow::urge(around, by, task.id, what.comment);
  if (what.to.empty()) return refuse(ErrorCode::MissingField, "nobody is named", "to");
  if (what.act == "remove_sign") {
    return flow::remove_sign(around, by, {task.id, what.to.front(), what.comment, record});
  }
  std::vector<flow::Receiver> to;
  for (PersonId person : what.to) to.push_back(TRY(receiver(task, person)));
  if (what.act == "cc") return flow::copy_to(around, by, task.id, to, what.comment);
  if (what.act == "add_sign") {
    return flow::add_sign(around, by, {task.id, what.when, what.mode, std::move(to), what.comment});
  }
  flow::TransferCommand command{task.id, std::move(to.front()), what.comment};
  if (what.act == "transfer") return flow::transfer(around, by, command);
  if (what.act == "delegate") return flow::delegate(around, by, command);
  return refuse(ErrorCode::BadField, "no such act", "act");
}

Result<Json> Execution::execute(const ActOnTask& what) {
  flow::Task task = TRY(flow::find_task(transaction_, what.task));
  const records::Form* form = TRY(form_of(task.form));
  Json record = TRY(records::read_whole(transaction_, *form, task.record_id));
  flow::Step step = TRY(act_step(task, what, record));
  TRY(finish_step(*form, task.record_id, std::move(step)));
  return answer_changed(*form, task.record_id);
}

// Whoever may not know of the record is told that there is none.
Result<Json> Execution::execute(const ActOnCase& what) {
  const records::Form* form = TRY(form_of(what.form));
  const access::Subject& by = command_->by;
  Json record = TRY(records::read_whole(transaction_, *form, what.id));
  auto case_id = CaseId::parse(record.text_or("case_id", ""));
  if (!case_id) return refuse(ErrorCode::NotFound, "this record has no flow");
  flow::Around around = flow_around(by.actor);
  auto step = what.act == "withdraw" ? flow::withdraw(around, by, *case_id, what.comment, record)
                                     : flow::retract(around, by, *case_id, what.comment, record);
  if (!step) {
    auto read = around_.packs.policy.may(by, {.form = form->id, .action = Action::Read});
    bool is_seen = read.allowed;
    if (is_seen) is_seen = TRY(records::is_visible(transaction_, *form, what.id, read.scope));
    if (!is_seen) return refuse(ErrorCode::NotFound);
    return std::unexpected(step.error());
  }
  TRY(finish_step(*form, what.id, std::move(*step)));
  return answer_changed(*form, what.id);
}

Result<Json> Execution::execute(const SaveDraft& what) {
  flow::Task task = TRY(flow::find_task(transaction_, what.task));
  const access::Subject& by = command_->by;
  auto away = duty::asker({transaction_, around_.packs.forms, around_.now});
  Json acts = TRY(flow::acts_on_task(transaction_, around_.packs.library, by, task.id, away));
  bool may_do = false;
  for (const Json& act : acts.as_array()) {
    may_do |= act == Json("complete") || act == Json("resolve");
  }
  if (!may_do) return refuse(ErrorCode::Forbidden, "not yours to do");
  store::Change change = TRY(flow::save_draft(desk(), by.person, task.id, what.content));
  TRY(transaction_.apply(change));
  return Json::object();
}

Result<Json> Execution::execute(const SetDelegation& what) {
  for (const std::string& form : what.delegation.forms) {
    if (around_.packs.forms.find(form)) continue;
    return refuse(ErrorCode::BadField, "no such form", "forms");
  }
  auto made = TRY(flow::set_delegation(desk(), command_->by.person, what.delegation));
  TRY(transaction_.apply(made.change));
  return Json::object({{"id", made.id}});
}

Result<Json> Execution::execute(const EndDelegation& what) {
  store::Change change = TRY(flow::end_delegation(desk(), command_->by.person, what.id));
  TRY(transaction_.apply(change));
  return Json::object();
}

Result<Json> Execution::execute(const SetHead& what) {
  TRY(require("people"));
  store::Change change = TRY(access::set_head(desk(), what.unit, what.person));
  TRY(transaction_.apply(change));
  return Json::object();
}

}  // namespace anlan::engine
