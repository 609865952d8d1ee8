#pragma once
// A change of an alarm that could not be written with all that follows from it: the alarm is
// written all the same, and each part that can be. What can't be is in the alarm's journal, counted
// and logged. Only engine.cpp uses this.

#include <functional>
#include <span>
#include <vector>

#include "engine/execute.h"
#include "engine/health.h"

namespace anlan::engine {

struct Containing {
  const Execution::Around& around;
  Health& health;
  std::function<Result<std::vector<Result<void>>>(std::span<const store::Work>)> commit;
};

// `failed` is what the command was answered; the answer that counts instead.
Result<Json> contain(const Containing& with, const Command& command, Result<Json> failed);

}  // namespace anlan::engine
