#include "api/handlers.h"
#include "api/report_pdf.h"

namespace anlan::api::handle {
namespace {

std::optional<double> number_of(const Json& value) {
  return value.is_number() ? value.as_double() : std::nullopt;
}

// The simulator of the demo plant obeys whoever may start a drill.
Result<Json> simulate(Services& at, const Call& call, const Json& command) {
  if (!at.config.outside.simulate) return refuse(ErrorCode::NotFound, "no simulator here");
  auto verdict =
      at.engine.packs().policy.may(call.by, {.form = "response", .action = access::Action::Create});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  TRY(at.config.outside.simulate(command));
  return Json::object();
}

}  // namespace

Result<Json> responses(Services& at, const Call& call) { return at.engine.responses(call.by); }

Result<engine::What> start_response(Services&, const Call& call) {
  engine::StartResponse what{.mode = call.body.text_or("mode", ""),
                             .area = call.body.text_or("area", ""),
                             .procedure = call.body.text_or("procedure", ""),
                             .level = static_cast<int>(call.body.int_or("level", 0))};
  if (call.body.has("alarm")) what.alarm = TRY(RecordId::parse(call.body.text_or("alarm", "")));
  auto x = number_of(call.body["x"]);
  auto y = number_of(call.body["y"]);
  if (x && y) what.at = twin::Point{*x, *y};
  return what;
}

Result<Json> response(Services& at, const Call& call) {
  return at.engine.response(call.by, TRY(path_id(call)));
}

Result<Json> my_route(Services& at, const Call& call) {
  return at.engine.my_route(call.by, TRY(path_id(call)));
}

Result<engine::What> say_safe(Services&, const Call& call) {
  return engine::SaySafety{.response = TRY(path_id(call)), .safety = ehs::Safety::Safe};
}

Result<engine::What> say_unsafe(Services&, const Call& call) {
  return engine::SaySafety{.response = TRY(path_id(call)),
                           .safety = ehs::Safety::Unsafe,
                           .note = call.body.text_or("note", "")};
}

Result<engine::What> roll_call(Services&, const Call& call) {
  auto safety = ehs::parse_safety(call.body.text_or("status", ""));
  if (!safety) return refuse(ErrorCode::BadField, {}, "status");
  return engine::RollCall{.response = TRY(path_id(call)),
                          .badge = TRY(RecordId::parse(call.body.text_or("badge", ""))),
                          .safety = *safety,
                          .note = call.body.text_or("note", "")};
}

Result<Json> report(Services& at, const Call& call) {
  return at.engine.report(call.by, TRY(path_id(call)));
}

Result<Answer> report_file(Services& at, const Call& call) {
  RecordId id = TRY(path_id(call));
  Json report = TRY(at.engine.report(call.by, id));
  auto lang = call.query.find("lang");
  bool is_english = lang != call.query.end() && lang->second == "en";
  Answer answer{.body = TRY(report_pdf(report, is_english ? "en" : "zh"))};
  answer.type = "application/pdf";
  std::string name = report["response"].text_or("number", id.text());
  answer.headers = {{"Content-Disposition", "inline; filename=\"" + name + ".pdf\""}};
  return answer;
}

Result<Json> demo_leak(Services& at, const Call& call) {
  Json command = Json::object({{"leak", call.body["detector"]}});
  auto from = number_of(call.body["wind_from"]);
  auto speed = number_of(call.body["wind_speed"]);
  if (from && speed) {
    command.set("wind", Json::object({{"from", *from}, {"speed", *speed}}));
  }
  return simulate(at, call, command);
}

Result<Json> stop_demo_leak(Services& at, const Call& call) {
  return simulate(at, call, Json::object({{"stop", true}}));
}

}  // namespace anlan::api::handle
