#pragma once
// Search in Chinese and English: every record has a column with the pairs of characters of its
// searched fields, and an index over these pairs. The pairs of a word stand in the column one
// behind the other exactly where the word stands in a text, so what the index finds is looked at
// again. Inside the room only.

#include <string>
#include <vector>

#include "records/filter_sql.h"
#include "records/page.h"
#include "records/query.h"

namespace anlan::records {

// The table of pairs on SQLite. On PostgreSQL there was an index of this name over the form's
// table.
std::string search_index_of(const Form& form);
// Statements that can be run again, for SQLite.
std::vector<std::string> search_index_statements(const Form& form);
// For PostgreSQL: a table of pairs that triggers keep, and an index over it.
std::vector<std::string> search_pairs_statements(const Form& form);
// BadRequest for less than two characters, Forbidden for who may not read all that is searched.
// The order in which the best come first: most matches, then the newest.
inline constexpr std::string_view kByRelevance = "-relevance";
// A page in this order: of the newest kRankedMax records that match. The cursor is a place in it.
inline constexpr int64_t kRankedMax = 1'000;
Result<Ending> fill_ranked(store::View& view, const Form& form, const Query& query,
                           const std::vector<Shown>& shown, RowSink& into);
Result<Condition> search_condition(store::View& view, const Form& form, const Query& query,
                                   Search search);

}  // namespace anlan::records
