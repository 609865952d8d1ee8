#pragma once
// What flows may know of the rest of the plant while they decide: counts of records, the roster,
// who is away, whether evidence is in doubt. Only execute.cpp uses this.

#include <memory>

#include "flow/flow.h"
#include "records/records.h"

namespace anlan::engine {

using Guard = std::function<Result<Json>(const flow::GuardAsk&)>;

// Good for as long as what `writing` and `guard` refer to. shared: see flow::Around.
std::shared_ptr<const flow::Answers> answers_for(const records::Writing& writing, Guard guard);

}  // namespace anlan::engine
