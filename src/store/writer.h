#pragma once
// The one Transaction: writes rows, change_log, ledger leaf and outbox on one connection, and knows
// where in each numbered row the next entry goes. Inside the room only.

#include "store/change_body.h"
#include "store/connection.h"
#include "store/database.h"
#include "store/merkle.h"

namespace anlan::store {

// One entry of change_log with its body and leaf, as replay copies it.
struct LogEntry {
  int64_t seq;
  int64_t at;
  std::string actor_kind;
  std::string actor_id;
  std::string act;
  std::string subject_kind;
  std::string subject_id;
  std::string root;  // hex
  std::string body;
  std::string leaf;
};

// Where the numbered tables stand. Copied before each Work, so that a refusal can go back.
struct WritePosition {
  int64_t event = 0;
  Frontier frontier{};  // its size is also the last seq of change_log
};

Result<WritePosition> read_position(Connection& connection, const WritePosition& last_known);

class Writer final : public Transaction {
 public:
  Writer(Connection& connection, Random& random, WritePosition& position)
      : connection_(connection), random_(random), position_(position) {}

  Result<Rows> query(const Sql& sql) override;
  Dialect dialect() const override { return connection_.dialect(); }
  Result<void> apply(const Change& change) override;
  // Writes an entry of another log as it is: same number, same leaf, same salts.
  Result<void> replay(const LogEntry& entry);

  bool has_refused() const { return has_refused_; }

 private:
  Result<void> apply_all(const Change& change);
  Result<void> write_row(const RowChange& row);
  Result<void> insert_row(const RowChange& row);
  Result<void> update_row(const RowChange& row);
  Result<void> delete_row(const RowChange& row);
  Result<void> explain_missing(const RowChange& row);
  Result<void> log(const LogEntry& entry);
  Result<void> write_events(const Change& change);

  Connection& connection_;
  Random& random_;
  WritePosition& position_;
  bool has_refused_ = false;
};

// A View is only for reading: whatever else a statement does is our bug.
void check_reads_only(std::string_view text);

}  // namespace anlan::store
