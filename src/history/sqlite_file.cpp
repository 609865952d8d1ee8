#include "history/sqlite_file.h"

#include <sqlite3.h>

#include <cerrno>

#include "core/check.h"

namespace anlan::history {
namespace {

constexpr int kBusyTimeoutMs = 5000;

Result<sqlite3_stmt*> prepare(SqliteFile& file, const char* text) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(file.handle(), text, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
      SQLITE_OK) {
    return file.failed();
  }
  return statement;
}

}  // namespace

SqliteFile::~SqliteFile() {
  for (sqlite3_stmt* statement : numbers_) sqlite3_finalize(statement);
  sqlite3_close(db_);
}

Result<void> SqliteFile::open(const std::string& path, bool sync) {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) != SQLITE_OK) return failed();
  sqlite3_extended_result_codes(db_, 1);
  sqlite3_busy_timeout(db_, kBusyTimeoutMs);
  TRY(run("PRAGMA page_size = 32768"));
  TRY(run("PRAGMA journal_mode = WAL"));
  // The log is recycled on the word of a commit, so a commit is on the disk.
  TRY(run(sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF"));
  TRY(run("PRAGMA wal_autocheckpoint = 8000"));
  TRY(run("PRAGMA journal_size_limit = 134217728"));
  TRY(run("PRAGMA cache_size = -16000"));
  return run(
      "CREATE TABLE IF NOT EXISTS number (name TEXT PRIMARY KEY, value INTEGER NOT NULL)"
      " STRICT, WITHOUT ROWID");
}

Result<void> SqliteFile::begin() { return run("BEGIN IMMEDIATE"); }
Result<void> SqliteFile::commit() { return run("COMMIT"); }

void SqliteFile::roll_back() {
  // Some failures have already rolled back by themselves.
  if (sqlite3_get_autocommit(db_) == 0) (void)run("ROLLBACK");
}

std::unexpected<Error> SqliteFile::failed() {
  int code = sqlite3_extended_errcode(db_);
  int reason = sqlite3_system_errno(db_);
  bool is_io = (code & 0xFF) == SQLITE_IOERR;
  bool is_full = (code & 0xFF) == SQLITE_FULL ||
                 (is_io && (reason == ENOSPC || reason == EDQUOT || reason == EFBIG));
  return refuse(is_full ? ErrorCode::DiskFull : ErrorCode::StoreFailed,
                std::string("blocks: ") + sqlite3_errmsg(db_));
}

Result<void> SqliteFile::run(const char* text) {
  if (sqlite3_exec(db_, text, nullptr, nullptr, nullptr) != SQLITE_OK) return failed();
  return {};
}

Result<bool> SqliteFile::step(sqlite3_stmt* statement) {
  int code = sqlite3_step(statement);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement);
    return false;
  }
  auto refusal = failed();
  sqlite3_reset(statement);
  return refusal;
}

Result<void> SqliteFile::finish(sqlite3_stmt* statement) {
  bool has_row = TRY(step(statement));
  CHECK(!has_row, "a statement that writes gives no rows");
  return {};
}

Result<sqlite3_stmt*> SqliteFile::number_statement(std::size_t which) {
  sqlite3_stmt*& statement = numbers_[which];
  if (statement) {
    sqlite3_reset(statement);
    return statement;
  }
  statement =
      TRY(prepare(*this, which == 0 ? "SELECT value FROM number WHERE name = ?"
                                    : "INSERT OR REPLACE INTO number (name, value) VALUES (?, ?)"));
  return statement;
}

Result<int64_t> SqliteFile::number_of(std::string_view name) {
  sqlite3_stmt* statement = TRY(number_statement(0));
  bind_text(statement, 1, name);
  if (!TRY(step(statement))) return 0;
  int64_t value = sqlite3_column_int64(statement, 0);
  sqlite3_reset(statement);
  return value;
}

Result<void> SqliteFile::set_number(std::string_view name, int64_t value) {
  sqlite3_stmt* statement = TRY(number_statement(1));
  bind_text(statement, 1, name);
  sqlite3_bind_int64(statement, 2, value);
  return finish(statement);
}

Statements::~Statements() {
  for (sqlite3_stmt* statement : prepared_) sqlite3_finalize(statement);
}

Result<sqlite3_stmt*> Statements::get(std::size_t which) {
  sqlite3_stmt*& statement = prepared_.at(which);
  if (statement) {
    sqlite3_reset(statement);
    return statement;
  }
  statement = TRY(prepare(file_, texts_[which]));
  return statement;
}

int64_t int64_of(sqlite3_stmt* statement, int column) {
  return sqlite3_column_int64(statement, column);
}

std::string_view blob_of(sqlite3_stmt* statement, int column) {
  const void* bytes = sqlite3_column_blob(statement, column);
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  return bytes ? std::string_view(static_cast<const char*>(bytes), size) : std::string_view{};
}

void bind_blob(sqlite3_stmt* statement, int place, std::string_view bytes) {
  sqlite3_bind_blob64(statement, place, bytes.data(), bytes.size(), SQLITE_STATIC);
}

void bind_text(sqlite3_stmt* statement, int place, std::string_view text) {
  sqlite3_bind_text64(statement, place, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

}  // namespace anlan::history
