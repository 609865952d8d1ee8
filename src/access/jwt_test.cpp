#include "access/jwt.h"

#include <gtest/gtest.h>

#include "tests/support/token_key.h"

namespace anlan::access {
namespace {

using test::key_set;
using test::TestKey;

const Json kClaims = Json::object({{"iss", "https://id.plant"}, {"sub", "1"}});

std::string refused(const KeySet& keys, const std::string& token) {
  auto claims = keys.verified(token);
  return claims ? "accepted" : std::string(error_text(claims.error().code).code);
}

class Jwt : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(With, Jwt, ::testing::Values("RS256", "PS256", "ES256"),
                         [](const auto& test) { return std::string(test.param); });

TEST_P(Jwt, ATokenOfAKnownKeyIsReadAndAnAlteredOneIsNot) {
  TestKey key(GetParam(), "k1");
  auto keys = KeySet::parse(key_set({&key}));
  ASSERT_TRUE(keys);
  std::string token = key.token(kClaims);
  auto claims = keys->verified(token);
  ASSERT_TRUE(claims) << claims.error().detail;
  EXPECT_EQ(*claims, kClaims);
  Json other = Json::object({{"iss", "https://id.plant"}, {"sub", "2"}});
  std::string forged = token.substr(0, token.find('.') + 1) + base64url(write_json(other)) +
                       token.substr(token.rfind('.'));
  EXPECT_EQ(refused(*keys, forged), "proof_invalid");
  for (std::size_t at : {token.rfind('.') + 5, token.find('.') + 5, std::size_t{3}}) {
    std::string torn = token;
    torn[at] = torn[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(refused(*keys, torn), "accepted") << at;
  }
}

TEST_P(Jwt, AnotherKeyOfTheSameNameDoesNotDo) {
  TestKey key(GetParam(), "k1");
  TestKey thief(GetParam(), "k1");
  EXPECT_EQ(refused(*KeySet::parse(key_set({&key})), thief.token(kClaims)), "proof_invalid");
}

TEST_P(Jwt, AnUnknownKeyIsToldApartBecauseTheSetMayBeOld) {
  TestKey key(GetParam(), "k1");
  TestKey fresh(GetParam(), "k2");
  EXPECT_EQ(refused(*KeySet::parse(key_set({&key})), fresh.token(kClaims)), "unknown_field");
  EXPECT_EQ(refused(*KeySet::parse(key_set({&key, &fresh})), fresh.token(kClaims)), "accepted");
}

TEST(JwtFaults, NoTokenChoosesNoneOrASharedSecretOrAnotherKindOfKey) {
  TestKey rsa("RS256", "k1");
  TestKey curve("ES256", "k2");
  KeySet keys = std::move(*KeySet::parse(key_set({&rsa, &curve})));
  for (const char* algorithm : {"none", "None", "HS256", "RS512", "ES384", "EdDSA", ""}) {
    Json header = Json::object({{"alg", algorithm}, {"kid", "k1"}});
    EXPECT_EQ(refused(keys, rsa.token(header, kClaims)), "proof_invalid") << algorithm;
    std::string bare = base64url(write_json(header)) + "." + base64url(write_json(kClaims)) + ".";
    EXPECT_EQ(refused(keys, bare), "proof_invalid") << algorithm;
  }
  // A key is for its own algorithm only.
  for (const char* algorithm : {"PS256", "ES256"}) {
    Json header = Json::object({{"alg", algorithm}, {"kid", "k1"}});
    EXPECT_NE(refused(keys, rsa.token(header, kClaims)), "accepted") << algorithm;
  }
}

TEST(JwtFaults, CriticalExtensionsAreNotUnderstood) {
  TestKey key("ES256", "k1");
  KeySet keys = std::move(*KeySet::parse(key_set({&key})));
  Json header = Json::object({{"alg", "ES256"}, {"kid", "k1"}, {"crit", Json::array({"b64"})}});
  EXPECT_EQ(refused(keys, key.token(header, kClaims)), "proof_invalid");
}

TEST(JwtFaults, WithoutANameOneKeyMustFitAndNoMore) {
  TestKey first("ES256", "k1");
  TestKey second("ES256", "k2");
  Json header = Json::object({{"alg", "ES256"}});
  std::string token = first.token(header, kClaims);
  EXPECT_EQ(refused(*KeySet::parse(key_set({&first})), token), "accepted");
  EXPECT_EQ(refused(*KeySet::parse(key_set({&first, &second})), token), "unknown_field");
}

TEST(JwtFaults, BrokenAndOversizeTokensAreRefused) {
  TestKey key("ES256", "k1");
  KeySet keys = std::move(*KeySet::parse(key_set({&key})));
  std::string token = key.token(kClaims);
  std::vector<std::string> broken{"",
                                  ".",
                                  "..",
                                  "a.b",
                                  token + ".x",
                                  "." + token,
                                  "!" + token,
                                  base64url("{") + token.substr(token.find('.')),
                                  base64url("[]") + token.substr(token.find('.')),
                                  token.substr(0, token.rfind('.') + 1)};
  for (const std::string& text : broken) EXPECT_EQ(refused(keys, text), "proof_invalid") << text;
  Json large = kClaims;
  large.set("groups", std::string(kJwtBytesMax, 'g'));
  EXPECT_EQ(refused(keys, key.token(large)), "proof_invalid");
  EXPECT_EQ(refused(keys, key.token(Json("no object"))), "proof_invalid");
}

TEST(JwtFaults, KeysOfOtherKindsAndUsesAreLeftOut) {
  TestKey key("RS256", "k1");
  Json secret = Json::object({{"kty", "oct"}, {"k", "c2VjcmV0"}, {"kid", "k1"}});
  Json other_curve = Json::object({{"kty", "EC"}, {"crv", "P-384"}, {"kid", "k3"}});
  Json to_encrypt = key.json().set("use", "enc");
  Json set = Json::object({{"keys", Json::array({secret, other_curve, to_encrypt})}});
  auto keys = KeySet::parse(write_json(set));
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->size(), 0u);
}

TEST(JwtFaults, BrokenKeySetsAreRefused) {
  TestKey key("RS256", "k1");
  TestKey curve("ES256", "k2");
  TestKey weak("RS256", "k3", 1024);
  auto is_read = [](const Json& one) {
    return KeySet::parse(write_json(Json::object({{"keys", Json::array({one})}}))).has_value();
  };
  EXPECT_TRUE(is_read(key.json()));
  EXPECT_FALSE(is_read(weak.json())) << "1024 bits";
  EXPECT_FALSE(is_read(key.json().set("n", "AQAB")));
  EXPECT_FALSE(is_read(key.json().set("e", "AQ"))) << "an exponent of one";
  EXPECT_FALSE(is_read(key.json().set("e", base64url(std::string(300, '\1')))));
  EXPECT_FALSE(is_read(key.json().set("n", base64url(std::string(5'000, '\xff')))));
  EXPECT_FALSE(is_read(curve.json().set("x", base64url(std::string(32, '\1')))));
  EXPECT_FALSE(is_read(curve.json().set("y", "AQAB")));
  for (const char* text : {"", "{", "[]", "{}", R"({"keys":{}})"}) {
    EXPECT_FALSE(KeySet::parse(text)) << text;
  }
  Json many = Json::array();
  for (std::size_t i = 0; i <= kKeySetKeysMax; ++i) many.push(curve.json());
  EXPECT_FALSE(KeySet::parse(write_json(Json::object({{"keys", many}}))));
  EXPECT_FALSE(KeySet::parse(std::string(kKeySetBytesMax + 1, ' ')));
}

}  // namespace
}  // namespace anlan::access
