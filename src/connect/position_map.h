#pragma once
// Positions out of the plain JSON of anybody's positioning system: the source says which topics
// hold them and where in a message the rows, the badge, the place and the time stand. Foreign
// bytes: pure and bounded. docs/formats/positions.md.

#include <string>
#include <string_view>
#include <utility>

#include "connect/json_map.h"
#include "connect/plant_config.h"

namespace anlan::connect {

// "topic:1" to "topic:20": a level of the topic, counted from 1; 0 for anything else.
int topic_level(std::string_view place);

class PositionMap {
 public:
  // Topic, pointers and the offset of times without one are right (parse_sources sees to it);
  // without a topic it hears nothing.
  explicit PositionMap(PositionPlace place, std::string time_zone_offset = {})
      : place_(std::move(place)), offset_(std::move(time_zone_offset)) {}

  bool hears(std::string_view topic) const;
  // Rejected: too_large, bad_json, too_many_rows, bad_row, bad_badge, bad_place, no_fix, bad_time,
  // future, and `retained`: of a map without times.
  MqttRows read(const JsonMap::Message& message) const;

 private:
  PositionPlace place_;
  std::string offset_;
};

}  // namespace anlan::connect
