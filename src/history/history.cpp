#include "history/history.h"

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <limits>
#include <mutex>
#include <unordered_map>

#include "core/log.h"
#include "history/block_file.h"
#include "history/block_writer.h"
#include "history/sample_frame.h"
#include "history/series.h"
#include "history/tails.h"

namespace anlan::history {
namespace {

constexpr std::size_t kSamplesPerFrameMax = 65'536;
constexpr std::size_t kBlocksPerTurnMax = 2000;  // 100,000 tags once a minute; about 0.1 s of work
// Old blocks are looked for at this many tags a turn: 100,000 tags in about half an hour.
constexpr std::size_t kOldTagsPerTurn = 50;
constexpr std::size_t kTagCodeBytesMax = 200;
constexpr std::size_t kTagsMax = 1'000'000;

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
  Result<void> turn() override;
  Counters counters() override;

 private:
  void add_tag(std::string code);
  Result<void> replay(const Frame& frame);
  Result<void> check(std::span<const Sample> samples);
  Result<void> append_frame(std::span<const Sample> samples);
  Result<void> each(TagIndex tag, Instant from, Instant to, Joiner::Tell tell);
  Result<Totals> write_blocks(const Pick& pick);
  Result<void> drop_old(Totals& totals);

  const Config config_;

  std::mutex turn_mutex_;  // over what writes to the file; taken before mutex_
  BlockFile writer_;
  BlockCodec writer_codec_;
  std::size_t next_old_tag_ = 0;

  std::mutex read_mutex_;  // over what reads from it
  BlockFile reader_;
  BlockCodec reader_codec_;

  std::mutex mutex_;  // over the rest; never held while a disk is waited for
  std::condition_variable applied_changed_;
  std::unordered_map<std::string, TagIndex> codes_;
  Tails tails_;
  uint64_t applied_ = 0;  // every frame up to this number is in tails_ or in blocks
  Counters counters_;
  Totals totals_;

  std::unique_ptr<SegmentLog> log_;
  std::vector<uint64_t> flushed_;  // while opening: by tag, up to which frame blocks have it
};

Result<void> RealHistory::start() {
  std::error_code error;
  std::filesystem::create_directories(config_.folder, error);
  if (error) return refuse(ErrorCode::StoreFailed, "no folder " + config_.folder);
  std::filesystem::path folder(config_.folder);
  TRY(writer_.open((folder / "blocks.db").string(), config_.sync));
  TRY(reader_.open((folder / "blocks.db").string(), config_.sync));
  totals_ = TRY(writer_.totals());
  auto codes = TRY(writer_.tags());
  for (std::string& code : codes) add_tag(std::move(code));
  flushed_.assign(tails_.size(), 0);
  auto flushes = TRY(writer_.flushes());
  for (const Flush& flush : flushes) {
    for (TagIndex tag : flush.tags)
      if (tag < flushed_.size()) flushed_[tag] = std::max(flushed_[tag], flush.number);
  }
  uint64_t forgotten = TRY(writer_.forgotten());
  log_ = TRY(SegmentLog::open({.folder = (folder / "log").string(),
                               .segment_bytes = config_.segment_bytes,
                               .sync = config_.sync,
                               .forgotten = forgotten},
                              [&](const Frame& frame) { return replay(frame); }));
  applied_ = log_->last_number();
  flushed_ = {};
  return {};
}

Result<void> RealHistory::replay(const Frame& frame) {
  if (frame.kind != kSampleFrame)
    return refuse(ErrorCode::StoreFailed, "a later version wrote the log");
  auto samples = TRY(decode_samples(frame.bytes));
  for (const Sample& sample : samples) {
    if (sample.tag >= tails_.size())
      return refuse(ErrorCode::StoreFailed, "the log has tags that the blocks do not have");
    if (frame.number > flushed_[sample.tag]) tails_.add(sample, frame.number);
  }
  return {};
}

void RealHistory::add_tag(std::string code) {
  codes_.emplace(std::move(code), static_cast<TagIndex>(tails_.size()));
  tails_.add_tag(config_.clock.now());
}

Result<std::vector<TagIndex>> RealHistory::tags(std::span<const std::string> codes) {
  std::vector<TagIndex> numbers;
  auto all_are_known = [&] {
    std::lock_guard lock(mutex_);
    numbers.clear();
    for (const std::string& code : codes) {
      auto found = codes_.find(code);
      if (found == codes_.end()) return false;
      numbers.push_back(found->second);
    }
    return true;
  };
  if (all_are_known()) return numbers;
  std::lock_guard turn_lock(turn_mutex_);
  std::unordered_map<std::string, TagIndex> fresh;
  std::vector<std::string> in_order;
  {
    std::lock_guard lock(mutex_);
    for (const std::string& code : codes) {
      if (code.empty() || code.size() > kTagCodeBytesMax)
        return refuse(ErrorCode::BadField, "the code of a tag has 1 to 200 bytes");
      if (codes_.contains(code)) continue;
      std::size_t number = tails_.size() + in_order.size();
      if (number >= kTagsMax) return refuse(ErrorCode::LimitReached, "too many tags");
      if (fresh.emplace(code, static_cast<TagIndex>(number)).second) in_order.push_back(code);
    }
  }
  auto written = writer_.begin();
  for (const std::string& code : in_order)
    if (written) written = writer_.add_tag(fresh.at(code), code);
  if (written) written = writer_.commit();
  if (!written) {
    writer_.roll_back();
    return std::unexpected(written.error());
  }
  {
    std::lock_guard lock(mutex_);
    for (std::string& code : in_order) add_tag(std::move(code));
  }
  all_are_known();
  return numbers;
}

Result<void> RealHistory::check(std::span<const Sample> samples) {
  std::lock_guard lock(mutex_);
  counters_.received += static_cast<int64_t>(samples.size());
  for (const Sample& sample : samples) {
    if (sample.tag >= tails_.size()) return refuse(ErrorCode::NotFound, "a tag without a number");
    if (sample.quality > Quality::Stale) return refuse(ErrorCode::BadField, "a quality");
  }
  if (tails_.pending() + static_cast<int64_t>(samples.size()) > config_.pending_max)
    return refuse(ErrorCode::Overloaded, "too many samples wait for their blocks");
  return {};
}

Result<void> RealHistory::append(std::span<const Sample> samples) {
  TRY(check(samples));
  auto fitting = static_cast<std::size_t>(config_.segment_bytes / 4) / kSampleBytesMax;
  std::size_t per_frame = std::clamp<std::size_t>(fitting - 1, 1, kSamplesPerFrameMax);
  while (!samples.empty()) {
    auto part = samples.first(std::min(per_frame, samples.size()));
    TRY(append_frame(part));
    samples = samples.subspan(part.size());
  }
  return {};
}

Result<void> RealHistory::append_frame(std::span<const Sample> samples) {
  std::string bytes = encode_samples(samples);
  uint64_t number = TRY(log_->append(kSampleFrame, bytes));
  std::unique_lock lock(mutex_);
  // A flush speaks of all frames up to a number, so they come into memory in their order.
  applied_changed_.wait(lock, [&] { return applied_ + 1 == number; });
  for (const Sample& sample : samples) tails_.add(sample, number);
  counters_.stored += static_cast<int64_t>(samples.size());
  applied_ = number;
  applied_changed_.notify_all();
  return {};
}

Result<void> RealHistory::each(TagIndex tag, Instant from, Instant to, Joiner::Tell tell) {
  if (from >= to) return {};
  std::vector<Sample> tail;
  {
    // The tail first: what leaves it meanwhile is in blocks then, and told once all the same.
    std::lock_guard lock(mutex_);
    if (tag >= tails_.size()) return refuse(ErrorCode::NotFound, "a tag without a number");
    tail = tails_.between(tag, from, to);
  }
  put_in_order(tail);
  std::span<const Sample> rest = tail;
  Joiner joiner(from, to, std::move(tell));
  auto add_tail_before = [&](Instant end) {
    auto until = std::ranges::lower_bound(rest, end, {}, &Sample::at);
    auto part = rest.first(static_cast<std::size_t>(until - rest.begin()));
    rest = rest.subspan(part.size());
    return joiner.add(part);
  };
  std::lock_guard lock(read_mutex_);
  TRY(reader_.each(tag, from, to, [&](const StoredBlock& block) -> Result<void> {
    TRY(add_tail_before(block.first));
    auto samples = TRY(reader_codec_.decode(tag, block.blob));
    return joiner.add(samples);
  }));
  TRY(joiner.add(rest));
  return joiner.finish();
}

Result<std::vector<Sample>> RealHistory::raw(TagIndex tag, Instant from, Instant to,
                                             std::size_t count) {
  std::vector<Sample> found;
  TRY(each(tag, from, to, [&](const Sample& sample) -> Result<void> {
    if (found.size() >= count) return refuse(ErrorCode::LimitReached, "more samples than asked");
    found.push_back(sample);
    return {};
  }));
  return found;
}

Result<std::vector<Bucket>> RealHistory::trend(TagIndex tag, Instant from, Instant to,
                                               std::size_t buckets) {
  if (buckets > kBucketsMax) return refuse(ErrorCode::LimitReached, "too many parts");
  if (buckets == 0) return refuse(ErrorCode::BadField, "no parts");
  TrendMaker trend(from, to, buckets);
  TRY(each(tag, from, to, [&](const Sample& sample) -> Result<void> {
    trend.add(sample);
    return {};
  }));
  return trend.take();
}

Result<std::optional<Sample>> RealHistory::last(TagIndex tag) {
  auto known = [&]() -> Result<std::optional<std::optional<Sample>>> {
    std::lock_guard lock(mutex_);
    if (tag >= tails_.size()) return refuse(ErrorCode::NotFound, "a tag without a number");
    return tails_.last(tag);
  };
  auto newest = TRY(known());
  if (newest) return *newest;
  std::optional<Sample> of_blocks;
  {
    std::lock_guard lock(read_mutex_);
    constexpr Instant kEver{std::numeric_limits<int64_t>::max()};
    auto block = TRY(reader_.newest(tag, kEver));
    // One that begins earlier may end later.
    if (block) {
      TRY(reader_.each(tag, block->last, kEver, [&](const StoredBlock& one) -> Result<void> {
        auto samples = TRY(reader_codec_.decode(tag, one.blob));
        if (!of_blocks || samples.back().at >= of_blocks->at) of_blocks = samples.back();
        return {};
      }));
    }
  }
  {
    std::lock_guard lock(mutex_);
    tails_.learn_last(tag, of_blocks);
  }
  newest = TRY(known());
  return *newest;
}

Result<void> RealHistory::turn() {
  std::lock_guard turn_lock(turn_mutex_);
  Pick pick;
  {
    std::lock_guard lock(mutex_);
    pick = tails_.pick(config_.clock.now(), applied_, kBlocksPerTurnMax);
  }
  auto written = write_blocks(pick);
  if (!written) writer_.roll_back();
  {
    std::lock_guard lock(mutex_);
    if (!written) {
      tails_.undo(pick);
      return std::unexpected(written.error());
    }
    tails_.finish(pick);
    totals_ = *written;
  }
  // Without a flush nothing has noted how far that is.
  return pick.flush.tags.empty() ? Result<void>{} : log_->forget_up_to(pick.forgotten);
}

Result<Totals> RealHistory::write_blocks(const Pick& pick) {
  Totals totals = totals_;
  TRY(writer_.begin());
  BlockWriter blocks(writer_, writer_codec_, totals);
  for (std::size_t i = 0; i < pick.samples.size(); ++i) {
    std::vector<Sample> samples(pick.samples[i].begin(), pick.samples[i].end());
    put_in_order(samples);
    TRY(blocks.put(pick.flush.tags[i], samples));
  }
  TRY(drop_old(totals));
  bool is_idle = pick.flush.tags.empty() && totals == totals_;
  if (!is_idle) {
    TRY(writer_.note_flush(pick.flush, pick.forgotten));
    TRY(writer_.set_totals(totals));
  }
  TRY(writer_.commit());
  return totals;
}

Result<void> RealHistory::drop_old(Totals& totals) {
  Instant before = config_.clock.now() - config_.keep;
  std::size_t tags = 0;
  {
    std::lock_guard lock(mutex_);
    tags = tails_.size();
  }
  for (std::size_t i = 0; i < std::min(kOldTagsPerTurn, tags); ++i) {
    next_old_tag_ = (next_old_tag_ + 1) % tags;
    Totals gone = TRY(writer_.remove_before(static_cast<TagIndex>(next_old_tag_), before));
    totals.blocks -= gone.blocks;
    totals.bytes -= gone.bytes;
    totals.samples -= gone.samples;
  }
  return {};
}

Counters RealHistory::counters() {
  int64_t bytes_of_log = log_->bytes_on_disk();
  std::lock_guard lock(mutex_);
  Counters counters = counters_;
  counters.pending = tails_.pending();
  counters.in_blocks = totals_.samples;
  counters.bytes_of_blocks = totals_.bytes;
  counters.blocks = totals_.blocks;
  counters.bytes_of_log = bytes_of_log;
  return counters;
}

}  // namespace

Result<std::unique_ptr<History>> History::open(const Config& config) {
  auto history = std::make_unique<RealHistory>(config);
  TRY(history->start());
  return history;
}

Result<TagIndex> History::tag(std::string_view code) {
  std::string text(code);
  auto numbers = TRY(tags(std::span(&text, 1)));
  return numbers[0];
}

}  // namespace anlan::history
