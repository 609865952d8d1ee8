// Positions in the plain JSON of others. The messages have the shapes of real systems, with neutral
// names: a tracker of vehicles, a UWB engine, a LoRaWAN network server.

#include "connect/position_map.h"

#include <gtest/gtest.h>

#include "connect/publish.h"
#include "connect/test_mqtt_party.h"
#include "connect/test_plant_world.h"

namespace anlan::connect {
namespace {

constexpr Instant kNow{Duration::days(20'000).ns};
const std::string kSeconds = std::to_string(kNow.ns / 1'000'000'000);

MqttRows read(const PositionPlace& place, std::string_view payload,
              std::string_view topic = "fleet/7/up", bool is_retained = false) {
  return PositionMap(place).read({topic, payload, is_retained, kNow});
}
std::map<std::string, int64_t> counts(std::initializer_list<std::pair<const char*, int>> some) {
  std::map<std::string, int64_t> all;
  for (auto [reason, count] : some) all[reason] = count;
  return all;
}

const PositionPlace kTracker{.topic = "fleet/#",
                             .badge_at = "/terminal/id",
                             .lat_at = "/gps/lat",
                             .lon_at = "/gps/lng",
                             .accuracy_at = "/gps/hdop_m",
                             .time_at = "/ts",
                             .valid_at = "/gps/state",
                             .is_gcj02 = true};

TEST(PositionMap, ReadsATrackerOfVehicles) {
  MqttRows rows = read(kTracker, R"({"terminal":{"id":"V-0001","battery":83},"ts":)" + kSeconds +
                                     R"(000,"gps":{"lat":31.2304,"lng":"121.4737","hdop_m":2.5,
                                     "speed":14.2,"state":"A"}})");
  ASSERT_EQ(rows.sightings.size(), 1U);
  const twin::Sighting& one = rows.sightings[0];
  EXPECT_EQ(one.badge, "V-0001");
  EXPECT_EQ(one.geo, (twin::GeoPoint{31.2304, 121.4737, true}));
  EXPECT_FALSE(one.at);
  EXPECT_EQ(one.accuracy_m, 2.5);
  EXPECT_EQ(one.seen, kNow);
  EXPECT_TRUE(rows.rejected.empty());
  EXPECT_TRUE(rows.has_own_times);
}

TEST(PositionMap, ReadsAListOfAnUltraWideBandEngineInMillimetres) {
  PositionPlace place{.topic = "uwb/locations",
                      .rows_at = "/data/tags",
                      .badge_at = "/tagId",
                      .x_at = "/pos/0",
                      .y_at = "/pos/1",
                      .zone_at = "/fence",
                      .time_at = "/time",
                      .scale = 0.001};
  MqttRows rows = read(place, R"({"time":)" + kSeconds + R"(,"data":{"tags":[
    {"tagId":4097,"pos":[101300,315000,1200],"fence":"A1"},
    {"tagId":"B-0002","pos":[1,2,3],"time":)" +
                                  std::to_string(kNow.ns / 1'000'000 - 1500) + R"(},
    {"tagId":"B-0003","pos":[1]}, {"tagId":"","pos":[1,2]}, {"tagId":4.5,"pos":[1,2]}, 7,
    {"tagId":"B-0004","pos":[1e9,0]}]}})");
  ASSERT_EQ(rows.sightings.size(), 2U);
  EXPECT_EQ(rows.sightings[0].badge, "4097");
  EXPECT_EQ(rows.sightings[0].at, (twin::Point{101.3, 315}));
  EXPECT_EQ(rows.sightings[0].zone, "A1");
  EXPECT_EQ(rows.sightings[0].seen, kNow) << "of the message";
  EXPECT_EQ(rows.sightings[1].seen, kNow - Duration::milliseconds(1500)) << "its own";
  EXPECT_EQ(rows.rejected, counts({{"bad_place", 2}, {"bad_badge", 2}, {"bad_row", 1}}));
}

TEST(PositionMap, TakesTheBadgeOutOfTheTopic) {
  PositionPlace place{.topic = "application/+/device/+/up",
                      .badge_at = "topic:4",
                      .lat_at = "/object/latitude",
                      .lon_at = "/object/longitude",
                      .time_at = "/time"};
  std::string payload = R"({"object":{"latitude":31.2304,"longitude":121.4737},"time":")" +
                        format_instant(kNow) + "\"}";
  MqttRows rows = read(place, payload, "application/3/device/a84041000181c061/up");
  ASSERT_EQ(rows.sightings.size(), 1U);
  EXPECT_EQ(rows.sightings[0].badge, "a84041000181c061");
  EXPECT_FALSE(rows.sightings[0].geo->is_gcj02);
  EXPECT_EQ(read(place, payload, "a/b").rejected, counts({{"bad_badge", 1}}));
  EXPECT_EQ(topic_level("topic:20"), 20);
  for (const char* wrong : {"topic:0", "topic:21", "topic:", "topic:1x", "/topic:1", ""}) {
    EXPECT_EQ(topic_level(wrong), 0) << wrong;
  }
}

TEST(PositionMap, CountsWhatItRefusesByReason) {
  auto with = [](std::string_view gps, std::string_view time = kSeconds) {
    return read(kTracker, R"({"terminal":{"id":"V-1"},"ts":)" + std::string(time) + R"(,"gps":)" +
                              std::string(gps) + "}")
        .rejected;
  };
  for (const char* lost :
       {R"({"state":"V","lat":31,"lng":121})", R"({"state":0,"lat":31,"lng":121})",
        R"({"lat":31,"lng":121})", R"({"state":true,"lat":0,"lng":0.0})"}) {
    EXPECT_EQ(with(lost), counts({{"no_fix", 1}})) << lost;
  }
  for (const char* wrong :
       {R"({"state":"A","lat":91,"lng":121})", R"({"state":"A","lat":31,"lng":181})",
        R"({"state":"A","lat":31})", R"({"state":"A","lat":"north","lng":121})",
        R"({"state":"A","lat":true,"lng":121})",
        R"({"state":"A","lat":31,"lng":121,"hdop_m":-1})"}) {
    EXPECT_EQ(with(wrong), counts({{"bad_place", 1}})) << wrong;
  }
  const char* good = R"({"state":"valid","lat":31,"lng":121})";
  EXPECT_EQ(with(good), counts({}));
  EXPECT_EQ(with(good, "\"2026-01-01 08:00:00\""), counts({{"bad_time", 1}})) << "of which zone?";
  EXPECT_EQ(with(good, "null"), counts({{"bad_time", 1}}));
  std::string local =
      R"({"terminal":{"id":"V-1"},"ts":"2024-10-04 08:00:00","gps":)" + std::string(good) + "}";
  MqttRows rows = PositionMap(kTracker, "+08:00").read({"fleet/7/up", local, false, kNow});
  ASSERT_EQ(rows.sightings.size(), 1U);
  EXPECT_EQ(rows.sightings[0].seen, kNow);
  EXPECT_EQ(with(good, std::to_string(kNow.ns / 1'000'000'000 + 60)), counts({{"future", 1}}));
  EXPECT_EQ(read(kTracker, "{").rejected, counts({{"bad_json", 1}}));
  EXPECT_EQ(read(kTracker, std::string(kMqttBytesMax + 1, ' ')).rejected,
            counts({{"too_large", 1}}));
  PositionPlace listed{.topic = "#", .rows_at = "/rows", .badge_at = "/b", .zone_at = "/z"};
  EXPECT_EQ(read(listed, "{}").rejected, counts({{"bad_row", 1}}));
  std::string many = R"({"rows":[1)";
  for (std::size_t i = 0; i < kMqttRowsMax; ++i) many += ",1";
  EXPECT_EQ(read(listed, many + "]}").rejected, counts({{"too_many_rows", 5'001}}));
  EXPECT_EQ(read(listed, R"({"rows":[{"b":"B","z":"A1"},{"b":"B"}]})").rejected,
            counts({{"bad_place", 1}}));
  EXPECT_EQ(read(listed, R"({"rows":{"b":"B","z":"A1"}})").sightings.size(), 1U) << "one row";
  EXPECT_EQ(read(listed, R"({"rows":{"b":"B","z":"A1"}})", "t", true).rejected,
            counts({{"retained", 1}}));
}

// Beside it the source's own forms go on, and everything is counted.
TEST(PositionMap, IsReadByTheDriverThroughABroker) {
  RunningClock clock;
  Broker broker;
  MemorySink sink;
  Source source{.code = "S-GPS",
                .protocol = Source::Protocol::Mqtt,
                .port = broker.port(),
                .topic = "#",
                .positions = kTracker};
  auto sources = Sources::make({source}, sink, clock);
  ASSERT_TRUE(sources);
  (*sources)->start();
  ASSERT_TRUE(eventually([&] { return (*sources)->states()[0].is_up; }));
  auto say = [&](const std::string& topic, const std::string& payload) {
    ASSERT_TRUE(publish_once("127.0.0.1", broker.port(), topic, payload));
  };
  std::string time = "\"" + format_instant(clock.now()) + "\"";
  say("fleet/1", R"({"terminal":{"id":"V-0001"},"ts":)" + time +
                     R"(,"gps":{"lat":31.2304,"lng":121.4737,"state":1}})");
  say("fleet/1", R"({"terminal":{"id":"V-0001"},"ts":)" + time + R"(,"gps":{"state":0}})");
  say("plant/positions", R"({"at":)" + time + R"(,"rows":[{"badge":"B-1","x":1,"y":2}]})");
  EXPECT_TRUE(eventually([&] { return (*sources)->states()[0].received >= 3; }));
  (*sources)->stop();
  SourceState state = (*sources)->states()[0];
  EXPECT_EQ(state.stored, 2);
  EXPECT_EQ(state.rejected, counts({{"no_fix", 1}}));
  EXPECT_TRUE(balances(state));
  ASSERT_EQ(sink.all_sightings.size(), 2U);
  EXPECT_TRUE(sink.all_sightings[0].geo && sink.all_sightings[0].geo->is_gcj02);
  EXPECT_TRUE(sink.all_sightings[1].at);
}

}  // namespace
}  // namespace anlan::connect
