// The administrator's questions about rights, and looking with a person's eyes.

#include <set>

#include "api/api_fixture.h"

namespace anlan::api {
namespace {

class PolicyTest : public ApiTest {
 protected:
  std::string id_of_person(const std::string& login) {
    log_in("admin");
    Json rows = body_of(ask(get("/api/people", "q=" + login)))["rows"];
    for (const Json& row : rows.as_array()) {
      if (row.text_or("login", "") == login) return row.text_or("id", "");
    }
    ADD_FAILURE() << "nobody is called " << login;
    return {};
  }
  std::string first_record(const std::string& form) {
    Json page = body_of(ask(get("/api/records/" + form, "limit=1")));
    EXPECT_FALSE(page["rows"].as_array().empty()) << form;
    return page["rows"].as_array().at(0).text_or("id", "");
  }
  // With the view of this answer from here on.
  void look_through(const Answer& answer) {
    std::string_view set = answer.header("Set-Cookie");
    ASSERT_TRUE(set.starts_with("anlan-view=")) << set;
    EXPECT_TRUE(set.contains("HttpOnly") && set.contains("SameSite=Strict"));
    session_ += "; " + std::string(set.substr(0, set.find(';')));
  }
  Answer begin(const std::string& person, std::string_view reason = "hotline 4711") {
    return ask(
        post("/api/view-as", Json::object({{"person", person}, {"reason", std::string(reason)}})));
  }
};

TEST_F(PolicyTest, TheMatrixHoldsEveryRoleStateAndNode) {
  log_in("admin");
  Json matrix = body_of(ask(get("/api/policy/matrix", "form=hazard")));
  auto role = [&](std::string_view id) {
    for (const Json& one : matrix["roles"].as_array()) {
      if (one["id"] == Json(std::string(id))) return one;
    }
    return Json();
  };
  EXPECT_EQ(role("worker")["modes"]["fund"], Json("hidden"));
  EXPECT_EQ(role("safety_officer")["modes"]["fund"], Json("read"));
  EXPECT_GT(role("worker").int_or("people", 0), 10);
  EXPECT_FALSE(matrix["states"].as_array().empty());
  bool has_plan = false;
  for (const Json& node : matrix["nodes"].as_array()) {
    has_plan |= node["modes"]["fund"] == Json("write");
  }
  EXPECT_TRUE(has_plan);
  log_in("worker111");
  EXPECT_EQ(ask(get("/api/policy/matrix", "form=hazard")).status, 403);
}

TEST_F(PolicyTest, ItIsToldWhoSeesAFieldAndByWhatRight) {
  log_in("admin");
  Json who = body_of(ask(get("/api/policy/who", "form=hazard&field=fund")));
  std::set<std::string> roles;
  for (const Json& right : who["rights"].as_array()) {
    EXPECT_NE(right["mode"], Json("hidden"));
    EXPECT_TRUE(right.text_or("right", "").starts_with("rights["));
    EXPECT_EQ(right["pack"].text_or("en", ""), "Hazard loop");
    EXPECT_GE(right.int_or("number", 0), 1);
    roles.insert(right.text_or("role", ""));
  }
  EXPECT_TRUE(roles.contains("safety_officer"));
  EXPECT_FALSE(roles.contains("worker"));
  EXPECT_FALSE(who["nodes"].as_array().empty());
  EXPECT_EQ(ask(get("/api/policy/who", "form=hazard&field=gone")).status, 404);
}

TEST_F(PolicyTest, ItIsToldWhySomebodySeesAFieldOrNot) {
  std::string worker = id_of_person("worker111");
  log_in("director");
  std::string area = first_record("area");
  log_in("admin");
  auto why = [&](const std::string& field) {
    return body_of(ask(get("/api/policy/why",
                           "form=area&record=" + area + "&field=" + field + "&person=" + worker)));
  };
  Json seen = why("name_zh");
  EXPECT_EQ(seen["mode"], Json("read")) << write_json(seen);
  EXPECT_EQ(seen["is_reached"], Json(true));
  ASSERT_FALSE(seen["steps"].as_array().empty());
  EXPECT_EQ(seen["steps"].as_array()[0]["key"], Json("right_counts"));
  std::string nobody = worker;
  EXPECT_EQ(ask(get("/api/policy/why", "form=area&field=gone&record=" + area + "&person=" + nobody))
                .status,
            404);
}

TEST_F(PolicyTest, OtherRolesAreComparedBeforeTheyArePublished) {
  log_in("admin");
  Json role = parse_json(R"({"id":"worker","name":{"zh":"z","en":"Worker"},"rights":[
    {"form":"area","actions":["list","read","export"],"scope":"all","fields":{"*":"read"}}]})")
                  .value();
  Answer answer =
      ask(post("/api/policy/difference", Json::object({{"roles", Json::array({role})}})));
  ASSERT_EQ(answer.status, 200) << answer.body;
  bool gains_export = false;
  bool loses_hazard = false;
  Json differences = body_of(answer)["differences"];
  for (const Json& one : differences.as_array()) {
    if (one["role"] != Json("worker")) continue;
    gains_export |= one["change"] == Json("gains_action") && one["form"] == Json("area") &&
                    one["action"] == Json("export");
    loses_hazard |= one["change"] == Json("loses_action") && one["form"] == Json("hazard") &&
                    one["action"] == Json("read");
  }
  EXPECT_TRUE(gains_export);
  EXPECT_TRUE(loses_hazard);
  role.set("rights",
           parse_json(R"([{"form":"area","actions":["read"],"scope":"=gone = 1"}])").value());
  Answer bad = ask(post("/api/policy/difference", Json::object({{"roles", Json::array({role})}})));
  EXPECT_EQ(code_of(bad), "bad_pack");
}

TEST_F(PolicyTest, AnAdministratorLooksWithAPersonsEyesAndChangesNothing) {
  std::string worker = id_of_person("worker111");
  log_in("admin");
  EXPECT_EQ(ask(get("/api/records/area", "limit=1")).status, 200);
  int64_t leaves = body_of(ask(get("/api/ledger/head"))).int_or("size", 0);
  Answer begun = begin(worker);
  ASSERT_EQ(begun.status, 200) << begun.body;
  look_through(begun);
  Json me = body_of(ask(get("/api/me")));
  EXPECT_EQ(me["login"], Json("worker111"));
  EXPECT_FALSE(me.text_or("viewer", "").empty());
  // What the person may not, the viewer may not now either.
  EXPECT_EQ(ask(get("/api/status")).status, 403);
  EXPECT_EQ(ask(get("/api/policy/matrix", "form=hazard")).status, 403);
  // No change, by whatever road: also those that look like questions.
  Answer changed = ask(post("/api/me/language", Json::object({{"language", "en"}})));
  EXPECT_EQ(changed.status, 403) << changed.body;
  EXPECT_EQ(ask(get("/api/export/hazard", "kind=csv")).status, 403);
  engine_->turn();
  Answer ended = ask(post("/api/view-as/end", Json::object()));
  EXPECT_EQ(ended.status, 200) << ended.body;
  EXPECT_TRUE(ended.header("Set-Cookie").contains("Max-Age=0"));
  // The view is over, whoever still shows the cookie.
  EXPECT_EQ(ask(get("/api/me")).status, 403);
  log_in("admin");
  EXPECT_GT(body_of(ask(get("/api/ledger/head"))).int_or("size", 0) + 1, leaves);
  log_in("worker111");
  Json looks = body_of(ask(get("/api/me/looks")))["rows"];
  ASSERT_EQ(looks.as_array().size(), 1U);
  EXPECT_EQ(looks.as_array()[0]["purpose"], Json("hotline 4711"));
}

TEST_F(PolicyTest, AViewIsForAdministratorsNeedsAReasonAndEndsByItself) {
  std::string worker = id_of_person("worker111");
  // A phone's session outlives the view.
  session_.clear();
  Json words = Json::object({{"login", "admin"}, {"password", kDemoPassword}, {"client", "m"}});
  take_cookie(ask(post("/api/login", words)));
  EXPECT_EQ(code_of(begin(worker, " ")), "missing_field");
  Answer begun = begin(worker);
  std::string view = session_;
  look_through(begun);
  std::string cookies = session_.substr(view.size());
  EXPECT_EQ(ask(get("/api/me")).status, 200);
  clock_.advance(Duration::minutes(31));
  EXPECT_EQ(ask(get("/api/me")).status, 403);
  // It belongs to one session: in another the cookie means nothing.
  log_in("director");
  EXPECT_EQ(begin(worker).status, 403);
  session_ += cookies;
  EXPECT_EQ(body_of(ask(get("/api/me")))["login"], Json("director"));
}

}  // namespace
}  // namespace anlan::api
