#pragma once
// A Decimal taken apart while it is being computed: more digits than 34, and a sticky mark for
// what was cut off below them. Inside the room only.

#include <algorithm>
#include <optional>

#include "rules/decimal.h"
#include "rules/decimal_wide.h"

namespace anlan::rules {

struct DecimalParts {
  static constexpr int kDigits = 34;
  static constexpr int kExponentMin = -6176;  // IEEE 754-2019, table 3.6, decimal128
  static constexpr int kExponentMax = 6111;

  wide::U256 coefficient{};
  int exponent = 0;
  bool negative = false;
  bool sticky = false;  // something below the coefficient is not zero

  static DecimalParts of(const Decimal& from);
  // Rounds half even to 34 digits; nothing when too large.
  std::optional<Decimal> pack() &&;

  // value * 10^shift; the caller knows that it stays below 2^256.
  static wide::U256 scaled(wide::U256 value, int shift);
  // a * 10^shift against b, neither zero.
  static int compare(wide::U128 a, wide::U128 b, int shift);
};

}  // namespace anlan::rules
