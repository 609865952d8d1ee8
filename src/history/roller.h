#pragma once
// Sums up an hour of a tag: its minutes, the hour itself, and one block instead of several. Inside
// the room only.

#include "history/block.h"
#include "history/block_file.h"
#include "history/rollup.h"
#include "history/rollup_file.h"

namespace anlan::history {

class Roller {
 public:
  // Inside a transaction of both.
  Roller(BlockFile& blocks, RollupFile& rollups, BlockCodec& codec, Totals& totals)
      : blocks_(blocks), rollups_(rollups), codec_(codec), totals_(totals) {}

  // Whether there was anything; what was there of a former time is gone.
  Result<bool> roll(TagIndex tag, int64_t hour);

 private:
  Result<void> join_blocks(TagIndex tag, Instant from, Instant to);
  Result<void> put_minutes(TagIndex tag, int64_t hour, std::span<const Bucket> minutes);

  BlockFile& blocks_;
  RollupFile& rollups_;
  BlockCodec& codec_;
  Totals& totals_;
  MinuteCodec minute_codec_;
};

}  // namespace anlan::history
