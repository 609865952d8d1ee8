#pragma once
// Samples of one tag as a series: put in order, joined, cut into blocks, summed up. Pure. Inside
// the room only.

#include <functional>
#include <span>
#include <vector>

#include "history/history.h"

namespace anlan::history {

// In order of time; what has the same time, value and quality stands once, as it was first
// received.
void put_in_order(std::vector<Sample>& samples);

// Both in order already.
std::vector<Sample> join(std::span<const Sample> a, std::span<const Sample> b);

// Joins sources that come in order of their first sample, holding no more than overlaps.
class Joiner {
 public:
  using Tell = std::function<Result<void>(const Sample&)>;
  Joiner(Instant from, Instant to, Tell tell) : from_(from), to_(to), tell_(std::move(tell)) {}

  // `samples` are in order and begin no earlier than those given before.
  Result<void> add(std::span<const Sample> samples);
  Result<void> finish();

 private:
  Result<void> tell_before(std::size_t end);

  Instant from_;
  Instant to_;
  Tell tell_;
  std::vector<Sample> held_;
};

// Adds up samples that come in order of time into equal parts of [from, to).
class TrendMaker {
 public:
  TrendMaker(Instant from, Instant to, std::size_t parts) : from_(from), to_(to), parts_(parts) {}
  void add(const Sample& sample);
  // One that lies within a part.
  void add(const Bucket& bucket);
  std::vector<Bucket> take() { return std::move(buckets_); }

 private:
  Instant start_of(std::size_t part) const;
  Bucket& part_at(Instant at);

  Instant from_;
  Instant to_;
  std::size_t parts_;
  Instant end_{};  // of the last bucket
  std::vector<Bucket> buckets_;
};

}  // namespace anlan::history
