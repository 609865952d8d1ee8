#include "twin/plume.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace anlan::twin {
namespace {

constexpr double kNearest_m = 1;            // the formulas end in a point at 0
constexpr double kMolarVolume_l = 24.4654;  // R T / p at 298.15 K and 101.325 kPa (CODATA R)

// sigma = a x (1 + b x)^power
struct Curve {
  double a, b, power;
  double at(double x) const { return a * x * std::pow(1 + b * x, power); }
};
struct Curves {
  Curve across, up;
};

constexpr std::array<Curves, 6> kRural = {{
    {{0.22, 0.0001, -0.5}, {0.20, 0, 0}},
    {{0.16, 0.0001, -0.5}, {0.12, 0, 0}},
    {{0.11, 0.0001, -0.5}, {0.08, 0.0002, -0.5}},
    {{0.08, 0.0001, -0.5}, {0.06, 0.0015, -0.5}},
    {{0.06, 0.0001, -0.5}, {0.03, 0.0003, -1}},
    {{0.04, 0.0001, -0.5}, {0.016, 0.0003, -1}},
}};
constexpr std::array<Curves, 6> kUrban = {{
    {{0.32, 0.0004, -0.5}, {0.24, 0.001, 0.5}},
    {{0.32, 0.0004, -0.5}, {0.24, 0.001, 0.5}},
    {{0.22, 0.0004, -0.5}, {0.20, 0, 0}},
    {{0.16, 0.0004, -0.5}, {0.14, 0.0003, -0.5}},
    {{0.11, 0.0004, -0.5}, {0.08, 0.0015, -0.5}},
    {{0.11, 0.0004, -0.5}, {0.08, 0.0015, -0.5}},
}};

// Rows: wind under 2, 3, 5, 6 m/s and above. Columns: clear night, sun slight, moderate, strong.
// Pasquill leaves the calm clear night open; F is the most careful.
using enum Stability;
constexpr Stability kClasses[5][4] = {
    {F, B, B, A}, {F, C, B, B}, {E, C, C, B}, {D, D, D, C}, {D, D, D, C}};

double turn_rad(const Wind& wind) { return wind.from_deg * M_PI / 180; }

}  // namespace

Stability stability_of(double wind_m_s, bool is_day, int sun) {
  int row = wind_m_s < 2 ? 0 : wind_m_s < 3 ? 1 : wind_m_s < 5 ? 2 : wind_m_s < 6 ? 3 : 4;
  if (!is_day) return kClasses[row][0];
  return sun <= 0 ? D : kClasses[row][std::min(sun, 3)];
}

Spread spread_at(double downwind_m, Stability stability, Terrain terrain) {
  const auto& table = terrain == Terrain::Rural ? kRural : kUrban;
  const Curves& curves = table[static_cast<std::size_t>(stability)];
  double x = std::max(downwind_m, kNearest_m);
  return {curves.across.at(x), curves.up.at(x)};
}

Result<void> Plume::check() const {
  for (double figure : {release.at.x, release.at.y, release.rate_g_s, release.height_m,
                        wind.speed_m_s, wind.from_deg}) {
    if (!std::isfinite(figure))
      return refuse(ErrorCode::WrongState, "a figure of the plume is none");
  }
  if (release.rate_g_s < 0 || release.height_m < 0) {
    return refuse(ErrorCode::WrongState, "rate and height of a release cannot be negative");
  }
  if (wind.speed_m_s < kCalmWind_m_s) {
    return refuse(ErrorCode::WrongState, "calm wind: a plume model says nothing, go by distance");
  }
  return {};
}

double Plume::downwind_m(Point at) const {
  double turn = turn_rad(wind);
  return -(at.x - release.at.x) * std::sin(turn) - (at.y - release.at.y) * std::cos(turn);
}

double Plume::crosswind_m(Point at) const {
  double turn = turn_rad(wind);
  return (at.x - release.at.x) * std::cos(turn) - (at.y - release.at.y) * std::sin(turn);
}

double Plume::concentration_g_m3(Point at, double above_ground_m) const {
  double x = downwind_m(at);
  if (x <= 0 || !check()) return 0;
  Spread spread = spread_at(x, stability, terrain);
  auto bell = [](double away, double sigma) {
    return std::exp(-away * away / (2 * sigma * sigma));
  };
  double vertical = bell(above_ground_m - release.height_m, spread.up_m) +
                    bell(above_ground_m + release.height_m, spread.up_m);
  return release.rate_g_s / (2 * M_PI * wind.speed_m_s * spread.across_m * spread.up_m) *
         bell(crosswind_m(at), spread.across_m) * vertical;
}

double ppm_of_g_m3(double g_m3, double molar_mass_g_mol) {
  return g_m3 * 1000 * kMolarVolume_l / molar_mass_g_mol;
}

double g_m3_of_ppm(double ppm, double molar_mass_g_mol) {
  return ppm * molar_mass_g_mol / (1000 * kMolarVolume_l);
}

}  // namespace anlan::twin
