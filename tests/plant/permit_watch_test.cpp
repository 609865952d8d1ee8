// What stops a permit by itself, with the whole engine: readings, certificates, shifts, states of
// the plant.

#include <algorithm>

#include "engine/permit_board.h"
#include "tests/plant/permit_fixture.h"

namespace anlan::test {
namespace {

class PermitWatchTest : public PermitPlant {
 protected:
  void SetUp() override {
    PermitPlant::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    certify_all();
    permit_ = made("permit", hot());
    start(permit_);
    look();
    ASSERT_EQ(state(permit_), "active");
  }
  void look() {
    plant_->clock().advance(Duration::milliseconds(250));
    plant_->engine().watch();
  }
  void measure(std::string_view tag, double value) {
    auto index = plant_->engine().sensing().find_tag(tag);
    ASSERT_TRUE(index) << tag;
    history::Sample sample{.tag = *index, .at = plant_->clock().now(), .value = value};
    ASSERT_TRUE(plant_->engine().sensing().samples({&sample, 1}));
  }
  void shift(std::string_view login, Duration from, Duration until) {
    made("duty",
         Json::object({{"unit", "T51"},
                       {"role", "maintainer"},
                       {"person", who(login)},
                       {"shift", "day"},
                       {"from", from_now(from)},
                       {"until", from_now(until)}}),
         "admin");
  }
  std::string reason() { return now(permit_)["record"].text_or("suspend_reason", ""); }
  Json detail() { return now(permit_)["record"]["suspend_detail"]; }

  Json permit_;
};

TEST_P(PermitWatchTest, AReadingOverThePermitsLimitStopsItInTheNextTurn) {
  measure("GAS-2101", 20);  // too far away
  look();
  EXPECT_EQ(state(permit_), "active");
  std::string near;
  auto plant = plant_->engine().sensing().plant();
  for (const engine::TagInfo& tag : plant->tags()) {
    bool is_near = tag.at && twin::distance_m(*tag.at, {165, 310}) <= 20;
    if (tag.purpose == "gas" && tag.substance == "combustible" && is_near) near = tag.code;
  }
  ASSERT_FALSE(near.empty());
  measure(near, 8);
  look();
  EXPECT_EQ(state(permit_), "active");
  measure(near, 8.5);
  look();
  EXPECT_EQ(state(permit_), "suspended");
  EXPECT_EQ(reason(), "gas_reading");
  EXPECT_EQ(detail()["tag"], Json(near));
}

// % vol against % LEL: a raw 20 would be over the limit of 8.3, and is compared with nothing.
TEST_P(PermitWatchTest, AReadingInAnotherUnitIsUnknownAndTheBoardNamesIt) {
  auto plant = plant_->engine().sensing().plant();
  auto near = std::ranges::find_if(plant->tags(), [](const engine::TagInfo& tag) {
    return tag.purpose == "gas" && tag.substance == "combustible" && tag.at &&
           twin::distance_m(*tag.at, {165, 310}) <= 20;
  });
  ASSERT_NE(near, plant->tags().end());
  auto board = [&] { return *engine::permit_board(plant_->engine(), as("safety1"), {}); };
  EXPECT_FALSE(board()["rows"].as_array().at(0).has("gas_unknown"));
  auto changed =
      plant_->run(as("admin"), engine::UpdateRecord{.form = "tag",
                                                    .id = near->id,
                                                    .version = near->record.int_or("version", 0),
                                                    .fields = Json::object({{"unit", "%VOL"}})});
  ASSERT_TRUE(changed) << changed.error().field << changed.error().detail;
  const std::string code = near->code;
  plant_->clock().advance(Duration::seconds(2));
  plant_->engine().watch();
  measure(code, 20);
  look();
  EXPECT_EQ(state(permit_), "active");
  EXPECT_EQ(board()["rows"].as_array().at(0)["gas_unknown"], Json::array({code}));
}

TEST_P(PermitWatchTest, WorkBesideAGasAlarmThatStandsDoesNotGoOn) {
  auto plant = plant_->engine().sensing().plant();
  const auto& alarms = plant->alarms();
  auto level_one = std::ranges::find_if(
      alarms, [](const alarms::Definition& one) { return one.area == "A1" && one.gas_level == 1; });
  ASSERT_NE(level_one, alarms.end());
  measure(plant->tag(level_one->tag)->code, level_one->limit + 1);
  for (int i = 0; i < 40 && state(permit_) == "active"; ++i) look();
  ASSERT_EQ(state(permit_), "suspended");
  // Validated again while the alarm stands.
  plant_->clock().advance(Duration::minutes(2));
  test_gas(permit_, Duration::minutes(1));
  auto again = act(permit_, "safety2", "resume");
  expect_refused(again, ErrorCode::WrongState, "");
  EXPECT_EQ(params_of(again)["alarm"], Json(level_one->code));
  EXPECT_EQ(state(permit_), "suspended");
}

TEST_P(PermitWatchTest, ACertificateThatIsTakenBackStopsIt) {
  auto page = plant_->engine().list_records(as("safety1"), "certificate", {});
  for (const Json& row : (*page)["rows"].as_array()) {
    if (row["kind"] != Json("hot")) continue;
    ASSERT_TRUE(plant_->run(
        as("safety1"), engine::UpdateRecord{.form = "certificate",
                                            .id = id_of(row),
                                            .version = *row["version"].as_int64(),
                                            .fields = Json::object({{"is_verified", false}})}));
  }
  look();
  EXPECT_EQ(reason(), "certificate");
  EXPECT_EQ(detail()["person"], who("repair3"));
}

TEST_P(PermitWatchTest, TheEndOfAShiftStopsItUnlessTheNextFollows) {
  shift("repair4", Duration{} - Duration::hours(1), Duration::minutes(30));
  shift("repair4", Duration::minutes(30), Duration::minutes(60));
  // Who was not rostered when work began has no shift that could end.
  shift("worker111", Duration::minutes(1), Duration::minutes(5));
  plant_->clock().advance(Duration::minutes(59));
  look();
  EXPECT_EQ(state(permit_), "active");
  plant_->clock().advance(Duration::minutes(1));
  look();
  EXPECT_EQ(reason(), "shift_end");
}

// A permit of three days is taken up again each morning: what ended is the shift of the day before.
TEST_P(PermitWatchTest, WhoTakesUpTheWorkAgainDoesSoInAShiftOfItsOwn) {
  shift("repair4", Duration{} - Duration::hours(1), Duration::minutes(30));
  shift("repair4", Duration::minutes(40), Duration::minutes(80));
  plant_->clock().advance(Duration::minutes(30));
  look();
  ASSERT_EQ(reason(), "shift_end");
  plant_->clock().advance(Duration::minutes(5));
  test_gas(permit_, Duration::minutes(1));
  auto again = act(permit_, "safety2", "resume");
  expect_refused(again, ErrorCode::WrongState, "leader");
  EXPECT_EQ(params_of(again)["person"], who("repair4"));
  plant_->clock().advance(Duration::minutes(10));
  test_gas(permit_, Duration::minutes(1));
  acted(permit_, "safety2", "resume");
  look();
  EXPECT_EQ(state(permit_), "active");
  plant_->clock().advance(Duration::minutes(35));
  look();
  EXPECT_EQ(state(permit_), "suspended");
  EXPECT_EQ(reason(), "shift_end");
}

TEST_P(PermitWatchTest, RainStopsWorkOutdoors) {
  Json tag = Json::object({{"code", "RAIN-1"},
                           {"name_zh", "雨量"},
                           {"area", area("A1")},
                           {"purpose", "rain"},
                           {"source", plant_->id_of("source", "S-PLC1").value()}});
  made("tag", tag, "admin");
  plant_->clock().advance(Duration::seconds(2));
  look();
  measure("RAIN-1", 0);
  look();
  EXPECT_EQ(state(permit_), "active");
  measure("RAIN-1", 0.4);
  look();
  EXPECT_EQ(reason(), "weather");
  EXPECT_EQ(detail()["tag"], Json("RAIN-1"));
}

TEST_P(PermitWatchTest, AnAnalysisThatGrewTooOldStopsIt) {
  plant_->clock().advance(Duration::minutes(121));
  look();
  EXPECT_EQ(reason(), "gas_age");
}

class PermitGateTest : public PermitPlant {
 protected:
  std::vector<std::string> badges_of(std::initializer_list<const char*> logins) {
    auto plant = plant_->engine().sensing().plant();
    std::vector<std::string> badges;
    for (const char* login : logins) badges.push_back(plant->badge_of(as(login).person)->code);
    std::ranges::sort(badges);
    return badges;
  }
};

TEST_P(PermitGateTest, LetsInThePeopleOfActivePermitsWhereTheAreaAsksForOne) {
  certify_all();
  std::map<std::string, std::optional<std::vector<std::string>>> told;
  int times = 0;
  plant_->engine().responder().on_allowed(
      [&](std::string_view gate, const std::optional<std::vector<std::string>>& badges) {
        told.insert_or_assign(std::string(gate), badges);
        ++times;
      });
  plant_->engine().watch();
  auto plant = plant_->engine().sensing().plant();
  auto gate = std::ranges::find(plant->plan().gates(), "A1", &twin::Gate::zone);
  ASSERT_NE(gate, plant->plan().gates().end());
  const std::string code = gate->code;
  ASSERT_TRUE(told.contains(code)) << "what a broker kept is told anew";
  EXPECT_FALSE(told[code].has_value());

  RecordId area_id = RecordId::parse(plant_->id_of("area", "A1").value()).value();
  auto changed = plant_->run(
      as("admin"), engine::UpdateRecord{.form = "area",
                                        .id = area_id,
                                        .version = 1,
                                        .fields = Json::object({{"needs_permit", true}})});
  ASSERT_TRUE(changed) << changed.error().field << changed.error().detail;
  plant_->clock().advance(Duration::seconds(2));
  plant_->engine().watch();
  ASSERT_TRUE(told[code].has_value());
  EXPECT_TRUE(told[code]->empty());

  Json permit = made("permit", hot());
  acted(permit, "safety2", "approve");
  ASSERT_EQ(state(permit), "ready");
  plant_->engine().watch();
  EXPECT_EQ(*told[code], badges_of({"repair4", "worker111", "safety4"}))
      << "who prepares it goes in; the worker waits";
  test_gas(permit, Duration::minutes(1));
  acted(permit, "worker111", "start", position(165, 310));
  plant_->engine().watch();
  EXPECT_EQ(*told[code], badges_of({"repair4", "worker111", "repair3"}));

  int before = times;
  plant_->engine().watch();
  EXPECT_EQ(times, before) << "only what changed is told";
  ASSERT_TRUE(plant_->run(as("repair3"),
                          engine::SuspendPermit{.permit = id_of(permit), .reason = "smell"}));
  plant_->engine().watch();
  EXPECT_EQ(*told[code], badges_of({"safety4"})) << "only who takes the sample it waits for";
}

TEST_P(PermitGateTest, ACertificateEndsForTheGateByTheClockAlone) {
  // Half a minute before midnight in Shanghai.
  std::string day = format_instant(plant_->clock().now() + Duration::hours(8)).substr(0, 10);
  plant_->clock().set(parse_instant(day + "T23:59:30+08:00").value());
  certify_all();
  certify("repair6", "analyst", day);
  std::map<std::string, std::optional<std::vector<std::string>>> told;
  plant_->engine().responder().on_allowed(
      [&](std::string_view gate, const std::optional<std::vector<std::string>>& badges) {
        told.insert_or_assign(std::string(gate), badges);
      });
  auto changed = plant_->run(
      as("admin"),
      engine::UpdateRecord{.form = "area",
                           .id = RecordId::parse(plant_->id_of("area", "A1").value()).value(),
                           .version = 1,
                           .fields = Json::object({{"needs_permit", true}})});
  ASSERT_TRUE(changed) << changed.error().field << changed.error().detail;
  Json permit = made("permit", hot());
  acted(permit, "safety2", "approve");
  plant_->clock().advance(Duration::seconds(2));
  plant_->engine().watch();
  auto plant = plant_->engine().sensing().plant();
  auto gate = std::ranges::find(plant->plan().gates(), "A1", &twin::Gate::zone);
  ASSERT_NE(gate, plant->plan().gates().end());
  const std::string code = gate->code;
  EXPECT_EQ(told[code], badges_of({"repair4", "repair6", "worker111", "safety4"}));
  plant_->clock().advance(Duration::seconds(40));
  plant_->engine().watch();
  EXPECT_EQ(told[code], badges_of({"repair4", "worker111", "safety4"}));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, PermitGateTest, testing::Values(false));

// What these do with the database, the text cases of the packs do on both.
INSTANTIATE_TEST_SUITE_P(Sqlite, PermitWatchTest, testing::Values(false));

}  // namespace
}  // namespace anlan::test
