#pragma once
// Names for the ids in answers: `_titles` of a row holds {"zh","en"} for every ref, person and
// organisation in it that the caller can read. One query per form or kind for a whole page.
// Inside the room only.

#include <string>
#include <vector>

#include "access/access.h"
#include "core/json.h"
#include "records/form.h"
#include "store/store.h"

namespace anlan::records {

// Puts `_titles` into each row; rows hold only what the caller may see.
Result<void> add_titles(store::View& view, const Form& form, const access::FieldModes& modes,
                        std::vector<Json>& rows);

}  // namespace anlan::records
