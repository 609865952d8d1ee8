#pragma once
// Counting people in and out of a space: an entry is a record that names its permit.

#include "engine/guards.h"

namespace anlan::engine {

// Only the guardian counts, in only while work goes on, only who stands on the permit, and nobody
// who is counted in somewhere already. Forbidden, WrongState, BadField, Duplicate.
Result<Json> guard_entry(const GuardCall& call);

}  // namespace anlan::engine
