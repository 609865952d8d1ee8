#pragma once
// The tables of minutes and hours, how far each tag is rolled up, and which hours changed after
// that. One thread at a time. Inside the room only.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "history/history.h"

namespace anlan::history {

class RollupFile {
 public:
  virtual ~RollupFile() = default;

  virtual Result<void> make_tables() = 0;

  // What is before this hour is rolled up, but for the changed hours; nothing where none ever was.
  virtual Result<std::vector<std::optional<int64_t>>> rolled(std::size_t tag_count) = 0;
  virtual Result<void> set_rolled(TagIndex tag, int64_t hour) = 0;
  virtual Result<std::vector<std::pair<TagIndex, int64_t>>> changed() = 0;
  virtual Result<void> note_changed(TagIndex tag, int64_t hour) = 0;
  virtual Result<void> forget_changed(TagIndex tag, int64_t hour) = 0;

  // Days as blobs of MinuteCodec; empty where there is none. Valid until the next call.
  virtual Result<std::string_view> minutes(TagIndex tag, int64_t day) = 0;
  virtual Result<void> set_minutes(TagIndex tag, int64_t day,
                                   std::string_view blob) = 0;  // empty: none
  using OnDay = std::function<Result<void>(int64_t day, std::string_view blob)>;
  virtual Result<void> each_day(TagIndex tag, int64_t from, int64_t to, const OnDay& on_day) = 0;

  virtual Result<void> set_hour(TagIndex tag, const Bucket& hour) = 0;
  virtual Result<void> remove_hour(TagIndex tag, Instant at) = 0;
  using OnHour = std::function<Result<void>(const Bucket&)>;
  virtual Result<void> each_hour(TagIndex tag, Instant from, Instant to, const OnHour& on_hour) = 0;

  virtual Result<void> remove_before(TagIndex tag, int64_t day_of_minutes, Instant hours) = 0;
};

}  // namespace anlan::history
