#include "rules/decimal.h"

#include <gtest/gtest.h>

#include <decimal/decimal>

#include "core/random.h"

namespace anlan::rules {
namespace {

Decimal decimal(std::string_view text) {
  auto out = Decimal::parse(text);
  EXPECT_TRUE(out.has_value()) << text;
  return out.value_or(Decimal());
}

TEST(Decimal, a_tenth_and_two_tenths_are_three_tenths) {
  EXPECT_EQ(Decimal::add(decimal("0.1"), decimal("0.2")), decimal("0.3"));
}

TEST(Decimal, text_is_plain_and_the_same_for_equal_numbers) {
  EXPECT_EQ(decimal("1.50").text(), "1.5");
  EXPECT_EQ(decimal("-2e3").text(), "-2000");
  EXPECT_EQ(decimal("0.000").text(), "0");
  EXPECT_EQ(decimal("-0").text(), "0");
  EXPECT_EQ(decimal("1e-7").text(), "0.0000001");
  EXPECT_EQ(decimal("1e100").text(), "1E+100");
  EXPECT_EQ(decimal("1.000"), decimal("1"));
}

TEST(Decimal, what_is_no_number_is_not_read) {
  for (std::string_view text : {"", "-", ".", "1.", "e5", "1e", "1 ", "0x1", "NaN", "Infinity"}) {
    EXPECT_FALSE(Decimal::parse(text)) << text;
  }
}

TEST(Decimal, more_than_34_digits_are_rounded_half_even) {
  EXPECT_EQ(decimal("1234567890123456789012345678901234.5").text(),
            "1234567890123456789012345678901234");
  EXPECT_EQ(decimal("1234567890123456789012345678901235.5").text(),
            "1234567890123456789012345678901236");
  EXPECT_EQ(decimal("9999999999999999999999999999999999.5").text(),
            "10000000000000000000000000000000000");
}

TEST(Decimal, division_by_zero_and_overflow_have_no_result) {
  EXPECT_FALSE(Decimal::divide(Decimal(1), Decimal(0)));
  EXPECT_FALSE(Decimal::multiply(decimal("1e6000"), decimal("1e6000")));
  EXPECT_FALSE(Decimal::power(Decimal(0), Decimal(-1)));
  EXPECT_FALSE(Decimal::square_root(Decimal(-1)));
  EXPECT_FALSE(Decimal::natural_log(Decimal(0)));
}

TEST(Decimal, rounding_follows_its_mode) {
  using Round = Decimal::Round;
  auto rounded = [](std::string_view text, int scale, Round mode) {
    return decimal(text).rounded(scale, mode).value_or(Decimal()).text();
  };
  EXPECT_EQ(rounded("2.5", 0, Round::HalfEven), "2");
  EXPECT_EQ(rounded("3.5", 0, Round::HalfEven), "4");
  EXPECT_EQ(rounded("-2.5", 0, Round::HalfUp), "-3");
  EXPECT_EQ(rounded("2.5", 0, Round::HalfDown), "2");
  EXPECT_EQ(rounded("-1.01", 0, Round::Up), "-2");
  EXPECT_EQ(rounded("-1.99", 0, Round::Down), "-1");
  EXPECT_EQ(rounded("-1.01", 0, Round::Floor), "-2");
  EXPECT_EQ(rounded("-1.99", 0, Round::Ceiling), "-1");
  EXPECT_EQ(rounded("1551", -2, Round::HalfEven), "1600");
}

TEST(Decimal, modulo_takes_the_sign_of_the_divisor) {
  EXPECT_EQ(Decimal::modulo(Decimal(-12), Decimal(5)), Decimal(3));
  EXPECT_EQ(Decimal::modulo(Decimal(12), Decimal(-5)), Decimal(-3));
  EXPECT_EQ(Decimal::modulo(decimal("10.1"), decimal("4.5")), decimal("1.1"));
}

TEST(Decimal, roots_and_powers_are_exact_where_they_can_be) {
  EXPECT_EQ(Decimal::square_root(decimal("16")), Decimal(4));
  EXPECT_EQ(Decimal::square_root(Decimal(2))->text(), "1.414213562373095048801688724209698");
  EXPECT_EQ(Decimal::power(Decimal(2), Decimal(10)), Decimal(1024));
  EXPECT_EQ(Decimal::power(Decimal(2), Decimal(-2)), decimal("0.25"));
  EXPECT_EQ(Decimal::exponential(Decimal(1))->text().substr(0, 30),
            "2.7182818284590452353602874713");
  EXPECT_EQ(Decimal::natural_log(Decimal(10))->text().substr(0, 30),
            "2.3025850929940456840179914546");
}

TEST(Decimal, whole_numbers_go_to_64_bits_and_back) {
  for (int64_t n : {INT64_MIN, int64_t{-1}, int64_t{0}, int64_t{7}, INT64_MAX}) {
    EXPECT_EQ(Decimal(n).to_int64(), n);
  }
  EXPECT_FALSE(decimal("1.5").to_int64());
  EXPECT_FALSE(decimal("9223372036854775808").to_int64());
  EXPECT_EQ(decimal("12.00").to_int64(), 12);
  EXPECT_EQ(decimal("1e3").to_int64(), 1000);
}

// The compiler's own decimal128 is an independent oracle: random operands of all lengths.
using Oracle = std::decimal::decimal128;

struct Operand {
  Decimal own;
  Oracle oracle;
};

Operand random_operand(SeededRandom& random) {
  Decimal own;
  Oracle oracle = std::decimal::make_decimal128(0LL, 0);
  uint64_t digits = 1 + random.below(34);
  for (uint64_t i = 0; i < digits; ++i) {
    int64_t digit = static_cast<int64_t>(random.below(10));
    own = *Decimal::add(*Decimal::multiply(own, Decimal(10)), Decimal(digit));
    oracle = oracle * 10 + static_cast<long long>(digit);
  }
  int exponent = static_cast<int>(random.below(60)) - 30;
  own = *Decimal::multiply(own, Decimal::of(1, exponent));
  oracle = oracle * std::decimal::make_decimal128(1LL, exponent);
  if (random.below(2) == 0) return {own.negated(), -oracle};
  return {own, oracle};
}

// Digit by digit, so that neither side's own printing is trusted alone.
bool same(const Decimal& own, Oracle oracle) {
  Oracle rest = oracle;
  Decimal left = own;
  for (int i = 0; i < 5; ++i) {
    long double mine = static_cast<long double>(left.to_double());
    long double yours = static_cast<long double>(std::decimal::decimal128_to_double(rest));
    if (mine != yours) return false;
    if (mine == 0) return true;
    auto whole = Decimal::from_double(left.to_double());
    Oracle taken = std::decimal::make_decimal128(0LL, 0);
    std::string text = whole->text();
    bool negative = false;
    int exponent = 0;
    bool after_point = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
      char c = text[at];
      if (c == '-') negative = true;
      if (c == '.') after_point = true;
      if (c == 'E') {
        exponent += std::atoi(text.c_str() + at + 1);
        break;
      }
      if (c < '0' || c > '9') continue;
      taken = taken * 10 + static_cast<long long>(c - '0');
      exponent -= after_point ? 1 : 0;
    }
    taken = taken * std::decimal::make_decimal128(1LL, exponent);
    if (negative) taken = -taken;
    left = *Decimal::subtract(left, *whole);
    rest = rest - taken;
  }
  return left.is_zero() && rest == std::decimal::make_decimal128(0LL, 0);
}

TEST(Decimal, agrees_with_the_decimal128_of_the_compiler) {
  constexpr uint64_t kSeed = 20261121;
  SeededRandom random(kSeed);
  for (int i = 0; i < 6'000; ++i) {
    Operand a = random_operand(random);
    Operand b = random_operand(random);
    SCOPED_TRACE("seed 20261121, round " + std::to_string(i) + ": " + a.own.text() + " and " +
                 b.own.text());
    ASSERT_TRUE(same(*Decimal::add(a.own, b.own), a.oracle + b.oracle));
    ASSERT_TRUE(same(*Decimal::subtract(a.own, b.own), a.oracle - b.oracle));
    ASSERT_TRUE(same(*Decimal::multiply(a.own, b.own), a.oracle * b.oracle));
    if (!b.own.is_zero()) {
      ASSERT_TRUE(same(*Decimal::divide(a.own, b.own), a.oracle / b.oracle));
    }
    ASSERT_EQ(a.own < b.own, a.oracle < b.oracle);
    ASSERT_EQ(a.own == b.own, a.oracle == b.oracle);
    ASSERT_EQ(Decimal::parse(a.own.text()), a.own);
  }
}

}  // namespace
}  // namespace anlan::rules
