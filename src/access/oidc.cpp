#include "access/oidc.h"

#include <algorithm>
#include <array>

#include "access/percent.h"
#include "access/sessions.h"
#include "core/base64.h"
#include "core/hash.h"

namespace anlan::access {
namespace {

constexpr std::size_t kSettingsBytesMax = 16 << 10;
constexpr std::size_t kAddressBytesMax = 1'000;
constexpr std::size_t kSubjectBytesMax = 255;  // OpenID Connect Core, clause 2
constexpr std::size_t kAudiencesMax = 20;

std::unexpected<Error> bad_setting(std::string name, std::string what) {
  return refuse(ErrorCode::BadField, std::move(what), std::move(name));
}
std::unexpected<Error> no_proof(std::string what) {
  return refuse(ErrorCode::ProofInvalid, std::move(what));
}

// Whoever may speak without TLS is this very machine: tests, and a proxy beside us.
bool is_safe_address(std::string_view address) {
  if (address.size() > kAddressBytesMax ||
      address.find_first_of(" \r\n\t\"<>\\#") != address.npos) {
    return false;
  }
  if (address.starts_with("https://")) return address.size() > 8;
  for (std::string_view start : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
    if (!address.starts_with(start)) continue;
    std::string_view rest = address.substr(start.size());
    if (rest.empty() || rest[0] == ':' || rest[0] == '/') return rest.find('@') == rest.npos;
  }
  return false;
}

Result<std::string> address_at(const Json& source, std::string_view name) {
  std::string address = source.text_or(name, "");
  if (!is_safe_address(address)) return bad_setting(std::string(name), "https only");
  return address;
}

struct Pair {
  std::string_view name, value;
};
std::string form_of(std::initializer_list<Pair> pairs) {
  std::string out;
  for (const Pair& pair : pairs) {
    if (!out.empty()) out += '&';
    out += std::string(pair.name) + "=" + percent_encoded(pair.value);
  }
  return out;
}

std::string with_query(const std::string& address, const std::string& query) {
  return address + (address.contains('?') ? "&" : "?") + query;
}

// RFC 7519, clause 2: seconds since 1970, perhaps with a fraction.
Result<Instant> time_at(const Json& claims, std::string_view name) {
  std::optional<double> seconds = claims[name].as_double();
  if (!claims[name].is_number() || !seconds || *seconds < 0 || *seconds > 4e9) {
    return no_proof(std::string(name) + " is no time");
  }
  return Instant{Duration::milliseconds(static_cast<int64_t>(*seconds * 1000)).ns};
}

// OpenID Connect Core, clause 3.1.3.7, steps 3 to 5
Result<void> check_audience(const Json& claims, const std::string& client) {
  const Json& audience = claims["aud"];
  bool is_list = audience.is_array();
  if (is_list && audience.as_array().size() > kAudiencesMax) return no_proof("too many audiences");
  bool is_ours =
      is_list ? std::ranges::contains(audience.as_array(), Json(client)) : audience == Json(client);
  if (!is_ours) return no_proof("the token is for somebody else");
  bool is_shared = is_list && audience.as_array().size() > 1;
  if (is_shared && !claims.has("azp")) return no_proof("several audiences and no azp");
  if (claims.has("azp") && claims["azp"] != Json(client)) return no_proof("azp is somebody else");
  return {};
}

Result<void> check_times(const Json& claims, Instant now) {
  Instant ends = TRY(time_at(claims, "exp"));
  Instant made = TRY(time_at(claims, "iat"));
  if (ends + kClockSkewMax <= now) return no_proof("the token has ended");
  if (made > now + kClockSkewMax) return no_proof("the token is made later than now");
  if (made + kIdentityAgeMax + kClockSkewMax < now) return no_proof("the token is old");
  if (!claims.has("nbf")) return {};
  if (TRY(time_at(claims, "nbf")) > now + kClockSkewMax) return no_proof("not valid yet");
  return {};
}

}  // namespace

Result<SettingsFile> read_settings(std::string_view json) {
  Json source = TRY(parse_json(json, kSettingsBytesMax));
  if (!source.is_object()) return bad_setting("", "an object");
  constexpr std::array<std::string_view, 10> kNames{
      "format", "issuer",      "client_id", "client_secret_file",   "scopes",
      "claim",  "authorities", "label",     "trusts_second_factor", "own_address"};
  for (const auto& [name, value] : source.as_object()) {
    if (!std::ranges::contains(kNames, name)) return bad_setting(name, "no such setting");
  }
  if (source.text_or("format", "") != "anlan.oidc/1") return bad_setting("format", "anlan.oidc/1");
  SettingsFile out;
  ProviderSettings& settings = out.settings;
  settings.issuer = TRY(address_at(source, "issuer"));
  settings.own_address = TRY(address_at(source, "own_address"));
  while (settings.own_address.ends_with('/')) settings.own_address.pop_back();
  settings.client_id = TRY(source.text_at("client_id"));
  if (settings.client_id.empty()) return bad_setting("client_id", "needed");
  settings.scopes = source.text_or("scopes", "openid");
  if (!std::ranges::contains(split(settings.scopes, ' '), std::string_view("openid"))) {
    return bad_setting("scopes", "openid is needed");
  }
  settings.claim = source.text_or("claim", "");
  settings.label = {source["label"].text_or("zh", ""), source["label"].text_or("en", "")};
  if (settings.label.zh.empty() || settings.label.en.empty()) {
    return bad_setting("label", "zh and en");
  }
  settings.trusts_second_factor = source.bool_or("trusts_second_factor", true);
  if (source["authorities"].is_array()) {
    for (const Json& file : source["authorities"].as_array()) {
      if (!file.is_text()) return bad_setting("authorities", "names of files");
      settings.authorities.push_back(file.as_text());
    }
  }
  out.secret_file = source.text_or("client_secret_file", "");
  return out;
}

std::string discovery_url(const ProviderSettings& settings) {
  std::string issuer = settings.issuer;
  if (issuer.ends_with('/')) issuer.pop_back();
  return issuer + "/.well-known/openid-configuration";
}

Result<ProviderPlaces> read_places(std::string_view json, const ProviderSettings& settings) {
  Json source = TRY(parse_json(json, kKeySetBytesMax));
  // OpenID Connect Discovery, clause 4.3: the very same text.
  if (source.text_or("issuer", "") != settings.issuer) return bad_setting("issuer", "another one");
  ProviderPlaces out;
  out.authorization = TRY(address_at(source, "authorization_endpoint"));
  out.token = TRY(address_at(source, "token_endpoint"));
  out.keys = TRY(address_at(source, "jwks_uri"));
  if (source.has("end_session_endpoint")) {
    out.end_session = TRY(address_at(source, "end_session_endpoint"));
  }
  const Json& methods = source["token_endpoint_auth_methods_supported"];
  if (methods.is_array()) {
    bool takes_basic = std::ranges::contains(methods.as_array(), Json("client_secret_basic"));
    out.takes_secret_in_body =
        !takes_basic && std::ranges::contains(methods.as_array(), Json("client_secret_post"));
  }
  return out;
}

LoginTry new_login_try(Random& random) {
  return {.state = random_token(random),
          .nonce = random_token(random),
          .verifier = random_token(random)};
}

std::string challenge_of(std::string_view verifier) { return base64url(sha256(verifier)); }

std::string redirect_uri(const ProviderSettings& settings) {
  return settings.own_address + "/api/login/provider/back";
}

std::string authorization_url(const ProviderSettings& settings, const ProviderPlaces& places,
                              const LoginTry& login) {
  return with_query(places.authorization, form_of({{"response_type", "code"},
                                                   {"client_id", settings.client_id},
                                                   {"redirect_uri", redirect_uri(settings)},
                                                   {"scope", settings.scopes},
                                                   {"state", login.state},
                                                   {"nonce", login.nonce},
                                                   {"code_challenge", challenge_of(login.verifier)},
                                                   {"code_challenge_method", "S256"}}));
}

std::string end_session_url(const ProviderSettings& settings, const ProviderPlaces& places) {
  if (places.end_session.empty()) return {};
  return with_query(places.end_session,
                    form_of({{"client_id", settings.client_id},
                             {"post_logout_redirect_uri", settings.own_address + "/"}}));
}

TokenRequest token_request(const ProviderSettings& settings, const ProviderPlaces& places,
                           std::string_view code, std::string_view verifier) {
  TokenRequest out{
      .body = form_of({{"grant_type", "authorization_code"},
                       {"code", code},
                       {"redirect_uri", redirect_uri(settings)},
                       {"code_verifier", verifier}}),
      .headers = {"Content-Type: application/x-www-form-urlencoded", "Accept: application/json"}};
  bool is_basic = !settings.client_secret.empty() && !places.takes_secret_in_body;
  if (is_basic) {
    // RFC 6749, clause 2.3.1: both are form-encoded first.
    std::string pair =
        percent_encoded(settings.client_id) + ":" + percent_encoded(settings.client_secret);
    out.headers.push_back("Authorization: Basic " + base64(pair));
    return out;
  }
  out.body += "&" + form_of({{"client_id", settings.client_id}});
  if (!settings.client_secret.empty()) {
    out.body += "&" + form_of({{"client_secret", settings.client_secret}});
  }
  return out;
}

Result<std::string> read_token_answer(std::string_view json) {
  auto answer = parse_json(json, kKeySetBytesMax);
  if (!answer) return no_proof("the answer for the code is no JSON");
  std::string token = answer->text_or("id_token", "");
  if (token.empty()) return no_proof("the answer for the code has no identity token");
  return token;
}

Result<Identity> identity_of(const Json& claims, const Expected& expected) {
  const ProviderSettings& settings = expected.settings;
  if (claims["iss"] != Json(settings.issuer)) return no_proof("another issuer");
  TRY(check_audience(claims, settings.client_id));
  TRY(check_times(claims, expected.now));
  bool has_nonce = !expected.nonce.empty() && claims["nonce"] == Json(expected.nonce);
  if (!has_nonce) return no_proof("the nonce");
  Identity out{.issuer = settings.issuer, .subject = claims.text_or("sub", "")};
  if (out.subject.empty() || out.subject.size() > kSubjectBytesMax) return no_proof("the subject");
  if (settings.claim.empty()) return out;
  // An address that nobody has checked may be anybody's.
  bool is_doubtful = settings.claim == "email" && claims["email_verified"] != Json(true);
  if (!is_doubtful) out.login = lower_ascii(trim(claims.text_or(settings.claim, "")));
  return out;
}

}  // namespace anlan::access
