#pragma once
// Values on their way to and from libpq: pure. Inside the room only.

#include <libpq-fe.h>

#include <span>
#include <string>
#include <vector>

#include "store/sql.h"

namespace anlan::store {

// `?` becomes $1, $2, ... except inside quotes of either kind.
std::string with_numbers(std::string_view text);

// The parameters of one statement as libpq wants them; borrows from the values given.
class PostgresParams {
 public:
  explicit PostgresParams(std::span<const Value* const> values);

  int count() const { return static_cast<int>(types_.size()); }
  const Oid* types() const { return types_.data(); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }
  // One letter per parameter: the same text with other types is another prepared statement.
  std::string type_letters() const;

 private:
  std::vector<std::string> buffers_;
  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

bool is_text_column(const PGresult* result, int column);
Value postgres_value(const PGresult* result, int row, int column);

}  // namespace anlan::store
