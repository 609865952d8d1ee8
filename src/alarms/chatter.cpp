#include "alarms/chatter.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace anlan::alarms {
namespace {

constexpr int64_t kRowsMax = 2'000;  // of one alarm's journal
constexpr double kShare = 0.9;
constexpr int64_t kSecond = Duration::seconds(1).ns;

// From a clear to the raise that follows it.
struct Return {
  Duration gap{};
  double cleared_at = 0;  // the value
};

struct Past {
  std::vector<Instant> told;  // newest first
  std::vector<Return> returns;
};

Result<Past> past_of(store::View& view, RecordId definition, Instant now) {
  store::Rows rows = TRY(
      view.query({"SELECT at, act, is_new, value FROM alarm_journal"
                  " WHERE definition = ? AND at > ? AND at <= ?"
                  " AND act IN ('alarm.raise', 'alarm.clear') ORDER BY at DESC, id DESC LIMIT ?",
                  {definition.text(), (now - kChatterLook).ns, now.ns, kRowsMax}}));
  Past past;
  std::optional<Instant> raised;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Instant at{rows[i].int64("at")};
    bool is_raise = rows[i].text("act") == "alarm.raise";
    if (rows[i].int64("is_new") != 0) past.told.push_back(at);
    if (!is_raise && raised) {
      past.returns.push_back({*raised - at, std::get<double>(rows[i]["value"])});
    }
    raised = is_raise ? std::optional(at) : std::nullopt;
  }
  return past;
}

// Nine of ten are not above it.
double most_of(std::vector<double> values) {
  std::ranges::sort(values);
  auto place = std::ceil(kShare * static_cast<double>(values.size())) - 1;
  return values[static_cast<std::size_t>(std::max(place, 0.0))];
}

bool has_band(Kind kind) {
  return kind == Kind::High || kind == Kind::HighHigh || kind == Kind::Low || kind == Kind::LowLow;
}

// Two digits say enough; never rounded down.
double rounded_up(double value) {
  if (value <= 0) return 0;
  double step = std::pow(10, std::floor(std::log10(value)) - 1);
  return std::ceil(value / step - 1e-9) * step;
}

}  // namespace

bool ChatterRule::is_met(std::span<const Instant> newest_first) const {
  if (times < 2) return false;
  auto apart = static_cast<std::size_t>(times - 1);
  for (std::size_t i = 0; i + apart < newest_first.size(); ++i) {
    if (newest_first[i] - newest_first[i + apart] <= within) return true;
  }
  return false;
}

Result<std::optional<ChatterAdvice>> chatter_advice(store::View& view, const Definition& definition,
                                                    const ChatterRule& rule, double range,
                                                    Instant now) {
  Past past = TRY(past_of(view, definition.id, now));
  std::vector<double> gaps, depths;
  for (const Return& one : past.returns) {
    if (one.gap > rule.within) continue;  // it came back, but did not chatter
    gaps.push_back(static_cast<double>(one.gap.ns) / static_cast<double>(kSecond));
    depths.push_back(std::abs(one.cleared_at - definition.limit));
  }
  if (!rule.is_met(past.told) || gaps.empty()) return std::nullopt;
  ChatterAdvice advice{.returns = static_cast<int64_t>(gaps.size())};
  // The clear waits on top of the delay that there is.
  Duration delay =
      definition.off_delay + Duration::seconds(static_cast<int64_t>(std::floor(most_of(gaps))) + 1);
  if (delay <= rule.off_delay_max) advice.off_delay = delay;
  double deadband = rounded_up(most_of(depths) * 1.1);
  bool is_wider = has_band(definition.kind) && deadband > definition.deadband;
  if (is_wider && deadband <= rule.deadband_share_max * range) advice.deadband = deadband;
  if (!advice.off_delay && !advice.deadband) return std::nullopt;
  return advice;
}

}  // namespace anlan::alarms
