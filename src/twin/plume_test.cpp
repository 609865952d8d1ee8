#include "twin/plume.h"

#include <gtest/gtest.h>

#include <cmath>

namespace anlan::twin {
namespace {

Plume west_wind(double rate_g_s, double height_m, double speed_m_s) {
  return {.release = {.at = {100, 200}, .rate_g_s = rate_g_s, .height_m = height_m},
          .wind = {.speed_m_s = speed_m_s, .from_deg = 270},
          .stability = Stability::D,
          .terrain = Terrain::Rural};
}

// De Visscher 2014, "Air Dispersion Modeling: Foundations and Applications", section 2.1, pages 24
// and 25: two stacks in rural terrain, class D, concentration at the ground.
TEST(Plume, GivesThePublishedValues) {
  Plume tall = west_wind(100, 90, 7);
  EXPECT_NEAR(tall.concentration_g_m3({1600, 200}, 0) * 1e6, 160.3, 0.1);
  EXPECT_NEAR(tall.concentration_g_m3({1600, 300}, 0) * 1e6, 107.5, 0.1);
  Plume low = west_wind(5, 30, 2);
  EXPECT_NEAR(low.concentration_g_m3({1100, 200}, 0) * 1e6, 201.14, 0.01);
}

// By hand from Briggs' table: 0.16 * 500 / sqrt(1.2) and 0.14 * 500 / sqrt(1.15), and so on.
TEST(Plume, SpreadsAsBriggsSays) {
  Spread urban = spread_at(500, Stability::D, Terrain::Urban);
  EXPECT_NEAR(urban.across_m, 73.03, 0.01);
  EXPECT_NEAR(urban.up_m, 65.28, 0.01);
  Spread stable = spread_at(500, Stability::F, Terrain::Rural);
  EXPECT_NEAR(stable.across_m, 19.52, 0.01);
  EXPECT_NEAR(stable.up_m, 6.957, 0.001);
  Spread unstable = spread_at(1000, Stability::B, Terrain::Urban);
  EXPECT_NEAR(unstable.across_m, 270.4, 0.1);
  EXPECT_NEAR(unstable.up_m, 339.4, 0.1);
}

TEST(Plume, CarriesThroughEveryPlaneWhatIsReleased) {
  for (Terrain terrain : {Terrain::Rural, Terrain::Urban}) {
    for (int kind = 0; kind < 6; ++kind) {
      for (double x : {100.0, 500.0, 2000.0}) {
        Plume plume = west_wind(10, 20, 3);
        plume.terrain = terrain;
        plume.stability = static_cast<Stability>(kind);
        Spread spread = spread_at(x, plume.stability, terrain);
        double dy = spread.across_m / 10, dz = spread.up_m / 10;
        double flux = 0;
        for (double y = -6 * spread.across_m; y <= 6 * spread.across_m; y += dy) {
          for (double z = dz / 2; z <= 20 + 6 * spread.up_m; z += dz) {
            flux += plume.concentration_g_m3({100 + x, 200 + y}, z) * dy * dz * 3;
          }
        }
        EXPECT_NEAR(flux, 10, 0.2) << kind << " at " << x;
      }
    }
  }
}

TEST(Plume, IsEqualOnBothSidesAndNothingUpwind) {
  for (double from_deg = 0; from_deg < 360; from_deg += 15) {
    Plume plume = west_wind(10, 2, 3);
    plume.wind.from_deg = from_deg;
    double turn = from_deg * M_PI / 180;
    Point along{-std::sin(turn), -std::cos(turn)}, across{along.y, -along.x};
    auto at = [&](double x, double y) {
      return plume.concentration_g_m3(
          {100 + along.x * x + across.x * y, 200 + along.y * x + across.y * y});
    };
    EXPECT_NEAR(at(300, 40), at(300, -40), 1e-12);
    EXPECT_GT(at(300, 0), at(300, 40));
    EXPECT_GT(at(300, 0), 0);
    EXPECT_EQ(at(-1, 0), 0);
    EXPECT_EQ(at(-300, 10), 0);
  }
}

TEST(Plume, SaysNothingInCalmWind) {
  Plume plume = west_wind(10, 2, 0.4);
  ASSERT_FALSE(plume.check());
  EXPECT_EQ(plume.check().error().code, ErrorCode::WrongState);
  EXPECT_NE(plume.check().error().detail.find("calm"), std::string::npos);
  EXPECT_EQ(plume.concentration_g_m3({300, 200}), 0);
  plume.wind.speed_m_s = std::nan("");
  EXPECT_FALSE(plume.check());
  plume.wind.speed_m_s = 0.5;
  EXPECT_TRUE(plume.check());
}

TEST(Stability, FollowsPasquillsTable) {
  EXPECT_EQ(stability_of(1, true, 3), Stability::A);
  EXPECT_EQ(stability_of(2.5, true, 1), Stability::C);
  EXPECT_EQ(stability_of(4, true, 3), Stability::B);
  EXPECT_EQ(stability_of(5.5, true, 3), Stability::C);
  EXPECT_EQ(stability_of(8, true, 2), Stability::D);
  EXPECT_EQ(stability_of(1, true, 0), Stability::D) << "overcast";
  EXPECT_EQ(stability_of(1, false, 0), Stability::F);
  EXPECT_EQ(stability_of(4, false, 0), Stability::E);
  EXPECT_EQ(stability_of(6, false, 0), Stability::D);
}

// 1 ppm of ammonia (17.031 g/mol) is 0.696 mg/m3 at 25 C (NIOSH Pocket Guide: 0.70).
TEST(Units, TurnConcentrationsIntoPpm) {
  EXPECT_NEAR(ppm_of_g_m3(0.000696, 17.031), 1, 0.001);
  EXPECT_NEAR(g_m3_of_ppm(ppm_of_g_m3(0.25, 17.031), 17.031), 0.25, 1e-12);
}

}  // namespace
}  // namespace anlan::twin
