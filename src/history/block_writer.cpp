#include "history/block_writer.h"

#include <algorithm>
#include <limits>

#include "core/log.h"
#include "history/bytes.h"
#include "history/series.h"
#include "history/tails.h"

namespace anlan::history {
namespace {

// Late samples may make a closed block longer than others, up to this.
constexpr std::size_t kGrownSamplesMax = 1024;
static_assert(kGrownSamplesMax <= kBlockSamplesMax);

// `at` is not before `first`; foreign clocks may lie, so the distance may be any.
bool is_in_span(Instant first, Instant at) {
  return static_cast<uint64_t>(wrapping_subtract(at.ns, first.ns)) <
         static_cast<uint64_t>(kBlockSpanMax.ns);
}

bool takes_in(const StoredBlock& block, std::span<const Sample> samples) {
  Instant at = samples.front().at;
  if (at > block.last)
    return block.count < static_cast<int64_t>(kBlockSamples) && is_in_span(block.first, at);
  return block.count + static_cast<int64_t>(samples.size()) <=
         static_cast<int64_t>(kGrownSamplesMax);
}

// Samples that come go into blocks that others can still join.
std::size_t most_of(std::span<const Sample> samples) {
  return samples.size() <= kGrownSamplesMax ? kGrownSamplesMax : kBlockSamples;
}

std::size_t length_of_next(std::span<const Sample> samples, std::size_t most) {
  most = std::min(most, samples.size());
  Instant first = samples.front().at;
  std::size_t length = 1;
  while (length < most && is_in_span(first, samples[length].at)) ++length;
  return length;
}

}  // namespace

Result<void> BlockWriter::put(TagIndex tag, std::span<const Sample> samples) {
  // Nearly always everything is newer than all blocks are, so the newest one is asked first.
  auto block = TRY(file_.newest(tag, {std::numeric_limits<int64_t>::max()}));
  if (!block || block->first <= samples.front().at) return put_between(tag, block, samples);
  while (!samples.empty()) {
    Instant at = samples.front().at;
    auto next = TRY(file_.next_after(tag, at));
    auto end = next ? std::ranges::lower_bound(samples, *next, {}, &Sample::at) : samples.end();
    auto count = static_cast<std::size_t>(end - samples.begin());
    auto before = TRY(file_.newest(tag, at));
    TRY(put_between(tag, before, samples.first(count)));
    samples = samples.subspan(count);
  }
  return {};
}

// No other block begins between `block` and the last sample.
Result<void> BlockWriter::put_between(TagIndex tag, const std::optional<StoredBlock>& block,
                                      std::span<const Sample> samples) {
  if (!block || !takes_in(*block, samples)) return write(tag, samples, most_of(samples));
  auto old = codec_.decode(tag, block->blob);
  if (!old) {
    log(LogLevel::Error, "a damaged block is set aside",
        Json::object({{"tag", int64_t{tag}}, {"first", format_instant(block->first)}}));
    forget(*block);
    TRY(file_.set_aside(tag, *block));
    return write(tag, samples, most_of(samples));
  }
  TRY(remove(tag, *block));
  auto joined = join(*old, samples);
  return write(tag, joined, most_of(joined));
}

Result<void> BlockWriter::replace(TagIndex tag, std::span<const StoredBlock> blocks,
                                  std::span<const Sample> samples) {
  for (const StoredBlock& block : blocks) TRY(remove(tag, block));
  codec_.set_effort(Squeezer::Effort::Much);
  auto written = write(tag, samples, kBlockSamplesMax, Stay::Long);
  codec_.set_effort(Squeezer::Effort::Little);
  return written;
}

void BlockWriter::forget(const StoredBlock& block) {
  totals_.blocks -= 1;
  totals_.bytes -= static_cast<int64_t>(block.blob.size());
  totals_.samples -= block.count;
}

Result<void> BlockWriter::remove(TagIndex tag, const StoredBlock& block) {
  forget(block);
  return file_.remove(tag, block);
}

Result<void> BlockWriter::write(TagIndex tag, std::span<const Sample> samples, std::size_t most,
                                Stay stay) {
  while (!samples.empty()) {
    auto part = samples.first(length_of_next(samples, most));
    std::string blob = codec_.encode(part);
    StoredBlock block{.first = part.front().at,
                      .last = part.back().at,
                      .count = static_cast<int64_t>(part.size()),
                      .blob = blob};
    TRY(file_.insert(tag, block, stay));
    totals_.blocks += 1;
    totals_.bytes += static_cast<int64_t>(blob.size());
    totals_.samples += static_cast<int64_t>(part.size());
    samples = samples.subspan(part.size());
  }
  return {};
}

}  // namespace anlan::history
