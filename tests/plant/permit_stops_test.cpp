// What stands against work: alarms that guard people, areas that are held, gas next door; and who
// hears of a stop.

#include <algorithm>

#include "engine/permit_board.h"
#include "engine/permit_room.h"
#include "tests/plant/permit_fixture.h"

namespace anlan::test {
namespace {

class PermitStopTest : public PermitPlant {
 protected:
  void SetUp() override {
    PermitPlant::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    certify_all();
    certify("worker112", "guardian");
    certify("repair5", "hot");
  }
  void look() {
    plant_->clock().advance(Duration::milliseconds(250));
    plant_->engine().watch();
  }
  void read_plant() {
    plant_->clock().advance(Duration::seconds(2));
    plant_->engine().watch();
  }
  void measure(std::string_view tag, double value,
               history::Quality quality = history::Quality::Good) {
    auto index = plant_->engine().sensing().find_tag(tag);
    ASSERT_TRUE(index) << tag;
    history::Sample sample{
        .tag = *index, .at = plant_->clock().now(), .value = value, .quality = quality};
    ASSERT_TRUE(plant_->engine().sensing().samples({&sample, 1}));
  }
  std::string reason(const Json& permit) {
    return now(permit)["record"].text_or("suspend_reason", "");
  }
  Json detail(const Json& permit) { return now(permit)["record"]["suspend_detail"]; }
  // Another job of other people, so many metres east of the first.
  Json beside(double x) {
    Json fields = hot();
    fields.set("x", x).set("guardian", who("worker112")).set("leader", who("repair6"));
    return fields.set("workers", Json::object({{"persons", Json::array({who("repair5")})}}));
  }
  Json ready(const Json& fields) {
    Json permit = made("permit", fields);
    acted(permit, "safety2", "approve");
    test_gas(permit, Duration::minutes(1));
    return permit;
  }
  // A tag in A1 with a limit that is over at 1.
  void alarm(const std::string& code, const Json& tag_fields, bool is_safety) {
    Json tag = Json::object({{"code", code}, {"name_zh", code}, {"area", area("A1")}});
    tag.set("source", plant_->id_of("source", "S-PLC1").value());
    for (const auto& [name, value] : tag_fields.as_object()) tag.set(name, value);
    Json made_tag = made("tag", tag, "admin");
    made("alarm_limit",
         Json::object({{"tag", made_tag["id"]},
                       {"area", area("A1")},
                       {"code", code + ".H"},
                       {"name_zh", "报警"},
                       {"kind", "h"},
                       {"limit_value", 1},
                       {"priority", 1},
                       {"is_safety", is_safety}}),
         "admin");
    read_plant();
  }
  RecordId alarm_id(std::string_view code) {
    for (const auto& one : plant_->engine().sensing().plant()->alarms()) {
      if (one.code == code) return one.id;
    }
    ADD_FAILURE() << "no alarm " << code;
    return {};
  }
};

TEST_P(PermitStopTest, ALoneAnemometerStopsWorkAndABlankIsOutdoors) {
  Json fields = hot();
  fields.set("is_outdoor", Json());
  Json permit = made("permit", fields);
  start(permit);
  look();
  ASSERT_EQ(state(permit), "active");
  measure("WS-0001", 12);  // nobody says from where
  measure("WS-0002", 1);
  look();
  EXPECT_EQ(reason(permit), "wind");
  EXPECT_EQ(detail(permit)["tag"], Json("WS-0001"));
}

TEST_P(PermitStopTest, AnySafetyAlarmStopsWorkAndNobodyBeginsBesideIt) {
  alarm("FD-1", Json::object({{"purpose", "interlock"}}), true);
  Json permit = made("permit", hot());
  start(permit);
  look();
  ASSERT_EQ(state(permit), "active");
  measure("FD-1", 2);
  look();
  EXPECT_EQ(reason(permit), "alarm");
  EXPECT_EQ(detail(permit)["alarm"], Json("FD-1.H"));
  plant_->clock().advance(Duration::minutes(1));
  test_gas(permit, {});
  auto again = act(permit, "safety2", "resume");
  expect_refused(again, ErrorCode::WrongState, "");
  EXPECT_EQ(params_of(again)["alarm"], Json("FD-1.H"));
  Json other = ready(beside(60));
  expect_refused(act(other, "worker112", "start", position(60, 310)), ErrorCode::WrongState, "");
  measure("FD-1", 0);
  look();
  acted(permit, "safety2", "resume");
  look();
  EXPECT_EQ(state(permit), "active");
}

TEST_P(PermitStopTest, AnAlarmSystemThatIsBypassedStopsWorkAsWell) {
  alarm("FD-2", Json::object({{"purpose", "interlock"}}), true);
  Json permit = made("permit", hot());
  start(permit);
  auto out = plant_->run(
      as("control1"), engine::ActOnAlarm{.alarm = alarm_id("FD-2.H"),
                                         .button = "out_of_service",
                                         .event = alarms::TakeOut{"repair", as("safety1").person}});
  ASSERT_TRUE(out) << error_text(out.error().code).code << out.error().detail;
  look();
  EXPECT_EQ(reason(permit), "alarm");
  EXPECT_EQ(detail(permit)["is_bypassed"], Json(true));
  Json other = ready(beside(60));
  auto begun = act(other, "worker112", "start", position(60, 310));
  expect_refused(begun, ErrorCode::WrongState, "");
  EXPECT_EQ(params_of(begun)["is_bypassed"], Json(true));
}

TEST_P(PermitStopTest, AnAreaThatIsHeldLetsNothingBeginUntilANamedPersonReleasesIt) {
  Json permit = made("permit", hot());
  start(permit);
  Json other = ready(beside(60));
  ASSERT_TRUE(plant_->run(as("director"), engine::SuspendArea{.area = "A1", .reason = "leak"}));
  EXPECT_EQ(state(permit), "suspended");
  plant_->clock().advance(Duration::minutes(1));
  auto begun = act(other, "worker112", "start", position(60, 310));
  expect_refused(begun, ErrorCode::WrongState, "");
  EXPECT_EQ(params_of(begun)["hold"], Json("A1"));
  EXPECT_EQ(params_of(begun)["by"], who("director"));
  EXPECT_EQ(begun.error().message_zh, "leak");
  test_gas(permit, {});
  expect_refused(act(permit, "safety2", "resume"), ErrorCode::WrongState, "");
  engine::ReleaseArea let{.area = "A1", .reason = "valve shut"};
  expect_refused(plant_->run(as("safety1"), let), ErrorCode::Forbidden, "");
  expect_refused(plant_->run(as("director"), engine::ReleaseArea{.area = "A1"}),
                 ErrorCode::MissingField, "reason");
  ASSERT_TRUE(plant_->run(as("director"), let));
  expect_refused(plant_->run(as("director"), let), ErrorCode::WrongState, "area");
  acted(permit, "safety2", "resume");
  acted(other, "worker112", "start", position(60, 310));
}

TEST_P(PermitStopTest, GasThatOneJobFoundStopsTheJobNextDoor) {
  Json permit = made("permit", hot());
  start(permit);
  Json near = made("permit", beside(180));  // 15 m away
  start(near, "worker112");
  engine::SuspendPermits what;
  what.suspensions.push_back({id_of(permit), "gas", Json::object()});
  ASSERT_TRUE(plant_->run(engine::timeout_subject(), what));
  EXPECT_EQ(state(near), "suspended");
  EXPECT_EQ(reason(near), "neighbour");
  EXPECT_EQ(detail(near)["permit"], permit["id"]);
  EXPECT_EQ(detail(near)["gas"], Json("gas"));
}

TEST_P(PermitStopTest, WhatIsNoGasLeavesTheNeighbourAlone) {
  Json permit = made("permit", hot());
  start(permit);
  Json near = made("permit", beside(180));
  start(near, "worker112");
  engine::SuspendPermits what;
  what.suspensions.push_back({id_of(permit), "shift_end", Json::object()});
  ASSERT_TRUE(plant_->run(engine::timeout_subject(), what));
  EXPECT_EQ(state(near), "active");
}

TEST_P(PermitStopTest, EverybodyConcernedIsToldOfAStopInItsOwnTransaction) {
  Json fields = hot();
  fields.set("coordinator", who("safety3"));
  Json permit = made("permit", fields);
  start(permit);
  Json near = made("permit", beside(180));
  start(near, "worker112");
  made(
      "permit_entry",
      Json::object({{"permit", permit["id"]}, {"person", who("repair3")}, {"in_at", from_now({})}}),
      "worker111");
  ASSERT_TRUE(plant_->run(as("repair5"),
                          engine::SuspendPermit{.permit = id_of(permit), .reason = "smell"}));
  Instant at = plant_->clock().now();
  auto view = plant_->engine().database().snapshot().value();
  auto rows = view->query({"SELECT person, at FROM notice WHERE record_id = ? AND kind = ?",
                           {id_of(permit).text(), std::string("permit.notice.suspended")}});
  ASSERT_TRUE(rows);
  std::map<std::string, int64_t> told;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    EXPECT_TRUE(told.emplace((*rows)[i].text("person"), (*rows)[i].int64("at")).second)
        << "told once";
  }
  // Leader, guardian, worker (who is inside too), coordinator, applicant, approver, the
  // leader next door, the control room.
  for (const char* login : {"repair4", "worker111", "repair3", "safety3", "safety1", "safety2",
                            "repair6", "control1"}) {
    auto one = told.find(as(login).person.text());
    ASSERT_NE(one, told.end()) << login;
    EXPECT_EQ(one->second, at.ns) << login;
  }
}

TEST_P(PermitStopTest, AGuardianOfOneJobNeitherLeadsNorWorksOnAnother) {
  Json first = made("permit", hot());
  start(first);
  Json leads = beside(60);
  leads.set("leader", who("worker111"));
  expect_refused(make("permit", leads), ErrorCode::GuardianBusy, "leader");
  Json guards = beside(60);
  certify("repair3", "guardian");
  guards.set("guardian", who("repair3"));
  auto busy = make("permit", guards);
  expect_refused(busy, ErrorCode::GuardianBusy, "guardian");
  EXPECT_EQ(params_of(busy)["permit"], first["id"]);
}

TEST_P(PermitStopTest, AGrandchildIsOfTheSameJob) {
  certify("repair6", "hot");
  certify("repair1", "hot");
  Json top = made("permit", hot());
  start(top);
  auto below = [&](const Json& parent, const char* leader, const char* worker) {
    Json fields = hot();
    fields.set("parent", parent["id"]).set("leader", who(leader));
    fields.set("workers", Json::object({{"persons", Json::array({who(worker)})}}));
    return fields;
  };
  Json child = ready(below(top, "repair5", "repair6"));
  acted(child, "worker111", "start", position(165, 310));
  // The same guardian: one job, whatever lies between.
  Json grandchild = make("permit", below(child, "repair2", "repair1")).value_or(Json());
  EXPECT_FALSE(grandchild.is_null());
}

TEST_P(PermitStopTest, OnlyTheGuardianCountsAndOnlyWhoIsOnThePermitAndOnce) {
  Json permit = ready(hot());
  Json entry =
      Json::object({{"permit", permit["id"]}, {"person", who("repair3")}, {"in_at", from_now({})}});
  expect_refused(make("permit_entry", entry, "worker111"), ErrorCode::WrongState, "permit");
  acted(permit, "worker111", "start", position(165, 310));
  expect_refused(make("permit_entry", entry, "repair4"), ErrorCode::Forbidden, "permit");
  Json other = entry;
  other.set("person", who("repair5"));
  expect_refused(make("permit_entry", other, "worker111"), ErrorCode::BadField, "person");
  Json row = made("permit_entry", entry, "worker111");
  expect_refused(make("permit_entry", entry, "worker111"), ErrorCode::Duplicate, "person");
  auto out = [&](std::string_view login) {
    return plant_->run(as(login),
                       engine::UpdateRecord{.form = "permit_entry",
                                            .id = id_of(row),
                                            .version = *row["version"].as_int64(),
                                            .fields = Json::object({{"out_at", from_now({})}})});
  };
  expect_refused(out("repair4"), ErrorCode::Forbidden, "permit");
  ASSERT_TRUE(out("worker111"));
  made("permit_entry", entry, "worker111");
}

TEST_P(PermitStopTest, TheShiftSeesGuardiansWhomNothingWatchesSilentDetectorsAndPeopleInside) {
  Json permit = made("permit", hot());
  start(permit);
  made(
      "permit_entry",
      Json::object({{"permit", permit["id"]}, {"person", who("repair3")}, {"in_at", from_now({})}}),
      "worker111");
  auto room = [&] {
    auto told = engine::permit_room(plant_->engine(), as("safety1"));
    EXPECT_TRUE(told) << told.error().detail;
    return told.value_or(Json());
  };
  EXPECT_TRUE(room()["due"].as_array().empty());
  plant_->clock().advance(Duration::minutes(106));
  Json told = room();
  ASSERT_EQ(told["due"].as_array().size(), 1u) << write_json(told);
  EXPECT_EQ(told["due"].as_array()[0]["number"], permit["number"]);
  ASSERT_EQ(told["silent"].as_array().size(), 1u) << "nothing was measured since";
  EXPECT_FALSE(told["silent"].as_array()[0]["tags"].as_array().empty());
  ASSERT_EQ(told["inside"].as_array().size(), 1u);
  EXPECT_FALSE(told["inside"].as_array()[0].text_or("name", "").empty());
  EXPECT_TRUE(told["holds"].as_array().empty());
  ASSERT_TRUE(plant_->run(as("director"), engine::SuspendArea{.area = "A1", .reason = "leak"}));
  told = room();
  ASSERT_EQ(told["holds"].as_array().size(), 1u);
  EXPECT_EQ(told["holds"].as_array()[0]["reason"], Json("leak"));
  EXPECT_EQ(told["holds"].as_array()[0]["by"]["id"], who("director"));
  EXPECT_TRUE(told["due"].as_array().empty()) << "it stands still";
}

TEST_P(PermitStopTest, AGuardianIsWatchedByHisBadgeWhereAnybodyIsPositioned) {
  ehs::LivePermit live{.guardian = as("worker111").person};
  auto& sensing = plant_->engine().sensing();
  auto plant = sensing.plant();
  auto watch = [&] { return engine::guardian_watch(live, *plant, sensing.presence()); };
  EXPECT_EQ(watch(), "") << "no rule asks";
  live.limits.guardian_radius_m = 15;
  EXPECT_EQ(watch(), "unwatched") << "nobody is positioned here";
  twin::Sighting sight{.badge = plant->badge_of(live.guardian)->code, .zone = "A1"};
  sight.seen = sight.received = plant_->clock().now();
  ASSERT_TRUE(sensing.sightings({&sight, 1}));
  EXPECT_EQ(watch(), "badge");
  live.guardian = PersonId{};
  EXPECT_EQ(watch(), "unwatched") << "no badge";
}

TEST_P(PermitStopTest, ARefusedPassIsCountedAndOpensThePermitsThere) {
  Json permit = made("permit", hot());
  plant_->clock().advance(Duration::minutes(1));
  twin::GatePass pass{
      .badge = "B-0001", .gate = "G-1", .zone = "A1", .is_in = true, .was_let = false};
  pass.seen = pass.received = plant_->clock().now();
  ASSERT_TRUE(plant_->engine().sensing().passes({&pass, 1}));
  plant_->engine().watch();
  plant_->clock().advance(Duration::minutes(1));
  auto done = engine::permit_figures(plant_->engine(), as("safety1"), {});
  ASSERT_TRUE(done) << done.error().detail;
  ASSERT_EQ((*done)["caught"].as_array().size(), 1u) << write_json(*done);
  Json caught = (*done)["caught"].as_array()[0];
  EXPECT_EQ(caught["reason"], Json("gate"));
  EXPECT_EQ(caught["count"].as_int64(), 1);
  EXPECT_EQ(caught["permits"], Json::array({permit["id"]}));
}

// What watches over work that is approved or goes on is not taken away from it.
TEST_P(PermitStopTest, ATagThatAPermitIsWatchedWithStaysInUse) {
  Json permit = made("permit", hot());
  start(permit);
  look();
  ASSERT_EQ(state(permit), "active");
  auto retire = [&](std::string_view tag) {
    auto id = RecordId::parse(plant_->id_of("tag", tag).value()).value();
    return plant_->run(as("admin"),
                       engine::RetireRecord{.form = "tag", .id = id, .reason = "拆除"});
  };
  auto refused = retire("WS-0001");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::WrongState);
  Json needs = parse_json(refused.error().params).value()["needed_by"];
  ASSERT_EQ(needs.as_array().size(), 1U) << write_json(needs);
  EXPECT_EQ(needs.as_array()[0]["why"], Json("permit"));
  EXPECT_EQ(needs.as_array()[0]["id"], permit["id"]);
  EXPECT_EQ(needs.as_array()[0]["code"], permit["number"]);
  // Too far away to mean this work.
  auto far = retire("GAS-2101");
  EXPECT_TRUE(far) << far.error().params;
  std::string beside;
  auto plant = plant_->engine().sensing().plant();
  for (const engine::TagInfo& tag : plant->tags()) {
    bool is_near = tag.at && twin::distance_m(*tag.at, {165, 310}) <= 20;
    if (tag.purpose == "gas" && tag.substance == "combustible" && is_near) beside = tag.code;
  }
  auto near = retire(beside);
  ASSERT_FALSE(near) << beside;
  EXPECT_EQ(parse_json(near.error().params).value()["needed_by"].as_array()[0]["why"],
            Json("permit"));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, PermitStopTest, testing::Values(false));

}  // namespace
}  // namespace anlan::test
