#pragma once
// What screens ask about permits: the board with its conflicts, conflicts of a draft, the steps of
// one permit with the time each took, figures. In the caller's row scope and field modes.

#include <string>

#include "engine/engine.h"

namespace anlan::engine {

struct PermitWindow {
  std::optional<Instant> from{}, to{};  // nothing: without that end
};

// {"now","rows":[...],"conflicts":[...],"refusals":[...]}: permits that are open or overlap the
// window, with who is waited for. docs/formats/http.md.
Result<Json> permit_board(Engine& engine, const access::Subject& by, const PermitWindow& window);

// Of a permit that is not there yet, or one as it would be: {"conflicts":[...]}. `draft` holds
// fields of the form; `area` may be an id or a code. BadField, BadModel.
Result<Json> permit_conflicts(Engine& engine, const access::Subject& by, const Json& draft);

// {"steps":[{"node","name","state","outcome","opened","done","ms","by","waiting","roles"}],
// "application_ms"}: how long each step took, or waits by now, and for whom.
Result<Json> permit_steps(Engine& engine, const access::Subject& by, RecordId id);

// Of permits that were applied for within the window, 30 days by default: application to signature
// (open ones censored), the suspended share, what was caught, each with the ids of its permits.
// BadField for a window longer than two years.
Result<Json> permit_figures(Engine& engine, const access::Subject& by, const PermitWindow& window);

}  // namespace anlan::engine
