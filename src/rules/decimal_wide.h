#pragma once
// 256-bit unsigned whole numbers, just enough for Decimal: products, quotients and rounding of
// 34-digit coefficients. Inside the room only.

#include <array>
#include <cstdint>

namespace anlan::rules::wide {

__extension__ typedef unsigned __int128 U128;

struct U256 {
  std::array<uint64_t, 4> limb{};  // least significant first

  bool is_zero() const { return (limb[0] | limb[1] | limb[2] | limb[3]) == 0; }
  bool fits_128() const { return (limb[2] | limb[3]) == 0; }
  U128 low() const { return static_cast<U128>(limb[1]) << 64 | limb[0]; }
};

constexpr U256 widen(U128 value) {
  return {{static_cast<uint64_t>(value), static_cast<uint64_t>(value >> 64), 0, 0}};
}

constexpr U256 multiply(const U256& a, uint64_t b) {
  U256 out;
  U128 carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    carry += static_cast<U128>(a.limb[i]) * b;
    out.limb[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  return out;
}

constexpr U256 add(const U256& a, const U256& b) {
  U256 out;
  U128 carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    carry += static_cast<U128>(a.limb[i]) + b.limb[i];
    out.limb[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  return out;
}

// a - b, for a >= b.
constexpr U256 subtract(const U256& a, const U256& b) {
  U256 out;
  uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    U128 take = static_cast<U128>(b.limb[i]) + borrow;
    borrow = a.limb[i] < take ? 1 : 0;
    out.limb[i] = static_cast<uint64_t>(a.limb[i] - take);
  }
  return out;
}

constexpr U256 multiply(U128 a, U128 b) {
  U256 low = multiply(widen(a), static_cast<uint64_t>(b));
  U256 high = multiply(widen(a), static_cast<uint64_t>(b >> 64));
  return add(low, {{0, high.limb[0], high.limb[1], high.limb[2]}});
}

constexpr int compare(const U256& a, const U256& b) {
  for (std::size_t i = 4; i-- > 0;) {
    if (a.limb[i] != b.limb[i]) return a.limb[i] < b.limb[i] ? -1 : 1;
  }
  return 0;
}

// Divides in place, returns the remainder.
constexpr uint64_t divide(U256& a, uint64_t by) {
  U128 rest = 0;
  for (std::size_t i = 4; i-- > 0;) {
    rest = rest << 64 | a.limb[i];
    a.limb[i] = static_cast<uint64_t>(rest / by);
    rest %= by;
  }
  return static_cast<uint64_t>(rest);
}

struct Quotient {
  U256 whole;
  U128 rest = 0;
};

// by is below 2^127, so the shifted remainder cannot overflow.
constexpr Quotient divide(U256 a, U128 by) {
  if (by >> 64 == 0) {
    uint64_t rest = divide(a, static_cast<uint64_t>(by));
    return {a, rest};
  }
  Quotient out;
  for (std::size_t i = 256; i-- > 0;) {
    out.rest = out.rest << 1 | (a.limb[i / 64] >> (i % 64) & 1);
    if (out.rest < by) continue;
    out.rest -= by;
    out.whole.limb[i / 64] |= uint64_t{1} << (i % 64);
  }
  return out;
}

inline constexpr int kPowers = 78;  // 10^77 < 2^256 < 10^78

constexpr std::array<U256, kPowers> make_powers() {
  std::array<U256, kPowers> out{};
  out[0] = widen(1);
  for (std::size_t i = 1; i < kPowers; ++i) out[i] = multiply(out[i - 1], 10);
  return out;
}
inline constexpr std::array<U256, kPowers> kPowersOfTen = make_powers();

constexpr const U256& power_of_ten(int n) { return kPowersOfTen[static_cast<std::size_t>(n)]; }
constexpr U128 small_power(int n) {  // n <= 38
  const U256& p = power_of_ten(n);
  return static_cast<U128>(p.limb[1]) << 64 | p.limb[0];
}

// Decimal digits; 0 for zero.
constexpr int digits(const U256& a) {
  int bits = 0;
  for (std::size_t i = 4; i-- > 0;) {
    if (a.limb[i] == 0) continue;
    bits = static_cast<int>(i) * 64 + 64 - __builtin_clzll(a.limb[i]);
    break;
  }
  if (bits == 0) return 0;
  int guess = bits * 1233 >> 12;  // log10(2), never too big
  return guess < kPowers && compare(a, power_of_ten(guess)) >= 0 ? guess + 1 : guess;
}

// Divides by 10^n in place; true if anything but zeros was cut off.
constexpr bool cut_digits(U256& a, int n) {
  bool lost = false;
  while (n > 0) {
    int step = n > 19 ? 19 : n;
    lost |= divide(a, power_of_ten(step).limb[0]) != 0;
    n -= step;
  }
  return lost;
}

}  // namespace anlan::rules::wide
