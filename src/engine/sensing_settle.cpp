// What a change of the records leaves behind in the state of alarms: causes that were set or taken
// away, limits that are gone while their alarm is there, names that the journal is to know.

#include <algorithm>
#include <set>

#include "core/log.h"
#include "engine/engine.h"
#include "engine/sensing.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kSettledAtOnce = 500;  // the rest at the next look
// In the journal: never rename.
constexpr std::string_view kGone = "definition removed";
constexpr std::string_view kRetired = "tag retired: ";

bool is_left_out(const PlantModel& plant, RecordId id) {
  // Where the rules of gas can't be read, the limits they give are not gone.
  return std::ranges::any_of(plant.left_out(),
                             [&](const LeftOut& one) { return one.is_of_pack || one.id == id; });
}

}  // namespace

void Sensing::settle() {
  auto view = engine_.database().snapshot();
  if (!view) return;
  auto causes = unsettled_causes(**view);
  auto definitions = unsettled_definitions(**view);
  view->reset();
  if (!causes || !definitions) return;
  must_settle_ = definitions->size() >= kSettledAtOnce;
  ApplyAlarms what{.events = std::move(*causes)};
  what.events.insert(what.events.end(), definitions->begin(), definitions->end());
  if (what.events.empty()) return;
  engine_.submit({.by = timeout_subject(), .what = std::move(what)}, [this](Result<Json> done) {
    if (done) return;
    // Nothing was wrong with it: it is tried again with the next look.
    bool was_busy = done.error().code == ErrorCode::Overloaded ||
                    done.error().code == ErrorCode::ReadOnly ||
                    done.error().code == ErrorCode::DiskFull;
    if (was_busy) must_reload_ = true;
    log(LogLevel::Error, "alarms could not be settled",
        Json::object({{"detail", done.error().detail}}));
  });
}

// Causes that were set or taken away while they, or what they suppress, were active.
Result<std::vector<AlarmEvent>> Sensing::unsettled_causes(store::View& view) {
  auto suppressed = TRY(alarms::suppressed_definitions(view));
  auto active = TRY(alarms::active_definitions(view));
  auto plant = this->plant();
  std::set<RecordId> is_active(active.begin(), active.end());
  std::vector<AlarmEvent> events;
  for (const auto& [id, causes] : suppressed) {
    const alarms::Definition* effect = plant->alarm(id);
    for (const std::string& code : causes) {
      const alarms::Definition* cause =
          effect == nullptr || effect->cause.is_nil() ? nullptr : plant->alarm(effect->cause);
      bool still_holds = cause != nullptr && cause->code == code && is_active.contains(cause->id);
      if (!still_holds) events.push_back({id, alarms::Unsuppress{code}});
    }
  }
  for (const alarms::Definition& effect : plant->alarms()) {
    if (effect.cause.is_nil() || !is_active.contains(effect.cause)) continue;
    const alarms::Definition* cause = plant->alarm(effect.cause);
    auto known = suppressed.find(effect.id);
    bool is_done = known != suppressed.end() && std::ranges::contains(known->second, cause->code);
    if (!is_done) events.push_back({effect.id, alarms::Suppress{cause->code}});
  }
  return events;
}

// An alarm whose limit is gone would stand for ever: nothing clears it and nobody sees it.
Result<std::vector<AlarmEvent>> Sensing::unsettled_definitions(store::View& view) {
  auto plant = this->plant();
  std::vector<AlarmEvent> events;
  auto open = TRY(alarms::open_definitions(view));
  for (RecordId id : open) {
    if (events.size() >= kSettledAtOnce) return events;
    if (plant->alarm(id) != nullptr || is_left_out(*plant, id)) continue;
    const std::string* retired = plant->retired_reason(id);
    std::string why = retired == nullptr ? std::string(kGone) : std::string(kRetired) + *retired;
    events.push_back({id, alarms::Removed{std::move(why)}});
  }
  auto known = TRY(alarms::known_definitions(view));
  auto told = TRY(alarms::told_definitions(view));
  for (RecordId id : told) {
    if (events.size() >= kSettledAtOnce) return events;
    const alarms::Definition* one = plant->alarm(id);
    if (one == nullptr) continue;
    auto place = known.find(id);
    if (place == known.end() || !alarms::is_known_as(*one, place->second)) {
      events.push_back({id, alarms::Noted{}});
    }
  }
  return events;
}

}  // namespace anlan::engine
