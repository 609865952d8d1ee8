#include "history/tails.h"

#include <algorithm>
#include <limits>

namespace anlan::history {
namespace {

constexpr uint64_t kNone = std::numeric_limits<uint64_t>::max();

// splitmix64: neighbours in number are far apart in time.
uint64_t scatter(uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

}  // namespace

int64_t Tails::slot_at(std::size_t tag, Instant now) const {
  auto period = static_cast<uint64_t>(std::max<int64_t>(block_every_.ns, 1));
  auto phase = static_cast<int64_t>(scatter(tag) % period);
  return (now.ns + phase) / static_cast<int64_t>(period);
}

bool Tails::is_due(const Tail& tail, int64_t slot) {
  if (slot < tail.slot || tail.fresh.size() >= kBlockSamples) return true;  // or set back
  return slot >= tail.slot + (tail.fresh.size() < kFewSamples ? kFewTurns : 1);
}

void Tails::add_tag(Instant now) {
  tails_.emplace_back();
  oldest_.push_back(kNone);
  tails_.back().slot = slot_at(tails_.size() - 1, now);
}

void Tails::add(const Sample& sample, uint64_t frame) {
  Tail& tail = tails_[sample.tag];
  if (!tail.last || sample.at >= tail.last->at) tail.last = sample;
  oldest_[sample.tag] = std::min(oldest_[sample.tag], frame);
  tail.fresh.push_back(sample);
  ++pending_;
}

Pick Tails::pick(Instant now, uint64_t applied, std::size_t blocks_max) {
  Pick pick{.flush = {.number = applied, .tags = {}},
            .samples = {},
            .oldest = kNone,
            .forgotten = applied};
  std::size_t blocks = 0;
  std::size_t looked = 0;
  for (; looked < tails_.size() && blocks < blocks_max; ++looked) {
    std::size_t tag = (next_tag_ + looked) % tails_.size();
    if (oldest_[tag] == kNone) continue;
    Tail& tail = tails_[tag];
    int64_t slot = slot_at(tag, now);
    if (!is_due(tail, slot)) continue;
    tail.slot = slot;
    tail.picked.swap(tail.fresh);
    pick.oldest = std::min(pick.oldest, oldest_[tag]);
    oldest_[tag] = kNone;
    blocks += 1 + tail.picked.size() / kBlockSamples;
    pick.flush.tags.push_back(static_cast<TagIndex>(tag));
    pick.samples.emplace_back(tail.picked);
  }
  if (!tails_.empty()) next_tag_ = (next_tag_ + looked) % tails_.size();
  uint64_t oldest = oldest_.empty() ? kNone : *std::ranges::min_element(oldest_);
  if (oldest != kNone) pick.forgotten = oldest - 1;
  return pick;
}

void Tails::finish(const Pick& pick) {
  for (TagIndex tag : pick.flush.tags) {
    Tail& tail = tails_[tag];
    pending_ -= static_cast<int64_t>(tail.picked.size());
    tail.picked.clear();
    // Memory that is warm goes to the next samples, the rest back.
    if (tail.fresh.empty() && tail.picked.capacity() <= 4 * kBlockSamples) {
      tail.fresh.swap(tail.picked);
    } else {
      tail.picked.shrink_to_fit();
    }
  }
}

void Tails::undo(const Pick& pick) {
  for (TagIndex tag : pick.flush.tags) {
    Tail& tail = tails_[tag];
    tail.picked.insert(tail.picked.end(), tail.fresh.begin(), tail.fresh.end());
    tail.fresh.swap(tail.picked);
    tail.picked.clear();
    tail.slot = std::numeric_limits<int64_t>::min();  // due at once
    oldest_[tag] = std::min(oldest_[tag], pick.oldest);
  }
}

std::vector<Sample> Tails::between(TagIndex tag, Instant from, Instant to) const {
  std::vector<Sample> found;
  const Tail& tail = tails_[tag];
  for (const std::vector<Sample>* part : {&tail.picked, &tail.fresh}) {
    std::ranges::copy_if(*part, std::back_inserter(found),
                         [&](const Sample& s) { return s.at >= from && s.at < to; });
  }
  return found;
}

std::optional<std::optional<Sample>> Tails::last(TagIndex tag) const {
  if (!tails_[tag].knows_blocks) return std::nullopt;
  return tails_[tag].last;
}

void Tails::learn_last(TagIndex tag, const std::optional<Sample>& of_blocks) {
  Tail& tail = tails_[tag];
  if (of_blocks && (!tail.last || of_blocks->at > tail.last->at)) tail.last = of_blocks;
  tail.knows_blocks = true;
}

}  // namespace anlan::history
