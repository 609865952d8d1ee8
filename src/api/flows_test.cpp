// What flows do beyond one case, over HTTP, with a small pack of their own (tests/data/rounds):
// signals, conditions, starts by clock and message, migration, lint.

#include "api/api_fixture.h"

namespace anlan::api {
namespace {

namespace fs = std::filesystem;

class FlowsTest : public ApiTest {
 protected:
  FlowsTest() {
    packs_ = folder_.path() + "/packs";
    fs::copy("tests/data/rounds", packs_, fs::copy_options::recursive);
    more_packs_ = {packs_.c_str()};
  }

  std::string make(const std::string& subject) {
    Json fields = Json::object({{"subject", subject}, {"unit", "T11"}});
    Answer made = ask(post("/api/records/round", Json::object({{"fields", fields}})));
    EXPECT_EQ(made.status, 201) << made.body;
    return body_of(made)["record"].text_or("id", "");
  }
  Json rounds() { return body_of(ask(get("/api/records/round", "limit=100")))["rows"]; }
  int count(const std::string& field, const std::string& value) {
    int found = 0;
    Json rows = rounds();
    for (const Json& row : rows.as_array()) found += row[field] == Json(value) ? 1 : 0;
    return found;
  }
  // The task of a record that this person could do.
  Json task_of(const std::string& id) {
    Json mine = body_of(ask(get("/api/tasks")))["rows"];
    for (const Json& task : mine.as_array()) {
      if (task["record_id"] == Json(id)) return task;
    }
    return Json::object();
  }
  Json record(const std::string& id) {
    return body_of(ask(get("/api/records/round/" + id)))["record"];
  }

  std::string packs_;
};

TEST_F(FlowsTest, ASignalReachesEveryCaseAlsoBeyondOneTransaction) {
  log_in("worker111");
  for (int i = 0; i < 40; ++i) make("walk");
  EXPECT_EQ(count("state", "open"), 40);
  make("bell");
  engine_->turn();
  EXPECT_EQ(count("state", "stopped"), 40);
  auto view = engine_->database().snapshot();
  ASSERT_TRUE(view);
  // The rest came in a transaction of its own: its post was written down and taken away again.
  EXPECT_EQ((*view)->query({"SELECT seq FROM change_log WHERE act = 'signal.spread'"})->size(), 2U);
  EXPECT_EQ((*view)->query({"SELECT id FROM flow_signal"})->size(), 0U);
  EXPECT_EQ((*view)->query({"SELECT id FROM flow_listener"})->size(), 0U);
}

TEST_F(FlowsTest, AChangedRecordIsLookedAtByItsConditions) {
  log_in("worker111");
  std::string id = make("walk");
  for (auto [note, state] : {std::pair{"fine", "open"}, {"gas", "stopped"}}) {
    Request change = post("/api/records/round/" + id,
                          Json::object({{"version", record(id)["version"]},
                                        {"fields", Json::object({{"note", note}})}}));
    change.method = Method::Patch;
    Answer answer = ask(std::move(change));
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(record(id).text_or("state", ""), std::string(note) == "gas" ? "gas" : state);
  }
}

TEST_F(FlowsTest, AClockBeginsAFlowAndAMessageAnother) {
  log_in("worker111");
  make("ask");
  EXPECT_EQ(count("subject", "asked"), 1);
  EXPECT_EQ(count("subject", "daily"), 0);
  clock_.advance(Duration::hours(1));
  engine_->turn();
  log_in("worker111");
  EXPECT_EQ(count("subject", "daily"), 1);
  clock_.advance(Duration::hours(24));
  engine_->turn();
  log_in("worker111");
  EXPECT_EQ(count("subject", "daily"), 2);
}

TEST_F(FlowsTest, TheLintOfTheDesignerIsTheLintOfTheDeployment) {
  Answer unknown = ask(post("/api/flows/lint", Json::object({{"xml", "<a/>"}})));
  EXPECT_EQ(unknown.status, 401);
  log_in("worker111");
  Answer broken = ask(post("/api/flows/lint", Json::object({{"xml", "<a/>"}})));
  EXPECT_EQ(broken.status, 200) << broken.body;
  EXPECT_EQ(body_of(broken)["findings"].as_array().size(), 1U);
  std::ifstream file("packs/hazards/flows/hazard_loop.bpmn", std::ios::binary);
  std::string xml((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_FALSE(xml.empty());
  Answer fine = ask(post("/api/flows/lint", Json::object({{"xml", xml}})));
  EXPECT_EQ(fine.status, 200) << fine.body;
  EXPECT_TRUE(body_of(fine)["findings"].as_array().empty()) << fine.body;
  std::size_t at = xml.find("<userTask");
  ASSERT_NE(at, std::string::npos);
  xml.insert(at, "<complexGateway id=\"odd\"/>");
  Answer odd = ask(post("/api/flows/lint", Json::object({{"xml", xml}})));
  Json finding = body_of(odd)["findings"].as_array().at(0);
  EXPECT_EQ(finding.text_or("element", ""), "odd") << odd.body;
  EXPECT_EQ(finding.text_or("code", ""), "cant_run");
  EXPECT_EQ(finding["parts"], Json::array({"odd", "complexGateway"}));
  EXPECT_EQ(finding["text"].text_or("zh", ""), "本版本不能执行元素“odd”(complexGateway)。");
}

TEST_F(FlowsTest, ARunningCaseGoesOnWithTheNewVersionWhenToldTo) {
  log_in("worker111");
  std::string id = make("walk");
  std::string path = packs_ + "/rounds/flows/round_flow.bpmn";
  std::ifstream in(path, std::ios::binary);
  std::string xml((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::size_t at = xml.find("<endEvent id=\"walked\"/>");
  ASSERT_NE(at, std::string::npos);
  xml.insert(at,
             "<userTask id=\"look\"><extensionElements><anlan:assign kind=\"role\""
             " role=\"worker\"/></extensionElements></userTask>"
             "<sequenceFlow id=\"look_walked\" sourceRef=\"look\" targetRef=\"walked\"/>");
  std::string way = "sourceRef=\"walk\" targetRef=\"walked\"";
  xml.replace(xml.find(way), way.size(), "sourceRef=\"walk\" targetRef=\"look\"");
  std::ofstream(path, std::ios::binary) << xml;
  site_.reset();
  engine_.reset();
  is_seeded_ = false;
  SetUp();
  log_in("worker111");
  Json why = Json::object({{"comment", "one more look"}});
  EXPECT_EQ(ask(post("/api/records/round/" + id + "/migrate", why)).status, 403);
  log_in("admin");
  Answer moved = ask(post("/api/records/round/" + id + "/migrate", why));
  EXPECT_EQ(moved.status, 200) << moved.body;
  EXPECT_EQ(ask(post("/api/records/round/" + id + "/migrate", why)).status, 409);
  log_in("worker111");
  std::string task = task_of(id).text_or("id", "");
  Answer done = ask(post("/api/tasks/" + task + "/complete", Json::object({{"outcome", ""}})));
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(task_of(id).text_or("node", ""), "look");
}

}  // namespace
}  // namespace anlan::api
