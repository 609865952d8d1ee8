#pragma once
// One function for each row of routes.def, in handlers_*.cpp by what they are about. Which of the
// four kinds of routes.h a handler is, its signature tells.

#include "api/routes.h"

namespace anlan::api::handle {

// handlers_ops.cpp
Result<Json> status(Services& at, const Call& call);
Result<Answer> diagnostics(Services& at, const Call& call);
Result<Answer> metrics(Services& at, const Call& call);

// handlers_session.cpp
Result<Json> health(Services& at, const Call& call);
void login(Services& at, const CallPtr& call, Finish finish);
void logout(Services& at, const CallPtr& call, Finish finish);
Result<Json> login_ways(Services& at, const Call& call);
Result<Json> me(Services& at, const Call& call);
void change_password(Services& at, const CallPtr& call, Finish finish);
void set_language(Services& at, const CallPtr& call, Finish finish);
Result<Json> demo(Services& at, const Call& call);

// handlers_factor.cpp
void login_second(Services& at, const CallPtr& call, Finish finish);
void propose_in_login(Services& at, const CallPtr& call, Finish finish);
void confirm_in_login(Services& at, const CallPtr& call, Finish finish);
Result<Json> second_factor(Services& at, const Call& call);
void propose_factor(Services& at, const CallPtr& call, Finish finish);
void confirm_factor(Services& at, const CallPtr& call, Finish finish);
void renew_codes(Services& at, const CallPtr& call, Finish finish);
void remove_own_factor(Services& at, const CallPtr& call, Finish finish);
Result<engine::What> remove_factor(Services& at, const Call& call);
Result<engine::What> unlink_provider(Services& at, const Call& call);

// handlers_provider.cpp
Result<Answer> start_provider(Services& at, const Call& call);
void back_from_provider(Services& at, const CallPtr& call, Finish finish);

// handlers_policy.cpp
Result<Json> policy_matrix(Services& at, const Call& call);
Result<Json> policy_who(Services& at, const Call& call);
Result<Json> policy_why(Services& at, const Call& call);
Result<Json> policy_difference(Services& at, const Call& call);
void begin_view(Services& at, const CallPtr& call, Finish finish);
void end_view(Services& at, const CallPtr& call, Finish finish);

// handlers_records.cpp
Result<Json> forms(Services& at, const Call& call);
Result<Json> form(Services& at, const Call& call);
Result<Answer> list_records(Services& at, const Call& call);
Result<engine::What> create_record(Services& at, const Call& call);
Result<Json> count_records(Services& at, const Call& call);
Result<Answer> record(Services& at, const Call& call);
Result<engine::What> update_record(Services& at, const Call& call);
Result<Json> history(Services& at, const Call& call);
Result<Json> timeline(Services& at, const Call& call);
Result<Answer> proof(Services& at, const Call& call);
Result<Answer> file(Services& at, const Call& call);
Result<engine::What> comment(Services& at, const Call& call);
Result<engine::What> import_records(Services& at, const Call& call);
Result<Json> put_blob(Services& at, const Call& call);
Result<Json> blob_state(Services& at, const Call& call);

// handlers_figures.cpp
Result<Json> figures(Services& at, const Call& call);
Result<Answer> export_records(Services& at, const Call& call);
Result<Answer> notice_file(Services& at, const Call& call);
Result<Answer> permit_file(Services& at, const Call& call);

// handlers_evidence.cpp
Result<engine::What> register_device(Services& at, const Call& call);
Result<Json> devices(Services& at, const Call& call);
Result<engine::What> revoke_device(Services& at, const Call& call);
Result<Json> evidence(Services& at, const Call& call);
Result<engine::What> mark_box(Services& at, const Call& call);
Result<Json> thread(Services& at, const Call& call);
Result<engine::What> write_message(Services& at, const Call& call);

// handlers_anonymous.cpp
void anonymous_report(Services& at, const CallPtr& call, Finish finish);
Result<Json> anonymous_thread(Services& at, const Call& call);
void anonymous_message(Services& at, const CallPtr& call, Finish finish);
Result<Json> anonymous_blob(Services& at, const Call& call);
Result<Answer> anonymous_file(Services& at, const Call& call);

// handlers_tasks.cpp
Result<Json> tasks(Services& at, const Call& call);
Result<engine::What> claim_task(Services& at, const Call& call);
Result<engine::What> unclaim_task(Services& at, const Call& call);
Result<engine::What> complete_task(Services& at, const Call& call);
Result<engine::What> return_task(Services& at, const Call& call);
Result<engine::What> hand_over_task(Services& at, const Call& call);
Result<engine::What> hand_over_tasks(Services& at, const Call& call);
Result<engine::What> retry_flow(Services& at, const Call& call);
Result<engine::What> migrate_flow(Services& at, const Call& call);
Result<Json> record_flow(Services& at, const Call& call);
Result<Json> lint_flow(Services& at, const Call& call);
Result<Json> duty(Services& at, const Call& call);
Result<Json> notices(Services& at, const Call& call);
Result<engine::What> read_notice(Services& at, const Call& call);

// handlers_acts.cpp
Result<engine::What> transfer_task(Services& at, const Call& call);
Result<engine::What> delegate_task(Services& at, const Call& call);
Result<engine::What> resolve_task(Services& at, const Call& call);
Result<engine::What> reject_task(Services& at, const Call& call);
Result<engine::What> add_sign(Services& at, const Call& call);
Result<engine::What> remove_sign(Services& at, const Call& call);
Result<engine::What> urge_task(Services& at, const Call& call);
Result<engine::What> copy_task(Services& at, const Call& call);
Result<engine::What> save_draft(Services& at, const Call& call);
Result<engine::What> withdraw_case(Services& at, const Call& call);
Result<engine::What> retract_task(Services& at, const Call& call);
Result<engine::What> set_delegation(Services& at, const Call& call);
Result<engine::What> end_delegation(Services& at, const Call& call);
Result<engine::What> set_head(Services& at, const Call& call);
Result<Json> draft(Services& at, const Call& call);
Result<Json> delegations(Services& at, const Call& call);

// handlers_tasks.cpp
Result<engine::What> deliver_notice(Services& at, const Call& call);
Result<engine::What> acknowledge_notice(Services& at, const Call& call);
Result<Json> push_key(Services& at, const Call& call);
Result<engine::What> subscribe(Services& at, const Call& call);
Result<engine::What> unsubscribe(Services& at, const Call& call);

// handlers_sensing.cpp
Result<Json> plan(Services& at, const Call& call);
Result<Json> tags(Services& at, const Call& call);
Result<Json> trend(Services& at, const Call& call);
Result<Json> retirements(Services& at, const Call& call);
Result<engine::What> retire(Services& at, const Call& call);
Result<Json> sources(Services& at, const Call& call);
Result<Json> browse_source(Services& at, const Call& call);
Result<Json> alarms(Services& at, const Call& call);
Result<Json> alarm_journal(Services& at, const Call& call);
Result<Json> alarm_card(Services& at, const Call& call);
Result<Json> alarm_why(Services& at, const Call& call);
Result<engine::What> order_alarm_work(Services& at, const Call& call);
Result<Json> alarm_performance(Services& at, const Call& call);
Result<engine::What> acknowledge_alarm(Services& at, const Call& call);
Result<engine::What> reset_alarm(Services& at, const Call& call);
Result<engine::What> shelve_alarm(Services& at, const Call& call);
Result<engine::What> unshelve_alarm(Services& at, const Call& call);
Result<engine::What> take_alarm_out(Services& at, const Call& call);
Result<Json> presence(Services& at, const Call& call);
Result<Json> track(Services& at, const Call& call);
Result<Json> looks(Services& at, const Call& call);

// handlers_permits.cpp
Result<engine::What> suspend_permit(Services& at, const Call& call);
Result<engine::What> suspend_area(Services& at, const Call& call);
Result<engine::What> release_area(Services& at, const Call& call);
Result<Json> permit_room(Services& at, const Call& call);
Result<Json> permit_board(Services& at, const Call& call);
Result<Json> permit_conflicts(Services& at, const Call& call);
Result<Json> permit_steps(Services& at, const Call& call);
Result<Json> permit_figures(Services& at, const Call& call);

// handlers_permit_rules.cpp
Result<Json> permit_rules(Services& at, const Call& call);
Result<Json> permit_preview(Services& at, const Call& call);

// handlers_response.cpp
Result<Json> responses(Services& at, const Call& call);
Result<engine::What> start_response(Services& at, const Call& call);
Result<Json> response(Services& at, const Call& call);
Result<Json> my_route(Services& at, const Call& call);
Result<engine::What> say_safe(Services& at, const Call& call);
Result<engine::What> say_unsafe(Services& at, const Call& call);
Result<engine::What> roll_call(Services& at, const Call& call);
Result<Json> report(Services& at, const Call& call);
Result<Answer> report_file(Services& at, const Call& call);
Result<Json> demo_leak(Services& at, const Call& call);
Result<Json> stop_demo_leak(Services& at, const Call& call);

// handlers_people.cpp
Result<Json> org(Services& at, const Call& call);
Result<engine::What> import_org(Services& at, const Call& call);
Result<Json> people(Services& at, const Call& call);
void import_people(Services& at, const CallPtr& call, Finish finish);
void set_up(Services& at, const CallPtr& call, Finish finish);
Result<Json> roles(Services& at, const Call& call);
Result<Json> tokens(Services& at, const Call& call);
void create_token(Services& at, const CallPtr& call, Finish finish);
Result<engine::What> revoke_token(Services& at, const Call& call);

// handlers_trust.cpp
Result<Json> ledger_head(Services& at, const Call& call);
Result<Json> ledger_inclusion(Services& at, const Call& call);
Result<Json> ledger_consistency(Services& at, const Call& call);
Result<Json> authority(Services& at, const Call& call);
Result<Answer> certificate(Services& at, const Call& call);
Result<Answer> qr_code(Services& at, const Call& call);
Result<Answer> label(Services& at, const Call& call);
Result<Json> openapi(Services& at, const Call& call);
Result<Answer> docs(Services& at, const Call& call);

}  // namespace anlan::api::handle

namespace anlan::api {

// The command of a call: who, idempotency key and fingerprint of the request.
engine::Command command_of(const Call& call, engine::What what);
// Under TLS a browser takes the cookie from nobody but this very host (RFC 6265bis, "__Host-").
std::string_view cookie_name(bool is_tls);
// The view of an administrator who looks with a person's eyes (engine/view_as.h).
std::string_view view_cookie_name(bool is_tls);
// What the request proves itself with, from the header or the cookie.
std::string credential_text(const Request& request);
// A whole number of the query; BadField where it is none, MissingField where it is missing.
Result<int64_t> query_number(const Call& call, std::string_view name);
// What a browser is told of an upload: by its first bytes, never by who brought it.
std::string_view file_type(std::string_view bytes);
// The id in a path; NotFound where it is none.
Result<RecordId> path_id(const Call& call, std::string_view name = "id");
// Logs in and answers "me" with the cookie.
struct LoginWish {
  std::string login;
  std::string password;
  std::string client;
  bool is_second_done = false;  // the caller is in already
};
// The browser gets the session of `token`, or half of one, as `done` says; `shape` makes
// the answer of it, where "me" is not the whole.
struct Entry {
  std::string token;
  Result<Json> done;
};
using Shape = std::function<Result<Answer>(Json me)>;
void give_session(Services& at, const CallPtr& call, Entry entry, Finish finish, Shape shape = {});
// The token of half a session; empty where there is none.
std::string half_text(const Request& request);
void start_session(Services& at, const CallPtr& call, const LoginWish& wish, Finish finish);

}  // namespace anlan::api
