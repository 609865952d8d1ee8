#pragma once
// Between a client and a server of ours: passes bytes on, swallows those of the server, or cuts.
// One connection at a time, one thread.

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "connect/knock.h"
#include "connect/test_plant_world.h"

namespace anlan::connect {

class CutProxy {
 public:
  explicit CutProxy(uint16_t server) : server_(server) {
    thread_ = std::thread([this] { run(); });
  }
  ~CutProxy() {
    stop_ = true;
    thread_.join();
  }
  CutProxy(const CutProxy&) = delete;
  CutProxy& operator=(const CutProxy&) = delete;

  uint16_t port() const { return door_.port(); }
  // From now on nothing of the server reaches the client.
  void swallow() { is_swallowing_ = true; }
  std::size_t swallowed() const { return swallowed_; }
  // Ends the connection; the next one is passed on whole.
  void cut() { is_cut_ = true; }

 private:
  void run() {
    while (!stop_) {
      pollfd wait{.fd = door_.descriptor(), .events = POLLIN};
      if (::poll(&wait, 1, 10) != 1) continue;
      int client = ::accept4(door_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      Opened opened = open_link("127.0.0.1", server_, Duration::seconds(3));
      if (client >= 0 && opened.socket >= 0) pass_on(client, opened.socket);
      if (client >= 0) ::close(client);
      if (opened.socket >= 0) ::close(opened.socket);
    }
  }
  void pass_on(int client, int server) {
    while (!stop_) {
      if (is_cut_.exchange(false)) {
        is_swallowing_ = false;
        return;
      }
      pollfd wait[]{{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
      ::poll(wait, 2, 10);
      if (wait[0].revents != 0 && !move(client, server, false)) return;
      if (wait[1].revents != 0 && !move(server, client, is_swallowing_)) return;
    }
  }
  bool move(int from, int to, bool is_swallowed) {
    char bytes[64 << 10];
    ssize_t got = ::recv(from, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    if (is_swallowed) {
      swallowed_ += static_cast<std::size_t>(got);
      return true;
    }
    for (ssize_t sent = 0; sent < got;) {
      ssize_t one = ::send(to, bytes + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
      if (one > 0) sent += one;
      else if (errno != EAGAIN || stop_) return false;
    }
    return true;
  }

  uint16_t server_;
  SilentPort door_;
  std::atomic<bool> stop_ = false, is_swallowing_ = false, is_cut_ = false;
  std::atomic<std::size_t> swallowed_ = 0;
  std::thread thread_;
};

}  // namespace anlan::connect
