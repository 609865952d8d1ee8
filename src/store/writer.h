#pragma once
// The one Transaction: writes rows, change_log, ledger leaf and outbox on one connection, and knows
// where in each numbered row the next entry goes. Inside the room only.

#include "store/ahead.h"
#include "store/change_body.h"
#include "store/connection.h"
#include "store/database.h"
#include "store/log_batch.h"
#include "store/memory.h"
#include "store/merkle.h"
#include "store/row_texts.h"

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

// What lane and readers know together; both belong to the database.
struct Shared {
  TableClock& clock;
  Memory& memory;
};

class Writer final : public Transaction, public Reading, public AheadReading {
 public:
  struct Lane {
    Connection& connection;
    Random& random;
    Shared shared;
    RowTexts& texts;
    std::vector<std::string>& touched;  // tables that the group has written
    LogBatch* batch;                    // of the group; none: the log is written at once
    Ahead* ahead;                       // of the group; none: nothing is read ahead
  };
  Writer(const Lane& lane, WritePosition& position) : lane_(lane), position_(position) {}

  Result<Rows> query(const Sql& sql) override;
  Result<void> visit(const Sql& sql, const Visit& each) override;
  Result<std::vector<Rows>> query_all(std::span<const Sql> all) override;
  Ahead* ahead() override { return lane_.ahead; }
  void give_up() override { has_failed_ = true; }
  Dialect dialect() const override { return lane_.connection.dialect(); }
  std::optional<uint64_t> stamp(Tables tables) override;
  Memory& memory() override { return lane_.shared.memory; }
  Result<void> apply(const Change& change) override;
  // Writes an entry of another log as it is: same number, same leaf, same salts.
  Result<void> replay(const LogEntry& entry);

  bool has_refused() const { return has_refused_; }
  bool has_written() const { return has_written_; }
  bool has_failed() const { return has_failed_; }  // the database refused something

 private:
  Result<void> apply_all(const Change& change);
  Result<void> write_row(const RowChange& row);
  Result<void> insert_row(const RowChange& row);
  Result<void> update_row(const RowChange& row);
  Result<void> delete_row(const RowChange& row);
  Result<void> write_one(const RowChange& row, const Sql& sql);
  Result<void> explain_missing(const RowChange& row);
  std::vector<Value> body_row(int64_t seq, std::string text) const;
  Result<void> log(LogEntry entry);
  Result<void> write_log(LogBatch::Table table, std::vector<Value> row);
  Result<void> write_events(const Change& change);
  Result<void> before_reading(const Sql& sql);
  void touch(std::string_view table);
  template <class T>
  Result<T> noted(Result<T> answer);

  Lane lane_;
  WritePosition& position_;
  bool has_refused_ = false;
  bool has_written_ = false;
  bool has_failed_ = false;
};

// A View is only for reading: whatever else a statement does is our bug.
void check_reads_only(std::string_view text);

}  // namespace anlan::store
