#pragma once
// RollupFile in a file of SQLite. Inside the room only.

#include "history/rollup_file.h"
#include "history/sqlite_file.h"

namespace anlan::history {

class SqliteRollups final : public RollupFile {
 public:
  explicit SqliteRollups(SqliteFile& file);

  Result<void> make_tables() override;

  Result<std::vector<std::optional<int64_t>>> rolled(std::size_t tag_count) override;
  Result<void> set_rolled(TagIndex tag, int64_t hour) override;
  Result<std::vector<std::pair<TagIndex, int64_t>>> changed() override;
  Result<void> note_changed(TagIndex tag, int64_t hour) override;
  Result<void> forget_changed(TagIndex tag, int64_t hour) override;

  Result<std::string_view> minutes(TagIndex tag, int64_t day) override;
  Result<void> set_minutes(TagIndex tag, int64_t day,
                           std::string_view blob) override;  // empty: none
  Result<void> each_day(TagIndex tag, int64_t from, int64_t to, const OnDay& on_day) override;

  Result<void> set_hour(TagIndex tag, const Bucket& hour) override;
  Result<void> remove_hour(TagIndex tag, Instant at) override;
  Result<void> each_hour(TagIndex tag, Instant from, Instant to, const OnHour& on_hour) override;

  Result<void> remove_before(TagIndex tag, int64_t day_of_minutes, Instant hours) override;

 private:
  enum Statement : std::size_t;
  SqliteFile& file_;
  Statements statements_;
  std::string blob_;
};

}  // namespace anlan::history
