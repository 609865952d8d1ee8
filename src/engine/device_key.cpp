#include "engine/device_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <optional>

#include "core/base64.h"
#include "core/hash.h"
#include "core/release.h"
#include "core/text.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kKeyBytesMax = 200;  // with an uncompressed point 91
constexpr std::size_t kHalfBytes = 32;

using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>>;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Without padding, so that one value has one spelling.
std::optional<std::string> unpadded(std::string_view text) {
  if (text.contains('=')) return std::nullopt;
  auto bytes = from_base64url(text);
  return bytes ? std::optional(*std::move(bytes)) : std::nullopt;
}

Key key_of(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > kKeyBytesMax) return {};
  const unsigned char* at = raw(bytes);
  Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(bytes.size())));
  bool is_whole = key && at == raw(bytes) + bytes.size();
  if (!is_whole || EVP_PKEY_is_a(key.get(), "EC") != 1) return {};
  std::array<char, 32> group{};
  std::size_t size = 0;
  bool is_p256 = EVP_PKEY_get_utf8_string_param(key.get(), OSSL_PKEY_PARAM_GROUP_NAME, group.data(),
                                                group.size(), &size) == 1 &&
                 std::string_view(group.data(), size) == "prime256v1";
  return is_p256 ? std::move(key) : Key{};
}

// OpenSSL takes signatures in DER.
std::string der_of(std::string_view signature) {
  Signature made(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(raw(signature), kHalfBytes, nullptr);
  BIGNUM* s = BN_bin2bn(raw(signature.substr(kHalfBytes)), kHalfBytes, nullptr);
  if (!made || r == nullptr || s == nullptr || ECDSA_SIG_set0(made.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  unsigned char* bytes = nullptr;
  int size = i2d_ECDSA_SIG(made.get(), &bytes);
  std::string out =
      size > 0 ? std::string(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size))
               : std::string();
  OPENSSL_free(bytes);
  return out;
}

}  // namespace

Result<std::string> device_key_id(std::string_view key) {
  auto bytes = unpadded(key.substr(0, 2 * kKeyBytesMax));
  if (!bytes || !key_of(*bytes)) return refuse(ErrorCode::BadField, "no P-256 key", "key");
  return to_hex(sha256(*bytes)).substr(0, 32);
}

bool is_signed_by(std::string_view key, std::string_view text, std::string_view signature) {
  auto bytes = unpadded(key);
  auto halves = unpadded(signature);
  if (!bytes || !halves || halves->size() != 2 * kHalfBytes) return false;
  Key known = key_of(*bytes);
  std::string der = der_of(*halves);
  DigestContext context(EVP_MD_CTX_new());
  return known && !der.empty() && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, known.get()) == 1 &&
         EVP_DigestVerify(context.get(), raw(der), der.size(), raw(text), text.size()) == 1;
}

}  // namespace anlan::engine
