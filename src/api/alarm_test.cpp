// What GET /api/alarms says each caller may press, and what an administrator reads of forms.

#include <algorithm>

#include "api/api_fixture.h"
#include "engine/alarm_view.h"
#include "history/history.h"

namespace anlan::api {
namespace {

// A role of its own reads the alarms of its part of the plant only.
constexpr const char* kPack = R"({"format":"anlan.pack/1","id":"alarm_neighbour","version":"1.0.0",
  "needs":["sensing"],"title":{"zh":"邻区","en":"Neighbour"}})";
constexpr const char* kRoles = R"({"format":"anlan.roles/1","roles":[{"id":"alarm_neighbour",
  "name":{"zh":"邻区人员","en":"Neighbour"},"rights":[{"form":"alarm","actions":["list","read"],
    "scope":["under","org_path",{"var":"my_orgs"}],"fields":{"*":"read"}}]}]})";

class AlarmTest : public ApiTest {
 protected:
  AlarmTest() {
    packs_ = folder_.path() + "/packs";
    folder_.write("packs/alarm_neighbour/pack.json", kPack);
    folder_.write("packs/alarm_neighbour/roles/roles.json", kRoles);
    more_packs_ = {packs_.c_str()};
  }
  void SetUp() override {
    ApiTest::SetUp();
    ASSERT_TRUE(engine_);
    engine_->watch();
    for (int second = 0; second < 10; ++second) {
      auto tag = engine_->sensing().find_tag("GAS-2107").value();
      Instant now = clock_.now();
      history::Sample sample{.tag = tag, .at = now, .received = now, .value = 90};
      ASSERT_TRUE(engine_->sensing().samples({&sample, 1}));
      engine_->watch();
      engine_->turn();
      clock_.advance(Duration::seconds(1));
    }
  }
  Json alarms_as(const std::string& login) {
    log_in(login);
    Answer answer = ask(get("/api/alarms"));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return body_of(answer)["rows"];
  }
  // Of the one alarm that was raised.
  Json buttons_for(const std::string& login) {
    Json rows = alarms_as(login);
    for (const Json& row : rows.as_array()) {
      if (row.text_or("code", "").starts_with("GAS-2107")) return row["buttons"];
    }
    ADD_FAILURE() << "no alarm of GAS-2107 for " << login << ": " << write_json(rows);
    return Json();
  }

  std::string packs_;
};

TEST_F(AlarmTest, EachCallerIsToldWhatHeMayPress) {
  EXPECT_EQ(buttons_for("worker111"), Json::array());
  EXPECT_EQ(buttons_for("control1"),
            Json::array({"ack", "reset", "shelve", "unshelve", "out_of_service", "order"}));
}

TEST_F(AlarmTest, WhatIsNotToldCannotBePressed) {
  Json rows = alarms_as("worker111");
  ASSERT_FALSE(rows.as_array().empty());
  const Json& row = rows.as_array()[0];
  Json body = Json::object({{"occurrence", row.text_or("occurrence", "")}});
  EXPECT_EQ(ask(post("/api/alarms/" + row.text_or("id", "") + "/ack", body)).status, 403);
}

// A page asks only for what changed: each reader gets the row as the whole list has it, or none.
TEST_F(AlarmTest, AChangedAlarmIsAskedForAloneByWhoMaySeeIt) {
  Json whole = alarms_as("control1");
  std::string id;
  for (const Json& row : whole.as_array()) {
    if (row.text_or("code", "").starts_with("GAS-2107")) id = row.text_or("id", "");
  }
  ASSERT_FALSE(id.empty());
  for (const char* login : {"control1", "worker111", "head1"}) {
    Json expected;
    Json all = alarms_as(login);
    for (const Json& row : all.as_array()) {
      if (row["id"] == Json(id)) expected = row;
    }
    Answer answer = ask(get("/api/alarms", "only=" + id));
    ASSERT_EQ(answer.status, 200) << login << answer.body;
    Json part = body_of(answer);
    EXPECT_TRUE(std::ranges::contains(part["of"].as_array(), Json(id))) << login;
    Json got;
    for (const Json& row : part["rows"].as_array()) {
      if (row["id"] == Json(id)) got = row;
    }
    EXPECT_FALSE(got.is_null());
    EXPECT_EQ(got, expected) << login;
    EXPECT_TRUE(part["counts"].has("unacked"));
  }
}

TEST_F(AlarmTest, AChangedAlarmOfAnotherAreaIsNobodysBusiness) {
  const alarms::Definition* one = nullptr;
  auto plant = engine_->sensing().plant();
  for (const alarms::Definition& any : plant->alarms()) {
    if (any.code == "GAS-2107.HH") one = &any;
  }
  ASSERT_NE(one, nullptr);
  auto rows_for = [&](const std::string& org) {
    access::Subject by{.grants = {{"alarm_neighbour", org}}};
    auto part = engine::alarm_changes(*engine_, by, {one->id});
    EXPECT_TRUE(part) << part.error().detail;
    return part ? (*part)["rows"].as_array().size() : 99;
  };
  EXPECT_EQ(rows_for(one->org_path), 1U);
  EXPECT_EQ(rows_for("/nowhere/"), 0U);
  auto refused = engine::alarm_changes(*engine_, access::Subject{}, {one->id});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Forbidden);
}

TEST_F(AlarmTest, WhatIsNormalIsLookedAtAndHasNoRow) {
  log_in("control1");
  std::string normal;
  for (const auto& one : engine_->sensing().plant()->alarms()) {
    if (!one.code.starts_with("GAS-2107")) normal = one.id.text();
  }
  Json part = body_of(ask(get("/api/alarms", "only=" + normal)));
  EXPECT_TRUE(std::ranges::contains(part["of"].as_array(), Json(normal)));
  for (const Json& row : part["rows"].as_array()) EXPECT_NE(row["id"], Json(normal));
  EXPECT_EQ(code_of(ask(get("/api/alarms", "only=x"))), "bad_field");
  std::string many = normal;
  for (std::size_t i = 0; i < engine::kAlarmChangesMax; ++i) many += "," + normal;
  EXPECT_EQ(code_of(ask(get("/api/alarms", "only=" + many))), "limit_reached");
}

TEST_F(AlarmTest, AnAdministratorReadsEveryFormThatIsListedForHim) {
  log_in("admin");
  Json forms = body_of(ask(get("/api/forms")))["forms"];
  ASSERT_FALSE(forms.as_array().empty());
  for (const Json& form : forms.as_array()) {
    std::string id = form.text_or("id", "");
    Answer answer = ask(get("/api/forms/" + id));
    EXPECT_EQ(answer.status, 200) << id << answer.body;
    EXPECT_EQ(body_of(answer).text_or("id", ""), id);
    EXPECT_FALSE(body_of(answer)["modes"].as_object().empty()) << id;
  }
  EXPECT_EQ(ask(get("/api/forms/area")).status, 200);
}

}  // namespace
}  // namespace anlan::api
