#pragma once
// One measured value of one tag. Everything that measures makes these, everything above reads them.

#include <cstdint>

#include "core/time.h"

namespace anlan::history {

// Dense number of a tag, fixed for ever when the tag is first named (History::tag).
using TagIndex = uint32_t;

// Stored as a number; never renumber. Stale and Bad values are no values: whoever decides treats
// them as unknown.
enum class Quality : uint8_t { Good = 0, Uncertain = 1, Bad = 2, Stale = 3 };

struct Sample {
  TagIndex tag = 0;
  Instant at{};        // when it was measured: by the device's clock where it has one
  Instant received{};  // when this program learned of it
  double value = 0;    // in the tag's unit; digital tags 0 or 1
  Quality quality = Quality::Good;

  bool operator==(const Sample&) const = default;
};

}  // namespace anlan::history
