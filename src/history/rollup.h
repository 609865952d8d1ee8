#pragma once
// Minutes and hours summed up: what is kept longer than samples and read faster (docs/formats/
// history.md). Pure. Inside the room only.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "history/history.h"
#include "history/squeeze.h"

namespace anlan::history {

inline constexpr Duration kMinute = Duration::minutes(1);
inline constexpr Duration kHour = Duration::hours(1);
inline constexpr int64_t kHoursPerDay = 24;
inline constexpr std::size_t kMinutesPerDay = 1440;

// Hours and days since 1970 (UTC) that hold the instant; rounded down before 1970 too.
int64_t hour_of(Instant at);
int64_t day_of_hour(int64_t hour);
// Saturates at the ends of the range of instants.
Instant start_of_hour(int64_t hour);

// `later` joins `bucket`, which it follows.
void join_bucket(Bucket& bucket, const Bucket& later);

// The minutes of one day, in order, as one blob. Means of values with few decimals are kept
// exactly, others to 6e-8 of them.
class MinuteCodec {
 public:
  void set_effort(Squeezer::Effort effort) { squeezer_.set_effort(effort); }
  std::string encode(std::span<const Bucket> minutes);
  // StoreFailed for bytes that encode() did not make of this day.
  Result<std::vector<Bucket>> decode(int64_t day, std::string_view blob);

 private:
  Squeezer squeezer_;
};

}  // namespace anlan::history
