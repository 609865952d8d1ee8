#pragma once
// Acts on permits that a guard refused, and applications that a guard or a check of the form
// refused: each leaves a row, so that what was caught can be counted. Only the engine uses this.

#include <optional>
#include <string>
#include <vector>

#include "engine/execute.h"

namespace anlan::engine {

struct Caught {
  RecordId permit{};    // nil for an application: there is none
  std::string guard{};  // as the flow names it: "permit_gas", ...; "check" is one of the form
  std::string code{};   // of the refusal
  std::string node{};   // of the flow; empty for an edit and an application
  // Of an application that was refused: {"fields": what it said, "field", "zh", "en": why not},
  // else null. People without an account are not in it.
  Json application{};
  std::string person{};  // who tried
  Instant at{};
};

// Nothing where no guard of a permit refused, nor a check of its form an application. What only
// lacks a field is no violation.
std::optional<Caught> caught_by(const Command& command, const Error& refusal);

// A row of `permit_caught`, with a leaf of its own.
Result<void> write_caught(const Execution::Around& around, store::Transaction& transaction,
                          const Command& command, const Caught& caught);

// Refused in [from, to), by time.
Result<std::vector<Caught>> caught_within(store::View& view, Instant from, Instant to);

}  // namespace anlan::engine
