#include "alarms/judge.h"

#include <bit>
#include <cmath>

namespace anlan::alarms {
namespace {

// A window keeps this many points; at a higher rate the ones between are left out.
constexpr int64_t kPointsMax = 32;
constexpr double kNsPerMinute = 60e9;

bool is_rate(Kind kind) { return kind == Kind::Rise || kind == Kind::Fall; }

}  // namespace

Judge::Judge(const Definition& definition)
    : kind_(definition.kind),
      window_ns_(definition.window.ns),
      still_ns_(definition.on_delay.ns),
      moves_(definition.deadband),
      votes_(definition.votes),
      of_(definition.of) {}

bool Judge::is_needed(const Definition& definition) {
  bool is_own_kind = is_rate(definition.kind) || definition.kind == Kind::Deviation ||
                     definition.kind == Kind::Stuck;
  return is_own_kind || definition.of > 1;
}

std::optional<bool> Judge::speaks_against(const Bounds& bounds, bool is_active, double value,
                                          int64_t at_ns, std::optional<double> reference) {
  if (kind_ == Kind::Stuck) return is_stuck_against(is_active, value, at_ns);
  auto known = input(value, at_ns, reference);
  if (!known) return std::nullopt;
  bool is_over = bounds.sign * *known >= bounds.trip;
  bool is_back = bounds.sign * *known <= bounds.clear;
  if (of_ == 1) return is_active ? is_back : is_over;
  over_ = (over_ << 1U) | (is_over ? 1U : 0U);
  bool is_voted = std::popcount(over_ & ((uint64_t{1} << of_) - 1)) >= votes_;
  return is_active ? is_back && !is_voted : is_voted;
}

std::optional<double> Judge::input(double value, int64_t at_ns, std::optional<double> reference) {
  if (is_rate(kind_)) return per_minute(value, at_ns);
  if (kind_ != Kind::Deviation) return value;
  if (!reference) return std::nullopt;
  return std::abs(value - *reference);
}

// From the oldest point of the window to the newest; unknown until half a window is filled, and
// again after a pause of a window.
std::optional<double> Judge::per_minute(double value, int64_t at_ns) {
  while (!points_.empty() && at_ns - points_.front().at_ns > window_ns_) points_.pop_front();
  std::optional<double> rate;
  if (!points_.empty() && at_ns - points_.front().at_ns >= window_ns_ / 2) {
    auto length = static_cast<double>(at_ns - points_.front().at_ns);
    rate = (value - points_.front().value) * kNsPerMinute / length;
  }
  bool is_apart = points_.empty() || at_ns - points_.back().at_ns >= window_ns_ / kPointsMax;
  if (is_apart) points_.push_back({.at_ns = at_ns, .value = value});
  return rate;
}

bool Judge::is_stuck_against(bool is_active, double value, int64_t at_ns) {
  bool has_moved = anchor_ && std::abs(value - anchor_->value) > moves_;
  if (!anchor_ || has_moved) anchor_ = Point{.at_ns = at_ns, .value = value};
  return is_active ? has_moved : at_ns - anchor_->at_ns >= still_ns_;
}

}  // namespace anlan::alarms
