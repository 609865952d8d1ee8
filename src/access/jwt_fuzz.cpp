// What a log-in provider may send: a token in the first line, a key set, discovery document or
// answer in the rest. What is read is read the same again, and claims are an object.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "access/oidc.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace anlan;
  using namespace anlan::access;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string_view token = text.substr(0, text.find('\n'));
  std::string_view rest = text.substr(std::min(text.size(), token.size() + 1));
  ProviderSettings settings{.issuer = "https://id.plant", .client_id = "anlan", .claim = "email"};
  Instant now{1'700'000'000'000'000'000};
  if (auto keys = KeySet::parse(rest)) {
    if (keys->size() > kKeySetKeysMax) std::abort();
    auto claims = keys->verified(token);
    if (claims && !claims->is_object()) std::abort();
    if (claims.has_value() != keys->verified(token).has_value()) std::abort();
  }
  // A provider that says anything at all, and signs it.
  if (auto claims = parse_json(rest, kJwtBytesMax)) {
    auto identity = identity_of(*claims, {.settings = settings, .nonce = token, .now = now});
    if (identity && identity->subject.empty()) std::abort();
  }
  if (auto places = read_places(rest, settings)) {
    LoginTry login{.state = "s", .nonce = "n", .verifier = "v"};
    std::string url = authorization_url(settings, *places, login);
    if (url.find_first_of("\r\n ") != url.npos) std::abort();
  }
  auto read = read_settings(rest);
  if (read && read->settings.client_id.empty()) std::abort();
  if (auto answer = read_token_answer(rest); answer && answer->empty()) std::abort();
  return 0;
}
