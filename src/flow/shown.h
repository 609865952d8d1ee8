#pragma once
// What a case shows of itself beside its record: to whom it was copied, and the files that its
// decisions carry. A door of its own: who asks for neither does not see it.

#include <string_view>

#include "core/id.h"
#include "core/result.h"
#include "store/store.h"

namespace anlan::flow {

// Whether a task of the record's cases was copied to this person (cc), by somebody or by the model.
Result<bool> was_copied(store::View& view, std::string_view form, RecordId id, PersonId person);
// Whether a decision on the record carries this file, as its signature or an attachment. It was
// there whole when the decision was made.
Result<bool> decisions_name_file(store::View& view, std::string_view form, RecordId id,
                                 std::string_view sha256);

}  // namespace anlan::flow
