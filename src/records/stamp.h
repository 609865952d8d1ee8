#pragma once
// x-stamp of the rows of a sub-form: who did it and when, written by the server (form.md, "Rows").
// Inside the room only.

#include <string>
#include <vector>

#include "records/form.h"
#include "store/store.h"

namespace anlan::records {

// Reads x-stamp of a field of rows; nothing where there is none. BadPack.
Result<void> read_stamp(const Json& source, const std::string& where, Field& field);
// Each stamp names a boolean of the same rows, and nobody has to fill it in. BadPack.
Result<void> check_stamps(const std::vector<Field>& items, const std::string& where);

struct StampBy {
  Actor actor;
  Instant now;
  bool is_flow = false;  // a flow may rewrite rows that are stamped; people may not
};

// The rows as a person sent them, without what only the server writes.
Json without_stamps(const Field& field, const Json& rows);
// Checked rows with their stamps. Rows are the same by their `key` where the items have one, else
// by their place. Forbidden: a stamped row was altered or taken away; Duplicate: a key twice.
Result<Json> stamped_rows(const Field& field, const Json& before, const Json& rows,
                          const StampBy& by);

}  // namespace anlan::records
