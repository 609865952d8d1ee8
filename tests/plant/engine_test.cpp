#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "core/hash.h"
#include "tests/support/plant.h"

namespace anlan::test {
namespace {

class EngineTest : public testing::Test {
 protected:
  void SetUp() override {
    auto plant = Plant::create({});
    ASSERT_TRUE(plant) << plant.error().detail << plant.error().field;
    plant_ = std::move(*plant);
    worker_ = plant_->as("worker111").value();
    sha_ = plant_->upload(worker_, photo("a")).value();
  }

  Json hazard() {
    Json photos = Json::array({Json::object({{"sha256", sha_}, {"name", "a.jpg"}})});
    return Json::object({{"photos", photos},
                         {"area", plant_->id_of("area", "A1").value()},
                         {"category", "leak"},
                         {"consequence", "light"},
                         {"exposure", "daily"}});
  }

  engine::Command command(std::string key, std::string fingerprint) {
    return {.by = worker_,
            .key = std::move(key),
            .fingerprint = std::move(fingerprint),
            .what = engine::CreateRecord{.form = "hazard", .fields = hazard()}};
  }

  std::size_t hazards() {
    auto director = plant_->as("director").value();
    auto page = plant_->engine().list_records(director, "hazard", {});
    return page ? (*page)["rows"].as_array().size() : 999;
  }

  std::unique_ptr<Plant> plant_;
  access::Subject worker_;
  std::string sha_;
};

TEST_F(EngineTest, AnswersARepeatedCommandAgainAndWritesItOnce) {
  auto first = plant_->engine().run(command("k1", "same"));
  ASSERT_TRUE(first) << first.error().detail;
  auto again = plant_->engine().run(command("k1", "same"));
  ASSERT_TRUE(again);
  EXPECT_EQ(*first, *again);
  EXPECT_EQ(hazards(), 1U);
}

TEST_F(EngineTest, RefusesAKeyThatServedAnotherRequest) {
  ASSERT_TRUE(plant_->engine().run(command("k1", "one")));
  EXPECT_EQ(plant_->engine().run(command("k1", "two")).error().code, ErrorCode::KeyReused);
}

TEST_F(EngineTest, ARepeatedKeyIsKnownAfterARestart) {
  auto first = plant_->engine().run(command("k1", "same"));
  ASSERT_TRUE(plant_->reopen());
  EXPECT_EQ(*plant_->engine().run(command("k1", "same")), *first);
  EXPECT_EQ(hazards(), 1U);
}

TEST_F(EngineTest, AnAnswerIsForgottenAfterAWeek) {
  ASSERT_TRUE(plant_->engine().run(command("k1", "same")));
  plant_->wait(Duration::days(8));
  auto view = plant_->engine().database().snapshot().value();
  EXPECT_TRUE(view->query({"SELECT * FROM command_answer"})->empty());
}

TEST_F(EngineTest, OneRefusalInAGroupFailsNoOther) {
  std::vector<std::optional<Result<Json>>> answers(3);
  auto keep = [&](std::size_t i) { return [&answers, i](Result<Json> r) { answers[i] = r; }; };
  plant_->engine().submit(command("k1", "a"), keep(0));
  engine::Command bad = command("k2", "b");
  std::get<engine::CreateRecord>(bad.what).fields.set("category", "no such thing");
  plant_->engine().submit(bad, keep(1));
  plant_->engine().submit(command("k3", "c"), keep(2));
  plant_->engine().turn();
  ASSERT_TRUE(answers[0] && answers[1] && answers[2]);
  EXPECT_TRUE(answers[0]->has_value());
  EXPECT_EQ(answers[1]->error().code, ErrorCode::BadField);
  EXPECT_TRUE(answers[2]->has_value());
  EXPECT_EQ(hazards(), 2U);
}

// The records that a group answers with are read together when all of it is written.
TEST_F(EngineTest, AGroupAnswersAsEachWouldBeAnsweredAlone) {
  std::vector<std::optional<Result<Json>>> answers(4);
  auto submit = [&](std::size_t i, engine::Command command) {
    plant_->engine().submit(std::move(command), [&answers, i](Result<Json> r) { answers[i] = r; });
  };
  submit(0, command("k1", "a"));
  submit(1, command("k2", "b"));
  submit(2, {.by = worker_,
             .key = "k3",
             .fingerprint = "c",
             .what = engine::CreateRecord{.form = "nowhere", .fields = Json::object()}});
  plant_->engine().turn();
  ASSERT_TRUE(answers[0] && answers[1] && answers[2]);
  EXPECT_EQ(answers[2]->error().code, ErrorCode::NotFound);
  for (std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    ASSERT_TRUE(answers[i]->has_value()) << answers[i]->error().detail;
    const Json& shown = (**answers[i])["record"];
    RecordId id = RecordId::parse(shown.text_or("id", "")).value();
    EXPECT_EQ(shown, (*plant_->engine().record(worker_, "hazard", id))["record"]);
  }
  EXPECT_NE((**answers[0])["record"]["id"], (**answers[1])["record"]["id"]);
  // What was answered late is kept under its key too.
  EXPECT_EQ(*plant_->engine().run(command("k2", "b")), **answers[1]);
  EXPECT_EQ(hazards(), 2U);
}

TEST_F(EngineTest, TheSameRequestTwiceInAGroupIsDoneOnce) {
  std::vector<std::optional<Result<Json>>> answers(2);
  for (std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    plant_->engine().submit(command("k1", "same"), [&, i](Result<Json> r) { answers[i] = r; });
  }
  plant_->engine().turn();
  ASSERT_TRUE(answers[0] && answers[1] && answers[0]->has_value());
  EXPECT_EQ(**answers[0], **answers[1]);
  EXPECT_EQ(hazards(), 1U);
}

TEST_F(EngineTest, RefusesWhatDoesNotFitIntoTheQueue) {
  std::size_t refused = 0;
  engine::Command touch{.by = worker_, .what = engine::ReadNotice{"none"}};
  for (std::size_t i = 0; i < limits::kCommandQueueMax + 5; ++i) {
    plant_->engine().submit(touch, [&](const Result<Json>& answer) {
      if (!answer && answer.error().code == ErrorCode::Overloaded) ++refused;
    });
  }
  EXPECT_EQ(refused, 5U);
}

TEST_F(EngineTest, ADryRunShowsWhatIsWrongAndWritesNothing) {
  auto admin = plant_->as("admin").value();
  Json good = Json::object({{"code", "A9"}, {"name_zh", "测试区"}, {"org", "T11"}});
  Json bad = Json::object({{"code", "A 9"}, {"name_zh", "测试区"}, {"org", "T11"}});
  engine::ImportRecords what{.form = "area", .rows = Json::array({good}), .is_dry_run = true};
  auto dry = plant_->run(admin, what);
  ASSERT_TRUE(dry) << dry.error().detail;
  EXPECT_EQ((*dry)["accepted"], Json(1));
  EXPECT_FALSE(plant_->id_of("area", "A9"));

  what = {.form = "area", .rows = Json::array({good, bad}), .is_dry_run = false};
  auto half = plant_->run(admin, what);
  ASSERT_TRUE(half);
  EXPECT_EQ((*half)["refused"].as_array().size(), 1U);
  EXPECT_EQ((*half)["refused"].as_array()[0]["row"], Json(2));
  EXPECT_FALSE(plant_->id_of("area", "A9")) << "all or nothing";

  what = {.form = "area", .rows = Json::array({good}), .is_dry_run = false};
  ASSERT_TRUE(plant_->run(admin, what));
  EXPECT_TRUE(plant_->id_of("area", "A9"));
  EXPECT_EQ(plant_->run(worker_, what).error().code, ErrorCode::Forbidden);
}

TEST_F(EngineTest, OnlyAnAdministratorImportsPeople) {
  engine::ImportPeople what{
      .people = Json::array({Json::object(
          {{"login", "new1"}, {"name", "新人"}, {"org_code", "T11"}, {"roles", "worker@T11"}})}),
      .hashes = {},
      .is_dry_run = false};
  EXPECT_EQ(plant_->run(worker_, what).error().code, ErrorCode::Forbidden);
  auto admin = plant_->as("admin").value();
  auto answer = plant_->run(admin, what);
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ((*answer)["accepted"], Json(1));
  EXPECT_TRUE(plant_->as("new1")->holds("worker"));
  // Again: the log-in is taken.
  EXPECT_EQ((*plant_->run(admin, what))["refused"].as_array().size(), 1U);
}

TEST_F(EngineTest, SetUpIsForAnEmptyPlantOnly) {
  engine::SetUp what{.plant_name = {"新厂", "New plant"},
                     .plant_code = "NP",
                     .admin_login = "boss",
                     .admin_name = "老板",
                     .admin_hash = "x"};
  EXPECT_EQ(plant_->run({}, what).error().code, ErrorCode::WrongState);
  auto empty = Plant::create({.is_seeded = false});
  ASSERT_TRUE(empty);
  EXPECT_TRUE((*empty)->engine().is_empty().value());
  auto made = (*empty)->run({}, what);
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_FALSE((*empty)->engine().is_empty().value());
  EXPECT_TRUE((*empty)->as("boss")->holds("administrator"));
  EXPECT_EQ((*empty)->engine().plant_name("en"), "New plant");
  EXPECT_TRUE((*empty)->engine().demo().is_null());
}

TEST_F(EngineTest, EventsAreGapFreeAndReachOnlyWhoMaySee) {
  auto before = plant_->engine().last_event().value();
  ASSERT_TRUE(plant_->engine().run(command("", "")));
  auto events = plant_->engine().events_after(before, 100).value();
  ASSERT_FALSE(events.empty());
  auto neighbour = plant_->as("worker211").value();
  auto leader = plant_->as("leader11").value();
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].seq, before + 1 + static_cast<int64_t>(i));
    EXPECT_FALSE(plant_->engine().may_see(neighbour, events[i]).value()) << events[i].topic;
    if (events[i].topic == "hazard") {
      EXPECT_TRUE(plant_->engine().may_see(leader, events[i]).value());
    }
  }
}

TEST_F(EngineTest, AFileIsGivenOnlyThroughARecordThatNamesIt) {
  auto answer = plant_->engine().run(command("", ""));
  RecordId id = RecordId::parse((*answer)["record"].text_or("id", "")).value();
  EXPECT_EQ(plant_->engine().file(worker_, "hazard", id, sha_).value(), photo("a"));
  auto neighbour = plant_->as("worker211").value();
  EXPECT_EQ(plant_->engine().file(neighbour, "hazard", id, sha_).error().code, ErrorCode::NotFound);
  auto other = plant_->upload(worker_, photo("b")).value();
  EXPECT_EQ(plant_->engine().file(worker_, "hazard", id, other).error().code, ErrorCode::NotFound);
}

TEST_F(EngineTest, WhatIsNoPhotoIsRefusedAtItsLastByte) {
  std::string text = "<script>alert(1)</script>";
  EXPECT_EQ(plant_->upload(worker_, text).error().code, ErrorCode::BadImage);
}

TEST_F(EngineTest, AFailedLogInIsRefusedAndStaysInTheLog) {
  auto check = plant_->engine().check_password("worker111", "wrong");
  ASSERT_TRUE(check);
  engine::Login login{{.check = *check,
                       .client = "m",
                       .address = "127.0.0.1",
                       .token = access::random_token(plant_->random())}};
  EXPECT_EQ(plant_->run({}, login).error().code, ErrorCode::LoginFailed);
  auto view = plant_->engine().database().snapshot().value();
  EXPECT_EQ(view->query({"SELECT * FROM login_log"})->size(), 1U);
}

// What `./anlan run` shows: permits of several kinds in several states, made by the acts of people.
TEST(Examples, ThePermitsOfTheDemoPlantStandInTheirStates) {
  auto plant = Plant::create({.more_packs = {"examples"}});
  ASSERT_TRUE(plant) << plant.error().detail << " " << plant.error().field;
  auto director = (*plant)->as("director").value();
  auto page = (*plant)->engine().list_records(director, "permit", {});
  ASSERT_TRUE(page);
  std::multiset<std::string> seen;
  for (const Json& row : (*page)["rows"].as_array()) {
    seen.insert(row.text_or("kind", "") + " " + row.text_or("state", ""));
  }
  const std::multiset<std::string> wanted{
      "hot active",      "hot refused",      "confined active", "confined ready",
      "power ready",     "height approving", "blinding ready",  "blinding approving",
      "blinding closed", "lifting refused",  "road accepting"};
  EXPECT_EQ(seen, wanted);
}

// architecture.md, invariant 6.
TEST_F(EngineTest, ARunningCaseKeepsTheFlowItBeganWith) {
  ASSERT_TRUE(plant_->engine().run(command("", "")));
  std::filesystem::path packs = plant_->folder() / "packs";
  std::filesystem::copy("packs", packs, std::filesystem::copy_options::recursive);
  std::filesystem::path file = packs / "hazards" / "flows" / "hazard_loop.bpmn";
  std::ifstream in(file);
  std::string xml((std::istreambuf_iterator<char>(in)), {});
  // The changed flow leaves every assignment to the general manager.
  std::string before = R"(role="team_leader" onEmpty)";
  std::size_t at = xml.find(before);
  ASSERT_NE(at, std::string::npos);
  xml.replace(at, before.size(), R"(role="general_manager" onEmpty)");
  std::ofstream(file) << xml;
  ASSERT_TRUE(plant_->reopen(packs.string()));
  auto leader = plant_->as("leader11").value();
  EXPECT_EQ((*plant_->engine().tasks(leader))["rows"].as_array().size(), 1U);
  ASSERT_TRUE(plant_->engine().run(command("", "")));
  EXPECT_EQ((*plant_->engine().tasks(leader))["rows"].as_array().size(), 1U);
  auto gm = plant_->as("gm").value();
  EXPECT_EQ((*plant_->engine().tasks(gm))["rows"].as_array().size(), 1U);
}

}  // namespace
}  // namespace anlan::test
