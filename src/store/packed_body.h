#pragma once
// How change_body keeps a change (docs/formats/store.md). SQLite has no compression of its own, and
// names and numbers of a change repeat, so a long text lies there as a zstd frame in `packed` and
// `body` is empty. PostgreSQL packs by itself. What is hashed is always the text. Inside the room.

#include <optional>
#include <string>
#include <string_view>

#include "store/sql.h"

namespace anlan::store {

// The frame, or none where it is not worth it: short texts, and what does not get smaller.
std::optional<Blob> packed_body(std::string_view text);

// The text of a row with the columns `body` and `packed`. StoreFailed: the frame is damaged or says
// that it holds more than 256 MB.
Result<std::string> body_text(const Row& row);

}  // namespace anlan::store
