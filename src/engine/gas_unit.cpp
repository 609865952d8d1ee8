#include "engine/gas_unit.h"

#include <array>
#include <utility>

#include "core/text.h"

namespace anlan::engine {
namespace {

constexpr double kMolarVolume = 24.45;  // l/mol of an ideal gas at 25 C and 101.325 kPa

// How many ppm one of it is; nothing where that is no share of the volume.
std::optional<double> ppm_of_one(GasUnit unit, double molar_mass) {
  switch (unit) {
    case GasUnit::Volume: return 10'000;
    case GasUnit::Ppm: return 1;
    case GasUnit::Ppb: return 0.001;
    case GasUnit::MgPerM3:
      if (molar_mass > 0) return kMolarVolume / molar_mass;
      return std::nullopt;
    case GasUnit::UgPerM3:
      if (molar_mass > 0) return kMolarVolume / molar_mass / 1'000;
      return std::nullopt;
    case GasUnit::Lel:
    case GasUnit::Unknown: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

GasUnit gas_unit_from(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, GasUnit>, 19> kUnits{
      {{"%lel", GasUnit::Lel},
       {"lel%", GasUnit::Lel},
       {"%lfl", GasUnit::Lel},
       {"%vol", GasUnit::Volume},
       {"vol%", GasUnit::Volume},
       {"%v/v", GasUnit::Volume},
       {"ppm", GasUnit::Ppm},
       {"ppmv", GasUnit::Ppm},
       {"umol/mol", GasUnit::Ppm},
       {"μmol/mol", GasUnit::Ppm},
       {"ppb", GasUnit::Ppb},
       {"ppbv", GasUnit::Ppb},
       {"mg/m3", GasUnit::MgPerM3},
       {"mg/m³", GasUnit::MgPerM3},
       {"mg/m^3", GasUnit::MgPerM3},
       {"ug/m3", GasUnit::UgPerM3},
       {"μg/m3", GasUnit::UgPerM3},
       {"ug/m³", GasUnit::UgPerM3},
       {"μg/m³", GasUnit::UgPerM3}}};
  std::string plain;
  for (char c : lower_ascii(text)) {
    if (c != ' ') plain.push_back(c);
  }
  for (const auto& [word, unit] : kUnits) {
    if (plain == word) return unit;
  }
  return GasUnit::Unknown;
}

std::optional<double> gas_amount_in(GasUnit wanted, const GasAmount& amount, double molar_mass) {
  if (wanted == GasUnit::Unknown || amount.unit == GasUnit::Unknown) return std::nullopt;
  if (wanted == amount.unit) return amount.value;
  auto from = ppm_of_one(amount.unit, molar_mass);
  auto to = ppm_of_one(wanted, molar_mass);
  if (!from || !to) return std::nullopt;
  return amount.value * *from / *to;
}

std::optional<double> gas_as_limits(std::string_view substance, const GasAmount& amount,
                                    double molar_mass) {
  std::string gas = lower_ascii(substance);
  GasUnit wanted = gas == "combustible" ? GasUnit::Lel
                   : gas == "o2"        ? GasUnit::Volume
                                        : GasUnit::Ppm;
  return gas_amount_in(wanted, amount, molar_mass);
}

}  // namespace anlan::engine
