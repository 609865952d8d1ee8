#include "connect/sparkplug_wire.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/text.h"

namespace anlan::connect {
namespace {

using Reason = std::unexpected<const char*>;
using Done = std::expected<void, const char*>;
constexpr const char* kBadPayload = "bad_payload";
constexpr std::string_view kCompressed = "SPBV1.0_COMPRESSED";  // clause 6.4.18
constexpr std::size_t kPropertiesMax = 100;                     // of one metric

// Protocol Buffers: a field is a number and one of these shapes.
enum class Shape : uint32_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

// One field after the other of one message; what it holds never reaches beyond the bytes.
class Fields {
 public:
  explicit Fields(std::string_view bytes)
      : at_(reinterpret_cast<const uint8_t*>(bytes.data())), end_(at_ + bytes.size()) {}

  // False at the end, or where the bytes are no fields: is_good() says which.
  bool next() {
    if (at_ == end_ || !is_good_) return false;
    uint64_t key = varint();
    number_ = static_cast<uint32_t>(key >> 3);
    shape_ = static_cast<Shape>(key & 7);
    if (number_ == 0 || key >> 32 != 0) is_good_ = false;
    switch (shape_) {
      case Shape::Varint: value_ = varint(); break;
      case Shape::Fixed64: value_ = fixed<uint64_t>(); break;
      case Shape::Fixed32: value_ = fixed<uint32_t>(); break;
      case Shape::Bytes: take_bytes(); break;
      default: is_good_ = false;  // groups are from another age
    }
    return is_good_;
  }
  bool is_good() const { return is_good_; }
  uint32_t number() const { return number_; }
  bool is(Shape shape) const { return shape_ == shape; }
  uint64_t value() const { return value_; }
  std::string_view bytes() const { return bytes_; }

 private:
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && at_ != end_; shift += 7) {
      uint8_t byte = *at_++;
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    is_good_ = false;
    return 0;
  }
  template <class T>
  T fixed() {
    T value = 0;
    if (static_cast<std::size_t>(end_ - at_) < sizeof value) {
      is_good_ = false;
      return 0;
    }
    std::memcpy(&value, at_, sizeof value);  // little-endian, as this machine
    at_ += sizeof value;
    return value;
  }
  void take_bytes() {
    uint64_t length = varint();
    if (!is_good_ || length > static_cast<uint64_t>(end_ - at_)) {
      is_good_ = false;
      return;
    }
    bytes_ = {reinterpret_cast<const char*>(at_), static_cast<std::size_t>(length)};
    at_ += length;
  }

  const uint8_t* at_;
  const uint8_t* end_;
  uint32_t number_ = 0;
  Shape shape_ = Shape::Varint;
  uint64_t value_ = 0;
  std::string_view bytes_;
  bool is_good_ = true;
};
static_assert(std::endian::native == std::endian::little);

// The property "Quality" of a property set; other properties tell nothing about the value.
bool read_quality(std::string_view bytes, SparkplugMetric& metric) {
  Fields fields(bytes);
  std::size_t keys = 0, values = 0, wanted = kPropertiesMax;
  while (fields.next()) {
    if (fields.number() == 1 && fields.is(Shape::Bytes)) {
      if (fields.bytes() == "Quality") wanted = keys;
      ++keys;
    } else if (fields.number() == 2 && fields.is(Shape::Bytes)) {
      if (values++ != wanted) continue;
      Fields property(fields.bytes());
      while (property.next()) {
        bool is_int = property.number() == 3 && property.is(Shape::Varint);
        if (is_int) metric.quality = static_cast<int32_t>(property.value());
      }
      if (!property.is_good()) return false;
    }
    if (keys > kPropertiesMax || values > kPropertiesMax) return false;
  }
  return fields.is_good();
}

bool is_shape_of(uint32_t number, Shape shape) {
  if (number == 1 || number == 8 || number == 9) return shape == Shape::Bytes;
  if (number >= 2 && number <= 7) return shape == Shape::Varint;
  if (number == 12) return shape == Shape::Fixed32;
  if (number == 13) return shape == Shape::Fixed64;
  if (number == 10 || number == 11 || number == 14) return shape == Shape::Varint;
  return true;
}

// Clause 6.4.6 to 6.4.8.
bool read_metric(std::string_view bytes, SparkplugMetric& metric) {
  using Field = SparkplugMetric::Field;
  Fields fields(bytes);
  auto hold = [&](Field field) {
    metric.field = field;
    metric.bits = field == Field::Other ? 0 : fields.value();
  };
  while (fields.next()) {
    for (Shape shape : {Shape::Varint, Shape::Fixed64, Shape::Bytes, Shape::Fixed32}) {
      if (fields.is(shape) && !is_shape_of(fields.number(), shape)) return false;
    }
    switch (fields.number()) {
      case 1:
        metric.name = fields.bytes();
        metric.has_name = true;
        break;
      case 2:
        metric.alias = fields.value();
        metric.has_alias = true;
        break;
      case 3:
        metric.time_ms = fields.value();
        metric.has_time = true;
        break;
      case 4: metric.type = static_cast<SparkplugType>(fields.value()); break;
      case 5: metric.is_historical = fields.value() != 0; break;
      case 7: metric.is_null = fields.value() != 0; break;
      case 9:
        if (!read_quality(fields.bytes(), metric)) return false;
        break;
      case 10: hold(Field::Int); break;
      case 11: hold(Field::Long); break;
      case 12: hold(Field::Float); break;
      case 13: hold(Field::Double); break;
      case 14: hold(Field::Boolean); break;
      default:
        if (fields.number() >= 15 && fields.number() <= 19) hold(Field::Other);
    }
  }
  return fields.is_good();
}

bool is_id(std::string_view text) {
  return !text.empty() && text.find_first_of("+#") == std::string_view::npos;
}

bool is_integer(SparkplugType type) {
  return type >= SparkplugType::Int8 && type <= SparkplugType::UInt64;
}

// Clause 6.4.17: negative numbers are two's complement, of their own width or of the field's.
double integer_of(uint64_t bits, SparkplugType type) {
  switch (type) {
    case SparkplugType::Int8: return static_cast<int8_t>(bits);
    case SparkplugType::Int16: return static_cast<int16_t>(bits);
    case SparkplugType::Int32: return static_cast<int32_t>(bits);
    case SparkplugType::Int64: return static_cast<double>(static_cast<int64_t>(bits));
    case SparkplugType::UInt8: return static_cast<uint8_t>(bits);
    case SparkplugType::UInt16: return static_cast<uint16_t>(bits);
    case SparkplugType::UInt32: return static_cast<uint32_t>(bits);
    default: return static_cast<double>(bits);
  }
}

const char* why_no_number(SparkplugType type) {
  switch (type) {
    case SparkplugType::Unknown: return "bad_type";
    case SparkplugType::String:
    case SparkplugType::Text:
    case SparkplugType::Uuid: return "text";
    case SparkplugType::DataSet: return "data_set";
    case SparkplugType::Bytes:
    case SparkplugType::File: return "bytes";
    case SparkplugType::Template: return "template";
    default: return static_cast<uint32_t>(type) <= 34 ? "array" : "bad_type";
  }
}

void put_varint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}
void put_number(std::string& out, uint32_t number, uint64_t value) {
  put_varint(out, number << 3);
  put_varint(out, value);
}
void put_bytes(std::string& out, uint32_t number, std::string_view bytes) {
  put_varint(out, number << 3 | static_cast<uint32_t>(Shape::Bytes));
  put_varint(out, bytes.size());
  out += bytes;
}
template <class T>
void put_fixed(std::string& out, uint32_t number, T value) {
  Shape shape = sizeof(T) == 8 ? Shape::Fixed64 : Shape::Fixed32;
  put_varint(out, number << 3 | static_cast<uint32_t>(shape));
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

std::string quality_property(int32_t quality) {
  std::string value, set;
  put_number(value, 1, static_cast<uint32_t>(SparkplugType::Int32));
  put_number(value, 3, static_cast<uint32_t>(quality));
  put_bytes(set, 1, "Quality");
  put_bytes(set, 2, value);
  return set;
}

std::string write_metric(const SparkplugMetric& metric) {
  using Field = SparkplugMetric::Field;
  std::string out;
  if (metric.has_name) put_bytes(out, 1, metric.name);
  if (metric.has_alias) put_number(out, 2, metric.alias);
  if (metric.has_time) put_number(out, 3, metric.time_ms);
  if (metric.type != SparkplugType::Unknown) {
    put_number(out, 4, static_cast<uint32_t>(metric.type));
  }
  if (metric.is_historical) put_number(out, 5, 1);
  if (metric.is_null) put_number(out, 7, 1);
  if (metric.quality != SparkplugMetric::kQualityGood) {
    put_bytes(out, 9, quality_property(metric.quality));
  }
  switch (metric.field) {
    case Field::None: break;
    case Field::Int: put_number(out, 10, metric.bits); break;
    case Field::Long: put_number(out, 11, metric.bits); break;
    case Field::Float: put_fixed(out, 12, static_cast<uint32_t>(metric.bits)); break;
    case Field::Double: put_fixed(out, 13, metric.bits); break;
    case Field::Boolean: put_number(out, 14, metric.bits); break;
    case Field::Other: put_bytes(out, 15, ""); break;
  }
  return out;
}

}  // namespace

std::optional<SparkplugTopic> parse_sparkplug_topic(std::string_view topic) {
  using Kind = SparkplugTopic::Kind;
  struct Word {
    std::string_view word;
    Kind kind;
    std::size_t levels;
  };
  static constexpr auto kWords = std::to_array<Word>({{"NBIRTH", Kind::NodeBirth, 4},
                                                      {"NDEATH", Kind::NodeDeath, 4},
                                                      {"NDATA", Kind::NodeData, 4},
                                                      {"DBIRTH", Kind::DeviceBirth, 5},
                                                      {"DDEATH", Kind::DeviceDeath, 5},
                                                      {"DDATA", Kind::DeviceData, 5}});
  std::array<std::string_view, 5> levels;
  std::size_t count = 0;
  while (count < levels.size()) {
    std::size_t slash = topic.find('/');
    levels[count++] = topic.substr(0, slash);
    if (slash == std::string_view::npos) {
      topic = {};
      break;
    }
    topic.remove_prefix(slash + 1);
    if (count == levels.size()) return std::nullopt;
  }
  if (count < 4 || levels[0] != "spBv1.0") return std::nullopt;
  auto found = std::ranges::find(kWords, levels[2], &Word::word);
  if (found == kWords.end() || found->levels != count) return std::nullopt;
  for (std::size_t i = 1; i < count; ++i) {
    if (!is_id(levels[i]) || !is_utf8(levels[i])) return std::nullopt;
  }
  return SparkplugTopic{found->kind, levels[1], levels[3], levels[4]};
}

Done read_sparkplug(std::string_view bytes, SparkplugPayload& payload) {
  payload.time_ms.reset();
  payload.seq.reset();
  payload.metrics.clear();
  if (bytes.size() > kSparkplugBytesMax) return Reason("too_large");
  Fields fields(bytes);
  while (fields.next()) {
    bool is_number = fields.number() == 1 || fields.number() == 3;
    if (fields.number() <= 5 && !fields.is(is_number ? Shape::Varint : Shape::Bytes)) {
      return Reason(kBadPayload);
    }
    if (fields.number() == 1) payload.time_ms = fields.value();
    if (fields.number() == 3) payload.seq = fields.value();
    if (fields.number() == 4 && fields.bytes() == kCompressed) return Reason("compressed");
    if (fields.number() != 2) continue;
    if (payload.metrics.size() == kSparkplugMetricsMax) return Reason("too_many_rows");
    if (!read_metric(fields.bytes(), payload.metrics.emplace_back())) return Reason(kBadPayload);
  }
  if (!fields.is_good()) return Reason(kBadPayload);
  return {};
}

std::expected<double, const char*> sparkplug_number(const SparkplugMetric& metric,
                                                    SparkplugType type) {
  using Field = SparkplugMetric::Field;
  bool is_whole = metric.field == Field::Int || metric.field == Field::Long;
  if (is_integer(type) || type == SparkplugType::DateTime) {
    if (!is_whole) return Reason("bad_value");
    return integer_of(metric.bits, type);
  }
  if (type == SparkplugType::Boolean) {
    if (metric.field != Field::Boolean) return Reason("bad_value");
    return metric.bits != 0 ? 1 : 0;
  }
  bool is_float = type == SparkplugType::Float || type == SparkplugType::Double;
  if (!is_float) return Reason(why_no_number(type));
  double value = NAN;
  if (metric.field == Field::Float) {
    value = static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(metric.bits)));
  }
  if (metric.field == Field::Double) value = std::bit_cast<double>(metric.bits);
  if (!std::isfinite(value)) return Reason("bad_value");
  return value;
}

std::string write_sparkplug(const SparkplugPayload& payload) {
  std::string out;
  if (payload.time_ms) put_number(out, 1, *payload.time_ms);
  for (const SparkplugMetric& metric : payload.metrics) put_bytes(out, 2, write_metric(metric));
  if (payload.seq) put_number(out, 3, *payload.seq);
  return out;
}

void set_number(SparkplugMetric& metric, double value) {
  using Field = SparkplugMetric::Field;
  if (metric.type == SparkplugType::Boolean) {
    metric.field = Field::Boolean;
    metric.bits = value != 0;
  } else if (metric.type == SparkplugType::Float) {
    metric.field = Field::Float;
    metric.bits = std::bit_cast<uint32_t>(static_cast<float>(value));
  } else if (metric.type == SparkplugType::Double) {
    metric.field = Field::Double;
    metric.bits = std::bit_cast<uint64_t>(value);
  } else {
    constexpr double kMost = 9.2e18;
    auto whole = static_cast<int64_t>(std::clamp(std::round(value), -kMost, kMost));
    bool is_long = metric.type == SparkplugType::Int64 || metric.type >= SparkplugType::UInt32;
    metric.field = is_long ? Field::Long : Field::Int;
    metric.bits = is_long ? static_cast<uint64_t>(whole) : static_cast<uint32_t>(whole);
  }
}

}  // namespace anlan::connect
