#pragma once
// Test helper: the demo plant behind a Site, on one thread: nothing happens that a test did not ask
// for, and the clock stands still until it is moved.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "api/live.h"
#include "api/site.h"
#include "core/hash.h"
#include "core/text.h"
#include "engine/engine.h"
#include "tests/support/temp_folder.h"

namespace anlan::api {

class TestFolder : public test::TempFolder {
 public:
  TestFolder() : test::TempFolder("api") {}
  std::string write(const std::string& name, const std::string& bytes) const {
    std::filesystem::path path = std::filesystem::path(TempFolder::path()) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
  }
};

inline const Instant kTestStart = parse_instant("2026-03-02T08:00:00Z").value();
inline constexpr std::string_view kDemoPassword = "Anlan-Demo-2026";

inline engine::Config test_engine_config(const std::string& folder, Clock& clock, Random& random) {
  return {.store = {.database = "sqlite:" + folder + "/anlan.db",
                    .folder = folder,
                    .plant = "test",
                    .clock = clock,
                    .random = random,
                    .sync = false},
          .pack_folders = {"packs"}};
}

class ApiTest : public ::testing::Test {
 protected:
  void SetUp() override {
    engine::Config of_engine = test_engine_config(folder_.path(), clock_, random_);
    for (const char* folder : more_packs_) of_engine.pack_folders.emplace_back(folder);
    auto opened = engine::Engine::open(of_engine);
    ASSERT_TRUE(opened) << opened.error().detail;
    engine_ = std::move(*opened);
    auto seeded = is_seeded_ ? engine::seed_demo(*engine_) : Result<void>{};
    ASSERT_TRUE(seeded) << seeded.error().detail << " " << seeded.error().field;
    folder_.write("web/m/index.html", "<!doctype html><title>m</title>");
    folder_.write("web/api-docs/index.html", "<!doctype html><title>docs</title>");
    folder_.write("web/ca/index.html", "<!doctype html><title>ca</title>");
    config_.web_folder = folder_.path() + "/web";
    config_.folder = folder_.path();
    config_.plain_http = true;
    make_site();
  }

  void make_site() {
    site_ = std::make_unique<Site>(*engine_, config_, pool_);
    auto prepared = site_->prepare();
    ASSERT_TRUE(prepared) << prepared.error().detail;
  }

  Answer ask(Request request) {
    if (request.address.empty()) request.address = "10.0.0.7";
    request.headers.try_emplace("host", "anlan.test:8443");
    std::optional<Answer> answer;
    site_->handle(std::move(request), [&](Answer given) { answer = std::move(given); });
    for (int i = 0; i < 100 && !answer; ++i) {
      if (!pool_.run_one()) engine_->turn();
    }
    while (pool_.run_one()) {
    }
    EXPECT_TRUE(answer) << "no answer came";
    return answer.value_or(Answer{.status = 0});
  }

  static Json body_of(const Answer& answer) {
    return parse_json(answer.body, 16 << 20).value_or(Json());
  }
  static std::string code_of(const Answer& answer) {
    return body_of(answer)["error"].text_or("code", "");
  }

  Request get(std::string path, std::string query = {}) {
    Request request{.path = std::move(path), .query = std::move(query)};
    add_session(request);
    return request;
  }
  Request post(std::string path, const Json& body) {
    Request request{.method = Method::Post, .path = std::move(path), .body = write_json(body)};
    request.headers["content-type"] = "application/json";
    request.headers["idempotency-key"] = format_uuid(keys_.next());
    add_session(request);
    return request;
  }
  void add_session(Request& request) const {
    if (session_.empty()) return;
    request.headers["cookie"] = "other=1; anlan=" + session_;
    request.headers["x-anlan"] = "1";
  }

  Answer try_login(const std::string& login, std::string_view password) {
    session_.clear();
    Answer answer =
        ask(post("/api/login",
                 Json::object({{"login", login}, {"password", password}, {"client", "desk"}})));
    take_cookie(answer);
    return answer;
  }
  void take_cookie(const Answer& answer) {
    std::string_view set = answer.header("Set-Cookie");
    if (set.starts_with("anlan=")) session_ = set.substr(6, set.find(';') - 6);
  }
  void log_in(const std::string& login) {
    Answer answer = try_login(login, kDemoPassword);
    ASSERT_EQ(answer.status, 200) << answer.body;
    ASSERT_FALSE(session_.empty());
  }

  TestFolder folder_;
  ManualClock clock_{kTestStart};
  SeededRandom random_{7};
  SeededRandom key_random_{11};
  IdMaker keys_{clock_, key_random_};
  bool is_seeded_ = true;
  std::vector<const char*> more_packs_{};  // folders of packs beside those of the product
  ServerConfig config_;
  std::unique_ptr<engine::Engine> engine_;
  Pool pool_{0};
  std::unique_ptr<Site> site_;
  std::string session_;
};

}  // namespace anlan::api
