#include "connect/low_place.h"

#include <fcntl.h>
#include <sys/select.h>
#include <unistd.h>

namespace anlan::connect {

// What holds a place that nothing stands in.
constexpr const char* kNothing = "/dev/null";

LowPlace::LowPlace() : place_(::open(kNothing, O_RDWR | O_CLOEXEC)) {}

LowPlace::~LowPlace() {
  if (place_ >= 0) ::close(place_);
}

int LowPlace::put(int descriptor) {
  bool is_low = place_ >= 0 && place_ < FD_SETSIZE;
  bool is_moved = is_low && ::dup3(descriptor, place_, O_CLOEXEC) == place_;
  ::close(descriptor);
  return is_moved ? place_ : -1;
}

void LowPlace::clear() {
  int nothing = ::open(kNothing, O_RDWR | O_CLOEXEC);
  if (nothing >= 0 && place_ >= 0) ::dup3(nothing, place_, O_CLOEXEC);
  if (nothing >= 0) ::close(nothing);
}

}  // namespace anlan::connect
