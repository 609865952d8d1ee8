#pragma once
// Room on doors, ways and havens, in bins of time. A bin that is full sends people to the next.
// After some hours nothing is reserved: whoever comes as late meets no crowd.

#include <cstdint>
#include <vector>

namespace anlan::twin {

class Slots {
 public:
  // People that pass in one bin: never less than one, so that everybody gets through in the end.
  Slots(double people_per_second, double bin_s);

  double next_free_s(double at_s) const;  // at_s itself, or the begin of the next bin with room
  void take(double at_s);                 // only what next_free_s said

  int64_t bin_of(double at_s) const;
  uint32_t people_max() const { return people_max_; }

 private:
  double bin_s_;
  uint32_t people_max_;
  std::vector<uint32_t> taken_;
  mutable std::vector<uint32_t> next_;  // bin with room, found along full ones; paths are halved
};

}  // namespace anlan::twin
