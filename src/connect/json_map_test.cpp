// Plain JSON of other people's publishers.

#include "connect/json_map.h"

#include <gtest/gtest.h>

#include "core/json.h"

namespace anlan::connect {
namespace {

constexpr Instant kNow{Duration::days(20'000).ns};

MqttRows read(const TagAddress& tag, std::string_view payload, bool is_retained = false) {
  return JsonMap({tag}).read({"t/1", payload, is_retained, kNow});
}

TEST(JsonMap, TopicsMatchLevelByLevel) {
  EXPECT_TRUE(matches_topic("a/+/c", "a/b/c"));
  EXPECT_TRUE(matches_topic("a/#", "a/b/c"));
  EXPECT_TRUE(matches_topic("a/#", "a"));
  EXPECT_FALSE(matches_topic("a/+", "a/b/c"));
  EXPECT_FALSE(matches_topic("a/b/c", "a/b"));
  EXPECT_TRUE(is_topic_filter("+/x/#"));
  for (const char* wrong : {"", "a#", "#/a", "a+/b"}) EXPECT_FALSE(is_topic_filter(wrong)) << wrong;
}

TEST(JsonMap, PointersReachMembersAndPlacesAndEscapedNames) {
  Json json = *parse_json(R"({"a":[{"b/c":1},{"m~n":2}]})");
  EXPECT_EQ(*at_pointer(json, "/a/0/b~1c"), Json(1));
  EXPECT_EQ(*at_pointer(json, "/a/1/m~0n"), Json(2));
  EXPECT_EQ(at_pointer(json, "/a/2"), nullptr);
  EXPECT_EQ(at_pointer(json, "/a/x"), nullptr);
  EXPECT_EQ(at_pointer(json, "/b"), nullptr);
  EXPECT_EQ(at_pointer(json, ""), &json);
}

TEST(JsonMap, ReadsValueTimeAndQualityWhereTheyStand) {
  TagAddress tag{.code = "T",
                 .scale = 10,
                 .offset = 1,
                 .topic = "t/+",
                 .value_at = "/v",
                 .time_at = "/t",
                 .quality_at = "/q"};
  auto at_s = kNow.to_milliseconds() / 1000;
  for (const std::string& time :
       {std::to_string(at_s), std::to_string(at_s * 1000), "\"" + format_instant(kNow) + "\""}) {
    MqttRows rows = read(tag, R"({"v":"2.5","q":192,"t":)" + time + "}");
    ASSERT_EQ(rows.values.size(), 1u) << time;
    EXPECT_EQ(rows.values[0].value, 26);
    EXPECT_EQ(rows.values[0].at, kNow) << time;
    EXPECT_EQ(rows.values[0].quality, history::Quality::Good);
    EXPECT_TRUE(rows.has_own_times);
  }
  EXPECT_EQ(read(tag, R"({"v":1,"q":192,"t":"2024-10-04 08:00:00"})").rejected.at("bad_time"), 1)
      << "of which zone?";
  MqttRows local = JsonMap({tag}, "+08:00")
                       .read({"t/1", R"({"v":1,"q":192,"t":"2024-10-04 08:00:00"})", false, kNow});
  ASSERT_EQ(local.values.size(), 1u);
  EXPECT_EQ(local.values[0].at, kNow);
  MqttRows bad = read(tag, R"({"v":null,"q":"GOOD","t":)" + std::to_string(at_s) + "}");
  ASSERT_EQ(bad.values.size(), 1u);
  EXPECT_EQ(bad.values[0].quality, history::Quality::Bad);
}

TEST(JsonMap, SaysWhyItRefuses) {
  TagAddress tag{.code = "T", .topic = "t/1", .value_at = "/v", .time_at = "/t"};
  auto why = [&](std::string_view payload) {
    MqttRows rows = read(tag, payload);
    return rows.rejected.empty() ? "" : rows.rejected.begin()->first;
  };
  EXPECT_EQ(why("{"), "bad_json");
  EXPECT_EQ(why(R"({"t":1})"), "bad_value");
  EXPECT_EQ(why(R"({"v":"on","t":1})"), "bad_value");
  EXPECT_EQ(why(R"({"v":1})"), "bad_time");
  EXPECT_EQ(why(R"({"v":1,"t":4000000000})"), "future");
}

// Nobody knows how long the broker kept it: with a time of ours it would lie.
TEST(JsonMap, TakesNoRetainedValueThatHasNoTime) {
  TagAddress tag{.code = "T", .topic = "t/1", .value_at = "/v"};
  EXPECT_EQ(read(tag, R"({"v":1})", true).rejected["retained"], 1);
  MqttRows fresh = read(tag, R"({"v":1})");
  ASSERT_EQ(fresh.values.size(), 1u);
  EXPECT_EQ(fresh.values[0].at, kNow);
  EXPECT_FALSE(fresh.has_own_times) << "the same bytes are another reading";
}

}  // namespace
}  // namespace anlan::connect
