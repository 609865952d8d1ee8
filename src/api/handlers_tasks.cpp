#include "api/handlers.h"

namespace anlan::api::handle {
namespace {

Result<TaskId> task_id(const Call& call) {
  Result<TaskId> id = TaskId::parse(call.params.at("id"));
  if (!id) return refuse(ErrorCode::NotFound, "not an id");
  return *id;
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
  return engine::CompleteTask{.task = TRY(task_id(call)),
                              .outcome = call.body.text_or("outcome", ""),
                              .comment = call.body.text_or("comment", ""),
                              .fields = fields.is_null() ? Json::object() : fields,
                              .version = call.body["version"].as_int64()};
}

Result<engine::What> return_task(Services&, const Call& call) {
  return engine::ReturnTask{.task = TRY(task_id(call)),
                            .to = call.body.text_or("to", ""),
                            .comment = call.body.text_or("comment", "")};
}

Result<Json> notices(Services& at, const Call& call) { return at.engine.notices(call.by); }

Result<engine::What> read_notice(Services&, const Call& call) {
  return engine::ReadNotice{.id = call.params.at("id")};
}

}  // namespace anlan::api::handle
