#include "api/handlers.h"
#include "engine/duty.h"
#include "engine/flow_view.h"

namespace anlan::api::handle {
namespace {

Result<TaskId> task_id(const Call& call) {
  Result<TaskId> id = TaskId::parse(call.params.at("id"));
  if (!id) return refuse(ErrorCode::NotFound, "not an id");
  return *id;
}

Result<RecordId> record_id(const Call& call) {
  Result<RecordId> id = RecordId::parse(call.params.at("id"));
  if (!id) return refuse(ErrorCode::NotFound, "not an id");
  return *id;
}

Result<engine::HandOver> hand_over_of(const Call& call) {
  auto to = PersonId::parse(call.body.text_or("to", ""));
  if (!to) return refuse(ErrorCode::BadField, "not a person", "to");
  return engine::HandOver{.to = *to, .comment = call.body.text_or("comment", "")};
}

}  // namespace

Result<Json> tasks(Services& at, const Call& call) { return at.engine.tasks(call.by); }

Result<engine::What> claim_task(Services&, const Call& call) {
  return engine::ClaimTask{.task = TRY(task_id(call))};
}

Result<engine::What> unclaim_task(Services&, const Call& call) {
  return engine::UnclaimTask{.task = TRY(task_id(call))};
}

Result<engine::What> complete_task(Services&, const Call& call) {
  const Json& fields = call.body["fields"];
  const Json& signature = call.body["signature"];
  engine::CompleteTask what{.task = TRY(task_id(call)),
                            .outcome = call.body.text_or("outcome", ""),
                            .comment = call.body.text_or("comment", ""),
                            .fields = fields.is_null() ? Json::object() : fields,
                            .version = call.body["version"].as_int64(),
                            .signature_file = signature.text_or("file", ""),
                            .content_sha256 = signature.text_or("content_sha256", ""),
                            .position = call.body["position"]};
  const Json& files = call.body["attachments"];
  if (!files.is_array()) return what;
  for (const Json& file : files.as_array()) {
    if (file.is_text()) what.attachments.push_back(file.as_text());
  }
  return what;
}

Result<engine::What> return_task(Services&, const Call& call) {
  return engine::ReturnTask{.task = TRY(task_id(call)),
                            .to = call.body.text_or("to", ""),
                            .comment = call.body.text_or("comment", "")};
}

Result<engine::What> hand_over_task(Services&, const Call& call) {
  engine::HandOver what = TRY(hand_over_of(call));
  what.task = TRY(task_id(call));
  return what;
}

Result<engine::What> hand_over_tasks(Services&, const Call& call) {
  return TRY(hand_over_of(call));
}

Result<engine::What> retry_flow(Services&, const Call& call) {
  return engine::RetryCase{.form = call.params.at("form"), .id = TRY(record_id(call))};
}

Result<engine::What> migrate_flow(Services&, const Call& call) {
  return engine::MigrateCase{.form = call.params.at("form"),
                             .id = TRY(record_id(call)),
                             .mapping = call.body["mapping"],
                             .comment = call.body.text_or("comment", "")};
}

// A file under work is nobody's data: whoever may log in may have one looked at.
Result<Json> lint_flow(Services&, const Call& call) {
  if (!call.body["xml"].is_text()) return refuse(ErrorCode::MissingField, "no file", "xml");
  return engine::flow_findings(call.body["xml"].as_text());
}

Result<Json> record_flow(Services& at, const Call& call) {
  return engine::flow_picture(at.engine, call.by, call.params.at("form"), TRY(record_id(call)));
}

Result<Json> duty(Services& at, const Call& call) {
  auto org = call.query.find("org");
  std::string path = org == call.query.end() ? std::string("/") : org->second;
  return engine::duty_now(at.engine, call.by, path);
}

Result<Json> notices(Services& at, const Call& call) { return at.engine.notices(call.by); }

Result<engine::What> read_notice(Services&, const Call& call) {
  return engine::ReadNotice{.id = call.params.at("id")};
}

Result<engine::What> deliver_notice(Services&, const Call& call) {
  return engine::NoticeReceipt{.id = call.params.at("id"), .kind = "delivered"};
}

Result<engine::What> acknowledge_notice(Services&, const Call& call) {
  return engine::NoticeReceipt{.id = call.params.at("id"), .kind = "acknowledged"};
}

Result<Json> push_key(Services& at, const Call&) {
  if (at.config.outside.push_key.empty()) return refuse(ErrorCode::NotFound, "no web push here");
  return Json::object({{"key", at.config.outside.push_key}});
}

Result<engine::What> subscribe(Services&, const Call& call) {
  return engine::PutSubscription{.endpoint = call.body.text_or("endpoint", ""),
                                 .p256dh = call.body.text_or("p256dh", ""),
                                 .auth = call.body.text_or("auth", "")};
}

Result<engine::What> unsubscribe(Services&, const Call&) { return engine::DropSubscriptions{}; }

}  // namespace anlan::api::handle
