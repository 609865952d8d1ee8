#include "api/rate.h"

#include <algorithm>
#include <cmath>

namespace anlan::api {
namespace {

constexpr double kMinuteNs = 60e9;

}  // namespace

double Buckets::tokens_at(const Bucket& bucket, Instant now) const {
  // A clock that steps back gives nothing and takes nothing.
  double passed = std::max(0.0, static_cast<double>((now - bucket.at).ns));
  double grown = bucket.tokens + passed * static_cast<double>(rate_.per_minute) / kMinuteNs;
  return std::min(grown, static_cast<double>(rate_.burst));
}

Duration Buckets::take(std::string_view key, Instant now) {
  std::lock_guard lock(mutex_);
  auto found = buckets_.find(std::string(key));
  if (found == buckets_.end()) {
    if (buckets_.size() >= keys_max_) make_room(now);
    Bucket fresh{.tokens = static_cast<double>(rate_.burst), .at = now};
    found = buckets_.emplace(std::string(key), fresh).first;
  }
  Bucket& bucket = found->second;
  bucket.tokens = tokens_at(bucket, now);
  bucket.at = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return {};
  }
  double wait = (1 - bucket.tokens) * kMinuteNs / static_cast<double>(rate_.per_minute);
  return {static_cast<int64_t>(std::ceil(wait))};
}

std::size_t Buckets::size() {
  std::lock_guard lock(mutex_);
  return buckets_.size();
}

// Full buckets say nothing that a fresh one would not; if none is full, the fullest half goes.
void Buckets::make_room(Instant now) {
  double full = static_cast<double>(rate_.burst);
  std::erase_if(buckets_, [&](const auto& entry) { return tokens_at(entry.second, now) >= full; });
  if (buckets_.size() < keys_max_) return;
  std::vector<double> levels;
  levels.reserve(buckets_.size());
  for (const auto& [key, bucket] : buckets_) levels.push_back(tokens_at(bucket, now));
  auto middle = levels.begin() + static_cast<std::ptrdiff_t>(levels.size() / 2);
  std::nth_element(levels.begin(), middle, levels.end());
  double limit = *middle;
  std::erase_if(buckets_, [&](const auto& entry) { return tokens_at(entry.second, now) >= limit; });
}

}  // namespace anlan::api
