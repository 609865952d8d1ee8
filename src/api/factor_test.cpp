// The second factor and the log-in provider as a browser meets them.

#include "api/api_fixture.h"
#include "tests/support/token_key.h"

namespace anlan::api {
namespace {

std::string from_base32(const std::string& text) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (char letter : text) {
    bits = bits << 5 | static_cast<uint32_t>(kLetters.find(letter));
    count += 5;
    if (count >= 8) out += static_cast<char>(bits >> (count -= 8) & 255);
  }
  return out;
}

class FactorTest : public ApiTest {
 protected:
  std::string code_now() { return access::hotp(secret_, access::totp_step(clock_.now())); }
  // A browser keeps whatever cookie it gets.
  Answer send(Request request) {
    if (!half_.empty()) request.headers["cookie"] += "; anlan-half=" + half_;
    request.headers["x-anlan"] = "1";
    Answer answer = ask(std::move(request));
    for (const auto& [name, value] : answer.headers) {
      if (name != "Set-Cookie") continue;
      std::string pair = value.substr(0, value.find(';'));
      if (pair.starts_with("anlan=")) session_ = pair.substr(6);
      if (pair.starts_with("anlan-half=")) half_ = pair.substr(11);
      if (pair.starts_with("anlan-try=")) try_ = pair.substr(10);
    }
    return answer;
  }
  Answer log_in_half(const std::string& login) {
    session_.clear();
    half_.clear();
    return send(post("/api/login", Json::object({{"login", login}, {"password", kDemoPassword}})));
  }
  Answer bring(const std::string& path, const std::string& code) {
    return send(post(path, Json::object({{"code", code}})));
  }
  void turn_on(const std::string& login) {
    log_in(login);
    Answer proposed = send(
        post("/api/me/second-factor", Json::object({{"password", std::string(kDemoPassword)}})));
    ASSERT_EQ(proposed.status, 200) << proposed.body;
    Json body = body_of(proposed);
    secret_ = from_base32(body.text_or("secret", ""));
    EXPECT_EQ(secret_.size(), 20u);
    EXPECT_TRUE(body.text_or("uri", "").starts_with("otpauth://totp/"));
    EXPECT_TRUE(body.text_or("qr", "").contains("<svg"));
    Answer confirmed = bring("/api/me/second-factor/confirm", code_now());
    ASSERT_EQ(confirmed.status, 200) << confirmed.body;
    codes_ = body_of(confirmed)["recovery_codes"];
    ASSERT_EQ(codes_.as_array().size(), 10u);
    clock_.advance(access::kCodeStep);
  }

  std::string secret_, half_, try_;
  Json codes_;
};

TEST_F(FactorTest, TheWholeLogInGoesThroughHalfASession) {
  turn_on("worker111");
  Answer first = log_in_half("worker111");
  EXPECT_EQ(first.status, 202) << first.body;
  EXPECT_EQ(body_of(first), Json::object({{"next", "second_factor"}}));
  EXPECT_TRUE(first.header("Set-Cookie").contains("HttpOnly; SameSite=Strict"));
  EXPECT_TRUE(session_.empty());
  // The half is no session, whatever way it is shown.
  session_ = half_;
  for (const char* path : {"/api/me", "/api/tasks", "/api/me/second-factor"}) {
    EXPECT_EQ(ask(get(path)).status, 401) << path;
  }
  Request bearer{.path = "/api/me"};
  bearer.headers["authorization"] = "Bearer " + half_;
  EXPECT_EQ(ask(bearer).status, 401);
  session_.clear();
  Answer wrong = bring("/api/login/second", "000000");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(body_of(wrong)["error"].text_or("field", ""), "code");
  EXPECT_EQ(send(post("/api/login/second/propose", Json::object())).status, 409);
  Answer whole = bring("/api/login/second", code_now());
  ASSERT_EQ(whole.status, 200) << whole.body;
  EXPECT_EQ(body_of(whole).text_or("login", ""), "worker111");
  EXPECT_EQ(ask(get("/api/me")).status, 200);
}

TEST_F(FactorTest, ForeignPagesBringNoCode) {
  turn_on("worker111");
  log_in_half("worker111");
  Request request = post("/api/login/second", Json::object({{"code", code_now()}}));
  request.headers["cookie"] = "anlan-half=" + half_;
  request.headers.erase("x-anlan");
  EXPECT_EQ(ask(request).status, 403);
}

TEST_F(FactorTest, ARecoveryCodeStandsInAndFreshOnesComeByTheApp) {
  turn_on("worker111");
  log_in_half("worker111");
  std::string code = codes_.as_array()[0].as_text();
  EXPECT_EQ(bring("/api/login/second", code).status, 200);
  Json state = body_of(ask(get("/api/me/second-factor")));
  EXPECT_EQ(state["codes_left"], Json(9));
  EXPECT_EQ(state["is_on"], Json(true));
  Answer fresh = bring("/api/me/second-factor/codes", code_now());
  EXPECT_EQ(body_of(fresh)["recovery_codes"].as_array().size(), 10u) << fresh.body;
  log_in_half("worker111");
  EXPECT_EQ(bring("/api/login/second", codes_.as_array()[1].as_text()).status, 401);
}

TEST_F(FactorTest, SettingUpWantsThePasswordAgainAndNoToken) {
  log_in("worker111");
  Answer wrong = send(post("/api/me/second-factor", Json::object({{"password", "Wrong-1234"}})));
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(body_of(wrong)["error"].text_or("field", ""), "password");
  Answer made = ask(post("/api/tokens", Json::object({{"name", "program"}})));
  Request request = post("/api/me/second-factor", Json::object({{"password", "x"}}));
  request.headers.erase("cookie");
  request.headers["authorization"] = "Bearer " + body_of(made).text_or("token", "");
  EXPECT_EQ(ask(request).status, 403);
}

TEST_F(FactorTest, ANewPasswordNeedsNoSecondCode) {
  turn_on("worker111");
  Json body = Json::object({{"old", std::string(kDemoPassword)}, {"new", "Fresh-word-26"}});
  Answer changed = send(post("/api/me/password", body));
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(ask(get("/api/me")).status, 200);
}

TEST_F(FactorTest, AnAdministratorRemovesItAndThePersonIsTold) {
  turn_on("worker111");
  std::string id = body_of(ask(get("/api/me"))).text_or("id", "");
  std::string path = "/api/people/" + id + "/second-factor/remove";
  log_in("worker112");
  EXPECT_EQ(ask(post(path, Json::object())).status, 403);
  log_in("admin");
  std::string own = body_of(ask(get("/api/me"))).text_or("id", "");
  EXPECT_EQ(ask(post("/api/people/" + own + "/second-factor/remove", Json::object())).status, 403);
  Answer removed = ask(post(path, Json::object()));
  EXPECT_EQ(removed.status, 200) << removed.body;
  log_in("worker111");
  Json notices = body_of(ask(get("/api/notices")));
  ASSERT_FALSE(notices["rows"].as_array().empty());
  const Json& notice = notices["rows"].as_array()[0];
  EXPECT_EQ(notice.text_or("kind", ""), "account.notice.factor_removed");
  EXPECT_TRUE(notice["text"].text_or("zh", "").contains("移除了您的登录第二因素"));
}

TEST_F(FactorTest, WithoutAProviderThereIsNoWayToOne) {
  EXPECT_EQ(body_of(ask(get("/api/login/ways")))["provider"], Json());
  EXPECT_EQ(ask(get("/api/login/provider/start")).status, 404);
  EXPECT_EQ(ask(get("/api/login/provider/back", "code=1&state=2")).status, 404);
}

// A provider without sockets: it answers what the test says.
class ProviderTest : public FactorTest {
 protected:
  void SetUp() override {
    access::ProviderSettings settings{.issuer = "https://id.plant",
                                      .client_id = "anlan",
                                      .client_secret = "secret",
                                      .claim = "preferred_username",
                                      .label = {"统一身份", "Company account"},
                                      .own_address = "http://localhost"};
    config_.provider = settings;
    config_.outside.ask_provider = [this](const WebAsk& ask) { return reply(ask); };
    FactorTest::SetUp();
  }
  Result<WebReply> reply(const WebAsk& ask) {
    asked_.push_back(ask.url);
    if (is_down_) return WebReply{};
    if (ask.url.ends_with("openid-configuration")) return WebReply{200, discovery()};
    if (ask.url == "https://id.plant/keys") return WebReply{200, keys_};
    if (ask.url != "https://id.plant/token") return WebReply{404, ""};
    token_body_ = ask.body;
    return WebReply{200, write_json(Json::object({{"id_token", token_}}))};
  }
  static std::string discovery() {
    return write_json(Json::object({{"issuer", "https://id.plant"},
                                    {"authorization_endpoint", "https://id.plant/auth"},
                                    {"token_endpoint", "https://id.plant/token"},
                                    {"jwks_uri", "https://id.plant/keys"},
                                    {"end_session_endpoint", "https://id.plant/end"}}));
  }
  // Goes to the provider; what the browser was sent there with.
  Fields begin() {
    Answer there = send(get("/api/login/provider/start", "client=m"));
    EXPECT_EQ(there.status, 302) << there.body;
    std::string where(there.header("Location"));
    EXPECT_TRUE(where.starts_with("https://id.plant/auth?")) << where;
    EXPECT_TRUE(there.header("Set-Cookie").contains("HttpOnly; SameSite=Lax"));
    return parse_query(where.substr(where.find('?') + 1)).value_or(Fields{});
  }
  Json claims(const Fields& sent, const std::string& name) {
    int64_t now = clock_.now().to_milliseconds() / 1000;
    return Json::object({{"iss", "https://id.plant"},
                         {"sub", "subject of " + name},
                         {"aud", "anlan"},
                         {"exp", now + 300},
                         {"iat", now},
                         {"nonce", sent.at("nonce")},
                         {"preferred_username", name}});
  }
  std::string back(const std::string& query) {
    Request request = get("/api/login/provider/back", query);
    request.headers["cookie"] += "; anlan-try=" + try_;
    Answer answer = send(std::move(request));
    EXPECT_EQ(answer.status, 302) << answer.body;
    return std::string(answer.header("Location"));
  }
  std::string log_in_as(const std::string& name) {
    session_.clear();
    Fields sent = begin();
    token_ = key_.token(claims(sent, name));
    return back("code=c1&state=" + sent.at("state"));
  }

  test::TestKey key_{"ES256", "k1"};
  std::string keys_ = test::key_set({&key_}), token_, token_body_;
  std::vector<std::string> asked_;
  bool is_down_ = false;
};

TEST_F(ProviderTest, AKnownPersonComesInAndOnlyToOurOwnPage) {
  EXPECT_EQ(body_of(ask(get("/api/login/ways")))["provider"]["label"].text_or("en", ""),
            "Company account");
  EXPECT_EQ(log_in_as("worker111"), "/m/");
  EXPECT_EQ(body_of(ask(get("/api/me"))).text_or("login", ""), "worker111");
  EXPECT_TRUE(token_body_.contains("&code_verifier="));
  Answer out = send(post("/api/logout", Json::object()));
  EXPECT_TRUE(body_of(out).text_or("next", "").starts_with("https://id.plant/end?client_id=anlan"));
}

TEST_F(ProviderTest, WhoIsNobodyHereIsTurnedAway) {
  EXPECT_EQ(log_in_as("stranger"), "/m/#/entry?refused=unknown");
  EXPECT_TRUE(session_.empty());
}

TEST_F(ProviderTest, AStateIsGoodOnceForItsBrowserAndForTenMinutes) {
  Fields sent = begin();
  token_ = key_.token(claims(sent, "worker111"));
  std::string query = "code=c1&state=" + sent.at("state");
  std::string own = try_;
  try_ = "of another browser";
  EXPECT_EQ(back(query), "/desk/#/entry?refused=again");
  try_ = own;
  EXPECT_EQ(back(query), "/m/");
  EXPECT_EQ(back(query), "/desk/#/entry?refused=again") << "replayed";
  EXPECT_EQ(back("code=c1&state=guessed"), "/desk/#/entry?refused=again");
  EXPECT_EQ(back("code=c1"), "/desk/#/entry?refused=again");
}

TEST_F(ProviderTest, TokensThatDoNotHoldOpenNothing) {
  test::TestKey thief("ES256", "k1");
  auto attempt = [&](auto make) {
    session_.clear();
    Fields sent = begin();
    token_ = make(sent);
    return back("code=c1&state=" + sent.at("state"));
  };
  const std::string failed = "/m/#/entry?refused=failed";
  EXPECT_EQ(attempt([&](const Fields& s) { return thief.token(claims(s, "worker111")); }), failed);
  EXPECT_EQ(attempt([&](const Fields& s) {
              return key_.token(claims(s, "worker111").set("nonce", "other"));
            }),
            failed);
  EXPECT_EQ(attempt([&](const Fields& s) {
              return key_.token(claims(s, "worker111").set("aud", "other"));
            }),
            failed);
  EXPECT_EQ(attempt([](const Fields&) { return std::string("no token"); }), failed);
  EXPECT_TRUE(session_.empty());
  Fields sent = begin();
  EXPECT_EQ(back("error=access_denied&state=" + sent.at("state")), failed);
  sent = begin();
  token_ = key_.token(claims(sent, "worker111"));
  EXPECT_EQ(back("code=c1&iss=https%3A%2F%2Fevil.plant&state=" + sent.at("state")), failed);
}

TEST_F(ProviderTest, WhileItIsDownLocalLogInsGoOn) {
  is_down_ = true;
  Answer there = send(get("/api/login/provider/start", "client=desk"));
  EXPECT_EQ(there.header("Location"), "/desk/#/entry?refused=down");
  std::size_t asked = asked_.size();
  send(get("/api/login/provider/start", "client=desk"));
  EXPECT_EQ(asked_.size(), asked) << "not asked again at once";
  log_in("worker111");
}

TEST_F(ProviderTest, AKeyThatIsNewIsFetchedWhenItsTokenComes) {
  EXPECT_EQ(log_in_as("worker111"), "/m/");
  test::TestKey fresh("RS256", "k2");
  keys_ = test::key_set({&key_, &fresh});
  clock_.advance(Duration::minutes(1));
  engine_->turn();
  Fields sent = begin();
  token_ = fresh.token(claims(sent, "worker112"));
  EXPECT_EQ(back("code=c2&state=" + sent.at("state")), "/m/");
}

}  // namespace
}  // namespace anlan::api
