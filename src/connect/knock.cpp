#include "connect/knock.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace anlan::connect {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

std::string error_words(int error) { return std::generic_category().message(error); }

Opened try_address(const addrinfo& address, int timeout_ms) {
  int made = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made < 0) return {.trouble = error_words(errno)};
  int error = ::connect(made, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    pollfd wait{.fd = made, .events = POLLOUT};
    socklen_t size = sizeof error;
    if (poll(&wait, 1, timeout_ms) != 1) error = ETIMEDOUT;
    else getsockopt(made, SOL_SOCKET, SO_ERROR, &error, &size);
  }
  if (error == 0) return {.socket = made};
  close(made);
  return {.trouble = error_words(error)};
}

}  // namespace

Opened open_link(const std::string& host, uint16_t port, Duration at_most) {
  addrinfo wish{};
  wish.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  int failed = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wish, &found);
  if (failed != 0) return {.trouble = gai_strerror(failed)};
  std::unique_ptr<addrinfo, FreeAddresses> list(found);
  Opened opened{.trouble = "no address"};
  int tries = 0;
  for (const addrinfo* address = found; address && tries < 4; address = address->ai_next, ++tries) {
    opened = try_address(*address, static_cast<int>(at_most.to_milliseconds()));
    if (opened.socket >= 0) return opened;
  }
  return opened;
}

std::string knock(const std::string& host, uint16_t port, Duration at_most) {
  Opened opened = open_link(host, port, at_most);
  if (opened.socket >= 0) close(opened.socket);
  return opened.trouble;
}

}  // namespace anlan::connect
