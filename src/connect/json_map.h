#pragma once
// Values out of the plain JSON of anybody's publisher: each tag says which topics it listens to and
// where in the message its value, time and quality stand (JSON pointers, RFC 6901). Foreign bytes:
// pure and bounded.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connect/mqtt_wire.h"
#include "connect/plant_config.h"

namespace anlan::connect {

// MQTT 3.1.1, 4.7: "+" is one level, "#" at the end all that follow.
bool is_topic_filter(std::string_view filter);
bool matches_topic(std::string_view filter, std::string_view topic);
// "", or steps that begin with a slash each.
bool is_json_pointer(std::string_view pointer);
// Null where nothing stands.
const Json* at_pointer(const Json& json, std::string_view pointer);
// A number, true, false, or a number as text; nothing for anything else.
std::optional<double> json_number(const Json& json);
// ISO 8601, or seconds or milliseconds since 1970, also as text; a time of day without an offset is
// one of `offset` ("+08:00"), none where that is empty.
std::optional<Instant> json_time(const Json& json, std::string_view offset = {});

class JsonMap {
 public:
  // Topics, pointers and the offset of times without one are right (parse_sources sees to it).
  explicit JsonMap(std::vector<TagAddress> tags, std::string time_zone_offset = {})
      : tags_(std::move(tags)), offset_(std::move(time_zone_offset)) {}

  struct Message {
    std::string_view topic, payload;
    bool is_retained = false;  // the broker kept it, nobody knows how long
    Instant received{};
  };
  bool hears(std::string_view topic) const;
  // Rejected: too_large, bad_json, bad_value, bad_quality, bad_time, future, and `retained`: of a
  // tag without a time of its own.
  MqttRows read(const Message& message) const;

 private:
  std::vector<TagAddress> tags_;
  std::string offset_;
};

}  // namespace anlan::connect
