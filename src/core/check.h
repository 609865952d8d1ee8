#pragma once
// CHECK is for our own mistakes: on in release, it stops the process, which restarts fast and
// replays. Never CHECK anything that came from a person, a device, a file or the network.

#include <source_location>
#include <string_view>

namespace anlan {

[[noreturn]] void check_failed(std::string_view condition, std::string_view why,
                               std::source_location where = std::source_location::current());

}  // namespace anlan

#define CHECK(condition, why)                 \
  do {                                        \
    if (!(condition)) [[unlikely]]            \
      ::anlan::check_failed(#condition, why); \
  } while (false)
