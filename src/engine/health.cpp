#include "engine/health.h"

#include <array>
#include <variant>

#include "core/log.h"

namespace anlan::engine {
namespace {

// What must be written even with a doubtful date: alarms, stopping work, people in danger, and the
// way in to say so.
template <class T>
concept SavesPeople =
    std::same_as<T, ApplyAlarms> || std::same_as<T, SuspendPermits> ||
    std::same_as<T, SuspendPermit> || std::same_as<T, SuspendArea> || std::same_as<T, ActOnAlarm> ||
    std::same_as<T, StartResponse> || std::same_as<T, RollCall> || std::same_as<T, SaySafety> ||
    std::same_as<T, CountPeople> || std::same_as<T, RoutePeople> || std::same_as<T, EndJob> ||
    std::same_as<T, MarkSteps> || std::same_as<T, KeepTrack> || std::same_as<T, NoticeReceipt> ||
    std::same_as<T, NoticesSent> || std::same_as<T, OutgoingReceipt> || std::same_as<T, Login> ||
    std::same_as<T, Logout>;

bool saves_people(const What& what) {
  return std::visit([]<class T>(const T&) { return SavesPeople<T>; }, what);
}

}  // namespace

std::string_view trouble_code(Trouble trouble) {
  switch (trouble) {
    case Trouble::None: return "";
    case Trouble::DiskFull: return "disk_full";
    case Trouble::ReadOnly: return "read_only";
    case Trouble::StoreLost: return "store_lost";
    case Trouble::ClockStepped: return "clock_stepped";
  }
  return "";
}

void Health::look() {
  if (!steady_) return;
  Duration offset = {wall_.now().ns - steady_->now().ns};
  {
    std::lock_guard lock(mutex_);
    Duration step = offset - base_.value_or(offset);
    base_ = offset;  // a clock that is slewed drifts a little between two looks
    if (step < kStepMin && Duration{} - step < kStepMin) return;
    open_step_ = open_step_ + step;
    stepped_at_ = wall_.now();
    settled_at_ = steady_->now() + kSettling;
    ++counts.steps;
    log(LogLevel::Warning, "the clock stepped", Json::object({{"ms", step.to_milliseconds()}}));
  }
  judge();
}

Instant Health::session_now() {
  look();
  std::lock_guard lock(mutex_);
  return wall_.now() - open_step_;
}

std::optional<Instant> Health::stepped_at() {
  std::lock_guard lock(mutex_);
  return stepped_at_;
}

Result<void> Health::admit(const Command& command) const {
  switch (trouble()) {
    case Trouble::None: return {};
    case Trouble::DiskFull: return refuse(ErrorCode::DiskFull, "the store refuses for now");
    case Trouble::ReadOnly:
    case Trouble::StoreLost: return refuse(ErrorCode::ReadOnly, "the store refuses for now");
    case Trouble::ClockStepped:
      if (saves_people(command.what)) return {};
      return refuse(ErrorCode::ReadOnly, "the clock stepped and settles");
  }
  return {};
}

Error Health::told(Error error) {
  if (error.code == ErrorCode::StoreFailed) error.code = ErrorCode::ReadOnly;
  return error;
}

void Health::note(const Error& failure) {
  ++counts.failed_groups;
  Trouble found = Trouble::None;
  if (failure.code == ErrorCode::DiskFull) found = Trouble::DiskFull;
  if (failure.code == ErrorCode::ReadOnly) found = Trouble::ReadOnly;
  if (failure.code == ErrorCode::StoreFailed) found = Trouble::StoreLost;
  if (found == Trouble::None) return;  // busy, or a refusal: nothing is broken
  store_ = found;
  judge();
}

void Health::note_success() {
  if (store_.exchange(Trouble::None) != Trouble::None) ++counts.recoveries;
  judge();
}

Duration Health::open_step() {
  std::lock_guard lock(mutex_);
  return open_step_;
}

void Health::followed(Duration step) {
  std::lock_guard lock(mutex_);
  open_step_ = open_step_ - step;
}

void Health::judge() {
  Trouble now = store_.load();
  if (now == Trouble::None && steady_) {
    std::lock_guard lock(mutex_);
    if (settled_at_ && steady_->now() < *settled_at_) now = Trouble::ClockStepped;
  }
  become(now);
}

void Health::become(Trouble trouble) {
  Trouble before = trouble_.exchange(trouble);
  if (before == trouble) return;
  log(trouble == Trouble::None ? LogLevel::Info : LogLevel::Warning, "trouble",
      Json::object({{"code", trouble_code(trouble)}, {"before", trouble_code(before)}}));
  if (listener_) listener_();
}

}  // namespace anlan::engine
