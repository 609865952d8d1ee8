// Guards of permits, parents and children, and what the watch stops: with the whole engine.

#include "tests/plant/permit_fixture.h"

namespace anlan::test {
namespace {

using PermitTest = PermitPlant;

TEST_P(PermitTest, NobodyIsOnAPermitWithoutTheCertificatesOfHisPart) {
  auto none = make("permit", hot());
  expect_refused(none, ErrorCode::CertificateMissing, "guardian");
  EXPECT_EQ(params_of(none)["kind"], Json("guardian"));
  certify("worker111", "guardian");
  expect_refused(make("permit", hot()), ErrorCode::CertificateMissing, "workers");
  // It lapses before the permit ends.
  std::string today = from_now(Duration::hours(8)).substr(0, 10);
  certify("repair3", "hot", today);
  Json late = hot();
  late.set("valid_to", from_now(Duration::hours(40)));
  auto lapsed = make("permit", late);
  expect_refused(lapsed, ErrorCode::CertificateMissing, "workers");
  EXPECT_FALSE(params_of(lapsed)["until"].is_null());
  made("permit", hot());
}

TEST_P(PermitTest, LeaderGuardianAndWorkersAreDifferentPeople) {
  certify_all();
  Json same = hot();
  same.set("guardian", who("repair4"));
  expect_refused(make("permit", same), ErrorCode::SeparationOfDuty, "guardian");
  Json works = hot();
  works.set("workers", Json::object({{"persons", Json::array({who("worker111")})}}));
  expect_refused(make("permit", works), ErrorCode::SeparationOfDuty, "workers");
}

TEST_P(PermitTest, AGuardianGuardsOneJobAtATime) {
  certify_all();
  Json first = made("permit", hot());
  start(first);
  Json other = hot();
  other.set("x", 60).set("leader", who("repair5"));
  auto busy = make("permit", other);
  expect_refused(busy, ErrorCode::GuardianBusy, "guardian");
  EXPECT_EQ(params_of(busy)["permit"], first["id"]);
  other.set("valid_from", from_now(Duration::hours(9)));
  other.set("valid_to", from_now(Duration::hours(10)));
  made("permit", other);
}

TEST_P(PermitTest, APlaceMustBeKnown) {
  certify_all();
  Json nowhere = hot();
  nowhere.set("x", 99'999);
  expect_refused(make("permit", nowhere), ErrorCode::BadField, "x");
}

TEST_P(PermitTest, DraftsAreNoRulesBeforeANamedPersonHasAcceptedThem) {
  certify_all();
  Json draft = hot();
  draft.set("rule_mark", "draft");
  expect_refused(make("permit", draft), ErrorCode::RulesDraft, "rule_mark");
  made("rule_acceptance", Json::object({{"regime", "osha"}, {"accepted_by", who("safety1")}}));
  expect_refused(make("permit", draft), ErrorCode::RulesDraft, "rule_mark");
  made("rule_acceptance", Json::object({{"regime", "gb30871"}, {"accepted_by", who("safety1")}}));
  made("permit", draft);
}

TEST_P(PermitTest, ARegimeThatIsNotDeployedOrHasNoRowIsNeverSilent) {
  certify_all();
  Json other = hot();
  other.set("regime", "osha");
  expect_refused(make("permit", other), ErrorCode::BadModel, "regime");
  Json height = hot();
  height.set("kind", "height");
  expect_refused(make("permit", height), ErrorCode::BadModel, "regime");
}

TEST_P(PermitTest, AHardConflictBlocksAndAGraveOneNeedsACoordinator) {
  certify_all();
  certify("worker112", "guardian");
  certify("repair5", "hot");
  Json first = made("permit", hot());
  start(first);
  Json blind = hot();
  blind.set("kind", "blinding").set("guardian", who("worker112")).set("leader", who("repair6"));
  blind.set("workers", Json::object({{"persons", Json::array({who("repair5")})}}));
  blind.set("x", 194);
  auto blocked = make("permit", blind);
  expect_refused(blocked, ErrorCode::PermitConflict, "");
  EXPECT_EQ(params_of(blocked)["permit"], first["id"]);
  EXPECT_EQ(params_of(blocked)["gap_m"].as_double(), 29);
  EXPECT_EQ(blocked.error().message_en, "hot and blinding");
  blind.set("x", 195);
  made("permit", blind);
  Json confined = blind;
  confined.set("kind", "confined").set("x", 170);
  expect_refused(make("permit", confined), ErrorCode::PermitConflict, "coordinator");
  confined.set("coordinator", who("safety3"));
  made("permit", confined);
}

TEST_P(PermitTest, TwoThatWereAppliedForCantBothBeApproved) {
  certify_all();
  certify("worker112", "guardian");
  Json first = made("permit", hot());
  Json blind = hot();
  blind.set("kind", "blinding").set("guardian", who("worker112")).set("leader", who("repair6"));
  blind.set("workers", Json::object({{"persons", Json::array({who("repair5")})}}));
  Json second = made("permit", blind);
  acted(first, "safety2", "approve");
  expect_refused(act(second, "safety2", "approve"), ErrorCode::PermitConflict, "");
  EXPECT_EQ(state(second), "approving");
}

TEST_P(PermitTest, StartNeedsAPassedTestThatIsRecentAndOfEachLevel) {
  certify_all();
  Json permit = made("permit", hot());
  acted(permit, "safety2", "approve");
  Json here = position(165, 310);
  expect_refused(act(permit, "worker111", "start", here), ErrorCode::GasTestMissing, "gas_at");
  test_gas(permit, Duration::minutes(31));
  expect_refused(act(permit, "worker111", "start", here), ErrorCode::GasTestMissing, "gas_at");
  test_gas(permit, Duration::minutes(2), "fail");
  expect_refused(act(permit, "worker111", "start", here), ErrorCode::GasTestMissing, "gas_fault");
  test_gas(permit, Duration::minutes(1));
  acted(permit, "worker111", "start", here);

  Json tank = hot();
  tank.set("kind", "confined").set("x", 330).set("y", 300).set("area", area("A2"));
  tank.set("guardian", who("worker221")).set("leader", who("leader22"));
  tank.set("workers", Json::object({{"persons", Json::array({who("worker222")})}}));
  certify("worker221", "guardian");
  Json second = made("permit", tank);
  acted(second, "safety2", "approve");
  Json test = Json::object({{"permit", second["id"]},
                            {"point", "1"},
                            {"level", "upper"},
                            {"sampled_at", from_now({})},
                            {"analyst", who("safety4")},
                            {"verdict", "pass"}});
  made("permit_gas", test);
  auto missing = act(second, "worker221", "start", position(330, 300));
  expect_refused(missing, ErrorCode::GasTestMissing, "gas_at");
  EXPECT_EQ(params_of(missing)["level"], Json("lower"));
  made("permit_gas", test.set("level", "lower").set("analyst", who("safety3")));
  expect_refused(act(second, "worker221", "start", position(330, 300)),
                 ErrorCode::CertificateMissing, "analyst");
}

TEST_P(PermitTest, WhoSignsStandsThereOrSaysThatItIsNotProven) {
  certify_all();
  Json permit = made("permit", hot());
  acted(permit, "safety2", "approve");
  test_gas(permit, Duration::minutes(1));
  expect_refused(act(permit, "worker111", "start"), ErrorCode::PlaceUnproven, "comment");
  auto far = act(permit, "worker111", "start", position(165, 330), "I am here");
  expect_refused(far, ErrorCode::PlaceUnproven, "");
  EXPECT_EQ(params_of(far)["distance_m"].as_double(), 20);
  Json old = position(165, 310);
  old.set("at", from_now(Duration{} - Duration::minutes(3)));
  expect_refused(act(permit, "worker111", "start", old), ErrorCode::PlaceUnproven, "comment");
  auto said = act(permit, "worker111", "start", {}, "no phone in the zone");
  ASSERT_TRUE(said) << said.error().detail;
  Json timeline = plant_->engine().timeline(as("safety1"), "permit", id_of(permit)).value();
  bool is_marked = false;
  for (const Json& row : timeline["rows"].as_array()) {
    is_marked |= row["detail"]["guards"]["presence"]["how"] == Json("unproven");
  }
  EXPECT_TRUE(is_marked) << write_json(timeline);
}

TEST_P(PermitTest, ABadgeProvesThePlaceAndABadgeElsewhereDisprovesIt) {
  certify_all();
  Json permit = made("permit", hot());
  acted(permit, "safety2", "approve");
  test_gas(permit, Duration::minutes(1));
  auto plant = plant_->engine().sensing().plant();
  const engine::BadgeInfo* badge = plant->badge_of(as("worker111").person);
  ASSERT_NE(badge, nullptr);
  auto see = [&](double x) {
    twin::Sighting sight{.badge = badge->code, .at = twin::Point{x, 310}, .zone = "A1"};
    sight.seen = sight.received = plant_->clock().now();
    ASSERT_TRUE(plant_->engine().sensing().sightings({&sight, 1}));
  };
  see(300);
  expect_refused(act(permit, "worker111", "start", {}, "here"), ErrorCode::PlaceUnproven, "");
  plant_->clock().advance(Duration::seconds(1));
  see(170);
  acted(permit, "worker111", "start");
}

TEST_P(PermitTest, MeasuresAreConfirmedOneByOne) {
  certify_all();
  Json fields = hot();
  fields.set(
      "measures",
      Json::array({Json::object({{"key", "a"}, {"is_involved", true}}),
                   Json::object({{"key", "b"}, {"is_involved", true}, {"needs_evidence", true}}),
                   Json::object({{"key", "c"}, {"is_involved", false}})}));
  Json permit = made("permit", fields);
  acted(permit, "safety2", "approve");
  test_gas(permit, Duration::minutes(1));
  Json here = position(165, 310);
  expect_refused(act(permit, "worker111", "start", here), ErrorCode::MeasuresOpen, "measures.0");
  auto confirm = [&](Duration second) {
    Json rows = Json::array();
    Json shown = now(permit);
    for (const Json& row : shown["record"]["measures"].as_array()) {
      Json given = Json::object({{"key", row["key"]},
                                 {"is_involved", row["is_involved"]},
                                 {"needs_evidence", row["needs_evidence"]}});
      bool is_second = row["key"] == Json("b");
      if (row["is_involved"] == Json(true)) {
        given.set("is_done", true);
        given.set("device_at",
                  from_now(Duration{} - Duration::seconds(60) + (is_second ? second : Duration{})));
      }
      rows.push(std::move(given));
    }
    Json record = now(permit)["record"];
    return plant_->run(as("worker111"),
                       engine::UpdateRecord{.form = "permit",
                                            .id = id_of(permit),
                                            .version = *record["version"].as_int64(),
                                            .fields = Json::object({{"measures", rows}})});
  };
  ASSERT_TRUE(confirm(Duration::seconds(4)));
  Json row = now(permit)["record"]["measures"].as_array()[0];
  EXPECT_EQ(row["done_by"], who("worker111"));
  EXPECT_EQ(row["done_at"], Json(from_now({})));
  expect_refused(act(permit, "worker111", "start", here), ErrorCode::EvidenceMissing, "measures.1");
  Json record = now(permit)["record"];
  ASSERT_TRUE(plant_->run(as("worker111"),
                          engine::UpdateRecord{.form = "permit",
                                               .id = id_of(permit),
                                               .version = *record["version"].as_int64(),
                                               .fields = Json::object({{"evidenced", "x b"}})}));
  auto hasty = act(permit, "worker111", "start", here);
  expect_refused(hasty, ErrorCode::MeasuresOpen, "measures.1.device_at");
  EXPECT_EQ(params_of(hasty)["s"].as_double(), 4);
  // What was confirmed may not be altered behind its stamp.
  expect_refused(confirm(Duration::seconds(10)), ErrorCode::Forbidden, "measures.1");
}

TEST_P(PermitTest, NobodyClosesOverPeopleInsideOrIsolationsInPlace) {
  certify_all();
  Json permit = made("permit", hot());
  Json lock = made("permit_isolation", Json::object({{"permit", permit["id"]}, {"tag_no", "7"}}));
  acted(permit, "safety2", "approve");
  test_gas(permit, Duration::minutes(1));
  auto open = act(permit, "worker111", "start", position(165, 310));
  expect_refused(open, ErrorCode::IsolationOpen, "");
  EXPECT_EQ(params_of(open)["isolation"], lock["id"]);
}

TEST_P(PermitTest, PeopleInsideKeepAPermitOpen) {
  certify_all();
  Json permit = made("permit", hot());
  start(permit);
  made(
      "permit_entry",
      Json::object({{"permit", permit["id"]}, {"person", who("repair3")}, {"in_at", from_now({})}}),
      "worker111");
  auto closed = act(permit, "repair4", "close");
  expect_refused(closed, ErrorCode::PeopleInside, "inside_count");
  EXPECT_EQ(params_of(closed)["people"], Json::array({who("repair3")}));
}

TEST_P(PermitTest, AChildLiesInsideItsParentAndStopsWithIt) {
  certify_all();
  certify("repair5", "hot");
  Json parent = made("permit", hot());
  Json fields = hot();
  fields.set("parent", parent["id"]).set("x", 167).set("leader", who("repair6"));
  fields.set("workers", Json::object({{"persons", Json::array({who("repair5")})}}));
  fields.set("valid_to", from_now(Duration::hours(9)));
  expect_refused(make("permit", fields), ErrorCode::ParentNotActive, "valid_to");
  fields.set("valid_to", from_now(Duration::hours(4)));
  Json child = made("permit", fields);
  acted(child, "safety2", "approve");
  test_gas(child, Duration::minutes(1));
  auto early = act(child, "worker111", "start", position(167, 310));
  expect_refused(early, ErrorCode::ParentNotActive, "parent");
  start(parent);
  acted(child, "worker111", "start", position(167, 310));

  // One permit is stopped by hand: both stand still, in one transaction.
  ASSERT_TRUE(plant_->run(as("repair3"),
                          engine::SuspendPermit{.permit = id_of(parent), .reason = "smell"}));
  EXPECT_EQ(state(parent), "suspended");
  EXPECT_EQ(state(child), "suspended");
  EXPECT_EQ(now(child)["record"]["suspend_reason"], Json("parent"));
  EXPECT_EQ(now(child)["record"]["suspend_detail"]["permit"], parent["id"]);
  plant_->clock().advance(Duration::minutes(1));
  test_gas(child, {});
  expect_refused(act(child, "safety2", "resume"), ErrorCode::ParentNotActive, "parent");
  test_gas(parent, {});
  acted(parent, "safety2", "resume");
  acted(child, "safety2", "resume");
  EXPECT_EQ(state(child), "active");
  acted(parent, "repair4", "close");
  EXPECT_EQ(state(child), "expired");
}

TEST_P(PermitTest, AStopNeedsATestThatWasTakenAfterIt) {
  certify_all();
  Json permit = made("permit", hot());
  start(permit);
  ASSERT_TRUE(plant_->run(as("repair3"),
                          engine::SuspendPermit{.permit = id_of(permit), .reason = "smell"}));
  expect_refused(act(permit, "safety2", "resume"), ErrorCode::GasTestMissing, "gas_at");
  plant_->clock().advance(Duration::minutes(1));
  test_gas(permit, {});
  acted(permit, "safety2", "resume");
}

TEST_P(PermitTest, AllThatGoesOnInAnAreaStopsForWhoHasTheButton) {
  certify_all();
  Json permit = made("permit", hot());
  start(permit);
  engine::SuspendArea what{.area = "A1", .reason = "drill"};
  expect_refused(plant_->run(as("safety1"), what), ErrorCode::Forbidden, "");
  expect_refused(plant_->run(as("director"), engine::SuspendArea{.area = "ZZ", .reason = "x"}),
                 ErrorCode::BadField, "area");
  expect_refused(plant_->run(as("director"), engine::SuspendArea{.area = "A1"}),
                 ErrorCode::MissingField, "reason");
  auto elsewhere = plant_->run(as("director"), engine::SuspendArea{.area = "A2", .reason = "x"});
  ASSERT_TRUE(elsewhere);
  EXPECT_TRUE((*elsewhere)["permits"].as_array().empty());
  auto done = plant_->run(as("director"), what);
  ASSERT_TRUE(done);
  EXPECT_EQ((*done)["permits"], Json::array({permit["id"]}));
  EXPECT_EQ(state(permit), "suspended");
}

// What these do with the database, the text cases of the packs do on both.
INSTANTIATE_TEST_SUITE_P(Sqlite, PermitTest, testing::Values(false));

}  // namespace
}  // namespace anlan::test
