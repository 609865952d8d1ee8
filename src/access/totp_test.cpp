#include "access/totp.h"

#include <gtest/gtest.h>

#include <set>

namespace anlan::access {
namespace {

const std::string kSecret = "12345678901234567890";  // of both RFCs

Instant at_second(int64_t seconds) { return Instant{} + Duration::seconds(seconds); }

TEST(Totp, CountsAsRfc4226AppendixD) {
  const char* right[] = {"755224", "287082", "359152", "969429", "338314",
                         "254676", "287922", "162583", "399871", "520489"};
  for (uint64_t i = 0; i < 10; ++i) EXPECT_EQ(hotp(kSecret, i), right[i]) << i;
}

TEST(Totp, TellsTheTimeAsRfc6238AppendixB) {
  struct {
    int64_t second;
    const char* code;
  } const rows[] = {{59, "94287082"},
                    {1111111109, "07081804"},
                    {1111111111, "14050471"},
                    {1234567890, "89005924"},
                    {2000000000, "69279037"}};
  for (const auto& row : rows) {
    EXPECT_EQ(hotp(kSecret, totp_step(at_second(row.second)), 8), row.code) << row.second;
  }
}

TEST(Totp, ACodeIsGoodOneStepEarlyAndLateAndNoFurther) {
  Instant now = at_second(1'000'000'000);
  uint64_t step = totp_step(now);
  for (uint64_t good = step - 1; good <= step + 1; ++good) {
    EXPECT_EQ(matching_step(kSecret, hotp(kSecret, good), now, 0), good);
  }
  EXPECT_FALSE(matching_step(kSecret, hotp(kSecret, step - 2), now, 0));
  EXPECT_FALSE(matching_step(kSecret, hotp(kSecret, step + 2), now, 0));
}

TEST(Totp, AUsedStepAndAnOlderOneAreOver) {
  Instant now = at_second(1'000'000'000);
  uint64_t step = totp_step(now);
  EXPECT_FALSE(matching_step(kSecret, hotp(kSecret, step), now, step));
  EXPECT_FALSE(matching_step(kSecret, hotp(kSecret, step - 1), now, step));
  EXPECT_TRUE(matching_step(kSecret, hotp(kSecret, step + 1), now, step));
}

TEST(Totp, WhatIsNoCodeOfSixDigitsIsNone) {
  Instant now = at_second(59);
  for (const char* typed : {"", "28708", "2870820", "abcdef", "94287082"}) {
    EXPECT_FALSE(matching_step(kSecret, typed, now, 0)) << typed;
  }
}

TEST(Totp, SecretsAreWrittenAsRfc4648) {
  EXPECT_EQ(base32("foobar"), "MZXW6YTBOI");
  EXPECT_EQ(base32("f"), "MY");
  EXPECT_EQ(base32(""), "");
  EXPECT_EQ(base32(kSecret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

TEST(Totp, TheAppIsToldThePlantAndTheAccount) {
  EXPECT_EQ(factor_uri({.issuer = "安澜 1", .login = "zhang"}, "foobar"),
            "otpauth://totp/%E5%AE%89%E6%BE%9C%201:zhang?secret=MZXW6YTBOI"
            "&issuer=%E5%AE%89%E6%BE%9C%201");
  std::string name;
  for (int i = 0; i < 100; ++i) name += "安";
  std::string uri = factor_uri({.issuer = name, .login = std::string(64, 'x')}, kSecret);
  EXPECT_LE(uri.size(), 500u) << "a phone reads it";
  EXPECT_TRUE(uri.ends_with("%E5%AE%89"));
}

TEST(Totp, RecoveryCodesHave120BitsAndAreReadAsPeopleTypeThem) {
  SeededRandom random(3);
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    std::string code = new_recovery_code(random);
    EXPECT_EQ(code.size(), 27u);
    EXPECT_EQ(plain_recovery_code(code).size(), 24u);
    seen.insert(code);
  }
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_EQ(plain_recovery_code("abcdef ghijkl-mnopqr stuvwx"), "ABCDEFGHIJKLMNOPQRSTUVWX");
  for (const char* bad : {"", "123456", "ABCDEF-GHIJKL-MNOPQR-STUVW1",
                          "ABCDEF-GHIJKL-MNOPQR-STUVWXY", "ABCDEF-GHIJKL-MNOPQR-STUVW"}) {
    EXPECT_EQ(plain_recovery_code(bad), "") << bad;
  }
}

}  // namespace
}  // namespace anlan::access
