#include <gtest/gtest.h>

#include "core/actor.h"
#include "core/filter.h"
#include "core/hash.h"
#include "core/id.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"

namespace anlan {
namespace {

TEST(Instants, ReadWhatTheyWrite) {
  EXPECT_EQ(format_instant(parse_instant("2026-11-21T14:23:11.25+08:00").value()),
            "2026-11-21T06:23:11.250Z");
  for (const char* bad :
       {"", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-21 06:23:11Z",
        "2026-11-21T06:23:11", "2026-11-21T24:00:00Z", "9999-01-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_instant(bad)) << bad;
  }
}

TEST(Durations, ReadWhatTheyWrite) {
  for (const char* text : {"PT0S", "PT15M", "P3D", "PT2H30M", "P1DT1S", "PT0.5S", "-PT1S"}) {
    EXPECT_EQ(format_duration(parse_duration(text).value()), text);
  }
  EXPECT_EQ(parse_duration("PT72H").value(), Duration::days(3));
  for (const char* bad : {"", "P", "PT", "P1Y", "P1M", "PT1", "1H", "PT1M1H", "PT99999999999S"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
}

TEST(Ids, RiseWithinOneMillisecondAndReadBack) {
  ManualClock clock({1'700'000'000'000'000'000});
  SeededRandom random(7);
  IdMaker maker(clock, random);
  Uuid last = maker.next();
  for (int i = 0; i < 10'000; ++i) {
    Uuid next = maker.next();
    ASSERT_LT(last, next);
    last = next;
  }
  EXPECT_EQ(parse_uuid(format_uuid(last)).value(), last);
  EXPECT_EQ(format_uuid(last)[14], '7');
  EXPECT_FALSE(parse_uuid("00000000-0000-0000-0000-00000000000g"));
}

TEST(JsonText, KeepsDigitsAndOrder) {
  std::string text = R"({"b":0.10,"a":[1,2.50,"中\n"],"n":null,"t":true})";
  EXPECT_EQ(write_json(parse_json(text).value()), text);
}

TEST(JsonText, RefusesWhatIsNotCleanJson) {
  EXPECT_EQ(parse_json(R"({"a":1,"a":2})").error().code, ErrorCode::BadJson);
  EXPECT_EQ(parse_json("{").error().code, ErrorCode::BadJson);
  EXPECT_EQ(parse_json("\"\xff\"").error().code, ErrorCode::BadJson);
  EXPECT_EQ(parse_json(std::string(100'000, '[')).error().code, ErrorCode::TooDeep);
  EXPECT_EQ(parse_json(std::string(2 << 20, ' ')).error().code, ErrorCode::TooLarge);
}

// RFC 8785, section 3.2.2 and 3.2.3: the standard's own example values.
TEST(JsonText, CanonicalFormFollowsRfc8785) {
  auto value = parse_json(
      R"({"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"€":"Euro",)"
      R"("\r":"CR","1":"One","😀":"Smiley","ö":"o","\ufb33":"dalet"})");
  EXPECT_EQ(canonical_json(value.value()),
            "{\"\\r\":\"CR\",\"1\":\"One\",\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
            "\"ö\":\"o\",\"€\":\"Euro\",\"😀\":\"Smiley\",\"\xef\xac\xb3\":\"dalet\"}");
}

TEST(Hash, KnowsTheEmptyText) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Text, MakesSearchPairsOfChinese) { EXPECT_EQ(bigrams("法兰 滴漏A"), "法兰 滴漏 漏a"); }

TEST(Text, ChecksUtf8) {
  EXPECT_TRUE(is_utf8("安澜 😀"));
  EXPECT_FALSE(is_utf8("\xc0\xaf"));
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));
}

TEST(Filters, ReadWhatTheyWrite) {
  std::string text = R"(["and",["eq","state","open"],["or",["in","level",["red","orange"]],)"
                     R"(["not",["null","due"]]],["under","org","/1/"]])";
  Filter filter = parse_filter(parse_json(text).value()).value();
  EXPECT_EQ(write_json(filter_json(filter)), text);
  EXPECT_EQ(fields_of(filter), (std::vector<std::string>{"state", "level", "due", "org"}));
  for (const char* bad : {R"(["eq","a"])", R"(["drop","a",1])", R"([])", R"("x")", R"(["not"])",
                          R"(["eq",1,2])", R"(["eq","a",[1]])"}) {
    EXPECT_FALSE(parse_filter(parse_json(bad).value())) << bad;
  }
}

}  // namespace
}  // namespace anlan
