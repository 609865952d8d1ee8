#include "api/handlers.h"
#include "engine/policy_report.h"
#include "engine/view_as.h"

namespace anlan::api {
namespace {

std::string asked(const Call& call, std::string_view name) {
  auto found = call.query.find(name);
  return found == call.query.end() ? std::string{} : found->second;
}

void set_view(Answer& answer, std::string_view view, bool is_tls) {
  std::string text = std::string(view_cookie_name(is_tls)) + "=" + std::string(view);
  int64_t seconds = view.empty() ? 0 : engine::kViewLength.to_seconds();
  text += "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(seconds);
  answer.headers.emplace_back("Set-Cookie", text + (is_tls ? "; Secure" : ""));
}

}  // namespace

std::string_view view_cookie_name(bool is_tls) {
  return is_tls ? "__Host-anlan-view" : "anlan-view";
}

namespace handle {

Result<Json> policy_matrix(Services& at, const Call& call) {
  return engine::policy_matrix(at.engine, call.by, asked(call, "form"));
}

Result<Json> policy_who(Services& at, const Call& call) {
  return engine::who_sees(at.engine, call.by, asked(call, "form"), asked(call, "field"));
}

Result<Json> policy_why(Services& at, const Call& call) {
  auto person = PersonId::parse(asked(call, "person"));
  if (!person) return refuse(ErrorCode::BadField, {}, "person");
  return engine::why(at.engine, call.by,
                     {.person = *person,
                      .form = asked(call, "form"),
                      .record = asked(call, "record"),
                      .field = asked(call, "field")});
}

Result<Json> policy_difference(Services& at, const Call& call) {
  return engine::policy_difference(at.engine, call.by, call.body["roles"]);
}

void begin_view(Services& at, const CallPtr& call, Finish finish) {
  auto person = PersonId::parse(call->body.text_or("person", ""));
  if (!person) return finish(refuse(ErrorCode::BadField, {}, "person"));
  if (call->by.actor.kind != Actor::Kind::Person) {
    return finish(refuse(ErrorCode::Forbidden, "not with a token"));
  }
  engine::BeginView what{.person = *person, .reason = call->body.text_or("reason", "")};
  at.engine.submit(command_of(*call, std::move(what)),
                   [call, finish = std::move(finish)](Result<Json> done) {
                     if (!done) return finish(std::unexpected(std::move(done).error()));
                     Answer answer = json_answer(*done);
                     set_view(answer, done->text_or("view", ""), call->request.is_tls);
                     finish(std::move(answer));
                   });
}

void end_view(Services& at, const CallPtr& call, Finish finish) {
  std::string view(cookie(call->request, view_cookie_name(call->request.is_tls)));
  auto tell = [call, finish](const Result<Json>&) {
    Answer answer = json_answer(Json::object());
    set_view(answer, "", call->request.is_tls);
    finish(std::move(answer));
  };
  // Without a view there is nothing to end, and a foreign one is not ours to end.
  if (view.empty()) return tell(Json::object());
  at.engine.submit(command_of(*call, engine::EndView{.view = view}), tell);
}

}  // namespace handle
}  // namespace anlan::api
