#pragma once
// Alarms that come and go: when one chatters (ISA-18.2-2016, clause 16), and which off-delay and
// deadband its own history asks for. It only proposes; figures are data of a pack.

#include <optional>
#include <span>

#include "alarms/definition.h"
#include "store/store.h"

namespace anlan::alarms {

struct ChatterRule {
  int64_t times = 0;  // told that often within `within` is chatter; 0: nothing is
  Duration within{};
  Duration off_delay_max{};       // longer than that hides what returns
  double deadband_share_max = 0;  // of the tag's range, 0 to 1

  bool is_met(std::span<const Instant> times_newest_first) const;
};

// What would have joined nine of ten returns of the last day.
struct ChatterAdvice {
  int64_t returns = 0;                  // between a clear and the next raise
  std::optional<Duration> off_delay{};  // whole seconds; nothing: longer than the rule allows
  std::optional<double>
      deadband{};  // nothing: no limit over a value, or wider than the rule allows
};
inline constexpr Duration kChatterLook = Duration::days(1);

// Nothing where it did not chatter within kChatterLook, or is better set already. `range` is the
// tag's, above 0.
Result<std::optional<ChatterAdvice>> chatter_advice(store::View& view, const Definition& definition,
                                                    const ChatterRule& rule, double range,
                                                    Instant now);

}  // namespace anlan::alarms
