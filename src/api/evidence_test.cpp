#include "api/api_fixture.h"
#include "api/schema.h"
#include "core/log.h"

namespace anlan::api {
namespace {

// The smallest photo that our reader takes: one grey pixel.
std::string pixel() {
  auto segment = [](char marker, std::string_view body) {
    std::size_t size = body.size() + 2;
    return std::string{'\xff', marker, static_cast<char>(size >> 8), static_cast<char>(size)} +
           std::string(body);
  };
  using namespace std::string_view_literals;
  std::string table(65, '\1');
  table[0] = '\0';
  return "\xff\xd8" + segment('\xdb', table) +
         segment('\xc0', "\x08\x00\x01\x00\x01\x01\x01\x11\x00"sv) +
         segment('\xda', "\x01\x01\x00\x00\x3f\x00"sv) + "\x3f\xff\xd9";
}

class EvidenceApiTest : public ApiTest {
 protected:
  std::string area(const std::string& code) {
    log_in("director");
    Answer answer = ask(
        get("/api/records/area", "filter=" + encode_percent(R"(["eq","code",")" + code + R"("])")));
    session_.clear();
    return body_of(answer)["rows"].as_array().at(0).text_or("id", "");
  }
  Json hazard(const Json& photos) {
    return Json::object({{"photos", photos},
                         {"area", area_},
                         {"category", "leak"},
                         {"consequence", "light"},
                         {"exposure", "daily"}});
  }
  Request put(const std::string& path, std::string query, std::string bytes) {
    Request request = get(path, std::move(query));
    request.method = Method::Put;
    request.body = std::move(bytes);
    return request;
  }
  static Json items(const std::string& sha) {
    return Json::array({Json::object({{"sha256", sha}, {"name", "a.jpg"}})});
  }

  // How many cells of all tables hold the text.
  std::size_t cells_with(std::string_view text) {
    auto view = engine_->database().snapshot().value();
    auto tables = view->query({"SELECT name FROM sqlite_master WHERE type = 'table'"}).value();
    std::size_t count = 0;
    for (std::size_t i = 0; i < tables.size(); ++i) {
      auto rows = view->query({"SELECT * FROM \"" + tables[i].text("name") + "\""});
      if (!rows) continue;
      for (const auto& cells : rows->cells()) {
        for (const store::Value& cell : cells) {
          if (const auto* word = std::get_if<std::string>(&cell)) count += word->contains(text);
          if (const auto* blob = std::get_if<store::Blob>(&cell)) {
            count += blob->bytes.contains(text);
          }
        }
      }
    }
    return count;
  }

  std::string area_;
};

TEST_F(EvidenceApiTest, AReportWithoutANameLeavesNoTraceOfItsSender) {
  area_ = area("A1");
  log_in("worker111");
  Json me = body_of(ask(get("/api/me")));
  std::string person = me.text_or("id", "");
  std::vector<std::string> lines;
  LogSink before = set_log_sink([&](LogLevel, std::string_view line) { lines.emplace_back(line); });
  config_.outside.request_log = [&](std::string_view line) { lines.emplace_back(line); };
  make_site();
  std::size_t named = cells_with(person);
  std::size_t sessions = cells_with(session_);
  auto from_outside = [&](Request request) {  // with the session that the browser sends along
    request.address = "203.0.113.77";
    request.headers["user-agent"] = "TellTale/9.9";
    return ask(std::move(request));
  };
  std::string bytes = pixel();
  std::string sha = to_hex(sha256(bytes));
  Answer made = from_outside(
      post("/api/anonymous", Json::object({{"form", "hazard"}, {"fields", hazard(items(sha))}})));
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_TRUE(check_shape("AnonymousAnswer", body_of(made)));
  std::string code = body_of(made).text_or("code", "");
  std::string query = "offset=0&total=" + std::to_string(bytes.size()) + "&code=" + code;
  Answer sent = from_outside(put("/api/anonymous/blobs/" + sha, query, bytes));
  EXPECT_EQ(sent.status, 200) << sent.body;
  Json with_code = Json::object({{"code", code}});
  Json message = with_code;
  message.set("text", "The left one");
  EXPECT_EQ(from_outside(post("/api/anonymous/message", message)).status, 200);
  Answer thread = from_outside(post("/api/anonymous/thread", with_code));
  EXPECT_TRUE(check_shape("AnonymousThread", body_of(thread))) << thread.body;
  Json file = with_code;
  file.set("sha256", sha);
  Answer picture = from_outside(post("/api/anonymous/file", file));
  EXPECT_EQ(picture.body, bytes);
  EXPECT_EQ(picture.type, "image/jpeg");
  EXPECT_NE(picture.header("Content-Security-Policy").find("sandbox"), std::string_view::npos);
  // Refused ones leave nothing either.
  EXPECT_EQ(from_outside(post("/api/anonymous/thread", Json::object({{"code", "none"}}))).status,
            404);

  EXPECT_EQ(cells_with(person), named) << "the session that came along says who it was";
  EXPECT_EQ(cells_with(session_), sessions);
  const std::vector<std::string> traces{"203.0.113.77", "TellTale", code};
  for (const std::string& trace : traces) {
    EXPECT_EQ(cells_with(trace), 0U) << trace;
  }
  const std::vector<std::string> log_traces{"203.0.113.77", "TellTale", code, person,
                                            "/api/anonymous"};
  for (const std::string& line : lines) {
    for (const std::string& trace : log_traces) {
      EXPECT_FALSE(line.contains(trace)) << line;
    }
  }
  set_log_sink(std::move(before));
}

TEST_F(EvidenceApiTest, ARepeatedReportWithoutANameIsOneReport) {
  area_ = area("A1");
  Request report =
      post("/api/anonymous",
           Json::object({{"form", "hazard"}, {"fields", hazard(items(std::string(64, 'a')))}}));
  Json first = body_of(ask(report));
  Json again = body_of(ask(report));
  EXPECT_EQ(first["number"], again["number"]);
  EXPECT_FALSE(again.text_or("code", "").empty());
  report.headers.erase("idempotency-key");
  EXPECT_EQ(code_of(ask(report)), "missing_field");
}

TEST_F(EvidenceApiTest, ReportsWithoutANameAreLimitedByAddress) {
  config_.rates.anonymous_report = {.per_minute = 1, .burst = 1};
  make_site();
  Json body = Json::object({{"form", "hazard"}, {"fields", Json::object()}});
  EXPECT_NE(ask(post("/api/anonymous", body)).status, 429);
  EXPECT_EQ(ask(post("/api/anonymous", body)).status, 429);
  Request other = post("/api/anonymous", body);
  other.address = "10.0.0.8";
  EXPECT_NE(ask(other).status, 429);
}

TEST_F(EvidenceApiTest, EvidenceThreadAndDevicesAnswerInTheirShapes) {
  area_ = area("A1");
  log_in("worker111");
  std::string bytes = pixel();
  std::string sha = to_hex(sha256(bytes));
  ASSERT_EQ(
      ask(put("/api/blobs/" + sha, "offset=0&total=" + std::to_string(bytes.size()), bytes)).status,
      200);
  Json fields = Json::object({{"fields", hazard(items(sha))}});
  Answer made = ask(post("/api/records/hazard", fields));
  ASSERT_EQ(made.status, 201) << made.body;
  std::string path = "/api/records/hazard/" + body_of(made)["record"].text_or("id", "");
  Answer evidence = ask(get(path + "/evidence"));
  EXPECT_TRUE(check_shape("Evidence", body_of(evidence))) << evidence.body;
  EXPECT_EQ(body_of(evidence)["badge"], Json("amber"));
  Answer small = ask(get(path + "/files/" + sha, "size=thumb"));
  EXPECT_EQ(small.body, bytes) << "the file itself where there is no thumbnail";
  Answer written = ask(post(path + "/thread", Json::object({{"text", "Please look"}})));
  EXPECT_TRUE(check_shape("MessageAnswer", body_of(written))) << written.body;
  EXPECT_TRUE(check_shape("Thread", body_of(ask(get(path + "/thread")))));
  EXPECT_TRUE(check_shape("Devices", body_of(ask(get("/api/devices")))));
  EXPECT_EQ(code_of(ask(post("/api/devices", Json::object({{"key", "AAAA"}, {"name", "x"}})))),
            "bad_field");
  EXPECT_EQ(ask(get("/api/blobs/" + sha)).status, 200);
  log_in("worker112");
  EXPECT_EQ(body_of(ask(get("/api/blobs/" + sha)))["whole"], Json(false))
      << "a file of another person is no file of mine";
  EXPECT_EQ(code_of(ask(get("/api/records/hazard/none/evidence"))), "not_found");
}

}  // namespace
}  // namespace anlan::api
