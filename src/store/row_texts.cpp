#include "store/row_texts.h"

#include <algorithm>
#include <array>

#include "core/check.h"

namespace anlan::store {
namespace {

constexpr std::size_t kIdentifierMax = 63;  // PostgreSQL cuts longer ones

std::size_t hash_of(const RowChange& row) {
  std::size_t hash = std::hash<std::string>{}(row.table);
  for (const auto* cells : {&row.key, &row.cells}) {
    for (const Cell& cell : *cells) {
      hash = hash * 31 + std::hash<std::string>{}(cell.column);
    }
  }
  return hash;
}

std::string insert_text(const RowChange& row) {
  std::string columns;
  std::string marks;
  for (const auto* cells : {&row.key, &row.cells}) {
    for (const Cell& cell : *cells) {
      columns += (columns.empty() ? "" : ", ") + sql_name(cell.column);
      marks += marks.empty() ? "?" : ", ?";
    }
  }
  return "INSERT INTO " + sql_name(row.table) + " (" + columns + ") VALUES (" + marks + ")";
}

}  // namespace

std::string sql_name(std::string_view name) {
  bool is_plain =
      !name.empty() && name.size() <= kIdentifierMax && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
      });
  CHECK(is_plain, "a table or column name is a lower-case word");
  return std::string("\"").append(name).append("\"");
}

const std::string& RowTexts::insert_of(const RowChange& row) {
  auto is_of = [&](const Shape& shape) {
    if (shape.table != row.table || shape.columns.size() != row.key.size() + row.cells.size()) {
      return false;
    }
    auto middle = shape.columns.begin() + static_cast<std::ptrdiff_t>(row.key.size());
    return std::equal(
               row.key.begin(), row.key.end(), shape.columns.begin(),
               [](const Cell& cell, const std::string& name) { return cell.column == name; }) &&
           std::equal(
               row.cells.begin(), row.cells.end(), middle,
               [](const Cell& cell, const std::string& name) { return cell.column == name; });
  };
  std::size_t hash = hash_of(row);
  auto [first, last] = shapes_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    if (is_of(it->second)) return it->second.text;
  }
  if (shapes_.size() >= kShapesMax) shapes_.clear();
  Shape shape{.table = row.table, .columns = {}, .text = insert_text(row)};
  for (const auto* cells : {&row.key, &row.cells}) {
    for (const Cell& cell : *cells) shape.columns.push_back(cell.column);
  }
  return shapes_.emplace(hash, std::move(shape))->second.text;
}

}  // namespace anlan::store
