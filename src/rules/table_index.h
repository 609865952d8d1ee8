#pragma once
// Which rules of a decision table can fit an input at all, where a column tests for equality: a
// search instead of a walk over all rules. Made once with the table. Inside the room only.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rules/value.h"

namespace anlan::rules {

struct Table;

class TableIndex {
 public:
  // Empty for small tables and for those without a column that is mostly constants.
  static TableIndex over(const Table& table);

  bool is_empty() const { return columns_.empty(); }

  // Two rising lists of rules; together they hold every rule that can fit.
  struct Candidates {
    std::span<const uint32_t> named{};  // whose test names the input
    std::span<const uint32_t> open{};   // whose test is no constant
    std::size_t size() const { return named.size() + open.size(); }
  };
  // The shortest that any column gives; nothing where all rules have to be tried.
  std::optional<Candidates> candidates(std::span<const Value> inputs) const;

 private:
  struct Named {
    Value value;
    std::vector<uint32_t> rules{};
  };
  struct Column {
    std::size_t input = 0;
    std::vector<Named> named{};  // by kind, then by value
    std::vector<uint32_t> open{};
  };

  static std::optional<Column> column_of(const Table& table, std::size_t input);

  std::vector<Column> columns_;
};

}  // namespace anlan::rules
