#pragma once
// A decimal number of up to 34 digits, as DMN 1.5, 10.3.2.3.1 asks (IEEE 754-2019 decimal128):
// round half even, exponents to about 6144, no infinity and no NaN: an operation without a
// result says nothing (std::nullopt). 0.1 + 0.2 is 0.3. Equal numbers have equal text.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace anlan::rules {

class Decimal {
 public:
  enum class Round { HalfEven, HalfUp, HalfDown, Up, Down, Ceiling, Floor };

  Decimal() = default;
  explicit Decimal(int64_t whole);

  // "12", "-1.50", ".5", "2e3"; nothing for any other text. More than 34 digits are rounded.
  static std::optional<Decimal> parse(std::string_view text);
  // The shortest decimal that reads back as the same double; nothing for NaN and infinity.
  static std::optional<Decimal> from_double(double value);
  // sign * coefficient * 10^exponent for a small coefficient.
  static Decimal of(int64_t coefficient, int exponent);

  // Plain notation up to 40 places either side, else with an exponent ("1E+100").
  std::string text() const;
  std::string json_text() const;

  static std::optional<Decimal> add(const Decimal& a, const Decimal& b);
  static std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
  static std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
  static std::optional<Decimal> divide(const Decimal& a, const Decimal& b);
  // a - b * floor(a / b): the sign of b, DMN 1.5, 10.3.4.5.
  static std::optional<Decimal> modulo(const Decimal& a, const Decimal& b);
  static std::optional<Decimal> power(const Decimal& base, const Decimal& exponent);
  static std::optional<Decimal> square_root(const Decimal& a);
  static std::optional<Decimal> natural_log(const Decimal& a);
  static std::optional<Decimal> exponential(const Decimal& a);

  Decimal negated() const;
  Decimal absolute() const;
  // To `scale` places after the point; negative scales round before it.
  std::optional<Decimal> rounded(int scale, Round mode) const;

  bool is_zero() const { return (high_ | low_) == 0; }
  bool is_negative() const { return negative_ && !is_zero(); }
  bool is_whole() const;
  std::optional<int64_t> to_int64() const;  // whole and in range
  double to_double() const;

  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const { return (*this <=> other) == 0; }

 private:
  friend struct DecimalParts;
  uint64_t high_ = 0;  // the coefficient, below 10^34
  uint64_t low_ = 0;
  int32_t exponent_ = 0;
  bool negative_ = false;
};

}  // namespace anlan::rules
