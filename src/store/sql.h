#pragma once
// Values, statements and rows. SQL text is constant in the room that owns the table; values are
// always parameters, written `?` on both databases. Ids and instants are stored as text and as
// int64 nanoseconds; booleans as int64 0/1; JSON as text; exact decimals as scaled int64.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"

namespace anlan::store {

struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};

using Value = std::variant<std::monostate, int64_t, double, std::string, Blob>;

enum class Dialect { Sqlite, Postgres };

struct Sql {
  std::string text;
  std::vector<Value> params{};
};

class Rows;

// One row of a result; lives no longer than its Rows. Asking for a column that the statement does
// not have, or for another type than it holds, is our bug (CHECK); null is asked with is_null.
class Row {
 public:
  Row(const Rows& rows, std::size_t index) : rows_(rows), index_(index) {}
  const Value& operator[](std::string_view column) const;
  bool is_null(std::string_view column) const;
  int64_t int64(std::string_view column) const;
  const std::string& text(std::string_view column) const;
  std::string text_or(std::string_view column, std::string_view otherwise) const;  // for null
  int64_t int64_or(std::string_view column, int64_t otherwise) const;              // for null

 private:
  const Rows& rows_;
  std::size_t index_;
};

class Rows {
 public:
  Rows() = default;
  Rows(std::vector<std::string> columns, std::vector<std::vector<Value>> cells)
      : columns_(std::move(columns)), cells_(std::move(cells)) {}
  std::size_t size() const { return cells_.size(); }
  bool empty() const { return cells_.empty(); }
  Row operator[](std::size_t index) const { return Row(*this, index); }
  const std::vector<std::string>& columns() const { return columns_; }
  const std::vector<std::vector<Value>>& cells() const { return cells_; }

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<Value>> cells_;
};

// Reads a consistent state. From Database::snapshot() it may be used by one thread at a time;
// inside a commit it also sees what the commit has written so far.
class View {
 public:
  virtual ~View() = default;
  virtual Result<Rows> query(const Sql& sql) = 0;
  virtual Dialect dialect() const = 0;
};

}  // namespace anlan::store
