#include "engine/permit_separation.h"

#include <algorithm>

#include "flow/flow.h"

namespace anlan::engine {

Json with_successors(const Json& permit) {
  Json after = permit;
  if (!permit.bool_or("is_handing", false)) return after;
  if (permit["next_leader"].is_text()) after.set("leader", permit["next_leader"]);
  if (permit["next_guardian"].is_text()) after.set("guardian", permit["next_guardian"]);
  return after;
}

Result<void> check_approvers(const GuardCall& call, std::span<const PermitPart> parts) {
  const PermitDesk& desk = call.desk.permits;
  RecordId id = TRY(RecordId::parse(call.permit.text_or("id", "")));
  auto steps = TRY(flow::steps_taken(desk.view, desk.packs.library, "permit", id));
  for (const flow::StepTaken& step : steps) {
    if (step.node != "approve" || step.outcome != "approve" || !step.by) continue;
    auto both = std::ranges::find(parts, *step.by, &PermitPart::person);
    if (both == parts.end()) continue;
    return refuse_with(ErrorCode::SeparationOfDuty, both->field,
                       Json::object({{"person", both->person.text()}, {"step", step.node}}));
  }
  return {};
}

}  // namespace anlan::engine
