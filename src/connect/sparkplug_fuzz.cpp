// Whatever a broker delivers as Sparkplug: nothing crashes, what is read is written and read again
// alike, and what the host makes of a row of messages keeps its promises. The input is a list of
// messages: a byte for topic and time, a byte or two for the length, the payload.

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "connect/mqtt_wire.h"
#include "connect/sparkplug_host.h"
#include "core/check.h"

namespace {

using namespace anlan;
using namespace anlan::connect;

constexpr std::string_view kTopics[] = {
    "spBv1.0/G/NBIRTH/E", "spBv1.0/G/DBIRTH/E/D", "spBv1.0/G/NDATA/E",    "spBv1.0/G/DDATA/E/D",
    "spBv1.0/G/NDEATH/E", "spBv1.0/G/DDEATH/E/D", "spBv1.0/G/DDATA/E/D2", "spBv1.0/G/NDATA/E2"};

void check_reading(std::string_view bytes) {
  SparkplugPayload payload, again;
  if (!read_sparkplug(bytes, payload)) return;
  CHECK(payload.metrics.size() <= kSparkplugMetricsMax, "bounded");
  std::string written = write_sparkplug(payload);
  CHECK(read_sparkplug(written, again).has_value(), "what we write can be read");
  CHECK(again == payload, "and says the same");
}

void check_rows(const SparkplugHost::Rows& rows, Instant now) {
  for (const history::Sample& sample : rows.samples) {
    CHECK(sample.tag == 1 || sample.tag == 2, "a tag of ours");
    CHECK(std::isfinite(sample.value), "a number");
    CHECK(sample.received <= now && sample.at <= now + kFutureMax + kFutureMax, "times");
  }
  for (const history::Sample& sample : rows.historical) {
    CHECK(std::isfinite(sample.value) && sample.at <= now + kFutureMax, "times");
  }
  for (const auto& [reason, count] : rows.rejected) CHECK(count > 0, "a reason has rows");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  parse_sparkplug_topic(bytes);
  parse_sparkplug_path(bytes);
  check_reading(bytes);
  SparkplugHost host({{.tag = 1, .code = "A", .path = "G/E//a"},
                      {.tag = 2, .code = "B", .scale = 2, .path = "G/E/D//b"}});
  SparkplugHost::Moment now{{Duration::days(20'000).ns}, Duration::seconds(100)};
  while (bytes.size() >= 2) {
    auto head = static_cast<uint8_t>(bytes[0]);
    std::size_t length = std::min<std::size_t>(static_cast<uint8_t>(bytes[1]), bytes.size() - 2);
    std::string_view payload = bytes.substr(2, length);
    bytes.remove_prefix(2 + length);
    Duration passed = Duration::milliseconds((head >> 3) * 100);
    now = {now.clock + passed, now.steady + passed};
    check_reading(payload);
    check_rows(host.take(kTopics[head % 8], payload, now), now.clock);
    check_rows(host.turn(now), now.clock);
    CHECK(host.rebirths(now).size() <= kRebirthsPerSecond, "no storm");
    CHECK(host.items().size() <= kSparkplugItemsMax, "bounded");
  }
  check_rows(host.lose_all(now), now.clock);
  for (const history::Sample& sample : host.lose_all(now).samples) {
    CHECK(sample.tag == 0, "nothing goes stale twice");
  }
  return 0;
}
