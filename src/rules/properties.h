#pragma once
// What stands behind the dot of dates, times, durations and ranges (DMN 1.5, table 65). Inside the
// room only.

#include <optional>
#include <string_view>

#include "rules/value.h"

namespace anlan::rules {

std::optional<Value> property_of(const Value& value, std::string_view name);

}  // namespace anlan::rules
