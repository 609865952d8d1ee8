#pragma once
// How the alarm system does for one operator position, measure by measure against the figures of
// the decision `alarm_performance`, for screens.

#include <string_view>

#include "engine/engine.h"

namespace anlan::engine {

// {"from","to","area","annunciated","windows","figures":[{"figure","name","value","unit","target",
// "most","verdict","source"}],"worst":[{"code","name","count","share"}],"chattering":[...],
// "standing":[{...,"since"}],"priorities":[{"priority","count","share"}]}. `area`: the alarms of
// one area, empty for all the caller may see. 30 days by default, at most 92. `verdict` is "good"
// within the target, "fair" within the ceiling, "poor" above it,
// "small" where too few alarms make a share. BadField, Forbidden, LimitReached.
Result<Json> alarm_performance(Engine& engine, const access::Subject& by,
                               std::optional<Instant> from, std::optional<Instant> to,
                               std::string_view area);

}  // namespace anlan::engine
