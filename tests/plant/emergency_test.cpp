// From a gas trip to a counted, audited response, in process on a moving clock.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/support/plant.h"
#include "tests/support/postgres.h"

namespace anlan::test {
namespace {

// On both databases: what must hold after a crash holds on each.
enum class On { Sqlite, Postgres };

class EmergencyTest : public testing::TestWithParam<On> {
 protected:
  void SetUp() override {
    PlantOptions options;
    if (GetParam() == On::Postgres) {
      PostgresServer* server = postgres_server();
      if (server == nullptr) GTEST_SKIP() << "no PostgreSQL on this machine";
      options.database = "postgres:" + server->fresh_database();
    }
    auto plant = Plant::create(options);
    ASSERT_TRUE(plant) << plant.error().detail << plant.error().field;
    plant_ = std::move(*plant);
    engine().watch();
    control_ = plant_->as("control1").value();
    calm_all();
    see_everybody();
  }

  engine::Engine& engine() { return plant_->engine(); }
  Instant now() { return plant_->clock().now(); }

  void give(std::string_view tag, double value) {
    auto index = engine().sensing().find_tag(tag);
    ASSERT_TRUE(index) << tag;
    history::Sample sample{.tag = *index, .at = now(), .received = now(), .value = value};
    ASSERT_TRUE(engine().sensing().samples({&sample, 1}));
  }

  // Every tag gives a harmless value, so that nothing is stale.
  void calm_all() {
    auto model = engine().sensing().plant();
    for (const engine::TagInfo& tag : model->tags()) {
      double value = tag.purpose == "wind_speed"  ? 3
                     : tag.purpose == "wind_from" ? 270
                     : tag.substance == "O2"      ? 20.9
                     : tag.purpose == "gas"       ? 0
                     : tag.purpose == "rain"      ? 0
                     : tag.purpose == "storm"     ? 0
                     : tag.high <= 1              ? tag.low
                                                  : (tag.low + tag.high) / 2;
      give(tag.code, value);
    }
    turn();
  }

  // Badges on a grid over the plant, without the silent ones.
  void see_everybody(const std::vector<std::string>& silent = {}) {
    auto model = engine().sensing().plant();
    std::vector<twin::Sighting> seen;
    int place = 0;
    for (const engine::BadgeInfo& badge : model->badges()) {
      ++place;
      if (std::ranges::contains(silent, badge.code)) continue;
      twin::Point at{40.0 + (place % 20) * 24, 240.0 + (place / 20 % 15) * 10};
      if (is_mustered_) at = model->plan().havens().front().at;
      const twin::Zone* zone = model->plan().zone_at(at);
      seen.push_back({.badge = badge.code,
                      .at = at,
                      .zone = zone == nullptr ? std::string() : zone->code,
                      .accuracy_m = 3,
                      .seen = now(),
                      .received = now()});
    }
    ASSERT_TRUE(engine().sensing().sightings(seen));
  }

  void turn() {
    engine().turn();
    engine().watch();
    engine().turn();
  }

  void pass(Duration length, const std::vector<std::string>& silent = {}) {
    for (int64_t ms = 0; ms < length.to_milliseconds(); ms += 1000) {
      plant_->wait(Duration::seconds(1));
      see_everybody(silent);
      turn();
    }
  }

  Json only_response() {
    auto list = engine().responses(control_);
    if (!list || (*list)["rows"].as_array().size() != 1) return {};
    return (*list)["rows"].as_array()[0];
  }
  Json console() {
    auto id = RecordId::parse(only_response().text_or("id", ""));
    if (!id) return {};
    auto shown = engine().response(control_, *id);
    return shown ? *shown : Json();
  }
  static Json step(const Json& console, std::string_view name) {
    for (const Json& one : console["steps"].as_array()) {
      if (one["step"] == Json(name)) return one;
    }
    return {};
  }
  Json permit_in(std::string_view state) {
    auto page = engine().list_records(
        plant_->as("safety1").value(), "permit",
        {.filter = {.kind = Filter::Kind::Eq, .field = "state", .values = {Json(state)}}});
    return page ? (*page)["rows"] : Json::array();
  }

  std::unique_ptr<Plant> plant_;
  access::Subject control_;
  bool is_mustered_ = false;
};

TEST_P(EmergencyTest, AGasTripStopsWorkShutsGatesAndBeginsADrillInOneTransaction) {
  ASSERT_EQ(permit_in("active").as_array().size(), 2U);
  give("GAS-2107", 60);
  engine().turn();
  EXPECT_EQ(only_response().text_or("mode", ""), "drill");
  EXPECT_EQ(permit_in("active").as_array().size(), 0U);
  EXPECT_EQ(permit_in("suspended").as_array().size(), 2U);
  Json shown = console();
  for (const char* name : {"raised", "suspended", "told", "gate_shut", "called"}) {
    EXPECT_TRUE(step(shown, name)["at"].is_text()) << name;
    EXPECT_FALSE(step(shown, name).bool_or("is_late", true)) << name;
  }
  auto rules = engine().gate_rules();
  ASSERT_TRUE(rules);
  EXPECT_FALSE(rules->as_array().empty());
  for (const Json& rule : rules->as_array()) EXPECT_FALSE(rule.bool_or("is_open", true));
}

TEST_P(EmergencyTest, WhatADeviceKeptWhileItsLinkWasDownRaisesNothing) {
  auto index = engine().sensing().find_tag("GAS-2107");
  ASSERT_TRUE(index);
  history::Sample kept{.tag = *index, .at = now(), .received = now(), .value = 60};
  ASSERT_TRUE(engine().sensing().historical({&kept, 1}));
  engine().turn();
  EXPECT_TRUE(only_response().is_null());
  EXPECT_EQ(permit_in("active").as_array().size(), 2U);
  EXPECT_NE(engine().sensing().live(*index).value, 60);
}

TEST_P(EmergencyTest, ASecondTripInTheSameAreaBeginsNothingNewAndAnotherAreaDoes) {
  give("GAS-2107", 60);
  engine().turn();
  give("GAS-2107", 10);
  turn();
  give("GAS-2107", 70);
  turn();
  EXPECT_EQ((*engine().responses(control_))["rows"].as_array().size(), 1U);
  give("NH3-6031", 200);
  turn();
  EXPECT_EQ((*engine().responses(control_))["rows"].as_array().size(), 2U);
}

TEST_P(EmergencyTest, EverybodyNearIsCountedAndTheSilentOnesAreNamed) {
  std::vector<std::string> silent = {"B-0007", "B-0150"};
  pass(Duration::minutes(1), silent);
  give("GAS-2107", 60);
  turn();
  pass(Duration::seconds(3), silent);
  Json shown = console();
  EXPECT_EQ(shown["counts"].int_or("unknown", 0), 2);
  EXPECT_GT(shown["counts"].int_or("total", 0), 250);
  std::vector<std::string> unknown;
  for (const Json& person : shown["people"].as_array()) {
    if (person["status"] == Json("unknown")) unknown.push_back(person.text_or("badge", ""));
    if (person["status"] == Json("unsafe")) {
      EXPECT_TRUE(person["route"].is_object());
    }
  }
  std::ranges::sort(unknown);
  EXPECT_EQ(unknown, silent);
  EXPECT_TRUE(step(shown, "located")["at"].is_text());
  EXPECT_TRUE(step(shown, "routed")["at"].is_text());
}

TEST_P(EmergencyTest, AfterACrashTheResponseGoesOnWithoutRepeatingAnything) {
  give("GAS-2107", 60);
  engine().turn();  // the jobs are due, nobody did them
  ASSERT_TRUE(plant_->reopen());
  calm_all();
  give("GAS-2107", 60);
  see_everybody();
  turn();
  pass(Duration::seconds(3));
  Json shown = console();
  EXPECT_TRUE(step(shown, "located")["at"].is_text());
  EXPECT_TRUE(step(shown, "routed")["at"].is_text());
  ASSERT_TRUE(plant_->reopen());
  see_everybody();
  turn();
  Json again = console();
  EXPECT_EQ(step(shown, "located"), step(again, "located"));
  EXPECT_EQ(shown["counts"], again["counts"]);
  EXPECT_EQ((*engine().responses(control_))["rows"].as_array().size(), 1U);
}

TEST_P(EmergencyTest, RoutesChangeWhenTheGasDoes) {
  give("GAS-2107", 60);
  turn();
  pass(Duration::seconds(2));
  std::map<std::string, std::string> before;
  Json first = console();
  for (const Json& person : first["people"].as_array()) {
    before[person.text_or("badge", "")] = person["route"].text_or("haven", "");
  }
  auto model = engine().sensing().plant();
  for (const engine::TagInfo& tag : model->tags()) {
    if (tag.purpose == "wind_from") give(tag.code, 90);
  }
  pass(Duration::seconds(3));
  int changed = 0;
  Json second = console();
  for (const Json& person : second["people"].as_array()) {
    changed += person["route"].int_or("version", 0) > 1 ? 1 : 0;
  }
  EXPECT_GT(changed, 0);
}

TEST_P(EmergencyTest, TheHeadCountRunsToZeroAndOnlyThenTheResponseCloses) {
  std::vector<std::string> silent = {"B-0007"};
  pass(Duration::minutes(1), silent);
  give("GAS-2107", 60);
  turn();
  pass(Duration::seconds(3), silent);
  is_mustered_ = true;
  pass(Duration::seconds(3), silent);
  Json shown = console();
  EXPECT_EQ(shown["counts"].int_or("unsafe", -1), 0);
  EXPECT_EQ(shown["counts"].int_or("unknown", -1), 1);
  EXPECT_TRUE(step(shown, "all_counted")["at"].is_null());
  auto id = RecordId::parse(only_response().text_or("id", "")).value();
  auto badge = engine().sensing().plant()->badge("B-0007")->id;
  auto counted = plant_->run(
      control_, engine::RollCall{.response = id, .badge = badge, .safety = ehs::Safety::Safe});
  ASSERT_TRUE(counted) << counted.error().detail;
  EXPECT_EQ((*counted)["counts"].int_or("unknown", -1), 0);
  EXPECT_TRUE(step(console(), "all_counted")["at"].is_text());
}

TEST_P(EmergencyTest, AnAlarmOfTheRealPlantAsksTheDutyPersonFirst) {
  auto admin = plant_->as("admin").value();
  auto sources = engine().list_records(admin, "source", {});
  ASSERT_TRUE(sources) << sources.error().detail;
  for (const Json& source : (*sources)["rows"].as_array()) {
    auto done = plant_->run(
        admin, engine::UpdateRecord{.form = "source",
                                    .id = RecordId::parse(source.text_or("id", "")).value(),
                                    .version = source.int_or("version", 0),
                                    .fields = Json::object({{"is_simulated", false}})});
    ASSERT_TRUE(done) << done.error().detail;
  }
  pass(Duration::seconds(2));
  give("GAS-2107", 60);
  turn();
  Json response = only_response();
  EXPECT_EQ(response.text_or("mode", ""), "real");
  EXPECT_EQ(response.text_or("state", ""), "asked");
  EXPECT_EQ(permit_in("suspended").as_array().size(), 2U);
}

TEST_P(EmergencyTest, WhoLooksAtATrackIsOnRecordForThatPerson) {
  auto badge = engine().sensing().plant()->badge_of(plant_->as("worker111").value().person);
  ASSERT_NE(badge, nullptr);
  EXPECT_EQ(engine().track(control_, badge->id, "").error().code, ErrorCode::MissingField);
  EXPECT_EQ(engine().track(plant_->as("worker112").value(), badge->id, "curious").error().code,
            ErrorCode::Forbidden);
  auto track = engine().track(control_, badge->id, "roll call");
  ASSERT_TRUE(track) << track.error().detail;
  EXPECT_FALSE((*track)["rows"].as_array().empty());
  auto looks = engine().looks(plant_->as("worker111").value());
  ASSERT_TRUE(looks);
  ASSERT_EQ((*looks)["rows"].as_array().size(), 1U);
  EXPECT_EQ((*looks)["rows"].as_array()[0].text_or("purpose", ""), "roll call");
}

TEST_P(EmergencyTest, AGuardianWhoLeavesStopsTheWork) {
  auto plant = engine().sensing().plant();  // the badge is its
  auto guardian = plant->badge_of(plant_->as("worker112").value().person);
  ASSERT_NE(guardian, nullptr);
  for (int second = 0; second < 60; ++second) {
    plant_->wait(Duration::seconds(1));
    see_everybody({guardian->code});
    twin::Sighting far{.badge = guardian->code,
                       .at = twin::Point{900, 100},
                       .zone = "A5",
                       .seen = now(),
                       .received = now()};
    ASSERT_TRUE(engine().sensing().sightings({&far, 1}));
    turn();
  }
  Json stopped = permit_in("suspended");
  auto hot = std::ranges::find_if(stopped.as_array(),
                                  [](const Json& permit) { return permit["kind"] == Json("hot"); });
  ASSERT_NE(hot, stopped.as_array().end());
  EXPECT_EQ(hot->text_or("suspend_reason", ""), "guardian_left");
}

TEST_P(EmergencyTest, PermitsThatLevelOneStoppedBelongToTheResponseOfLevelTwo) {
  give("GAS-2107", 30);
  turn();
  EXPECT_EQ(permit_in("suspended").as_array().size(), 2U);
  EXPECT_TRUE(only_response().is_null());
  give("GAS-2107", 60);
  turn();
  Json shown = console();
  EXPECT_EQ(shown["permits"].as_array().size(), 2U);
  EXPECT_EQ((*engine().gate_rules()).as_array().size(), 2U);
}

// Over the permit's own limit, under the first level of the alarm.
TEST_P(EmergencyTest, APermitThatAReadingStoppedBelongsToTheResponseThatFollows) {
  give("GAS-2107", 12);
  pass(Duration::seconds(1));
  Json stopped = permit_in("suspended");
  ASSERT_EQ(stopped.as_array().size(), 1U);
  EXPECT_EQ(stopped.as_array()[0]["suspend_reason"], Json("gas_reading"));
  EXPECT_TRUE(only_response().is_null());
  give("GAS-2107", 60);
  turn();
  Json named = console()["permits"];
  auto is_it = [&](const Json& one) { return one["id"] == stopped.as_array()[0]["id"]; };
  EXPECT_TRUE(std::ranges::any_of(named.as_array(), is_it)) << write_json(named);
}

// The store of the demo plant is entered with a permit only, and nobody has one yet.
TEST_P(EmergencyTest, AnAreaThatAsksForPermitsLetsNobodyInWithoutOne) {
  std::map<std::string, std::optional<std::vector<std::string>>> told;
  engine().responder().on_allowed(
      [&](std::string_view gate, const std::optional<std::vector<std::string>>& badges) {
        told.insert_or_assign(std::string(gate), badges);
      });
  engine().watch();
  ASSERT_TRUE(told.contains("G-A4"));
  ASSERT_TRUE(told["G-A4"].has_value());
  EXPECT_TRUE(told["G-A4"]->empty());
  EXPECT_FALSE(told["G-A1"].has_value());
}

TEST_P(EmergencyTest, TracksOfAResponseAreForgottenAfterThirtyDays) {
  give("GAS-2107", 60);
  turn();
  pass(Duration::seconds(8));
  auto tracks = [&] {
    auto view = engine().database().snapshot().value();
    return view->query({"SELECT COUNT(*) AS n FROM response_track"}).value()[0].int64("n");
  };
  EXPECT_GT(tracks(), 100);
  auto duty = plant_->as("safety1").value();
  Json tasks = engine().tasks(duty).value();
  for (const Json& task : tasks["rows"].as_array()) {
    if (task["node"] != Json("command")) continue;
    auto stopped = plant_->run(
        duty, engine::CompleteTask{.task = TaskId::parse(task.text_or("id", "")).value(),
                                   .outcome = "stop",
                                   .comment = "enough",
                                   .fields = Json::object()});
    ASSERT_TRUE(stopped) << stopped.error().detail;
  }
  EXPECT_EQ(only_response().text_or("state", ""), "stopped");
  plant_->clock().advance(Duration::days(29));
  engine().turn();
  EXPECT_GT(tracks(), 100);
  plant_->clock().advance(Duration::days(2));
  engine().turn();
  EXPECT_EQ(tracks(), 0);
}

TEST_P(EmergencyTest, AWorkerSeesCountsAndNoNamesOfOthers) {
  pass(Duration::seconds(2));
  give("GAS-2107", 60);
  turn();
  pass(Duration::seconds(2));
  auto id = RecordId::parse(only_response().text_or("id", "")).value();
  auto worker = plant_->as("worker111").value();
  Json seen = engine().response(worker, id).value();
  EXPECT_GT(seen["counts"].int_or("total", 0), 0);
  EXPECT_TRUE(seen["people"].as_array().empty());
  EXPECT_TRUE(seen["log"].as_array().empty());
  EXPECT_FALSE(seen["response"].has("voucher_isolate"));
  EXPECT_EQ(engine().report(worker, id).error().code, ErrorCode::Forbidden);
  EXPECT_FALSE(console()["people"].as_array().empty());
}

TEST_P(EmergencyTest, AGateOfTwoResponsesStaysShutUntilBothAreOver) {
  auto start = [&](const char* area) {
    auto begun = plant_->run(plant_->as("safety1").value(),
                             engine::StartResponse{.mode = "drill", .area = area});
    EXPECT_TRUE(begun) << (begun ? "" : begun.error().detail);
    return RecordId::parse((*begun)["record"].text_or("id", "")).value();
  };
  auto stop = [&](RecordId id) {
    auto duty = plant_->as("safety1").value();
    Json tasks = engine().tasks(duty).value();
    for (const Json& task : tasks["rows"].as_array()) {
      bool is_it = task["node"] == Json("command") && task["record_id"] == Json(id.text());
      if (!is_it) continue;
      auto done = plant_->run(
          duty, engine::CompleteTask{.task = TaskId::parse(task.text_or("id", "")).value(),
                                     .outcome = "stop",
                                     .comment = "over",
                                     .fields = Json::object()});
      EXPECT_TRUE(done) << (done ? "" : done.error().detail);
    }
  };
  auto shut = [&] {
    int count = 0;
    Json rules = engine().gate_rules().value();
    for (const Json& rule : rules.as_array()) count += rule.bool_or("is_open", true) ? 0 : 1;
    return count;
  };
  // The hot work in A1 and the confined space in A2 are touched by both.
  RecordId first = start("A1");
  int gates = shut();
  RecordId second = start("A2");
  EXPECT_EQ(shut(), gates);
  stop(first);
  EXPECT_GE(shut(), 1);
  stop(second);
  EXPECT_EQ(shut(), 0);
}

INSTANTIATE_TEST_SUITE_P(Databases, EmergencyTest, testing::Values(On::Sqlite, On::Postgres),
                         [](const auto& one) {
                           return one.param == On::Sqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
}  // namespace anlan::test
