#pragma once
// Where badges were last seen. Personal data: it lives in memory and in a log of its own that keeps
// half an hour, so that a restart does not forget who fell silent; longer only as the track of a
// response. Every look at one person's track is a command with its reason.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "history/history.h"
#include "twin/twin.h"

namespace anlan::engine {

struct Trace {
  std::optional<twin::Sighting> sight{};    // newest one that is believed
  std::optional<twin::Sighting> doubted{};  // newer than that: where somebody is, is unknown
  std::optional<twin::GatePass> pass{};     // newest one that was let through
};

class Presence {
 public:
  static constexpr Duration kKeep = Duration::minutes(30);
  static constexpr std::size_t kTrackPointsMax = 2'000;  // of one badge: half an hour at 1 Hz

  static Result<std::unique_ptr<Presence>> open(const std::string& folder, bool sync, Clock& clock);

  // Any thread. Durable when it returns.
  Result<void> take(std::span<const twin::Sighting> sightings);
  Result<void> take(std::span<const twin::GatePass> passes);
  std::map<std::string, Trace> all();
  std::optional<Trace> of(std::string_view badge);
  bool is_anybody_seen();  // of all badges, in the time that is kept
  // Oldest first, of the last half hour.
  std::vector<twin::Sighting> track(std::string_view badge);
  void forget_old(Instant now);

 private:
  explicit Presence(Clock& clock) : clock_(clock) {}
  Result<void> restore(const history::Frame& frame);
  void note(const twin::Sighting& sighting);
  void note(const twin::GatePass& pass);
  Result<void> keep(uint32_t kind, const Json& rows);

  Clock& clock_;
  std::unique_ptr<history::SegmentLog> log_;
  std::mutex mutex_;  // guards the rest
  std::map<std::string, Trace, std::less<>> traces_;
  std::map<std::string, std::vector<twin::Sighting>, std::less<>> tracks_;
  std::vector<std::pair<Instant, uint64_t>> frames_;  // when each was written
};

}  // namespace anlan::engine
