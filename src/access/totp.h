#pragma once
// Codes that an app on a phone shows: HOTP (RFC 4226) over the time (RFC 6238), HMAC-SHA-1, 30
// seconds, 6 digits: what every such app understands.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/random.h"
#include "core/time.h"

namespace anlan::access {

inline constexpr int kCodeDigits = 6;
inline constexpr Duration kCodeStep = Duration::seconds(30);

std::string hotp(std::string_view secret, uint64_t counter, int digits = kCodeDigits);
uint64_t totp_step(Instant at);  // since 1970, RFC 6238, clause 4.2
// The step that `code` belongs to, of the present one and one on each side (clause 5.2), and newer
// than `after`: a step that was used is over.
std::optional<uint64_t> matching_step(std::string_view secret, std::string_view code, Instant now,
                                      uint64_t after);

std::string new_factor_secret(Random& random);  // 160 bits, RFC 4226, clause 4
std::string base32(std::string_view bytes);     // RFC 4648, clause 6, without padding
// What the QR code says to the app.
struct FactorLabel {
  std::string issuer;  // the plant
  std::string login;
};
std::string factor_uri(const FactorLabel& label, std::string_view secret);

// One of ten that stand in for the app once: 120 bits in four groups of six letters.
std::string new_recovery_code(Random& random);
// As it is compared: without blanks and dashes, upper case; empty where it can't be one.
std::string plain_recovery_code(std::string_view typed);

}  // namespace anlan::access
