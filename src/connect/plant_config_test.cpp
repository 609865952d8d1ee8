#include "connect/plant_config.h"

#include <gtest/gtest.h>

#include "core/json.h"

namespace anlan::connect {
namespace {

Result<std::vector<Source>> parse(std::string_view text) {
  Result<Json> json = parse_json(text);
  EXPECT_TRUE(json) << text;
  return parse_sources(*json);
}

TEST(ParseSources, TakesTheWordsOfTheForms) {
  auto sources = parse(R"([{"code":"S-PLC1","protocol":"modbus","host":"10.0.0.5","port":1502,
    "unit_id":3,"gap_max":8,"time_out_ms":250,"tags":[{"index":9,"code":"TI-1","table":"holding",
    "address":40,"type":"float32","order":"CDAB","scale":"0.100000","offset":-5,"every_ms":250}]},
    {"code":"S-RTLS","protocol":"mqtt","topic":"plant/#","user":"u","password":"p"}])");
  ASSERT_TRUE(sources) << sources.error().detail;
  const Source& modbus = sources->at(0);
  EXPECT_EQ(modbus.host, "10.0.0.5");
  EXPECT_EQ(modbus.port, 1502);
  EXPECT_EQ(modbus.unit_id, 3);
  EXPECT_EQ(modbus.gap_max, 8);
  EXPECT_EQ(modbus.time_out, Duration::milliseconds(250));
  const TagAddress& tag = modbus.tags.at(0);
  EXPECT_EQ(tag.tag, 9);
  EXPECT_EQ(tag.table, Table::Holding);
  EXPECT_EQ(tag.type, ValueType::Float32);
  EXPECT_EQ(tag.order, "CDAB");
  EXPECT_DOUBLE_EQ(tag.scale, 0.1);
  EXPECT_DOUBLE_EQ(tag.offset, -5);
  EXPECT_EQ(tag.every, Duration::milliseconds(250));
  const Source& mqtt = sources->at(1);
  EXPECT_EQ(mqtt.protocol, Source::Protocol::Mqtt);
  EXPECT_EQ(mqtt.port, 1883);
  EXPECT_EQ(mqtt.topic, "plant/#");
}

std::string with_tag(std::string_view tag) {
  return R"([{"code":"S","protocol":"modbus","tags":[)" + std::string(tag) + "]}]";
}

TEST(ParseSources, NamesWhatIsWrong) {
  struct Case {
    std::string text, field;
  };
  for (const Case& one : std::vector<Case>{
           {R"([{"protocol":"modbus"}])", "code"},
           {R"([{"code":"S","protocol":"telepathy"}])", "protocol"},
           {R"([{"code":"S","protocol":"modbus","port":70000}])", "port"},
           {R"([{"code":"S","protocol":"mqtt"}])", "topic"},
           {with_tag(R"({"code":"T","table":"input","address":0,"type":"bool"})"), "index"},
           {with_tag(R"({"code":"T","index":1,"table":"input","type":"bool"})"), "address"},
           {with_tag(R"({"code":"T","index":1,"table":"coil","address":1,"type":"int16"})"),
            "type"},
           {with_tag(R"({"code":"T","index":1,"table":"input","address":65535,"type":"int32"})"),
            "address"},
           {with_tag(R"({"code":"T","index":1,"table":"input","address":0,"type":"int16",
              "order":"ABDC"})"),
            "order"},
           {with_tag(R"({"code":"T","index":1,"table":"input","address":0,"type":"int16",
              "scale":"ten"})"),
            "scale"},
           {with_tag(R"({"code":"T","index":1,"table":"input","address":0,"type":"int16",
              "every_ms":1})"),
            "every_ms"}}) {
    auto sources = parse(one.text);
    ASSERT_FALSE(sources) << one.text;
    EXPECT_EQ(sources.error().field, one.field) << one.text;
  }
}

// One source of a protocol with one more member, as a record would have it.
Result<std::vector<Source>> with(std::string_view protocol, std::string_view member) {
  std::string text = R"([{"code":"S","topic":"t","protocol":")" + std::string(protocol) + '"';
  if (!member.empty()) text += "," + std::string(member);
  return parse(text + "}]");
}

void expect_refused(const Result<std::vector<Source>>& sources, std::string_view field,
                    std::string_view what) {
  ASSERT_FALSE(sources) << what;
  EXPECT_EQ(sources.error().field, field) << what;
}

TEST(ParseSources, KnowsHowLateAndHowSkewedASourceMayBe) {
  auto plain = with("mqtt", "");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->at(0).late_after, Duration::seconds(60));
  EXPECT_EQ(plain->at(0).skew_max, Duration::seconds(10));
  for (int64_t late : {5, 86'400}) {
    auto sources = with("modbus", "\"late_s\":" + std::to_string(late));
    ASSERT_TRUE(sources) << late;
    EXPECT_EQ(sources->at(0).late_after, Duration::seconds(late));
  }
  for (int64_t skew : {1, 3'600}) {
    auto sources = with("opcua", "\"skew_s\":" + std::to_string(skew));
    ASSERT_TRUE(sources) << skew;
    EXPECT_EQ(sources->at(0).skew_max, Duration::seconds(skew));
  }
  for (std::string_view wrong : {"4", "86401", "-60", "\"60\"", "60.5", "true", "[60]"}) {
    expect_refused(with("mqtt", "\"late_s\":" + std::string(wrong)), "late_s", wrong);
  }
  for (std::string_view wrong : {"0", "3601", "-1", "\"10\"", "1.5", "{}"}) {
    expect_refused(with("mqtt", "\"skew_s\":" + std::string(wrong)), "skew_s", wrong);
  }
}

TEST(ParseSources, KnowsBothVersionsOfMqtt) {
  EXPECT_FALSE(with("mqtt", "")->at(0).is_mqtt5);
  for (std::string_view protocol : {"mqtt", "sparkplug"}) {
    auto old = with(protocol, R"("mqtt_version":"v311")");
    auto five = with(protocol, R"("mqtt_version":"v5")");
    ASSERT_TRUE(old && five) << protocol;
    EXPECT_FALSE(old->at(0).is_mqtt5);
    EXPECT_TRUE(five->at(0).is_mqtt5);
  }
  for (std::string_view wrong : {"\"v4\"", "\"\"", "\"V5\"", "5", "true", "[\"v5\"]"}) {
    expect_refused(with("mqtt", "\"mqtt_version\":" + std::string(wrong)), "mqtt_version", wrong);
  }
}

TEST(ParseSources, KnowsTheSecurityOfEachProtocol) {
  struct Case {
    std::string_view protocol, word;
    bool is_secure;
  };
  for (const Case& one : {Case{"mqtt", "none", false}, Case{"mqtt", "tls", true},
                          Case{"sparkplug", "none", false}, Case{"sparkplug", "tls", true},
                          Case{"opcua", "none", false}, Case{"opcua", "basic256sha256", true}}) {
    auto sources = with(one.protocol, "\"security\":\"" + std::string(one.word) + '"');
    ASSERT_TRUE(sources) << one.protocol << one.word;
    EXPECT_EQ(sources->at(0).is_secure, one.is_secure) << one.protocol << one.word;
    EXPECT_FALSE(with(one.protocol, "")->at(0).is_secure) << "nothing said";
  }
  // The word of another protocol is none of this one's: nobody thinks a line safe that is open.
  expect_refused(with("mqtt", R"("security":"basic256sha256")"), "security", "of OPC UA");
  expect_refused(with("opcua", R"("security":"tls")"), "security", "of brokers");
  for (std::string_view wrong : {"\"TLS\"", "\"\"", "1", "true", "{}"}) {
    expect_refused(with("mqtt", "\"security\":" + std::string(wrong)), "security", wrong);
  }
}

Result<std::vector<Source>> with_json(std::string_view members) {
  return with("mqtt", R"("tags":[{"code":"T","index":1,)" + std::string(members) + "}]");
}

TEST(ParseSources, KnowsWhereAValueStandsInJson) {
  auto all = with_json(R"("json_topic":"tele/+/SENSOR","json_value":"/ENERGY/Power",
    "json_time":"/Time","json_quality":"/q~1uality")");
  ASSERT_TRUE(all) << all.error().detail;
  EXPECT_EQ(all->at(0).tags.at(0).topic, "tele/+/SENSOR");
  EXPECT_EQ(all->at(0).tags.at(0).value_at, "/ENERGY/Power");
  EXPECT_EQ(all->at(0).tags.at(0).time_at, "/Time");
  EXPECT_EQ(all->at(0).tags.at(0).quality_at, "/q~1uality");
  auto plain = with_json(R"("json_topic":"raw/#")");
  ASSERT_TRUE(plain);
  EXPECT_TRUE(plain->at(0).tags.at(0).value_at.empty()) << "the whole payload";
  for (std::string_view wrong : {"\"\"", "\"a/#/b\"", "\"a+/b\"", "\"a/b#\"", "7", "[\"a\"]"}) {
    expect_refused(with_json("\"json_topic\":" + std::string(wrong)), "json_topic", wrong);
  }
  expect_refused(with_json(R"("json_value":"/v")"), "json_topic", "no topic");
  for (std::string_view field : {"json_value", "json_time", "json_quality"}) {
    for (std::string_view wrong : {"\"v\"", "\"$.v\"", "5", "true", "[\"/v\"]"}) {
      std::string member = "\"" + std::string(field) + "\":" + std::string(wrong);
      expect_refused(with_json(R"("json_topic":"a",)" + member), field, member);
    }
  }
}

TEST(ParseSources, KnowsWhereAPositionStandsInJson) {
  auto all = with("mqtt", R"("pos_topic":"fleet/+/up","pos_rows":"/rows","pos_badge":"topic:2",
    "pos_lat":"/lat","pos_lon":"/lng","pos_accuracy":"/acc","pos_zone":"/z","pos_time":"/t",
    "pos_valid":"/ok","pos_datum":"gcj02")");
  ASSERT_TRUE(all) << all.error().detail;
  EXPECT_EQ(all->at(0).positions, (PositionPlace{.topic = "fleet/+/up",
                                                 .rows_at = "/rows",
                                                 .badge_at = "topic:2",
                                                 .lat_at = "/lat",
                                                 .lon_at = "/lng",
                                                 .accuracy_at = "/acc",
                                                 .zone_at = "/z",
                                                 .time_at = "/t",
                                                 .valid_at = "/ok",
                                                 .is_gcj02 = true}));
  auto metres = with("mqtt", R"("pos_topic":"u","pos_badge":"/id","pos_x":"/x","pos_y":"/y",
    "pos_scale":"0.001")");
  ASSERT_TRUE(metres) << metres.error().detail;
  EXPECT_EQ(metres->at(0).positions.scale, 0.001);
  EXPECT_TRUE(with("mqtt", "")->at(0).positions.topic.empty());
  EXPECT_EQ(with("mqtt", R"("time_zone_offset":"+08:00")")->at(0).time_zone_offset, "+08:00");
  expect_refused(with("mqtt", R"("time_zone_offset":"Asia/Shanghai")"), "time_zone_offset",
                 "a name");
  struct Wrong {
    std::string_view members, field;
  };
  for (const Wrong& one :
       {Wrong{R"("pos_topic":"a/#/b")", "pos_topic"}, Wrong{R"("pos_topic":"a")", "pos_badge"},
        Wrong{R"("pos_topic":"a","pos_badge":"id")", "pos_badge"},
        Wrong{R"("pos_topic":"a","pos_badge":"topic:0")", "pos_badge"},
        Wrong{R"("pos_topic":"a","pos_badge":"/b")", "pos_lat"},
        Wrong{R"("pos_topic":"a","pos_badge":"/b","pos_lat":"/l")", "pos_lon"},
        Wrong{R"("pos_topic":"a","pos_badge":"/b","pos_y":"/y")", "pos_x"},
        Wrong{R"("pos_topic":"a","pos_badge":"/b","pos_zone":"z")", "pos_zone"},
        Wrong{R"("pos_topic":"a","pos_badge":"/b","pos_zone":"/z",
                                 "pos_datum":"bd09")",
              "pos_datum"},
        Wrong{R"("pos_topic":"a","pos_badge":"/b","pos_zone":"/z",
                                 "pos_scale":0)",
              "pos_scale"},
        Wrong{R"("pos_topic":"a","pos_badge":"/b","pos_lat":"/a","pos_lon":"/o",
                                 "pos_x":"/x","pos_y":"/y")",
              "pos_x"}}) {
    expect_refused(with("mqtt", one.members), one.field, one.members);
  }
}

}  // namespace
}  // namespace anlan::connect
