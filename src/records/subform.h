#pragma once
// Sub-forms: the rows of a field. The record keeps them as one list, so that a page of records is
// one question; a table of their own holds one row for each, for sums, views and tools outside.
// Inside the room only.

#include <string>
#include <vector>

#include "access/access.h"
#include "records/form.h"

namespace anlan::records {

// "items.amount" where a role names it, else the sub-form's own mode; never more than that.
access::FieldMode item_mode(const Field& field, const Field& item, const access::FieldModes& modes);
// What was given, with the values that the caller may not write as they were: by their place in
// the list. Forbidden for giving one, or for taking away a row that holds one.
Result<Json> merged_rows(const Field& field, const Json& before, const Json& given,
                         const access::FieldModes& modes);
// The rows as the caller sees them.
Json shown_rows(const Field& field, const Json& rows, const std::vector<access::FieldMode>& items);
std::vector<access::FieldMode> item_modes(const Field& field, const access::FieldModes& modes);
// The rows of the sub-form's own table that this change alters.
void add_item_rows(const Field& field, const Json& before, const Json& after,
                   store::Change& change);

}  // namespace anlan::records
