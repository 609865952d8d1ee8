#pragma once
// Amounts of gas in the units that detectors and limits are given in. Pure. Two raw numbers of
// different units are never compared: what can't be converted is not known.

#include <optional>
#include <string>
#include <string_view>

namespace anlan::engine {

enum class GasUnit { Unknown, Lel, Volume, Ppm, Ppb, MgPerM3, UgPerM3 };

// "%LEL", "%VOL", "ppm", "ppb", "mg/m3" and "ug/m3" as detectors and people write them; a bare "%"
// says nothing of what.
GasUnit gas_unit_from(std::string_view text);

struct GasAmount {
  double value = 0;
  GasUnit unit = GasUnit::Unknown;
};
// In another unit, at 25 C and 101.325 kPa: mg/m3 = ppm * M / 24.45 (standards.md 4, unit
// conversion). `molar_mass` in g/mol, 0 where it is not known. Nothing where that can't be said:
// without the molar mass between weight and volume, and between % LEL and all others, whose factor
// depends on the calibration gas.
std::optional<double> gas_amount_in(GasUnit wanted, const GasAmount& amount, double molar_mass);

// In the unit that limits of permits are given in: % LEL of "combustible", % vol of "O2", ppm of
// everything else. What a tag says of itself decides, whatever it reads.
std::optional<double> gas_as_limits(std::string_view substance, const GasAmount& amount,
                                    double molar_mass);

}  // namespace anlan::engine
