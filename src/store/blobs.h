#pragma once
// Blobs by SHA-256 on disk, uploaded in chunks that may be cut and resumed at any byte. A blob is
// whole only after its hash was checked and it was synced; until then nobody can read it.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace anlan::store {

struct BlobState {
  int64_t received = 0;
  bool is_whole = false;
};

class Blobs {
 public:
  virtual ~Blobs() = default;
  // sha256 is 64 hex digits. BadRequest, TooLarge, HashMismatch (the parts are dropped), Conflict
  // (offset is not what was received so far; ask state and go on), DiskFull.
  virtual Result<BlobState> put(std::string_view sha256, int64_t offset, int64_t total,
                                std::string_view bytes) = 0;
  virtual Result<BlobState> state(std::string_view sha256) = 0;
  virtual Result<std::string> read(std::string_view sha256) = 0;  // NotFound
  virtual Result<std::string> path(std::string_view sha256) = 0;  // of a whole blob
  // Off the disk, whole or not; nothing when it is not there. Only for what no record names.
  virtual Result<void> drop(std::string_view sha256) = 0;
  // Ends uploads that nobody has gone on with since; answers how many.
  virtual Result<int64_t> sweep_parts(Instant before) = 0;
};

}  // namespace anlan::store
