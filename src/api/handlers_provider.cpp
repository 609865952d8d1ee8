// Log-in by a provider: the way there and the way back. Both end with a redirect to a page of ours,
// and what went wrong stands behind its "#", where no server logs it.

#include "api/handlers.h"
#include "core/log.h"

namespace anlan::api {
namespace {

std::string_view try_cookie(bool is_tls) { return is_tls ? "__Host-anlan-try" : "anlan-try"; }

// Lax: the way back begins on the provider's page. It is worth nothing once the try is over.
std::string try_setting(std::string_view binding, bool is_tls) {
  std::string text = std::string(try_cookie(is_tls)) + "=" + std::string(binding);
  text += "; Path=/; HttpOnly; SameSite=Lax; Max-Age=600";
  return text + (is_tls ? "; Secure" : "");
}

Moment moment_of(Services& at) {
  return {.steady = at.engine.health().steady(), .wall = at.engine.clock().now()};
}

std::string query_text(const Call& call, std::string_view name) {
  auto found = call.query.find(name);
  return found == call.query.end() ? std::string() : found->second;
}

// To one of two pages of ours, whatever anybody asked for.
Answer to_page(std::string_view client, const std::string& entry) {
  std::string where = client == "m" ? "/m/" : "/desk/";
  return redirect_answer(entry.empty() ? where : where + "#/entry?" + entry);
}

std::string reason_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::Forbidden: return "unknown";
    case ErrorCode::Overloaded: return "down";
    case ErrorCode::WrongState: return "again";
    default: return "failed";
  }
}

Answer refused_page(std::string_view client, const Error& error) {
  log(LogLevel::Warning, "log-in by the provider refused",
      Json::object({{"code", error_text(error.code).code}, {"detail", error.detail}}));
  return to_page(client, "refused=" + reason_of(error));
}

}  // namespace

namespace handle {

Result<Answer> start_provider(Services& at, const Call& call) {
  if (!at.provider) return refuse(ErrorCode::NotFound, "no log-in provider");
  std::string client = query_text(call, "client") == "m" ? "m" : "desk";
  auto begun = at.provider->begin(client, at.engine.random(), moment_of(at));
  if (!begun) return refused_page(client, begun.error());
  Answer answer = redirect_answer(begun->url);
  answer.headers.emplace_back("Set-Cookie", try_setting(begun->binding, call.request.is_tls));
  return answer;
}

void back_from_provider(Services& at, const CallPtr& call, Finish finish) {
  if (!at.provider) return finish(refuse(ErrorCode::NotFound, "no log-in provider"));
  bool is_tls = call->request.is_tls;
  Moment now = moment_of(at);
  auto taken = at.provider->take(query_text(*call, "state"),
                                 cookie(call->request, try_cookie(is_tls)), now.steady);
  if (!taken) return finish(refused_page("desk", taken.error()));
  std::string client = taken->client;
  // RFC 9207: an answer of another provider stops here.
  std::string issuer = query_text(*call, "iss");
  bool is_other = !issuer.empty() && issuer != at.provider->settings().issuer;
  if (is_other || call->query.contains("error")) {
    return finish(refused_page(client, {.code = ErrorCode::ProofInvalid, .detail = "no code"}));
  }
  auto identity = at.provider->identity(query_text(*call, "code"), taken->login, now);
  if (!identity) return finish(refused_page(client, identity.error()));
  access::ProviderLogin command{.identity = *identity,
                                .client = client,
                                .address = call->request.address,
                                .token = access::random_token(at.engine.random()),
                                .is_second_done = at.provider->settings().trusts_second_factor};
  std::string token = command.token;
  Finish at_end = [client, finish](Result<Answer> answer) {
    if (!answer) return finish(refused_page(client, answer.error()));
    std::string next = parse_json(answer->body).value_or(Json()).text_or("next", "");
    Answer page = to_page(client, next.empty() ? next : "next=" + next);
    for (auto& header : answer->headers) {
      if (header.first == "Set-Cookie") page.headers.push_back(std::move(header));
    }
    finish(std::move(page));
  };
  at.engine.submit({.by = call->by, .what = engine::LoginByProvider{.command = std::move(command)}},
                   [&at, call, token, at_end](Result<Json> done) {
                     give_session(at, call, {.token = token, .done = std::move(done)}, at_end);
                   });
}

}  // namespace handle
}  // namespace anlan::api
