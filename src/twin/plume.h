#pragma once
// Gaussian plume of a continuous ground or stack release, for the drawn area, with reflection at
// the ground. Dispersion parameters: Briggs 1973, "Diffusion Estimation for Small Emissions"
// (doi 10.2172/5118833), rural and urban, as in Hanna, Briggs and Hosker 1982, "Handbook on
// Atmospheric Diffusion", Table 4.5. Steady state; published for distances of 100 m to 10 km,
// carried on here to the source, where the circle of HazardWish rules. Not for heavy gas.

#include "core/result.h"
#include "twin/sighting.h"

namespace anlan::twin {

// Pasquill classes A (very unstable) to F (stable).
enum class Stability { A, B, C, D, E, F };
enum class Terrain { Rural, Urban };
enum class Sky { Day, Night };

struct Wind {
  double speed_m_s = 0;  // at 10 m
  double from_deg = 0;   // where it comes from, 0 north, 90 east
};

// Pasquill 1961, as in Turner 1970, "Workbook of Atmospheric Dispersion Estimates", Table 3-1:
// from wind speed, whether it is day and how strong the sun is (0 overcast, 1 slight .. 3 strong).
// A night counts as clear; of two classes that the table allows the more stable one is taken: both
// carry gas further.
Stability stability_of(double wind_m_s, bool is_day, int sun);

struct Release {
  Point at;
  double rate_g_s = 0;
  double height_m = 0;
};

inline constexpr double kCalmWind_m_s = 0.5;  // below it a plume model says nothing
inline constexpr double kBreath_m = 1.5;      // above ground

struct Spread {
  double across_m = 0;  // sigma y
  double up_m = 0;      // sigma z
};
Spread spread_at(double downwind_m, Stability stability, Terrain terrain);

struct Plume {
  Release release;
  Wind wind;
  Stability stability = Stability::D;
  Terrain terrain = Terrain::Urban;

  // WrongState with a reason when the wind is calm or a figure is none: the caller must fall back
  // to distance.
  Result<void> check() const;
  // Of a point, seen from the release: along the wind and across it.
  double downwind_m(Point at) const;
  double crosswind_m(Point at) const;
  // g/m3; 0 upwind.
  double concentration_g_m3(Point at, double above_ground_m = kBreath_m) const;
};

// ppm (25 C, 101.325 kPa) of a gas with this molar mass.
double ppm_of_g_m3(double g_m3, double molar_mass_g_mol);
double g_m3_of_ppm(double ppm, double molar_mass_g_mol);

}  // namespace anlan::twin
