// The acts of approval: docs/formats/approval.md, "Acts".

#include "api/handlers.h"
#include "engine/flow_view.h"

namespace anlan::api::handle {
namespace {

Result<TaskId> task_id(const Call& call) {
  Result<TaskId> id = TaskId::parse(call.params.at("id"));
  if (!id) return refuse(ErrorCode::NotFound, "not an id");
  return *id;
}

Result<PersonId> person_of(const Json& value, const char* field) {
  auto person = PersonId::parse(value.is_text() ? value.as_text() : "");
  if (!person) return refuse(ErrorCode::BadField, "not a person", field);
  return *person;
}

Result<engine::ActOnTask> act_of(const Call& call, std::string act) {
  engine::ActOnTask what{.task = TRY(task_id(call)),
                         .act = std::move(act),
                         .comment = call.body.text_or("comment", "")};
  const Json& to = call.body["to"];
  if (to.is_text()) what.to.push_back(TRY(person_of(to, "to")));
  if (!to.is_array()) return what;
  for (const Json& one : to.as_array()) what.to.push_back(TRY(person_of(one, "to")));
  return what;
}

Result<engine::What> act_on_case(const Call& call, std::string act) {
  auto id = RecordId::parse(call.params.at("id"));
  if (!id) return refuse(ErrorCode::NotFound, "not an id");
  return engine::ActOnCase{.form = call.params.at("form"),
                           .id = *id,
                           .act = std::move(act),
                           .comment = call.body.text_or("comment", "")};
}

Result<Instant> instant_of(const Call& call, const char* field) {
  auto at = parse_instant(call.body.text_or(field, ""));
  if (!at) return refuse(ErrorCode::BadField, "not a point in time", field);
  return *at;
}

}  // namespace

Result<engine::What> transfer_task(Services&, const Call& call) {
  return TRY(act_of(call, "transfer"));
}

Result<engine::What> delegate_task(Services&, const Call& call) {
  return TRY(act_of(call, "delegate"));
}

Result<engine::What> resolve_task(Services&, const Call& call) {
  return TRY(act_of(call, "resolve"));
}

Result<engine::What> reject_task(Services&, const Call& call) {
  return TRY(act_of(call, "reject"));
}

Result<engine::What> add_sign(Services&, const Call& call) {
  engine::ActOnTask what = TRY(act_of(call, "add_sign"));
  what.when = call.body.text_or("when", "");
  what.mode = call.body.text_or("mode", "all");
  return what;
}

Result<engine::What> remove_sign(Services&, const Call& call) {
  engine::ActOnTask what = TRY(act_of(call, "remove_sign"));
  what.to = {TRY(person_of(call.body["person"], "person"))};
  return what;
}

Result<engine::What> urge_task(Services&, const Call& call) { return TRY(act_of(call, "urge")); }

Result<engine::What> copy_task(Services&, const Call& call) { return TRY(act_of(call, "cc")); }

Result<Json> draft(Services& at, const Call& call) {
  return engine::draft_of(at.engine, call.by, TRY(task_id(call)));
}

Result<engine::What> save_draft(Services&, const Call& call) {
  return engine::SaveDraft{.task = TRY(task_id(call)), .content = call.body};
}

Result<engine::What> withdraw_case(Services&, const Call& call) {
  return act_on_case(call, "withdraw");
}

Result<engine::What> retract_task(Services&, const Call& call) {
  return act_on_case(call, "retract");
}

Result<Json> delegations(Services& at, const Call& call) {
  return engine::delegations(at.engine, call.by);
}

Result<engine::What> set_delegation(Services& at, const Call& call) {
  flow::Delegation made{.deputy = TRY(person_of(call.body["deputy"], "deputy")),
                        .forms = {},
                        .from = at.engine.clock().now(),
                        .until = TRY(instant_of(call, "until")),
                        .reason = call.body.text_or("reason", "")};
  if (call.body.has("from")) made.from = TRY(instant_of(call, "from"));
  if (call.body["forms"].is_array()) {
    for (const Json& form : call.body["forms"].as_array()) made.forms.push_back(form.as_text());
  }
  return engine::SetDelegation{.delegation = std::move(made)};
}

Result<engine::What> end_delegation(Services&, const Call& call) {
  return engine::EndDelegation{.id = call.params.at("id")};
}

Result<engine::What> set_head(Services&, const Call& call) {
  engine::SetHead what{.unit = call.params.at("code")};
  if (!call.body["person"].is_null()) {
    what.person = TRY(person_of(call.body["person"], "person"));
  }
  return what;
}

}  // namespace anlan::api::handle
