#pragma once
// The tables of tags, of blocks, and up to which frame of the log they hold everything. One thread
// at a time. Inside the room only.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "history/sample.h"
#include "history/sqlite_file.h"

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
  explicit BlockFile(SqliteFile& file);

  Result<void> make_tables();

  Result<std::vector<std::string>> tags();
  Result<void> add_tag(TagIndex tag, std::string_view code);

  // The number up to which the log is not needed; the flushes after it; what the blocks hold.
  Result<uint64_t> forgotten();
  Result<std::vector<Flush>> flushes();
  Result<void> note_flush(const Flush& flush, uint64_t forgotten);
  Result<Totals> totals();
  Result<void> set_totals(const Totals& totals);

  // Of the blocks that begin up to then the one that begins last.
  Result<std::optional<StoredBlock>> newest(TagIndex tag, Instant up_to);
  // When the first block after `at` begins.
  Result<std::optional<Instant>> next_after(TagIndex tag, Instant at);
  Result<void> insert(TagIndex tag, const StoredBlock& block, Stay stay);
  Result<void> remove(TagIndex tag, const StoredBlock& block);
  // Puts a block aside that cannot be read.
  Result<void> set_aside(TagIndex tag, const StoredBlock& block);
  // Removes the blocks that end before `before` and answers what they held.
  Result<Totals> remove_before(TagIndex tag, Instant before);

  using OnBlock = std::function<Result<void>(const StoredBlock&)>;
  // The blocks that may hold samples of [from, to), in order of their beginning.
  Result<void> each(TagIndex tag, Instant from, Instant to, const OnBlock& on_block);

  // Those that begin in [from, to); `blobs` holds their bytes.
  Result<std::vector<StoredBlock>> begun_in(TagIndex tag, Instant from, Instant to,
                                            std::vector<std::string>& blobs);

 private:
  enum Statement : std::size_t;

  SqliteFile& file_;
  Statements statements_;
  std::string blob_;  // of newest()
};

}  // namespace anlan::history
