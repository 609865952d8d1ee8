#include "engine/sensing.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/log.h"
#include "ehs/ehs.h"
#include "engine/engine.h"
#include "engine/gas_unit.h"
#include "engine/permit_stops.h"
#include "engine/retention.h"

namespace anlan::engine {
namespace {

constexpr Duration kCheckEvery = Duration::seconds(1);
constexpr Duration kWatchEvery = Duration::milliseconds(200);  // each turn of a started engine
constexpr Duration kCleaningEvery = Duration::minutes(1);
constexpr int64_t kCallsMax = 256;  // in one turn
constexpr Duration kValueAgeMax = Duration::minutes(1);
constexpr std::string_view kStatePurpose = "state_";

bool for_gas(std::string_view purpose) { return purpose == "gas"; }
bool for_wind_speed(std::string_view purpose) { return purpose == "wind_speed"; }
bool for_wind(std::string_view purpose) {
  return for_wind_speed(purpose) || purpose == "wind_from";
}
bool for_weather(std::string_view purpose) {
  return purpose == "rain" || purpose == "fog" || purpose == "storm";
}
bool for_state(std::string_view purpose) { return purpose.starts_with(kStatePurpose); }

void log_failure(std::string_view what, const Error& error) {
  log(LogLevel::Error, what,
      Json::object({{"code", error_text(error.code).code}, {"detail", error.detail}}));
}

AlarmEvent event_of(const alarms::Definition& definition, const alarms::Trip& trip) {
  if (trip.is_active) {
    return {definition.id, alarms::Raised{.value = trip.value,
                                          .quality = trip.quality,
                                          .at = trip.at,
                                          .received = trip.received}};
  }
  return {
      definition.id,
      alarms::Cleared{
          .value = trip.value, .quality = trip.quality, .at = trip.at, .received = trip.received}};
}

}  // namespace

Sensing::Sensing(Engine& engine) : engine_(engine) {}
Sensing::~Sensing() = default;

Result<std::unique_ptr<Sensing>> Sensing::open(Engine& engine) {
  std::unique_ptr<Sensing> sensing(new Sensing(engine));
  const store::Config& store = engine.config().store;
  constexpr std::string_view kPostgres = "postgres:";
  bool is_server = store.database.starts_with(kPostgres);
  sensing->history_ = TRY(history::History::open(
      {.folder = store.folder + "/history",
       .postgres = is_server ? store.database.substr(kPostgres.size()) : std::string(),
       .clock = store.clock,
       .sync = store.sync}));
  sensing->presence_ = TRY(Presence::open(store.folder + "/presence", store.sync, store.clock));
  sensing->listening_since_ = engine.clock().now();
  TRY(sensing->reload());
  return sensing;
}

Result<void> Sensing::reload() { return renew(true); }

// Running delays, windows and silences of limits that are as they were go on: an edit of one record
// must not postpone the alarms of all others. Only after a step of the clock they begin anew.
Result<void> Sensing::renew(bool goes_on) {
  std::lock_guard alone(renewing_);  // or an older state of the records could follow a newer one
  std::vector<RecordId> doubtful;
  {
    std::lock_guard lock(doubt_mutex_);
    doubtful.swap(doubtful_);
  }
  auto view = TRY(engine_.database().snapshot());
  Instant now = engine_.clock().now();
  std::optional<std::string> stamp = TRY(PlantModel::stamp(*view, engine_.packs(), now));
  auto numbers_of = [this](std::span<const std::string> codes) { return history_->tags(codes); };
  auto beside = TRY(engine_.database().snapshot());
  auto plant = TRY(PlantModel::load(*view, *beside, engine_.packs(), now, numbers_of));
  beside.reset();
  auto active = TRY(alarms::active_definitions(*view));
  auto evaluator = TRY(alarms::Evaluator::make(plant->alarms(), active, now));
  TRY(keep_as_said(*plant));
  std::optional<alarms::Evaluator> next(std::move(evaluator));
  std::lock_guard lock(mutex_);
  if (evaluator_ && goes_on) next->go_on_from(*evaluator_, doubtful);
  // The old ones go away after the lock: samples need not wait until 100,000 tags are freed.
  plant_.swap(plant);
  evaluator_.swap(next);
  stamp_ = std::move(stamp);
  must_settle_ = true;
  return {};
}

void Sensing::note_doubt(const std::vector<AlarmEvent>& events) {
  std::lock_guard lock(doubt_mutex_);
  for (const AlarmEvent& event : events) doubtful_.push_back(event.definition);
  must_reload_ = true;  // the next turn asks the database
}

// Classes that can't be read shorten nothing: everything stays as it was said last.
Result<void> Sensing::keep_as_said(const PlantModel& plant) {
  auto view = TRY(engine_.database().snapshot());
  auto table = RetentionTable::read(*view, engine_.packs(), engine_.clock().now());
  view.reset();
  auto unknown = [](const Error& error) -> Result<void> {
    log_failure("how long values are kept could not be read", error);
    return {};
  };
  if (!table) return unknown(table.error());
  for (const TagInfo& tag : plant.tags()) {
    auto kept = table->of(tag.record);
    if (!kept) return unknown(kept.error());
    TRY(history_->set_retention(tag.index, *kept));
  }
  return {};
}

// shared: whoever asked keeps it while the next one is put here
std::shared_ptr<const PlantModel> Sensing::plant() {
  std::lock_guard lock(mutex_);
  return plant_;
}

std::optional<history::TagIndex> Sensing::find_tag(std::string_view code) {
  std::lock_guard lock(mutex_);
  const TagInfo* tag = plant_->tag(code);
  if (tag == nullptr || tag->is_retired) return std::nullopt;
  return tag->index;
}

Result<void> Sensing::samples(std::span<const history::Sample> samples) {
  std::vector<alarms::Trip> trips;
  {
    std::lock_guard lock(mutex_);
    for (const history::Sample& sample : samples) {
      if (sample.tag >= live_.size()) live_.resize(sample.tag + 1);
      LiveValue& live = live_[sample.tag];
      if (live.at > sample.at) continue;  // late: kept, but not what is now
      bool is_good = sample.quality == history::Quality::Good;
      live = {.value = sample.value,
              .quality = sample.quality,
              .at = sample.at,
              .good_at = is_good ? sample.at : live.good_at,
              .change = ++changes_};
    }
    evaluator_->evaluate(samples, trips);
    // Under the lock, so that transitions of one alarm reach the writer in their order.
    TRY(send(std::move(trips)));
  }
  return history_->append(samples);
}

Result<void> Sensing::historical(std::span<const history::Sample> samples) {
  return history_->append(samples);
}

// Where the writer can't take a transition (its queue is full), what the database holds counts, and
// the next sample trips again.
Result<void> Sensing::send(std::vector<alarms::Trip> trips) {
  if (trips.empty()) return {};
  ApplyAlarms what;
  for (const alarms::Trip& trip : trips) {
    what.events.push_back(event_of(evaluator_->definitions()[trip.definition], trip));
  }
  auto events = what.events;
  engine_.submit({.by = system_subject(), .what = std::move(what)},
                 [this, events = std::move(events)](Result<Json> done) {
                   if (done) return;
                   log_failure("a change of an alarm could not be written", done.error());
                   note_doubt(events);
                 });
  return {};
}

Result<DoubtCounts> Sensing::positions(std::span<const twin::Sighting> heard) {
  PositionJudge::Judged judged = judge_.judge(heard, *plant());
  TRY(presence_->take(judged.sightings));
  return std::move(judged.doubts);
}

Result<void> Sensing::sightings(std::span<const twin::Sighting> sightings) {
  return presence_->take(sightings);
}

Result<void> Sensing::passes(std::span<const twin::GatePass> passes) {
  NoteRefusals refused;
  for (const twin::GatePass& pass : passes) {
    if (pass.is_in && !pass.was_let) refused.passes.push_back(pass);
  }
  if (!refused.passes.empty()) {
    engine_.submit({.by = system_subject(), .what = std::move(refused)}, [](Result<Json> done) {
      if (!done) log_failure("a refused pass could not be written", done.error());
    });
  }
  return presence_->take(passes);
}

LiveValue Sensing::live(history::TagIndex tag) {
  std::lock_guard lock(mutex_);
  return tag < live_.size() ? live_[tag] : LiveValue{};
}

// The evaluator was made of the plant's list. Nothing: no such alarm.
std::optional<uint32_t> Sensing::place_of(RecordId alarm) const {
  const alarms::Definition* one = plant_->alarm(alarm);
  if (one == nullptr) return std::nullopt;
  return static_cast<uint32_t>(one - plant_->alarms().data());
}

std::optional<Instant> Sensing::waiting_since(RecordId alarm) {
  std::lock_guard lock(mutex_);
  auto place = place_of(alarm);
  return place ? evaluator_->waiting_since(*place) : std::nullopt;
}

std::vector<alarms::WindowNow> Sensing::windows(RecordId alarm) {
  std::lock_guard lock(mutex_);
  auto place = place_of(alarm);
  return place ? evaluator_->windows(*place) : std::vector<alarms::WindowNow>{};
}

std::vector<std::pair<history::TagIndex, LiveValue>> Sensing::changed_since(
    uint64_t place, std::span<const history::TagIndex> tags, uint64_t& now_at) {
  std::vector<std::pair<history::TagIndex, LiveValue>> changed;
  std::lock_guard lock(mutex_);
  now_at = changes_;
  for (history::TagIndex tag : tags) {
    if (tag < live_.size() && live_[tag].change > place) changed.emplace_back(tag, live_[tag]);
  }
  return changed;
}

Instant Sensing::listening_since() {
  std::lock_guard lock(mutex_);
  return listening_since_;
}

std::vector<LiveValue> Sensing::live_of(const std::vector<const TagInfo*>& tags) {
  std::vector<LiveValue> values(tags.size());
  std::vector<history::TagIndex> places;
  places.reserve(tags.size());
  for (const TagInfo* tag : tags) places.push_back(tag->index);
  std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i] < live_.size()) values[i] = live_[places[i]];
  }
  return values;
}

template <class Visit>
void Sensing::fresh(Instant now, const PlantModel::FitsPurpose& fits, Visit visit) {
  auto plant = this->plant();
  auto tags = plant->tags_for(fits);
  auto values = live_of(tags);
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const LiveValue& live = values[i];
    bool is_good = live.quality == history::Quality::Good && now - live.at <= kValueAgeMax;
    if (is_good) visit(*tags[i], live);
  }
}

std::optional<twin::Wind> Sensing::wind(Instant now) {
  double speed = 0, east = 0, north = 0;
  int speeds = 0, directions = 0;
  fresh(now, for_wind, [&](const TagInfo& tag, const LiveValue& live) {
    if (for_wind_speed(tag.purpose)) {
      speed += live.value;
      ++speeds;
    } else {
      east += std::sin(live.value * std::numbers::pi / 180);
      north += std::cos(live.value * std::numbers::pi / 180);
      ++directions;
    }
  });
  if (speeds == 0 || directions == 0) return std::nullopt;
  double from = std::atan2(east, north) * 180 / std::numbers::pi;
  return twin::Wind{.speed_m_s = speed / speeds, .from_deg = from < 0 ? from + 360 : from};
}

void Sensing::turn(Instant now) {
  if (next_check_ - now > kCheckEvery) {
    // The clock was set back: delays under way would last for as long, and newer samples look old.
    next_check_ = next_watch_ = next_cleaning_ = now;
    auto done = renew(false);
    if (!done) log_failure("the plant's records could not be read", done.error());
    std::lock_guard lock(mutex_);
    listening_since_ = std::min(listening_since_, now);
    for (LiveValue& live : live_) {
      live.at = std::min(live.at, now);
      live.good_at = std::min(live.good_at, now);
    }
  }
  if (now >= next_check_) {
    next_check_ = now + kCheckEvery;
    unshelve(now);
    call_again(now);
  }
  {
    std::lock_guard lock(mutex_);
    std::vector<alarms::Trip> trips;
    evaluator_->tick(now, trips);
    auto sent = send(std::move(trips));
    if (!sent) log_failure("alarms could not be told", sent.error());
  }
  if (now >= next_watch_) {
    next_watch_ = now + kWatchEvery;
    watch_permits(now);
  }
  if (now >= next_cleaning_) {
    next_cleaning_ = now + kCleaningEvery;
    presence_->forget_old(now);
  }
}

void Sensing::follow_plant(Instant now) {
  bool is_due = now >= next_look_ || next_look_ - now > kCheckEvery;  // or the clock went back
  bool is_asked = must_reload_.exchange(false);
  if (is_due && !is_asked) {
    next_look_ = now + kCheckEvery;
    auto view = store::read_later(engine_.database());
    if (!view) return log_failure("the plant's records could not be read", view.error());
    auto stamp = PlantModel::stamp(**view, engine_.packs(), now);
    if (!stamp) return log_failure("the plant's records could not be read", stamp.error());
    std::lock_guard lock(mutex_);
    is_asked = *stamp && *stamp != stamp_;
  }
  if (is_asked) {
    auto done = reload();
    if (!done) log_failure("the plant's records could not be read", done.error());
  }
  if (must_settle_) settle();
}

void Sensing::write_blocks(Instant now) {
  bool is_due = now >= next_blocks_ || next_blocks_ - now > kCheckEvery;  // or the clock went back
  if (!is_due) return;
  next_blocks_ = now + kCheckEvery;
  auto written = history_->turn();
  if (!written) log_failure("blocks of samples could not be written", written.error());
}

void Sensing::unshelve(Instant now) {
  auto view = engine_.database().snapshot();
  if (!view) return;
  auto expired = alarms::expired_shelves(**view, now);
  auto breaks = alarms::expired_service_breaks(**view, now);
  if (!expired || !breaks || (expired->empty() && breaks->empty())) return;
  ApplyAlarms what;
  for (RecordId id : *expired) what.events.push_back({id, alarms::Unshelve{}});
  for (RecordId id : *breaks) what.events.push_back({id, alarms::PutBack{}});
  engine_.submit({.by = timeout_subject(), .what = std::move(what)}, [](Result<Json>) {});
}

// Occurrences whose call ran out without an acknowledgement.
void Sensing::call_again(Instant now) {
  auto view = engine_.database().snapshot();
  if (!view) return;
  auto rows =
      (*view)->query({"SELECT occurrence FROM alarm_call WHERE due_at <= ? ORDER BY due_at LIMIT ?",
                      {now.ns, kCallsMax}});
  if (!rows || rows->empty()) return;
  TellAlarmsAgain what;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    what.occurrences.push_back((*rows)[i].text("occurrence"));
  }
  engine_.submit({.by = timeout_subject(), .what = std::move(what)}, [](Result<Json> done) {
    if (!done) log_failure("nobody could be told again of an alarm", done.error());
  });
}

std::vector<ehs::GasReading> Sensing::gas_readings(Instant now) {
  std::vector<ehs::GasReading> readings;
  fresh(now, for_gas, [&](const TagInfo& tag, const LiveValue& live) {
    GasAmount told{.value = live.value, .unit = gas_unit_from(tag.unit)};
    auto amount = gas_as_limits(tag.substance, told, tag.molar_mass);
    if (!amount) return;  // compared with nothing; the board says so
    readings.push_back({tag.code, tag.substance, *amount, live.at, tag.area, tag.at});
  });
  return readings;
}

std::vector<ehs::WindSpeed> Sensing::winds(Instant now) {
  std::vector<ehs::WindSpeed> winds;
  fresh(now, for_wind_speed, [&](const TagInfo& tag, const LiveValue& live) {
    winds.push_back({tag.code, live.value, tag.at});
  });
  return winds;
}

std::vector<ehs::Detector> Sensing::detectors() {
  std::vector<ehs::Detector> all;
  auto plant = this->plant();
  auto tags = plant->tags_for(for_gas);
  auto values = live_of(tags);
  Instant since = listening_since();
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const TagInfo& tag = *tags[i];
    Instant heard = std::max(values[i].good_at, since);
    all.push_back({tag.code, tag.substance, heard, tag.area, tag.at});
  }
  return all;
}

std::optional<ehs::WeatherSign> Sensing::weather(Instant now) {
  std::optional<ehs::WeatherSign> sign;
  fresh(now, for_weather, [&](const TagInfo& tag, const LiveValue& live) {
    if (live.value > 0) sign = {tag.code, tag.purpose};
  });
  return sign;
}

std::vector<ehs::PermitPlace> Sensing::plant_states(Instant now) {
  std::vector<ehs::PermitPlace> states;
  fresh(now, for_state, [&](const TagInfo& tag, const LiveValue& live) {
    if (live.value <= 0) return;
    // It goes on until somebody says that it is over.
    states.push_back({.kind = "state:" + tag.purpose.substr(kStatePurpose.size()),
                      .area = tag.area,
                      .at = tag.at,
                      .to = Instant{INT64_MAX},
                      .name = tag.code});
  });
  return states;
}

void Sensing::watch_permits(Instant now) {
  auto view = store::read_later(engine_.database());
  if (!view) return;
  auto plant = this->plant();
  PermitDesk desk{**view, engine_.packs(), *plant, now, engine_.config().time_zone_offset};
  auto permits = live_permits(desk);
  if (!permits) return log_failure("permits could not be read", permits.error());
  if ((*permits)->empty()) return;
  auto alarms = stopping_alarms(desk);
  if (!alarms) return log_failure("standing alarms could not be read", alarms.error());
  auto alarm = [&](const ehs::LivePermit& permit) -> std::optional<Json> {
    const StoppingAlarm* one = alarm_beside(*alarms, permit, *plant);
    return one == nullptr ? std::nullopt : std::optional(alarm_detail(*one));
  };
  bool is_monitored = std::ranges::any_of(
      **permits, [](const ehs::LivePermit& one) { return one.limits.monitor_max.has_value(); });
  ehs::PermitWorld world{.now = now,
                         .alarm = alarm,
                         .winds = winds(now),
                         .guardian = [&](PersonId person) -> std::optional<ehs::GuardianSight> {
                           const BadgeInfo* badge = plant->badge_of(person);
                           if (badge == nullptr) return std::nullopt;
                           auto trace = presence_->of(badge->code);
                           // Without positioning nobody is seen, and the badge is a card.
                           bool is_seen = trace && trace->sight;
                           if (!is_seen && !presence_->is_anybody_seen()) return std::nullopt;
                           if (!is_seen) return ehs::GuardianSight{};
                           return ehs::GuardianSight{.seen = trace->sight->seen,
                                                     .at = trace->sight->at,
                                                     .zone = trace->sight->zone};
                         },
                         .readings = gas_readings(now),
                         .detectors = is_monitored ? detectors() : std::vector<ehs::Detector>(),
                         .weather = weather(now)};
  std::vector<ehs::PermitPlace> states = plant_states(now);
  if (!states.empty()) world.neighbour = neighbours_by(desk, states);
  auto suspended = ehs::watch_permits(**permits, world, guardian_away_);
  view->reset();
  if (suspended.empty()) return;
  engine_.submit({.by = timeout_subject(), .what = SuspendPermits{.suspensions = suspended}},
                 [](Result<Json> done) {
                   if (!done) log_failure("a permit could not be suspended", done.error());
                 });
}

}  // namespace anlan::engine
