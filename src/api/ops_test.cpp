// What those who run the server see of it, and what everybody sees of its trouble.

#include <set>

#include "api/api_fixture.h"
#include "api/schema.h"
#include "core/log.h"
#include "core/zip.h"

namespace anlan::api {
namespace {

class OpsTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    config_.outside.request_log = [this](std::string_view line) { lines_.emplace_back(line); };
    config_.outside.log_tail = [] { return std::string("{\"what\":\"x\"}\n"); };
    config_.outside.about = Json::object({{"database", "sqlite"}});
    make_site();
  }
  // The store says so; what the world would have to do for it is tested in tests/plant.
  void break_store(ErrorCode code) {
    auto before = set_log_sink([](LogLevel, std::string_view) {});
    engine_->health().note({.code = code});
    set_log_sink(std::move(before));
  }
  void mend_store() {
    auto before = set_log_sink([](LogLevel, std::string_view) {});
    engine_->health().note_success();
    set_log_sink(std::move(before));
  }

  std::vector<std::string> lines_;
};

TEST_F(OpsTest, TroubleIsOnEveryAnswerAndCommandsAreRefusedReadably) {
  log_in("worker111");
  struct Case {
    ErrorCode code;
    int status;
    const char* told;
    const char* refused;
  };
  for (const Case& one : {Case{ErrorCode::DiskFull, 507, "disk_full", "disk_full"},
                          Case{ErrorCode::ReadOnly, 503, "read_only", "read_only"},
                          Case{ErrorCode::StoreFailed, 503, "store_lost", "read_only"}}) {
    EXPECT_EQ(ask(get("/api/me")).header("X-Anlan-Trouble"), "");
    break_store(one.code);
    Answer health = ask(get("/api/health"));
    EXPECT_EQ(health.status, 200);
    EXPECT_EQ(body_of(health).text_or("status", ""), "degraded");
    EXPECT_EQ(body_of(health).text_or("trouble", ""), one.told);
    EXPECT_TRUE(check_shape("Health", body_of(health)));
    for (const char* path : {"/api/me", "/m/", "/api/nothing"}) {
      EXPECT_EQ(ask(get(path)).header("X-Anlan-Trouble"), one.told) << path;
    }
    Answer refused = ask(post("/api/me/language", Json::object({{"language", "en"}})));
    EXPECT_EQ(refused.status, one.status);
    EXPECT_EQ(code_of(refused), one.refused);
    mend_store();
    EXPECT_EQ(ask(post("/api/me/language", Json::object({{"language", "en"}}))).status, 200);
  }
}

TEST_F(OpsTest, StatusIsForAdministratorsOnly) {
  EXPECT_EQ(ask(get("/api/status")).status, 401);
  log_in("worker111");
  EXPECT_EQ(ask(get("/api/status")).status, 403);
  log_in("admin");
  folder_.write("backup.json", R"({"at":"2026-03-01T20:00:00.000Z","folder":"/backups/a"})");
  Answer answer = ask(get("/api/status"));
  ASSERT_EQ(answer.status, 200) << answer.body;
  Json body = body_of(answer);
  EXPECT_TRUE(check_shape("Status", body)) << answer.body;
  EXPECT_EQ(body["keys"].as_array().size(), 1U);
  EXPECT_TRUE(body["store"].bool_or("is_writable", false));
  EXPECT_EQ(body["schema"], Json::array()) << "nothing is under way";
  EXPECT_GT(body["store"].int_or("bytes", 0), 0);
  EXPECT_FALSE(body["backup"].bool_or("is_due", true));
  EXPECT_TRUE(body["time"]["is_trusted"] == Json(true) ||
              body["time"]["is_trusted"] == Json(false));
  clock_.advance(Duration::days(1));
  log_in("admin");
  EXPECT_TRUE(body_of(ask(get("/api/status")))["backup"].bool_or("is_due", false));
}

TEST_F(OpsTest, StatusCountsThePhotosThatWaitToBeLookedAt) {
  log_in("admin");
  // The seed brings pictures of its own.
  int64_t before = body_of(ask(get("/api/status")))["vision"].int_or("waiting", -1);
  ASSERT_GE(before, 0);
  log_in("worker111");
  std::ifstream in("tests/data/phone.jpg", std::ios::binary);
  std::string photo(std::istreambuf_iterator<char>(in), {});
  std::string name = to_hex(sha256(photo));
  Request put{.method = Method::Put,
              .path = "/api/blobs/" + name,
              .query = "offset=0&total=" + std::to_string(photo.size()),
              .body = photo};
  add_session(put);
  ASSERT_EQ(ask(put).status, 200);
  Json areas = body_of(ask(get("/api/records/area", "limit=1")));
  Json file = Json::object({{"sha256", name}, {"name", "a.jpg"}});
  Json fields = Json::object({{"area", areas["rows"].as_array()[0]["id"]},
                              {"photos", Json::array({file})},
                              {"category", "guarding"},
                              {"consequence", "light"},
                              {"exposure", "now"}});
  ASSERT_EQ(ask(post("/api/records/hazard", Json::object({{"fields", fields}}))).status, 201);
  log_in("admin");
  Json vision = body_of(ask(get("/api/status")))["vision"];
  EXPECT_EQ(vision["waiting"], Json(before + 1));
  EXPECT_EQ(vision["is_up"], Json(false));
}

TEST_F(OpsTest, MetricsAreForThisMachineAndAdministrators) {
  Request foreign = get("/metrics");
  EXPECT_EQ(ask(foreign).status, 401);
  Request local = get("/metrics");
  local.address = "127.0.0.1";
  Answer answer = ask(local);
  ASSERT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.type.starts_with("text/plain; version=0.0.4"));
  EXPECT_TRUE(answer.body.contains("\nanlan_up_to_write 1\n")) << answer.body;
  EXPECT_TRUE(answer.body.contains("anlan_requests_total{status=\"4xx\"} 1\n"));
  EXPECT_TRUE(answer.body.contains("anlan_request_seconds_bucket{le=\"+Inf\"}"));
  log_in("worker111");
  EXPECT_EQ(ask(get("/metrics")).status, 403);
  log_in("admin");
  EXPECT_EQ(ask(get("/metrics")).status, 200);
}

TEST_F(OpsTest, LogLineNamesTheRouteAndNeverThePathTheTokenOrThePerson) {
  log_in("worker111");
  lines_.clear();
  std::string id = "01a20170-fab2-708a-b5bb-1684db5f7e77";
  Request request = get("/api/records/hazard/" + id, "q=secret");
  Answer answer = ask(request);
  ASSERT_EQ(lines_.size(), 1U);
  Json line = parse_json(lines_[0]).value();
  EXPECT_EQ(line.text_or("route", ""), "/api/records/{form}/{id}");
  EXPECT_EQ(line.int_or("status", 0), answer.status);
  EXPECT_EQ(line.text_or("request", ""), answer.header("X-Request-Id"));
  EXPECT_EQ(line.text_or("method", ""), "GET");
  for (const std::string& hidden :
       {id, std::string("secret"), session_, std::string("worker"), std::string("10.0.0.7")}) {
    EXPECT_FALSE(lines_[0].contains(hidden)) << hidden;
  }
}

TEST_F(OpsTest, ReportsWithoutANameLeaveNoLine) {
  Request request{.method = Method::Post, .path = "/api/anonymous/thread", .body = "{}"};
  request.headers["content-type"] = "application/json";
  (void)ask(request);
  EXPECT_TRUE(lines_.empty());
}

TEST_F(OpsTest, DiagnosticsHoldNoPersonAndNoSecret) {
  log_in("worker111");
  EXPECT_EQ(ask(get("/api/diagnostics.zip")).status, 403);
  log_in("admin");
  Answer answer = ask(get("/api/diagnostics.zip"));
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.type, "application/zip");
  for (const char* part : {"status.json", "store.json", "log.jsonl", "metrics.txt", "counters.json",
                           "about.json", "change_log", "store.1"}) {
    EXPECT_TRUE(answer.body.contains(part)) << part;
  }
  // Nobody's name or log-in, no token, no hash of a password, no path of this machine.
  auto view = engine_->database().snapshot().value();
  auto people = view->query({"SELECT login, name FROM person"}).value();
  ASSERT_GT(people.size(), 20U);
  for (std::size_t i = 0; i < people.size(); ++i) {
    // "admin" and the like are words of every text.
    if (people[i].text("login").size() > 6) {
      EXPECT_FALSE(answer.body.contains(people[i].text("login")));
    }
    EXPECT_FALSE(answer.body.contains(people[i].text("name")));
  }
  EXPECT_FALSE(answer.body.contains(session_));
  EXPECT_FALSE(answer.body.contains("argon2"));
  EXPECT_FALSE(answer.body.contains(folder_.path()));
}

TEST(ZipPlain, IsReadBackByAnotherProgram) {
  TestFolder folder;
  std::string zip = zip_of({{"a.txt", "one\n"}, {"b.txt", ""}});
  std::string path = folder.write("x.zip", zip);
  // libarchive's tar, or Info-ZIP, or Python: whichever is here must agree.
  std::string command = "python3 -c \"import zipfile,sys; z=zipfile.ZipFile('" + path +
                        "'); sys.exit(0 if z.testzip() is None and z.read('a.txt')==b'one\\n' and "
                        "z.read('b.txt')==b'' else 1)\"";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace anlan::api
