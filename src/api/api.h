#pragma once
// api is the way in from phones, desks and programs: HTTPS, the JSON requests of
// docs/formats/http.md, the live stream, and the built pages. It is thin: it parses, finds out who
// asks, calls engine, and answers. It decides nothing and writes no table.
//
//   auto server = TRY(Server::create(config, engine));
//   TRY(server->start());      // returns when it listens
//   ... server->port() ...
//   server->stop();            // answers what is under way, then ends its threads
//
// Drogon, which speaks HTTP here, exists once in a process: so does a started Server. What needs no
// sockets (tests, text cases) drives Site of api/site.h, the same code without Drogon.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "core/result.h"
#include "engine/engine.h"

namespace anlan::api {

inline constexpr std::string_view kVersion = "0.1.0";

// A token bucket: `burst` at once, then `per_minute`.
struct Rate {
  int64_t per_minute = 0;
  int64_t burst = 0;
};

struct RateLimits {
  Rate address{.per_minute = 12'000, .burst = 2'000};  // a whole plant may stand behind one proxy
  Rate session{.per_minute = 1'800, .burst = 300};
  Rate login{.per_minute = 10, .burst = 10};  // per address and account
  Rate login_address{.per_minute = 120, .burst = 120};
  Rate anonymous{.per_minute = 600, .burst = 200};  // per address, with a code
  Rate anonymous_report{.per_minute = 6, .burst = 30};
};

// One request to the log-in provider, over the plant's own libcurl.
struct WebAsk {
  std::string url;
  std::vector<std::string> headers{};
  std::string body{};  // of a POST; empty: GET
};
struct WebReply {
  int status = 0;  // 0: nobody answered
  std::string body{};
};

// What lies outside of engine and api, as the pages ask for it. Empty functions: not there.
struct Outside {
  std::function<Json()> sources{};  // [{"code",...}] of GET /api/sources
  // Of GET /api/sources/{code}/browse.
  std::function<Result<Json>(const std::string& code, const std::string& node, std::size_t from)>
      browse{};
  std::function<Result<void>(const Json& command)> simulate{};  // to the demo plant's simulator
  std::string push_key{};                                       // VAPID, base64url
  std::function<void(std::string_view line)> request_log{};     // one JSON line for each request
  std::function<std::string()> log_tail{};                      // the newest lines of the log
  std::function<Result<WebReply>(const WebAsk& ask)> ask_provider{};
  Json about{};  // how the program was started, without secrets: for the diagnostics
};

struct ServerConfig {
  std::string address = "0.0.0.0";
  uint16_t port = 8443;     // 0: any free one
  uint16_t http_port = 0;   // plain http that only redirects and shows /ca; 0: none
  bool plain_http = false;  // no TLS at all: loopback only
  std::string web_folder = "web/dist";
  std::string folder = "data";            // TLS keys live in it
  std::vector<std::string> host_names{};  // further names for the certificate
  RateLimits rates{};
  access::SessionRules sessions{};                     // the same that engine got
  std::optional<access::ProviderSettings> provider{};  // log-in beside local accounts
  int workers = 4;                                     // threads that wait for the database
  Outside outside{};
};

class Server {
 public:
  // Makes or renews the certificates, reads the list of pages and takes engine's one listener: to
  // be called before engine starts, and to outlive engine's writer. Listens only after start().
  static Result<std::unique_ptr<Server>> create(const ServerConfig& config, engine::Engine& engine);
  virtual ~Server() = default;
  virtual Result<void> start() = 0;  // once in a process
  virtual void stop() = 0;
  virtual uint16_t port() const = 0;       // after start()
  virtual uint16_t http_port() const = 0;  // 0 where there is none
  // "https://name:port" for every name and address under which it may be reached.
  virtual std::vector<std::string> addresses() const = 0;
};

}  // namespace anlan::api
