#include "access/jwt.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/base64.h"
#include "core/release.h"
#include "core/text.h"

namespace anlan::access {
namespace {

using PublicKey = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Release<OSSL_PARAM_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>>;

constexpr std::size_t kRsaBitsMin = 2048;
constexpr std::size_t kRsaBitsMax = 8192;
constexpr std::size_t kExponentBytesMax = 4;  // 65537 has three; a long one only costs time
constexpr std::size_t kCoordinateBytes = 32;
constexpr std::array<std::string_view, 3> kAlgorithms{"RS256", "PS256", "ES256"};

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::unexpected<Error> bad_key(std::string what) {
  return refuse(ErrorCode::BadField, std::move(what), "keys");
}
std::unexpected<Error> no_proof(std::string what) {
  return refuse(ErrorCode::ProofInvalid, std::move(what));
}

Result<std::string> bytes_at(const Json& object, std::string_view name) {
  if (!object[name].is_text()) return bad_key(std::string(name) + " is missing");
  return from_base64url(object[name].as_text());
}

Result<PublicKey> key_of(const char* kind, const Builder& builder) {
  Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return bad_key("not a public key");
  }
  return PublicKey(key);
}

// RFC 7518, clause 6.3.1
Result<PublicKey> rsa_key(const Json& source) {
  std::string modulus = TRY(bytes_at(source, "n"));
  std::string exponent = TRY(bytes_at(source, "e"));
  if (modulus.size() > kRsaBitsMax / 8) return bad_key("RSA with more than 8192 bits");
  if (exponent.empty() || exponent.size() > kExponentBytesMax) return bad_key("RSA exponent");
  Number n(BN_bin2bn(raw(modulus), static_cast<int>(modulus.size()), nullptr));
  Number e(BN_bin2bn(raw(exponent), static_cast<int>(exponent.size()), nullptr));
  if (!n || !e || static_cast<std::size_t>(BN_num_bits(n.get())) < kRsaBitsMin) {
    return bad_key("RSA with less than 2048 bits");
  }
  if (!BN_is_odd(n.get()) || !BN_is_odd(e.get()) || BN_is_one(e.get())) {
    return bad_key("no RSA key");
  }
  Builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return bad_key("no RSA key");
  }
  return key_of("RSA", builder);
}

// RFC 7518, clause 6.2.1
Result<PublicKey> curve_key(const Json& source) {
  std::string x = TRY(bytes_at(source, "x"));
  std::string y = TRY(bytes_at(source, "y"));
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) return bad_key("coordinates");
  std::string point = '\4' + x + y;
  Builder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return bad_key("no P-256 key");
  }
  return key_of("EC", builder);  // refuses a point that does not lie on the curve
}

bool is_rsa(std::string_view algorithm) { return algorithm != "ES256"; }

// RFC 7518, clause 3.4: r and s one behind the other, which OpenSSL wants as DER.
std::string der_of(std::string_view signature) {
  if (signature.size() != 2 * kCoordinateBytes) return {};
  Number r(BN_bin2bn(raw(signature), kCoordinateBytes, nullptr));
  Number s(BN_bin2bn(raw(signature) + kCoordinateBytes, kCoordinateBytes, nullptr));
  Signature pair(ECDSA_SIG_new());
  if (!r || !s || !pair || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  unsigned char* der = nullptr;
  int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return {};
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

struct Signed {
  std::string_view algorithm, text, signature;
};

bool holds(const PublicKey& key, const Signed& signed_text) {
  bool is_curve = !is_rsa(signed_text.algorithm);
  std::string signature =
      is_curve ? der_of(signed_text.signature) : std::string(signed_text.signature);
  DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parts = nullptr;
  if (signature.empty() || !context ||
      EVP_DigestVerifyInit(context.get(), &parts, EVP_sha256(), nullptr, key.get()) != 1) {
    return false;
  }
  // RFC 7518, clause 3.5: the salt is as long as the hash.
  if (signed_text.algorithm == "PS256" &&
      (EVP_PKEY_CTX_set_rsa_padding(parts, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(parts, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return false;
  }
  return EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(signed_text.text),
                          signed_text.text.size()) == 1;
}

Result<Json> part_of(std::string_view part) {
  auto bytes = from_base64url(part);
  if (!bytes) return no_proof("a part of the token is not base64url");
  auto json = parse_json(*bytes, kJwtBytesMax);
  if (!json || !json->is_object()) return no_proof("a part of the token is no JSON object");
  return std::move(*json);
}

}  // namespace

struct KeySet::Key {
  std::string id;
  std::string algorithm;  // empty: any that fits the kind
  bool is_rsa = false;
  PublicKey key;
};

KeySet::KeySet() = default;
KeySet::~KeySet() = default;
KeySet::KeySet(KeySet&&) noexcept = default;
KeySet& KeySet::operator=(KeySet&&) noexcept = default;

Result<KeySet> KeySet::parse(std::string_view json) {
  Json set = TRY(parse_json(json, kKeySetBytesMax));
  if (!set["keys"].is_array()) return bad_key("a list");
  if (set["keys"].as_array().size() > kKeySetKeysMax) return bad_key("too many");
  KeySet out;
  for (const Json& source : set["keys"].as_array()) {
    std::string kind = source.text_or("kty", "");
    bool is_curve = kind == "EC" && source.text_or("crv", "") == "P-256";
    bool is_for_us = source.text_or("use", "sig") == "sig" && (kind == "RSA" || is_curve);
    std::string algorithm = source.text_or("alg", "");
    bool is_known = algorithm.empty() || std::ranges::contains(kAlgorithms, algorithm);
    if (!is_for_us || !is_known) continue;
    if (!algorithm.empty() && access::is_rsa(algorithm) == is_curve) continue;
    PublicKey key = TRY(is_curve ? curve_key(source) : rsa_key(source));
    out.keys_.push_back(std::make_unique<Key>(
        Key{source.text_or("kid", ""), std::move(algorithm), !is_curve, std::move(key)}));
  }
  return out;
}

// Without a name the token is good under one key only, or under none.
const KeySet::Key* KeySet::find(std::string_view id, std::string_view algorithm) const {
  const Key* found = nullptr;
  for (const auto& key : keys_) {
    bool fits = key->is_rsa == access::is_rsa(algorithm) &&
                (key->algorithm.empty() || key->algorithm == algorithm);
    if (!fits || (!id.empty() && key->id != id)) continue;
    if (found != nullptr) return nullptr;
    found = key.get();
  }
  return found;
}

Result<Json> KeySet::verified(std::string_view token) const {
  if (token.size() > kJwtBytesMax) return no_proof("the token is too long");
  std::vector<std::string_view> parts = split(token, '.');
  if (parts.size() != 3) return no_proof("a token has three parts");
  Json header = TRY(part_of(parts[0]));
  std::string algorithm = header.text_or("alg", "");
  if (!std::ranges::contains(kAlgorithms, algorithm)) return no_proof("the algorithm");
  // RFC 7515, clause 4.1.11: what must be understood, and nothing of it is.
  if (header.has("crit")) return no_proof("critical extensions");
  const Key* key = find(header.text_or("kid", ""), algorithm);
  if (key == nullptr) return refuse(ErrorCode::UnknownField, "no such key", "kid");
  auto signature = from_base64url(parts[2]);
  std::string_view text = token.substr(0, parts[0].size() + 1 + parts[1].size());
  if (!signature || !holds(key->key, {algorithm, text, *signature})) {
    return no_proof("the signature");
  }
  return part_of(parts[1]);
}

}  // namespace anlan::access
