#pragma once
// Tables that a room keeps for itself in PostgreSQL, beside the ledger: rows by the million that
// nobody signs. They lie in the plant's database, so a copy of it has them too. The room sees to it
// that only one process writes them. One thread at a time.
//
//   auto tables = TRY(store::OwnTables::open(connect, true));
//   TRY(tables->begin());
//   TRY(tables->write({"INSERT INTO history_tag (id, code) VALUES (?, ?)", {1, "GAS-2107"}}));
//   TRY(tables->commit());

#include <memory>
#include <string>
#include <string_view>

#include "store/sql.h"

namespace anlan::store {

class OwnTables {
 public:
  // `connect`: a libpq connection text. Without `sync` a commit may be lost with the server.
  static Result<std::unique_ptr<OwnTables>> open(const std::string& connect, bool sync);
  virtual ~OwnTables() = default;

  // Connects anew where the server was away.
  virtual Result<void> begin() = 0;
  // Whether begin() had to: what was committed last may or may not be there.
  virtual bool is_new_connection() = 0;
  virtual Result<void> commit() = 0;
  virtual void roll_back() = 0;
  // Between begin() and commit(). Sent without waiting: a refusal can come with any later call.
  virtual Result<void> write(const Sql& sql) = 0;
  // Must write exactly one row.
  virtual Result<void> write_one(const Sql& sql) = 0;
  // Answers how many rows were written.
  virtual Result<int64_t> write_now(const Sql& sql) = 0;
  virtual Result<Rows> query(const Sql& sql) = 0;
  // Outside of a transaction.
  virtual Result<Rows> read(const Sql& sql) = 0;
  // Statements without parameters, one by one.
  virtual Result<void> run(std::string_view text) = 0;
};

}  // namespace anlan::store
