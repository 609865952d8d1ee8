#pragma once
// History as it is: what is in memory, in the log and in the file, and who may touch it when.
// Inside the room only.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "history/block_file.h"
#include "history/history.h"
#include "history/roll_plan.h"
#include "history/roller.h"
#include "history/rollup_file.h"
#include "history/series.h"
#include "history/table_file.h"
#include "history/tails.h"

namespace anlan::history {

// One connection with the tables on it.
struct Tables {
  std::unique_ptr<TableFile> file;  // ends after what is on it
  std::unique_ptr<BlockFile> blocks;
  std::unique_ptr<RollupFile> rollups;
  BlockCodec codec;
  MinuteCodec minute_codec;

  Result<void> open(const Config& config);
};

// A stretch of a question that is answered out of one kind of table.
struct Stretch {
  enum class Kind { Samples, Minutes, Hours };
  Instant from{};
  Instant to{};
  Kind kind = Kind::Samples;
};

// What a turn summed up: known to questions once it is committed.
struct Rolled {
  TagIndex tag = 0;
  int64_t hour = 0;
  bool is_next = false;  // everything before `hour`; else `hour` once more
};

struct Written {
  TagIndex tag = 0;
  int64_t first_hour = 0;
  std::vector<int64_t> late;
};

class RealHistory final : public History {
 public:
  explicit RealHistory(const Config& config) : config_(config), tails_(config.block_every) {}

  Result<void> start();
  Result<std::vector<TagIndex>> tags(std::span<const std::string> codes) override;
  Result<void> append(std::span<const Sample> samples) override;
  Result<std::vector<Sample>> raw(TagIndex tag, Instant from, Instant to,
                                  std::size_t count) override;
  Result<std::vector<Bucket>> trend(TagIndex tag, Instant from, Instant to,
                                    std::size_t buckets) override;
  Result<std::optional<Sample>> last(TagIndex tag) override;
  Result<void> set_retention(TagIndex tag, const Retention& retention) override;
  Result<void> turn() override;
  Counters counters() override;

 private:
  void add_tag(std::string code);
  Result<void> replay(const Frame& frame);
  Result<void> check(std::span<const Sample> samples);
  Result<void> append_frame(std::span<const Sample> samples);
  Result<void> each(TagIndex tag, Instant from, Instant to, Joiner::Tell tell);
  Result<std::vector<Stretch>> stretches(TagIndex tag, Instant from, Instant to, Duration part);
  Result<void> add_rollups(TagIndex tag, const Stretch& stretch, TrendMaker& trend);
  Retention retention_of(TagIndex tag);
  Result<Totals> write_blocks(const Pick& pick);
  Result<void> drop_old(Totals& totals);
  Result<void> roll_up(Totals& totals);
  Result<void> roll_tag(Roller& roller, TagIndex tag, Instant now);
  Result<int64_t> after_empty(TagIndex tag, int64_t hour, Instant now);
  Result<void> learn_begin(TagIndex tag);
  void note_rolled();

  const Config config_;

  std::mutex turn_mutex_;  // over what writes to the file; taken before mutex_
  Tables writer_;
  std::size_t next_old_tag_ = 0;
  std::size_t next_roll_tag_ = 0;
  std::vector<Rolled> rolled_;  // by this turn
  std::vector<Written> written_;

  std::mutex read_mutex_;  // over what reads from it
  Tables reader_;

  std::mutex mutex_;  // over the rest; never held while a disk is waited for
  std::condition_variable applied_changed_;
  std::unordered_map<std::string, TagIndex> codes_;
  Tails tails_;
  // Changed by turns only, so a turn reads it without mutex_.
  RollPlan plan_;
  std::unordered_map<TagIndex, Retention> retentions_;  // of those that differ
  uint64_t applied_ = 0;  // every frame up to this number is in tails_ or in blocks
  Counters counters_;
  Totals totals_;

  std::unique_ptr<SegmentLog> log_;
  std::vector<uint64_t> flushed_;  // while opening: by tag, up to which frame blocks have it
};

}  // namespace anlan::history
