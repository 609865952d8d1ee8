#include "api/handlers.h"
#include "core/hash.h"
#include "core/text.h"

namespace anlan::api {
namespace {

// A week: the engine ends a session much earlier, this only keeps dead cookies from piling up.
constexpr std::string_view kCookieRules = "; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800";

void set_cookie(Answer& answer, std::string_view token, bool is_tls) {
  std::string text = std::string(cookie_name(is_tls)) + "=" + std::string(token);
  text += kCookieRules;
  answer.headers.emplace_back("Set-Cookie", text + (is_tls ? "; Secure" : ""));
}

void clear_cookie(Answer& answer, bool is_tls) {
  std::string text(cookie_name(is_tls));
  text += "=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0";
  answer.headers.emplace_back("Set-Cookie", text + (is_tls ? "; Secure" : ""));
}

std::string_view half_cookie(bool is_tls) { return is_tls ? "__Host-anlan-half" : "anlan-half"; }

// Worth nothing once the session is whole or ten minutes have gone.
std::string half_setting(std::string_view token, bool is_tls) {
  std::string text = std::string(half_cookie(is_tls)) + "=" + std::string(token);
  text += "; Path=/; HttpOnly; SameSite=Strict; Max-Age=600";
  return text + (is_tls ? "; Secure" : "");
}

// Who logs in again leaves no other session of this browser behind.
void end_earlier_session(Services& at, const Call& call) {
  std::string token = credential_text(call.request);
  if (token.empty()) return;
  Result<access::Subject> by = at.engine.authenticate(token);
  if (!by || by->session.is_nil()) return;
  at.engine.submit({.by = *by, .what = engine::Logout{}}, [](const Result<Json>&) {});
}

// The caller as it is after the change: grants and language may have moved.
Result<Answer> me_answer(Services& at, const std::string& token) {
  access::Subject by = TRY(at.engine.authenticate(token));
  return json_answer(TRY(at.engine.me(by)));
}

// Engine calls back on its writer's thread; the answer is made on the pool.
void submit_then_me(Services& at, const CallPtr& call, engine::What what, Finish finish) {
  at.engine.submit(command_of(*call, std::move(what)),
                   [&at, call, finish = std::move(finish)](Result<Json> done) {
                     if (!done) return finish(std::unexpected(std::move(done).error()));
                     at.pool.go_on([&at, call, finish] { finish(me_answer(at, call->token)); });
                   });
}

Result<Json> check_login(Services& at, const LoginWish& wish, access::PasswordCheck& check) {
  check = TRY(at.engine.check_password(wish.login, wish.password));
  return Json();
}

}  // namespace

engine::Command command_of(const Call& call, engine::What what) {
  std::string text(method_text(call.request.method));
  text += "\n" + call.request.path + "\n" + call.request.body;
  std::string key = lower_ascii(call.request.header("idempotency-key"));
  return {.by = call.by,
          .key = key,
          .fingerprint = key.empty() ? "" : to_hex(sha256(text)),
          .what = std::move(what)};
}

Result<int64_t> query_number(const Call& call, std::string_view name) {
  auto found = call.query.find(name);
  if (found == call.query.end()) return refuse(ErrorCode::MissingField, "", std::string(name));
  std::optional<int64_t> value = Json(Json::Number{found->second}).as_int64();
  bool is_number = found->second.find_first_not_of("0123456789") == std::string::npos;
  if (found->second.empty() || !is_number || !value) {
    return refuse(ErrorCode::BadField, "not a whole number", std::string(name));
  }
  return *value;
}

void start_session(Services& at, const CallPtr& call, const LoginWish& wish, Finish finish) {
  access::PasswordCheck check;
  if (Result<Json> checked = check_login(at, wish, check); !checked) {
    return finish(std::unexpected(std::move(checked).error()));
  }
  std::string token = access::random_token(at.engine.random());
  access::LoginCommand command{
      .check = check, .client = wish.client, .address = call->request.address, .token = token};
  command.is_second_done = wish.is_second_done;
  engine::Command order{.by = call->by, .what = engine::Login{.command = std::move(command)}};
  at.engine.submit(std::move(order), [&at, call, token, finish](Result<Json> done) {
    give_session(at, call, {.token = token, .done = std::move(done)}, finish);
  });
}

std::string half_text(const Request& request) {
  return std::string(cookie(request, half_cookie(request.is_tls)));
}

// Called on the writer's thread: the answer is made on the pool.
void give_session(Services& at, const CallPtr& call, Entry entry, Finish finish, Shape shape) {
  if (!entry.done) return finish(std::unexpected(std::move(entry.done).error()));
  Json next = (*entry.done)["next"];
  if (!next.is_null()) {
    Answer answer = json_answer(Json::object({{"next", std::move(next)}}), 202);
    answer.headers.emplace_back("Set-Cookie", half_setting(entry.token, call->request.is_tls));
    return finish(std::move(answer));
  }
  at.pool.go_on([&at, call, token = std::move(entry.token), finish, shape] {
    Result<Answer> answer = me_answer(at, token);
    if (answer && shape) answer = shape(parse_json(answer->body).value_or(Json()));
    if (answer) {
      set_cookie(*answer, token, call->request.is_tls);
      end_earlier_session(at, *call);
    }
    finish(std::move(answer));
  });
}

namespace handle {

Result<Json> health(Services& at, const Call& call) {
  // Also while the store is gone: who asks wants to know.
  bool is_empty = at.engine.is_empty().value_or(false);
  engine::Trouble trouble = at.engine.health().trouble();
  return Json::object({{"status", trouble == engine::Trouble::None ? "ready" : "degraded"},
                       {"trouble", engine::trouble_code(trouble)},
                       {"version", kVersion},
                       {"plant", at.engine.plant_name(call.language)},
                       {"empty", is_empty},
                       {"time", format_instant(at.engine.clock().now())}});
}

void login(Services& at, const CallPtr& call, Finish finish) {
  LoginWish wish{.login = call->body.text_or("login", ""),
                 .password = call->body.text_or("password", ""),
                 .client = call->body.text_or("client", "desk")};
  start_session(at, call, wish, std::move(finish));
}

Result<Json> login_ways(Services& at, const Call&) {
  Json provider;
  if (at.provider) {
    const LocalText& label = at.provider->settings().label;
    provider = Json::object({{"label", Json::object({{"zh", label.zh}, {"en", label.en}})}});
  }
  return Json::object({{"provider", std::move(provider)}});
}

void logout(Services& at, const CallPtr& call, Finish finish) {
  // Who came by the provider is told where to end that session, too: the desk is shared.
  std::string next;
  bool is_by_provider = at.provider && at.engine.way_in(call->by).value_or("") == "provider";
  if (is_by_provider) next = at.provider->end_session();
  engine::Command order{.by = call->by, .what = engine::Logout{}};
  at.engine.submit(std::move(order), [call, next, finish = std::move(finish)](Result<Json> done) {
    if (!done) return finish(std::unexpected(std::move(done).error()));
    Answer answer = json_answer(next.empty() ? Json::object() : Json::object({{"next", next}}));
    clear_cookie(answer, call->request.is_tls);
    finish(std::move(answer));
  });
}

Result<Json> me(Services& at, const Call& call) { return at.engine.me(call.by); }

void change_password(Services& at, const CallPtr& call, Finish finish) {
  auto prepare = [&]() -> Result<engine::What> {
    std::string old = call->body.text_or("old", "");
    std::string fresh = call->body.text_or("new", "");
    access::PasswordCheck check = TRY(at.engine.check_password(call->by.login, old));
    if (!check.is_right) return refuse(ErrorCode::LoginFailed, "old password", "old");
    if (old == fresh) return refuse(ErrorCode::WeakPassword, "the same again", "new");
    TRY(access::check_password_strength(fresh, call->by.login, at.config.sessions));
    return engine::ChangePassword{.new_hash = TRY(access::hash_password(fresh))};
  };
  Result<engine::What> what = prepare();
  if (!what) return finish(std::unexpected(std::move(what).error()));
  // The change ended every session of this person; who made it goes on in a fresh one.
  LoginWish wish{.login = call->by.login,
                 .password = call->body.text_or("new", ""),
                 .client = is_phone(call->request) ? "m" : "desk",
                 .is_second_done = true};
  at.engine.submit(
      command_of(*call, std::move(*what)), [&at, call, wish, finish](Result<Json> done) {
        if (!done) return finish(std::unexpected(std::move(done).error()));
        at.pool.go_on([&at, call, wish, finish] { start_session(at, call, wish, finish); });
      });
}

void set_language(Services& at, const CallPtr& call, Finish finish) {
  engine::SetLanguage what{.language = call->body.text_or("language", "zh")};
  submit_then_me(at, call, std::move(what), std::move(finish));
}

Result<Json> demo(Services& at, const Call&) {
  if (at.engine.demo().is_null()) return refuse(ErrorCode::NotFound, "no demo plant");
  return at.engine.demo();
}

}  // namespace handle
}  // namespace anlan::api
