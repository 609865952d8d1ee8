#pragma once
// The tables that belong to engine itself: notices, answers by idempotency key, settings, the
// deployed flows and decisions.

#include <vector>

#include "store/store.h"

namespace anlan::engine {

std::vector<store::Migration> engine_migrations();

}  // namespace anlan::engine
