#pragma once
// Rows of the log, the ledger and the outbox of a whole group, written together at its end: a few
// statements with many rows each where every statement costs a server's attention. Inside the room
// only.

#include <array>
#include <string_view>
#include <vector>

#include "store/connection.h"

namespace anlan::store {

class LogBatch {
 public:
  // In the order in which they must be written: a body refers to its entry.
  enum class Table { Log, Body, Leaf, Node, Event };

  explicit LogBatch(Connection& connection) : connection_(connection) {}

  // The values in the order of the columns. Writes what has gathered when it is much.
  Result<void> add(Table table, std::vector<Value> row);
  bool is_empty() const;
  Result<void> flush();

 private:
  static constexpr std::size_t kTables = 5;
  Result<void> flush(Table table);

  Connection& connection_;
  std::array<std::vector<std::vector<Value>>, kTables> rows_{};
  std::size_t count_ = 0;
};

// "INSERT INTO ... VALUES (?, ?), (?, ?)" for so many rows.
std::string log_statement(LogBatch::Table table, std::size_t rows);
const std::string& log_statement_of_one(LogBatch::Table table);

}  // namespace anlan::store
