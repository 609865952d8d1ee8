#pragma once
// Times as gateways, loggers and trackers write them. Foreign bytes: pure and bounded.

#include <optional>
#include <string_view>

#include "core/time.h"

namespace anlan::connect {

// "+08:00", "-03:30", "Z": what a time of day is ahead of UTC, at most 14 hours (ISO 8601, 4.2.5).
bool is_utc_offset(std::string_view text);

// ISO 8601, or "2026-11-23 10:14:33", "2026/11/23 10:14"; a date alone is its midnight. A time that
// has no offset is one of `offset`; where that is empty nobody knows of which zone it is: nothing.
std::optional<Instant> written_time(std::string_view text, std::string_view offset);

}  // namespace anlan::connect
