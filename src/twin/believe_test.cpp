#include "twin/believe.h"

#include <gtest/gtest.h>

#include <cmath>

#include "twin/test_plan.h"

namespace anlan::twin {
namespace {

const Instant kNow = *parse_instant("2026-11-22T08:00:00Z");

// Offset by a published pair of points of both datums in Shanghai, Shenzhen and Beijing.
TEST(GeoReference, TakesTheShiftOfChineseMapsBack) {
  struct Pair {
    GeoPoint wgs84, gcj02;
  };
  for (const Pair& pair :
       {Pair{{31.1774276, 121.5272106}, {31.17530398364597, 121.531541859215, true}},
        Pair{{22.543847, 113.912316}, {22.540796131694766, 113.9171764808363, true}},
        Pair{{39.911954, 116.377817}, {39.91334545536069, 116.38404722455657, true}}}) {
    GeoPoint back = to_wgs84(pair.gcj02);
    EXPECT_NEAR(back.lat, pair.wgs84.lat, 1e-6);
    EXPECT_NEAR(back.lon, pair.wgs84.lon, 1e-6);
    EXPECT_FALSE(back.is_gcj02);
  }
  GeoPoint paris{48.85, 2.35, true};
  EXPECT_EQ(to_wgs84(paris), (GeoPoint{48.85, 2.35})) << "no shift outside";
}

// A degree of latitude is 111.2 km here: 0.001 degrees are 110.9 m north at 31 degrees.
TEST(GeoReference, TwoPointsGiveTurnScaleAndShift) {
  auto plain = GeoReference::fit({{{31.000, 121.000}, {0, 0}}, {{31.001, 121.000}, {0, 110.86}}});
  ASSERT_TRUE(plain) << plain.error().detail;
  EXPECT_NEAR(plain->residual_m(), 0, 0.01);
  Point east = plain->to_plan({31.0, 121.001});
  EXPECT_NEAR(east.x, 95.5, 0.1);
  EXPECT_NEAR(east.y, 0, 0.1);
  // The plan's y points east: north is minus x.
  auto turned =
      GeoReference::fit({{{31.000, 121.000}, {500, 40}}, {{31.001, 121.000}, {389.14, 40}}});
  ASSERT_TRUE(turned);
  Point there = turned->to_plan({31.0, 121.001});
  EXPECT_NEAR(there.x, 500, 0.1);
  EXPECT_NEAR(there.y, 135.5, 0.1);
}

TEST(GeoReference, TheResidualSaysHowBadlyThePointsFit) {
  std::vector<ControlPoint> points{{{31.000, 121.000}, {0, 0}},
                                   {{31.001, 121.000}, {0, 110.86}},
                                   {{31.000, 121.001}, {95.5, 0}},
                                   {{31.001, 121.001}, {95.5, 110.86}}};
  EXPECT_LT(GeoReference::fit(points)->residual_m(), 0.1);
  points[3].at.x += 8;  // one was measured badly
  double residual = GeoReference::fit(points)->residual_m();
  EXPECT_GT(residual, 1);
  EXPECT_LT(residual, 4);
  EXPECT_EQ(GeoReference::fit(points)->point_count(), 4u);
}

TEST(GeoReference, RefusesWhatGivesNoFrame) {
  auto why = [](std::string_view text) {
    auto read = GeoReference::parse(*parse_json(text));
    return read ? std::string() : read.error().detail;
  };
  EXPECT_EQ(why(R"({"points":[{"lat":31,"lon":121,"x":0,"y":0},
    {"lat":31.001,"lon":121,"x":0,"y":110.86}]})"),
            "");
  for (std::string_view wrong :
       {R"([])", R"({})", R"({"points":[]})", R"({"points":[{"lat":31,"lon":121,"x":0,"y":0}]})",
        R"({"points":[{"lat":31,"lon":121,"x":0,"y":0},{"lat":31,"lon":121,"x":0,"y":0}]})",
        R"({"points":[{"lat":31,"lon":121,"x":0,"y":0},{"lat":31.001,"lon":121,"x":0,"y":900}]})",
        R"({"points":[{"lat":91,"lon":121,"x":0,"y":0},{"lat":31.001,"lon":121,"x":0,"y":111}]})",
        R"({"points":[{"lat":31,"lon":121,"x":0,"y":0},
          {"lat":31.001,"lon":121,"x":0,"y":111,"datum":"bd09"}]})",
        R"({"points":[{"lat":31,"lon":121,"x":0,"y":0},
          {"lat":31.001,"lon":121,"x":0,"y":111,"z":1}]})"}) {
    EXPECT_TRUE(why(wrong).starts_with("plan: georeference: ")) << wrong;
  }
}

class Believe : public testing::Test {
 protected:
  Believe() {
    Sketch sketch;
    sketch.zone("ROAD", {{0, 0}, {100, 100}}).zone("YARD", {{200, 0}, {300, 100}});
    sketch.root().set("anlan:georeference", *parse_json(R"({"points":[
      {"lat":31.000,"lon":121,"x":0,"y":0},{"lat":31.001,"lon":121,"x":0,"y":110.86}]})"));
    auto plan = Plan::parse(sketch.root());
    EXPECT_TRUE(plan) << (plan ? "" : plan.error().detail);
    if (plan) plan_ = *std::move(plan);
  }
  static Sighting seen(Point at, double accuracy_m, Duration ago = {}) {
    return {.badge = "B", .at = at, .accuracy_m = accuracy_m, .seen = kNow - ago, .received = kNow};
  }
  Doubt judge(Sighting& one, const Sighting* before = nullptr, double most = kPersonMost_m_s) {
    lay_on(one, plan_);
    return believe(
        one, before, plan_,
        [&](std::string_view zone) {
          auto found = rules_.find(zone);
          return found == rules_.end() ? PlaceRule{} : found->second;
        },
        most);
  }

  Plan plan_;
  std::map<std::string, PlaceRule, std::less<>> rules_{{"ROAD", {.accuracy_max_m = 3}},
                                                       {"YARD", {.is_zone_only = true}}};
};

TEST_F(Believe, RoadsHavePointsAndYardsOnlyTheirName) {
  Sighting road = seen({50, 50}, 2), yard = seen({250, 50}, 2);
  EXPECT_EQ(judge(road), Doubt::None);
  EXPECT_EQ(road.at, (Point{50, 50}));
  EXPECT_EQ(road.zone, "ROAD");
  EXPECT_EQ(judge(yard), Doubt::None);
  EXPECT_FALSE(yard.at) << "behaviour mode";
  EXPECT_EQ(yard.zone, "YARD");
}

TEST_F(Believe, AWorsePointTellsTheZoneIfThatIsSureAndElseNothing) {
  Sighting inside = seen({50, 50}, 20), edge = seen({95, 50}, 20), named = edge;
  named.zone = "ROAD";
  EXPECT_EQ(judge(inside), Doubt::None);
  EXPECT_FALSE(inside.at);
  EXPECT_EQ(inside.zone, "ROAD");
  EXPECT_EQ(judge(edge), Doubt::Inaccurate);
  EXPECT_EQ(judge(named), Doubt::None) << "the system is sure of the zone";
  EXPECT_FALSE(named.at);
  Sighting untold = seen({50, 50}, 0);
  EXPECT_EQ(judge(untold), Doubt::None);
  EXPECT_FALSE(untold.at) << "nobody said how exact it is";
}

TEST_F(Believe, NobodyFlies) {
  Sighting before = seen({10, 10}, 1, Duration::seconds(2)), near = seen({28, 10}, 1);
  Sighting far = seen({60, 10}, 1), car = far;
  EXPECT_EQ(judge(near, &before), Doubt::None) << "18 m in 2 s";
  EXPECT_EQ(judge(far, &before), Doubt::Jumped) << "50 m in 2 s";
  EXPECT_EQ(judge(car, &before, kVehicleMost_m_s), Doubt::None);
  Sighting blurred = seen({60, 10}, 30);
  rules_.clear();
  EXPECT_EQ(judge(blurred, &before), Doubt::None) << "it may be 30 m nearer";
}

TEST_F(Believe, OldOnesAreTooOld) {
  Sighting fresh = seen({50, 50}, 1, Duration::seconds(60));
  Sighting old = seen({50, 50}, 1, Duration::milliseconds(60'001));
  EXPECT_EQ(judge(fresh), Doubt::None);
  EXPECT_EQ(judge(old), Doubt::TooOld);
}

TEST_F(Believe, DegreesNeedAPlanThatSaysWhereItLies) {
  Sighting one = seen({}, 2);
  one.at.reset();
  one.geo = GeoPoint{31.0005, 121.0005};
  Sighting same = one;
  EXPECT_EQ(judge(one), Doubt::None);
  ASSERT_TRUE(one.at);
  EXPECT_NEAR(one.at->x, 47.8, 0.1);
  EXPECT_NEAR(one.at->y, 55.4, 0.1);
  EXPECT_EQ(one.zone, "ROAD");
  plan_ = *Plan::parse(Sketch().zone("ROAD", {{0, 0}, {100, 100}}).root());
  EXPECT_EQ(judge(same), Doubt::NoGeoreference);
}

}  // namespace
}  // namespace anlan::twin
