#pragma once
// A request and its answer without any transport, so that everything but the sockets is tested
// without one. Header names are lower case.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace anlan::api {

enum class Method { Get, Head, Post, Put, Patch, Delete, Other };
std::string_view method_text(Method method);

struct Request {
  Method method = Method::Get;
  std::string path;   // as sent: percent-encoded
  std::string query;  // as sent, without "?"
  std::map<std::string, std::string, std::less<>> headers;
  std::string body;
  std::string address;  // of the peer, without port
  bool is_tls = false;

  std::string_view header(std::string_view name) const {
    auto found = headers.find(name);
    return found == headers.end() ? std::string_view{} : found->second;
  }
};

class ExportFile;

struct Answer {
  int status = 200;
  std::string type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  std::shared_ptr<const ExportFile> file{};  // instead of body: too large to hold

  std::string_view header(std::string_view name) const;
};

// Called once, from any thread.
using Reply = std::function<void(Answer)>;

Answer json_answer(const Json& body, int status = 200);
Answer redirect_answer(std::string where, int status = 302);

// How a refusal is told: {"error":{"code","message","field","request"}} in the reader's language.
struct ErrorContext {
  std::string language = "zh";
  std::string request_id{};
};
Answer error_answer(const Error& error, const ErrorContext& context);

// "zh" unless Accept-Language starts with "en".
std::string language_of(const Request& request);

// Values by name. BadRequest where an escape is broken, bytes are not UTF-8 or hold NUL, a name
// comes twice, or there are more than 32.
using Fields = std::map<std::string, std::string, std::less<>>;
Result<Fields> parse_query(std::string_view query);
Result<std::string> decode_percent(std::string_view text);
std::string encode_percent(std::string_view text);
bool is_phone(const Request& request);  // by what the browser calls itself
// One cookie of the Cookie header; empty where it is missing.
std::string_view cookie(const Request& request, std::string_view name);

// The headers of architecture.md, section 2.
struct SecurityNeeds {
  bool is_https_name = false;    // then HSTS too
  bool is_foreign_file = false;  // an upload: sandboxed
};
void add_security_headers(Answer& answer, const SecurityNeeds& needs);
// True for https under a name that is neither localhost nor a bare address.
bool is_https_name(const Request& request);

}  // namespace anlan::api
