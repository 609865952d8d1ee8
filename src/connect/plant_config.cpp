#include "connect/plant_config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <format>
#include <optional>
#include <set>

#include "connect/json_map.h"
#include "connect/opcua_link.h"
#include "connect/position_map.h"
#include "connect/register_value.h"
#include "connect/sparkplug_host.h"
#include "connect/written_time.h"

namespace anlan::connect {
namespace {

constexpr std::size_t kTagsMax = 200'000;  // of one source: a gateway of a whole plant
constexpr int64_t kEveryMsMin = 50, kEveryMsMax = 3'600'000;
constexpr int64_t kTimeOutMsMax = 10'000;
constexpr int64_t kLateSMin = 5, kLateSMax = 86'400, kSkewSMax = 3'600;
constexpr std::size_t kCodeCharsMax = 64;
constexpr double kSpeedMost = 1e6;
constexpr int64_t kStepMsMax = 86'400'000;

template <class T>
struct Word {
  std::string_view word;
  T value;
};
constexpr auto kTables = std::to_array<Word<Table>>({{"coil", Table::Coil},
                                                     {"discrete", Table::Discrete},
                                                     {"input", Table::Input},
                                                     {"holding", Table::Holding}});
constexpr auto kTypes = std::to_array<Word<ValueType>>({{"bool", ValueType::Bool},
                                                        {"int16", ValueType::Int16},
                                                        {"uint16", ValueType::UInt16},
                                                        {"int32", ValueType::Int32},
                                                        {"uint32", ValueType::UInt32},
                                                        {"float32", ValueType::Float32},
                                                        {"float64", ValueType::Float64}});
constexpr auto kProtocols =
    std::to_array<Word<Source::Protocol>>({{"modbus", Source::Protocol::Modbus},
                                           {"mqtt", Source::Protocol::Mqtt},
                                           {"sparkplug", Source::Protocol::Sparkplug},
                                           {"opcua", Source::Protocol::Opcua},
                                           {"replay", Source::Protocol::Replay},
                                           {"diode", Source::Protocol::Diode}});
constexpr auto kReplayAs = std::to_array<Word<bool>>({{"original", false}, {"now", true}});
constexpr auto kTransports = std::to_array<Word<bool>>({{"udp", false}, {"folder", true}});
constexpr auto kSecurities = std::to_array<Word<bool>>({{"none", false}, {"basic256sha256", true}});
constexpr auto kBrokerSecurities = std::to_array<Word<bool>>({{"none", false}, {"tls", true}});
constexpr auto kMqttVersions = std::to_array<Word<bool>>({{"v311", false}, {"v5", true}});
constexpr auto kDatums = std::to_array<Word<bool>>({{"wgs84", false}, {"gcj02", true}});
constexpr double kScaleLeast = 1e-6, kScaleMost = 1e6;
constexpr int64_t kInFlightMost = 64;

template <class T, std::size_t n>
Result<T> word_at(const Json& row, std::string_view name, const std::array<Word<T>, n>& words) {
  std::string text = TRY(row.text_at(name));
  auto found = std::ranges::find(words, text, &Word<T>::word);
  if (found != words.end()) return found->value;
  return refuse(ErrorCode::BadField, std::format("no such word: {}", text), std::string(name));
}

struct Range {
  int64_t low, high, otherwise;
};

Result<int64_t> whole_at(const Json& row, std::string_view name, Range range) {
  if (row[name].is_null()) return range.otherwise;
  int64_t value = TRY(row.int_at(name));
  if (value >= range.low && value <= range.high) return value;
  return refuse(ErrorCode::BadField, std::format("{} is out of range", value), std::string(name));
}

Result<double> decimal_at(const Json& row, std::string_view name, double otherwise) {
  const Json& member = row[name];
  if (member.is_null()) return otherwise;
  std::optional<double> value = member.as_double();
  if (member.is_text()) {
    const std::string& text = member.as_text();
    double read = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
    if (error == std::errc() && end == text.data() + text.size()) value = read;
  }
  if (value && std::isfinite(*value)) return *value;
  return refuse(ErrorCode::BadField, "not a number", std::string(name));
}

Result<std::string> code_of(const Json& row) {
  std::string code = TRY(row.text_at("code"));
  if (!code.empty() && code.size() <= kCodeCharsMax) return code;
  return refuse(ErrorCode::BadField, "a code has 1 to 64 characters", "code");
}

Result<void> parse_registers(const Json& row, TagAddress& tag) {
  tag.table = TRY(word_at(row, "table", kTables));
  int64_t address = TRY(whole_at(row, "address", {0, UINT16_MAX, -1}));
  if (address < 0) return refuse(ErrorCode::MissingField, "", "address");
  tag.address = static_cast<uint16_t>(address);
  tag.type = TRY(word_at(row, "type", kTypes));
  tag.order = row.text_or("order", "ABCD");
  if (!parse_order(tag.order)) return refuse(ErrorCode::BadField, tag.order, "order");
  bool is_bit = is_bit_table(tag.table);
  if (is_bit && tag.type != ValueType::Bool) {
    return refuse(ErrorCode::BadField, "coils and discrete inputs hold bool", "type");
  }
  if (tag.address + (is_bit ? 1 : register_count(tag.type)) > UINT16_MAX + 1) {
    return refuse(ErrorCode::BadField, "ends above address 65535", "address");
  }
  return {};
}

// Text, or empty where it is missing; anything else is a mistake and not the whole payload.
Result<std::string> words_at(const Json& row, std::string_view name) {
  if (row[name].is_null()) return std::string();
  if (row[name].is_text()) return row[name].as_text();
  return refuse(ErrorCode::BadField, "not a text", std::string(name));
}

Result<std::string> pointer_at(const Json& row, std::string_view name) {
  std::string pointer = TRY(words_at(row, name));
  if (is_json_pointer(pointer)) return pointer;
  return refuse(ErrorCode::BadField, pointer, std::string(name));
}

Result<void> parse_json_place(const Json& row, TagAddress& tag) {
  tag.topic = TRY(words_at(row, "json_topic"));
  if (!is_topic_filter(tag.topic)) return refuse(ErrorCode::BadField, tag.topic, "json_topic");
  tag.value_at = TRY(pointer_at(row, "json_value"));
  tag.time_at = TRY(pointer_at(row, "json_time"));
  tag.quality_at = TRY(pointer_at(row, "json_quality"));
  return {};
}

Result<TagAddress> parse_tag(const Json& row, Source::Protocol protocol) {
  TagAddress tag;
  tag.code = TRY(code_of(row));
  int64_t index = TRY(whole_at(row, "index", {0, UINT32_MAX, -1}));
  if (index < 0) return refuse(ErrorCode::MissingField, "", "index");
  tag.tag = static_cast<history::TagIndex>(index);
  tag.scale = TRY(decimal_at(row, "scale", 1));
  tag.offset = TRY(decimal_at(row, "offset", 0));
  int64_t every_ms = TRY(whole_at(row, "every_ms", {kEveryMsMin, kEveryMsMax, 1000}));
  tag.every = Duration::milliseconds(every_ms);
  if (protocol == Source::Protocol::Modbus) TRY(parse_registers(row, tag));
  if (protocol == Source::Protocol::Sparkplug) {
    tag.path = row.text_or("path", "");
    if (!parse_sparkplug_path(tag.path)) return refuse(ErrorCode::BadField, tag.path, "path");
  }
  if (protocol == Source::Protocol::Opcua) {
    tag.path = row.text_or("path", "");
    if (!is_opcua_node(tag.path)) return refuse(ErrorCode::BadField, tag.path, "path");
  }
  if (protocol == Source::Protocol::Mqtt) TRY(parse_json_place(row, tag));
  if (protocol == Source::Protocol::Replay) {
    tag.path = row.text_or("path", "");
    if (tag.path.empty()) return refuse(ErrorCode::MissingField, "", "path");
  }
  return tag;
}

// A place is two pointers or none, and of one kind.
Result<void> check_place(const PositionPlace& place) {
  bool has_lat = !place.lat_at.empty(), has_lon = !place.lon_at.empty();
  if (has_lat != has_lon)
    return refuse(ErrorCode::MissingField, "", has_lat ? "pos_lon" : "pos_lat");
  bool has_x = !place.x_at.empty(), has_y = !place.y_at.empty();
  if (has_x != has_y) return refuse(ErrorCode::MissingField, "", has_x ? "pos_y" : "pos_x");
  if (has_lat && has_x) return refuse(ErrorCode::BadField, "degrees and metres", "pos_x");
  if (has_lat || has_x || !place.zone_at.empty()) return {};
  return refuse(ErrorCode::MissingField, "", "pos_lat");
}

Result<PositionPlace> parse_position_place(const Json& row) {
  PositionPlace place;
  place.topic = TRY(words_at(row, "pos_topic"));
  if (place.topic.empty()) return place;
  if (!is_topic_filter(place.topic)) return refuse(ErrorCode::BadField, place.topic, "pos_topic");
  place.badge_at = TRY(words_at(row, "pos_badge"));
  bool is_badge = topic_level(place.badge_at) > 0 || place.badge_at.starts_with('/');
  if (!is_badge) return refuse(ErrorCode::BadField, place.badge_at, "pos_badge");
  place.rows_at = TRY(pointer_at(row, "pos_rows"));
  place.lat_at = TRY(pointer_at(row, "pos_lat"));
  place.lon_at = TRY(pointer_at(row, "pos_lon"));
  place.x_at = TRY(pointer_at(row, "pos_x"));
  place.y_at = TRY(pointer_at(row, "pos_y"));
  place.accuracy_at = TRY(pointer_at(row, "pos_accuracy"));
  place.zone_at = TRY(pointer_at(row, "pos_zone"));
  place.time_at = TRY(pointer_at(row, "pos_time"));
  place.valid_at = TRY(pointer_at(row, "pos_valid"));
  if (row.has("pos_datum")) place.is_gcj02 = TRY(word_at(row, "pos_datum", kDatums));
  place.scale = TRY(decimal_at(row, "pos_scale", 1));
  if (!(place.scale >= kScaleLeast && place.scale <= kScaleMost)) {
    return refuse(ErrorCode::BadField, "0.000001 to a million", "pos_scale");
  }
  TRY(check_place(place));
  return place;
}

Result<void> check_broker(const Source& source) {
  if (source.protocol == Source::Protocol::Mqtt && source.topic.empty()) {
    return refuse(ErrorCode::MissingField, "", "topic");
  }
  if (source.protocol != Source::Protocol::Sparkplug) return {};
  constexpr std::string_view kNotInIds = "/+#";
  if (source.topic.find_first_of(kNotInIds) != std::string::npos) {
    return refuse(ErrorCode::BadField, "the name of a group", "topic");
  }
  bool is_id =
      !source.host_id.empty() && source.host_id.find_first_of(kNotInIds) == std::string::npos;
  if (!is_id) return refuse(ErrorCode::BadField, source.host_id, "host_id");
  return {};
}

Result<void> parse_replay_wish(const Json& row, Source& source) {
  if (source.protocol != Source::Protocol::Replay) return {};
  source.file = row.text_or("file", "");
  bool is_name = !source.file.empty() && source.file.find('/') == std::string::npos &&
                 !source.file.starts_with('.');
  if (!is_name) return refuse(ErrorCode::BadField, "the name of a file", "file");
  source.speed = TRY(decimal_at(row, "speed", 1));
  if (source.speed < 0 || source.speed > kSpeedMost) {
    return refuse(ErrorCode::BadField, "0 to a million", "speed");
  }
  if (row.has("replay_as")) source.is_as_now = TRY(word_at(row, "replay_as", kReplayAs));
  source.step = Duration::milliseconds(TRY(whole_at(row, "step_ms", {1, kStepMsMax, 1000})));
  source.is_endless = row.bool_or("is_endless", false);
  if (source.is_endless && (!source.is_as_now || source.speed == 0)) {
    return refuse(ErrorCode::BadField, "only what is told as now, at a speed", "is_endless");
  }
  return {};
}

// Two tags of one path: one of them would never hear anything.
Result<void> check_paths(const Source& source) {
  std::set<std::string_view> paths;
  for (const TagAddress& tag : source.tags) {
    if (tag.path.empty() || paths.insert(tag.path).second) continue;
    return refuse(ErrorCode::Duplicate, std::format("tag {}: {}", tag.code, tag.path), "path");
  }
  return {};
}

int64_t usual_port(Source::Protocol protocol) {
  switch (protocol) {
    case Source::Protocol::Modbus: return 502;
    case Source::Protocol::Opcua: return 4840;
    case Source::Protocol::Diode: return 15'400;
    default: return 1883;
  }
}

Result<Source> source_of(const Json& row) {
  Source source;
  source.code = TRY(code_of(row));
  source.protocol = TRY(word_at(row, "protocol", kProtocols));
  source.host = row.text_or("host", source.host);
  source.port =
      static_cast<uint16_t>(TRY(whole_at(row, "port", {1, 65535, usual_port(source.protocol)})));
  source.unit_id = static_cast<int>(TRY(whole_at(row, "unit_id", {0, 255, source.unit_id})));
  source.gap_max = static_cast<int>(TRY(whole_at(row, "gap_max", {0, 124, source.gap_max})));
  int64_t time_out = TRY(whole_at(row, "time_out_ms", {10, kTimeOutMsMax, 500}));
  source.time_out = Duration::milliseconds(time_out);
  source.in_flight_max = static_cast<int>(
      TRY(whole_at(row, "in_flight_max", {1, kInFlightMost, source.in_flight_max})));
  source.late_after = Duration::seconds(TRY(whole_at(row, "late_s", {kLateSMin, kLateSMax, 60})));
  source.skew_max = Duration::seconds(TRY(whole_at(row, "skew_s", {1, kSkewSMax, 10})));
  source.time_zone_offset = row.text_or("time_zone_offset", "");
  bool has_offset = !source.time_zone_offset.empty();
  if (has_offset && !is_utc_offset(source.time_zone_offset)) {
    return refuse(ErrorCode::BadField, source.time_zone_offset, "time_zone_offset");
  }
  source.topic = row.text_or("topic", "");
  source.user = row.text_or("user", "");
  source.password = row.text_or("password", "");
  source.host_id = row.text_or("host_id", source.host_id);
  TRY(check_broker(source));
  source.url_path = row.text_or("url_path", "");
  if (!source.url_path.empty() && !source.url_path.starts_with('/')) {
    return refuse(ErrorCode::BadField, source.url_path, "url_path");
  }
  bool is_broker =
      source.protocol == Source::Protocol::Mqtt || source.protocol == Source::Protocol::Sparkplug;
  if (row.has("security")) {
    source.is_secure = TRY(word_at(row, "security", is_broker ? kBrokerSecurities : kSecurities));
  }
  if (row.has("mqtt_version")) source.is_mqtt5 = TRY(word_at(row, "mqtt_version", kMqttVersions));
  if (source.protocol == Source::Protocol::Mqtt) source.positions = TRY(parse_position_place(row));
  TRY(parse_replay_wish(row, source));
  if (row.has("transport")) source.is_folder = TRY(word_at(row, "transport", kTransports));
  const Json& tags = row["tags"];
  if (tags.is_null()) return source;
  if (!tags.is_array()) return refuse(ErrorCode::BadField, "not a list", "tags");
  if (tags.as_array().size() > kTagsMax) {
    return refuse(ErrorCode::LimitReached, std::format("{} tags at most", kTagsMax), "tags");
  }
  for (const Json& member : tags.as_array()) {
    Result<TagAddress> tag = parse_tag(member, source.protocol);
    if (!tag) {
      tag.error().detail =
          std::format("tag {}: {}", member.text_or("code", "?"), tag.error().detail);
      return std::unexpected(tag.error());
    }
    source.tags.push_back(*std::move(tag));
  }
  TRY(check_paths(source));
  return source;
}

}  // namespace

Result<Source> parse_source(const Json& row) {
  Result<Source> source = source_of(row);
  if (!source) {
    source.error().detail =
        std::format("source {}: {}", row.text_or("code", "?"), source.error().detail);
  }
  return source;
}

Result<std::vector<Source>> parse_sources(const Json& rows) {
  if (!rows.is_array()) return refuse(ErrorCode::BadField, "sources are a list");
  std::vector<Source> sources;
  for (const Json& row : rows.as_array()) sources.push_back(TRY(parse_source(row)));
  return sources;
}

}  // namespace anlan::connect
