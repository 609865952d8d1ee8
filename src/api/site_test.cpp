#include "api/site.h"

#include "api/api_fixture.h"
#include "api/schema.h"

namespace anlan::api {
namespace {

using SiteTest = ApiTest;

TEST_F(SiteTest, HealthAnswersWithoutALogIn) {
  Answer answer = ask(get("/api/health"));
  EXPECT_EQ(answer.status, 200);
  Json body = body_of(answer);
  EXPECT_TRUE(check_shape("Health", body)) << answer.body;
  EXPECT_FALSE(body.bool_or("empty", true));
  EXPECT_EQ(body.text_or("time", ""), "2026-03-02T08:00:00.000Z");
}

TEST_F(SiteTest, EveryAnswerCarriesTheSecurityHeadersAndTheTime) {
  for (const char* path : {"/api/health", "/api/nothing", "/m/", "/", "/api/me", "/%zz"}) {
    Answer answer = ask({.path = path});
    EXPECT_EQ(answer.header("Content-Security-Policy"),
              "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: "
              "data:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
              "frame-ancestors 'none'")
        << path;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer") << path;
    EXPECT_EQ(answer.header("Permissions-Policy"),
              "camera=(self), geolocation=(self), microphone=(self)")
        << path;
    EXPECT_EQ(answer.header("Cross-Origin-Opener-Policy"), "same-origin") << path;
    EXPECT_EQ(answer.header("X-Anlan-Time"), "2026-03-02T08:00:00.000Z") << path;
    EXPECT_EQ(answer.header("Strict-Transport-Security"), "") << path;
  }
  Request tls{.path = "/api/health", .headers = {{"host", "anlan.plant.cn"}}, .is_tls = true};
  EXPECT_NE(ask(tls).header("Strict-Transport-Security"), "");
}

TEST_F(SiteTest, UnknownPathsAndMethodsAreToldInOurShape) {
  Answer unknown = ask(get("/api/nothing"));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_TRUE(check_shape("Error", body_of(unknown)));
  Answer method = ask({.method = Method::Delete, .path = "/api/login"});
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.header("Allow"), "POST");
  EXPECT_EQ(code_of(method), "method_not_allowed");
  Answer page = ask({.method = Method::Post, .path = "/m/"});
  EXPECT_EQ(page.status, 405);
  EXPECT_EQ(page.header("Allow"), "GET, HEAD");
}

TEST_F(SiteTest, BrokenPathsAreRefusedClearly) {
  for (const char* path : {"/%00", "/api/forms/%ff", "/%2", "/api/forms/%zz"}) {
    EXPECT_EQ(ask(get(path)).status, 400) << path;
  }
  EXPECT_EQ(ask(get("/api/health", "a=%00")).status, 400);
  EXPECT_EQ(ask(get("/api/health", "a=%ff")).status, 400);
  EXPECT_EQ(ask(get("/" + std::string(3000, 'a'))).status, 413);
  EXPECT_EQ(ask(get("/%2e%2e/%2e%2e/etc/passwd")).status, 404);
  EXPECT_EQ(ask(get("/m/../../anlan.db")).status, 404);
}

TEST_F(SiteTest, TheLanguageOfTheReaderIsSpoken) {
  Request request = get("/api/nothing");
  EXPECT_NE(ask(request).body.find("未找到"), std::string::npos);
  request.headers["accept-language"] = "en-GB,zh;q=0.3";
  EXPECT_NE(ask(request).body.find("Not found"), std::string::npos);
}

TEST_F(SiteTest, ALogInSetsACookieThatScriptsCannotRead) {
  Answer answer = try_login("worker111", kDemoPassword);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(check_shape("Me", body_of(answer))) << answer.body;
  std::string_view cookie = answer.header("Set-Cookie");
  for (const char* part : {"anlan=", "; Path=/", "; HttpOnly", "; SameSite=Strict"}) {
    EXPECT_NE(cookie.find(part), std::string_view::npos) << part;
  }
  EXPECT_EQ(cookie.find("Secure"), std::string_view::npos) << "plain http here";
  Answer me = ask(get("/api/me"));
  EXPECT_EQ(me.status, 200);
  EXPECT_EQ(body_of(me).text_or("login", ""), "worker111");
}

TEST_F(SiteTest, OverTlsTheCookieIsSecure) {
  Request request =
      post("/api/login", Json::object({{"login", "worker111"}, {"password", kDemoPassword}}));
  request.is_tls = true;
  Answer answer = ask(request);
  std::string_view set = answer.header("Set-Cookie");
  EXPECT_NE(set.find("; Secure"), std::string_view::npos);
  EXPECT_TRUE(set.starts_with("__Host-anlan=")) << set;
}

TEST_F(SiteTest, WrongPasswordsAndUnknownAccountsLookAlike) {
  Answer wrong = try_login("worker111", "Wrong-Password-1");
  Answer unknown = try_login("nobody", "Wrong-Password-1");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(code_of(wrong), "login_failed");
  EXPECT_EQ(code_of(unknown), "login_failed");
  EXPECT_EQ(wrong.header("Set-Cookie"), "");
}

TEST_F(SiteTest, LoggingOutEndsTheSession) {
  log_in("worker111");
  EXPECT_EQ(ask(post("/api/logout", Json())).status, 200);
  EXPECT_EQ(ask(get("/api/me")).status, 401);
}

TEST_F(SiteTest, NobodyGetsInWithoutACredential) {
  for (const Route& route : routes()) {
    if (route.who == Who::Public) continue;
    Request request{.method = route.method, .path = std::string(route.path)};
    request.headers["cookie"] = "anlan=forged";
    EXPECT_EQ(ask(request).status, 401) << route.name;
    request.headers.erase("cookie");
    EXPECT_EQ(ask(request).status, 401) << route.name;
  }
}

TEST_F(SiteTest, AChangeWithACookieNeedsTheHeaderThatForeignPagesCannotSend) {
  log_in("worker111");
  Request request = post("/api/me/language", Json::object({{"language", "en"}}));
  request.headers.erase("x-anlan");
  EXPECT_EQ(ask(request).status, 403);
  request.headers["x-anlan"] = "1";
  Answer answer = ask(request);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(body_of(answer).text_or("language", ""), "en");
  request = post("/api/me/language", Json::object({{"language", "en"}}));
  request.headers["content-type"] = "text/plain";
  EXPECT_EQ(ask(request).status, 400) << "what a foreign form can send";
}

TEST_F(SiteTest, EveryPostNeedsAnIdempotencyKeyButLoggingInAndOut) {
  log_in("admin");
  Request request = post("/api/me/language", Json::object({{"language", "en"}}));
  request.headers.erase("idempotency-key");
  EXPECT_EQ(ask(request).status, 422);
  EXPECT_EQ(body_of(ask(request))["error"].text_or("field", ""), "Idempotency-Key");
  request.headers["idempotency-key"] = "not-a-uuid";
  EXPECT_EQ(ask(request).status, 422);
}

TEST_F(SiteTest, TheSameKeyAnswersAgainAndServesNoOtherRequest) {
  log_in("admin");
  Request request = post("/api/tokens", Json::object({{"name", "erp"}, {"days", 30}}));
  Answer first = ask(request);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_TRUE(check_shape("TokenAnswer", body_of(first)));
  Answer again = ask(request);
  EXPECT_EQ(again.body, first.body);
  request.body = write_json(Json::object({{"name", "mes"}, {"days", 30}}));
  Answer other = ask(request);
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(code_of(other), "key_reused");
}

TEST_F(SiteTest, AProgramUsesItsTokenWithoutCookieOrHeader) {
  log_in("admin");
  Json made = body_of(ask(post("/api/tokens", Json::object({{"name", "erp"}}))));
  std::string token = made.text_or("token", "");
  ASSERT_TRUE(token.starts_with("anlan_")) << token;
  EXPECT_EQ(token.size(), 49u);
  Request request{.path = "/api/me", .headers = {{"authorization", "Bearer " + token}}};
  EXPECT_EQ(ask(request).status, 200);
  Answer list = ask(get("/api/tokens"));
  EXPECT_TRUE(check_shape("Tokens", body_of(list))) << list.body;
  EXPECT_EQ(list.body.find(token), std::string::npos) << "the text is shown once";
  Request revoke = get("/api/tokens/" + made.text_or("id", ""));
  revoke.method = Method::Delete;
  EXPECT_EQ(ask(revoke).status, 200);
  EXPECT_EQ(ask(request).status, 401);
}

TEST_F(SiteTest, MalformedBodiesAreRefusedByWhatIsWrong) {
  log_in("admin");
  auto with_body = [this](std::string body) {
    Request request = post("/api/me/language", Json());
    request.body = std::move(body);
    return ask(request);
  };
  EXPECT_EQ(code_of(with_body("{")), "bad_json");
  EXPECT_EQ(code_of(with_body("")), "bad_json");
  EXPECT_EQ(code_of(with_body("{\"language\":\"\xff\"}")), "bad_json");
  EXPECT_EQ(code_of(with_body(R"({"language":"zh","language":"en"})")), "bad_json");
  EXPECT_EQ(code_of(with_body(R"([])")), "bad_field");
  EXPECT_EQ(code_of(with_body(R"({"language":7})")), "bad_field");
  EXPECT_EQ(code_of(with_body(R"({"language":"fr"})")), "bad_field");
  EXPECT_EQ(code_of(with_body(R"({})")), "missing_field");
  EXPECT_EQ(code_of(with_body(R"({"language":"zh","x":1})")), "unknown_field");
  EXPECT_EQ(code_of(with_body(std::string(100, '[') + std::string(100, ']'))), "too_deep");
  EXPECT_EQ(with_body(std::string(limits::kJsonBytesMax + 1, ' ')).status, 413);
}

TEST_F(SiteTest, WhoAsksTooOftenIsAskedToWait) {
  config_.rates.address = {.per_minute = 60, .burst = 5};
  make_site();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(get("/api/health")).status, 200);
  Answer answer = ask(get("/api/health"));
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(code_of(answer), "too_many_requests");
  EXPECT_EQ(answer.header("Retry-After"), "1");
  Request other = get("/api/health");
  other.address = "10.0.0.8";
  EXPECT_EQ(ask(other).status, 200);
  clock_.advance(Duration::seconds(2));
  EXPECT_EQ(ask(get("/api/health")).status, 200);
}

TEST_F(SiteTest, GuessingPasswordsIsSlowedPerAddressAndAccount) {
  config_.rates.login = {.per_minute = 10, .burst = 3};
  make_site();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(try_login("head1", "Wrong-Password-1").status, 401);
  EXPECT_EQ(try_login("head1", kDemoPassword).status, 429);
  EXPECT_EQ(try_login("HEAD1", kDemoPassword).status, 429);
  EXPECT_EQ(try_login("worker111", kDemoPassword).status, 200);
}

TEST_F(SiteTest, ASessionHasItsOwnLimit) {
  config_.rates.session = {.per_minute = 60, .burst = 4};
  make_site();
  log_in("worker111");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(ask(get("/api/me")).status, 200);
  EXPECT_EQ(ask(get("/api/me")).status, 429);
}

TEST_F(SiteTest, ThePasswordIsChangedOnlyByWhoKnowsTheOldOne) {
  log_in("worker111");
  auto change = [this](std::string_view from, std::string_view to) {
    return ask(post("/api/me/password", Json::object({{"old", from}, {"new", to}})));
  };
  EXPECT_EQ(code_of(change("Wrong-Password-1", "New-Password-77")), "login_failed");
  EXPECT_EQ(code_of(change(kDemoPassword, "short")), "weak_password");
  EXPECT_EQ(code_of(change(kDemoPassword, kDemoPassword)), "weak_password");
  Answer good = change(kDemoPassword, "New-Password-77");
  ASSERT_EQ(good.status, 200) << good.body;
  EXPECT_EQ(ask(get("/api/me")).status, 401) << "every older session has ended";
  take_cookie(good);
  EXPECT_EQ(ask(get("/api/me")).status, 200);
  EXPECT_EQ(try_login("worker111", kDemoPassword).status, 401);
  EXPECT_EQ(try_login("worker111", "New-Password-77").status, 200);
}

TEST_F(SiteTest, ListsCheckTheirParameters) {
  log_in("admin");
  Answer page = ask(get("/api/records/area", "limit=3&sort=code"));
  ASSERT_EQ(page.status, 200) << page.body;
  EXPECT_TRUE(check_shape("RecordPage", body_of(page))) << page.body;
  EXPECT_EQ(body_of(page)["rows"].as_array().size(), 3u);
  for (const char* query : {"limit=0", "limit=201", "limit=-1", "limit=x", "limit=", "filter={",
                            "filter=%5B%22evil%22%5D", "sort=nope", "cursor=nonsense"}) {
    int status = ask(get("/api/records/area", query)).status;
    EXPECT_TRUE(status == 400 || status == 422) << query << " gave " << status;
  }
  EXPECT_EQ(ask(get("/api/records/nothing")).status, 404);
  EXPECT_EQ(ask(get("/api/records/area/not-an-id")).status, 404);
}

TEST_F(SiteTest, AnswersHaveTheShapesThatTheDescriptionPromises) {
  log_in("admin");
  auto expect = [this](const char* path, const char* query, std::string_view shape) {
    Answer answer = ask(get(path, query));
    ASSERT_EQ(answer.status, 200) << path << answer.body;
    auto checked = check_shape(shape, body_of(answer));
    EXPECT_TRUE(checked) << path << ": " << (checked ? "" : checked.error().field);
  };
  expect("/api/demo", "", "Demo");
  expect("/api/forms", "", "Forms");
  expect("/api/forms/area", "", "Form");
  expect("/api/records/area/count", "by=risk", "Counts");
  expect("/api/tasks", "", "Tasks");
  expect("/api/notices", "", "Notices");
  expect("/api/org", "", "Org");
  expect("/api/people", "q=worker", "People");
  expect("/api/roles", "", "Roles");
  expect("/api/ca", "", "Authority");
  engine_->turn();
  expect("/api/ledger/head", "", "Head");
  expect("/api/ledger/inclusion", "leaf=0&size=1", "Inclusion");
}

TEST_F(SiteTest, ARecordAndItsPartsHaveTheirShapes) {
  log_in("admin");
  Json rows = body_of(ask(get("/api/records/area", "limit=1")))["rows"];
  ASSERT_EQ(rows.as_array().size(), 1u);
  std::string path = "/api/records/area/" + rows.as_array()[0].text_or("id", "");
  struct Part {
    const char* suffix;
    std::string_view shape;
  };
  for (Part part :
       {Part{"", "RecordView"}, Part{"/history", "History"}, Part{"/timeline", "Timeline"}}) {
    Answer answer = ask(get(path + part.suffix));
    ASSERT_EQ(answer.status, 200) << answer.body;
    auto checked = check_shape(part.shape, body_of(answer));
    EXPECT_TRUE(checked) << part.shape << " " << (checked ? "" : checked.error().field);
  }
  engine_->turn();
  Answer proof = ask(get(path + "/proof"));
  ASSERT_EQ(proof.status, 200) << proof.body;
  EXPECT_TRUE(check_shape("Proof", body_of(proof)));
  EXPECT_TRUE(proof.header("Content-Disposition").starts_with("attachment; filename=\"area-"));
}

TEST_F(SiteTest, ImportRefusalsSpeakTheReadersLanguage) {
  log_in("admin");
  Json row = Json::object({{"code", "bad code!"}});
  Request request =
      post("/api/import/area", Json::object({{"rows", Json::array({row})}, {"dry_run", true}}));
  request.headers["accept-language"] = "en";
  Answer answer = ask(request);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(check_shape("ImportAnswer", body_of(answer))) << answer.body;
  EXPECT_EQ(body_of(answer).int_or("accepted", -1), 0);
  EXPECT_FALSE(body_of(answer)["refused"].as_array().empty());
}

TEST_F(SiteTest, PeopleWithWeakFirstPasswordsAreRefusedWhole) {
  log_in("admin");
  Json good = Json::object({{"login", "new1"},
                            {"name", "新一"},
                            {"org_code", "T11"},
                            {"roles", "worker@T11"},
                            {"first_password", "First-Pass-77"}});
  Json weak = good;
  weak.set("login", "new2").set("first_password", "weak");
  Answer refused = ask(post("/api/people", Json::object({{"people", Json::array({good, weak})}})));
  ASSERT_EQ(refused.status, 200) << refused.body;
  EXPECT_TRUE(check_shape("ImportAnswer", body_of(refused))) << refused.body;
  EXPECT_EQ(body_of(refused).int_or("accepted", -1), 0);
  EXPECT_NE(refused.body.find("weak_password"), std::string::npos);
  EXPECT_EQ(try_login("new1", "First-Pass-77").status, 401);
  log_in("admin");
  Answer done = ask(post("/api/people", Json::object({{"people", Json::array({good})}})));
  EXPECT_EQ(body_of(done).int_or("accepted", -1), 1) << done.body;
  Answer first = try_login("new1", "First-Pass-77");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_TRUE(body_of(first).bool_or("must_change_password", false));
  EXPECT_EQ(code_of(ask(get("/api/tasks"))), "password_change_required");
  EXPECT_EQ(ask(get("/api/me")).status, 200);
  Answer changed = ask(post("/api/me/password",
                            Json::object({{"old", "First-Pass-77"}, {"new", "Second-Pass-88"}})));
  ASSERT_EQ(changed.status, 200) << changed.body;
  take_cookie(changed);
  EXPECT_EQ(ask(get("/api/tasks")).status, 200);
}

TEST_F(SiteTest, BlobsArriveInChunksAndSayWhatIsMissing) {
  log_in("worker111");
  std::string bytes(3000, 'x');
  std::string hash = to_hex(sha256(bytes));
  auto put = [&](const std::string& name, std::string query, std::string part) {
    Request request = get("/api/blobs/" + name, std::move(query));
    request.method = Method::Put;
    request.body = std::move(part);
    return ask(request);
  };
  Answer first = put(hash, "offset=0&total=3000", bytes.substr(0, 1000));
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_TRUE(check_shape("BlobState", body_of(first)));
  EXPECT_EQ(put(hash, "offset=2000&total=3000", bytes.substr(2000)).status, 409);
  Answer state = ask(get("/api/blobs/" + hash));
  EXPECT_EQ(body_of(state).int_or("received", -1), 1000);
  EXPECT_EQ(code_of(put(hash, "offset=1000&total=3000", bytes.substr(1000))), "bad_image");
  EXPECT_EQ(code_of(put("nonsense", "offset=0&total=1", "x")), "bad_field");
  EXPECT_EQ(code_of(put(hash, "total=1", "x")), "missing_field");
  EXPECT_EQ(code_of(put(hash, "offset=-1&total=1", "x")), "bad_field");
  std::string large(limits::kBlobChunkBytesMax + 1, 'x');
  EXPECT_EQ(put(hash, "offset=0&total=9999999", large).status, 413);
}

TEST_F(SiteTest, LabelsLeadToThePhonePage) {
  Answer answer = ask(get("/q/T-101%20A"));
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(answer.header("Location"), "/m/#/report?code=T-101%20A");
  EXPECT_EQ(ask(get("/q/%0d%0aSet-Cookie:x")).header("Location").find('\n'),
            std::string_view::npos);
}

TEST_F(SiteTest, QrCodesAreDrawings) {
  Answer answer = ask(get("/api/qr.svg", "text=https%3A%2F%2Fa"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.type, "image/svg+xml");
  EXPECT_EQ(ask(get("/api/qr.svg")).status, 422);
  EXPECT_EQ(ask(get("/api/qr.svg", "text=" + std::string(501, 'x'))).status, 413);
}

TEST_F(SiteTest, PagesAreFoundAndTheRootKnowsAPhone) {
  EXPECT_EQ(ask(get("/m/")).type, "text/html; charset=utf-8");
  EXPECT_EQ(ask(get("/m")).header("Location"), "/m/");
  EXPECT_EQ(ask(get("/ca")).status, 200);
  EXPECT_EQ(ask(get("/api/docs")).status, 200);
  EXPECT_EQ(ask(get("/")).header("Location"), "/desk/");
  Request phone = get("/");
  phone.headers["user-agent"] = "Mozilla/5.0 (Linux; Android 14) Mobile";
  EXPECT_EQ(ask(phone).header("Location"), "/m/");
  EXPECT_EQ(ask(get("/api/openapi.json")).status, 200);
}

TEST_F(SiteTest, ThePlainDoorShowsTheAuthorityAndSendsTheRestToHttps) {
  site_->set_places({.port = 8443, .http_port = 8080, .is_tls = true, .hosts = {"localhost"}});
  auto knock = [this](std::string path, std::string host) {
    std::optional<Answer> answer;
    Request request{.path = std::move(path), .query = "a=1", .address = "10.0.0.1"};
    request.headers["host"] = std::move(host);
    site_->handle_plain_door(std::move(request), [&](Answer given) { answer = std::move(given); });
    while (pool_.run_one()) {
    }
    return answer.value_or(Answer{.status = 0});
  };
  EXPECT_EQ(knock("/ca", "anlan.test:8080").status, 200);
  Answer sent = knock("/m/", "anlan.test:8080");
  EXPECT_EQ(sent.status, 308);
  EXPECT_EQ(sent.header("Location"), "https://anlan.test:8443/m/?a=1");
  EXPECT_EQ(knock("/", "[::1]:8080").header("Location"), "https://[::1]:8443/?a=1");
  EXPECT_EQ(knock("/", "a b\r\nx").status, 400);
  EXPECT_EQ(knock("/api/me", "anlan.test").status, 308);
}

TEST_F(SiteTest, TheLiveStreamIsForSessionsOfThisOriginOnly) {
  log_in("worker111");
  auto admitted = [this](Request request, bool has_room = true) {
    request.headers["host"] = "anlan.test:8443";
    int status = 0;
    site_->admit_live(std::move(request), has_room,
                      [&](std::expected<Site::Visitor, Answer> visitor) {
                        status = visitor ? 101 : visitor.error().status;
                      });
    while (pool_.run_one()) {
    }
    return status;
  };
  Request request = get("/api/live");
  EXPECT_EQ(admitted(request), 101);
  EXPECT_EQ(admitted(request, false), 503);
  request.headers["origin"] = "http://anlan.test:8443";
  EXPECT_EQ(admitted(request), 101);
  request.headers["origin"] = "http://evil.test";
  EXPECT_EQ(admitted(request), 403);
  session_.clear();
  EXPECT_EQ(admitted(get("/api/live")), 401);
}

class EmptySiteTest : public ApiTest {
 protected:
  EmptySiteTest() { is_seeded_ = false; }
  static Json plant(std::string_view password) {
    return Json::object({{"plant_name_zh", "我的工厂"},
                         {"plant_name_en", "My plant"},
                         {"plant_code", "MY"},
                         {"admin_login", "boss"},
                         {"admin_name", "老板"},
                         {"admin_password", password}});
  }
};

TEST_F(EmptySiteTest, TheFirstPersonSetsThePlantUpOnce) {
  EXPECT_TRUE(body_of(ask(get("/api/health"))).bool_or("empty", false));
  EXPECT_EQ(ask(get("/api/demo")).status, 404);
  EXPECT_EQ(code_of(ask(post("/api/setup", plant("weak")))), "weak_password");
  Answer done = ask(post("/api/setup", plant("Good-Password-1")));
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_TRUE(check_shape("Me", body_of(done)));
  EXPECT_NE(done.header("Set-Cookie"), "");
  EXPECT_FALSE(body_of(ask(get("/api/health"))).bool_or("empty", true));
  EXPECT_EQ(code_of(ask(post("/api/setup", plant("Good-Password-1")))), "wrong_state");
}

}  // namespace
}  // namespace anlan::api
