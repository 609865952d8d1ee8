// Commands on records and tasks.

#include <algorithm>
#include <utility>

#include "engine/duty.h"
#include "engine/evidence.h"
#include "engine/execute.h"
#include "engine/import_run.h"
#include "engine/read.h"
#include "engine/tracing.h"

namespace anlan::engine {
namespace {

using access::Action;

// Rows of evidence for what the record names now.
Result<void> keep_photos(store::Transaction& transaction, const EvidenceDesk& desk,
                         const records::Form& form, const Json& record) {
  store::Change change = TRY(note_photos(desk, form, record));
  if (change.rows.empty()) return {};
  return transaction.apply(change);
}

// Everything, or parts of the organisation: what `matches` judges as a query does.
bool is_by_place(const Filter& scope) {
  if (scope.kind == Filter::Kind::All) return true;
  if (scope.kind == Filter::Kind::Under) {
    return scope.field == "org_path" && std::ranges::all_of(scope.values, [](const Json& path) {
             return path.is_text() && path.as_text().ends_with('/');
           });
  }
  return scope.kind == Filter::Kind::Or && std::ranges::all_of(scope.parts, is_by_place);
}

}  // namespace

Result<RecordId> Execution::create_one(const records::Form& form, const Json& fields,
                                       std::optional<RecordId> id) {
  const access::Subject& by = command_->by;
  auto verdict = around_.packs.policy.may(by, {.form = form.id, .action = Action::Create});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  return create_with(form, fields, id, verdict.fields);
}

Result<RecordId> Execution::create_with(const records::Form& form, const Json& fields,
                                        std::optional<RecordId> id,
                                        const access::FieldModes& modes) {
  const access::Subject& by = command_->by;
  TRY(check_code_is_new(form, fields));
  auto written = TRY(records::create(writing(by.actor), form, fields, modes, id));
  TRY(check_source(form, written.record));
  TRY(transaction_.apply(written.change));
  EvidenceDesk photos{transaction_, by.actor, around_.now, around_.config.has_vision};
  TRY(keep_photos(transaction_, photos, form, written.record));
  if (form.flow.empty()) {
    made_ = std::move(written.record);
    TRY(ask_form_guards(form, written.id));
    return written.id;
  }

  auto model = around_.packs.library.newest(form.flow);
  if (model.model == nullptr) return refuse(ErrorCode::BadPack, "the form's flow is not there");
  flow::StartCommand start{.model_id = form.flow,
                           .form = form.id,
                           .record_id = written.id,
                           .record = written.record,
                           .org_path = written.record.text_or("org_path", "/")};
  if (const auto* made = std::get_if<CreateRecord>(&command_->what)) start.chosen = made->chosen;
  if (const flow::NewRecord* begun = std::exchange(begun_, nullptr)) {
    start.node = begun->start;
    start.message = begun->message;
  }
  flow::Step step = TRY(flow::start(flow_around(by.actor), start));
  if (!step.record_patch.has("case_id")) step.record_patch.set("case_id", step.case_id.text());
  TRY(finish_step(form, written.id, std::move(step)));
  TRY(ask_form_guards(form, written.id));
  if (form.id == "hazard") TRY(Tracing(*this).after_hazard(written.id));
  return written.id;
}

// What the caller may see of the record now, which after a step may be less than before.
Result<Json> Execution::answer_record(const records::Form& form, RecordId id) {
  Reader reader(transaction_, around_.packs, around_.now);
  auto reach = TRY(reader.reach(command_->by, form, id, Action::Read));
  auto record = records::read(transaction_, form, id, reach.scope, reach.modes);
  if (record) return Json::object({{"record", *record}});
  if (record.error().code != ErrorCode::NotFound) return std::unexpected(record.error());
  return Json::object({{"record", Json::object({{"id", id.text()}})}});
}

Result<Json> Execution::answer_changed(const records::Form& form, RecordId id) {
  if (!around_.answers_later) return answer_record(form, id);
  later_ = Later{&form, id};
  return Json();
}

// As answer_record, with what was read ahead: the whole record, and the tasks of it that are open
// to whoever asks.
Result<Json> Execution::answer_later(const Command& command, const Later& later) {
  command_ = &command;
  const records::Form& form = *later.form;
  auto answer = [&]() -> Result<Json> {
    auto whole = records::read_whole(transaction_, form, later.id);
    if (!whole) return answer_record(form, later.id);
    auto rights =
        TRY(flow::rights_on(transaction_, around_.packs.library, command.by, form.id, later.id,
                            duty::asker({transaction_, around_.packs.forms, around_.now})));
    access::Ask ask{.form = form.id, .action = Action::Read, .state = whole->text_or("state", "")};
    auto verdict = around_.packs.policy.may(command.by, ask, rights ? &*rights : nullptr);
    bool is_inside =
        verdict.allowed && is_by_place(verdict.scope) && matches(verdict.scope, *whole);
    if (!is_inside) return answer_record(form, later.id);
    Json record = TRY(records::shown_record(transaction_, form, *whole, verdict.fields));
    return Json::object({{"record", std::move(record)}});
  };
  Json answered = TRY(answer());
  TRY(keep_answer(command, answered));
  return answered;
}

// The same without reading the record back, where its scope can be judged by what it holds.
Result<std::optional<Json>> Execution::answer_made(const records::Form& form) {
  Json made = std::exchange(made_, Json());
  if (made.is_null() || !made["case_id"].is_null()) return std::nullopt;
  auto verdict = around_.packs.policy.may(command_->by, {.form = form.id, .action = Action::Read});
  bool is_inside = verdict.allowed && is_by_place(verdict.scope) && matches(verdict.scope, made);
  if (!is_inside) return std::nullopt;
  Json record = TRY(records::shown_record(transaction_, form, made, verdict.fields));
  return Json::object({{"record", std::move(record)}});
}

Result<Json> Execution::execute(const CreateRecord& what) {
  const records::Form* form = TRY(form_of(what.form));
  RecordId id = TRY(create_one(*form, what.fields, what.id));
  if (auto answer = TRY(answer_made(*form))) return *answer;
  return answer_changed(*form, id);
}

Result<Json> Execution::execute(const UpdateRecord& what) {
  const records::Form* form = TRY(form_of(what.form));
  Reader reader(transaction_, around_.packs, around_.now);
  auto reach = TRY(reader.reach(command_->by, *form, what.id, Action::Update));
  if (!reach.is_allowed) return refuse(ErrorCode::Forbidden);
  bool is_reached = TRY(records::is_visible(transaction_, *form, what.id, reach.scope));
  if (!is_reached) return refuse(ErrorCode::NotFound);
  TRY(check_in_use(*form, what.id));
  auto written = TRY(records::update(writing(command_->by.actor), *form, what.id, what.version,
                                     what.fields, reach.modes));
  TRY(check_source(*form, written.record));
  TRY(transaction_.apply(written.change));
  EvidenceDesk photos{transaction_, command_->by.actor, around_.now, around_.config.has_vision};
  TRY(keep_photos(transaction_, photos, *form, written.record));
  TRY(look_again(*form, what.id));
  TRY(ask_form_guards(*form, what.id));
  return answer_changed(*form, what.id);
}

Result<Json> Execution::execute(const ImportRecords& what) {
  const records::Form* form = TRY(form_of(what.form));
  if (!what.rows.is_array()) return refuse(ErrorCode::BadField, "a list of rows", "rows");
  bool is_too_long = what.rows.as_array().size() > limits::kImportRowsMax;
  if (is_too_long) return refuse(ErrorCode::LimitReached, {}, "rows");
  return ImportRun(*this, *form).run(what.rows, what.is_dry_run);
}

Result<Json> Execution::execute(const CommentRecord& what) {
  const records::Form* form = TRY(form_of(what.form));
  Reader reader(transaction_, around_.packs, around_.now);
  auto reach = TRY(reader.reach(command_->by, *form, what.id, Action::Read));
  Json record = TRY(records::read(transaction_, *form, what.id, reach.scope, reach.modes));
  bool may_press = TRY(reader.may_press(command_->by, *form, what.id, "comment"));
  if (!may_press && !reach.holds_task) return refuse(ErrorCode::Forbidden, "no right to comment");
  CaseId case_id = TRY(CaseId::parse(record.text_or("case_id", "")));
  flow::Step step =
      TRY(flow::comment(flow_around(command_->by.actor), command_->by, case_id, what.text));
  TRY(finish_step(*form, what.id, std::move(step)));
  return Json::object();
}

Result<Json> Execution::answer_task(TaskId id) {
  flow::Task task = TRY(flow::find_task(transaction_, id));
  Json list = TRY(flow::tasks_of_record(
      transaction_, around_.packs.library, command_->by, task.form, task.record_id,
      duty::asker({transaction_, around_.packs.forms, around_.now})));
  for (const Json& one : list.as_array()) {
    if (one["id"] == Json(id.text())) return Json::object({{"task", one}});
  }
  return Json::object({{"task", Json::object({{"id", id.text()}, {"state", task.state}})}});
}

Result<Json> Execution::execute(const ClaimTask& what) {
  flow::Task task = TRY(flow::find_task(transaction_, what.task));
  const records::Form* form = TRY(form_of(task.form));
  flow::Step step = TRY(flow::claim(flow_around(command_->by.actor), command_->by, what.task));
  TRY(finish_step(*form, task.record_id, std::move(step)));
  return answer_task(what.task);
}

Result<Json> Execution::execute(const UnclaimTask& what) {
  flow::Task task = TRY(flow::find_task(transaction_, what.task));
  const records::Form* form = TRY(form_of(task.form));
  flow::Step step = TRY(flow::unclaim(flow_around(command_->by.actor), command_->by, what.task));
  TRY(finish_step(*form, task.record_id, std::move(step)));
  return answer_task(what.task);
}

Result<Json> Execution::execute(const CompleteTask& what) {
  const access::Subject& by = command_->by;
  flow::Task task = TRY(flow::find_task(transaction_, what.task));
  const records::Form* form = TRY(form_of(task.form));
  Json record = TRY(records::read_whole(transaction_, *form, task.record_id));
  int64_t version = record.int_or("version", 0);
  if (what.version && *what.version != version) return refuse(ErrorCode::Conflict);
  flow::Proof proof = TRY(proof_of(what, record));

  if (what.fields.is_object() && !what.fields.as_object().empty()) {
    const flow::Model* model = around_.packs.library.model(task.model_id, task.model_version);
    if (model == nullptr) return refuse(ErrorCode::BadModel, "the case's flow is not there");
    // flow::complete refuses below whoever does not hold this task; then these fields go too.
    access::FieldModes modes =
        around_.packs.policy.capped(form->id, model->rights(task.node).fields);
    auto written =
        TRY(records::update(writing(by.actor), *form, task.record_id, version, what.fields, modes));
    TRY(transaction_.apply(written.change));
    EvidenceDesk photos{transaction_, by.actor, around_.now, around_.config.has_vision};
    TRY(keep_photos(transaction_, photos, *form, written.record));
    record = std::move(written.record);
  }
  flow::Step step = TRY(flow::complete(flow_around(by.actor), by,
                                       {.task = what.task,
                                        .outcome = what.outcome,
                                        .comment = what.comment,
                                        .record = record,
                                        .proof = proof}));
  if (proof.signature) step.change.files.push_back(proof.signature->file);
  for (const std::string& file : proof.attachments) step.change.files.push_back(file);
  TRY(finish_step(*form, task.record_id, std::move(step)));
  return answer_changed(*form, task.record_id);
}

Result<Json> Execution::execute(const ReturnTask& what) {
  const access::Subject& by = command_->by;
  flow::Task task = TRY(flow::find_task(transaction_, what.task));
  const records::Form* form = TRY(form_of(task.form));
  Json record = TRY(records::read_whole(transaction_, *form, task.record_id));
  flow::Step step = TRY(flow::return_to(
      flow_around(by.actor), by,
      {.task = what.task, .to_node = what.to, .comment = what.comment, .record = record}));
  TRY(finish_step(*form, task.record_id, std::move(step)));
  return answer_changed(*form, task.record_id);
}

Result<Json> Execution::execute(const RegisterFile& what) {
  auto known = TRY(records::find_file(transaction_, what.file.sha256, command_->by.actor));
  if (known) return Json::object();
  store::Change change = records::register_file(what.file, command_->by.actor, around_.now);
  EvidenceDesk photos{transaction_, command_->by.actor, around_.now, around_.config.has_vision};
  TRY(note_arrival(photos, what.file, change));
  TRY(transaction_.apply(change));
  return Json::object();
}

Result<Json> Execution::execute(const ReadNotice& what) {
  auto rows =
      TRY(transaction_.query({"SELECT person, read_at FROM notice WHERE id = ?", {what.id}}));
  if (rows.empty() || rows[0].text("person") != command_->by.person.text()) {
    return refuse(ErrorCode::NotFound);
  }
  if (!rows[0].is_null("read_at")) return Json::object();
  store::Change change{.actor = command_->by.actor,
                       .act = "notice.read",
                       .subject_kind = "notice",
                       .subject_id = what.id,
                       .at = around_.now};
  change.rows.push_back({.kind = store::RowChange::Kind::Update,
                         .table = "notice",
                         .key = {{"id", what.id}},
                         .cells = {{"read_at", around_.now.ns}}});
  TRY(transaction_.apply(change));
  return Json::object();
}

}  // namespace anlan::engine
