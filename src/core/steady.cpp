#include "core/steady.h"

#include <ctime>

namespace anlan {
namespace {

class BootClock final : public Clock {
 public:
  Instant now() override {
    timespec time{};
    clock_gettime(CLOCK_BOOTTIME, &time);
    return {time.tv_sec * 1'000'000'000 + time.tv_nsec};
  }
};

}  // namespace

Clock& steady_clock_of_machine() {
  static BootClock clock;
  return clock;
}

}  // namespace anlan
