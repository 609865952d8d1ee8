// Reports without a name. Nothing in here may log, or keep anything of the request: no address, no
// session, no key, no browser. A session cookie that came along is not looked at.

#include "api/handlers.h"
#include "core/hash.h"
#include "core/text.h"
#include "engine/anonymous.h"

namespace anlan::api::handle {
namespace {

Result<std::string> digest(std::string_view text) {
  bool is_hex = text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (text.size() != 64 || !is_hex) return refuse(ErrorCode::BadField, "not a hash", "sha256");
  return std::string(text);
}

// The order of somebody who is nobody. Without a key: what would be kept of it is the asker's.
engine::Command order_of(engine::What what) {
  return {.by = access::anonymous(), .what = std::move(what)};
}

}  // namespace

void anonymous_report(Services& at, const CallPtr& call, Finish finish) {
  std::string code = engine::new_report_code(at.engine.random());
  engine::Command order = order_of(engine::AnonymousReport{
      .form = call->body.text_or("form", ""), .fields = call->body["fields"], .code = code});
  // Repeated, it is the same report: its mark is a hash of the request with its random key.
  std::string request(call->request.header("idempotency-key"));
  order.fingerprint = to_hex(sha256(lower_ascii(request) + "\n" + call->request.body));
  at.engine.submit(std::move(order), [code, finish = std::move(finish)](Result<Json> done) {
    if (!done) return finish(std::unexpected(std::move(done).error()));
    done->set("code", code);
    finish(json_answer(*done));
  });
}

Result<Json> anonymous_thread(Services& at, const Call& call) {
  return engine::anonymous_thread(at.engine, call.body.text_or("code", ""));
}

void anonymous_message(Services& at, const CallPtr& call, Finish finish) {
  engine::Command order =
      order_of(engine::AnonymousMessage{.code = call->body.text_or("code", ""),
                                        .text = call->body.text_or("text", ""),
                                        .is_not_fixed = call->body.bool_or("is_not_fixed", false)});
  order.key = lower_ascii(call->request.header("idempotency-key"));
  order.fingerprint = to_hex(sha256(call->request.path + "\n" + call->request.body));
  at.engine.submit(std::move(order), [finish = std::move(finish)](Result<Json> done) {
    finish(std::move(done).transform([](const Json& body) { return json_answer(body); }));
  });
}

Result<Json> anonymous_blob(Services& at, const Call& call) {
  auto sha = call.params.find("sha256");
  auto code = call.query.find("code");
  if (code == call.query.end()) return refuse(ErrorCode::MissingField, {}, "code");
  std::string sha256 = TRY(digest(sha == call.params.end() ? std::string_view{} : sha->second));
  engine::Chunk chunk{.sha256 = sha256,
                      .offset = TRY(query_number(call, "offset")),
                      .total = TRY(query_number(call, "total")),
                      .bytes = call.request.body};
  return engine::put_anonymous_blob(at.engine, code->second, chunk);
}

Result<Answer> anonymous_file(Services& at, const Call& call) {
  std::string sha256 = TRY(digest(call.body.text_or("sha256", "")));
  Answer answer{.body =
                    TRY(engine::anonymous_file(at.engine, call.body.text_or("code", ""), sha256))};
  answer.type = file_type(answer.body);
  answer.headers = {{"Cache-Control", "no-store"}, {"Content-Disposition", "inline"}};
  return answer;
}

}  // namespace anlan::api::handle
