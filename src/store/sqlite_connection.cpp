// SQLite behind Connection. WAL with synchronous=FULL: a commit is on the disk when it returns.

#include <sqlite3.h>

#include <cerrno>
#include <unordered_map>

#include "core/check.h"
#include "store/connection.h"

namespace anlan::store {

namespace {

ErrorCode constraint_code(int extended) {
  switch (extended) {
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_ROWID: return ErrorCode::Duplicate;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return ErrorCode::NotFound;
    case SQLITE_CONSTRAINT_TRIGGER: return ErrorCode::StoreFailed;
    default: return ErrorCode::CheckFailed;
  }
}

// `reason` is errno of the last system call: a full or read-only disk may show itself as an input
// or output error of any kind.
ErrorCode code_of(int extended, int reason) {
  bool is_disk = (extended & 0xff) == SQLITE_IOERR || (extended & 0xff) == SQLITE_CANTOPEN;
  if (is_disk && (reason == ENOSPC || reason == EDQUOT)) return ErrorCode::DiskFull;
  if (is_disk && reason == EROFS) return ErrorCode::ReadOnly;
  switch (extended & 0xff) {
    case SQLITE_CONSTRAINT: return constraint_code(extended);
    case SQLITE_FULL: return ErrorCode::DiskFull;
    case SQLITE_READONLY: return ErrorCode::ReadOnly;
    case SQLITE_BUSY: return ErrorCode::Overloaded;
    default: return ErrorCode::StoreFailed;
  }
}

// These lose the transaction, whatever statement met them.
bool is_broken_by(int extended) {
  switch (extended & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY: return true;
    default: return false;
  }
}

Value column_value(sqlite3_stmt* statement, int column) {
  auto bytes = [&](const void* data) {
    auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    return data ? std::string(static_cast<const char*>(data), size) : std::string();
  };
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return static_cast<int64_t>(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
    case SQLITE_TEXT: return bytes(sqlite3_column_text(statement, column));
    case SQLITE_BLOB: return Blob{bytes(sqlite3_column_blob(statement, column))};
    default: return std::monostate{};
  }
}

// The value outlives the step, so SQLite need not copy it.
int bind_value(sqlite3_stmt* statement, int at, const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return sqlite3_bind_int64(statement, at, *number);
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return sqlite3_bind_double(statement, at, *real);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return sqlite3_bind_text64(statement, at, text->data(), text->size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  }
  if (const auto* blob = std::get_if<Blob>(&value)) {
    return sqlite3_bind_blob64(statement, at, blob->bytes.data(), blob->bytes.size(),
                               SQLITE_STATIC);
  }
  return sqlite3_bind_null(statement, at);
}

// The row that a statement stands on.
class SqliteCells final : public Cells {
 public:
  explicit SqliteCells(sqlite3_stmt* statement) : statement_(statement) {}
  bool is_null(std::size_t column) const override { return type(column) == SQLITE_NULL; }
  bool is_text(std::size_t column) const override { return type(column) == SQLITE_TEXT; }
  int64_t int64(std::size_t column) const override {
    return sqlite3_column_int64(statement_, static_cast<int>(column));
  }
  std::string_view text(std::size_t column) const override {
    const auto* bytes = sqlite3_column_text(statement_, static_cast<int>(column));
    auto size = sqlite3_column_bytes(statement_, static_cast<int>(column));
    return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
  }

 private:
  int type(std::size_t column) const {
    return sqlite3_column_type(statement_, static_cast<int>(column));
  }
  sqlite3_stmt* statement_;
};

class SqliteConnection final : public Connection {
 public:
  ~SqliteConnection() override {
    forget_statements();
    sqlite3_close_v2(db_);
  }

  Result<void> open(const SqliteOptions& options) {
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const char* vfs = options.vfs.empty() ? nullptr : options.vfs.c_str();
    if (sqlite3_open_v2(options.path.c_str(), &db_, flags, vfs) != SQLITE_OK) return failed();
    sqlite3_extended_result_codes(db_, 1);
    sqlite3_busy_timeout(db_, kBusyTimeoutMs);
    TRY(run("PRAGMA journal_mode = WAL"));
    TRY(run(options.sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF"));
    TRY(run("PRAGMA foreign_keys = ON"));
    // PostgreSQL's LIKE tells capitals apart; so must this one.
    TRY(run("PRAGMA case_sensitive_like = ON"));
    TRY(run("PRAGMA temp_store = MEMORY"));
    TRY(run("PRAGMA trusted_schema = OFF"));
    int cache_kb = options.read_only ? kReaderCacheKb : kWriterCacheKb;
    TRY(run("PRAGMA cache_size = -" + std::to_string(cache_kb)));
    TRY(run("PRAGMA wal_autocheckpoint = " + std::to_string(kCheckpointPages)));
    if (options.read_only) TRY(run("PRAGMA query_only = ON"));
    return {};
  }

  Dialect dialect() const override { return Dialect::Sqlite; }
  bool is_broken() const override { return is_broken_; }

  Result<Rows> query(const Sql& sql) override {
    sqlite3_stmt* statement = TRY(prepared(sql));
    std::vector<std::string> columns;
    int count = sqlite3_column_count(statement);
    for (int i = 0; i < count; ++i) columns.emplace_back(sqlite3_column_name(statement, i));
    std::vector<std::vector<Value>> cells;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      std::vector<Value>& row = cells.emplace_back();
      row.reserve(static_cast<std::size_t>(count));
      for (int i = 0; i < count; ++i) row.push_back(column_value(statement, i));
    }
    TRY(finish(statement, code));
    return Rows(std::move(columns), std::move(cells));
  }

  Result<std::vector<Rows>> query_all(std::span<const Sql> all) override {
    std::vector<Rows> answers;
    for (const Sql& sql : all) answers.push_back(TRY(query(sql)));
    return answers;
  }

  Result<void> visit(const Sql& sql, const Visit& each) override {
    sqlite3_stmt* statement = TRY(prepared(sql));
    SqliteCells row(statement);
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) each(row);
    return finish(statement, code);
  }

  using Connection::execute;
  using Connection::execute_later;

  Result<int64_t> execute(const Bound& bound) override {
    sqlite3_stmt* statement = TRY(prepared(bound));
    TRY(finish(statement, sqlite3_step(statement)));
    return static_cast<int64_t>(sqlite3_changes64(db_));
  }

  Result<void> execute_later(const Bound& bound) override {
    TRY(execute(bound));
    return {};
  }

  Result<void> execute_one_later(const Sql& sql) override {
    int64_t written = TRY(execute(sql));
    if (written == 1) return {};
    return refuse(ErrorCode::Conflict, "not exactly one row");
  }
  Result<void> settle() override { return {}; }
  bool is_far() const override { return false; }

  Result<void> run(std::string_view text) override {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db_, text.data(), static_cast<int>(text.size()), &statement, nullptr) !=
        SQLITE_OK) {
      return failed();
    }
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    }
    auto result = code == SQLITE_DONE ? Result<void>{} : failed();
    sqlite3_finalize(statement);
    return result;
  }

  Result<void> begin_write() override {
    is_broken_ = false;
    return execute_later({"BEGIN IMMEDIATE"});
  }

  Result<void> begin_read() override {
    is_broken_ = false;
    TRY(execute({"BEGIN"}));
    // A deferred transaction takes its snapshot with the first read.
    auto pinned = query({"SELECT 1 FROM sqlite_schema LIMIT 1"});
    if (!pinned) rollback();
    return pinned.transform([](const Rows&) {});
  }

  Result<void> begin_read_later() override {
    is_broken_ = false;
    return execute_later({"BEGIN"});
  }
  void end_read() override { rollback(); }

  Result<void> commit() override { return execute_later({"COMMIT"}); }
  Result<void> begin_work() override { return execute_later({"SAVEPOINT work"}); }
  Result<void> end_work() override { return execute_later({"RELEASE SAVEPOINT work"}); }

  Result<void> undo_work() override {
    TRY(execute({"ROLLBACK TO SAVEPOINT work"}));
    return end_work();
  }

  void rollback() override {
    // Some failures have already rolled back by themselves.
    if (sqlite3_get_autocommit(db_) == 0) (void)execute({"ROLLBACK"});
  }

  void forget_statements() override {
    for (auto& [text, statement] : statements_) sqlite3_finalize(statement);
    statements_.clear();
  }

 private:
  std::unexpected<Error> failed() {
    int code = sqlite3_extended_errcode(db_);
    if (is_broken_by(code)) is_broken_ = true;
    return refuse(code_of(code, sqlite3_system_errno(db_)), sqlite3_errmsg(db_));
  }

  Result<void> finish(sqlite3_stmt* statement, int code) {
    auto result = code == SQLITE_DONE || code == SQLITE_ROW ? Result<void>{} : failed();
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return result;
  }

  Result<sqlite3_stmt*> prepared(const Sql& sql) {
    std::vector<const Value*> params = params_of(sql);
    return prepared(Bound{sql.text, params});
  }

  Result<sqlite3_stmt*> prepared(const Bound& sql) {
    auto found = statements_.find(sql.text);
    if (found == statements_.end()) {
      if (statements_.size() >= kStatementsMax) forget_statements();
      sqlite3_stmt* statement = nullptr;
      if (sqlite3_prepare_v3(db_, sql.text.data(), static_cast<int>(sql.text.size()),
                             SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
        return failed();
      }
      found = statements_.emplace(sql.text, statement).first;
    }
    sqlite3_stmt* statement = found->second;
    CHECK(static_cast<std::size_t>(sqlite3_bind_parameter_count(statement)) == sql.params.size(),
          "as many values as question marks");
    for (std::size_t i = 0; i < sql.params.size(); ++i) {
      if (bind_value(statement, static_cast<int>(i + 1), *sql.params[i]) != SQLITE_OK) {
        return failed();
      }
    }
    return statement;
  }

  sqlite3* db_ = nullptr;
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
  bool is_broken_ = false;
};

}  // namespace

Result<std::unique_ptr<Connection>> open_sqlite(const SqliteOptions& options) {
  auto connection = std::make_unique<SqliteConnection>();
  TRY(connection->open(options));
  return connection;
}

}  // namespace anlan::store
