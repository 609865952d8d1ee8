// What screens ask about permits: board, conflicts of a draft, steps, figures, refused passes.

#include "engine/permit_board.h"
#include "engine/permit_sheet.h"
#include "tests/plant/permit_fixture.h"

namespace anlan::test {
namespace {

class PermitBoardTest : public PermitPlant {
 protected:
  void SetUp() override {
    PermitPlant::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    certify_all();
    certify("worker112", "guardian");
    permit_ = made("permit", hot());
  }

  Json board(std::string_view login = "safety1", const engine::PermitWindow& window = {}) {
    auto done = engine::permit_board(plant_->engine(), as(login), window);
    EXPECT_TRUE(done) << error_text(done.error().code).code << done.error().detail;
    return done.value_or(Json());
  }
  Json row_of(const Json& board, const Json& permit) {
    for (const Json& row : board["rows"].as_array()) {
      if (row["id"] == permit["id"]) return row;
    }
    return {};
  }
  // A confined space beside the hot work, with somebody who co-ordinates both.
  Json confined() {
    Json fields = hot();
    fields.set("kind", "confined").set("guardian", who("worker112")).set("leader", who("repair6"));
    fields.set("workers", Json::object({{"persons", Json::array({who("repair5")})}}));
    return fields.set("x", 170).set("coordinator", who("safety3"));
  }

  Json permit_;
};

TEST_P(PermitBoardTest, NamesWhoIsWaitedForAndSinceWhen) {
  plant_->clock().advance(Duration::minutes(3));
  Json row = row_of(board(), permit_);
  EXPECT_EQ(row["waiting"]["node"], Json("approve"));
  EXPECT_EQ(row["waiting"]["since"], permit_["created_at"]);
  bool is_named = false;
  for (const Json& person : row["waiting"]["persons"].as_array()) {
    is_named |= person["id"] == who("safety2") && !person.text_or("name", "").empty();
  }
  EXPECT_TRUE(is_named) << write_json(row);
  start(permit_);
  row = row_of(board(), permit_);
  EXPECT_EQ(row["state"], Json("active"));
  EXPECT_EQ(row["gas_due"], Json(from_now(Duration::minutes(120))));
}

TEST_P(PermitBoardTest, ShowsEachConflictOnceWithItsRule) {
  Json other = made("permit", confined());
  Json shown = board();
  ASSERT_EQ(shown["conflicts"].as_array().size(), 1u) << write_json(shown["conflicts"]);
  Json one = shown["conflicts"].as_array()[0];
  EXPECT_EQ(one["a"], permit_["id"]);
  EXPECT_EQ(one["b"], other["id"]);
  EXPECT_EQ(one["level"], Json("critical"));
  EXPECT_EQ(one["gap_m"].as_double(), 5);
  EXPECT_EQ(one["text_zh"], Json("动火与受限"));
}

TEST_P(PermitBoardTest, AWindowAddsWhatIsOver) {
  start(permit_);
  acted(permit_, "repair4", "close");
  EXPECT_TRUE(row_of(board(), permit_).is_null());
  Instant now = plant_->clock().now();
  Json seen =
      board("safety1", {.from = now - Duration::hours(1), .to = now + Duration::minutes(1)});
  EXPECT_EQ(row_of(seen, permit_)["state"], Json("closed"));
  Json later = board("safety1", {.from = now + Duration::hours(9)});
  EXPECT_TRUE(row_of(later, permit_).is_null());
}

TEST_P(PermitBoardTest, ADraftIsToldWhatItWouldMeet) {
  Json draft = confined();
  draft.set("area", "A1");
  auto done = engine::permit_conflicts(plant_->engine(), as("safety1"), draft);
  ASSERT_TRUE(done) << done.error().detail;
  ASSERT_EQ((*done)["conflicts"].as_array().size(), 1u);
  EXPECT_EQ((*done)["conflicts"].as_array()[0]["number"], permit_["number"]);
  draft.set("valid_from", "soon");
  expect_refused(engine::permit_conflicts(plant_->engine(), as("safety1"), draft),
                 ErrorCode::BadField, "valid_from");
}

TEST_P(PermitBoardTest, AVentThatIsOpenIsOtherWork) {
  auto plant = plant_->engine().sensing().plant();
  Json tag = Json::object({{"code", "VENT-1"},
                           {"name_zh", "放空"},
                           {"area", area("A1")},
                           {"purpose", "state_vent"},
                           {"x", 190},
                           {"y", 310}});
  tag.set("source", plant_->id_of("source", "S-PLC1").value());
  made("tag", tag, "admin");
  plant_->clock().advance(Duration::seconds(2));
  plant_->engine().watch();
  start(permit_);
  auto index = plant_->engine().sensing().find_tag("VENT-1");
  ASSERT_TRUE(index);
  history::Sample open{.tag = *index, .at = plant_->clock().now(), .value = 1};
  ASSERT_TRUE(plant_->engine().sensing().samples({&open, 1}));
  auto draft = engine::permit_conflicts(plant_->engine(), as("safety1"), hot());
  ASSERT_TRUE(draft);
  bool is_told = false;
  for (const Json& one : (*draft)["conflicts"].as_array()) {
    is_told |= one["tag"] == Json("VENT-1") && one["is_hard"] == Json(true);
  }
  EXPECT_TRUE(is_told) << write_json(*draft);
  plant_->clock().advance(Duration::milliseconds(250));
  plant_->engine().watch();
  Json record = now(permit_)["record"];
  EXPECT_EQ(record["state"], Json("suspended"));
  EXPECT_EQ(record["suspend_reason"], Json("neighbour"));
  EXPECT_EQ(record["suspend_detail"]["tag"], Json("VENT-1"));
}

TEST_P(PermitBoardTest, StepsTellHowLongEachTook) {
  plant_->clock().advance(Duration::minutes(5));
  acted(permit_, "safety2", "approve");
  plant_->clock().advance(Duration::minutes(2));
  auto done = engine::permit_steps(plant_->engine(), as("safety1"), id_of(permit_));
  ASSERT_TRUE(done) << done.error().detail;
  const Json::Array& steps = (*done)["steps"].as_array();
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0]["node"], Json("approve"));
  EXPECT_EQ(steps[0]["ms"].as_int64(), 300'000);
  EXPECT_EQ(steps[0]["by"]["id"], who("safety2"));
  EXPECT_EQ(steps[1]["ms"].as_int64(), 120'000);
  EXPECT_TRUE(steps[1]["done"].is_null());
  EXPECT_EQ(steps[1]["waiting"]["persons"].as_array()[0]["id"], who("worker111"));
  EXPECT_EQ((*done)["application_ms"].as_int64(), 420'000);
  EXPECT_EQ((*done)["is_signed"], Json(false));
}

TEST_P(PermitBoardTest, FiguresOpenTheirPermits) {
  plant_->clock().advance(Duration::hours(1));
  start(permit_);
  Json other = made("permit", confined());
  ASSERT_TRUE(plant_->run(as("repair3"),
                          engine::SuspendPermit{.permit = id_of(permit_), .reason = "smell"}));
  plant_->clock().advance(Duration::hours(1));
  auto done = engine::permit_figures(plant_->engine(), as("safety1"), {});
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ((*done)["applied"]["count"].as_int64(), 2);
  EXPECT_EQ((*done)["suspended"]["share"].as_double(), 0.5);
  EXPECT_EQ((*done)["suspended"]["permits"], Json::array({permit_["id"]}));
  ASSERT_EQ((*done)["caught"].as_array().size(), 1u);
  EXPECT_EQ((*done)["caught"].as_array()[0]["reason"], Json("person"));
  EXPECT_EQ((*done)["signature"]["median_h"].as_double(), 1);
  EXPECT_TRUE((*done)["signature"]["p90_h"].is_null()) << "the other one still waits";
  Instant now = plant_->clock().now();
  expect_refused(engine::permit_figures(plant_->engine(), as("safety1"),
                                        {.from = now, .to = now - Duration::hours(1)}),
                 ErrorCode::BadField, "from");
}

// What a guard refused is taken back; that somebody tried is not.
TEST_P(PermitBoardTest, EachRefusedActIsCountedWithItsPermit) {
  acted(permit_, "safety2", "approve");
  Json there = position(165, 310);
  expect_refused(act(permit_, "worker111", "start", there), ErrorCode::GasTestMissing, "gas_at");
  expect_refused(act(permit_, "worker111", "start", there), ErrorCode::GasTestMissing, "gas_at");
  ASSERT_FALSE(act(permit_, "worker112", "start", there)) << "not the guardian: no guard is asked";
  plant_->clock().advance(Duration::minutes(1));
  auto done = engine::permit_figures(plant_->engine(), as("safety1"), {});
  ASSERT_TRUE(done) << done.error().detail;
  ASSERT_EQ((*done)["caught"].as_array().size(), 1u) << write_json((*done)["caught"]);
  const Json& caught = (*done)["caught"].as_array()[0];
  EXPECT_EQ(caught["reason"], Json("permit_gas"));
  EXPECT_EQ(caught["count"].as_int64(), 2);
  EXPECT_EQ(caught["permits"], Json::array({permit_["id"]}));
}

// There is no permit that could say what was tried: the row itself keeps it.
TEST_P(PermitBoardTest, EachRefusedApplicationIsCountedWithWhatItWas) {
  Json unguarded = hot().set("guardian", who("worker113"));
  expect_refused(make("permit", unguarded), ErrorCode::CertificateMissing, "guardian");
  expect_refused(make("permit", hot().set("radius_m", 900)), ErrorCode::CheckFailed, "radius_m");
  Json empty = hot();
  empty.remove("kind");
  ASSERT_FALSE(make("permit", empty)) << "what only lacks a field is no violation";
  plant_->clock().advance(Duration::minutes(1));
  auto done = engine::permit_figures(plant_->engine(), as("safety1"), {});
  ASSERT_TRUE(done) << done.error().detail;
  const Json& caught = (*done)["caught"];
  ASSERT_EQ(caught.as_array().size(), 2u) << write_json(caught);
  EXPECT_EQ(caught.as_array()[0]["reason"], Json("check"));
  EXPECT_EQ(caught.as_array()[0]["applications"].as_array()[0]["en"],
            Json("No work reaches so far"));
  const Json& people = caught.as_array()[1];
  EXPECT_EQ(people["reason"], Json("permit_people"));
  EXPECT_EQ(people["count"].as_int64(), 1);
  EXPECT_EQ(people["permits"], Json::array());
  ASSERT_EQ(people["applications"].as_array().size(), 1u);
  const Json& one = people["applications"].as_array()[0];
  EXPECT_EQ(one["code"], Json("certificate_missing"));
  EXPECT_EQ(one["person"]["id"], who("safety1"));
  EXPECT_EQ(one["fields"]["guardian"], who("worker113"));
  EXPECT_EQ(one["fields"]["kind"], Json("hot"));
  EXPECT_FALSE(one["fields"].has("workers")) << "people without an account are not kept";
  EXPECT_FALSE(one["zh"].as_text().empty());
  auto elsewhere = engine::permit_figures(plant_->engine(), as("head2"), {});
  ASSERT_TRUE(elsewhere) << elsewhere.error().detail;
  EXPECT_EQ((*elsewhere)["caught"], Json::array()) << "of another workshop";
}

TEST_P(PermitBoardTest, ARefusedPassIsOnRecordOnce) {
  twin::GatePass pass{
      .badge = "B-0001", .gate = "G-1", .zone = "A1", .is_in = true, .was_let = false};
  pass.seen = pass.received = plant_->clock().now();
  ASSERT_TRUE(plant_->engine().sensing().passes({&pass, 1}));
  ASSERT_TRUE(plant_->engine().sensing().passes({&pass, 1}));
  twin::GatePass let = pass;
  let.was_let = true;
  ASSERT_TRUE(plant_->engine().sensing().passes({&let, 1}));
  plant_->engine().watch();
  Json shown = board();
  ASSERT_EQ(shown["refusals"].as_array().size(), 1u);
  EXPECT_EQ(shown["refusals"].as_array()[0]["badge"], Json("B-0001"));
}

// Who has a permit in copy looks at it, and takes nothing away.
TEST_P(PermitBoardTest, ACopyGivesNoSheet) {
  auto copied = plant_->run(as("safety2"), engine::ActOnTask{.task = task_of(permit_),
                                                             .act = "cc",
                                                             .to = {as("ehshead").person},
                                                             .comment = "请知悉"});
  ASSERT_TRUE(copied) << copied.error().detail;
  RecordId id = id_of(permit_);
  EXPECT_TRUE(plant_->engine().record(as("ehshead"), "permit", id));
  auto taken = engine::permit_sheet(plant_->engine(), as("ehshead"), id);
  expect_refused(taken, ErrorCode::NotFound, "");
  EXPECT_TRUE(engine::permit_sheet(plant_->engine(), as("safety1"), id));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, PermitBoardTest, testing::Values(false));

// The questions that are SQL of their own.
using PermitBoardDatabaseTest = PermitBoardTest;

TEST_P(PermitBoardDatabaseTest, AnswersAlikeOnPostgres) {
  twin::GatePass pass{.badge = "B-0001", .gate = "G-1", .zone = "A1", .was_let = false};
  pass.seen = pass.received = plant_->clock().now();
  ASSERT_TRUE(plant_->engine().sensing().passes({&pass, 1}));
  acted(permit_, "safety2", "approve");
  plant_->engine().watch();
  Json shown = board();
  EXPECT_EQ(shown["refusals"].as_array().size(), 1u);
  EXPECT_EQ(row_of(shown, permit_)["waiting"]["node"], Json("sign"));
  auto steps = engine::permit_steps(plant_->engine(), as("safety1"), id_of(permit_));
  ASSERT_TRUE(steps) << steps.error().detail;
  EXPECT_EQ((*steps)["steps"].as_array().size(), 2u);
  auto figures = engine::permit_figures(plant_->engine(), as("safety1"), {});
  ASSERT_TRUE(figures) << figures.error().detail;
}

INSTANTIATE_TEST_SUITE_P(Postgres, PermitBoardDatabaseTest, testing::Values(true));

}  // namespace
}  // namespace anlan::test
