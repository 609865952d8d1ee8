// Roots, powers, logarithms. Roots are rounded correctly; the others are good to about 32 digits.

#include <cmath>

#include "rules/decimal_parts.h"

namespace anlan::rules {

namespace {

using wide::U128;
using wide::U256;
using Maybe = std::optional<Decimal>;

Maybe plus(const Maybe& a, const Maybe& b) { return a && b ? Decimal::add(*a, *b) : std::nullopt; }
Maybe minus(const Maybe& a, const Maybe& b) {
  return a && b ? Decimal::subtract(*a, *b) : std::nullopt;
}
Maybe times(const Maybe& a, const Maybe& b) {
  return a && b ? Decimal::multiply(*a, *b) : std::nullopt;
}
Maybe over(const Maybe& a, const Maybe& b) {
  return a && b ? Decimal::divide(*a, *b) : std::nullopt;
}

// ln 10 to 34 digits.
Decimal ln_ten() { return *Decimal::parse("2.302585092994045684017991454684364"); }

Maybe whole_power(Decimal base, uint64_t n) {
  Maybe out = Decimal(1);
  Maybe square = base;
  while (n != 0) {
    if (n & 1) out = times(out, square);
    n >>= 1;
    if (n != 0) square = times(square, square);
    if (!out || !square) return std::nullopt;
  }
  return out;
}

// The digits of the whole square root of a number below 10^70, by binary digits.
U128 whole_root(const U256& of) {
  U128 root = 0;
  for (int bit = 117; bit >= 0; --bit) {
    U128 guess = root | static_cast<U128>(1) << bit;
    if (wide::compare(wide::multiply(guess, guess), of) <= 0) root = guess;
  }
  return root;
}

}  // namespace

Maybe Decimal::square_root(const Decimal& a) {
  if (a.is_negative()) return std::nullopt;
  if (a.is_zero()) return Decimal{};
  DecimalParts parts = DecimalParts::of(a);
  int shift = 69 - wide::digits(parts.coefficient);
  if ((parts.exponent - shift) % 2 != 0) ++shift;
  parts.coefficient = DecimalParts::scaled(parts.coefficient, shift);
  U128 root = whole_root(parts.coefficient);
  bool exact = wide::compare(wide::multiply(root, root), parts.coefficient) == 0;
  DecimalParts out{.coefficient = wide::widen(root),
                   .exponent = (parts.exponent - shift) / 2,
                   .negative = false,
                   .sticky = !exact};
  return std::move(out).pack();
}

Maybe Decimal::exponential(const Decimal& a) {
  // e^a = 10^n * e^r with |r| <= ln 10 / 2; e^r by Taylor on r/16, squared four times.
  if (a > Decimal(15'000)) return std::nullopt;
  if (a < Decimal(-15'000)) return Decimal{};
  Maybe quotient = divide(a, ln_ten());
  Maybe whole = quotient ? quotient->rounded(0, Round::HalfEven) : std::nullopt;
  Maybe rest = over(minus(a, times(whole, ln_ten())), Decimal(16));
  Maybe sum = Decimal(1);
  Maybe term = Decimal(1);
  for (int64_t i = 1; i < 40; ++i) {
    term = over(times(term, rest), Decimal(i));
    sum = plus(sum, term);
  }
  for (int i = 0; i < 4; ++i) sum = times(sum, sum);
  if (!sum || !whole) return std::nullopt;
  DecimalParts parts = DecimalParts::of(*sum);
  parts.exponent += static_cast<int>(whole->to_int64().value_or(0));
  return std::move(parts).pack();
}

Maybe Decimal::natural_log(const Decimal& a) {
  if (a.is_negative() || a.is_zero()) return std::nullopt;
  // a = m * 10^n, 1 <= m < 10; a double starts, Halley's step (x3 digits) is done twice.
  DecimalParts parts = DecimalParts::of(a);
  int digits = wide::digits(parts.coefficient);
  int64_t tens = parts.exponent + digits - 1;
  parts.exponent = 1 - digits;
  Maybe m = std::move(parts).pack();
  if (!m) return std::nullopt;
  Maybe y = from_double(std::log(m->to_double()));
  for (int i = 0; i < 2 && y; ++i) {
    Maybe e = exponential(*y);
    y = plus(y, times(Decimal(2), over(minus(m, e), plus(m, e))));
  }
  return plus(y, times(Decimal(tens), ln_ten()));
}

Maybe Decimal::power(const Decimal& base, const Decimal& exponent) {
  if (auto n = exponent.to_int64()) {
    if (base.is_zero() && *n < 0) return std::nullopt;
    uint64_t count = *n < 0 ? uint64_t{0} - static_cast<uint64_t>(*n) : static_cast<uint64_t>(*n);
    Maybe up = whole_power(base, count);
    return *n < 0 ? over(Decimal(1), up) : up;
  }
  if (base.is_zero()) return exponent.is_negative() ? std::nullopt : Maybe(Decimal{});
  if (base.is_negative()) return std::nullopt;
  if (exponent == of(5, -1)) return square_root(base);
  Maybe product = times(natural_log(base), exponent);
  return product ? exponential(*product) : std::nullopt;
}

}  // namespace anlan::rules
