#include "history/series.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <tuple>

#include "history/rollup.h"

namespace anlan::history {
namespace {

auto rank(const Sample& s) {
  return std::tuple(s.at, std::bit_cast<uint64_t>(s.value), s.quality, s.received);
}

bool is_before(const Sample& a, const Sample& b) { return rank(a) < rank(b); }

bool is_duplicate(const Sample& a, const Sample& b) {
  return a.at == b.at && a.quality == b.quality &&
         std::bit_cast<uint64_t>(a.value) == std::bit_cast<uint64_t>(b.value);
}

void drop_duplicates(std::vector<Sample>& samples) {
  auto again = std::ranges::unique(samples, is_duplicate);
  samples.erase(again.begin(), again.end());
}

}  // namespace

void put_in_order(std::vector<Sample>& samples) {
  if (!std::ranges::is_sorted(samples, is_before)) std::ranges::sort(samples, is_before);
  drop_duplicates(samples);
}

std::vector<Sample> join(std::span<const Sample> a, std::span<const Sample> b) {
  std::vector<Sample> joined;
  joined.reserve(a.size() + b.size());
  std::ranges::merge(a, b, std::back_inserter(joined), is_before);
  drop_duplicates(joined);
  return joined;
}

Result<void> Joiner::add(std::span<const Sample> samples) {
  if (samples.empty()) return {};
  auto settled = std::ranges::lower_bound(held_, samples.front().at, {}, &Sample::at);
  TRY(tell_before(static_cast<std::size_t>(settled - held_.begin())));
  if (held_.empty()) {
    held_.assign(samples.begin(), samples.end());
  } else {
    held_ = join(held_, samples);
  }
  return {};
}

Result<void> Joiner::finish() { return tell_before(held_.size()); }

Result<void> Joiner::tell_before(std::size_t end) {
  for (const Sample& sample : std::span(held_).first(end)) {
    if (sample.at >= from_ && sample.at < to_) TRY(tell_(sample));
  }
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(end));
  return {};
}

Instant TrendMaker::start_of(std::size_t part) const {
  // Rounded up, so that a sample's part is its distance times parts by length, rounded down.
  auto length = static_cast<__int128>(to_.ns) - from_.ns;
  auto parts = static_cast<__int128>(parts_);
  auto offset = (static_cast<__int128>(part) * length + parts - 1) / parts;
  return {static_cast<int64_t>(from_.ns + offset)};
}

Bucket& TrendMaker::part_at(Instant at) {
  if (buckets_.empty() || at >= end_) {
    auto length = static_cast<__int128>(to_.ns) - from_.ns;
    auto distance = static_cast<__int128>(at.ns) - from_.ns;
    auto part = static_cast<std::size_t>(distance * static_cast<__int128>(parts_) / length);
    Instant start = start_of(part);
    end_ = start_of(part + 1);
    int64_t length_ns = 0;
    // Only a part of more than 292 years is longer than a Duration.
    Duration whole{std::numeric_limits<int64_t>::max()};
    if (__builtin_sub_overflow(end_.ns, start.ns, &length_ns) == 0) whole.ns = length_ns;
    buckets_.push_back({.at = start, .length = whole});
  }
  return buckets_.back();
}

void TrendMaker::add(const Bucket& bucket) { join_bucket(part_at(bucket.at), bucket); }

void TrendMaker::add(const Sample& sample) {
  Bucket& bucket = part_at(sample.at);
  bucket.worst = std::max(bucket.worst, sample.quality);
  bool is_value = sample.quality <= Quality::Uncertain && !std::isnan(sample.value);
  if (!is_value) return;
  bool is_first = bucket.count++ == 0;
  bucket.minimum = is_first ? sample.value : std::min(bucket.minimum, sample.value);
  bucket.maximum = is_first ? sample.value : std::max(bucket.maximum, sample.value);
  // A running mean keeps its digits where a sum of many large values would lose them.
  bucket.mean += (sample.value - bucket.mean) / static_cast<double>(bucket.count);
  bucket.last = sample.value;
}

}  // namespace anlan::history
