#pragma once
// Brings samples of one tag into its blocks: goes on in the last one until it is full, puts late
// ones where they belong. Inside the room only.

#include <span>
#include <vector>

#include "history/block.h"
#include "history/block_file.h"

namespace anlan::history {

class BlockWriter {
 public:
  // Inside a transaction of `file`.
  BlockWriter(BlockFile& file, BlockCodec& codec, Totals& totals)
      : file_(file), codec_(codec), totals_(totals) {}

  // `samples` are in order.
  Result<void> put(TagIndex tag, std::span<const Sample> samples);
  // `samples`, in order, are what `blocks` hold; they become as few blocks as can be.
  Result<void> replace(TagIndex tag, std::span<const StoredBlock> blocks,
                       std::span<const Sample> samples);

 private:
  Result<void> put_between(TagIndex tag, const std::optional<StoredBlock>& block,
                           std::span<const Sample> samples);
  Result<void> write(TagIndex tag, std::span<const Sample> samples, std::size_t most,
                     Stay stay = Stay::Short);
  Result<void> remove(TagIndex tag, const StoredBlock& block);
  void forget(const StoredBlock& block);

  BlockFile& file_;
  BlockCodec& codec_;
  Totals& totals_;
};

}  // namespace anlan::history
