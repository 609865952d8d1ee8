#include "api/tls_door.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace anlan::api {
namespace {

constexpr std::size_t kChunkBytes = 16'384;  // one TLS record: all that a link ever holds each way
constexpr int kRoundsMax = 64;               // then others get their turn
constexpr int kEventsMax = 256;
constexpr int kAcceptsMax = 256;
constexpr Duration kHandshakeMax = Duration::seconds(10);

std::string address_text(const sockaddr_storage& from) {
  char text[INET6_ADDRSTRLEN] = "";
  if (from.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(from).sin_addr, text, sizeof text);
  } else {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, text, sizeof text);
  }
  return text;
}

// Each link takes two descriptors here and one of Drogon; the rest of the program needs some too.
std::size_t links_for_descriptors(std::size_t wish) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 100;
  std::size_t fit = limit.rlim_cur > 400 ? (limit.rlim_cur - 300) / 3 : 30;
  return std::min(wish, fit);
}

// The web speaks HTTP/1.1 here; a client that only offers others gets no answer to its offer.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  int result =
      SSL_select_next_proto(&found, chosen_size, kOurs, sizeof kOurs - 1, offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

struct TlsDoor::Link {
  int outer = -1;
  int inner = -1;
  SSL* ssl = nullptr;
  std::string peer{};
  uint16_t inner_source = 0;
  Instant begun{};
  bool is_greeted = false;
  bool outer_ended = false;
  bool inner_ended = false;
  bool is_closed = false;
  std::string inwards{};   // read from outside, not yet written inside
  std::string outwards{};  // and the other way
  uint32_t outer_wants = 0;
  uint32_t inner_wants = 0;
  std::optional<uint32_t> outer_watched{};  // nothing: epoll does not know it yet
  std::optional<uint32_t> inner_watched{};
};

TlsDoor::TlsDoor(const Wish& wish)
    : listener_(wish.listener),
      inner_port_(wish.inner_port),
      clock_(wish.clock),
      links_max_(links_for_descriptors(kLinksMax)) {}

TlsDoor::~TlsDoor() {
  stop();
  for (int descriptor : {listener_, poll_, wake_}) {
    if (descriptor >= 0) ::close(descriptor);
  }
}

Result<void> TlsDoor::load(const std::string& certificate_path, const std::string& key_path) {
  ContextPtr context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  bool is_good =
      context && SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) == 1 &&
      SSL_CTX_use_certificate_chain_file(context.get(), certificate_path.c_str()) == 1 &&
      SSL_CTX_use_PrivateKey_file(context.get(), key_path.c_str(), SSL_FILETYPE_PEM) == 1 &&
      SSL_CTX_check_private_key(context.get()) == 1;
  ERR_clear_error();
  if (!is_good) return refuse(ErrorCode::StoreFailed, "TLS: reading " + certificate_path);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  std::lock_guard lock(mutex_);
  context_ = std::move(context);
  return {};
}

Result<void> TlsDoor::start() {
  poll_ = ::epoll_create1(EPOLL_CLOEXEC);
  wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (poll_ < 0 || wake_ < 0) return refuse(ErrorCode::Internal, "epoll");
  for (int descriptor : {listener_, wake_}) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = descriptor}};
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, descriptor, &event);
  }
  thread_ = std::thread([this] { serve(); });
  return {};
}

void TlsDoor::stop() {
  stopping_ = true;
  uint64_t one = 1;
  if (wake_ >= 0) [[maybe_unused]]
    auto written = ::write(wake_, &one, sizeof one);
  if (thread_.joinable()) thread_.join();
}

std::optional<std::string> TlsDoor::peer_of(uint16_t inner_source_port) {
  std::lock_guard lock(mutex_);
  auto found = peers_.find(inner_source_port);
  return found == peers_.end() ? std::nullopt : std::optional(found->second);
}

void TlsDoor::serve() {
  epoll_event events[kEventsMax];
  while (!stopping_) {
    int count = ::epoll_wait(poll_, events, kEventsMax, again_.empty() ? 1'000 : 0);
    std::vector<std::shared_ptr<Link>> due = std::move(again_);
    again_.clear();
    for (int i = 0; i < count; ++i) {
      int descriptor = events[i].data.fd;
      if (descriptor == listener_) accept_all();
      auto found = links_.find(descriptor);
      if (found != links_.end()) due.push_back(found->second);
    }
    for (const std::shared_ptr<Link>& link : due) {
      if (!link->is_closed) pump(*link);
    }
    give_up_slow_ones();
  }
  while (!links_.empty()) close(*std::shared_ptr<Link>(links_.begin()->second));
}

void TlsDoor::accept_all() {
  for (int i = 0; i < kAcceptsMax; ++i) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    int outer = ::accept4(listener_, reinterpret_cast<sockaddr*>(&from), &size,
                          SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (outer < 0) return;
    if (links_.size() >= 2 * links_max_) {
      ::close(outer);
      continue;
    }
    int one = 1;
    ::setsockopt(outer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    auto link = std::make_shared<Link>();
    link->outer = outer;
    link->peer = address_text(from);
    link->begun = clock_.now();
    {
      std::lock_guard lock(mutex_);
      link->ssl = SSL_new(context_.get());
    }
    SSL_set_fd(link->ssl, outer);
    SSL_set_accept_state(link->ssl);
    links_[outer] = link;
    pump(*link);
  }
}

// Moves what can be moved; then waits for exactly what is missing.
void TlsDoor::pump(Link& link) {
  ERR_clear_error();
  bool has_moved = true;
  for (int round = 0; has_moved && round < kRoundsMax; ++round) {
    has_moved = false;
    link.outer_wants = link.inner_wants = 0;
    Flow flow = link.is_greeted ? Flow::Waits : shake_hands(link);
    if (flow == Flow::Ended) return close(link);
    if (!link.is_greeted) break;
    for (auto step :
         {&TlsDoor::from_outer, &TlsDoor::to_inner, &TlsDoor::from_inner, &TlsDoor::to_outer}) {
      flow = (this->*step)(link);
      if (flow == Flow::Ended) return close(link);
      has_moved = has_moved || flow == Flow::Moved;
    }
  }
  if (has_moved) again_.push_back(links_[link.outer]);
  watch(link);
}

TlsDoor::Flow TlsDoor::after_ssl(Link& link, int result) {
  switch (SSL_get_error(link.ssl, result)) {
    case SSL_ERROR_WANT_READ: link.outer_wants |= EPOLLIN; return Flow::Waits;
    case SSL_ERROR_WANT_WRITE: link.outer_wants |= EPOLLOUT; return Flow::Waits;
    case SSL_ERROR_ZERO_RETURN: link.outer_ended = true; return Flow::Moved;
    default: ERR_clear_error(); return Flow::Ended;
  }
}

TlsDoor::Flow TlsDoor::shake_hands(Link& link) {
  int result = SSL_do_handshake(link.ssl);
  if (result != 1) return after_ssl(link, result) == Flow::Waits ? Flow::Waits : Flow::Ended;
  link.is_greeted = true;
  return open_inner(link) ? Flow::Moved : Flow::Ended;
}

// The source port is known, and noted, before Drogon can see the connection.
bool TlsDoor::open_inner(Link& link) {
  link.inner = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in place{.sin_family = AF_INET};
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* address = reinterpret_cast<sockaddr*>(&place);
  socklen_t size = sizeof place;
  if (link.inner < 0 || ::bind(link.inner, address, size) != 0 ||
      ::getsockname(link.inner, address, &size) != 0) {
    return false;
  }
  int one = 1;
  ::setsockopt(link.inner, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  link.inner_source = ntohs(place.sin_port);
  {
    std::lock_guard lock(mutex_);
    peers_[link.inner_source] = link.peer;
  }
  links_[link.inner] = links_[link.outer];
  place.sin_port = htons(inner_port_);
  return ::connect(link.inner, address, sizeof place) == 0 || errno == EINPROGRESS;
}

TlsDoor::Flow TlsDoor::from_outer(Link& link) {
  if (!link.inwards.empty() || link.outer_ended) return Flow::Waits;
  link.inwards.resize(kChunkBytes);
  int count = SSL_read(link.ssl, link.inwards.data(), static_cast<int>(kChunkBytes));
  link.inwards.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  if (count > 0) return Flow::Moved;
  Flow flow = after_ssl(link, count);
  if (link.outer_ended) ::shutdown(link.inner, SHUT_WR);
  return flow;
}

TlsDoor::Flow TlsDoor::to_inner(Link& link) {
  if (link.inwards.empty()) return Flow::Waits;
  ssize_t count = ::send(link.inner, link.inwards.data(), link.inwards.size(), MSG_NOSIGNAL);
  if (count < 0 && errno != EAGAIN) return Flow::Ended;
  if (count <= 0) {
    link.inner_wants |= EPOLLOUT;
    return Flow::Waits;
  }
  link.inwards.erase(0, static_cast<std::size_t>(count));
  return Flow::Moved;
}

TlsDoor::Flow TlsDoor::from_inner(Link& link) {
  if (!link.outwards.empty() || link.inner_ended) return Flow::Waits;
  link.outwards.resize(kChunkBytes);
  ssize_t count = ::recv(link.inner, link.outwards.data(), kChunkBytes, 0);
  link.outwards.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  if (count > 0) return Flow::Moved;
  if (count < 0 && errno != EAGAIN) return Flow::Ended;
  if (count == 0) {
    link.inner_ended = true;
    SSL_shutdown(link.ssl);  // says that this was all
    return Flow::Ended;
  }
  link.inner_wants |= EPOLLIN;
  return Flow::Waits;
}

TlsDoor::Flow TlsDoor::to_outer(Link& link) {
  if (link.outwards.empty()) return Flow::Waits;
  int count = SSL_write(link.ssl, link.outwards.data(), static_cast<int>(link.outwards.size()));
  if (count <= 0) return after_ssl(link, count);
  link.outwards.erase(0, static_cast<std::size_t>(count));
  return Flow::Moved;
}

void TlsDoor::watch(Link& link) {
  auto set = [this](int descriptor, uint32_t wants, std::optional<uint32_t>& watched) {
    if (watched == wants) return;
    epoll_event event{.events = wants, .data = {.fd = descriptor}};
    ::epoll_ctl(poll_, watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, &event);
    watched = wants;
  };
  set(link.outer, link.outer_wants, link.outer_watched);
  if (link.inner >= 0) set(link.inner, link.inner_wants, link.inner_watched);
}

void TlsDoor::close(Link& link) {
  std::shared_ptr<Link> alive = links_[link.outer];  // until we are done with it
  link.is_closed = true;
  links_.erase(link.outer);
  SSL_free(link.ssl);
  ::close(link.outer);
  if (link.inner < 0) return;
  links_.erase(link.inner);
  {
    std::lock_guard lock(mutex_);
    peers_.erase(link.inner_source);
  }
  ::close(link.inner);
}

void TlsDoor::give_up_slow_ones() {
  Instant now = clock_.now();
  if (now - looked_ < Duration::seconds(1)) return;
  looked_ = now;
  std::vector<std::shared_ptr<Link>> slow;
  for (const auto& [descriptor, link] : links_) {
    if (!link->is_greeted && now - link->begun > kHandshakeMax) slow.push_back(link);
  }
  for (const std::shared_ptr<Link>& link : slow) close(*link);
}

}  // namespace anlan::api
