#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>
#include <vector>

#include "history/columns.h"

namespace anlan::history {
namespace {

// On disk. Never renumber.
enum class Form : uint8_t {
  Bits = 0,     // as whole numbers
  Divided = 1,  // whole number / power of ten, with exceptions
  Times = 2,    // whole number * (1 / power of ten), as devices scale their registers
  Float32 = 3,  // byte planes of floats
  Float64 = 4,  // byte planes of doubles
  Xor = 5,      // each with the one before: kept bytes and how many zeros stand around them
};

constexpr std::array<double, 10> kPowers = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
constexpr std::array<double, 10> kParts = {1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9};
constexpr double kExactMax = 9007199254740992.0;  // 2^53: above it doubles skip whole numbers
constexpr std::size_t kBytesPerException = 12;

uint64_t bits_of(double value) { return std::bit_cast<uint64_t>(value); }

double scaled(int64_t number, Form form, std::size_t power) {
  auto value = static_cast<double>(number);
  return form == Form::Divided ? value / kPowers[power] : value * kParts[power];
}

struct Decimal {
  Form form = Form::Divided;
  std::size_t power = 0;
  std::vector<int64_t> numbers;
  std::vector<std::size_t> exceptions;
};

// Nothing where more than a sixteenth of the values are no decimals of this power.
std::optional<Decimal> as_decimal(std::span<const double> values, Form form, std::size_t power) {
  Decimal decimal{.form = form, .power = power, .numbers = {}, .exceptions = {}};
  int64_t before = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    double wanted = std::nearbyint(values[i] * kPowers[power]);
    if (std::abs(wanted) < kExactMax) {
      auto number = static_cast<int64_t>(wanted);
      if (bits_of(scaled(number, form, power)) == bits_of(values[i])) {
        before = number;
        decimal.numbers.push_back(number);
        continue;
      }
    }
    decimal.exceptions.push_back(i);
    decimal.numbers.push_back(before);
    if (decimal.exceptions.size() > values.size() / 16) return std::nullopt;
  }
  return decimal;
}

std::optional<Decimal> best_decimal(std::span<const double> values) {
  std::optional<Decimal> best;
  for (std::size_t power = 0; power < kPowers.size(); ++power) {
    for (Form form : {Form::Divided, Form::Times}) {
      auto decimal = as_decimal(values, form, power);
      if (!decimal) continue;
      if (!best || decimal->exceptions.size() < best->exceptions.size()) best = std::move(decimal);
      if (best->exceptions.empty()) return best;
    }
  }
  return best;
}

void put_decimal(std::string& out, const Decimal& decimal, std::span<const double> values,
                 Squeezer& squeezer) {
  put_word(out, decimal.form);
  put_word(out, static_cast<uint8_t>(decimal.power));
  put_integers(out, decimal.numbers, squeezer);
  std::string raw;
  std::size_t before = 0;
  for (std::size_t at : decimal.exceptions) {
    put_varint(raw, at - before);
    put_word(raw, values[at]);
    before = at;
  }
  squeezer.put(out, raw);
}

void read_decimal(ByteReader& in, Form form, std::span<double> out, Squeezer& squeezer) {
  std::size_t power = in.word<uint8_t>();
  if (power >= kPowers.size()) return in.fail();
  std::vector<int64_t> numbers(out.size());
  read_integers(in, numbers, squeezer);
  if (!in.is_good()) return;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = scaled(numbers[i], form, power);
  ByteReader raw(squeezer.read(in, out.size() * kBytesPerException));
  std::size_t at = 0;
  while (raw.left() > 0) {
    at += raw.varint();
    auto value = raw.word<double>();
    if (at >= out.size()) raw.fail();
    if (raw.is_good()) out[at] = value;
  }
  if (!raw.is_good()) in.fail();
}

template <class Word>
std::string planes_of(Form form, std::span<const double> values, Squeezer& squeezer) {
  using Bits = std::conditional_t<sizeof(Word) == 4, uint32_t, uint64_t>;
  std::string out;
  put_word(out, form);
  std::string plane(values.size(), '\0');
  for (std::size_t byte = 0; byte < sizeof(Word); ++byte) {
    for (std::size_t i = 0; i < values.size(); ++i)
      plane[i] =
          static_cast<char>(std::bit_cast<Bits>(static_cast<Word>(values[i])) >> (8U * byte));
    squeezer.put(out, plane);
  }
  return out;
}

template <class Word>
void read_planes(ByteReader& in, std::span<double> out, Squeezer& squeezer) {
  using Bits = std::conditional_t<sizeof(Word) == 4, uint32_t, uint64_t>;
  std::vector<Bits> bits(out.size());
  for (std::size_t byte = 0; byte < sizeof(Word); ++byte) {
    std::string_view plane = squeezer.read(in, out.size());
    if (plane.size() != out.size()) return in.fail();
    for (std::size_t i = 0; i < out.size(); ++i)
      bits[i] |= static_cast<Bits>(static_cast<uint8_t>(plane[i])) << (8U * byte);
  }
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<double>(std::bit_cast<Word>(bits[i]));
}

bool are_floats(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) {
    // Beyond the range of float the conversion is undefined; NaN may lose bits.
    if (!(std::abs(value) <= 3e38)) return false;
    return bits_of(static_cast<double>(static_cast<float>(value))) == bits_of(value);
  });
}

std::string xors_of(std::span<const double> values) {
  std::string raw;
  uint64_t before = 0;
  for (double value : values) {
    uint64_t changed = bits_of(value) ^ before;
    before = bits_of(value);
    unsigned low = changed == 0 ? 0 : static_cast<unsigned>(std::countr_zero(changed)) / 8;
    unsigned high = changed == 0 ? 8 : static_cast<unsigned>(std::countl_zero(changed)) / 8;
    put_word(raw, static_cast<uint8_t>((low << 4U) | high));
    for (unsigned byte = low; byte < 8 - high; ++byte)
      raw.push_back(static_cast<char>(changed >> (8U * byte)));
  }
  return raw;
}

void read_xors(ByteReader& in, std::span<double> out, Squeezer& squeezer) {
  ByteReader raw(squeezer.read(in, out.size() * 9));
  uint64_t bits = 0;
  for (double& slot : out) {
    auto head = raw.word<uint8_t>();
    unsigned low = head >> 4U;
    unsigned high = head & 15U;
    if (low + high > 8) raw.fail();
    for (unsigned byte = low; raw.is_good() && byte + high < 8; ++byte)
      bits ^= static_cast<uint64_t>(raw.word<uint8_t>()) << (8U * byte);
    slot = std::bit_cast<double>(bits);
  }
  if (!raw.is_at_end()) in.fail();
}

std::string bits_column(std::span<const double> values, Squeezer& squeezer) {
  std::vector<int64_t> bits(values.size());
  std::ranges::transform(values, bits.begin(),
                         [](double value) { return std::bit_cast<int64_t>(value); });
  std::string out;
  put_word(out, Form::Bits);
  put_integers(out, bits, squeezer);
  return out;
}

void put_undecimal(std::string& out, std::span<const double> values, Squeezer& squeezer) {
  std::size_t runs = 1;
  for (std::size_t i = 1; i < values.size(); ++i)
    runs += bits_of(values[i]) != bits_of(values[i - 1]);
  if (runs == 1 || runs <= values.size() / 4) {
    out.append(bits_column(values, squeezer));
  } else if (are_floats(values)) {
    out.append(planes_of<float>(Form::Float32, values, squeezer));
  } else {
    std::string planes = planes_of<double>(Form::Float64, values, squeezer);
    std::string xors;
    put_word(xors, Form::Xor);
    squeezer.put(xors, xors_of(values));
    out.append(planes.size() < xors.size() ? planes : xors);
  }
}

}  // namespace

void put_doubles(std::string& out, std::span<const double> values, Squeezer& squeezer) {
  auto decimal = best_decimal(values);
  if (!decimal) return put_undecimal(out, values, squeezer);
  put_decimal(out, *decimal, values, squeezer);
}

void read_doubles(ByteReader& in, std::span<double> out, Squeezer& squeezer) {
  auto form = in.word<Form>();
  switch (form) {
    case Form::Bits: {
      std::vector<int64_t> bits(out.size());
      read_integers(in, bits, squeezer);
      std::ranges::transform(bits, out.begin(),
                             [](int64_t number) { return std::bit_cast<double>(number); });
      return;
    }
    case Form::Divided:
    case Form::Times: return read_decimal(in, form, out, squeezer);
    case Form::Float32: return read_planes<float>(in, out, squeezer);
    case Form::Float64: return read_planes<double>(in, out, squeezer);
    case Form::Xor: return read_xors(in, out, squeezer);
  }
  in.fail();
}

}  // namespace anlan::history
