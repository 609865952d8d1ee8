#pragma once
// How the rows of a page are found: conditions, order, cursor, and the way through the indexes.
// Inside the room only.

#include <optional>
#include <string>
#include <vector>

#include "records/filter_sql.h"
#include "records/query.h"
#include "records/row_text.h"

namespace anlan::records {

// A scope comes from a role file: what is wrong in it is not the caller's mistake.
Result<Condition> scope_condition(const Form& form, const Filter& scope);
// Whether a condition brings the index of the search along, or is for rows that are walked anyway.
enum class Search { ByIndex, ByLooking };
// Scope, filter and search, and that the row is not deleted. Refuses what the caller may not ask.
Result<Condition> where_of(store::View& view, const Form& form, const Query& query,
                           Search search = Search::ByIndex);

struct Ending {
  std::string next{};              // cursor, empty at the end
  std::optional<int64_t> total{};  // kTotalMax + 1 for more than that
};

// Fills the sink with the page; the sink must belong to `shown`.
Result<Ending> fill_page(store::View& view, const Form& form, const Query& query,
                         const std::vector<Shown>& shown, RowSink& into);

}  // namespace anlan::records
