#pragma once
// OpenID Connect, the part of a client that needs no network: what the settings say, what the
// provider's discovery document and its answers say, the address to which a browser is sent, and
// whether an identity token is meant for us (OpenID Connect Core 1.0, clause 3.1.3.7).

#include <string>
#include <string_view>
#include <vector>

#include "access/jwt.h"
#include "core/json.h"
#include "core/random.h"
#include "core/result.h"
#include "core/text.h"
#include "core/time.h"

namespace anlan::access {

// docs/formats/oidc.md
struct ProviderSettings {
  std::string issuer{};
  std::string client_id{};
  std::string client_secret{};  // of a file; empty: a public client, by PKCE alone
  std::string scopes = "openid";
  std::string claim{};  // whose value is a log-in here; empty: nobody is linked by himself
  LocalText label{};    // of the button
  bool trusts_second_factor = true;        // the provider's; false: ours is asked, too
  std::vector<std::string> authorities{};  // files of PEM
  std::string own_address{};               // "https://anlan.plant:8443": what the provider knows
};
struct SettingsFile {
  ProviderSettings settings;
  std::string secret_file;  // path, may be empty
};
Result<SettingsFile> read_settings(std::string_view json);

// Of <issuer>/.well-known/openid-configuration.
struct ProviderPlaces {
  std::string authorization{};
  std::string token{};
  std::string keys{};
  std::string end_session{};          // may be empty
  bool takes_secret_in_body = false;  // client_secret_post and not client_secret_basic
};
std::string discovery_url(const ProviderSettings& settings);
Result<ProviderPlaces> read_places(std::string_view json, const ProviderSettings& settings);

// What belongs to one try to log in. Random, single use.
struct LoginTry {
  std::string state;
  std::string nonce;
  std::string verifier;  // RFC 7636
};
LoginTry new_login_try(Random& random);
std::string challenge_of(std::string_view verifier);  // S256
std::string authorization_url(const ProviderSettings& settings, const ProviderPlaces& places,
                              const LoginTry& login);
std::string redirect_uri(const ProviderSettings& settings);
std::string end_session_url(const ProviderSettings& settings, const ProviderPlaces& places);

// The request for the token: form body and headers.
struct TokenRequest {
  std::string body;
  std::vector<std::string> headers;
};
TokenRequest token_request(const ProviderSettings& settings, const ProviderPlaces& places,
                           std::string_view code, std::string_view verifier);
Result<std::string> read_token_answer(std::string_view json);  // the identity token

// Who the provider says it is.
struct Identity {
  std::string issuer{};
  std::string subject{};
  std::string login{};  // the configured claim, lower case; empty where it is missing
};
struct Expected {
  const ProviderSettings& settings;
  std::string_view nonce;
  Instant now;
};
// ProofInvalid with what is wrong; the clocks may differ by kClockSkewMax.
inline constexpr Duration kClockSkewMax = Duration::seconds(60);
inline constexpr Duration kIdentityAgeMax = Duration::minutes(10);
Result<Identity> identity_of(const Json& claims, const Expected& expected);

}  // namespace anlan::access
