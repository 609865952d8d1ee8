#pragma once
// Whether somebody listens at a host and port, within a bounded time. libmosquitto connects
// blocking, and a host that swallows packets would hold its thread for minutes.

#include <string>

#include "core/time.h"

namespace anlan::connect {

// A connected, non-blocking socket, or why there is none.
struct Opened {
  int socket = -1;
  std::string trouble{};
};
Opened open_link(const std::string& host, uint16_t port, Duration at_most);
// Empty when somebody answered, else what the system says.
std::string knock(const std::string& host, uint16_t port, Duration at_most);

}  // namespace anlan::connect
