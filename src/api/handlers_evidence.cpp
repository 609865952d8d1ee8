// Device keys, evidence, the thread with the reporter.

#include "api/handlers.h"
#include "engine/evidence.h"
#include "engine/thread.h"

namespace anlan::api::handle {
namespace {

std::string param(const Call& call, std::string_view name) {
  auto found = call.params.find(name);
  return found == call.params.end() ? std::string{} : found->second;
}

double number_of(const Json& value) {
  return value.is_number() ? value.as_double().value_or(-1) : -1;
}

}  // namespace

Result<engine::What> register_device(Services&, const Call& call) {
  return engine::RegisterDevice{.key = call.body.text_or("key", ""),
                                .name = call.body.text_or("name", "")};
}

Result<Json> devices(Services& at, const Call& call) {
  return engine::devices_of(at.engine, call.by);
}

Result<engine::What> revoke_device(Services&, const Call& call) {
  auto reason = call.query.find("reason");
  std::string text = reason == call.query.end() ? std::string() : reason->second;
  if (count_chars(text) > 400)
    return refuse(ErrorCode::BadField, "at most 400 characters", "reason");
  return engine::RevokeDevice{.id = param(call, "id"), .reason = std::move(text)};
}

Result<Json> evidence(Services& at, const Call& call) {
  return engine::evidence_of(at.engine, call.by, param(call, "form"), TRY(path_id(call)));
}

Result<engine::What> mark_box(Services&, const Call& call) {
  return engine::MarkBox{.form = param(call, "form"),
                         .id = TRY(path_id(call)),
                         .before = call.body.text_or("before", ""),
                         .after = call.body.text_or("after", ""),
                         .x = number_of(call.body["x"]),
                         .y = number_of(call.body["y"]),
                         .width = number_of(call.body["width"]),
                         .height = number_of(call.body["height"])};
}

Result<Json> thread(Services& at, const Call& call) {
  return engine::thread_of(at.engine, call.by, param(call, "form"), TRY(path_id(call)));
}

Result<engine::What> write_message(Services&, const Call& call) {
  return engine::WriteMessage{.form = param(call, "form"),
                              .id = TRY(path_id(call)),
                              .text = call.body.text_or("text", ""),
                              .is_not_fixed = call.body.bool_or("is_not_fixed", false)};
}

}  // namespace anlan::api::handle
