// Whatever a broker delivers: nothing crashes, what is taken keeps the promises of mqtt_wire.h, and
// no message is swallowed without a row or a reason. The first byte chooses the topic.

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "connect/mqtt_wire.h"
#include "core/check.h"
#include "core/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace anlan;
  using namespace anlan::connect;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  constexpr std::string_view kTopics[] = {"plant/positions", "plant/gates/G-1", "plant/values"};
  bool is_own = static_cast<uint8_t>(bytes.front()) % 4 == 3;
  std::string_view topic = is_own ? bytes : kTopics[static_cast<uint8_t>(bytes.front()) % 4];
  const Instant received{Duration::days(20'000).ns};
  MqttRows rows = parse_mqtt(topic, bytes.substr(1), received);
  CHECK(rows.count() <= kMqttRowsMax, "bounded");
  for (const twin::Sighting& row : rows.sightings) {
    CHECK(!row.badge.empty() && is_utf8(row.badge), "a badge");
    CHECK(row.at || row.geo || !row.zone.empty(), "a place");
    if (row.geo) CHECK(std::abs(row.geo->lat) <= 90 && !row.at, "degrees");
    if (row.at) CHECK(std::isfinite(row.at->x) && std::isfinite(row.at->y), "a point");
    CHECK(row.seen <= received + kFutureMax && row.received == received, "times");
    CHECK(row.accuracy_m >= 0, "an accuracy");
  }
  for (const twin::GatePass& row : rows.passes) {
    CHECK(!row.badge.empty() && !row.gate.empty(), "a pass");
    CHECK(row.seen <= received + kFutureMax, "times");
  }
  for (const ValueRow& row : rows.values) {
    CHECK(!row.tag.empty() && std::isfinite(row.value), "a value");
    CHECK(row.at <= received + kFutureMax, "times");
  }
  return 0;
}
