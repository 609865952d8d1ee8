#pragma once
// A few members of many records: for figures, which look at every case of a window but at four
// members of each.

#include <span>
#include <string>
#include <vector>

#include "records/query.h"

namespace anlan::records {

// The members of every record that the query's filter, scope and search pick, by id; cells of one
// row stand in the order of `members`. A member that is hidden or masked is refused as in a filter
// (Forbidden). LimitReached above `count`; sort, count and cursor of the query are not looked at.
Result<std::vector<std::vector<Json>>> columns(store::View& view, const Form& form,
                                               std::span<const std::string> members,
                                               const Query& query, std::size_t count);
// How many records these are.
Result<int64_t> count(store::View& view, const Form& form, const Query& query);

}  // namespace anlan::records
