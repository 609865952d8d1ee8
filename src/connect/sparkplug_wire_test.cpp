#include "connect/sparkplug_wire.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/text.h"

namespace anlan::connect {
namespace {

using Kind = SparkplugTopic::Kind;
using Type = SparkplugType;

const char* why_not(std::string_view hex) {
  SparkplugPayload payload;
  std::string bytes = from_hex(hex);
  auto read = read_sparkplug(bytes, payload);
  return read ? "" : read.error();
}

double number_after(Type type, double value) {
  SparkplugMetric metric{.type = type};
  set_number(metric, value);
  std::string bytes = write_sparkplug({.metrics = {metric}});
  SparkplugPayload payload;
  EXPECT_TRUE(read_sparkplug(bytes, payload));
  return sparkplug_number(payload.metrics.at(0), type).value_or(NAN);
}

TEST(SparkplugWire, ReadsTopics) {
  auto node = parse_sparkplug_topic("spBv1.0/Plant 1/NDATA/E-7");
  ASSERT_TRUE(node);
  EXPECT_EQ(node->kind, Kind::NodeData);
  EXPECT_EQ(node->group, "Plant 1");
  EXPECT_EQ(node->node, "E-7");
  EXPECT_EQ(node->device, "");
  auto device = parse_sparkplug_topic("spBv1.0/G/DBIRTH/E/泵");
  ASSERT_TRUE(device);
  EXPECT_EQ(device->kind, Kind::DeviceBirth);
  EXPECT_EQ(device->device, "泵");
  for (const char* topic :
       {"", "spBv1.0", "spAv1.0/G/NDATA/E", "spBv1.0/G/NCMD/E", "spBv1.0/G/NDATA/E/D",
        "spBv1.0/G/DDATA/E", "spBv1.0//NDATA/E", "spBv1.0/G/DDATA/E/", "spBv1.0/G/DDATA/E/D/X",
        "spBv1.0/STATE/anlan", "spBv1.0/G/NDATA/\xff", "spBv1.0/G/NDATA/+"}) {
    EXPECT_FALSE(parse_sparkplug_topic(topic)) << topic;
  }
}

// The bytes were written by protobuf.js of the package sparkplug-payload: timestamp 1000, metrics
// {Temp, alias 5, timestamp 999, Double 21.5} and {alias 6, Int32 -3, historical}, seq 7; and one
// {N, alias 6, Int32, null}.
TEST(SparkplugWire, ReadsWhatAnotherProgramWrote) {
  std::string bytes = from_hex(
      "08e80712160a0454656d70100518e707200a690000000000803540"
      "120c10062003280150fdffffff0f1807");
  SparkplugPayload payload;
  ASSERT_TRUE(read_sparkplug(bytes, payload));
  EXPECT_EQ(payload.time_ms, 1000);
  EXPECT_EQ(payload.seq, 7);
  ASSERT_EQ(payload.metrics.size(), 2);
  const SparkplugMetric& first = payload.metrics[0];
  EXPECT_EQ(first.name, "Temp");
  EXPECT_EQ(first.alias, 5);
  EXPECT_EQ(first.time_ms, 999);
  EXPECT_EQ(sparkplug_number(first, first.type), 21.5);
  const SparkplugMetric& second = payload.metrics[1];
  EXPECT_FALSE(second.has_name);
  EXPECT_TRUE(second.is_historical);
  EXPECT_FALSE(second.is_null);
  EXPECT_EQ(sparkplug_number(second, second.type), -3);
  bytes = from_hex("08e80712090a014e1006200338011807");
  ASSERT_TRUE(read_sparkplug(bytes, payload));
  ASSERT_EQ(payload.metrics.size(), 1);
  EXPECT_TRUE(payload.metrics[0].is_null);
}

TEST(SparkplugWire, WritesWhatItReads) {
  SparkplugMetric one{.name = "a/b",
                      .alias = 300'000,
                      .time_ms = 1'700'000'000'000,
                      .type = Type::Float,
                      .quality = SparkplugMetric::kQualityStale,
                      .has_name = true,
                      .has_alias = true,
                      .has_time = true,
                      .is_historical = true};
  set_number(one, 0.5);
  SparkplugMetric two{.alias = 0, .type = Type::Boolean, .has_alias = true, .is_null = true};
  SparkplugPayload payload{.time_ms = 5, .seq = 255, .metrics = {one, two}}, again;
  std::string bytes = write_sparkplug(payload);
  ASSERT_TRUE(read_sparkplug(bytes, again));
  EXPECT_EQ(again, payload);
}

TEST(SparkplugWire, KeepsTheNumbersOfEveryType) {
  EXPECT_EQ(number_after(Type::Int8, -128), -128);
  EXPECT_EQ(number_after(Type::Int16, -32768), -32768);
  EXPECT_EQ(number_after(Type::Int32, -2147483648.0), -2147483648.0);
  EXPECT_EQ(number_after(Type::Int64, -9007199254740992.0), -9007199254740992.0);
  EXPECT_EQ(number_after(Type::UInt8, 255), 255);
  EXPECT_EQ(number_after(Type::UInt16, 65535), 65535);
  EXPECT_EQ(number_after(Type::UInt32, 4294967295.0), 4294967295.0);
  EXPECT_EQ(number_after(Type::UInt64, 9007199254740992.0), 9007199254740992.0);
  EXPECT_EQ(number_after(Type::Float, 0.25), 0.25);
  EXPECT_EQ(number_after(Type::Double, 1e-300), 1e-300);
  EXPECT_EQ(number_after(Type::Boolean, 1), 1);
  EXPECT_EQ(number_after(Type::DateTime, 1.7e12), 1.7e12);
}

TEST(SparkplugWire, SaysWhyAValueIsNoNumber) {
  using Field = SparkplugMetric::Field;
  SparkplugMetric other{.field = Field::Other};
  EXPECT_EQ(sparkplug_number(other, Type::String).error(), std::string("text"));
  EXPECT_EQ(sparkplug_number(other, Type::DataSet).error(), std::string("data_set"));
  EXPECT_EQ(sparkplug_number(other, Type::Template).error(), std::string("template"));
  EXPECT_EQ(sparkplug_number(other, Type::File).error(), std::string("bytes"));
  EXPECT_EQ(sparkplug_number(other, static_cast<Type>(25)).error(), std::string("array"));
  EXPECT_EQ(sparkplug_number(other, static_cast<Type>(99)).error(), std::string("bad_type"));
  EXPECT_EQ(sparkplug_number(other, Type::Double).error(), std::string("bad_value"));
  SparkplugMetric nan{.type = Type::Double};
  set_number(nan, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(sparkplug_number(nan, Type::Double).error(), std::string("bad_value"));
  SparkplugMetric whole{.type = Type::Int32};
  set_number(whole, 3);
  EXPECT_EQ(sparkplug_number(whole, Type::Float).error(), std::string("bad_value"));
}

TEST(SparkplugWire, RefusesWhatIsNoPayload) {
  EXPECT_STREQ(why_not(""), "");
  EXPECT_STREQ(why_not("08"), "bad_payload");                        // a number without its end
  EXPECT_STREQ(why_not("08ffffffffffffffffffff01"), "bad_payload");  // longer than 64 bits
  EXPECT_STREQ(why_not("120a0a"), "bad_payload");                    // ends inside a metric
  EXPECT_STREQ(why_not("12020a05"), "bad_payload");                  // ends inside its name
  EXPECT_STREQ(why_not("0b0c"), "bad_payload");                      // a group
  EXPECT_STREQ(why_not("1001"), "bad_payload");                      // metrics that are a number
  EXPECT_STREQ(why_not("12020d00"), "bad_payload");                  // a name that is a number
  EXPECT_STREQ(why_not("00"), "bad_payload");                        // field 0
  EXPECT_STREQ(why_not("2212535042"
                       "56312e305f434f4d50524553534544"),
               "compressed");
  EXPECT_STREQ(why_not("a006013a0100"), "");  // unknown fields, as of a newer version
  SparkplugPayload payload;
  std::string many;
  for (std::size_t i = 0; i <= kSparkplugMetricsMax; ++i) many.append("\x12\x00", 2);
  EXPECT_EQ(read_sparkplug(many, payload).error(), std::string("too_many_rows"));
  EXPECT_EQ(read_sparkplug(std::string(kSparkplugBytesMax + 1, '\0'), payload).error(),
            std::string("too_large"));
}

}  // namespace
}  // namespace anlan::connect
