#pragma once
// One work permit with all that belongs on its printed ticket (GB 30871-2022: kept, numbered, shown
// at the job): the record, its course, and the records that refer to it.

#include "engine/engine.h"

namespace anlan::engine {

// record_sheet() with the names of all workers, with "course":
// [{"at","name","outcome","act","actor","comment","is_over"}] of what people and clocks did, oldest
// first; and "linked": [{"form","rows":[record]}] of every form that refers to permits by its field
// `permit`, as far as the caller may read them. At most kLinkedRowsMax rows each; "left_out" counts
// the rest. NotFound outside the caller's reach.
inline constexpr std::size_t kLinkedRowsMax = 100;
Result<Json> permit_sheet(Engine& engine, const access::Subject& by, RecordId id);

}  // namespace anlan::engine
