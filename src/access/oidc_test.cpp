#include "access/oidc.h"

#include <gtest/gtest.h>

#include "access/identity_link.h"
#include "access/test_plant.h"
#include "core/base64.h"

namespace anlan::access {
namespace {

const Instant kNow{1'700'000'000'000'000'000};

ProviderSettings settings() {
  return {.issuer = "https://id.plant",
          .client_id = "anlan",
          .client_secret = "s & t",
          .scopes = "openid email",
          .claim = "email",
          .own_address = "https://anlan.plant:8443"};
}

Json good_claims() {
  int64_t now = kNow.to_milliseconds() / 1000;
  return Json::object({{"iss", "https://id.plant"},
                       {"sub", "u-17"},
                       {"aud", "anlan"},
                       {"exp", now + 300},
                       {"iat", now - 1},
                       {"nonce", "n1"},
                       {"email", " Zhang@Plant.cn "},
                       {"email_verified", true}});
}

std::string judged(const Json& claims) {
  ProviderSettings own = settings();
  auto identity = identity_of(claims, {.settings = own, .nonce = "n1", .now = kNow});
  return identity ? "accepted " + identity->login : identity.error().detail;
}

TEST(Oidc, ATokenForUsSaysWhoItIs) { EXPECT_EQ(judged(good_claims()), "accepted zhang@plant.cn"); }

TEST(Oidc, EveryClaimThatMustHoldIsChecked) {
  int64_t now = kNow.to_milliseconds() / 1000;
  struct {
    const char* name;
    Json value;
  } const faults[] = {
      {"iss", "https://id.plant/"},
      {"iss", "https://evil.plant"},
      {"iss", Json()},
      {"aud", "other"},
      {"aud", Json()},
      {"aud", Json::array()},
      {"aud", Json::array({"other"})},
      {"aud", Json::array({"anlan", "other"})},  // and no azp
      {"azp", "other"},
      {"azp", 7},
      {"exp", now - 61},
      {"exp", "soon"},
      {"exp", Json()},
      {"exp", 1e300},
      {"exp", -5},
      {"iat", now + 61},
      {"iat", now - 700},
      {"iat", Json()},
      {"nbf", now + 61},
      {"nonce", "n2"},
      {"nonce", Json()},
      {"sub", ""},
      {"sub", Json()},
      {"sub", std::string(256, 'x')},
  };
  for (const auto& fault : faults) {
    Json claims = good_claims().set(fault.name, fault.value);
    EXPECT_FALSE(judged(claims).starts_with("accepted")) << fault.name << write_json(fault.value);
  }
}

TEST(Oidc, ClocksMayDifferByAMinuteAndAudiencesMayBeSharedWithAzp) {
  int64_t now = kNow.to_milliseconds() / 1000;
  EXPECT_EQ(judged(good_claims().set("exp", now - 59)), "accepted zhang@plant.cn");
  EXPECT_EQ(judged(good_claims().set("iat", now + 59)), "accepted zhang@plant.cn");
  Json shared = good_claims().set("aud", Json::array({"anlan", "other"})).set("azp", "anlan");
  EXPECT_EQ(judged(shared), "accepted zhang@plant.cn");
}

TEST(Oidc, AnUnverifiedAddressNamesNobody) {
  EXPECT_EQ(judged(good_claims().set("email_verified", false)), "accepted ");
  EXPECT_EQ(judged(good_claims().set("email_verified", "true")), "accepted ");
  EXPECT_EQ(judged(good_claims().set("email", 5)), "accepted ");
}

TEST(Oidc, NoNonceIsNeverAccepted) {
  ProviderSettings own = settings();
  Json claims = good_claims().set("nonce", "");
  EXPECT_FALSE(identity_of(claims, {.settings = own, .nonce = "", .now = kNow}));
}

std::string discovery(const std::string& issuer, const std::string& token) {
  return write_json(Json::object({{"issuer", issuer},
                                  {"authorization_endpoint", "https://id.plant/auth"},
                                  {"token_endpoint", token},
                                  {"jwks_uri", "https://id.plant/keys"},
                                  {"end_session_endpoint", "https://id.plant/end?x=1"}}));
}

TEST(Oidc, TheDiscoveryDocumentMustBeTheIssuersOwnAndSafe) {
  EXPECT_TRUE(read_places(discovery("https://id.plant", "https://id.plant/token"), settings()));
  EXPECT_FALSE(read_places(discovery("https://evil.plant", "https://id.plant/token"), settings()));
  for (const char* token :
       {"http://id.plant/token", "", "ftp://id.plant", "https://", "http://127.0.0.1@evil.plant/",
        "http://localhost.evil.plant/", "https://id.plant/a\r\nb"}) {
    EXPECT_FALSE(read_places(discovery("https://id.plant", token), settings())) << token;
  }
  EXPECT_FALSE(read_places("{", settings()));
  EXPECT_FALSE(read_places(std::string(100'000, ' '), settings()));
  EXPECT_EQ(discovery_url({.issuer = "https://id.plant/x/"}),
            "https://id.plant/x/.well-known/openid-configuration");
}

TEST(Oidc, TheChallengeIsThatOfRfc7636AppendixB) {
  EXPECT_EQ(challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(Oidc, TheBrowserIsSentWithEverythingThatBindsTheAnswer) {
  auto places = read_places(discovery("https://id.plant", "https://id.plant/token"), settings());
  LoginTry login{.state = "st", .nonce = "no", .verifier = "ve"};
  EXPECT_EQ(authorization_url(settings(), *places, login),
            "https://id.plant/auth?response_type=code&client_id=anlan&redirect_uri="
            "https%3A%2F%2Fanlan.plant%3A8443%2Fapi%2Flogin%2Fprovider%2Fback"
            "&scope=openid%20email&state=st&nonce=no&code_challenge=" +
                challenge_of("ve") + "&code_challenge_method=S256");
  EXPECT_EQ(end_session_url(settings(), *places),
            "https://id.plant/end?x=1&client_id=anlan&post_logout_redirect_uri="
            "https%3A%2F%2Fanlan.plant%3A8443%2F");
  SeededRandom random(5);
  LoginTry first = new_login_try(random);
  EXPECT_EQ(first.verifier.size(), 43u);  // RFC 7636, clause 4.1
  EXPECT_NE(first.state, first.nonce);
}

TEST(Oidc, TheSecretGoesInTheHeaderOrTheBodyAsTheProviderWants) {
  auto places = read_places(discovery("https://id.plant", "https://id.plant/token"), settings());
  TokenRequest basic = token_request(settings(), *places, "c/1", "ve");
  EXPECT_TRUE(basic.body.starts_with("grant_type=authorization_code&code=c%2F1&redirect_uri="));
  EXPECT_TRUE(basic.body.ends_with("&code_verifier=ve"));
  EXPECT_EQ(basic.headers.back(), "Authorization: Basic " + base64("anlan:s%20%26%20t"));
  places->takes_secret_in_body = true;
  TokenRequest post = token_request(settings(), *places, "c", "ve");
  EXPECT_TRUE(post.body.ends_with("&client_id=anlan&client_secret=s%20%26%20t"));
  ProviderSettings open = settings();
  open.client_secret.clear();
  EXPECT_TRUE(token_request(open, *places, "c", "ve").body.ends_with("&client_id=anlan"));
}

TEST(Oidc, SettingsAreReadAndSlipsAreNamed) {
  Json good =
      Json::object({{"format", "anlan.oidc/1"},
                    {"issuer", "https://id.plant"},
                    {"own_address", "https://anlan.plant:8443/"},
                    {"client_id", "anlan"},
                    {"label", Json::object({{"zh", "统一身份"}, {"en", "Company account"}})},
                    {"claim", "employee_number"}});
  auto read = read_settings(write_json(good));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->settings.own_address, "https://anlan.plant:8443");
  EXPECT_EQ(read->settings.scopes, "openid");
  auto field_of = [](const Json& json) {
    auto refused = read_settings(write_json(json));
    return refused ? std::string("accepted") : refused.error().field;
  };
  EXPECT_EQ(field_of(Json(good).set("issuer", "http://id.plant")), "issuer");
  EXPECT_EQ(field_of(Json(good).set("own_address", "http://plant")), "own_address");
  EXPECT_EQ(field_of(Json(good).set("client_id", "")), "client_id");
  EXPECT_EQ(field_of(Json(good).set("scopes", "email")), "scopes");
  EXPECT_EQ(field_of(Json(good).set("label", "x")), "label");
  EXPECT_EQ(field_of(Json(good).set("format", "anlan.oidc/2")), "format");
  EXPECT_EQ(field_of(Json(good).set("client_secret", "x")), "client_secret") << "never in the file";
}

TEST(Oidc, TheAnswerForACodeNeedsAnIdentityToken) {
  EXPECT_EQ(*read_token_answer(R"({"id_token":"a.b.c","access_token":"x"})"), "a.b.c");
  for (const char* text : {"", "<html>", "[]", "{}", R"({"id_token":5})"}) {
    EXPECT_FALSE(read_token_answer(text)) << text;
  }
}

class IdentityLink : public Plant {
 protected:
  void SetUp() override {
    Plant::SetUp();
    if (!db_) return;
    add_tree();
    zhang_ = add_person("zhang");
  }
  Result<LoginResult> enter(const std::string& subject, const std::string& name,
                            bool is_second_done = true) {
    std::optional<LoginResult> result;
    last_token_ = random_token(random);
    ProviderLogin command{
        .identity = {.issuer = "https://id.plant", .subject = subject, .login = name},
        .client = "desk",
        .address = "10.0.0.9",
        .token = last_token_,
        .is_second_done = is_second_done};
    auto done = act([&](const Desk& desk) -> Result<store::Change> {
      result = TRY(login_by_provider(desk, command, rules_));
      return result->change;
    });
    if (!done) return std::unexpected(done.error());
    if (!result->answer) return std::unexpected(result->answer.error());
    return std::move(*result);
  }
  PersonId person_now() {
    return need(authenticate(*view(), last_token_, clock.now(), rules_)).person;
  }

  SessionRules rules_;
  PersonId zhang_{};
  std::string last_token_;
};
INSTANTIATE_TEST_SUITE_P(On, IdentityLink, Plant::databases(), Plant::name_of);

TEST_P(IdentityLink, AKnownNameIsLinkedOnceAndThenTheSubjectCounts) {
  need(enter("u1", "zhang"));
  EXPECT_EQ(person_now(), zhang_);
  EXPECT_EQ(count("identity_link"), 1);
  need(enter("u1", "renamed"));
  EXPECT_EQ(person_now(), zhang_);
  EXPECT_EQ(count("identity_link"), 1);
}

TEST_P(IdentityLink, NobodyIsMadeAndTheRefusalStandsInTheLog) {
  EXPECT_EQ(refusal_of(enter("u2", "nobody")), "forbidden");
  EXPECT_EQ(refusal_of(enter("u2", "")), "forbidden");
  EXPECT_EQ(count("person"), 1);
  EXPECT_EQ(count("session"), 0);
  EXPECT_EQ(count("login_log"), 2);
}

TEST_P(IdentityLink, ANameThatMovedToSomebodyElseOpensNothing) {
  need(enter("u1", "zhang"));
  EXPECT_EQ(refusal_of(enter("u9", "zhang")), "forbidden");
}

TEST_P(IdentityLink, AnAdministratorForgetsTheLinkAndWhoLeavesHasNone) {
  need(enter("u1", "zhang"));
  std::string before = last_token_;
  need(act([&](const Desk& desk) { return unlink(desk, zhang_); }));
  EXPECT_FALSE(authenticate(*view(), before, clock.now(), rules_));
  need(enter("u9", "zhang"));
  need(act([&](const Desk& desk) { return leave(desk, zhang_); }));
  EXPECT_EQ(count("identity_link"), 0);
  EXPECT_EQ(refusal_of(enter("u9", "zhang")), "forbidden");
}

TEST_P(IdentityLink, OurSecondFactorIsAskedWhereTheProvidersDoesNotCount) {
  rules_.second_factor_roles = {"worker"};
  PersonId li = add_person("li", {{"worker", "/AL/"}});
  EXPECT_EQ(need(enter("u3", "li", false)).next, NextStep::SetUpFactor);
  EXPECT_EQ(need(enter("u3", "li", true)).next, NextStep::None);
  EXPECT_EQ(person_now(), li);
}

TEST_P(IdentityLink, TheSessionKnowsItsWayIn) {
  need(enter("u1", "zhang"));
  Subject by = need(authenticate(*view(), last_token_, clock.now(), rules_));
  EXPECT_EQ(need(way_of(*view(), by.session)), "provider");
}

}  // namespace
}  // namespace anlan::access
