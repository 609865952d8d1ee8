#include "connect/register_value.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace anlan::connect {
namespace {

using Words = std::vector<uint16_t>;

std::optional<double> read(Words words, ValueType type, const char* order) {
  return decode_registers(words, type, *parse_order(order));
}

TEST(RegisterValue, FollowsTheFourOrders) {
  // 123456.78 as a float is 0x47F12064, as the bytes A B C D.
  EXPECT_EQ(read({0x47F1, 0x2064}, ValueType::Float32, "ABCD"), double{123456.78f});
  EXPECT_EQ(read({0xF147, 0x6420}, ValueType::Float32, "BADC"), double{123456.78f});
  EXPECT_EQ(read({0x2064, 0x47F1}, ValueType::Float32, "CDAB"), double{123456.78f});
  EXPECT_EQ(read({0x6420, 0xF147}, ValueType::Float32, "DCBA"), double{123456.78f});
  EXPECT_EQ(read({0x1234}, ValueType::UInt16, "CDAB"), 0x1234);
  EXPECT_EQ(read({0x1234}, ValueType::UInt16, "DCBA"), 0x3412);
  EXPECT_EQ(read({4, 3, 2, 1}, ValueType::Float64, "CDAB"),
            read({1, 2, 3, 4}, ValueType::Float64, "ABCD"));
}

TEST(RegisterValue, KnowsSigns) {
  EXPECT_EQ(read({0xFFFF}, ValueType::Int16, "ABCD"), -1);
  EXPECT_EQ(read({0xFFFF}, ValueType::UInt16, "ABCD"), 65535);
  EXPECT_EQ(read({0xFFFF, 0xFFFE}, ValueType::Int32, "ABCD"), -2);
  EXPECT_EQ(read({0xFFFF, 0xFFFE}, ValueType::UInt32, "ABCD"), 4294967294.0);
  EXPECT_EQ(read({0x0100}, ValueType::Bool, "ABCD"), 1);
}

TEST(RegisterValue, RefusesWhatIsNoNumber) {
  EXPECT_EQ(read({0x7FC0, 0}, ValueType::Float32, "ABCD"), std::nullopt);  // NaN
  EXPECT_EQ(read({0x7F80, 0}, ValueType::Float32, "ABCD"), std::nullopt);  // infinity
  EXPECT_EQ(read({0x47F1}, ValueType::Float32, "ABCD"), std::nullopt);     // half of it
  EXPECT_FALSE(parse_order("ACBD"));
}

TEST(RegisterValue, WritesWhatItReads) {
  SeededRandom random(20261122);
  for (const char* order : {"ABCD", "BADC", "CDAB", "DCBA"}) {
    for (int type = 0; type <= static_cast<int>(ValueType::Float64); ++type) {
      for (int i = 0; i < 2000; ++i) {
        auto kind = static_cast<ValueType>(type);
        Words words(register_count(kind));
        for (uint16_t& word : words) word = static_cast<uint16_t>(random.next());
        if (kind == ValueType::Bool) words[0] &= 1;
        auto value = decode_registers(words, kind, *parse_order(order));
        if (!value) continue;
        auto again = encode_registers(*value, kind, *parse_order(order));
        EXPECT_EQ(decode_registers(again, kind, *parse_order(order)), value) << order << type;
        EXPECT_TRUE(again == words || kind == ValueType::Bool) << order << type;
      }
    }
  }
}

TEST(RegisterValue, HoldsTheNearestThatFits) {
  EXPECT_EQ(encode_registers(70000, ValueType::UInt16, {}), Words{65535});
  EXPECT_EQ(encode_registers(-5, ValueType::UInt16, {}), Words{0});
  EXPECT_EQ(encode_registers(NAN, ValueType::Int16, {}), Words{0});
  EXPECT_EQ(encode_registers(2.5, ValueType::Int16, {}), Words{3});
}

}  // namespace
}  // namespace anlan::connect
