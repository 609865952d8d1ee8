#pragma once
// The life of a sample inside the server: driver -> live table -> alarms -> segment log -> durable.
// Transitions of alarms go to the one writer as commands. Every method may be called from any
// thread.

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "ehs/ehs.h"
#include "engine/commands.h"
#include "engine/plant_model.h"
#include "engine/position_judge.h"
#include "engine/presence.h"

namespace anlan::engine {

class Engine;

struct LiveValue {
  double value = 0;
  history::Quality quality = history::Quality::Stale;
  Instant at{};         // zero: never
  Instant good_at{};    // of the newest good one; zero: never
  uint64_t change = 0;  // number of the change: what is newer than a reader's place is news to it
};

class Sensing {
 public:
  static Result<std::unique_ptr<Sensing>> open(Engine& engine);
  ~Sensing();

  // What drivers deliver: durable when it returns. `source` is its code.
  Result<void> samples(std::span<const history::Sample> samples);
  // What a device kept while its link was down: durable, but neither live nor cause of an alarm.
  Result<void> historical(std::span<const history::Sample> samples);
  // What a positioning system says, not judged yet; the answer counts what is in doubt.
  Result<DoubtCounts> positions(std::span<const twin::Sighting> heard);
  Result<void> sightings(std::span<const twin::Sighting> sightings);  // judged
  Result<void> passes(std::span<const twin::GatePass> passes);
  // Of tags that are in use.
  std::optional<history::TagIndex> find_tag(std::string_view code);

  std::shared_ptr<const PlantModel> plant();  // shared: see PlantModel::load
  Presence& presence() { return *presence_; }
  history::History& history() { return *history_; }
  LiveValue live(history::TagIndex tag);
  // Since when a condition waits for its delay to end.
  std::optional<Instant> waiting_since(RecordId alarm);
  // Of its formula, as they are now.
  std::vector<alarms::WindowNow> windows(RecordId alarm);
  std::vector<std::pair<history::TagIndex, LiveValue>> changed_since(
      uint64_t place, std::span<const history::TagIndex> tags, uint64_t& now_at);
  // Mean of the newest fresh wind readings; nothing where there is none.
  std::optional<twin::Wind> wind(Instant now);
  // The fresh ones; each anemometer by itself, with or without a direction beside it.
  std::vector<ehs::WindSpeed> winds(Instant now);
  // Every gas detector, with when it last told something good.
  std::vector<ehs::Detector> detectors();
  // Fresh values of gas detectors, and what the weather station reports.
  std::vector<ehs::GasReading> gas_readings(Instant now);
  std::optional<ehs::WeatherSign> weather(Instant now);
  // Vents, drains and the like that tags report as open: purposes state_vent, state_drain, ...
  std::vector<ehs::PermitPlace> plant_states(Instant now);

  // About four times a second each, one caller at a time for each of them; none waits for another.
  // Delays, stale tags, expired shelves, permits.
  void turn(Instant now);
  // Reads the plant anew when its records changed.
  void follow_plant(Instant now);
  // Samples become blocks, as fast as the disk goes.
  void write_blocks(Instant now);
  // Makes the model anew, now.
  Result<void> reload();

 private:
  explicit Sensing(Engine& engine);
  std::optional<uint32_t> place_of(RecordId alarm) const;  // in the evaluator; mutex_ is held
  Result<void> send(std::vector<alarms::Trip> trips);
  void watch_permits(Instant now);
  Instant listening_since();
  // Of each of these tags, in their order; of one that never told anything the default.
  std::vector<LiveValue> live_of(const std::vector<const TagInfo*>& tags);
  // Calls visit(tag, value) for tags of fitting purposes whose value is good and not older than a
  // minute; mutex_ is held only while values are copied.
  template <class Visit>
  void fresh(Instant now, const PlantModel::FitsPurpose& fits, Visit visit);
  void unshelve(Instant now);
  void call_again(Instant now);
  Result<void> keep_as_said(const PlantModel& plant);
  Result<void> renew(bool goes_on);
  void note_doubt(const std::vector<AlarmEvent>& events);
  void settle();
  Result<std::vector<AlarmEvent>> unsettled_causes(store::View& view);
  Result<std::vector<AlarmEvent>> unsettled_definitions(store::View& view);

  Engine& engine_;
  std::unique_ptr<history::History> history_;
  std::unique_ptr<Presence> presence_;
  PositionJudge judge_;
  std::atomic<bool> must_reload_ = false;
  std::atomic<bool> must_settle_ = false;
  std::mutex renewing_;
  std::mutex doubt_mutex_;
  std::vector<RecordId> doubtful_;  // whose change could not be written: the database knows better
  std::mutex mutex_;                // guards the rest
  std::shared_ptr<const PlantModel> plant_;  // shared: see PlantModel::load
  std::optional<alarms::Evaluator> evaluator_;
  std::vector<LiveValue> live_;
  Instant listening_since_{};
  uint64_t changes_ = 0;
  std::optional<std::string> stamp_;  // of plant_; nothing: not known, so it is read anew
  // Of the one who turns, who follows the plant, who writes blocks.
  std::map<RecordId, Instant> guardian_away_;
  Instant next_check_{}, next_watch_{}, next_cleaning_{};
  Instant next_look_{};
  Instant next_blocks_{};
};

}  // namespace anlan::engine
