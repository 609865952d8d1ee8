#pragma once
// How a number lies in 16-bit registers. Modbus says nothing about values over 16 bits, so each
// device has its own order of words and bytes.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "connect/plant_config.h"

namespace anlan::connect {

// ABCD: most significant first. BADC: bytes of each word swapped. CDAB: words reversed. DCBA: both.
// Of a 16-bit value only the order of bytes counts: BADC and DCBA swap.
struct RegisterOrder {
  bool are_words_reversed = false;
  bool are_bytes_swapped = false;
};
std::optional<RegisterOrder> parse_order(std::string_view text);

// 16-bit registers of a value; bits of a Coil or Discrete are one each.
uint16_t register_count(ValueType type);
bool is_bit_table(Table table);

// Nothing where too few registers are there or the float is no number.
std::optional<double> decode_registers(std::span<const uint16_t> registers, ValueType type,
                                       RegisterOrder order);
// The nearest value that the type holds; the other way round for the simulator and the tests.
std::vector<uint16_t> encode_registers(double raw, ValueType type, RegisterOrder order);

}  // namespace anlan::connect
