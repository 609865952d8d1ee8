#pragma once
// Acts on permits that a guard refused: each leaves a row, so that what was caught can be counted.
// Only the engine uses this.

#include <optional>
#include <string>
#include <vector>

#include "engine/execute.h"

namespace anlan::engine {

struct Caught {
  RecordId permit{};
  std::string guard{};  // as the flow names it: "permit_gas", ...
  std::string code{};   // of the refusal
  std::string node{};   // of the flow; empty for an edit
};

// Nothing where no guard of a permit refused.
std::optional<Caught> caught_by(const Error& refusal);

// A row of `permit_caught`, with a leaf of its own. Nothing for a permit that was never made: its
// application was taken back as a whole.
Result<void> write_caught(const Execution::Around& around, store::Transaction& transaction,
                          const Command& command, const Caught& caught);

// Refused in [from, to), by time.
Result<std::vector<Caught>> caught_within(store::View& view, Instant from, Instant to);

}  // namespace anlan::engine
