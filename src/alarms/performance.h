#pragma once
// How an alarm system does, by the measures of ISA-18.2-2016 / IEC 62682 clause 16: load, floods,
// bad actors, chatter, what stands for days. Targets are not here: they are data of a pack.

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "alarms/chatter.h"
#include "core/id.h"
#include "core/result.h"
#include "core/time.h"
#include "store/store.h"

namespace anlan::alarms {

struct Performance {
  struct Load {
    RecordId definition{};
    int64_t count = 0;
  };
  struct Standing {
    RecordId definition{};
    Instant since{};
  };
  int64_t annunciated = 0;  // told anew, within the window
  // Windows of 10 minutes from its beginning, those without an alarm too; a last one that is not
  // whole is left out of the shares.
  std::vector<int64_t> windows{};
  int64_t most_in_window = 0;
  int64_t windows_above_10 = 0;
  int64_t hours = 0;  // whole ones
  int64_t hours_above_30 = 0;
  int64_t flood_windows = 0;  // from one above 10 to the one before the first below 5
  std::vector<Load> worst{};  // at most kWorstMax, the most first
  std::map<RecordId, int64_t> counts{};
  std::vector<Load> chattering{};    // by the rule; how many spans of its length
  std::vector<Standing> standing{};  // active for more than 24 h at the end of the window
};
inline constexpr std::size_t kWorstMax = 10;
inline constexpr Duration kPerformanceMax = Duration::days(92);

// Which alarms are counted: those of one operator position, as load is never an average of a plant.
using IsCounted = std::function<bool(RecordId definition)>;
// BadField for an empty window or one longer than kPerformanceMax; LimitReached.
Result<Performance> performance(store::View& view, Instant from, Instant to,
                                const IsCounted& is_counted, const ChatterRule& rule);

}  // namespace anlan::alarms
