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
#include "history/sqlite_file.h"

namespace anlan::history {

class RollupFile {
 public:
  explicit RollupFile(SqliteFile& file);

  Result<void> make_tables();

  // What is before this hour is rolled up, but for the changed hours; nothing where none ever was.
  Result<std::vector<std::optional<int64_t>>> rolled(std::size_t tag_count);
  Result<void> set_rolled(TagIndex tag, int64_t hour);
  Result<std::vector<std::pair<TagIndex, int64_t>>> changed();
  Result<void> note_changed(TagIndex tag, int64_t hour);
  Result<void> forget_changed(TagIndex tag, int64_t hour);

  // Days as blobs of MinuteCodec; empty where there is none. Valid until the next call.
  Result<std::string_view> minutes(TagIndex tag, int64_t day);
  Result<void> set_minutes(TagIndex tag, int64_t day, std::string_view blob);  // empty: none
  using OnDay = std::function<Result<void>(int64_t day, std::string_view blob)>;
  Result<void> each_day(TagIndex tag, int64_t from, int64_t to, const OnDay& on_day);

  Result<void> set_hour(TagIndex tag, const Bucket& hour);
  Result<void> remove_hour(TagIndex tag, Instant at);
  using OnHour = std::function<Result<void>(const Bucket&)>;
  Result<void> each_hour(TagIndex tag, Instant from, Instant to, const OnHour& on_hour);

  Result<void> remove_before(TagIndex tag, int64_t day_of_minutes, Instant hours);

 private:
  enum Statement : std::size_t;
  SqliteFile& file_;
  Statements statements_;
  std::string blob_;
};

}  // namespace anlan::history
