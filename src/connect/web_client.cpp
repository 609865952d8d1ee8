#include "connect/web_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "connect/push_wire.h"
#include "core/text.h"

namespace anlan::connect {
namespace {

constexpr std::size_t kAnswerBytesMax = 64 << 10;
constexpr std::size_t kAuthorityBytesMax = 4 << 20;
constexpr Duration kRetryAfterMax = Duration::days(1);

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// libcurl's own preparation: safe from any thread since 7.84, done once, never undone.
bool is_curl_ready() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  return ready == CURLE_OK;
}

std::string host_of(std::string_view origin) {
  std::string_view place = origin.substr(origin.find("://") + 3);
  if (place.starts_with('[')) return std::string(place.substr(0, place.find(']') + 1));
  return std::string(place.substr(0, place.find(':')));
}

bool is_loopback(std::string_view url) {
  auto origin = origin_of(url);
  if (!origin) return false;
  std::string host = host_of(*origin);
  return host == "127.0.0.1" || host == "[::1]" || host == "localhost";
}

std::size_t keep_body(char* bytes, std::size_t one, std::size_t count, void* to) {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + one * count > kAnswerBytesMax) return 0;
  body.append(bytes, one * count);
  return one * count;
}

// One request from its beginning to its answer; what libcurl points into lives as long.
class Transfer {
 public:
  static Result<std::unique_ptr<Transfer>> make(WebRequest request, const WebTrust& trust) {
    TRY(check_url(request.url, trust.plain));
    std::unique_ptr<Transfer> made(new Transfer(std::move(request)));
    if (!made->easy_ || !made->set_up(trust)) {
      return refuse(ErrorCode::Internal, "libcurl takes no request");
    }
    return made;
  }
  CURL* easy() const { return easy_.get(); }

  WebAnswer answer(CURLcode code) {
    WebAnswer out{.body = std::move(body_)};
    if (code != CURLE_OK) {
      out.trouble = curl_easy_strerror(code);
      return out;
    }
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_off_t retry_after = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &retry_after);
    out.status = static_cast<int>(status);
    out.retry_after =
        Duration::seconds(std::clamp<int64_t>(retry_after, 0, kRetryAfterMax.to_seconds()));
    return out;
  }

 private:
  explicit Transfer(WebRequest request) : request_(std::move(request)) {
    easy_.reset(curl_easy_init());
  }

  bool set_up(const WebTrust& trust) {
    CURL* easy = easy_.get();
    bool is_good = true;
    auto set = [&](CURLoption option, auto value) {
      is_good = is_good && curl_easy_setopt(easy, option, value) == CURLE_OK;
    };
    set(CURLOPT_URL, request_.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, trust.plain == PlainHttp::Loopback ? "https,http" : "https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PIPEWAIT, 1L);  // rather another stream of one connection than a second one
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request_.time_out.to_milliseconds()));
    set(CURLOPT_USERAGENT, "anlan");
    set(CURLOPT_WRITEFUNCTION, &keep_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&body_));
    // Elsewhere the plant's proxy stands in the environment, as for every program.
    if (is_loopback(request_.url)) set(CURLOPT_PROXY, "");
    if (!trust.authorities.empty()) {
      curl_blob blob{const_cast<char*>(trust.authorities.data()), trust.authorities.size(),
                     CURL_BLOB_COPY};
      set(CURLOPT_CAINFO_BLOB, &blob);
    }
    for (const std::string& header : request_.headers) add_header(header);
    if (request_.is_post) {
      add_header("Expect:");
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
      set(CURLOPT_POSTFIELDS, request_.body.data());
    }
    set(CURLOPT_HTTPHEADER, headers_.get());
    return is_good;
  }

  void add_header(const std::string& header) {
    headers_.reset(curl_slist_append(headers_.release(), header.c_str()));
  }

  WebRequest request_;
  std::string body_;
  std::unique_ptr<curl_slist, FreeList> headers_;
  std::unique_ptr<CURL, FreeEasy> easy_;
};

class CurlClient final : public WebClient {
 public:
  CurlClient(WebTrust trust, CURLM* multi) : trust_(std::move(trust)), multi_(multi) {}
  ~CurlClient() override {
    for (auto& [tag, transfer] : running_) {
      curl_multi_remove_handle(multi_.get(), transfer->easy());
    }
  }
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  Result<void> begin(uint64_t tag, WebRequest request) override {
    std::unique_ptr<Transfer> transfer = TRY(Transfer::make(std::move(request), trust_));
    CURL* easy = transfer->easy();
    if (curl_multi_add_handle(multi_.get(), easy) != CURLM_OK) {
      return refuse(ErrorCode::Internal, "libcurl takes no request");
    }
    running_.insert_or_assign(tag, std::move(transfer));
    return {};
  }

  std::vector<Done> wait(Duration longest) override {
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    std::vector<Done> done = ended();
    if (!done.empty()) return done;
    auto ms = static_cast<int>(std::clamp<int64_t>(longest.to_milliseconds(), 0, 60'000));
    curl_multi_poll(multi_.get(), nullptr, 0, ms, nullptr);
    curl_multi_perform(multi_.get(), &running);
    return ended();
  }

  void wake() override { curl_multi_wakeup(multi_.get()); }

 private:
  std::vector<Done> ended() {
    std::vector<Done> out;
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURLcode code = message->data.result;
      CURL* easy = message->easy_handle;
      auto found = std::ranges::find_if(
          running_, [&](const auto& entry) { return entry.second->easy() == easy; });
      if (found == running_.end()) continue;
      out.push_back({found->first, found->second->answer(code)});
      curl_multi_remove_handle(multi_.get(), easy);
      running_.erase(found);
    }
    return out;
  }

  WebTrust trust_;
  std::unique_ptr<CURLM, FreeMulti> multi_;
  std::map<uint64_t, std::unique_ptr<Transfer>> running_;  // dies before multi_
};

Result<std::string> file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return refuse(ErrorCode::NotFound, "no certificate file " + path);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  std::string text = std::move(bytes).str();
  if (text.size() > kAuthorityBytesMax) return refuse(ErrorCode::TooLarge, path);
  return text;
}

std::string system_authorities() {
  std::unique_ptr<CURL, FreeEasy> easy(curl_easy_init());
  char* path = nullptr;
  if (!easy || curl_easy_getinfo(easy.get(), CURLINFO_CAINFO, &path) != CURLE_OK || !path)
    return {};
  return file_text(path).value_or("");
}

}  // namespace

Result<std::string> trusted_authorities(const std::vector<std::string>& files) {
  std::string own;
  for (const std::string& path : files) {
    std::string text = TRY(file_text(path));
    if (!text.contains("-----BEGIN CERTIFICATE-----")) {
      return refuse(ErrorCode::BadField, path + " holds no certificate");
    }
    own += text + "\n";
  }
  if (own.empty() || !is_curl_ready()) return own;
  return system_authorities() + "\n" + own;
}

Result<void> check_url(std::string_view url, PlainHttp plain) {
  std::string origin = TRY(origin_of(url));
  if (origin.starts_with("https://")) return {};
  if (plain == PlainHttp::Loopback && is_loopback(url)) return {};
  return refuse(ErrorCode::BadField, "only https", "endpoint");
}

Result<WebAnswer> web_ask(WebRequest request, const WebTrust& trust) {
  if (!is_curl_ready()) return refuse(ErrorCode::Internal, "libcurl does not start");
  auto transfer = TRY(Transfer::make(std::move(request), trust));
  return transfer->answer(curl_easy_perform(transfer->easy()));
}

Result<WebAnswer> web_get(const std::string& url, const WebTrust& trust, Duration time_out) {
  return web_ask({.url = url, .is_post = false, .time_out = time_out}, trust);
}

Result<std::unique_ptr<WebClient>> WebClient::make(WebTrust trust) {
  CURLM* multi = is_curl_ready() ? curl_multi_init() : nullptr;
  if (multi == nullptr) return refuse(ErrorCode::Internal, "libcurl does not start");
  return std::make_unique<CurlClient>(std::move(trust), multi);
}

}  // namespace anlan::connect
