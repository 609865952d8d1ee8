#pragma once
// The tables of tags, of blocks, and up to which frame of the log they hold everything: in a file
// of SQLite or in the plant's PostgreSQL. One thread at a time. Inside the room only.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "history/sample.h"

namespace anlan::history {

// No block is longer, so a question about an hour looks at few blocks before it.
inline constexpr Duration kBlockSpanMax = Duration::hours(6);

struct StoredBlock {
  Instant first{};
  int64_t part = 0;  // of those that begin at the same instant; given by insert()
  Instant last{};
  int64_t count = 0;
  std::string_view blob;  // from the file: until its next call
};

// A block that others will soon join, or one that stays as it is. They lie apart in the file: what
// goes soon leaves whole pages behind, what stays fills its pages.
enum class Stay : uint8_t { Short, Long };

struct Totals {
  int64_t blocks = 0;
  int64_t bytes = 0;
  int64_t samples = 0;

  bool operator==(const Totals&) const = default;
};

// In one turn all samples of these tags went into blocks that stood in frames up to this number.
struct Flush {
  uint64_t number = 0;
  std::vector<TagIndex> tags;
};

class BlockFile {
 public:
  virtual ~BlockFile() = default;

  virtual Result<void> make_tables() = 0;

  virtual Result<std::vector<std::string>> tags() = 0;
  virtual Result<void> add_tag(TagIndex tag, std::string_view code) = 0;

  // The number up to which the log is not needed; the flushes after it; what the blocks hold.
  virtual Result<uint64_t> forgotten() = 0;
  virtual Result<std::vector<Flush>> flushes() = 0;
  virtual Result<void> note_flush(const Flush& flush, uint64_t forgotten) = 0;
  virtual Result<Totals> totals() = 0;
  virtual Result<void> set_totals(const Totals& totals) = 0;

  // Of the blocks that begin up to then the one that begins last.
  virtual Result<std::optional<StoredBlock>> newest(TagIndex tag, Instant up_to) = 0;
  // When the first block after `at` begins.
  virtual Result<std::optional<Instant>> next_after(TagIndex tag, Instant at) = 0;
  virtual Result<void> insert(TagIndex tag, const StoredBlock& block, Stay stay) = 0;
  virtual Result<void> remove(TagIndex tag, const StoredBlock& block) = 0;
  // Puts a block aside that cannot be read.
  virtual Result<void> set_aside(TagIndex tag, const StoredBlock& block) = 0;
  // Removes the blocks that end before `before` and answers what they held.
  virtual Result<Totals> remove_before(TagIndex tag, Instant before) = 0;

  using OnBlock = std::function<Result<void>(const StoredBlock&)>;
  // The blocks that may hold samples of [from, to), in order of their beginning.
  virtual Result<void> each(TagIndex tag, Instant from, Instant to, const OnBlock& on_block) = 0;

  // Those that begin in [from, to); `blobs` holds their bytes.
  virtual Result<std::vector<StoredBlock>> begun_in(TagIndex tag, Instant from, Instant to,
                                                    std::vector<std::string>& blobs) = 0;
};

}  // namespace anlan::history
