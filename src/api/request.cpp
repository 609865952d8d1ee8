#include "api/request.h"

#include "core/text.h"

namespace anlan::api {
namespace {

constexpr std::size_t kQueryFieldsMax = 32;  // our richest list takes 6

// architecture.md, section 2.
constexpr std::string_view kPagePolicy =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
// A file that a person brought must not run anything, whatever it claims to be.
constexpr std::string_view kFilePolicy =
    "default-src 'none'; sandbox; base-uri 'none'; frame-ancestors 'none'";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (plus_is_space && text[i] == '+') {
      out += ' ';
      continue;
    }
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return refuse(ErrorCode::BadRequest, "broken percent escape");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (out.find('\0') != std::string::npos) return refuse(ErrorCode::BadRequest, "zero byte");
  if (!is_utf8(out)) return refuse(ErrorCode::BadRequest, "not UTF-8");
  return out;
}

}  // namespace

std::string_view method_text(Method method) {
  switch (method) {
    case Method::Get: return "GET";
    case Method::Head: return "HEAD";
    case Method::Post: return "POST";
    case Method::Put: return "PUT";
    case Method::Patch: return "PATCH";
    case Method::Delete: return "DELETE";
    case Method::Other: return "OTHER";
  }
  return "OTHER";
}

std::string_view Answer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

Answer json_answer(const Json& body, int status) {
  return {.status = status, .headers = {{"Cache-Control", "no-store"}}, .body = write_json(body)};
}

Answer redirect_answer(std::string where, int status) {
  return {.status = status,
          .type = "text/plain; charset=utf-8",
          .headers = {{"Location", std::move(where)}, {"Cache-Control", "no-store"}}};
}

Answer error_answer(const Error& error, const ErrorContext& context) {
  const ErrorText& text = error_text(error.code);
  bool is_english = context.language == "en";
  std::string message(is_english ? text.en : text.zh);
  const std::string& own = is_english ? error.message_en : error.message_zh;
  if (!own.empty()) message = own;
  Json body = Json::object({{"code", text.code}, {"message", message}});
  if (!error.field.empty()) body.set("field", error.field);
  if (!error.params.empty()) {
    if (auto params = parse_json(error.params)) body.set("params", std::move(*params));
  }
  body.set("request", context.request_id);
  return json_answer(Json::object({{"error", std::move(body)}}), text.http_status);
}

std::string language_of(const Request& request) {
  std::string wish = lower_ascii(request.header("accept-language").substr(0, 2));
  return wish == "en" ? "en" : "zh";
}

Result<std::string> decode_percent(std::string_view text) { return decode(text, false); }

std::string encode_percent(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_' || c == '.' || c == '~';
    if (is_plain) {
      out += c;
      continue;
    }
    auto byte = static_cast<uint8_t>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

Result<Fields> parse_query(std::string_view query) {
  Fields fields;
  if (query.empty()) return fields;
  for (std::string_view part : split(query, '&')) {
    if (part.empty()) continue;
    std::size_t equals = part.find('=');
    std::string_view value = equals == std::string_view::npos ? "" : part.substr(equals + 1);
    std::string name = TRY(decode(part.substr(0, equals), true));
    if (fields.size() == kQueryFieldsMax) return refuse(ErrorCode::BadRequest, "many parameters");
    if (!fields.emplace(name, TRY(decode(value, true))).second) {
      return refuse(ErrorCode::BadRequest, "a parameter comes twice", name);
    }
  }
  return fields;
}

std::string_view cookie(const Request& request, std::string_view name) {
  for (std::string_view part : split(request.header("cookie"), ';')) {
    part = trim(part);
    std::size_t equals = part.find('=');
    if (equals != std::string_view::npos && part.substr(0, equals) == name) {
      return part.substr(equals + 1);
    }
  }
  return {};
}

bool is_phone(const Request& request) {
  std::string_view agent = request.header("user-agent");
  for (std::string_view word : {"Mobi", "Android", "iPhone", "HarmonyOS"}) {
    if (agent.find(word) != std::string_view::npos) return true;
  }
  return false;
}

void add_security_headers(Answer& answer, const SecurityNeeds& needs) {
  auto add = [&answer](std::string name, std::string_view value) {
    answer.headers.emplace_back(std::move(name), value);
  };
  add("Content-Security-Policy", needs.is_foreign_file ? kFilePolicy : kPagePolicy);
  add("X-Content-Type-Options", "nosniff");
  add("Referrer-Policy", "no-referrer");
  add("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(self)");
  add("Cross-Origin-Opener-Policy", "same-origin");
  add("Cross-Origin-Resource-Policy", "same-origin");
  if (needs.is_https_name) add("Strict-Transport-Security", "max-age=31536000");
}

bool is_https_name(const Request& request) {
  std::string_view host = request.header("host");
  if (!request.is_tls || host.empty() || host.front() == '[') return false;
  host = host.substr(0, host.find(':'));
  if (host == "localhost" || host.ends_with(".localhost")) return false;
  return host.find_first_not_of("0123456789.") != std::string_view::npos;
}

}  // namespace anlan::api
