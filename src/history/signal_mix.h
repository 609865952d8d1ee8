#pragma once
// The mix of signals that figures are told for: 40% random walks of 0.1, 20% digital with a flip in
// 600 samples, 20% noise of 0.01, 10% noise in float32, 10% counters. For tests and the bench.

#include <cmath>

#include "core/random.h"

namespace anlan::history {

inline double unit(Random& random) { return static_cast<double>(random.next() >> 11U) * 0x1p-53; }

inline double normal(Random& random) {
  double radius = std::sqrt(-2 * std::log(1 - unit(random)));
  return radius * std::cos(2 * M_PI * unit(random));
}

class Signal {
 public:
  Signal(std::size_t tag, Random& random) : kind_(tag % 10), random_(random) {
    level_ = std::round(unit(random_) * 1000) / 10;
  }

  double next() {
    if (kind_ < 4) level_ = std::round((level_ + normal(random_) * 0.15) * 10) / 10;
    if (kind_ == 4 || kind_ == 5) is_on_ = is_on_ != (random_.below(600) == 0);
    if (kind_ == 9) level_ = std::floor(level_) + static_cast<double>(random_.below(5));
    if (kind_ < 4 || kind_ == 9) return level_;
    if (kind_ < 6) return is_on_ ? 1 : 0;
    if (kind_ < 8) return std::round((level_ + normal(random_)) * 100) / 100;
    return static_cast<double>(static_cast<float>(level_ + normal(random_)));
  }

 private:
  std::size_t kind_;
  Random& random_;
  double level_ = 0;
  bool is_on_ = false;
};

}  // namespace anlan::history
