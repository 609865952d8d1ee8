#include "history/roller.h"

#include <algorithm>

#include "core/log.h"
#include "history/block_writer.h"
#include "history/series.h"

namespace anlan::history {

// Blocks grow a minute at a time and are cut short for that; an hour as one block is a quarter
// smaller and read four times as fast.
Result<void> Roller::join_blocks(TagIndex tag, Instant from, Instant to) {
  std::vector<std::string> blobs;
  auto blocks = TRY(blocks_.begun_in(tag, from, to, blobs));
  if (blocks.size() < 2) return {};
  int64_t count = 0;
  for (const StoredBlock& block : blocks) count += block.count;
  auto least =
      (count + static_cast<int64_t>(kBlockSamplesMax) - 1) / static_cast<int64_t>(kBlockSamplesMax);
  if (least >= static_cast<int64_t>(blocks.size())) return {};
  std::vector<Sample> joined;
  for (const StoredBlock& block : blocks) {
    auto samples = codec_.decode(tag, block.blob);
    if (!samples) return {};  // a damaged one is told of by whoever reads it
    joined = join(joined, *samples);
  }
  BlockWriter writer(blocks_, codec_, totals_);
  return writer.replace(tag, blocks, joined);
}

Result<bool> Roller::roll(TagIndex tag, int64_t hour) {
  Instant from = start_of_hour(hour);
  Instant to = start_of_hour(hour + 1);
  TRY(join_blocks(tag, from, to));
  constexpr std::size_t kParts = 60;
  TrendMaker minutes(from, to, kParts);
  TrendMaker whole(from, to, 1);
  Joiner joiner(from, to, [&](const Sample& sample) -> Result<void> {
    minutes.add(sample);
    whole.add(sample);
    return {};
  });
  TRY(blocks_.each(tag, from, to, [&](const StoredBlock& block) -> Result<void> {
    auto samples = codec_.decode(tag, block.blob);
    if (samples) return joiner.add(*samples);
    log(LogLevel::Error, "a damaged block is left out of the sums",
        Json::object({{"tag", int64_t{tag}}, {"first", format_instant(block.first)}}));
    return {};
  }));
  TRY(joiner.finish());
  auto summed = minutes.take();
  TRY(put_minutes(tag, hour, summed));
  auto hours = whole.take();
  TRY(hours.empty() ? rollups_.remove_hour(tag, from) : rollups_.set_hour(tag, hours[0]));
  return !hours.empty();
}

Result<void> Roller::put_minutes(TagIndex tag, int64_t hour, std::span<const Bucket> minutes) {
  int64_t day = day_of_hour(hour);
  std::string_view blob = TRY(rollups_.minutes(tag, day));
  std::vector<Bucket> whole;
  if (!blob.empty()) {
    auto old = minute_codec_.decode(day, blob);
    if (old) whole = std::move(*old);
    else
      log(LogLevel::Error, "damaged minutes are made anew", Json::object({{"tag", int64_t{tag}}}));
  }
  if (whole.empty() && minutes.empty()) return {};
  Instant from = start_of_hour(hour);
  Instant to = start_of_hour(hour + 1);
  std::erase_if(whole, [&](const Bucket& one) { return one.at >= from && one.at < to; });
  auto place = std::ranges::lower_bound(whole, from, {}, &Bucket::at);
  whole.insert(place, minutes.begin(), minutes.end());
  // A day that goes on is written anew each hour: only what is likely to stay is worth the effort.
  bool is_whole = !whole.empty() && day_of_hour(hour_of(whole.back().at) + 1) > day;
  minute_codec_.set_effort(is_whole ? Squeezer::Effort::Much : Squeezer::Effort::Little);
  std::string packed = whole.empty() ? std::string() : minute_codec_.encode(whole);
  return rollups_.set_minutes(tag, day, packed);
}

}  // namespace anlan::history
