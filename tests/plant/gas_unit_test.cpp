// Units of gas: what is converted, and what is not known.

#include "engine/gas_unit.h"

#include <gtest/gtest.h>

namespace anlan::engine {
namespace {

constexpr double kH2s = 34.08;  // g/mol

TEST(GasUnitTest, ReadsUnitsAsPeopleWriteThem) {
  EXPECT_EQ(gas_unit_from("%LEL"), GasUnit::Lel);
  EXPECT_EQ(gas_unit_from("% vol"), GasUnit::Volume);
  EXPECT_EQ(gas_unit_from("PPM"), GasUnit::Ppm);
  EXPECT_EQ(gas_unit_from("mg/m³"), GasUnit::MgPerM3);
  EXPECT_EQ(gas_unit_from("μg/m3"), GasUnit::UgPerM3);
  for (const char* unknown : {"", "%", "mA", "kPa"}) {
    EXPECT_EQ(gas_unit_from(unknown), GasUnit::Unknown) << unknown;
  }
}

// standards.md 4.1: 10 mg/m3 of hydrogen sulfide are 7.2 ppm.
TEST(GasUnitTest, ConvertsByTheMolarMass) {
  EXPECT_NEAR(*gas_amount_in(GasUnit::Ppm, {10, GasUnit::MgPerM3}, kH2s), 7.174, 0.001);
  EXPECT_NEAR(*gas_amount_in(GasUnit::MgPerM3, {7.174, GasUnit::Ppm}, kH2s), 10, 0.001);
  EXPECT_NEAR(*gas_amount_in(GasUnit::Ppm, {10'000, GasUnit::UgPerM3}, kH2s), 7.174, 0.001);
  EXPECT_NEAR(*gas_amount_in(GasUnit::Ppm, {500, GasUnit::Ppb}, 0), 0.5, 1e-9);
  EXPECT_NEAR(*gas_amount_in(GasUnit::Volume, {209'000, GasUnit::Ppm}, 0), 20.9, 1e-9);
}

TEST(GasUnitTest, KnowsWhatItCannotSay) {
  EXPECT_FALSE(gas_amount_in(GasUnit::Ppm, {10, GasUnit::MgPerM3}, 0));
  EXPECT_FALSE(gas_amount_in(GasUnit::Lel, {0.5, GasUnit::Volume}, 16.04));
  EXPECT_FALSE(gas_amount_in(GasUnit::Volume, {10, GasUnit::Lel}, 16.04));
  EXPECT_FALSE(gas_amount_in(GasUnit::Ppm, {10, GasUnit::Unknown}, kH2s));
}

TEST(GasUnitTest, EachGasHasTheUnitOfItsLimits) {
  EXPECT_EQ(gas_as_limits("combustible", {8, GasUnit::Lel}, 0), 8);
  EXPECT_FALSE(gas_as_limits("combustible", {0.4, GasUnit::Volume}, 0));
  EXPECT_EQ(gas_as_limits("O2", {20, GasUnit::Volume}, 0), 20);
  // 8 mg/m3 are 5.7 ppm: the number is over a limit of 7.2 ppm, the gas is not.
  EXPECT_NEAR(*gas_as_limits("H2S", {8, GasUnit::MgPerM3}, kH2s), 5.739, 0.001);
}

}  // namespace
}  // namespace anlan::engine
