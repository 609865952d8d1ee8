#pragma once
// One connection to one database, used by one thread at a time. SQLite and PostgreSQL stand behind
// it; everything above writes one SQL. Inside the room only.

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "store/memory.h"
#include "store/sql.h"

namespace anlan::store {

// A statement with values that stay where they are until it has run.
struct Bound {
  Bound(const std::string& statement, std::span<const Value* const> values)
      : text(statement), params(values) {}
  const std::string& text;
  std::span<const Value* const> params;
};

class Connection {
 public:
  virtual ~Connection() = default;

  virtual Dialect dialect() const = 0;
  virtual Result<Rows> query(const Sql& sql) = 0;
  virtual Result<void> visit(const Sql& sql, const Visit& each) = 0;
  // One after the other; a server is waited for once.
  virtual Result<std::vector<Rows>> query_all(std::span<const Sql> all) = 0;
  // Answers how many rows were written. Duplicate, NotFound (a row that this one refers to),
  // Conflict (a row that others refer to), CheckFailed, DiskFull, Overloaded, StoreFailed.
  virtual Result<int64_t> execute(const Bound& bound) = 0;
  Result<int64_t> execute(const Sql& sql);
  // One statement without parameters, not kept prepared.
  virtual Result<void> run(std::string_view text) = 0;
  // May only be sent, to save a round trip: a refusal can come with any later call, at the latest
  // with end_work(). For statements whose failure fails the whole Work anyway.
  virtual Result<void> execute_later(const Bound& bound) = 0;
  Result<void> execute_later(const Sql& sql);
  // The same for a statement that must write exactly one row; anything else is refused late too.
  virtual Result<void> execute_one_later(const Sql& sql) = 0;
  // Waits for what was sent.
  virtual Result<void> settle() = 0;
  // Every answer costs a way to the server and back.
  virtual bool is_far() const = 0;

  virtual Result<void> begin_write() = 0;
  // For tables that only this connection writes: takes no turns with other processes.
  virtual Result<void> begin_alone() { return begin_write(); }
  virtual Result<void> begin_read() = 0;  // the state seen is fixed here, not at the first query
  virtual Result<void> begin_read_later() = 0;  // fixed by the first query
  virtual void end_read() = 0;
  virtual Result<void> commit() = 0;
  virtual void rollback() = 0;
  // A savepoint inside the transaction: one Work that can be undone alone.
  virtual Result<void> begin_work() = 0;
  virtual Result<void> end_work() = 0;
  virtual Result<void> undo_work() = 0;
  // The world failed, not one statement: the whole transaction is lost. Until the next begin.
  virtual bool is_broken() const = 0;
  // After a migration prepared statements may have other columns.
  virtual void forget_statements() = 0;
};

inline std::vector<const Value*> params_of(const Sql& sql) {
  std::vector<const Value*> params;
  params.reserve(sql.params.size());
  for (const Value& value : sql.params) params.push_back(&value);
  return params;
}

inline Result<int64_t> Connection::execute(const Sql& sql) {
  std::vector<const Value*> params = params_of(sql);
  return execute(Bound{sql.text, params});
}

inline Result<void> Connection::execute_later(const Sql& sql) {
  std::vector<const Value*> params = params_of(sql);
  return execute_later(Bound{sql.text, params});
}

struct SqliteOptions {
  std::string path;
  std::string vfs{};
  bool sync = true;
  bool read_only = false;
};

Result<std::unique_ptr<Connection>> open_sqlite(const SqliteOptions& options);

struct PostgresOptions {
  std::string connect;  // libpq connection text
  bool sync = true;
};

Result<std::unique_ptr<Connection>> open_postgres(const PostgresOptions& options);

// At most this many prepared statements are kept by one connection: the rooms above have some
// hundred texts; filters make more, and those need not stay.
inline constexpr std::size_t kStatementsMax = 256;
inline constexpr int kBusyTimeoutMs = 5000;
// SQLite keeps pages by itself, each connection its own; what lies in the file cache of the system
// costs a copy more. The writer touches every index of a table with each row.
inline constexpr int kWriterCacheKb = 16'000;
inline constexpr int kReaderCacheKb = 4'000;
// A commit of many rows writes some hundred pages. A checkpoint copies each page once, however
// often it was written since the last one, so it had better be seldom: 64 MB, read in 0.1 s after a
// crash.
inline constexpr int kCheckpointPages = 16'000;

// Replaces {{id}} {{int}} {{real}} {{text}} {{blob}} {{json}} by the dialect's types.
std::string with_types(std::string_view text, Dialect dialect);

}  // namespace anlan::store
