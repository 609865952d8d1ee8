#pragma once
// The formulas behind key figures: pure, without records, people or clocks.
//
// How long something takes while some cases are still open: those are censored, they count as "at
// least so long" (Kaplan and Meier, 1958). Leaving them out, as a mean of the closed ones does,
// makes a plant that closes nothing look fast.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace anlan::ehs {

struct Wait {
  double hours = 0;      // so far; never below 0
  bool is_over = false;  // false: still going on, censored
};

// The share of cases that still wait, as a staircase.
class WaitCurve {
 public:
  static WaitCurve of(std::span<const Wait> waits);

  // The least time within which the share `part` (0 to 1) was over; nothing where the open cases
  // leave that unknown: it is longer than last().
  std::optional<double> within(double part) const;
  // The mean restricted to the longest time that was seen: the area under the curve up to last().
  // Nothing without a case. Where the longest case is open, the true mean is longer.
  std::optional<double> mean() const;
  double last() const { return last_; }

 private:
  struct Stair {
    double hours;
    double waiting;  // from here on
  };
  std::vector<Stair> stairs_;
  double last_ = 0;
  bool is_empty_ = true;
};

// The exact interval of 95 % for the expected number where `count` was seen (Garwood, 1936).
struct Interval {
  double low = 0;
  double high = 0;
};
Interval poisson_interval(int64_t count);

// Below it a figure says little: the screen says so (domain rule "small-n warning").
inline constexpr int64_t kSmallSample = 20;
constexpr bool is_small(int64_t base) { return base < kSmallSample; }

}  // namespace anlan::ehs
