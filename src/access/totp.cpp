#include "access/totp.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "access/percent.h"
#include "core/check.h"

namespace anlan::access {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t kSecretBytes = 20;
constexpr std::size_t kRecoveryBytes = 15;
constexpr std::size_t kRecoveryChars = 24;

constexpr std::size_t kIssuerCharsMax = 16;  // a QR code that a phone reads from a screen

std::string first_chars(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    bool begins = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
    if (begins && count-- == 0) break;
  }
  return std::string(text.substr(0, end));
}

std::string random_bytes(Random& random, std::size_t count) {
  std::string out(count, '\0');
  random.fill({reinterpret_cast<uint8_t*>(out.data()), out.size()});
  return out;
}

}  // namespace

std::string hotp(std::string_view secret, uint64_t counter, int digits) {
  std::array<unsigned char, 8> moving{};
  for (std::size_t i = 0; i < 8; ++i) {
    moving[i] = static_cast<unsigned char>(counter >> (56 - 8 * i));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int length = 0;
  const unsigned char* made = HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
                                   moving.data(), moving.size(), mac.data(), &length);
  CHECK(made != nullptr && length == 20, "SHA-1 is always there");
  // RFC 4226, clause 5.3: four bytes from where the last half byte points.
  std::size_t at = mac[19] & 15;
  uint32_t number = static_cast<uint32_t>(mac[at] & 0x7f) << 24 |
                    static_cast<uint32_t>(mac[at + 1]) << 16 |
                    static_cast<uint32_t>(mac[at + 2]) << 8 | mac[at + 3];
  std::string out(static_cast<std::size_t>(digits), '0');
  for (std::size_t i = out.size(); i-- > 0; number /= 10) {
    out[i] = static_cast<char>('0' + number % 10);
  }
  return out;
}

uint64_t totp_step(Instant at) { return static_cast<uint64_t>(at.ns / kCodeStep.ns); }

std::optional<uint64_t> matching_step(std::string_view secret, std::string_view code, Instant now,
                                      uint64_t after) {
  if (code.size() != kCodeDigits) return std::nullopt;
  uint64_t present = totp_step(now);
  std::optional<uint64_t> found;
  // All three, so that the time taken tells nothing.
  for (uint64_t step = present - 1; step <= present + 1; ++step) {
    std::string right = hotp(secret, step);
    bool is_same = CRYPTO_memcmp(right.data(), code.data(), right.size()) == 0;
    if (is_same && step > after && !found) found = step;
  }
  return found;
}

std::string new_factor_secret(Random& random) { return random_bytes(random, kSecretBytes); }

std::string base32(std::string_view bytes) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (char byte : bytes) {
    bits = bits << 8 | static_cast<uint8_t>(byte);
    count += 8;
    while (count >= 5) out += kBase32[bits >> (count -= 5) & 31];
  }
  if (count > 0) out += kBase32[bits << (5 - count) & 31];
  return out;
}

std::string factor_uri(const FactorLabel& label, std::string_view secret) {
  std::string issuer = percent_encoded(first_chars(label.issuer, kIssuerCharsMax));
  return "otpauth://totp/" + issuer + ":" + percent_encoded(label.login) +
         "?secret=" + base32(secret) + "&issuer=" + issuer;
}

std::string new_recovery_code(Random& random) {
  std::string letters = base32(random_bytes(random, kRecoveryBytes));
  std::string out;
  for (std::size_t i = 0; i < letters.size(); i += 6) {
    out += (i == 0 ? "" : "-") + letters.substr(i, 6);
  }
  return out;
}

std::string plain_recovery_code(std::string_view typed) {
  std::string out;
  for (char c : typed) {
    if (c == '-' || c == ' ') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!kBase32.contains(c) || out.size() == kRecoveryChars) return {};
    out += c;
  }
  return out.size() == kRecoveryChars ? out : std::string();
}

}  // namespace anlan::access
