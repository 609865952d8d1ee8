#pragma once
// Rows as people bring them, from Excel or CSV: every cell is text, references are codes.

#include "core/json.h"
#include "core/result.h"
#include "records/records.h"
#include "store/store.h"

namespace anlan::engine {

// Turns texts into the numbers and booleans that the form's fields want, codes of references into
// ids, and drops empty cells. What it does not know it leaves for records to refuse.
Result<Json> resolve_codes(store::View& view, const records::Forms& forms,
                           const records::Form& form, const Json& row);

// The id of the record of `form` with this code; BadField with `field` when there is none.
Result<RecordId> find_by_code(store::View& view, const records::Form& form, std::string_view code,
                              std::string_view field);

}  // namespace anlan::engine
