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

std::string try_address(const addrinfo& address, int timeout_ms) {
  int socket_fd = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_fd < 0) return error_words(errno);
  int error = ::connect(socket_fd, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    pollfd wait{.fd = socket_fd, .events = POLLOUT};
    socklen_t size = sizeof error;
    if (poll(&wait, 1, timeout_ms) != 1) error = ETIMEDOUT;
    else getsockopt(socket_fd, SOL_SOCKET, SO_ERROR, &error, &size);
  }
  close(socket_fd);
  return error == 0 ? "" : error_words(error);
}

}  // namespace

std::string knock(const std::string& host, uint16_t port, Duration at_most) {
  addrinfo wish{};
  wish.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  int failed = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wish, &found);
  if (failed != 0) return gai_strerror(failed);
  std::unique_ptr<addrinfo, FreeAddresses> list(found);
  std::string trouble = "no address";
  int tries = 0;
  for (const addrinfo* address = found; address && tries < 4; address = address->ai_next, ++tries) {
    trouble = try_address(*address, static_cast<int>(at_most.to_milliseconds()));
    if (trouble.empty()) return trouble;
  }
  return trouble;
}

}  // namespace anlan::connect
