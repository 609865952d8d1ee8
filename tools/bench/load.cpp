#include "load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

namespace anlan::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kReadBytes = 256 << 10;

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "bench: %s failed (errno %d)\n", what, errno);
  std::exit(1);
}

SSL_CTX* tls_context() {
  static SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  return context;
}

int connect_to(uint16_t port) {
  int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{.sin_family = AF_INET, .sin_port = htons(port)};
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(made, reinterpret_cast<sockaddr*>(&place), sizeof place) != 0) {
    ::close(made);
    return -1;
  }
  int one = 1;
  ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return made;
}

// Blocking: an answer follows each request, and epoll says when it comes.
class Wire {
 public:
  explicit Wire(const Target& target) : socket_(connect_to(target.port)) {
    if (socket_ < 0 || !target.is_tls) return;
    tls_ = SSL_new(tls_context());
    SSL_set_fd(tls_, socket_);
    if (SSL_connect(tls_) != 1) give_up("a TLS handshake");
  }
  ~Wire() {
    if (tls_) SSL_free(tls_);
    if (socket_ >= 0) ::close(socket_);
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  bool is_open() const { return socket_ >= 0; }
  int socket() const { return socket_; }
  bool write(const std::string& bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const char* at = bytes.data() + done;
      std::size_t left = bytes.size() - done;
      auto part = tls_ ? SSL_write(tls_, at, static_cast<int>(left))
                       : ::send(socket_, at, left, MSG_NOSIGNAL);
      if (part <= 0) return false;
      done += static_cast<std::size_t>(part);
    }
    return true;
  }
  // What is there now; 0 at the end.
  std::size_t read(char* into, std::size_t size) {
    auto part =
        tls_ ? SSL_read(tls_, into, static_cast<int>(size)) : ::recv(socket_, into, size, 0);
    return part > 0 ? static_cast<std::size_t>(part) : 0;
  }
  bool has_more() const { return tls_ && SSL_pending(tls_) > 0; }

 private:
  int socket_ = -1;
  SSL* tls_ = nullptr;
};

// Takes an answer with a Content-Length out of the bytes as they come.
struct Answer {
  std::string bytes{};
  std::size_t body_at = 0;
  std::size_t size = 0;

  bool is_whole() {
    if (size == 0) {
      std::size_t end = bytes.find("\r\n\r\n");
      if (end == std::string::npos) return false;
      body_at = end + 4;
      std::size_t at = find_length(end);
      std::size_t length = 0;
      if (at != std::string::npos) {
        std::from_chars(bytes.data() + at, bytes.data() + end, length);
      }
      size = body_at + length;
    }
    return bytes.size() >= size;
  }
  int status() const { return bytes.size() < 12 ? 0 : std::atoi(bytes.c_str() + 9); }
  bool closes() const {
    return bytes.substr(0, body_at).find("onnection: close") != std::string::npos;
  }
  void clear() {
    bytes.clear();
    size = 0;
  }

 private:
  std::size_t find_length(std::size_t end) const {
    for (const char* name : {"content-length: ", "Content-Length: "}) {
      std::size_t at = bytes.find(name);
      if (at < end) return at + 16;
    }
    return std::string::npos;
  }
};

struct Connection {
  std::unique_ptr<Wire> wire{};
  Answer answer{};
  std::string request{};
  Steady::time_point sent{};
};

double percentile(const std::vector<float>& sorted, double part) {
  if (sorted.empty()) return 0;
  auto at = static_cast<std::size_t>(part * static_cast<double>(sorted.size()));
  return static_cast<double>(sorted[std::min(at, sorted.size() - 1)]);
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

class Generator {
 public:
  Generator(const Target& target, const Load& load, const WriteRequest& write)
      : target_(target), load_(load), write_(write), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    buffer_.resize(kReadBytes);
    connections_.resize(static_cast<std::size_t>(load.connections));
  }
  ~Generator() { ::close(epoll_); }
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  Measured run() {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      open(i);
      send(i);
    }
    turn_for(load_.warm_s);
    took_ms_.clear();
    measured_ = {};
    double cpu = cpu_seconds();
    double seconds = turn_for(load_.seconds);
    measured_.count = static_cast<int64_t>(took_ms_.size());
    measured_.cpu_us = (cpu_seconds() - cpu) * 1e6 / static_cast<double>(took_ms_.size() + 1);
    measured_.per_s = static_cast<double>(took_ms_.size()) / seconds;
    std::ranges::sort(took_ms_);
    measured_.p50_ms = percentile(took_ms_, 0.5);
    measured_.p99_ms = percentile(took_ms_, 0.99);
    return std::move(measured_);
  }

 private:
  void open(std::size_t i) {
    connections_[i].wire = std::make_unique<Wire>(target_);
    if (!connections_[i].wire->is_open()) give_up("connect");
    epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[i].wire->socket(), &event);
  }
  void send(std::size_t i) {
    Connection& own = connections_[i];
    own.request.clear();
    own.answer.clear();
    write_(static_cast<int>(i), own.request);
    own.sent = Steady::now();
    if (!own.wire->write(own.request)) give_up("send");
  }
  double turn_for(double seconds) {
    auto begun = Steady::now();
    auto end = begun +
               std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds));
    while (Steady::now() < end) turn();
    return std::chrono::duration<double>(Steady::now() - begun).count();
  }
  void turn() {
    epoll_event ready[64];
    int count = epoll_wait(epoll_, ready, 64, 100);
    for (int k = 0; k < count; ++k) receive(ready[k].data.u64);
  }
  void receive(std::size_t i) {
    Connection& own = connections_[i];
    do {
      std::size_t size = own.wire->read(buffer_.data(), buffer_.size());
      if (size == 0) return renew(i);
      own.answer.bytes.append(buffer_.data(), size);
    } while (own.wire->has_more());
    if (!own.answer.is_whole()) return;
    std::chrono::duration<float, std::milli> took = Steady::now() - own.sent;
    took_ms_.push_back(took.count());
    judge(own.answer);
    if (own.answer.closes()) return renew(i);
    send(i);
  }
  void renew(std::size_t i) {
    open(i);
    send(i);
  }
  void judge(const Answer& answer) {
    bool is_good = answer.status() == load_.status &&
                   (load_.contains.empty() || answer.bytes.contains(load_.contains));
    if (is_good) return;
    if (measured_.bad++ == 0) measured_.first_bad = answer.bytes.substr(0, 600);
  }

  const Target& target_;
  const Load& load_;
  const WriteRequest& write_;
  int epoll_;
  std::string buffer_{};
  std::vector<Connection> connections_{};
  std::vector<float> took_ms_{};
  Measured measured_{};
};

}  // namespace

Measured run_load(const Target& target, const Load& load, const WriteRequest& write) {
  return Generator(target, load, write).run();
}

Reply ask(const Target& target, const std::string& request) {
  Wire wire(target);
  if (!wire.is_open() || !wire.write(request)) return {};
  Answer answer;
  std::string part(kReadBytes, '\0');
  while (!answer.is_whole()) {
    std::size_t size = wire.read(part.data(), part.size());
    if (size == 0) return {};
    answer.bytes.append(part.data(), size);
  }
  return {.status = answer.status(),
          .head = answer.bytes.substr(0, answer.body_at),
          .body = answer.bytes.substr(answer.body_at, answer.size - answer.body_at)};
}

}  // namespace anlan::bench
