#include "api/handlers.h"
#include "engine/permit_board.h"
#include "engine/permit_room.h"

namespace anlan::api::handle {
namespace {

Result<std::optional<Instant>> instant_in(const Call& call, const std::string& name) {
  auto given = call.query.find(name);
  if (given == call.query.end() || given->second.empty()) return std::nullopt;
  auto at = parse_instant(given->second);
  if (!at) return refuse(ErrorCode::BadField, "no instant", name);
  return *at;
}

Result<engine::PermitWindow> window_of(const Call& call) {
  auto from = TRY(instant_in(call, "from"));
  auto to = TRY(instant_in(call, "to"));
  return engine::PermitWindow{.from = from, .to = to};
}

}  // namespace

Result<engine::What> suspend_permit(Services&, const Call& call) {
  return engine::SuspendPermit{.permit = TRY(path_id(call)),
                               .reason = call.body.text_or("reason", "")};
}

Result<engine::What> suspend_area(Services&, const Call& call) {
  return engine::SuspendArea{.area = call.body.text_or("area", ""),
                             .reason = call.body.text_or("reason", "")};
}

Result<engine::What> release_area(Services&, const Call& call) {
  return engine::ReleaseArea{.area = call.body.text_or("area", ""),
                             .reason = call.body.text_or("reason", "")};
}

Result<Json> permit_board(Services& at, const Call& call) {
  return engine::permit_board(at.engine, call.by, TRY(window_of(call)));
}

Result<Json> permit_room(Services& at, const Call& call) {
  return engine::permit_room(at.engine, call.by);
}

Result<Json> permit_conflicts(Services& at, const Call& call) {
  return engine::permit_conflicts(at.engine, call.by, call.body);
}

Result<Json> permit_steps(Services& at, const Call& call) {
  return engine::permit_steps(at.engine, call.by, TRY(path_id(call)));
}

Result<Json> permit_figures(Services& at, const Call& call) {
  return engine::permit_figures(at.engine, call.by, TRY(window_of(call)));
}

}  // namespace anlan::api::handle
