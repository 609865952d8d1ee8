#pragma once
// For tests: a log-in provider's keys, which sign what a test wants, wrong things too.

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>

#include "core/base64.h"
#include "core/json.h"

namespace anlan::test {

class TestKey {
 public:
  explicit TestKey(std::string algorithm, std::string id, unsigned rsa_bits = 2048)
      : algorithm_(std::move(algorithm)), id_(std::move(id)) {
    key_ = algorithm_ == "ES256" ? EVP_EC_gen("P-256") : EVP_RSA_gen(rsa_bits);
  }
  ~TestKey() { EVP_PKEY_free(key_); }
  TestKey(const TestKey&) = delete;
  TestKey& operator=(const TestKey&) = delete;

  const std::string& id() const { return id_; }
  // One member of a key set.
  Json json() const {
    Json out = Json::object({{"kid", id_}, {"alg", algorithm_}, {"use", "sig"}});
    if (algorithm_ == "ES256") {
      return out.set("kty", "EC")
          .set("crv", "P-256")
          .set("x", number(OSSL_PKEY_PARAM_EC_PUB_X, 32))
          .set("y", number(OSSL_PKEY_PARAM_EC_PUB_Y, 32));
    }
    return out.set("kty", "RSA")
        .set("n", number(OSSL_PKEY_PARAM_RSA_N, 0))
        .set("e", number(OSSL_PKEY_PARAM_RSA_E, 0));
  }
  std::string token(const Json& claims) const {
    Json header = Json::object({{"alg", algorithm_}, {"kid", id_}, {"typ", "JWT"}});
    return token(header, claims);
  }
  std::string token(const Json& header, const Json& claims) const {
    std::string text = base64url(write_json(header)) + "." + base64url(write_json(claims));
    return text + "." + base64url(sign(text));
  }

 private:
  std::string number(const char* name, int bytes) const {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key_, name, &value);
    int size = bytes > 0 ? bytes : BN_num_bytes(value);
    std::string out(static_cast<std::size_t>(size), '\0');
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(out.data()), size);
    BN_free(value);
    return base64url(out);
  }
  std::string sign(const std::string& text) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* parts = nullptr;
    EVP_DigestSignInit(context, &parts, EVP_sha256(), nullptr, key_);
    if (algorithm_ == "PS256") {
      EVP_PKEY_CTX_set_rsa_padding(parts, RSA_PKCS1_PSS_PADDING);
      EVP_PKEY_CTX_set_rsa_pss_saltlen(parts, RSA_PSS_SALTLEN_DIGEST);
    }
    std::string out(2048, '\0');
    std::size_t size = out.size();
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    const auto* from = reinterpret_cast<const unsigned char*>(text.data());
    EVP_DigestSign(context, to, &size, from, text.size());
    EVP_MD_CTX_free(context);
    out.resize(size);
    return algorithm_ == "ES256" ? plain(out) : out;
  }
  // r and s one behind the other.
  static std::string plain(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    std::string out(64, '\0');
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), to, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), to + 32, 32);
    ECDSA_SIG_free(pair);
    return out;
  }

  std::string algorithm_, id_;
  EVP_PKEY* key_ = nullptr;
};

inline std::string key_set(std::initializer_list<const TestKey*> keys) {
  Json list = Json::array();
  for (const TestKey* key : keys) list.push(key->json());
  return write_json(Json::object({{"keys", std::move(list)}}));
}

}  // namespace anlan::test
