#include <gtest/gtest.h>

#include "ehs/ehs.h"

namespace anlan::ehs {
namespace {

constexpr Instant kNow{1'800'000'000'000'000'000};

LivePermit hot() {
  LivePermit permit{.id = {Uuid{{1}}}, .kind = "hot", .grade = "one", .area = "A1"};
  permit.at = twin::Point{165, 310};
  permit.gas_at = kNow - Duration::minutes(10);
  permit.guardian = {Uuid{{2}}};
  permit.is_outdoor = true;
  permit.limits = {.gas_max_age = Duration::minutes(30),
                   .wind_force_max = 4,
                   .guardian_radius_m = 15,
                   .guardian_grace = Duration::seconds(30),
                   .neighbour_m = 35};
  return permit;
}

PermitWorld world(Instant now, std::optional<GuardianSight> sight) {
  return {.now = now, .guardian = [sight](PersonId) { return sight; }};
}

GuardianSight beside(Instant seen) {
  return {.seen = seen, .at = twin::Point{166, 311}, .zone = "A1"};
}

std::string only_reason(const std::vector<Suspension>& suspended) {
  return suspended.size() == 1 ? suspended.front().reason : "";
}

TEST(PermitWatch, LeavesWorkAloneThatKeepsItsConditions) {
  std::map<RecordId, Instant> away;
  EXPECT_TRUE(watch_permits({hot()}, world(kNow, beside(kNow)), away).empty());
}

TEST(PermitWatch, StopsWorkWhoseGasAnalysisGrewTooOldOrIsMissing) {
  std::map<RecordId, Instant> away;
  LivePermit old = hot();
  old.gas_at = kNow - Duration::minutes(31);
  EXPECT_EQ(only_reason(watch_permits({old}, world(kNow, beside(kNow)), away)), "gas_age");
  old.gas_at.reset();
  EXPECT_EQ(only_reason(watch_permits({old}, world(kNow, beside(kNow)), away)), "gas_age");
}

TEST(PermitWatch, AsksForAnotherTestAtTheIntervalOfTheStandard) {
  std::map<RecordId, Instant> away;
  LivePermit entered = hot();
  entered.limits.gas_max_age = Duration::hours(2);
  entered.limits.retest_every = Duration::hours(2);
  entered.gas_at = kNow - Duration::hours(2);
  EXPECT_TRUE(watch_permits({entered}, world(kNow, beside(kNow)), away).empty());
  entered.gas_at = kNow - Duration::minutes(121);
  EXPECT_EQ(only_reason(watch_permits({entered}, world(kNow, beside(kNow)), away)), "retest");
  entered.limits.gas_max_age = Duration::hours(1);
  EXPECT_EQ(only_reason(watch_permits({entered}, world(kNow, beside(kNow)), away)), "gas_age")
      << "the plant's own figure is stricter";
}

TEST(PermitWatch, StopsWorkOnlyAfterTheGuardianWasAwayForTheGraceTime) {
  std::map<RecordId, Instant> away;
  auto far = [](Instant seen) {
    return GuardianSight{.seen = seen, .at = twin::Point{190, 310}, .zone = "A1"};
  };
  EXPECT_TRUE(watch_permits({hot()}, world(kNow, far(kNow)), away).empty());
  Instant later = kNow + Duration::seconds(20);
  EXPECT_TRUE(watch_permits({hot()}, world(later, beside(later)), away).empty());
  Instant again = kNow + Duration::seconds(25);
  EXPECT_TRUE(watch_permits({hot()}, world(again, far(again)), away).empty());
  Instant still = again + Duration::seconds(29);
  EXPECT_TRUE(watch_permits({hot()}, world(still, far(still)), away).empty());
  Instant over = again + Duration::seconds(30);
  EXPECT_EQ(only_reason(watch_permits({hot()}, world(over, far(over)), away)), "guardian_left");
}

TEST(PermitWatch, AGuardianWhomNobodySeesAnyMoreIsNoGuardian) {
  std::map<RecordId, Instant> away;
  GuardianSight gone = beside(kNow - Duration::seconds(31));
  EXPECT_EQ(only_reason(watch_permits({hot()}, world(kNow, gone), away)), "guardian_unseen");
}

TEST(PermitWatch, AGuardianWhoWasNeverSeenWhileOthersAreHasTheGraceTimeOnly) {
  std::map<RecordId, Instant> away;
  EXPECT_TRUE(watch_permits({hot()}, world(kNow, GuardianSight{}), away).empty());
  Instant later = kNow + Duration::seconds(30);
  EXPECT_TRUE(watch_permits({hot()}, world(later, GuardianSight{}), away).empty());
  later = later + Duration::seconds(1);
  auto stopped = watch_permits({hot()}, world(later, GuardianSight{}), away);
  EXPECT_EQ(only_reason(stopped), "guardian_unseen");
  EXPECT_TRUE(watch_permits({hot()}, world(later, std::nullopt), away).empty()) << "no badge";
}

TEST(PermitWatch, AStandingAlarmComesFirst) {
  std::map<RecordId, Instant> away;
  PermitWorld alarmed = world(kNow, beside(kNow - Duration::hours(1)));
  alarmed.alarm = [](const LivePermit& permit) -> std::optional<Json> {
    if (permit.area != "A1") return std::nullopt;
    return Json::object({{"alarm", "CO-1.H"}});
  };
  auto stopped = watch_permits({hot()}, alarmed, away);
  EXPECT_EQ(only_reason(stopped), "alarm");
  EXPECT_EQ(stopped.front().detail["alarm"], Json("CO-1.H"));
}

TEST(PermitWatch, WindStopsOutdoorWorkAboveItsForce) {
  std::map<RecordId, Instant> away;
  PermitWorld windy = world(kNow, beside(kNow));
  windy.winds = {{.tag = "WS-1", .speed_m_s = 7.9}};
  EXPECT_TRUE(watch_permits({hot()}, windy, away).empty() == (beaufort(7.9) <= 4));
  windy.winds = {{.tag = "WS-1", .speed_m_s = 8.5}};
  EXPECT_EQ(only_reason(watch_permits({hot()}, windy, away)), "wind");
  LivePermit inside = hot();
  inside.is_outdoor = false;
  EXPECT_TRUE(watch_permits({inside}, windy, away).empty());
}

TEST(PermitWatch, OfSeveralAnemometersTheStrongestInReachCounts) {
  std::map<RecordId, Instant> away;
  PermitWorld windy = world(kNow, beside(kNow));
  windy.winds = {{.tag = "WS-1", .speed_m_s = 1, .place = twin::Point{160, 300}},
                 {.tag = "WS-2", .speed_m_s = 12, .place = twin::Point{300, 300}},
                 {.tag = "WS-3", .speed_m_s = 2}};
  auto stopped = watch_permits({hot()}, windy, away);
  ASSERT_EQ(only_reason(stopped), "wind");
  EXPECT_EQ(stopped.front().detail["tag"], Json("WS-2"));
  windy.winds[1].place = twin::Point{9'000, 300};
  EXPECT_TRUE(watch_permits({hot()}, windy, away).empty());
}

TEST(PermitWatch, WhereGasMustBeMonitoredAllTheTimeASilentDetectorStopsTheWork) {
  std::map<RecordId, Instant> away;
  PermitWorld quiet = world(kNow, beside(kNow));
  quiet.detectors = {{.tag = "GAS-1",
                      .substance = "combustible",
                      .good_at = kNow - Duration::seconds(61),
                      .area = "A1",
                      .place = twin::Point{170, 310}}};
  EXPECT_TRUE(watch_permits({hot()}, quiet, away).empty()) << "not asked for";
  LivePermit special = hot();
  special.limits.lel_max = 8.3;
  special.limits.monitor_max = Duration::seconds(60);
  auto stopped = watch_permits({special}, quiet, away);
  ASSERT_EQ(only_reason(stopped), "gas_reading");
  EXPECT_EQ(stopped.front().detail["tag"], Json("GAS-1"));
  EXPECT_EQ(stopped.front().detail["is_silent"], Json(true));
  quiet.detectors[0].good_at = kNow - Duration::seconds(60);
  EXPECT_TRUE(watch_permits({special}, quiet, away).empty());
  quiet.detectors[0].good_at = kNow - Duration::hours(1);
  quiet.detectors.push_back(quiet.detectors[0]);
  quiet.detectors[1].good_at = kNow;
  EXPECT_TRUE(watch_permits({special}, quiet, away).empty()) << "another one beside it speaks";
  quiet.detectors[1].place = twin::Point{300, 310};
  EXPECT_EQ(only_reason(watch_permits({special}, quiet, away)), "gas_reading") << "too far off";
}

TEST(PermitWatch, KnowsBeaufortAtItsEdges) {
  EXPECT_EQ(beaufort(0.1), 0);
  EXPECT_EQ(beaufort(5.4), 3);
  EXPECT_EQ(beaufort(5.5), 4);
  EXPECT_EQ(beaufort(8.0), 5);
  EXPECT_EQ(beaufort(40), 12);
}

twin::Plan two_zones() {
  auto zone = [](const char* code, double x0, double x1) {
    Json ring = Json::array();
    for (auto [x, y] : {std::pair{x0, 0.0}, {x1, 0.0}, {x1, 50.0}, {x0, 50.0}, {x0, 0.0}}) {
      ring.push(Json::array({Json(x), Json(y)}));
    }
    Json name = Json::object({{"zh", code}, {"en", code}});
    return Json::object(
        {{"type", "Feature"},
         {"properties", Json::object({{"kind", "zone"}, {"code", code}, {"name", name}})},
         {"geometry", Json::object({{"type", "Polygon"}, {"coordinates", Json::array({ring})}})}});
  };
  Json plan = Json::object({{"type", "FeatureCollection"},
                            {"anlan:frame", "local-metres"},
                            {"features", Json::array({zone("A1", 0, 100), zone("A2", 130, 230),
                                                      zone("A3", 300, 400)})}});
  auto parsed = twin::Plan::parse(plan);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().detail);
  return parsed ? std::move(*parsed) : twin::Plan{};
}

TEST(PermitWatch, AnAlarmTouchesItsAreaItsNeighbourAndPlacesNobodyKnows) {
  twin::Plan plan = two_zones();
  LivePermit permit = hot();
  permit.at.reset();
  AlarmPlace alarm{.area = "A1"};
  EXPECT_TRUE(is_touched(permit, alarm, plan));
  permit.area = "A2";
  EXPECT_TRUE(is_touched(permit, alarm, plan));
  permit.area = "A3";
  EXPECT_FALSE(is_touched(permit, alarm, plan));
  permit.area = "nowhere";
  EXPECT_TRUE(is_touched(permit, alarm, plan));
}

TEST(HeadCount, SilenceIsUnknownAndNeverSafe) {
  twin::Plan plan = two_zones();
  HeadCountRules rules{.centre = {50, 25}, .radius_m = 300};
  Traces traces{.badge = {Uuid{{3}}}, .code = "B-1"};
  EXPECT_TRUE(is_concerned(traces, plan, rules));
  EXPECT_EQ(count_one(traces, plan, rules, kNow).why, "never_seen");
  traces.sight = twin::Sighting{
      .badge = "B-1", .at = twin::Point{60, 25}, .zone = "A1", .seen = kNow, .received = kNow};
  EXPECT_EQ(count_one(traces, plan, rules, kNow).safety, Safety::Unsafe);
  Counted silent = count_one(traces, plan, rules, kNow + Duration::seconds(16));
  EXPECT_EQ(silent.safety, Safety::Unknown);
  EXPECT_EQ(silent.why, "silent");
  EXPECT_EQ(silent.seen, kNow);
}

TEST(HeadCount, APositionInDoubtMakesUnknownWhateverWasKnownBefore) {
  twin::Plan plan = two_zones();
  HeadCountRules rules{.centre = {50, 25}, .radius_m = 300};
  Traces traces{.badge = {Uuid{{3}}}, .code = "B-1"};
  traces.sight = twin::Sighting{
      .badge = "B-1", .at = twin::Point{60, 25}, .zone = "A1", .seen = kNow, .received = kNow};
  traces.doubted_at = kNow + Duration::seconds(1);
  Counted counted = count_one(traces, plan, rules, kNow + Duration::seconds(1));
  EXPECT_EQ(counted.safety, Safety::Unknown);
  EXPECT_EQ(counted.why, "doubtful");
  EXPECT_EQ(counted.zone, "A1") << "where to look first";
  traces.sight->seen = kNow + Duration::seconds(2);
  EXPECT_EQ(count_one(traces, plan, rules, kNow + Duration::seconds(2)).why, "inside");
  // Whoever is said to be elsewhere after the way out has not surely left.
  traces.pass = twin::GatePass{
      .badge = "B-1", .gate = "G", .is_in = false, .seen = kNow + Duration::seconds(3)};
  EXPECT_EQ(count_one(traces, plan, rules, kNow + Duration::seconds(3)).why, "left");
  traces.doubted_at = kNow + Duration::seconds(4);
  EXPECT_EQ(count_one(traces, plan, rules, kNow + Duration::seconds(4)).why, "doubtful");
}

TEST(HeadCount, TheWordOfAPersonCountsMoreThanABadge) {
  twin::Plan plan = two_zones();
  HeadCountRules rules{.centre = {50, 25}};
  Traces traces{.badge = {Uuid{{3}}}, .code = "B-1"};
  traces.said = Safety::Safe;
  traces.said_at = kNow;
  EXPECT_EQ(count_one(traces, plan, rules, kNow).why, "said_safe");
  traces.is_signed_off = true;
  EXPECT_EQ(count_one(traces, plan, rules, kNow).why, "signed_off");
  traces.said = Safety::Unsafe;
  EXPECT_EQ(count_one(traces, plan, rules, kNow).safety, Safety::Unsafe);
}

TEST(HeadCount, WhoLeftThroughTheGateIsNotSoughtInside) {
  twin::Plan plan = two_zones();
  HeadCountRules rules{.centre = {50, 25}};
  Traces traces{.badge = {Uuid{{3}}}, .code = "B-1"};
  traces.pass = twin::GatePass{
      .badge = "B-1", .gate = "G1", .zone = "", .is_in = false, .seen = kNow, .received = kNow};
  EXPECT_FALSE(is_concerned(traces, plan, rules));
  EXPECT_EQ(count_one(traces, plan, rules, kNow).why, "left");
}

TEST(HeadCount, SomebodyFarAwayIsNotConcernedAndAZoneAloneIsEnough) {
  twin::Plan plan = two_zones();
  HeadCountRules rules{.centre = {50, 25}, .radius_m = 100};
  Traces traces{.badge = {Uuid{{3}}}, .code = "B-1"};
  traces.permit_zone = "A3";
  traces.permit_at = kNow;
  EXPECT_FALSE(is_concerned(traces, plan, rules));
  traces.permit_zone = "A2";
  EXPECT_TRUE(is_concerned(traces, plan, rules));
}

}  // namespace
}  // namespace anlan::ehs
