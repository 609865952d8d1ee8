// Commands on the second factor and on accounts of a log-in provider.

#include "engine/execute.h"

namespace anlan::engine {

// What was decided is committed, also where it is a refusal: the failure must count.
Result<Json> Execution::enter(const access::LoginResult& result) {
  TRY(transaction_.apply(result.change));
  if (!result.answer) {
    refused_after_commit_ = result.answer.error();
    return Json::object();
  }
  if (result.next == access::NextStep::SecondFactor) {
    return Json::object({{"next", "second_factor"}});
  }
  if (result.next == access::NextStep::SetUpFactor) {
    return Json::object({{"next", "set_up_factor"}});
  }
  if (result.answer->is_nil()) return Json::object();
  return Json::object(
      {{"session", result.answer->text()}, {"person", result.change.actor.person.text()}});
}

Result<Json> Execution::execute(const LoginSecond& what) {
  return enter(TRY(access::login_second(desk(), what.command, around_.config.sessions)));
}

Result<Json> Execution::execute(const LoginByProvider& what) {
  return enter(TRY(access::login_by_provider(desk(), what.command, around_.config.sessions)));
}

Result<Json> Execution::execute(const ProposeFactor& what) {
  PersonId person = command_->by.person;
  if (!what.half.empty()) {
    person = TRY(access::find_half(transaction_, what.half, around_.now)).person;
  }
  if (person != what.person) return refuse(ErrorCode::NotLoggedIn);
  TRY(transaction_.apply(TRY(access::propose_factor(desk(), person, what.sealed))));
  return Json::object();
}

Result<Json> Execution::execute(const ConfirmFactor& what) {
  access::ConfirmFactor command = what.command;
  command.person = command_->by.person;
  return enter(TRY(access::confirm_factor(desk(), command, around_.config.sessions)));
}

Result<Json> Execution::execute(const RenewCodes& what) {
  return enter(
      TRY(access::renew_codes(desk(), what.proof, what.recovery_codes, around_.config.sessions)));
}

Result<Json> Execution::execute(const RemoveOwnFactor& what) {
  return enter(TRY(access::remove_own_factor(desk(), what.proof, around_.config.sessions)));
}

// The person hears of it: whoever talked an administrator into it is found out.
Result<Json> Execution::execute(const RemoveFactor& what) {
  TRY(require("people"));
  if (what.person == command_->by.person) {
    return refuse(ErrorCode::Forbidden, "the own one needs its code");
  }
  store::Change change = TRY(access::remove_factor(desk(), what.person));
  add_notice(change, {.persons = {what.person},
                      .kind = "account.notice.factor_removed",
                      .level = "orange",
                      .form = {},
                      .record = {},
                      .data = Json::object({{"by", command_->by.name}})});
  TRY(transaction_.apply(change));
  return Json::object();
}

Result<Json> Execution::execute(const Unlink& what) {
  TRY(require("people"));
  TRY(transaction_.apply(TRY(access::unlink(desk(), what.person))));
  return Json::object();
}

}  // namespace anlan::engine
