#include "twin/slots.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"

namespace anlan::twin {
namespace {

constexpr int64_t kBinsMax = 2000;
constexpr double kEdge = 1e-9;  // of a bin: its begin belongs to it, however it was computed

}  // namespace

Slots::Slots(double people_per_second, double bin_s)
    : bin_s_(bin_s),
      people_max_(static_cast<uint32_t>(
          std::clamp(std::floor(people_per_second * bin_s + kEdge), 1.0, 1e6))) {}

int64_t Slots::bin_of(double at_s) const {
  double bins = std::floor(at_s / bin_s_ + kEdge);
  return bins < static_cast<double>(kBinsMax) ? static_cast<int64_t>(bins) : kBinsMax;
}

double Slots::next_free_s(double at_s) const {
  auto first = static_cast<std::size_t>(bin_of(at_s));
  std::size_t bin = first;
  while (bin < next_.size() && next_[bin] != bin) {
    uint32_t next = next_[bin];
    if (next < next_.size()) next_[bin] = next_[next];
    bin = next;
  }
  return bin == first ? at_s : static_cast<double>(bin) * bin_s_;
}

void Slots::take(double at_s) {
  auto bin = static_cast<std::size_t>(bin_of(at_s));
  if (bin >= kBinsMax) return;
  for (std::size_t i = taken_.size(); i <= bin; ++i) {
    taken_.push_back(0);
    next_.push_back(static_cast<uint32_t>(i));
  }
  CHECK(taken_[bin] < people_max_, "a full bin takes nobody");
  if (++taken_[bin] == people_max_) next_[bin] = static_cast<uint32_t>(bin + 1);
}

}  // namespace anlan::twin
