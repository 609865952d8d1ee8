#pragma once
// What positioning systems, gates and gateways say over MQTT (docs/formats/mqtt.md). Foreign bytes:
// pure, bounded, fuzzed. One bad row never costs the good ones beside it.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "history/history.h"
#include "twin/twin.h"

namespace anlan::connect {

inline constexpr std::size_t kMqttBytesMax = 1 << 20;
inline constexpr std::size_t kMqttRowsMax = 5'000;
inline constexpr Duration kFutureMax = Duration::seconds(5);  // of a device's clock before ours

struct ValueRow {
  std::string tag;  // code
  double value = 0;
  history::Quality quality = history::Quality::Good;
  Instant at{};
};

struct MqttRows {
  std::vector<twin::Sighting> sightings{};
  std::vector<twin::GatePass> passes{};
  std::vector<ValueRow> values{};
  // Reason to number of rows; a message that could not be read at all counts as one row. Reasons:
  // too_large, bad_json, unknown_topic, too_many_rows, bad_row, bad_badge, bad_place, bad_gate,
  // bad_tag, bad_value, bad_quality, bad_time, future.
  std::map<std::string, int64_t> rejected{};
  // The newest time that stands in it, also one that is refused for being ahead.
  std::optional<Instant> newest{};
  bool has_own_times = true;  // else equal messages are not the same one

  std::size_t count() const { return sightings.size() + passes.size() + values.size(); }
};

// The topic says what it is: .../positions, .../gates/<code>, .../values.
MqttRows parse_mqtt(std::string_view topic, std::string_view payload, Instant received);

}  // namespace anlan::connect
