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

struct FollowWish {
  Instant from{}, to{};
  Duration within{};   // 1 min to 1 h
  std::string area{};  // of one position; empty: all that the caller may see
};
// [{"first","then": {"alarm","code","name","area","priority"},"count","of","lag_s"}]: what was told
// within that time after another alarm, at least three times, the most frequent first. An
// occurrence counts once for each alarm before it. BadField, Forbidden, LimitReached.
Result<Json> alarm_followings(Engine& engine, const access::Subject& by, const FollowWish& wish);

}  // namespace anlan::engine
