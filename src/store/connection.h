#pragma once
// One connection to one database, used by one thread at a time. SQLite and PostgreSQL stand behind
// it; everything above writes one SQL. Inside the room only.

#include <memory>
#include <string>
#include <string_view>

#include "store/sql.h"

namespace anlan::store {

class Connection {
 public:
  virtual ~Connection() = default;

  virtual Dialect dialect() const = 0;
  virtual Result<Rows> query(const Sql& sql) = 0;
  // Answers how many rows were written. Duplicate, NotFound (a row that this one refers to),
  // Conflict (a row that others refer to), CheckFailed, DiskFull, Overloaded, StoreFailed.
  virtual Result<int64_t> execute(const Sql& sql) = 0;
  // One statement without parameters, not kept prepared.
  virtual Result<void> run(std::string_view text) = 0;
  // May only be sent, to save a round trip: a refusal can come with any later call, at the latest
  // with end_work(). For statements whose failure fails the whole Work anyway.
  virtual Result<void> execute_later(const Sql& sql) = 0;

  virtual Result<void> begin_write() = 0;
  virtual Result<void> begin_read() = 0;  // the state seen is fixed here, not at the first query
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

// Replaces {{id}} {{int}} {{real}} {{text}} {{blob}} {{json}} by the dialect's types.
std::string with_types(std::string_view text, Dialect dialect);

}  // namespace anlan::store
