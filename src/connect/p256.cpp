#include "connect/p256.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include <array>
#include <memory>

#include "core/release.h"

namespace anlan::connect {
namespace {

using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Release<BN_clear_free>>;
using Group = std::unique_ptr<EC_GROUP, Release<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, Release<EC_POINT_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Release<OSSL_PARAM_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>>;

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kPointBytes = 65;
constexpr int kSecretTries =
    8;  // a random number is no key once in 2^32: P-256's order is near 2^256

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::unexpected<Error> bad(std::string what) {
  return refuse(ErrorCode::BadField, "P-256: " + std::move(what));
}

// `secret` may be empty: then only the point is known.
Result<Key> openssl_key(std::string_view secret, std::string_view point) {
  Number number(BN_secure_new());
  Builder builder(OSSL_PARAM_BLD_new());
  bool is_good = number && builder &&
                 OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                                 SN_X9_62_prime256v1, 0) == 1 &&
                 OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                                  point.data(), point.size()) == 1;
  if (is_good && !secret.empty()) {
    is_good = BN_bin2bn(raw(secret), static_cast<int>(secret.size()), number.get()) != nullptr &&
              OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) == 1;
  }
  if (!is_good) return bad("no parameters");
  Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key,
                        secret.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR,
                        params.get()) != 1) {
    return bad("not a key");
  }
  return Key(key);
}

}  // namespace

Result<P256Key> p256_key(std::string_view secret) {
  if (secret.size() != kSecretBytes) return bad("a secret has 32 bytes");
  Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  Number number(BN_secure_new());
  if (!group || !number || BN_bin2bn(raw(secret), kSecretBytes, number.get()) == nullptr ||
      BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0) {
    return bad("a secret lies between 0 and the order");
  }
  Point point(EC_POINT_new(group.get()));
  std::string bytes(kPointBytes, '\0');
  if (!point ||
      EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) != 1 ||
      EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, raw(bytes),
                         bytes.size(), nullptr) != kPointBytes) {
    return bad("no public point");
  }
  return P256Key{std::string(secret), std::move(bytes)};
}

Result<P256Key> new_p256_key(Random& random) {
  for (int i = 0; i < kSecretTries; ++i) {
    std::array<uint8_t, kSecretBytes> bytes{};
    random.fill(bytes);
    auto key = p256_key({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (key) return key;
  }
  return refuse(ErrorCode::Internal, "P-256: the source of randomness gives no key");
}

Result<std::string> p256_shared(const P256Key& own, std::string_view point) {
  if (point.size() != kPointBytes || point[0] != 4) return bad("a point has 65 bytes");
  Key mine = TRY(openssl_key(own.secret, own.point));
  Key theirs = TRY(openssl_key({}, point));
  KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, mine.get(), nullptr));
  std::string shared(kSecretBytes, '\0');
  std::size_t size = shared.size();
  // Setting the peer also checks that its point lies on the curve.
  if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer_ex(context.get(), theirs.get(), 1) != 1 ||
      EVP_PKEY_derive(context.get(), raw(shared), &size) != 1 || size != kSecretBytes) {
    return bad("no shared secret");
  }
  return shared;
}

Result<std::string> p256_sign(const P256Key& key, std::string_view message) {
  Key mine = TRY(openssl_key(key.secret, key.point));
  DigestContext context(EVP_MD_CTX_new());
  std::array<unsigned char, 80> der{};
  std::size_t size = der.size();
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, mine.get()) != 1 ||
      EVP_DigestSign(context.get(), der.data(), &size, raw(message), message.size()) != 1) {
    return refuse(ErrorCode::Internal, "P-256: signing failed");
  }
  const unsigned char* at = der.data();
  Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  std::string out(2 * kSecretBytes, '\0');
  if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw(out), kSecretBytes) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw(out) + kSecretBytes, kSecretBytes) < 0) {
    return refuse(ErrorCode::Internal, "P-256: signing failed");
  }
  return out;
}

}  // namespace anlan::connect
