#pragma once
// HTTP requests that go out, by libcurl (docs/decisions/0017). Certificates are always verified,
// redirects never followed, answers bounded; requests to this machine never take a proxy. Trouble
// is told without the URL, because the URL of a robot is its password. Only this file and
// web_client.cpp know libcurl.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace anlan::connect {

enum class PlainHttp { Never, Loopback };  // Loopback: fakes of tests, a server without TLS

struct WebTrust {
  std::string authorities{};  // PEM; empty: those of the system
  PlainHttp plain = PlainHttp::Never;
};

// The system's authorities and those in `files`; empty where there are no files.
Result<std::string> trusted_authorities(const std::vector<std::string>& files);

// BadField where `url` is not https, nor http to this machine where that is allowed.
Result<void> check_url(std::string_view url, PlainHttp plain);

struct WebRequest {
  std::string url;
  std::vector<std::string> headers{};
  std::string body{};
  bool is_post = true;
  Duration time_out = Duration::seconds(10);
};

struct WebAnswer {
  int status = 0;          // 0: nobody answered, `trouble` says why
  std::string body{};      // at most 64 KB
  Duration retry_after{};  // of the header, 0 where it is missing
  std::string trouble{};
};

// Wait for the answer.
Result<WebAnswer> web_ask(WebRequest request, const WebTrust& trust);
Result<WebAnswer> web_get(const std::string& url, const WebTrust& trust, Duration time_out);

// Many at once, driven by one thread; only wake() may be called from another.
class WebClient {
 public:
  struct Done {
    uint64_t tag;
    WebAnswer answer;
  };
  static Result<std::unique_ptr<WebClient>> make(WebTrust trust);
  virtual ~WebClient() = default;
  virtual Result<void> begin(uint64_t tag, WebRequest request) = 0;
  // What has ended; waits for the first at most so long, or until wake().
  virtual std::vector<Done> wait(Duration longest) = 0;
  virtual void wake() = 0;
};

}  // namespace anlan::connect
