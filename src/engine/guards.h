#pragma once
// The world's answers to the guards of outcomes (flow.md, "Guards") and of forms (form.md): names
// that a pack may put before an act, each of which refuses with what is wrong. All but
// `alarm_limit` are about a permit: the record itself, or the one that its field `permit` names.

#include <memory>

#include "engine/permits.h"
#include "flow/flow.h"

namespace anlan::engine {

class Sensing;

struct GuardDesk {
  PermitDesk permits;
  Sensing* sensing = nullptr;              // null: nobody is positioned
  std::vector<ehs::PermitPlace> states{};  // of the plant, as other work has to reckon with them
};

bool is_guard(std::string_view name);

// What the timeline keeps of it, or the refusal. BadModel for a guard that nobody knows.
Result<Json> ask_guard(const GuardDesk& desk, const flow::GuardAsk& ask);

// ---- one function for each; `permit` is whole, null where the guard is about none ----
struct GuardCall {
  const GuardDesk& desk;
  const flow::GuardAsk& ask;
  const Json& permit;
};
Result<Json> guard_people(const GuardCall& call);
Result<Json> guard_place(const GuardCall& call);
Result<Json> guard_conflict(const GuardCall& call);
Result<Json> guard_parent(const GuardCall& call);
Result<Json> guard_rules(const GuardCall& call);
Result<Json> guard_gas(const GuardCall& call);
Result<Json> guard_isolation(const GuardCall& call);
Result<Json> guard_inside(const GuardCall& call);
// Somebody wrote down what may happen: at least one hazard, each with its control and who sees to
// it.
Result<Json> guard_jsa(const GuardCall& call);
// The list of the end is ticked: at the node `accept` by who owns the place, else by who worked.
Result<Json> guard_closing(const GuardCall& call);
Result<Json> guard_measures(const GuardCall& call);
Result<Json> guard_presence(const GuardCall& call);
// No alarm that guards people stands or is bypassed there, and nobody holds the area.
Result<Json> guard_free(const GuardCall& call);
Result<Json> guard_alarm_limit(const GuardCall& call);

// Records of another form whose field `permit` names the permit of the call.
Result<std::vector<Json>> hung_on(const GuardCall& call, std::string_view form_id);

// A refusal with what it is about.
std::unexpected<Error> refuse_with(ErrorCode code, std::string field, const Json& params,
                                   std::string detail = {});

}  // namespace anlan::engine
