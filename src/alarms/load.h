#pragma once
// When annunciations are a flood. Inside the room only.

#include <vector>

#include "core/time.h"

namespace anlan::alarms {

inline constexpr Duration kFloodWindow = Duration::minutes(10);

// `times` are the annunciations up to `now`, newest first. ISA-18.2-2016, clause 16: a flood begins
// above 10 in 10 minutes and ends when a window of 10 minutes has less than 5.
bool is_flood(const std::vector<Instant>& times, Instant now);

}  // namespace anlan::alarms
