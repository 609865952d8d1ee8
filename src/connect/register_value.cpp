#include "connect/register_value.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace anlan::connect {
namespace {

uint16_t swap_bytes(uint16_t word) { return static_cast<uint16_t>((word << 8) | (word >> 8)); }

// The value's bits, first word most significant.
uint64_t gather(std::span<const uint16_t> registers, RegisterOrder order) {
  uint64_t bits = 0;
  for (std::size_t i = 0; i < registers.size(); ++i) {
    std::size_t at = order.are_words_reversed ? registers.size() - 1 - i : i;
    uint16_t word = registers[at];
    bits = bits << 16 | (order.are_bytes_swapped ? swap_bytes(word) : word);
  }
  return bits;
}

template <class T>
uint64_t whole_bits(double raw) {
  if (std::isnan(raw)) return 0;
  double low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
  T value = static_cast<T>(std::clamp(std::round(raw), low, high));
  return static_cast<std::make_unsigned_t<T>>(value);
}

uint64_t bits_of(double raw, ValueType type) {
  switch (type) {
    case ValueType::Bool: return raw != 0;
    case ValueType::Int16: return whole_bits<int16_t>(raw);
    case ValueType::UInt16: return whole_bits<uint16_t>(raw);
    case ValueType::Int32: return whole_bits<int32_t>(raw);
    case ValueType::UInt32: return whole_bits<uint32_t>(raw);
    case ValueType::Float32: {
      constexpr double kMax = std::numeric_limits<float>::max();
      double held = std::isfinite(raw) ? std::clamp(raw, -kMax, kMax) : raw;
      return std::bit_cast<uint32_t>(static_cast<float>(held));
    }
    case ValueType::Float64: return std::bit_cast<uint64_t>(raw);
  }
  return 0;
}

double value_of(uint64_t bits, ValueType type) {
  switch (type) {
    case ValueType::Bool: return bits != 0;
    case ValueType::Int16: return static_cast<int16_t>(bits);
    case ValueType::UInt16: return static_cast<uint16_t>(bits);
    case ValueType::Int32: return static_cast<int32_t>(bits);
    case ValueType::UInt32: return static_cast<uint32_t>(bits);
    case ValueType::Float32: return std::bit_cast<float>(static_cast<uint32_t>(bits));
    case ValueType::Float64: return std::bit_cast<double>(bits);
  }
  return 0;
}

}  // namespace

std::optional<RegisterOrder> parse_order(std::string_view text) {
  if (text == "ABCD") return RegisterOrder{};
  if (text == "BADC") return RegisterOrder{.are_bytes_swapped = true};
  if (text == "CDAB") return RegisterOrder{.are_words_reversed = true};
  if (text == "DCBA") return RegisterOrder{.are_words_reversed = true, .are_bytes_swapped = true};
  return std::nullopt;
}

uint16_t register_count(ValueType type) {
  switch (type) {
    case ValueType::Bool:
    case ValueType::Int16:
    case ValueType::UInt16: return 1;
    case ValueType::Int32:
    case ValueType::UInt32:
    case ValueType::Float32: return 2;
    case ValueType::Float64: return 4;
  }
  return 1;
}

bool is_bit_table(Table table) { return table == Table::Coil || table == Table::Discrete; }

std::optional<double> decode_registers(std::span<const uint16_t> registers, ValueType type,
                                       RegisterOrder order) {
  std::size_t count = register_count(type);
  if (registers.size() < count) return std::nullopt;
  double value = value_of(gather(registers.first(count), order), type);
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

std::vector<uint16_t> encode_registers(double raw, ValueType type, RegisterOrder order) {
  std::vector<uint16_t> registers(register_count(type));
  uint64_t bits = bits_of(raw, type);
  for (std::size_t i = 0; i < registers.size(); ++i) {
    uint16_t word = static_cast<uint16_t>(bits >> (16 * (registers.size() - 1 - i)));
    if (order.are_bytes_swapped) word = swap_bytes(word);
    registers[order.are_words_reversed ? registers.size() - 1 - i : i] = word;
  }
  return registers;
}

}  // namespace anlan::connect
