// Routes of shifts and flows: hand-over, roster, retry, picture.

#include "api/api_fixture.h"
#include "api/schema.h"

namespace anlan::api {
namespace {

class ShiftApiTest : public ApiTest {
 protected:
  std::string first_permit() {
    Answer answer = ask(get("/api/records/permit"));
    return body_of(answer)["rows"].as_array().at(0).text_or("id", "");
  }
  Json hand_over(const std::string& to) { return Json::object({{"to", to}, {"comment", ""}}); }
  std::string my_id() {
    Json me = body_of(ask(get("/api/me")));
    return me.text_or("id", "");
  }
};

TEST_F(ShiftApiTest, TheRosterIsForWhoeverIsLoggedIn) {
  EXPECT_EQ(ask(get("/api/duty")).status, 401);
  log_in("worker111");
  Answer answer = ask(get("/api/duty", "org=" + encode_percent("/AL/P1/W1/T11/")));
  ASSERT_EQ(answer.status, 200) << answer.body;
  Json body = body_of(answer);
  bool has_leader = false;
  for (const Json& row : body["rows"].as_array()) {
    has_leader |= row.text_or("role", "") == "team_leader";
    EXPECT_FALSE(row["people"].as_array().empty());
  }
  EXPECT_TRUE(has_leader);
}

TEST_F(ShiftApiTest, AHandOverNamesAPersonAndATask) {
  log_in("leader11");
  std::string leader = my_id();
  log_in("worker111");
  Answer none = ask(post("/api/tasks/hand-over", hand_over(leader)));
  EXPECT_EQ(none.status, 200) << none.body;
  EXPECT_EQ(body_of(none)["handed"], Json(0));
  EXPECT_EQ(ask(post("/api/tasks/hand-over", hand_over("nobody"))).status, 422);
  std::string unknown = "01890000-0000-7000-8000-000000000001";
  EXPECT_EQ(ask(post("/api/tasks/" + unknown + "/hand-over", hand_over(leader))).status, 404);
  EXPECT_EQ(ask(post("/api/tasks/" + unknown + "/hand-over", Json::object())).status, 422);
}

TEST_F(ShiftApiTest, APictureIsForReadersAndARetryForFewer) {
  log_in("director");
  std::string permit = first_permit();
  ASSERT_FALSE(permit.empty());
  Answer picture = ask(get("/api/records/permit/" + permit + "/flow"));
  ASSERT_EQ(picture.status, 200) << picture.body;
  Json body = body_of(picture);
  EXPECT_GT(body["nodes"].as_array().size(), 5U);
  EXPECT_GT(body.int_or("width", 0), 500);
  EXPECT_EQ(ask(get("/api/records/permit/nothing/flow")).status, 404);
  EXPECT_EQ(ask(get("/api/records/area/" + permit + "/flow")).status, 404);
  log_in("worker111");
  EXPECT_EQ(ask(post("/api/records/permit/" + permit + "/retry", Json::object())).status, 403);
  log_in("admin");
  Answer retry = ask(post("/api/records/permit/" + permit + "/retry", Json::object()));
  EXPECT_EQ(retry.status, 409) << "there is no incident: " << retry.body;
}

}  // namespace
}  // namespace anlan::api
