#pragma once
// Fills an empty plant from the demo seed of the packs.

#include "engine/engine.h"

namespace anlan::engine {

// Nothing when somebody is there already. The engine's writer may run or not.
Result<void> seed_demo(Engine& engine);

}  // namespace anlan::engine
