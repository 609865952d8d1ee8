#pragma once
// engine.3: photo evidence, device keys, the thread with the reporter. Room-internal.

#include "store/store.h"

namespace anlan::engine {

store::Migration evidence_migration();

}  // namespace anlan::engine
