#pragma once
// A recorded table of values, as CSV or in columns of blanks (docs/formats/replay.md). Foreign
// bytes: pure, bounded, fuzzed.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace anlan::connect {

inline constexpr std::size_t kReplayBytesMax = 64 << 20;
inline constexpr std::size_t kReplayColumnsMax = 1'000;
inline constexpr std::size_t kReplayCellsMax = 10'000'000;

struct ReplayTable {
  std::vector<std::string> columns{};  // of values; without a header "1", "2" ...
  std::vector<Instant> times{};        // of each row, never falling
  std::vector<double> cells{};         // row by row; NAN where there is no number
  bool has_times = false;              // else a row follows the last by the step
  int64_t rejected = 0;                // rows of another width or with a time that falls

  double cell(std::size_t row, std::size_t column) const {
    return cells[row * columns.size() + column];
  }
};

// The separator is the first of ; , tab that the first line has, else blanks. A first line that has
// a field which is neither number nor time is the header. The first column is the time where its
// first value is one: ISO 8601, "2020-03-09 10:14:33" (of `offset`), or seconds or milliseconds
// since 1970 under a heading that says time. LimitReached: too large; BadField: no values at all.
Result<ReplayTable> parse_replay(std::string_view text, Duration step,
                                 std::string_view offset = "Z");

}  // namespace anlan::connect
