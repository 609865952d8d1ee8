#pragma once
// What handlers work with.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/api.h"
#include "api/metrics.h"
#include "api/pool.h"
#include "api/provider.h"
#include "api/rate.h"
#include "api/static_files.h"
#include "engine/engine.h"

namespace anlan::api {

// The local certificate authority as the pages show it; empty without TLS.
struct AuthorityView {
  std::string certificate_pem{};
  std::string name{};
  std::string fingerprint{};  // SHA-256, "AB:CD:..."
  Instant not_after{};
};

// Where the server is reached; known once it listens.
struct Places {
  uint16_t port = 0;
  uint16_t http_port = 0;
  bool is_tls = false;
  std::vector<std::string> hosts{};  // as they stand in a URL, the best first
};

struct Services {
  engine::Engine& engine;
  ServerConfig config;
  Pool& pool;
  StaticFiles files;
  Buckets login_rate;
  Buckets login_address_rate;
  Buckets anonymous_rate;
  Buckets anonymous_report_rate;
  std::string secret;        // 32 bytes of this installation: token texts are made from it
  std::string factor_key{};  // opens the secrets of second factors
  std::unique_ptr<Provider> provider{};  // none where none is set
  AuthorityView authority{};
  Places places{};
  std::atomic<int> exports = 0;  // being made right now
  Metrics metrics{};
  Instant started_at{};
  std::function<Json()> live{};  // {"sockets","bytes"}; none where nothing listens

  // A refusal with how long to wait, or nothing. Counts an attempt to log in.
  Duration login_wait(const std::string& address, const std::string& login);
  // "https://host:port" for each host.
  std::vector<std::string> addresses() const;
};

// Where files that leave the system grow.
inline std::string exports_folder(const engine::Engine& engine) {
  return engine.config().store.folder + "/exports";
}

}  // namespace anlan::api
