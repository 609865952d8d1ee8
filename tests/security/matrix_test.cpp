// Which role may call which route: every route of routes.def against every role of the packs and
// against nobody, as tests/security/matrix.txt says. A new route without a row fails, and so does a
// right that opened or closed. ANLAN_SHOW_MATRIX=1 prints the table as it is, to be read and kept.

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "api/api_fixture.h"
#include "api/routes.h"
#include "api/schema.h"
#include "core/log.h"

namespace anlan::api {
namespace {

constexpr const char* kTable = "tests/security/matrix.txt";

const Json& shape_of(std::string_view name) { return schemas()[name]; }

// A value that fits the shape, as small as can be: so that rights are asked and not the shape.
Json sample_of(const Json& schema) {
  if (schema["$ref"].is_text()) {
    std::string name = schema["$ref"].as_text();
    return sample_of(shape_of(name.substr(name.rfind('/') + 1)));
  }
  if (schema["enum"].is_array()) return schema["enum"].as_array().front();
  std::string type = schema["type"].is_array() ? schema["type"].as_array().front().as_text()
                                               : schema.text_or("type", "");
  if (type == "string") {
    if (schema.text_or("format", "") == "uuid") return "01a20170-fab2-708a-b5bb-1684db5f7e77";
    if (schema.text_or("format", "") == "sha256") return std::string(64, 'a');
    return std::string(
        static_cast<std::size_t>(std::max<int64_t>(1, schema.int_or("minLength", 1))), 'x');
  }
  if (type == "integer" || type == "number") return schema.int_or("minimum", 1);
  if (type == "boolean") return false;
  if (type == "array") return Json::array();
  Json out = Json::object();
  if (!schema["required"].is_array()) return out;
  for (const Json& name : schema["required"].as_array()) {
    out.set(name.as_text(), sample_of(schema["properties"][name.as_text()]));
  }
  return out;
}

class MatrixTest : public ApiTest {
 protected:
  void SetUp() override {
    before_ = set_log_sink([](LogLevel, std::string_view) {});
    constexpr Rate kAny{.per_minute = 1'000'000'000, .burst = 1'000'000'000};
    config_.rates = {.address = kAny, .session = kAny, .login = kAny, .login_address = kAny};
    ApiTest::SetUp();
    read_people();
    make_records();
  }
  void TearDown() override {
    engine_.reset();
    set_log_sink(std::move(before_));
  }

  // For each role somebody who holds it and as little else as possible.
  void read_people() {
    std::ifstream in("packs/plant/seed/demo.json");
    std::string text(std::istreambuf_iterator<char>(in), {});
    std::map<std::string, std::size_t> fewest;
    Json seed = parse_json(text, 4 << 20).value();
    for (const Json& person : seed["people"].as_array()) {
      std::string all = person.text_or("roles", "");
      auto grants = split(all, ';');
      for (std::string_view grant : grants) {
        std::string role(grant.substr(0, grant.find('@')));
        if (role.empty() || (fewest.contains(role) && fewest[role] <= grants.size())) continue;
        fewest[role] = grants.size();
        people_[role] = person.text_or("login", "");
      }
    }
  }

  // One hazard of worker111 with its task, and what else an id may mean.
  void make_records() {
    log_in("worker111");
    Json areas = body_of(ask(get("/api/records/area", "limit=200")));
    std::string area;
    for (const Json& row : areas["rows"].as_array()) {
      if (row.text_or("code", "") == "A1") area = row.text_or("id", "");
    }
    std::ifstream in("tests/data/phone.jpg", std::ios::binary);
    std::string photo(std::istreambuf_iterator<char>(in), {});
    sha256_ = to_hex(sha256(photo));
    Request put{.method = Method::Put,
                .path = "/api/blobs/" + sha256_,
                .query = "offset=0&total=" + std::to_string(photo.size()),
                .body = photo};
    add_session(put);
    ASSERT_EQ(ask(put).status, 200);
    Json photos = Json::array({Json::object({{"sha256", sha256_}, {"name", "a.jpg"}})});
    Json fields = Json::object({{"area", area},
                                {"photos", photos},
                                {"category", "guarding"},
                                {"consequence", "light"},
                                {"exposure", "now"}});
    Answer made = ask(post("/api/records/hazard", Json::object({{"fields", fields}})));
    ASSERT_EQ(made.status, 201) << made.body;
    hazard_ = body_of(made)["record"].text_or("id", "");
    log_in("leader11");
    Json seen = body_of(ask(get("/api/records/hazard/" + hazard_)));
    ASSERT_FALSE(seen["tasks"].as_array().empty());
    task_ = seen["tasks"].as_array()[0].text_or("id", "");
    log_in("worker112");
    other_ = body_of(ask(get("/api/me"))).text_or("id", "");
    engine_->watch();  // the seed's tags and badges become known
    log_in("control1");
    permit_ = first_of("/api/records/permit", "id", permit_);
    tag_ = first_of("/api/tags", "code", tag_);
    log_in("director");
    badge_ = first_of("/api/records/badge", "id", badge_);
    Answer begun = ask(post("/api/responses", Json::object({{"mode", "drill"}, {"area", "A1"}})));
    ASSERT_EQ(begun.status, 201) << begun.body;
    response_ = body_of(begun)["record"].text_or("id", "");
  }

  std::string first_of(const std::string& path, const char* member, const std::string& otherwise) {
    Json page = body_of(ask(get(path, path.starts_with("/api/records") ? "limit=1" : "")));
    if (!page["rows"].is_array() || page["rows"].as_array().empty()) return otherwise;
    return page["rows"].as_array()[0].text_or(member, "");
  }

  std::string path_of(const Route& route) {
    std::string out;
    for (std::string_view part : split(route.path, '/')) {
      if (part.empty()) continue;
      out += "/";
      if (part == "{form}") out += "hazard";
      else if (part == "{sha256}") out += sha256_;
      else if (part == "{code}") out += tag_;
      else if (part == "{id}" && route.path.starts_with("/api/records")) out += hazard_;
      else if (part == "{id}" && route.path.starts_with("/api/tasks")) out += task_;
      else if (part == "{id}" && route.path.starts_with("/api/permits")) out += permit_;
      else if (part == "{id}" && route.path.starts_with("/api/responses")) out += response_;
      else if (part == "{id}" && route.path.starts_with("/api/people")) out += other_;
      else if (part == "{badge}") out += badge_;
      else if (part.starts_with('{')) out += "01a20170-fab2-708a-b5bb-1684db5f7e77";
      else out += part;
    }
    return out;
  }

  // Where the smallest body would be refused, or done, before anybody asks about rights.
  Json body_for(const Route& route) {
    Json body = sample_of(shape_of(route.request));
    if (route.name == "import_records") body.set("rows", Json::array({Json::object()}));
    if (route.name == "begin_view") body.set("person", other_);
    if (route.name == "roll_call") body.set("badge", badge_);
    if (route.name == "anonymous_report") body.set("form", "hazard");
    if (route.name == "hand_over_task" || route.name == "hand_over_tasks") body.set("to", other_);
    if (route.name == "transfer_task" || route.name == "delegate_task") body.set("to", other_);
    if (route.name == "add_sign" || route.name == "copy_task") {
      body.set("to", Json::array({other_}));
    }
    if (route.name == "remove_sign") body.set("person", other_);
    return body;
  }

  Request request_for(const Route& route) {
    Request request{.method = route.method, .path = path_of(route)};
    if (route.name == "track") request.query = "purpose=test";
    if (route.name == "export_records") request.query = "kind=csv";
    if (route.name == "policy_matrix") request.query = "form=hazard";
    if (route.name == "policy_who") request.query = "form=hazard&field=fund";
    if (route.name == "policy_why") {
      request.query = "form=hazard&field=fund&person=" + other_ + "&record=" + hazard_;
    }
    if (route.name == "trend") {
      request.query = "from=2026-03-02T07:00:00Z&to=2026-03-02T08:00:00Z&points=10";
    }
    if (route.name == "put_blob" || route.name == "anonymous_blob") {
      request.query = "offset=0&total=1";
      request.body = "x";
    }
    if (route.name == "count_records") request.query = "by=state";
    if (route.has_json_body()) {
      request.body = write_json(body_for(route));
      request.headers["content-type"] = "application/json";
    }
    request.headers["idempotency-key"] = format_uuid(keys_.next());
    return request;
  }

  // '+': rights let it pass, whatever came then. '-': refused for who asks, or hidden from him.
  char ask_as(const Route& route, const std::string& login) {
    session_.clear();
    if (!login.empty()) {
      std::string& kept = sessions_[login];
      if (kept.empty()) log_in(login);
      if (kept.empty()) kept = session_;
      session_ = kept;
    }
    Request request = request_for(route);
    add_session(request);
    Answer answer = ask(request);
    EXPECT_LT(answer.status, 500) << route.name << " as " << login << ": " << answer.body;
    bool is_refused = answer.status == 401 || answer.status == 403 || answer.status == 404;
    if (code_of(answer) == "login_failed") is_refused = false;  // anybody may try
    return is_refused ? '-' : '+';
  }

  LogSink before_;
  std::map<std::string, std::string> people_, sessions_;
  std::string sha256_, hazard_, task_, other_, permit_ = "01a20170-fab2-708a-b5bb-1684db5f7e77";
  std::string tag_ = "none", badge_ = permit_, response_;
};

// What ends the session or the password of the one who asks is not tried for everybody.
bool ends_the_asker(const Route& route) {
  return route.name == "logout" || route.name == "change_password";
}

TEST_F(MatrixTest, EveryRouteAnswersEveryRoleAsTheTableSays) {
  std::vector<std::string> roles;
  for (const auto& [role, login] : people_) roles.push_back(role);
  std::map<std::string, std::string> known;
  std::ifstream in(kTable);
  std::string line, header;
  while (std::getline(in, line)) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    std::string name, cells;
    words >> name >> cells;
    known[name] = cells;
  }
  bool is_shown = std::getenv("ANLAN_SHOW_MATRIX") != nullptr;
  std::string expected_roles = "nobody";
  for (const std::string& role : roles) expected_roles += "," + role;
  if (is_shown) std::printf("columns %s\n", expected_roles.c_str());
  EXPECT_EQ(known["columns"], expected_roles) << "a role without a column, or a column too many";
  known.erase("columns");
  for (const Route& route : routes()) {
    std::string cells(1, ask_as(route, ""));
    for (const std::string& role : roles) {
      cells += ends_the_asker(route) ? '+' : ask_as(route, people_[role]);
    }
    if (is_shown) std::printf("%s %s\n", std::string(route.name).c_str(), cells.c_str());
    auto row = known.find(std::string(route.name));
    if (row == known.end()) {
      ADD_FAILURE() << "no row in " << kTable << " for " << route.name << ", it is " << cells;
      continue;
    }
    EXPECT_EQ(cells, row->second) << route.name << " (" << expected_roles << ")";
    // Two statements of one thing: what the route table calls public, and what nobody gets.
    if (route.who != Who::Public) {
      EXPECT_EQ(cells.front(), '-') << route.name;
    }
    known.erase(row);
  }
  for (const auto& [name, cells] : known) ADD_FAILURE() << "a row without a route: " << name;
}

}  // namespace
}  // namespace anlan::api
