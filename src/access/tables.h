#pragma once
// The tables of this room and the few helpers that write their rows. Room-internal.

#include <string>
#include <string_view>
#include <vector>

#include "access/people.h"

namespace anlan::access {

// Letters, digits and `more` only, not empty.
bool is_word(std::string_view text, std::string_view more, std::size_t chars_max);
// One visible line of UTF-8.
bool is_label(std::string_view text, std::size_t chars_max);

store::Change change_of(const Desk& desk, std::string act, std::string kind, std::string id);
store::RowChange insert_row(std::string table, store::Cell key, std::vector<store::Cell> cells);
store::RowChange delete_row(std::string table, std::string column, std::string id);
store::RowChange hidden(store::RowChange row);  // kept out of change_log
// Deletes the private rows whose `id` the statement selects.
Result<void> end_rows(store::View& view, const store::Sql& sql, std::string_view table,
                      store::Change& change);

}  // namespace anlan::access
