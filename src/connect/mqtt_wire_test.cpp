#include "connect/mqtt_wire.h"

#include <gtest/gtest.h>

namespace anlan::connect {
namespace {

const Instant kNow = *parse_instant("2026-11-22T08:00:00Z");
using Reasons = std::map<std::string, int64_t>;

TEST(MqttWire, ReadsPositions) {
  MqttRows rows = parse_mqtt("plant/positions", R"({"at":"2026-11-22T07:59:59.500Z","rows":[
    {"badge":"B-0001","x":12.3,"y":45.6,"accuracy":3.0,"zone":"A1"},
    {"badge":"B-0002","zone":"A2","at":"2026-11-22T07:59:58Z"}]})",
                             kNow);
  ASSERT_EQ(rows.sightings.size(), 2);
  EXPECT_TRUE(rows.rejected.empty());
  const twin::Sighting& one = rows.sightings[0];
  EXPECT_EQ(one.badge, "B-0001");
  EXPECT_EQ(one.at, (twin::Point{12.3, 45.6}));
  EXPECT_EQ(one.zone, "A1");
  EXPECT_EQ(one.accuracy_m, 3);
  EXPECT_EQ(one.seen, kNow - Duration::milliseconds(500));
  EXPECT_EQ(one.received, kNow);
  EXPECT_FALSE(rows.sightings[1].at);
  EXPECT_EQ(rows.sightings[1].seen, kNow - Duration::seconds(2));
}

TEST(MqttWire, ReadsDegreesOfSatellites) {
  MqttRows rows = parse_mqtt("plant/positions", R"({"at":"2026-11-22T08:00:00Z","rows":[
    {"badge":"V-1","lat":31.2,"lon":121.5,"accuracy":4},
    {"badge":"V-2","lat":31.2,"lon":121.5,"datum":"gcj02"},
    {"badge":"B","lat":31.2},{"badge":"B","lat":91,"lon":1},{"badge":"B","lat":"31","lon":1},
    {"badge":"B","lat":31,"lon":181},{"badge":"B","lat":31,"lon":1,"datum":"bd09"},
    {"badge":"B","lat":31,"lon":1,"x":1,"y":1}]})",
                             kNow);
  ASSERT_EQ(rows.sightings.size(), 2);
  EXPECT_EQ(rows.sightings[0].geo, (twin::GeoPoint{31.2, 121.5, false}));
  EXPECT_FALSE(rows.sightings[0].at);
  EXPECT_TRUE(rows.sightings[1].geo->is_gcj02);
  EXPECT_EQ(rows.rejected, (Reasons{{"bad_place", 6}}));
}

TEST(MqttWire, ReadsAPassOfAGate) {
  MqttRows rows = parse_mqtt("plant/gates/G-1", R"({"badge":"B-1","gate":"G-1","zone":"A1",
    "in":true,"let":false,"at":"2026-11-22T08:00:00Z"})",
                             kNow);
  ASSERT_EQ(rows.passes.size(), 1);
  EXPECT_TRUE(rows.passes[0].is_in);
  EXPECT_FALSE(rows.passes[0].was_let);
  EXPECT_EQ(rows.passes[0].seen, kNow);
}

TEST(MqttWire, ReadsValuesWithTheirQuality) {
  MqttRows rows = parse_mqtt("edge/7/values", R"({"at":"2026-11-22T08:00:00Z","rows":[
    {"tag":"A","value":1.5},{"tag":"B","value":true,"quality":"uncertain"},
    {"tag":"C","value":null},{"tag":"D","value":2,"quality":"stale"}]})",
                             kNow);
  ASSERT_EQ(rows.values.size(), 4);
  EXPECT_EQ(rows.values[0].value, 1.5);
  EXPECT_EQ(rows.values[1].value, 1);
  EXPECT_EQ(rows.values[1].quality, history::Quality::Uncertain);
  EXPECT_EQ(rows.values[2].quality, history::Quality::Bad);
  EXPECT_EQ(rows.values[3].quality, history::Quality::Stale);
}

TEST(MqttWire, ABadRowDoesNotCostTheGoodOnes) {
  MqttRows rows = parse_mqtt("plant/positions", R"({"at":"2026-11-22T08:00:00Z","rows":[
    {"badge":"GOOD","x":1,"y":2},
    7, {"badge":""}, {"badge":"two words","x":1,"y":1}, {"badge":"B","x":"1","y":2},
    {"badge":"B","x":1e9,"y":2}, {"badge":"B"}, {"badge":"B","x":1,"y":2,"accuracy":-1},
    {"badge":"B","x":1,"y":2,"at":"yesterday"}, {"badge":"B","x":1,"y":2,"at":5},
    {"badge":"B","x":1,"y":2,"at":"2026-11-22T08:00:05Z"},
    {"badge":"B","x":1,"y":2,"at":"2026-11-22T08:00:05.001Z"}]})",
                             kNow);
  EXPECT_EQ(rows.sightings.size(), 2);  // the good one and the one just not too early
  EXPECT_EQ(
      rows.rejected,
      (Reasons{
          {"bad_row", 1}, {"bad_badge", 2}, {"bad_place", 4}, {"bad_time", 2}, {"future", 1}}));
}

TEST(MqttWire, TellsWhatIsWrongWithValues) {
  MqttRows rows = parse_mqtt("v/values", R"({"rows":[{"tag":"A","value":1},
    {"tag":"A","value":"1","at":"2026-11-22T08:00:00Z"},
    {"tag":"A","at":"2026-11-22T08:00:00Z"},
    {"value":1,"at":"2026-11-22T08:00:00Z"},
    {"tag":"A","value":1,"quality":"splendid","at":"2026-11-22T08:00:00Z"}]})",
                             kNow);
  EXPECT_EQ(rows.count(), 0);
  EXPECT_EQ(rows.rejected,
            (Reasons{{"bad_time", 1}, {"bad_value", 2}, {"bad_tag", 1}, {"bad_quality", 1}}));
}

TEST(MqttWire, RefusesWholeMessagesWithAReason) {
  auto why = [](std::string_view topic, std::string_view payload) {
    return parse_mqtt(topic, payload, kNow).rejected;
  };
  EXPECT_EQ(why("plant/weather", "{}"), (Reasons{{"unknown_topic", 1}}));
  EXPECT_EQ(why("plant/positions", "{"), (Reasons{{"bad_json", 1}}));
  EXPECT_EQ(why("plant/positions", "[]"), (Reasons{{"bad_row", 1}}));
  EXPECT_EQ(why("plant/positions", "{}"), (Reasons{{"bad_row", 1}}));
  EXPECT_EQ(why("plant/gates/G", R"({"badge":"B","gate":"G","at":"2026-11-22T08:00:00Z"})"),
            (Reasons{{"bad_gate", 1}}));
  EXPECT_EQ(why("plant/positions", std::string(kMqttBytesMax + 1, ' ')),
            (Reasons{{"too_large", 1}}));
  std::string many = R"({"rows":[1)";
  for (std::size_t i = 0; i < kMqttRowsMax; ++i) many += ",1";
  EXPECT_EQ(why("plant/positions", many + "]}"), (Reasons{{"too_many_rows", kMqttRowsMax + 1}}));
}

}  // namespace
}  // namespace anlan::connect
