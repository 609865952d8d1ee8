#include "api/handlers.h"
#include "engine/permit_rules.h"

namespace anlan::api::handle {

Result<Json> permit_rules(Services& at, const Call& call) {
  auto regime = call.query.find("regime");
  if (regime == call.query.end()) return refuse(ErrorCode::MissingField, "no regime", "regime");
  return engine::permit_rule_tables(at.engine, call.by, regime->second);
}

Result<Json> permit_preview(Services& at, const Call& call) {
  return engine::permit_preview(at.engine, call.by, call.body);
}

}  // namespace anlan::api::handle
