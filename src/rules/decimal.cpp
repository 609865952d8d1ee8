#include "rules/decimal.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "rules/decimal_parts.h"

namespace anlan::rules {

using wide::U128;
using wide::U256;

namespace {

constexpr int kDigits = DecimalParts::kDigits;

bool rounds_up(Decimal::Round mode, bool negative, bool odd, int against_half, bool any) {
  switch (mode) {
    case Decimal::Round::HalfEven: return against_half > 0 || (against_half == 0 && odd);
    case Decimal::Round::HalfUp: return against_half >= 0;
    case Decimal::Round::HalfDown: return against_half > 0;
    case Decimal::Round::Up: return any;
    case Decimal::Round::Down: return false;
    case Decimal::Round::Ceiling: return any && !negative;
    case Decimal::Round::Floor: return any && negative;
  }
  return false;
}

// Cuts the last `drop` digits off and rounds what stays.
void cut_and_round(DecimalParts& parts, int drop, Decimal::Round mode) {
  if (drop <= 0) return;
  bool lost = parts.sticky;
  uint64_t last = 0;
  if (drop > wide::kPowers) {
    lost |= !parts.coefficient.is_zero();
    parts.coefficient = {};
  } else {
    lost |= wide::cut_digits(parts.coefficient, drop - 1);
    last = wide::divide(parts.coefficient, uint64_t{10});
  }
  int against_half = last > 5 || (last == 5 && lost) ? 1 : last == 5 ? 0 : -1;
  bool odd = parts.coefficient.limb[0] & 1;
  if (rounds_up(mode, parts.negative, odd, against_half, lost || last != 0)) {
    parts.coefficient = wide::add(parts.coefficient, wide::widen(1));
  }
  parts.exponent += drop;
  parts.sticky = false;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

DecimalParts DecimalParts::of(const Decimal& from) {
  return {.coefficient = {{from.low_, from.high_, 0, 0}},
          .exponent = from.exponent_,
          .negative = from.negative_};
}

std::optional<Decimal> DecimalParts::pack() && {
  int count = wide::digits(coefficient);
  cut_and_round(*this, std::max(count - kDigits, kExponentMin - exponent),
                Decimal::Round::HalfEven);
  count = wide::digits(coefficient);
  if (count > kDigits) {  // 99..9 rounded up to 100..0
    wide::divide(coefficient, uint64_t{10});
    ++exponent;
  }
  Decimal out;
  if (coefficient.is_zero()) return out;
  while (exponent > kExponentMax && wide::digits(coefficient) < kDigits) {
    coefficient = wide::multiply(coefficient, 10);
    --exponent;
  }
  if (exponent > kExponentMax) return std::nullopt;
  out.low_ = coefficient.limb[0];
  out.high_ = coefficient.limb[1];
  out.exponent_ = exponent;
  out.negative_ = negative;
  return out;
}

Decimal::Decimal(int64_t whole)
    : low_(whole < 0 ? uint64_t{0} - static_cast<uint64_t>(whole) : static_cast<uint64_t>(whole)),
      negative_(whole < 0) {}

Decimal Decimal::of(int64_t coefficient, int exponent) {
  Decimal out(coefficient);
  out.exponent_ = exponent;
  return out;
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  DecimalParts parts;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) parts.negative = text[at++] == '-';
  bool any = false;
  bool after_point = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !after_point) {
      after_point = true;
      continue;
    }
    if (!is_digit(text[at])) break;
    any = true;
    uint64_t digit = static_cast<uint64_t>(text[at] - '0');
    if (parts.coefficient.limb[3] >> 56 == 0) {
      parts.coefficient = wide::multiply(parts.coefficient, 10);
      parts.coefficient = wide::add(parts.coefficient, wide::widen(digit));
      parts.exponent -= after_point ? 1 : 0;
    } else {
      parts.sticky |= digit != 0;
      parts.exponent += after_point ? 0 : 1;
    }
  }
  if (!any || text[at - 1] == '.') return std::nullopt;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    bool below = false;
    if (++at < text.size() && (text[at] == '-' || text[at] == '+')) below = text[at++] == '-';
    int power = 0;
    if (at == text.size()) return std::nullopt;
    for (; at < text.size() && is_digit(text[at]); ++at) {
      power = std::min(power * 10 + (text[at] - '0'), 100'000);
    }
    parts.exponent += below ? -power : power;
  }
  if (at != text.size()) return std::nullopt;
  return std::move(parts).pack();
}

std::optional<Decimal> Decimal::from_double(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  for (int precision = 15; precision <= 17; ++precision) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.*g", precision, value);
    if (std::strtod(buffer, nullptr) == value || precision == 17) return parse(buffer);
  }
  return std::nullopt;
}

std::string Decimal::text() const {
  if (is_zero()) return "0";
  U128 rest = static_cast<U128>(high_) << 64 | low_;
  int exponent = exponent_;
  while (rest % 10 == 0) {
    rest /= 10;
    ++exponent;
  }
  std::string digits;
  for (; rest != 0; rest /= 10) digits.insert(digits.begin(), static_cast<char>('0' + rest % 10));
  std::string out = negative_ ? "-" : "";
  int count = static_cast<int>(digits.size());
  int point = count + exponent;  // digits before the point
  if (point > 40 || point < -40) {
    out += digits.substr(0, 1);
    if (count > 1) out += "." + digits.substr(1);
    return out + (point > 0 ? "E+" : "E") + std::to_string(point - 1);
  }
  if (point <= 0) return out + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  if (exponent >= 0) return out + digits + std::string(static_cast<std::size_t>(exponent), '0');
  std::size_t whole = static_cast<std::size_t>(point);
  return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string Decimal::json_text() const { return text(); }

std::optional<Decimal> Decimal::add(const Decimal& a, const Decimal& b) {
  if (a.exponent_ == b.exponent_ && a.negative_ == b.negative_ && (a.high_ | b.high_) == 0) {
    Decimal out = a;  // the common case: small numbers of one scale
    U128 sum = static_cast<U128>(a.low_) + b.low_;
    out.low_ = static_cast<uint64_t>(sum);
    out.high_ = static_cast<uint64_t>(sum >> 64);
    return out;
  }
  if (a.is_zero()) return b;
  if (b.is_zero()) return a;
  DecimalParts big = DecimalParts::of(a);
  DecimalParts small = DecimalParts::of(b);
  if (big.exponent < small.exponent) std::swap(big, small);
  int shift = big.exponent - small.exponent;
  int room = wide::kPowers - 2 - wide::digits(big.coefficient);
  if (shift > room) {  // then the small one is far below the last digit kept: one sticky unit
    small.coefficient = wide::widen(1);
    shift = room;
    small.exponent = big.exponent - shift;
  }
  big.coefficient = DecimalParts::scaled(big.coefficient, shift);
  big.exponent = small.exponent;
  if (big.negative == small.negative) {
    big.coefficient = wide::add(big.coefficient, small.coefficient);
  } else {
    if (wide::compare(big.coefficient, small.coefficient) < 0) std::swap(big, small);
    big.coefficient = wide::subtract(big.coefficient, small.coefficient);
  }
  return std::move(big).pack();
}

std::optional<Decimal> Decimal::subtract(const Decimal& a, const Decimal& b) {
  return add(a, b.negated());
}

std::optional<Decimal> Decimal::multiply(const Decimal& a, const Decimal& b) {
  DecimalParts x = DecimalParts::of(a);
  DecimalParts y = DecimalParts::of(b);
  DecimalParts out{.coefficient = wide::multiply(x.coefficient.low(), y.coefficient.low()),
                   .exponent = x.exponent + y.exponent,
                   .negative = x.negative != y.negative};
  return std::move(out).pack();
}

std::optional<Decimal> Decimal::divide(const Decimal& a, const Decimal& b) {
  if (b.is_zero()) return std::nullopt;
  if (a.is_zero()) return Decimal{};
  DecimalParts x = DecimalParts::of(a);
  DecimalParts y = DecimalParts::of(b);
  int shift = kDigits + 2 + wide::digits(y.coefficient) - wide::digits(x.coefficient);
  shift = std::max(shift, 0);
  U256 scaled = DecimalParts::scaled(x.coefficient, shift);
  wide::Quotient quotient = wide::divide(scaled, y.coefficient.low());
  DecimalParts out{.coefficient = quotient.whole,
                   .exponent = x.exponent - y.exponent - shift,
                   .negative = x.negative != y.negative,
                   .sticky = quotient.rest != 0};
  while (!out.sticky && out.exponent < x.exponent - y.exponent) {  // exact: drop added zeros
    U256 shorter = out.coefficient;
    if (wide::divide(shorter, uint64_t{10}) != 0) break;
    out.coefficient = shorter;
    ++out.exponent;
  }
  return std::move(out).pack();
}

std::optional<Decimal> Decimal::modulo(const Decimal& a, const Decimal& b) {
  auto quotient = divide(a, b);
  if (!quotient) return std::nullopt;
  auto whole = quotient->rounded(0, Round::Floor);
  auto product = whole ? multiply(*whole, b) : std::nullopt;
  auto rest = product ? subtract(a, *product) : std::nullopt;
  if (!rest || rest->is_zero()) return rest;
  // A quotient rounded up to a whole number leaves a rest of the wrong sign.
  if (rest->is_negative() != b.is_negative()) return add(*rest, b);
  return rest;
}

Decimal Decimal::negated() const {
  Decimal out = *this;
  out.negative_ = !negative_ && !is_zero();
  return out;
}

Decimal Decimal::absolute() const {
  Decimal out = *this;
  out.negative_ = false;
  return out;
}

std::optional<Decimal> Decimal::rounded(int scale, Round mode) const {
  if (exponent_ >= -scale || is_zero()) return *this;
  DecimalParts parts = DecimalParts::of(*this);
  cut_and_round(parts, -scale - exponent_, mode);
  return std::move(parts).pack();
}

bool Decimal::is_whole() const {
  if (exponent_ >= 0 || is_zero()) return true;
  if (exponent_ < -kDigits) return false;
  return (static_cast<U128>(high_) << 64 | low_) % wide::small_power(-exponent_) == 0;
}

std::optional<int64_t> Decimal::to_int64() const {
  if (!is_whole()) return std::nullopt;
  U128 value = static_cast<U128>(high_) << 64 | low_;
  if (exponent_ < 0) value = value == 0 ? 0 : value / wide::small_power(-exponent_);
  for (int i = 0; i < exponent_ && value != 0; ++i) {
    if (value > UINT64_MAX) return std::nullopt;
    value *= 10;
  }
  U128 limit = static_cast<U128>(INT64_MAX) + (negative_ ? 1 : 0);
  if (value > limit) return std::nullopt;
  uint64_t bits = static_cast<uint64_t>(value);
  return static_cast<int64_t>(negative_ ? uint64_t{0} - bits : bits);
}

double Decimal::to_double() const { return std::strtod(text().c_str(), nullptr); }

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  bool below = is_negative();
  if (below != other.is_negative()) {
    return below ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  U128 mine = static_cast<U128>(high_) << 64 | low_;
  U128 yours = static_cast<U128>(other.high_) << 64 | other.low_;
  int order = 0;
  int shift = exponent_ - other.exponent_;
  if (shift == 0 || mine == 0 || yours == 0) {
    order = mine < yours ? -1 : mine > yours ? 1 : 0;
  } else if (shift > 0 && shift < 20 && high_ == 0) {
    mine *= wide::small_power(shift);  // both factors below 2^64
    order = mine < yours ? -1 : mine > yours ? 1 : 0;
  } else if (shift < 0 && shift > -20 && other.high_ == 0) {
    yours *= wide::small_power(-shift);
    order = mine < yours ? -1 : mine > yours ? 1 : 0;
  } else {
    order = DecimalParts::compare(mine, yours, shift);
  }
  if (below) order = -order;
  return order <=> 0;
}

int DecimalParts::compare(U128 a, U128 b, int shift) {
  int digits_a = wide::digits(wide::widen(a)) + std::max(shift, 0);
  int digits_b = wide::digits(wide::widen(b)) + std::max(-shift, 0);
  if (digits_a != digits_b) return digits_a < digits_b ? -1 : 1;
  U256 x = scaled(wide::widen(a), std::max(shift, 0));
  U256 y = scaled(wide::widen(b), std::max(-shift, 0));
  return wide::compare(x, y);
}

U256 DecimalParts::scaled(U256 value, int shift) {
  for (; shift > 0; shift -= 19) {
    value = wide::multiply(value, wide::power_of_ten(std::min(shift, 19)).limb[0]);
  }
  return value;
}

}  // namespace anlan::rules
