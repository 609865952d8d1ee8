// The second factor: while logging in, on the page about me, and by an administrator.

#include "api/handlers.h"
#include "api/qr.h"

namespace anlan::api {
namespace {

// Only our own pages send this header; the cookie alone comes from anywhere on this host.
Result<std::string> half_of(const Call& call) {
  std::string half = half_text(call.request);
  if (half.empty()) return refuse(ErrorCode::NotLoggedIn, "no half session");
  if (call.request.header("x-anlan") != "1") {
    return refuse(ErrorCode::Forbidden, "X-Anlan: 1 is missing", "X-Anlan");
  }
  return half;
}

access::FactorProof proof_of(const Services& at, const Call& call) {
  return {.code = call.body.text_or("code", ""), .key = at.factor_key};
}

access::NewSession new_session(Services& at, const Call& call) {
  return {.address = call.request.address, .token = access::random_token(at.engine.random())};
}

std::vector<std::string> new_codes(Services& at) {
  std::vector<std::string> codes;
  for (std::size_t i = 0; i < access::kRecoveryCodes; ++i) {
    codes.push_back(access::new_recovery_code(at.engine.random()));
  }
  return codes;
}

Json codes_json(const std::vector<std::string>& codes) {
  Json list = Json::array();
  for (const std::string& code : codes) list.push(code);
  return Json::object({{"recovery_codes", std::move(list)}});
}

// A refusal of a code is told beside its field, so that the page does not speak of a password.
Result<Json> about_code(Result<Json> done) {
  if (!done && done.error().code == ErrorCode::LoginFailed) done.error().field = "code";
  return done;
}

struct Proposal {
  PersonId person{};
  std::string login{};
  std::string half{};
};

void propose(Services& at, const CallPtr& call, const Proposal& to, Finish finish) {
  std::string secret = access::new_factor_secret(at.engine.random());
  std::string uri = access::factor_uri(
      {.issuer = at.engine.plant_name(call->language), .login = to.login}, secret);
  Result<std::string> qr = qr_svg(uri);
  if (!qr) return finish(std::unexpected(std::move(qr).error()));
  Json shown = Json::object({{"secret", access::base32(secret)}, {"uri", uri}, {"qr", *qr}});
  engine::ProposeFactor what{
      .half = to.half,
      .person = to.person,
      .sealed = access::seal_secret({.person = to.person, .key = at.factor_key}, secret,
                                    at.engine.random())};
  at.engine.submit({.by = call->by, .what = std::move(what)},
                   [shown = std::move(shown), finish](Result<Json> done) {
                     if (!done) return finish(std::unexpected(std::move(done).error()));
                     finish(json_answer(shown));
                   });
}

// Half a session that has to set a factor up; one that has a factor must bring its code.
Result<Proposal> proposal_of_half(Services& at, const Call& call) {
  std::string half = TRY(half_of(call));
  access::HalfSession known = TRY(at.engine.half_session(half));
  access::FactorState state = TRY(at.engine.factor_state(known.person));
  if (state.is_on) return refuse(ErrorCode::WrongState, "a second factor is on");
  return Proposal{.person = known.person, .login = {}, .half = std::move(half)};
}

}  // namespace

namespace handle {

void login_second(Services& at, const CallPtr& call, Finish finish) {
  Result<std::string> half = half_of(*call);
  if (!half) return finish(std::unexpected(std::move(half).error()));
  access::SecondLogin command{
      .half = *half, .proof = proof_of(at, *call), .session = new_session(at, *call)};
  std::string token = command.session.token;
  at.engine.submit({.by = call->by, .what = engine::LoginSecond{.command = std::move(command)}},
                   [&at, call, token, finish](Result<Json> done) {
                     give_session(at, call, {.token = token, .done = about_code(std::move(done))},
                                  finish);
                   });
}

void propose_in_login(Services& at, const CallPtr& call, Finish finish) {
  Result<Proposal> to = proposal_of_half(at, *call);
  if (!to) return finish(std::unexpected(std::move(to).error()));
  to->login = at.engine.login_of(to->person).value_or("");
  propose(at, call, *to, std::move(finish));
}

void confirm_in_login(Services& at, const CallPtr& call, Finish finish) {
  Result<std::string> half = half_of(*call);
  if (!half) return finish(std::unexpected(std::move(half).error()));
  access::ConfirmFactor command{.half = *half,
                                .proof = proof_of(at, *call),
                                .recovery_codes = new_codes(at),
                                .session = new_session(at, *call)};
  std::string token = command.session.token;
  Shape shape = [codes = command.recovery_codes](Json me) -> Result<Answer> {
    return json_answer(codes_json(codes).set("me", std::move(me)));
  };
  at.engine.submit({.by = call->by, .what = engine::ConfirmFactor{.command = std::move(command)}},
                   [&at, call, token, shape, finish](Result<Json> done) {
                     Entry entry{.token = token, .done = std::move(done)};
                     give_session(at, call, std::move(entry), finish, shape);
                   });
}

Result<Json> second_factor(Services& at, const Call& call) {
  access::FactorState state = TRY(at.engine.factor_state(call.by.person));
  return Json::object({{"is_on", state.is_on},
                       {"is_required", state.is_required},
                       {"codes_left", state.codes_left},
                       {"since", state.is_on ? Json(format_instant(state.since)) : Json()}});
}

void propose_factor(Services& at, const CallPtr& call, Finish finish) {
  auto check = at.engine.check_password(call->by.login, call->body.text_or("password", ""));
  if (!check) return finish(std::unexpected(std::move(check).error()));
  if (!check->is_right) return finish(refuse(ErrorCode::LoginFailed, "password", "password"));
  propose(at, call, {.person = call->by.person, .login = call->by.login}, std::move(finish));
}

void confirm_factor(Services& at, const CallPtr& call, Finish finish) {
  access::ConfirmFactor command{.proof = proof_of(at, *call), .recovery_codes = new_codes(at)};
  Json shown = codes_json(command.recovery_codes);
  at.engine.submit({.by = call->by, .what = engine::ConfirmFactor{.command = std::move(command)}},
                   [shown = std::move(shown), finish](Result<Json> done) {
                     if (!done) return finish(std::unexpected(std::move(done).error()));
                     finish(json_answer(shown));
                   });
}

void renew_codes(Services& at, const CallPtr& call, Finish finish) {
  engine::RenewCodes what{.proof = proof_of(at, *call), .recovery_codes = new_codes(at)};
  Json shown = codes_json(what.recovery_codes);
  at.engine.submit({.by = call->by, .what = std::move(what)},
                   [shown = std::move(shown), finish](Result<Json> done) {
                     done = about_code(std::move(done));
                     if (!done) return finish(std::unexpected(std::move(done).error()));
                     finish(json_answer(shown));
                   });
}

void remove_own_factor(Services& at, const CallPtr& call, Finish finish) {
  at.engine.submit({.by = call->by, .what = engine::RemoveOwnFactor{.proof = proof_of(at, *call)}},
                   [finish](Result<Json> done) {
                     finish(about_code(std::move(done)).transform([](const Json& body) {
                       return json_answer(body);
                     }));
                   });
}

Result<engine::What> remove_factor(Services&, const Call& call) {
  return engine::RemoveFactor{.person = TRY(PersonId::parse(call.params.at("id")))};
}

Result<engine::What> unlink_provider(Services&, const Call& call) {
  return engine::Unlink{.person = TRY(PersonId::parse(call.params.at("id")))};
}

}  // namespace handle
}  // namespace anlan::api
