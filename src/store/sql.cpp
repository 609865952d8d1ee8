#include "store/sql.h"

#include "core/check.h"

namespace anlan::store {

const Value& Row::operator[](std::string_view column) const {
  const std::vector<std::string>& columns = rows_.columns();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == column) return rows_.cells()[index_][i];
  }
  check_failed(column, "the statement has no such column");
}

bool Row::is_null(std::string_view column) const {
  return std::holds_alternative<std::monostate>((*this)[column]);
}

int64_t Row::int64(std::string_view column) const {
  const auto* value = std::get_if<int64_t>(&(*this)[column]);
  if (!value) check_failed(column, "the column holds no whole number");
  return *value;
}

const std::string& Row::text(std::string_view column) const {
  const auto* value = std::get_if<std::string>(&(*this)[column]);
  if (!value) check_failed(column, "the column holds no text");
  return *value;
}

std::string Row::text_or(std::string_view column, std::string_view otherwise) const {
  return is_null(column) ? std::string(otherwise) : text(column);
}

int64_t Row::int64_or(std::string_view column, int64_t otherwise) const {
  return is_null(column) ? otherwise : int64(column);
}

}  // namespace anlan::store
