#include "connect/written_time.h"

#include <gtest/gtest.h>

namespace anlan::connect {
namespace {

std::string read(std::string_view text, std::string_view offset) {
  auto at = written_time(text, offset);
  return at ? format_instant(*at) : "";
}

TEST(WrittenTime, WithoutAnOffsetIsOfTheZoneThatWasSaid) {
  for (const char* text : {"2026-11-23 10:14:33", "2026/11/23 10:14:33", "2026-11-23T10:14:33"}) {
    EXPECT_EQ(read(text, "+08:00"), "2026-11-23T02:14:33.000Z") << text;
    EXPECT_EQ(read(text, "-03:30"), "2026-11-23T13:44:33.000Z") << text;
    EXPECT_EQ(read(text, "Z"), "2026-11-23T10:14:33.000Z") << text;
    EXPECT_EQ(read(text, ""), "") << "nobody knows of which zone: " << text;
  }
  EXPECT_EQ(read("2026-11-23 10:14:33.25", "+08:00"), "2026-11-23T02:14:33.250Z");
  EXPECT_EQ(read("2026-11-23 10:14", "+08:00"), "2026-11-23T02:14:00.000Z");
  EXPECT_EQ(read("2026-11-23", "+08:00"), "2026-11-22T16:00:00.000Z");
}

TEST(WrittenTime, AnOffsetOfItsOwnHolds) {
  EXPECT_EQ(read("2026-11-23T10:14:33Z", "+08:00"), "2026-11-23T10:14:33.000Z");
  EXPECT_EQ(read("2026-11-23 10:14:33+09:00", "+08:00"), "2026-11-23T01:14:33.000Z");
  EXPECT_EQ(read("2026-11-23T10:14:33+08:00", ""), "2026-11-23T02:14:33.000Z");
}

TEST(WrittenTime, WhatIsNoTimeIsNone) {
  for (const char* text : {"", "now", "2026-11-23 25:00:00", "2026-02-30 10:00:00", "23.11.2026",
                           "2026-11-23 10:14:33 PM", "20261123101433", "2026-11-23x10:14:33"}) {
    EXPECT_EQ(read(text, "+08:00"), "") << text;
  }
  EXPECT_EQ(read(std::string(1000, '1'), "+08:00"), "");
}

TEST(WrittenTime, OffsetsAreSignHoursAndMinutes) {
  for (const char* fine : {"Z", "+08:00", "-03:30", "+14:00", "+00:00"}) {
    EXPECT_TRUE(is_utc_offset(fine)) << fine;
  }
  for (const char* wrong : {"", "8", "+8:00", "+0800", "+15:00", "+14:30", "+08:60", "08:00",
                            "+08:00 ", "Asia/Shanghai", "+a8:00"}) {
    EXPECT_FALSE(is_utc_offset(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace anlan::connect
