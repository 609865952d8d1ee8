// What GET /api/alarms says each caller may press, and what an administrator reads of forms.

#include "api/api_fixture.h"
#include "history/history.h"

namespace anlan::api {
namespace {

class AlarmTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
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
