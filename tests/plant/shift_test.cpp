// Shifts at a plant: hand-over, roster, deputies, clocks that stay, records that flows make, the
// picture of a flow. With a small pack of its own beside those of the product.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "engine/duty.h"
#include "engine/flow_view.h"
#include "tests/support/plant.h"
#include "tests/support/postgres.h"

namespace anlan::test {
namespace {

namespace fs = std::filesystem;

class ShiftTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    PlantOptions options;
    if (GetParam()) {
      PostgresServer* server = postgres_server();
      if (server == nullptr) GTEST_SKIP() << "no PostgreSQL server here";
      options.database = "postgres:" + server->fresh_database();
    }
    auto plant = Plant::create(options);
    ASSERT_TRUE(plant) << plant.error().detail << plant.error().field;
    plant_ = std::move(*plant);
    packs_ = plant_->folder() / "packs";
    fs::create_directory(packs_);
    for (const auto& entry : fs::directory_iterator("packs")) {
      fs::create_directory_symlink(fs::absolute(entry.path()), packs_ / entry.path().filename());
    }
    fs::create_directory_symlink(fs::absolute("tests/data/shift"), packs_ / "shift");
    auto opened = plant_->reopen(packs_.string());
    ASSERT_TRUE(opened) << opened.error().detail << opened.error().field;
  }

  access::Subject as(std::string_view login) { return plant_->as(login).value(); }
  PersonId person(std::string_view login) { return as(login).person; }
  std::string now_plus(Duration length) { return format_instant(plant_->clock().now() + length); }

  Json create(std::string_view login, Json fields) {
    if (!fields.has("unit")) fields.set("unit", "T11");
    if (!fields.has("owner")) fields.set("owner", person("worker111").text());
    if (!fields.has("due_at")) fields.set("due_at", now_plus(Duration::hours(2)));
    auto made = plant_->run(as(login), engine::CreateRecord{.form = "item", .fields = fields});
    EXPECT_TRUE(made) << error_text(made.error().code).code << made.error().detail;
    return made ? (*made)["record"] : Json();
  }
  RecordId id_of(const Json& record) { return RecordId::parse(record.text_or("id", "")).value(); }
  Json item(const Json& record) {
    return plant_->engine().record(as("worker112"), "item", id_of(record)).value();
  }
  Json field(const Json& record, std::string_view name) { return item(record)["record"][name]; }
  std::size_t count(std::string_view form) {
    auto page = plant_->engine().list_records(as("worker112"), form, {});
    return (*page)["rows"].as_array().size();
  }
  TaskId task_of(const Json& record) {
    Json tasks = item(record)["tasks"];
    return TaskId::parse(tasks.as_array().at(0).text_or("id", "")).value();
  }
  Json clocks(const Json& record) { return item(record)["clocks"]; }
  Json due_of(const Json& record) {
    Json all = clocks(record);
    for (const Json& clock : all.as_array()) {
      if (clock.text_or("kind", "") == "due") return clock["due"];
    }
    return {};
  }
  std::vector<std::string> kinds_of_notices(std::string_view login) {
    Json notices = plant_->engine().notices(as(login)).value();
    std::vector<std::string> kinds;
    for (const Json& one : notices["rows"].as_array()) kinds.push_back(one.text_or("kind", ""));
    return kinds;
  }
  bool is_told(std::string_view login, std::string_view kind) {
    return std::ranges::contains(kinds_of_notices(login), kind);
  }
  ErrorCode hand_over(std::string_view by, TaskId task, std::string_view to) {
    auto done =
        plant_->run(as(by), engine::HandOver{.task = task, .to = person(to), .comment = ""});
    return done ? ErrorCode{} : done.error().code;
  }
  void be_away(std::string_view login, std::string_view deputy, Duration from, Duration until) {
    Json fields = Json::object({{"person", person(login).text()},
                                {"from", now_plus(from)},
                                {"until", now_plus(until)},
                                {"reason", "leave"}});
    if (!deputy.empty()) fields.set("deputy", person(deputy).text());
    auto made = plant_->run(as("head1"), engine::CreateRecord{.form = "absence", .fields = fields});
    ASSERT_TRUE(made) << made.error().detail << made.error().field;
  }
  std::vector<std::string> acts(const Json& record) {
    Json rows = plant_->engine().timeline(as("worker112"), "item", id_of(record)).value();
    std::vector<std::string> acts;
    for (const Json& row : rows["rows"].as_array()) acts.push_back(row.text_or("act", ""));
    return acts;
  }

  std::unique_ptr<Plant> plant_;
  fs::path packs_;
};

TEST_P(ShiftTest, AFlowCountsOtherRecordsAndTellsAnotherCase) {
  Json first = create("worker112", Json::object({{"subject", "P-1"}}));
  EXPECT_EQ(field(first, "repeats"), Json(0));
  Json second = create("worker112", Json::object({{"subject", "P-1"}, {"other", first["id"]}}));
  EXPECT_EQ(field(second, "repeats"), Json(1)) << "the record itself is not counted";
  EXPECT_EQ(field(first, "state"), Json("merged"));
  Json third = create("worker112", Json::object({{"subject", "P-1"}, {"other", first["id"]}}));
  EXPECT_EQ(field(third, "state"), Json("open")) << "nobody listens any more, nobody minds";
  Json fourth = create("worker112", Json::object({{"subject", "P-2"}, {"other", "no id"}}));
  EXPECT_TRUE(std::ranges::contains(acts(fourth), "incident"));
}

TEST_P(ShiftTest, AFlowMakesAnotherRecordAndKnowsItsId) {
  Json made = create("worker112", Json::object({{"subject", "P-1"}, {"wish", "look closer"}}));
  EXPECT_EQ(count("note"), 1U);
  auto note = RecordId::parse(field(made, "note").as_text());
  ASSERT_TRUE(note);
  Json shown = plant_->engine().record(as("worker112"), "note", *note).value();
  EXPECT_EQ(shown["record"]["text"], Json("look closer"));
  EXPECT_EQ(shown["record"]["created_by"], Json("system"));
}

TEST_P(ShiftTest, ARecordThatWouldBeRefusedIsAnIncidentThatCanBeTriedAgain) {
  Json made = create("worker112",
                     Json::object({{"subject", "P-1"}, {"wish", "much too long for such a note"}}));
  EXPECT_EQ(count("note"), 0U);
  EXPECT_TRUE(std::ranges::contains(acts(made), "incident"));
  engine::RetryCase retry{.form = "item", .id = id_of(made)};
  EXPECT_EQ(plant_->run(as("worker112"), retry).error().code, ErrorCode::Forbidden);
  EXPECT_EQ(plant_->run(as("leader21"), retry).error().code, ErrorCode::NotFound)
      << "may press it in his own team only";
  EXPECT_TRUE(plant_->run(as("leader11"), retry));
  EXPECT_EQ(count("note"), 0U) << "the cause is still there";
  int64_t version = item(made)["record"].int_or("version", 0);
  auto mended =
      plant_->run(as("admin"), engine::UpdateRecord{.form = "item",
                                                    .id = id_of(made),
                                                    .version = version,
                                                    .fields = Json::object({{"wish", "short"}})});
  ASSERT_TRUE(mended) << mended.error().detail;
  EXPECT_TRUE(plant_->run(as("admin"), retry));
  EXPECT_EQ(count("note"), 1U);
  EXPECT_EQ(plant_->run(as("admin"), retry).error().code, ErrorCode::WrongState);
}

TEST_P(ShiftTest, FlowsSetEachOtherGoingFourDeepAndNoFurther) {
  create("worker112", Json::object({{"subject", "P-1"}, {"wish", "chain3"}}));
  EXPECT_EQ(count("note"), 4U);
  Json fields = Json::object({{"subject", "P-1"},
                              {"wish", "chain"},
                              {"unit", "T11"},
                              {"owner", person("worker111").text()},
                              {"due_at", now_plus(Duration::hours(2))}});
  auto endless =
      plant_->run(as("worker112"), engine::CreateRecord{.form = "item", .fields = fields});
  EXPECT_EQ(endless.error().code, ErrorCode::LimitReached);
  EXPECT_EQ(count("note"), 4U) << "nothing of it is written";
  EXPECT_EQ(count("item"), 1U);
}

TEST_P(ShiftTest, ADeadlineCountsWorkingDaysOfThePlantsCalendar) {
  // Monday 2026-03-02, 08:00 in Shanghai.
  Json made = create("worker112", Json::object({{"subject", "P-1"}}));
  EXPECT_EQ(due_of(made), Json("2026-03-03T00:00:00.000Z"));
  plant_->wait(Duration::days(4) + Duration::hours(10));
  Json friday = create("worker112", Json::object({{"subject", "P-2"}}));
  EXPECT_EQ(due_of(friday), Json("2026-03-10T00:00:00.000Z"))
      << "Friday evening counts as Monday's opening";
}

TEST_P(ShiftTest, AHandOverMovesTheTaskAndNoClock) {
  Json made = create("worker112", Json::object({{"subject", "P-1"}}));
  TaskId task = task_of(made);
  Json before = clocks(made);
  plant_->wait(Duration::hours(1));
  EXPECT_EQ(hand_over("worker112", task, "worker113"), ErrorCode::Forbidden) << "not his task";
  EXPECT_EQ(hand_over("worker111", task, "worker211"), ErrorCode::BadField) << "another workshop";
  EXPECT_EQ(hand_over("worker111", task, "repair1"), ErrorCode::BadField);
  EXPECT_EQ(hand_over("worker111", task, "control1"), ErrorCode::BadField) << "can't read the form";
  EXPECT_EQ(hand_over("worker111", task, "worker121"), ErrorCode{}) << "the same workshop";
  EXPECT_EQ(clocks(made), before);
  EXPECT_EQ(field(made, "owner"), Json(person("worker121").text()));
  EXPECT_TRUE(is_told("worker121", "item.notice.handed"));
  Json notices = plant_->engine().notices(as("worker121")).value();
  std::string text = notices["rows"].as_array().at(0)["text"].text_or("en", "");
  EXPECT_NE(text.find("was handed over to you"), std::string::npos) << text;
  EXPECT_TRUE(std::ranges::contains(acts(made), "task.hand_over"));
  Json rows = plant_->engine().timeline(as("worker112"), "item", id_of(made)).value();
  for (const Json& row : rows["rows"].as_array()) {
    if (row["act"] != Json("task.hand_over")) continue;
    EXPECT_EQ(row["detail"]["from_name"], Json(as("worker111").name));
    EXPECT_EQ(row["detail"]["to_name"], Json(as("worker121").name));
  }
  EXPECT_EQ(plant_->engine().tasks(as("worker111")).value()["rows"].as_array().size(), 0U);
  plant_->wait(Duration::hours(1));
  EXPECT_EQ(field(made, "escalation"), Json(1));
  EXPECT_TRUE(is_told("worker121", "item.notice.late"));
  EXPECT_FALSE(is_told("worker111", "item.notice.late"));
}

TEST_P(ShiftTest, AtTheEndOfAShiftAllTasksGoAndTheAnswerNamesWhatStays) {
  Json a = create("worker112", Json::object({{"subject", "P-1"}}));
  Json b = create("worker112", Json::object({{"subject", "P-2"}}));
  engine::HandOver all{.to = person("worker114"), .comment = "night shift"};
  auto nothing = plant_->run(as("worker113"), all);
  EXPECT_EQ((*nothing)["handed"], Json(0));
  auto done = plant_->run(as("worker111"), all);
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ((*done)["handed"], Json(2));
  EXPECT_EQ((*done)["kept"].as_array().size(), 0U);
  EXPECT_EQ(field(a, "owner"), Json(person("worker114").text()));
  engine::HandOver far{.to = person("worker211"), .comment = ""};
  EXPECT_EQ(plant_->run(as("worker114"), far).error().code, ErrorCode::BadField);
  EXPECT_EQ(field(b, "owner"), Json(person("worker114").text()));
}

TEST_P(ShiftTest, NobodyHandsOverToWhoIsAway) {
  Json made = create("worker112", Json::object({{"subject", "P-1"}}));
  be_away("worker113", "", Duration::hours(-1), Duration::hours(8));
  EXPECT_EQ(hand_over("worker111", task_of(made), "worker113"), ErrorCode::BadField);
  plant_->wait(Duration::hours(9));
  EXPECT_EQ(hand_over("worker111", task_of(made), "worker113"), ErrorCode{});
}

TEST_P(ShiftTest, ATaskOfWhoIsAwayOpensForTheDeputy) {
  be_away("worker111", "worker113", Duration::hours(-1), Duration::hours(8));
  Json made = create("worker112", Json::object({{"subject", "P-1"}}));
  EXPECT_TRUE(is_told("worker113", "item.notice.task"));
  EXPECT_FALSE(is_told("worker111", "item.notice.task"));
  EXPECT_TRUE(std::ranges::contains(acts(made), "task.deputy"));
  engine::CompleteTask complete{.task = task_of(made), .outcome = "done", .fields = Json::object()};
  EXPECT_EQ(plant_->run(as("worker111"), complete).error().code, ErrorCode::Forbidden);
  plant_->wait(Duration::hours(2));
  EXPECT_EQ(field(made, "escalation"), Json(1)) << "an absence stops no clock";
  EXPECT_TRUE(is_told("worker113", "item.notice.late"));
  EXPECT_FALSE(is_told("worker111", "item.notice.late"));
  ASSERT_TRUE(plant_->run(as("worker113"), complete));
  EXPECT_EQ(field(made, "state"), Json("done"));
}

TEST_P(ShiftTest, WithoutADeputyTheRoleOfTheTaskMayTakeItToo) {
  be_away("worker111", "", Duration::hours(-1), Duration::hours(8));
  Json made = create("worker112", Json::object({{"subject", "P-1"}}));
  EXPECT_TRUE(is_told("leader11", "item.notice.task"));
  engine::CompleteTask complete{.task = task_of(made), .outcome = "done", .fields = Json::object()};
  EXPECT_TRUE(plant_->run(as("leader11"), complete));
}

// They are remembered until one is written; whom they concern changes with the time alone.
TEST_P(ShiftTest, AnAbsenceBeginsAndEndsThoughNobodyWritesAnything) {
  auto away_at = [&](Duration later) {
    auto view = plant_->engine().database().snapshot().value();
    Instant at = plant_->engine().clock().now() + later;
    auto away = engine::duty::away({*view, plant_->engine().packs().forms, at});
    EXPECT_TRUE(away) << away.error().detail;
    return away ? away->size() : 99;
  };
  EXPECT_EQ(away_at(Duration{}), 0U);
  be_away("worker111", "", Duration::hours(1), Duration::hours(3));
  be_away("worker113", "", Duration::hours(-2), Duration::hours(1));
  EXPECT_EQ(away_at(Duration{}), 1U) << "written after it was asked";
  EXPECT_EQ(away_at(Duration::hours(2)), 1U);
  EXPECT_EQ(away_at(Duration::hours(3)), 0U) << "without its last instant";
  EXPECT_EQ(away_at(Duration::hours(-1)), 1U) << "a time before it was read";
  plant_->wait(Duration::hours(4));
  EXPECT_EQ(away_at(Duration{}), 0U);
  EXPECT_EQ(away_at(Duration::hours(-2)), 1U) << "over when it was read last, perhaps";
}

TEST_P(ShiftTest, ALadderGoesOnAfterTheTaskIsOpenedAgain) {
  Json made = create("worker112", Json::object({{"subject", "P-1"}}));
  plant_->wait(Duration::hours(3));
  EXPECT_EQ(field(made, "escalation"), Json(2));
  engine::CompleteTask back{.task = task_of(made), .outcome = "back", .fields = Json::object()};
  ASSERT_TRUE(plant_->run(as("worker111"), back));
  auto late = [&] {
    return std::ranges::count(kinds_of_notices("worker111"), std::string("item.notice.late"));
  };
  EXPECT_EQ(late(), 3) << "to begin anew after the deadline fires at once";
  EXPECT_EQ(field(made, "escalation"), Json(2));
  plant_->wait(Duration::minutes(59));
  EXPECT_EQ(field(made, "escalation"), Json(2));
  plant_->wait(Duration::minutes(1));
  EXPECT_EQ(field(made, "escalation"), Json(3)) << "and the ladder goes on at its old instants";
}

TEST_P(ShiftTest, TheRosterTellsWhoIsOnDutyAndWhoStandsIn) {
  be_away("safety1", "safety3", Duration::hours(-1), Duration::hours(8));
  Json duty = engine::duty_now(plant_->engine(), as("worker111"), "/AL/P1/W1/T11/").value();
  Json officer;
  bool has_other_team = false;
  for (const Json& row : duty["rows"].as_array()) {
    if (row["role"] == Json("safety_officer")) officer = row;
    has_other_team |= row["org_path"] == Json("/AL/P1/W2/T21/");
  }
  EXPECT_FALSE(has_other_team);
  ASSERT_TRUE(officer.is_object());
  const Json& safety1 = officer["people"].as_array().at(0);
  EXPECT_EQ(safety1["id"], Json(person("safety1").text()));
  EXPECT_EQ(safety1["is_away"], Json(true));
  EXPECT_EQ(safety1["deputy"]["id"], Json(person("safety3").text()));
  EXPECT_EQ(officer["role_name"]["en"], Json("Safety officer"));
  plant_->wait(Duration::days(100));
  Json later = engine::duty_now(plant_->engine(), as("worker111"), "/").value();
  EXPECT_GT(later["rows"].as_array().size(), 10U) << "the demo's roster always covers now";
}

TEST_P(ShiftTest, ThePictureShowsWhereTheCaseStands) {
  Json made = create("worker112", Json::object({{"subject", "P-1"}}));
  auto shown = engine::flow_picture(plant_->engine(), as("worker112"), "item", id_of(made));
  ASSERT_TRUE(shown) << shown.error().detail;
  const Json picture = *shown;
  std::map<std::string, Json> nodes;
  for (const Json& node : picture["nodes"].as_array()) nodes[node.text_or("id", "")] = node;
  EXPECT_EQ(nodes["s"]["state"], Json("done"));
  EXPECT_EQ(nodes["look"]["state"], Json("done"));
  EXPECT_EQ(nodes["work"]["state"], Json("waiting"));
  EXPECT_EQ(nodes["make"]["state"], Json("ahead"));
  EXPECT_EQ(nodes["e"]["state"], Json("ahead"));
  std::map<std::string, bool> taken;
  for (const Json& edge : picture["edges"].as_array()) {
    taken[edge.text_or("id", "")] = edge.bool_or("is_taken", false);
    EXPECT_GE(edge["points"].as_array().size(), 2U);
  }
  EXPECT_TRUE(taken["f1"] && taken["f2"] && taken["to_work"]);
  EXPECT_FALSE(taken["to_make"] || taken["f4"] || taken["f6"]);
  // From left to right, and nothing on top of anything but events on their task.
  EXPECT_LT(nodes["s"].int_or("x", 0), nodes["look"].int_or("x", 0));
  EXPECT_LT(nodes["look"].int_or("x", 0), nodes["work"].int_or("x", 0));
  EXPECT_GT(nodes["late"].int_or("y", 0), nodes["work"].int_or("y", 0));
  auto gone = engine::flow_picture(plant_->engine(), as("control1"), "item", id_of(made));
  EXPECT_EQ(gone.error().code, ErrorCode::NotFound) << "who can't read it sees no picture";
}

INSTANTIATE_TEST_SUITE_P(Stores, ShiftTest, testing::Bool(), [](const auto& one) {
  return std::string(one.param ? "Postgres" : "Sqlite");
});

}  // namespace
}  // namespace anlan::test
