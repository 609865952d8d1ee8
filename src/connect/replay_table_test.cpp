#include "connect/replay_table.h"

#include <gtest/gtest.h>

#include <cmath>

namespace anlan::connect {
namespace {

ReplayTable read(std::string_view text) {
  auto table = parse_replay(text, Duration::seconds(180));
  EXPECT_TRUE(table) << table.error().detail;
  return table.value_or(ReplayTable{});
}

TEST(ReplayTable, ReadsWhatRecordersWrite) {
  ReplayTable skab = read(
      "datetime;Current;Pressure\n2020-03-09 10:14:33;1.33;0.05\n"
      "2020-03-09 10:14:34;1.35;\r\n\n");
  EXPECT_EQ(skab.columns, (std::vector<std::string>{"Current", "Pressure"}));
  EXPECT_EQ(format_instant(skab.times.at(0)), "2020-03-09T10:14:33.000Z");
  EXPECT_EQ(skab.times.at(1) - skab.times[0], Duration::seconds(1));
  EXPECT_EQ(skab.cell(0, 1), 0.05);
  EXPECT_TRUE(std::isnan(skab.cell(1, 1))) << "an empty cell is no value";
  auto local = parse_replay("t;a\n2020-03-09 10:14:33;1\n", Duration::seconds(1), "+08:00");
  EXPECT_EQ(format_instant(local.value().times.at(0)), "2020-03-09T02:14:33.000Z");
  ReplayTable nab = read("timestamp,value\n2014-03-07T03:41:00+08:00,45.868\n");
  EXPECT_EQ(format_instant(nab.times.at(0)), "2014-03-06T19:41:00.000Z");
  ReplayTable tep = read("   2.4889000e-01   3.7023000e+03\n   2.4904000e-01 -3.6e1\n");
  EXPECT_FALSE(tep.has_times);
  EXPECT_EQ(tep.columns, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(tep.times.at(1) - tep.times.at(0), Duration::seconds(180));
  EXPECT_EQ(tep.cell(1, 1), -36);
  ReplayTable counted = read("\xEF\xBB\xBFtime\tvalue\n1600000000\t1\n1600000001.5\t2\n");
  EXPECT_EQ(counted.times.at(1) - counted.times.at(0), Duration::milliseconds(1500));
  EXPECT_EQ(counted.columns.at(0), "value");
}

TEST(ReplayTable, CountsRowsThatItCannotPlaceAndRefusesWhatIsNone) {
  ReplayTable table = read(
      "at,a\n2020-01-01T00:00:02Z,1\n2020-01-01T00:00:01Z,2\nnever,3\n"
      "2020-01-01T00:00:03Z,4,5\n2020-01-01T00:00:04Z,6\n");
  EXPECT_EQ(table.rejected, 3);
  EXPECT_EQ(table.times.size(), 2u);
  for (const char* text : {"", "\n\n", "name\n", "a,b\n", "2020-01-01T00:00:00Z\n"}) {
    EXPECT_FALSE(parse_replay(text, Duration::seconds(1))) << text;
  }
  std::string wide = "1";
  for (std::size_t i = 0; i < kReplayColumnsMax; ++i) wide += ",1";
  EXPECT_EQ(parse_replay(wide, {}).error().code, ErrorCode::LimitReached);
}

}  // namespace
}  // namespace anlan::connect
