// Whatever a foreign positioning system says, by maps of degrees, of metres and of zones: nothing
// crashes, and what is taken keeps the promises of mqtt_wire.h. The first byte chooses the map.

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "connect/position_map.h"
#include "core/check.h"
#include "core/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace anlan;
  using namespace anlan::connect;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  static const PositionMap kMaps[] = {
      PositionMap({.topic = "#",
                   .rows_at = "/r",
                   .badge_at = "/b",
                   .lat_at = "/p/0",
                   .lon_at = "/p/1",
                   .accuracy_at = "/a",
                   .time_at = "/t",
                   .valid_at = "/v",
                   .is_gcj02 = true}),
      PositionMap({.topic = "#",
                   .badge_at = "/b",
                   .x_at = "/x",
                   .y_at = "/y",
                   .zone_at = "/z",
                   .scale = 0.001}),
      PositionMap({.topic = "#", .badge_at = "topic:2", .zone_at = "/z", .time_at = "/t"},
                  "+08:00")};
  const Instant received{Duration::days(20'000).ns};
  const PositionMap& map = kMaps[static_cast<uint8_t>(bytes.front()) % 3];
  MqttRows rows = map.read({"plant/B-0001", bytes.substr(1), false, received});
  CHECK(rows.count() <= kMqttRowsMax && rows.passes.empty() && rows.values.empty(), "bounded");
  for (const twin::Sighting& row : rows.sightings) {
    CHECK(!row.badge.empty() && row.badge.size() <= 64 && is_utf8(row.badge), "a badge");
    CHECK(row.at || row.geo || !row.zone.empty(), "a place");
    if (row.geo) CHECK(std::abs(row.geo->lat) <= 90 && !row.at, "degrees");
    if (row.at) CHECK(std::isfinite(row.at->x) && std::isfinite(row.at->y), "a point");
    CHECK(row.seen <= received + kFutureMax && row.received == received, "times");
    CHECK(row.accuracy_m >= 0, "an accuracy");
  }
  return 0;
}
