#pragma once
// Rows as people bring them, from Excel or CSV: every cell is text, references are codes or names.

#include <string>

#include "core/json.h"
#include "core/result.h"
#include "records/records.h"
#include "store/store.h"

namespace anlan::engine {

// Turns texts into the numbers, booleans, choices and instants that the form's fields want, codes
// and names of references and people into ids, and drops empty cells. What it does not know it
// leaves for records to refuse. `zone` is the plant's: "2024-03-05 14:00" is a time there.
Result<Json> resolve_codes(store::View& view, const records::Forms& forms,
                           const records::Form& form, const Json& row,
                           std::string_view zone = "+08:00");

// The id of the record of `form` with this code; BadField with `field` when there is none.
Result<RecordId> find_by_code(store::View& view, const records::Form& form, std::string_view code,
                              std::string_view field);

// What may have been meant by a cell that names nothing: at most five of the likeliest,
// [{"code","name"}], and for people [{"code": log-in,"name"}]. Empty for other fields.
Result<Json> suggestions(store::View& view, const records::Forms& forms, const records::Form& form,
                         std::string_view field, const Json& cell);

// "2024-03-05", "2024/3/5 14:00", "2024-03-05T14:00:00" as an instant in the zone; what has an
// offset stays; nothing where it is no time.
std::optional<Instant> instant_of_cell(std::string_view text, std::string_view zone);

}  // namespace anlan::engine
