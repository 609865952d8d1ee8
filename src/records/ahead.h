#pragma once
// For a group of acts, once, before the first: what read_whole will ask of these records is read
// together (store/ahead.h).

#include <string>
#include <vector>

#include "records/form.h"
#include "store/store.h"

namespace anlan::records {

// By their ids. Only where store::reads_ahead.
Result<void> read_ahead(store::View& view, const Form& form, std::vector<std::string> ids);

}  // namespace anlan::records
