#include "store/log_batch.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace anlan::store {
namespace {

// Some sizes only, so that few statements are prepared.
constexpr std::size_t kRowsMax = 64;
// A group of commands makes some hundred rows; an import of many thousand must not gather them all.
constexpr std::size_t kWaitingMax = 2'000;

struct Shape {
  std::string_view start;
  std::size_t columns;
};
constexpr std::array<Shape, 5> kShapes{
    {{"INSERT INTO change_log (seq, at, actor_kind, actor_id, act, subject_kind, subject_id, root,"
      " leaf_index) VALUES ",
      9},
     {"INSERT INTO change_body (seq, body, packed) VALUES ", 3},
     {"INSERT INTO ledger_leaf (leaf_index, leaf) VALUES ", 2},
     {"INSERT INTO ledger_node (level, node_index, hash) VALUES ", 3},
     {"INSERT INTO outbox (seq, at, topic, payload) VALUES ", 4}}};

}  // namespace

std::string log_statement(LogBatch::Table table, std::size_t rows) {
  const Shape& shape = kShapes[static_cast<std::size_t>(table)];
  std::string row = "(?";
  for (std::size_t i = 1; i < shape.columns; ++i) row += ", ?";
  row += ')';
  std::string text(shape.start);
  for (std::size_t i = 0; i < rows; ++i) text += (i > 0 ? ", " : "") + row;
  return text;
}

const std::string& log_statement_of_one(LogBatch::Table table) {
  using enum LogBatch::Table;
  static const std::array<std::string, kShapes.size()> texts{
      log_statement(Log, 1), log_statement(Body, 1), log_statement(Leaf, 1), log_statement(Node, 1),
      log_statement(Event, 1)};
  return texts[static_cast<std::size_t>(table)];
}

Result<void> LogBatch::add(Table table, std::vector<Value> row) {
  rows_[static_cast<std::size_t>(table)].push_back(std::move(row));
  return ++count_ < kWaitingMax ? Result<void>{} : flush();
}

bool LogBatch::is_empty() const {
  return std::ranges::all_of(rows_, [](const auto& rows) { return rows.empty(); });
}

Result<void> LogBatch::flush() {
  count_ = 0;
  for (std::size_t i = 0; i < kTables; ++i) TRY(flush(static_cast<Table>(i)));
  return {};
}

Result<void> LogBatch::flush(Table table) {
  std::vector<std::vector<Value>>& rows = rows_[static_cast<std::size_t>(table)];
  std::size_t done = 0;
  while (done < rows.size()) {
    std::size_t count = std::min(kRowsMax, std::bit_floor(rows.size() - done));
    Sql sql{log_statement(table, count)};
    for (std::size_t i = done; i < done + count; ++i) {
      std::ranges::move(rows[i], std::back_inserter(sql.params));
    }
    done += count;
    TRY(connection_.execute_later(sql));
  }
  rows.clear();
  return {};
}

}  // namespace anlan::store
