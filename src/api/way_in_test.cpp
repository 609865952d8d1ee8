// How somebody gets in and what a way in can't do.

#include "api/api_fixture.h"

namespace anlan::api {
namespace {

using WayInTest = ApiTest;

TEST_F(WayInTest, OverTlsOnlyTheCookieOfThisVeryHostCounts) {
  Request request =
      post("/api/login", Json::object({{"login", "worker111"}, {"password", kDemoPassword}}));
  request.is_tls = true;
  Answer answer = ask(request);
  std::string_view set = answer.header("Set-Cookie");
  // The prefix binds it to the host; a cookie of the plain name is not even looked at.
  ASSERT_TRUE(set.starts_with("__Host-anlan=")) << set;
  std::string token(set.substr(13, set.find(';') - 13));
  Request me = get("/api/me");
  me.is_tls = true;
  me.headers["cookie"] = "anlan=" + token;
  EXPECT_EQ(ask(me).status, 401);
  me.headers["cookie"] = "__Host-anlan=" + token;
  EXPECT_EQ(ask(me).status, 200);
}

TEST_F(WayInTest, ALogInGivesAFreshTokenAndEndsTheOldOne) {
  log_in("worker111");
  std::string old = session_;
  Request again =
      post("/api/login", Json::object({{"login", "worker112"}, {"password", kDemoPassword}}));
  Answer answer = ask(again);
  ASSERT_EQ(answer.status, 200) << answer.body;
  take_cookie(answer);
  EXPECT_NE(session_, old);
  engine_->turn();
  EXPECT_EQ(body_of(ask(get("/api/me"))).text_or("login", ""), "worker112");
  session_ = old;
  EXPECT_EQ(ask(get("/api/me")).status, 401);
}

TEST_F(WayInTest, ATokenMakesNoFurtherWayIn) {
  log_in("admin");
  Answer made = ask(post("/api/tokens", Json::object({{"name", "t"}})));
  ASSERT_EQ(made.status, 200) << made.body;
  std::string token = body_of(made).text_or("token", "");
  for (const char* path : {"/api/tokens", "/api/me/password", "/api/devices"}) {
    Request request = post(path, Json::object({{"name", "u"}}));
    request.headers.erase("cookie");
    request.headers["authorization"] = "Bearer " + token;
    EXPECT_EQ(ask(request).status, 403) << path;
  }
  Request me = get("/api/me");
  me.headers.erase("cookie");
  me.headers["authorization"] = "Bearer " + token;
  EXPECT_EQ(ask(me).status, 200);
}

}  // namespace
}  // namespace anlan::api
