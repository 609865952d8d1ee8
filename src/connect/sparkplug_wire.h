#pragma once
// Payloads and topics of Sparkplug B 3.0 (docs/formats/sparkplug.md). Foreign bytes: pure, bounded,
// fuzzed. Reading makes no copies: names point into the bytes that were read.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::connect {

inline constexpr std::size_t kSparkplugBytesMax = 8 << 20;  // the birth of 100,000 metrics has 5 MB
inline constexpr std::size_t kSparkplugMetricsMax = 200'010;  // of a birth: all tags of a source

// Clause 4.1. A device only where the kind has one.
struct SparkplugTopic {
  enum class Kind { NodeBirth, NodeDeath, NodeData, DeviceBirth, DeviceDeath, DeviceData };
  Kind kind = Kind::NodeData;
  std::string_view group, node, device;
};
std::optional<SparkplugTopic> parse_sparkplug_topic(std::string_view topic);

// Clause 6.4.16. On the wire; never renumber. Above Template: sets and arrays.
enum class SparkplugType : uint32_t {
  Unknown = 0,
  Int8 = 1,
  Int16 = 2,
  Int32 = 3,
  Int64 = 4,
  UInt8 = 5,
  UInt16 = 6,
  UInt32 = 7,
  UInt64 = 8,
  Float = 9,
  Double = 10,
  Boolean = 11,
  String = 12,
  DateTime = 13,
  Text = 14,
  Uuid = 15,
  DataSet = 16,
  Bytes = 17,
  File = 18,
  Template = 19
};

struct SparkplugMetric {
  enum class Field : uint8_t { None, Int, Long, Float, Double, Boolean, Other };
  std::string_view name{};  // not checked to be UTF-8
  uint64_t alias = 0;
  uint64_t time_ms = 0;
  uint64_t bits = 0;  // of the value, as its field holds it
  SparkplugType type = SparkplugType::Unknown;
  int32_t quality = kQualityGood;  // of its property "Quality", clause 6.4.14
  Field field = Field::None;
  bool has_name = false;
  bool has_alias = false;
  bool has_time = false;
  bool is_historical = false;
  bool is_null = false;

  static constexpr int32_t kQualityBad = 0, kQualityGood = 192, kQualityStale = 500;
  bool operator==(const SparkplugMetric&) const = default;
};

struct SparkplugPayload {
  std::optional<uint64_t> time_ms{};
  std::optional<uint64_t> seq{};
  std::vector<SparkplugMetric> metrics{};
  bool operator==(const SparkplugPayload&) const = default;
};

// Into `payload`, whose memory is used again. The reasons why not: too_large, bad_payload,
// too_many_rows, compressed (a payload inside a payload, which we do not open).
std::expected<void, const char*> read_sparkplug(std::string_view bytes, SparkplugPayload& payload);

// The value as a number. Reasons: text, data_set, template, bytes, array, bad_type, bad_value.
std::expected<double, const char*> sparkplug_number(const SparkplugMetric& metric,
                                                    SparkplugType type);

// What edge nodes send; for our commands, the simulator and the tests.
std::string write_sparkplug(const SparkplugPayload& payload);
// The same number as bits of the field that the type is sent in.
void set_number(SparkplugMetric& metric, double value);

}  // namespace anlan::connect
