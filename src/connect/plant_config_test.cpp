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

}  // namespace
}  // namespace anlan::connect
