#include "history/history.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>

#include "core/log.h"
#include "history/real_history.h"
#include "history/sample_frame.h"

namespace anlan::history {
namespace {

constexpr std::size_t kSamplesPerFrameMax = 65'536;
constexpr std::size_t kTagCodeBytesMax = 200;
constexpr std::size_t kTagsMax = 1'000'000;

}  // namespace

Result<void> RealHistory::start() {
  std::error_code error;
  std::filesystem::create_directories(config_.folder, error);
  if (error) return refuse(ErrorCode::StoreFailed, "no folder " + config_.folder);
  std::filesystem::path folder(config_.folder);
  TRY(writer_.open(config_));
  TRY(reader_.open(config_));
  totals_ = TRY(writer_.blocks->totals());
  auto codes = TRY(writer_.blocks->tags());
  for (std::string& code : codes) add_tag(std::move(code));
  flushed_.assign(tails_.size(), 0);
  auto rolled = TRY(writer_.rollups->rolled(tails_.size()));
  auto changed = TRY(writer_.rollups->changed());
  plan_.restore(rolled, changed);
  auto flushes = TRY(writer_.blocks->flushes());
  for (const Flush& flush : flushes) {
    for (TagIndex tag : flush.tags)
      if (tag < flushed_.size()) flushed_[tag] = std::max(flushed_[tag], flush.number);
  }
  uint64_t forgotten = TRY(writer_.blocks->forgotten());
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
  plan_.add_tag();
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
  auto written = writer_.file->begin();
  for (const std::string& code : in_order)
    if (written) written = writer_.blocks->add_tag(fresh.at(code), code);
  if (written) written = writer_.file->commit();
  if (!written) {
    writer_.file->roll_back();
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
  TRY(reader_.blocks->each(tag, from, to, [&](const StoredBlock& block) -> Result<void> {
    TRY(add_tail_before(block.first));
    auto samples = TRY(reader_.codec.decode(tag, block.blob));
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
  if (from >= to) return std::vector<Bucket>{};
  TrendMaker trend(from, to, buckets);
  int64_t length = 0;
  bool is_long = __builtin_sub_overflow(to.ns, from.ns, &length);
  auto parts = static_cast<int64_t>(buckets);
  Duration part{is_long || length % parts != 0 ? 0 : length / parts};
  for (const Stretch& stretch : TRY(stretches(tag, from, to, part))) {
    if (stretch.kind != Stretch::Kind::Samples) {
      TRY(add_rollups(tag, stretch, trend));
      continue;
    }
    TRY(each(tag, stretch.from, stretch.to, [&](const Sample& sample) -> Result<void> {
      trend.add(sample);
      return {};
    }));
  }
  return trend.take();
}

// Parts of whole minutes that begin with a minute are answered out of what is summed up; a stretch
// that is not yet, or that samples wait for in the log, out of its samples. Minutes that are no
// longer kept are answered by their hours.
Result<std::vector<Stretch>> RealHistory::stretches(TagIndex tag, Instant from, Instant to,
                                                    Duration part) {
  using Kind = Stretch::Kind;
  bool has_minutes = part.ns > 0 && part.ns % kMinute.ns == 0 && from.ns % kMinute.ns == 0;
  if (!has_minutes) return std::vector{Stretch{.from = from, .to = to}};
  bool has_hours = part.ns % kHour.ns == 0 && from.ns % kHour.ns == 0;
  std::lock_guard lock(mutex_);
  if (tag >= tails_.size()) return refuse(ErrorCode::NotFound, "a tag without a number");
  int64_t oldest = hour_of(config_.clock.now() - retention_of(tag).minutes);
  std::set<int64_t> waiting;
  for (const Sample& sample : tails_.between(tag, from, to)) waiting.insert(hour_of(sample.at));
  std::vector<Stretch> found;
  for (int64_t hour = hour_of(from); start_of_hour(hour) < to; ++hour) {
    bool is_rolled = plan_.is_rolled(tag, hour) && !waiting.contains(hour);
    Kind kind =
        !is_rolled ? Kind::Samples : (has_hours || hour < oldest ? Kind::Hours : Kind::Minutes);
    Instant begin = std::max(from, start_of_hour(hour));
    Instant end = std::min(to, start_of_hour(hour + 1));
    if (!found.empty() && found.back().kind == kind) found.back().to = end;
    else found.push_back({.from = begin, .to = end, .kind = kind});
  }
  return found;
}

Result<void> RealHistory::add_rollups(TagIndex tag, const Stretch& stretch, TrendMaker& trend) {
  auto add = [&](const Bucket& bucket) -> Result<void> {
    if (bucket.at >= stretch.from && bucket.at < stretch.to) trend.add(bucket);
    return {};
  };
  std::lock_guard lock(read_mutex_);
  if (stretch.kind == Stretch::Kind::Hours)
    return reader_.rollups->each_hour(tag, stretch.from, stretch.to, add);
  int64_t first = day_of_hour(hour_of(stretch.from));
  int64_t last = day_of_hour(hour_of({stretch.to.ns - 1}));
  return reader_.rollups->each_day(tag, first, last, [&](int64_t day, std::string_view blob) {
    auto minutes = reader_.minute_codec.decode(day, blob);
    if (!minutes) return Result<void>(std::unexpected(minutes.error()));
    for (const Bucket& minute : *minutes) (void)add(minute);
    return Result<void>{};
  });
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
    auto block = TRY(reader_.blocks->newest(tag, kEver));
    // One that begins earlier may end later.
    if (block) {
      TRY(reader_.blocks->each(tag, block->last, kEver,
                               [&](const StoredBlock& one) -> Result<void> {
                                 auto samples = TRY(reader_.codec.decode(tag, one.blob));
                                 if (!of_blocks || samples.back().at >= of_blocks->at)
                                   of_blocks = samples.back();
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
