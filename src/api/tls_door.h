#pragma once
// The TLS side of the listening port. Debian 13 builds the network library of Drogon without TLS
// (trantor 1.5.20 names its backend "None"), so TLS ends here: one thread shakes hands with OpenSSL
// and relays the plain bytes to Drogon on a loopback port. It never reads HTTP. Drogon's side
// learns the true peer by the source port of the inner connection; whoever connects to the inner
// port without coming through here is not in that table and is refused.

#include <openssl/ssl.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace anlan::api {

class TlsDoor {
 public:
  static constexpr std::size_t kLinksMax = 8'000;

  struct Wish {
    int listener;         // a listening socket; the door takes it over
    uint16_t inner_port;  // of Drogon, on 127.0.0.1
    Clock& clock;
  };
  explicit TlsDoor(const Wish& wish);
  ~TlsDoor();
  TlsDoor(const TlsDoor&) = delete;
  TlsDoor& operator=(const TlsDoor&) = delete;

  // PEM files; connections made from now on use them. Any thread.
  Result<void> load(const std::string& certificate_path, const std::string& key_path);
  Result<void> start();
  void stop();

  // The address of who stands behind an inner connection, by its source port. Any thread.
  std::optional<std::string> peer_of(uint16_t inner_source_port);

 private:
  struct Link;
  enum class Flow { Moved, Waits, Ended };
  using ContextPtr = std::shared_ptr<SSL_CTX>;  // a handshake may outlive a renewal

  void serve();
  void accept_all();
  void pump(Link& link);
  Flow shake_hands(Link& link);
  bool open_inner(Link& link);
  Flow from_outer(Link& link);
  Flow to_inner(Link& link);
  Flow from_inner(Link& link);
  Flow to_outer(Link& link);
  Flow after_ssl(Link& link, int result);
  void watch(Link& link);
  void close(Link& link);
  void give_up_slow_ones();

  int listener_;
  uint16_t inner_port_;
  Clock& clock_;
  std::size_t links_max_;
  Instant looked_{};
  int poll_ = -1;
  int wake_ = -1;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;

  std::mutex mutex_;
  ContextPtr context_;                               // guarded
  std::unordered_map<uint16_t, std::string> peers_;  // guarded

  std::unordered_map<int, std::shared_ptr<Link>> links_;  // by both descriptors: shared for that
  std::vector<std::shared_ptr<Link>> again_;              // had more to do when their turn ended
};

}  // namespace anlan::api
