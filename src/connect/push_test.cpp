#include <gtest/gtest.h>

#include "connect/push_wire.h"
#include "connect/test_push_browser.h"

namespace anlan::connect {
namespace {

using browser::decrypt_push;
using browser::vapid_claims;

std::string bytes_of(std::string_view text) { return from_base64url(text).value(); }

// RFC 8291, clause 5 and appendix A.
constexpr std::string_view kWatermelon = "When I grow up, I want to be a watermelon";
constexpr std::string_view kSenderSecret = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
constexpr std::string_view kSenderPoint =
    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
constexpr std::string_view kBrowserSecret = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
constexpr std::string_view kBrowserPoint =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
constexpr std::string_view kAuth = "BTBZMqHH6r4Tts7J_aSIgg";
constexpr std::string_view kSalt = "DGv6ra1nlYgDCS1FRnbzlw";
constexpr std::string_view kBody =
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
    "lcy4a-fN";

// RFC 8292, clause 2.4.
constexpr std::string_view kJwtStart =
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0"
    "NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0";
constexpr std::string_view kJwtSignature =
    "i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA";
constexpr std::string_view kVapidPoint =
    "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";

PushSender rfc_sender() { return {p256_key(bytes_of(kSenderSecret)).value(), bytes_of(kSalt)}; }

TEST(Base64, WritesAndReadsWhatRfc4648Shows) {
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64url("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(bytes_of("Zm9vYg"), "foob");
  EXPECT_EQ(bytes_of("Zm9vYg=="), "foob");
  for (std::string_view wrong : {"Z", "Zm9v+A", "Zh", "Zm9vYg===", "Zm 9v"}) {
    EXPECT_FALSE(from_base64url(wrong)) << wrong;
  }
}

TEST(P256, MakesThePointOfAnRfcKeyAndRefusesWhatIsNoKey) {
  EXPECT_EQ(base64url(p256_key(bytes_of(kSenderSecret)).value().point), kSenderPoint);
  EXPECT_EQ(base64url(p256_key(bytes_of(kBrowserSecret)).value().point), kBrowserPoint);
  EXPECT_FALSE(p256_key(std::string(32, '\0')));
  EXPECT_FALSE(p256_key(std::string(32, '\xff')));
  EXPECT_FALSE(p256_key("short"));
  std::string off_curve = bytes_of(kBrowserPoint);
  off_curve.back() ^= 1;
  EXPECT_FALSE(p256_shared(rfc_sender().key, off_curve));
}

TEST(Push, EncryptsTheExampleOfRfc8291ByteForByte) {
  auto receiver = push_receiver(kBrowserPoint, kAuth).value();
  auto body = encrypt_push(kWatermelon, receiver, rfc_sender());
  ASSERT_TRUE(body);
  EXPECT_EQ(base64url(*body), kBody);
  auto browser = p256_key(bytes_of(kBrowserSecret)).value();
  EXPECT_EQ(decrypt_push(*body, browser, bytes_of(kAuth)), kWatermelon);
}

TEST(Push, FillsOneRecordAndNotAByteMore) {
  SeededRandom random(7);
  auto browser = new_p256_key(random).value();
  PushReceiver receiver{browser.point, bytes_of(kAuth)};
  std::string longest(kPushPlainBytesMax, 'x');
  auto body = encrypt_push(longest, receiver, new_push_sender(random).value());
  ASSERT_TRUE(body);
  EXPECT_EQ(body->size(), 4096U);
  EXPECT_EQ(decrypt_push(*body, browser, receiver.auth), longest);
  auto more = encrypt_push(longest + "x", receiver, new_push_sender(random).value());
  EXPECT_EQ(more.error().code, ErrorCode::TooLarge);
  auto other = new_p256_key(random).value();
  EXPECT_EQ(decrypt_push(*body, other, receiver.auth), std::nullopt);
}

TEST(Push, RefusesKeysOfASubscriptionThatAreNone) {
  EXPECT_FALSE(push_receiver("", kAuth));
  EXPECT_FALSE(push_receiver(kBrowserPoint, "c2hvcnQ"));
  EXPECT_FALSE(push_receiver(kAuth, kAuth));
  EXPECT_FALSE(push_receiver("not base64!", kAuth));
}

TEST(Vapid, ItsExampleOfRfc8292Verifies) {
  EXPECT_TRUE(
      browser::is_signed(bytes_of(kVapidPoint), std::string(kJwtStart), bytes_of(kJwtSignature)));
  EXPECT_FALSE(
      browser::is_signed(bytes_of(kSenderPoint), std::string(kJwtStart), bytes_of(kJwtSignature)));
}

TEST(Vapid, SignsTheSameClaimsInTheSameWords) {
  VapidClaims claims{"https://push.example.net", 1453523768, "mailto:push@example.com"};
  auto header = vapid_authorization(rfc_sender().key, claims);
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->starts_with("vapid t=" + std::string(kJwtStart) + "."));
  EXPECT_TRUE(header->ends_with(", k=" + std::string(kSenderPoint)));
  auto read = vapid_claims(*header);
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)["aud"], Json("https://push.example.net"));
}

TEST(Vapid, TheAudienceIsTheOriginWithAPortWhereItIsNotTheUsual) {
  EXPECT_EQ(origin_of("https://push.example.net/p/1?x#y"), "https://push.example.net");
  EXPECT_EQ(origin_of("HTTPS://Push.Example.net:443/p"), "https://push.example.net");
  EXPECT_EQ(origin_of("https://push.example.net:8443/p"), "https://push.example.net:8443");
  EXPECT_EQ(origin_of("http://127.0.0.1:80"), "http://127.0.0.1");
  EXPECT_EQ(origin_of("https://push.example.net:0443/p"), "https://push.example.net");
  EXPECT_EQ(origin_of("https://[::1]:444/p"), "https://[::1]:444");
  for (std::string_view wrong :
       {"", "push.example.net", "ftp://a/", "https://", "https:///p", "https://a b/",
        "https://user@host/", "https://host:/", "https://host:443:443/", "https://host:0/",
        "https://host:99999/", "https://[::1/", "https://[]/", "https://[::1]x/"}) {
    EXPECT_FALSE(origin_of(wrong)) << wrong;
  }
}

TEST(Push, TellsApartSentGoneRefusedAndLater) {
  using Verdict = PushAnswer::Verdict;
  EXPECT_EQ(read_push_answer(201).verdict, Verdict::Sent);
  EXPECT_EQ(read_push_answer(404).verdict, Verdict::Gone);
  EXPECT_EQ(read_push_answer(410).verdict, Verdict::Gone);
  EXPECT_EQ(read_push_answer(429).verdict, Verdict::Later);
  EXPECT_EQ(read_push_answer(503).verdict, Verdict::Later);
  EXPECT_EQ(read_push_answer(302).verdict, Verdict::Refused);
  EXPECT_EQ(read_push_answer(403).verdict, Verdict::Refused);
}

}  // namespace
}  // namespace anlan::connect
