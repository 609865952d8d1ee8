#pragma once
// What stands only in the log, in memory by tag, and when which tag's samples become blocks. The
// owner locks. Inside the room only.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "history/block_file.h"
#include "history/sample.h"

namespace anlan::history {

// What one turn makes blocks of. Its samples stay visible and unmoved until finish() or undo().
struct Pick {
  Flush flush;
  std::vector<std::span<const Sample>> samples;  // of flush.tags, in order of arrival
  uint64_t oldest = 0;                           // no frame before this one holds a sample of them
  uint64_t forgotten = 0;  // once the pick is in blocks, they hold every frame up to this one
};

class Tails {
 public:
  explicit Tails(Duration block_every) : block_every_(block_every) {}

  std::size_t size() const { return tails_.size(); }
  void add_tag(Instant now);
  void add(const Sample& sample, uint64_t frame);
  int64_t pending() const { return pending_; }

  // At most `blocks_max` blocks' worth of the tags whose time has come. `applied` is the last
  // frame that was added.
  Pick pick(Instant now, uint64_t applied, std::size_t blocks_max);
  void finish(const Pick& pick);
  void undo(const Pick& pick);

  std::vector<Sample> between(TagIndex tag, Instant from, Instant to) const;
  // The newest one, once the blocks were asked for theirs; nothing before.
  std::optional<std::optional<Sample>> last(TagIndex tag) const;
  void learn_last(TagIndex tag, const std::optional<Sample>& of_blocks);

 private:
  struct Tail {
    std::vector<Sample> fresh;
    std::vector<Sample> picked;
    std::optional<Sample> last;
    bool knows_blocks = false;  // last is the newest one of the blocks, too
    int64_t slot = 0;           // the turn of this tag that is done
  };
  int64_t slot_at(std::size_t tag, Instant now) const;
  static bool is_due(const Tail& tail, int64_t slot);

  Duration block_every_;
  std::vector<Tail> tails_;
  // The first frame that holds a sample of fresh, or kNone. Apart, to be looked through fast.
  std::vector<uint64_t> oldest_;
  std::size_t next_tag_ = 0;  // where the next pick begins
  int64_t pending_ = 0;
};

// A block is closed at this many samples.
inline constexpr std::size_t kBlockSamples = 600;
// The newest block of a tag is written anew, whole, at each of its turns. A tag with fewer new
// samples than these leaves out turns until it has them, at most so many that it comes to one.
inline constexpr std::size_t kFewSamples = 16;
inline constexpr int64_t kFewTurns = 10;

}  // namespace anlan::history
