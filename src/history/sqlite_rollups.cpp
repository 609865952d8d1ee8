#include "history/sqlite_rollups.h"

#include <sqlite3.h>

#include <array>

#include "history/rollup.h"

namespace anlan::history {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS rolled (tag INTEGER PRIMARY KEY, hour INTEGER NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS changed (tag INTEGER NOT NULL, hour INTEGER NOT NULL,"
    " PRIMARY KEY (tag, hour)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS minutes (tag INTEGER NOT NULL, day INTEGER NOT NULL,"
    " blob BLOB NOT NULL, PRIMARY KEY (tag, day)) STRICT;"
    "CREATE TABLE IF NOT EXISTS hour (tag INTEGER NOT NULL, t0 INTEGER NOT NULL,"
    " n INTEGER NOT NULL, minimum REAL, maximum REAL, mean REAL, last REAL,"
    " worst INTEGER NOT NULL, PRIMARY KEY (tag, t0)) STRICT, WITHOUT ROWID;";

constexpr std::array kTexts = {
    "SELECT tag, hour FROM rolled",
    "INSERT OR REPLACE INTO rolled (tag, hour) VALUES (?, ?)",
    "SELECT tag, hour FROM changed",
    "INSERT OR IGNORE INTO changed (tag, hour) VALUES (?, ?)",
    "DELETE FROM changed WHERE tag = ? AND hour = ?",
    "SELECT blob FROM minutes WHERE tag = ? AND day = ?",
    "INSERT OR REPLACE INTO minutes (tag, day, blob) VALUES (?, ?, ?)",
    "DELETE FROM minutes WHERE tag = ? AND day = ?",
    "SELECT day, blob FROM minutes WHERE tag = ? AND day >= ? AND day <= ? ORDER BY day",
    "INSERT OR REPLACE INTO hour (tag, t0, n, minimum, maximum, mean, last, worst)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    "DELETE FROM hour WHERE tag = ? AND t0 = ?",
    "SELECT t0, n, minimum, maximum, mean, last, worst FROM hour"
    " WHERE tag = ? AND t0 >= ? AND t0 < ? ORDER BY t0",
    "DELETE FROM minutes WHERE tag = ? AND day < ?",
    "DELETE FROM hour WHERE tag = ? AND t0 < ?",
};

}  // namespace

enum SqliteRollups::Statement : std::size_t {
  SelectRolled,
  ReplaceRolled,
  SelectChanged,
  InsertChanged,
  DeleteChanged,
  SelectMinutes,
  ReplaceMinutes,
  DeleteMinutes,
  SelectDays,
  ReplaceHour,
  DeleteHour,
  SelectHours,
  DeleteOldMinutes,
  DeleteOldHours,
  StatementCount
};

SqliteRollups::SqliteRollups(SqliteFile& file) : file_(file), statements_(file, kTexts) {
  static_assert(kTexts.size() == StatementCount);
}

Result<void> SqliteRollups::make_tables() { return file_.run(kSchema); }

Result<std::vector<std::optional<int64_t>>> SqliteRollups::rolled(std::size_t tag_count) {
  std::vector<std::optional<int64_t>> found(tag_count);
  sqlite3_stmt* statement = TRY(statements_.get(SelectRolled));
  while (TRY(file_.step(statement))) {
    auto tag = static_cast<std::size_t>(sqlite3_column_int64(statement, 0));
    if (tag < tag_count) found[tag] = sqlite3_column_int64(statement, 1);
  }
  return found;
}

Result<void> SqliteRollups::set_rolled(TagIndex tag, int64_t hour) {
  sqlite3_stmt* statement = TRY(statements_.get(ReplaceRolled));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, hour);
  return file_.finish(statement);
}

Result<std::vector<std::pair<TagIndex, int64_t>>> SqliteRollups::changed() {
  std::vector<std::pair<TagIndex, int64_t>> found;
  sqlite3_stmt* statement = TRY(statements_.get(SelectChanged));
  while (TRY(file_.step(statement))) {
    found.emplace_back(static_cast<TagIndex>(sqlite3_column_int64(statement, 0)),
                       sqlite3_column_int64(statement, 1));
  }
  return found;
}

Result<void> SqliteRollups::note_changed(TagIndex tag, int64_t hour) {
  sqlite3_stmt* statement = TRY(statements_.get(InsertChanged));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, hour);
  return file_.finish(statement);
}

Result<void> SqliteRollups::forget_changed(TagIndex tag, int64_t hour) {
  sqlite3_stmt* statement = TRY(statements_.get(DeleteChanged));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, hour);
  return file_.finish(statement);
}

Result<std::string_view> SqliteRollups::minutes(TagIndex tag, int64_t day) {
  sqlite3_stmt* statement = TRY(statements_.get(SelectMinutes));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, day);
  blob_.clear();
  if (TRY(file_.step(statement))) blob_ = blob_of(statement, 0);
  sqlite3_reset(statement);
  return blob_;
}

Result<void> SqliteRollups::set_minutes(TagIndex tag, int64_t day, std::string_view blob) {
  sqlite3_stmt* statement = TRY(statements_.get(blob.empty() ? DeleteMinutes : ReplaceMinutes));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, day);
  if (!blob.empty()) bind_blob(statement, 3, blob);
  return file_.finish(statement);
}

Result<void> SqliteRollups::each_day(TagIndex tag, int64_t from, int64_t to, const OnDay& on_day) {
  sqlite3_stmt* statement = TRY(statements_.get(SelectDays));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, from);
  sqlite3_bind_int64(statement, 3, to);
  while (TRY(file_.step(statement))) {
    auto told = on_day(sqlite3_column_int64(statement, 0), blob_of(statement, 1));
    if (told) continue;
    sqlite3_reset(statement);
    return told;
  }
  return {};
}

Result<void> SqliteRollups::set_hour(TagIndex tag, const Bucket& hour) {
  sqlite3_stmt* statement = TRY(statements_.get(ReplaceHour));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, hour.at.ns);
  sqlite3_bind_int64(statement, 3, hour.count);
  int place = 4;
  for (double value : {hour.minimum, hour.maximum, hour.mean, hour.last}) {
    if (hour.count > 0) sqlite3_bind_double(statement, place, value);
    else sqlite3_bind_null(statement, place);
    ++place;
  }
  sqlite3_bind_int64(statement, place, static_cast<int64_t>(hour.worst));
  return file_.finish(statement);
}

Result<void> SqliteRollups::remove_hour(TagIndex tag, Instant at) {
  sqlite3_stmt* statement = TRY(statements_.get(DeleteHour));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, at.ns);
  return file_.finish(statement);
}

Result<void> SqliteRollups::each_hour(TagIndex tag, Instant from, Instant to,
                                      const OnHour& on_hour) {
  sqlite3_stmt* statement = TRY(statements_.get(SelectHours));
  sqlite3_bind_int64(statement, 1, tag);
  sqlite3_bind_int64(statement, 2, from.ns);
  sqlite3_bind_int64(statement, 3, to.ns);
  while (TRY(file_.step(statement))) {
    Bucket hour{.at = {sqlite3_column_int64(statement, 0)},
                .length = kHour,
                .minimum = sqlite3_column_double(statement, 2),
                .maximum = sqlite3_column_double(statement, 3),
                .mean = sqlite3_column_double(statement, 4),
                .last = sqlite3_column_double(statement, 5),
                .count = sqlite3_column_int64(statement, 1),
                .worst = static_cast<Quality>(sqlite3_column_int64(statement, 6))};
    auto told = on_hour(hour);
    if (told) continue;
    sqlite3_reset(statement);
    return told;
  }
  return {};
}

Result<void> SqliteRollups::remove_before(TagIndex tag, int64_t day_of_minutes, Instant hours) {
  sqlite3_stmt* minutes = TRY(statements_.get(DeleteOldMinutes));
  sqlite3_bind_int64(minutes, 1, tag);
  sqlite3_bind_int64(minutes, 2, day_of_minutes);
  TRY(file_.finish(minutes));
  sqlite3_stmt* old = TRY(statements_.get(DeleteOldHours));
  sqlite3_bind_int64(old, 1, tag);
  sqlite3_bind_int64(old, 2, hours.ns);
  return file_.finish(old);
}

}  // namespace anlan::history
