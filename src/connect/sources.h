#pragma once
// The drivers: one thread for each source, bounded queues, back-off, counters that balance.
//
//   auto sources = TRY(Sources::make(list, sink, clock));
//   sources->start();   ...   sources->stop();

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "connect/plant_config.h"
#include "core/result.h"
#include "twin/twin.h"

namespace anlan::connect {

using RowCounts = std::map<std::string, int64_t>;  // by reason

// Where drivers deliver. Called on a driver's thread; returning means durable or refused, so a slow
// sink slows its driver (back-pressure) and never loses silently.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual Result<void> samples(std::string_view source,
                               std::span<const history::Sample> samples) = 0;
  // From before a silence of the link: kept, but neither what is now nor cause of an alarm.
  virtual Result<void> historical(std::string_view source,
                                  std::span<const history::Sample> samples) = 0;
  virtual Result<void> sightings(std::string_view source,
                                 std::span<const twin::Sighting> sightings) = 0;
  virtual Result<void> passes(std::string_view source, std::span<const twin::GatePass> passes) = 0;
  // A tag by its code (MQTT, one-way links). A value counts only from the source that its tag
  // names: else anybody on a broker could clear a gas detector that somebody else reads.
  enum class Found { Yes, No, OtherSource };
  virtual Found find_tag(std::string_view source, std::string_view code,
                         history::TagIndex& tag) = 0;
};

// received = stored + duplicate + sum(rejected) + sum(dropped), always.
struct SourceState {
  std::string code;
  std::string protocol;  // as in the form `source`
  bool is_up = false;
  std::string trouble{};  // English, for the page: what fails now; empty when all is well
  Instant last_at{};      // last good answer
  int64_t received = 0;
  int64_t stored = 0;
  int64_t duplicate = 0;
  RowCounts rejected{};  // "bad_json", "unknown_tag", "future", ...
  RowCounts dropped{};   // "queue_full", "sink_failed"
  int64_t requests = 0, failures = 0;
  double round_trip_ms = 0;          // mean of the last minute
  std::optional<Duration> behind{};  // its clock behind ours; negative: ahead
  bool is_clock_wrong = false;       // by more than the source's limit
  bool is_clock_sure = false;        // enough samples say so
  Json detail{};                     // of the protocol: what an OPC UA server made of our wishes
  std::optional<Error> refusal{};    // why it does not run at all
};

// What a source was heard to have: a node of a Sparkplug group, a metric.
struct SourceItem {
  std::string path;
  std::string name;
  bool is_value = false;
};

// Modbus requests under way at each "host:port". Shared by all sources, for many of them may stand
// behind one gateway.
class Gateways {
 public:
  // Waits for a place among `most`; false where `must_stop` said so.
  bool enter(const std::string& gateway, int most, const std::function<bool()>& must_stop);
  void leave(const std::string& gateway);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> active_;
};

// Codes of badges that a gate lets in; nothing for everybody.
using Allowed = std::optional<std::vector<std::string>>;

class Sources {
 public:
  // Sink and clock outlive it. Duplicate: two with one code.
  // Without gateways they have their own; else those outlive them.
  static Result<std::unique_ptr<Sources>> make(std::vector<Source> sources, Sink& sink,
                                               Clock& clock, Gateways* gateways = nullptr);
  virtual ~Sources() = default;
  virtual void start() = 0;
  virtual void stop() = 0;
  virtual std::vector<SourceState> states() = 0;
  // Of the source with that code, below a node; by path. Only of protocols that announce it.
  virtual std::vector<SourceItem> items(std::string_view code, std::string_view node) = 0;
  // The rule of a gate goes out as a retained message anlan/gate/<code>/rule on every MQTT source:
  // {"open":bool,"reason":"...","at":"..."}; also after a reconnect.
  virtual void set_gate(std::string_view gate, bool is_open, std::string_view reason) = 0;
  // Whom it lets in, in the same way on anlan/gate/<code>/allowed: {"badges":[...],"at":"..."};
  // null for everybody.
  virtual void set_allowed(std::string_view gate, const Allowed& badges) = 0;
};

}  // namespace anlan::connect
