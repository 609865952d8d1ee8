#pragma once
// The other end of Web Push for tests: what a browser does with its private key, and how a push
// service checks who sends. Written apart from push_wire.cpp, on purpose with OpenSSL's own HKDF.

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

#include <optional>
#include <string>
#include <string_view>

#include "connect/p256.h"
#include "core/base64.h"
#include "core/json.h"

namespace anlan::connect::browser {

inline unsigned char* raw(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

inline std::string hkdf(std::string salt, std::string key, std::string info, std::size_t bytes) {
  EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  EVP_KDF_CTX* context = EVP_KDF_CTX_new(kdf);
  std::string digest = "SHA256";
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt.data(), salt.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
      OSSL_PARAM_construct_end()};
  std::string out(bytes, '\0');
  EVP_KDF_derive(context, raw(out), bytes, params);
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
  return out;
}

inline std::optional<std::string> opened(std::string key, std::string nonce, std::string sealed) {
  if (sealed.size() < 16) return {};
  std::string tag = sealed.substr(sealed.size() - 16);
  sealed.resize(sealed.size() - 16);
  std::string plain(sealed.size(), '\0');
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  int size = 0;
  bool is_good =
      EVP_DecryptInit_ex2(context, EVP_aes_128_gcm(), raw(key), raw(nonce), nullptr) == 1 &&
      EVP_DecryptUpdate(context, raw(plain), &size, raw(sealed), static_cast<int>(sealed.size())) ==
          1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, raw(tag)) == 1 &&
      EVP_DecryptFinal_ex(context, raw(plain) + size, &size) == 1;
  EVP_CIPHER_CTX_free(context);
  return is_good ? std::optional(plain) : std::nullopt;
}

// RFC 8291, clause 3.4 read from the receiver's side; nothing where the body is not for this key.
inline std::optional<std::string> decrypt_push(const std::string& body, const P256Key& browser,
                                               const std::string& auth) {
  if (body.size() < 86 || body[20] != 65 || body.size() > 4096) return {};
  std::string salt = body.substr(0, 16);
  std::string sender = body.substr(21, 65);
  auto shared = p256_shared(browser, sender);
  if (!shared) return {};
  std::string material =
      hkdf(auth, *shared, std::string("WebPush: info\0", 14) + browser.point + sender, 32);
  std::string key = hkdf(salt, material, std::string("Content-Encoding: aes128gcm\0", 28), 16);
  std::string nonce = hkdf(salt, material, std::string("Content-Encoding: nonce\0", 24), 12);
  auto plain = opened(key, nonce, body.substr(86));
  if (!plain) return {};
  std::size_t end = plain->find_last_not_of('\0');
  if (end == std::string::npos || (*plain)[end] != 2) return {};
  return plain->substr(0, end);
}

inline bool is_signed(const std::string& point, std::string message, const std::string& rs) {
  if (rs.size() != 64) return false;
  EVP_PKEY_CTX* maker = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
  std::string group = SN_X9_62_prime256v1;
  std::string bytes = point;
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, bytes.data(), bytes.size()),
      OSSL_PARAM_construct_end()};
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(maker);
  EVP_PKEY_fromdata(maker, &key, EVP_PKEY_PUBLIC_KEY, params);
  ECDSA_SIG* signature = ECDSA_SIG_new();
  auto half = [&](std::size_t from) {
    return BN_bin2bn(reinterpret_cast<const unsigned char*>(rs.data()) + from, 32, nullptr);
  };
  ECDSA_SIG_set0(signature, half(0), half(32));
  unsigned char* der = nullptr;
  int size = i2d_ECDSA_SIG(signature, &der);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  bool is_good = key != nullptr &&
                 EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key) == 1 &&
                 EVP_DigestVerify(context, der, static_cast<std::size_t>(size), raw(message),
                                  message.size()) == 1;
  EVP_MD_CTX_free(context);
  OPENSSL_free(der);
  ECDSA_SIG_free(signature);
  EVP_PKEY_free(key);
  EVP_PKEY_CTX_free(maker);
  return is_good;
}

// "vapid t=..., k=..." (RFC 8292, clause 3): the claims where the signature holds.
inline std::optional<Json> vapid_claims(std::string_view header) {
  std::size_t comma = header.find(", k=");
  if (!header.starts_with("vapid t=") || comma == std::string_view::npos) return {};
  std::string token(header.substr(8, comma - 8));
  auto point = from_base64url(header.substr(comma + 4));
  std::size_t dot = token.rfind('.');
  auto signature = from_base64url(token.substr(dot + 1));
  if (!point || !signature || !is_signed(*point, token.substr(0, dot), *signature)) return {};
  std::size_t first = token.find('.');
  auto body = from_base64url(token.substr(first + 1, dot - first - 1));
  auto claims = parse_json(body.value_or(""));
  return claims ? std::optional(*claims) : std::nullopt;
}

}  // namespace anlan::connect::browser
