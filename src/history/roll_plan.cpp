#include "history/roll_plan.h"

#include <algorithm>
#include <limits>

#include "history/rollup.h"

namespace anlan::history {
namespace {

// Tails become blocks within ten minutes, so nearly nothing comes later than that.
constexpr Duration kAfterHour = Duration::minutes(12);
constexpr int64_t kSpreadSeconds = 2400;
// Late samples come in crowds; what they change is summed up once.
constexpr Duration kQuiet = Duration::minutes(10);

Duration offset_of(TagIndex tag) {
  uint64_t mixed = (tag + 1) * 0x9E37'79B9'7F4A'7C15;
  return kAfterHour + Duration::seconds(static_cast<int64_t>((mixed >> 33) % kSpreadSeconds));
}

}  // namespace

void RollPlan::restore(std::span<const std::optional<int64_t>> rolled,
                       std::span<const std::pair<TagIndex, int64_t>> changed) {
  for (std::size_t i = 0; i < rolled.size(); ++i) {
    if (rolled[i]) tags_[i] = {.next = *rolled[i], .state = State::Begun};
  }
  for (auto [tag, hour] : changed) {
    if (tag < tags_.size()) changed_[tag][hour] = Instant{};
  }
}

bool RollPlan::is_rolled(TagIndex tag, int64_t hour) const {
  if (tags_[tag].state != State::Begun || hour >= tags_[tag].next) return false;
  auto changed = changed_.find(tag);
  return changed == changed_.end() || !changed->second.contains(hour);
}

Instant RollPlan::rolled_to(TagIndex tag) const {
  constexpr Instant kNever{std::numeric_limits<int64_t>::min()};
  return tags_[tag].state == State::Begun ? start_of_hour(tags_[tag].next) : kNever;
}

void RollPlan::set_begin(TagIndex tag, std::optional<int64_t> hour) {
  tags_[tag] = {.next = hour.value_or(0), .state = hour ? State::Begun : State::Empty};
}

std::vector<int64_t> RollPlan::late(TagIndex tag, std::span<const Sample> samples) const {
  std::vector<int64_t> hours;
  if (tags_[tag].state != State::Begun) return hours;
  for (const Sample& sample : samples) {
    int64_t hour = hour_of(sample.at);
    if (hour >= tags_[tag].next) break;
    if (hours.empty() || hours.back() != hour) hours.push_back(hour);
  }
  return hours;
}

void RollPlan::note_written(TagIndex tag, int64_t first_hour, std::span<const int64_t> late,
                            Instant now) {
  if (tags_[tag].state == State::Empty) set_begin(tag, first_hour);
  for (int64_t hour : late) changed_[tag][hour] = now;
}

std::optional<int64_t> RollPlan::next(TagIndex tag) const {
  return tags_[tag].state == State::Begun ? std::optional(tags_[tag].next) : std::nullopt;
}

bool RollPlan::is_due(TagIndex tag, int64_t hour, Instant now) {
  return hour < hour_of(now) && start_of_hour(hour + 1) + offset_of(tag) <= now;
}

std::vector<int64_t> RollPlan::changed_due(TagIndex tag, Instant now) const {
  std::vector<int64_t> due;
  auto changed = changed_.find(tag);
  if (changed == changed_.end()) return due;
  for (auto [hour, at] : changed->second) {
    if (at + kQuiet <= now) due.push_back(hour);
  }
  return due;
}

void RollPlan::note_next(TagIndex tag, int64_t hour) {
  tags_[tag] = {.next = hour, .state = State::Begun};
}

void RollPlan::note_again(TagIndex tag, int64_t hour) {
  auto changed = changed_.find(tag);
  if (changed == changed_.end()) return;
  changed->second.erase(hour);
  if (changed->second.empty()) changed_.erase(changed);
}

}  // namespace anlan::history
