// What a tag of a Sparkplug message costs, from bytes to a sample:  sparkplug_bench [SECONDS]
// One node with 100,000 tags, all of which change once a second, in messages of 1,000 metrics.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <format>

#include "connect/sparkplug_host.h"

namespace {

using namespace anlan;
using namespace anlan::connect;

constexpr int kTags = 100'000, kPerMessage = 1'000;

double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

SparkplugMetric metric_of(uint64_t alias, uint64_t ms, double value) {
  SparkplugMetric metric{.alias = alias,
                         .time_ms = ms,
                         .type = SparkplugType::Float,
                         .has_alias = true,
                         .has_time = true};
  set_number(metric, value);
  return metric;
}

std::string birth(uint64_t ms) {
  std::vector<std::string> names;
  for (int i = 0; i < kTags; ++i) names.push_back(std::format("Area {}/Tag {}", i / 100, i));
  SparkplugPayload payload{.time_ms = ms, .seq = 0};
  for (int i = 0; i < kTags; ++i) {
    SparkplugMetric metric = metric_of(static_cast<uint64_t>(i), ms, i);
    metric.name = names[static_cast<std::size_t>(i)];
    metric.has_name = true;
    payload.metrics.push_back(metric);
  }
  return write_sparkplug(payload);
}

std::string data(int first, uint64_t ms, uint64_t seq) {
  SparkplugPayload payload{.time_ms = ms, .seq = seq};
  for (int i = first; i < first + kPerMessage; ++i) {
    SparkplugMetric metric = metric_of(static_cast<uint64_t>(i), ms, static_cast<double>(ms % 977));
    metric.type = SparkplugType::Unknown;
    payload.metrics.push_back(metric);
  }
  return write_sparkplug(payload);
}

}  // namespace

int main(int count, char** words) {
  int seconds = count > 1 ? std::atoi(words[1]) : 20;
  std::vector<TagAddress> tags;
  for (int i = 0; i < kTags; ++i) {
    tags.push_back({.tag = static_cast<history::TagIndex>(i),
                    .path = std::format("G/E//Area {}/Tag {}", i / 100, i)});
  }
  SparkplugHost host(std::move(tags));
  Instant start{Duration::days(20'000).ns};
  std::string born = birth(static_cast<uint64_t>(start.to_milliseconds()));
  double before = cpu_seconds();
  std::size_t samples = host.take("spBv1.0/G/NBIRTH/E", born, {start, {}}).samples.size();
  std::printf("birth: %zu samples, %.1f MB, %.1f ms\n", samples,
              static_cast<double>(born.size()) / 1e6, (cpu_seconds() - before) * 1e3);
  double used = 0;
  uint64_t seq = 0;
  samples = 0;
  for (int second = 1; second <= seconds; ++second) {
    SparkplugHost::Moment now{start + Duration::seconds(second), Duration::seconds(second)};
    std::vector<std::string> messages;
    for (int first = 0; first < kTags; first += kPerMessage) {
      seq = (seq + 1) % 256;
      messages.push_back(data(first, static_cast<uint64_t>(now.clock.to_milliseconds()), seq));
    }
    before = cpu_seconds();
    for (const std::string& message : messages) {
      samples += host.take("spBv1.0/G/NDATA/E", message, now).samples.size();
    }
    used += cpu_seconds() - before;
  }
  std::printf("data: %zu samples, %.1f ns a tag\n", samples,
              used / static_cast<double>(samples) * 1e9);
  return samples == static_cast<std::size_t>(seconds) * kTags ? 0 : 1;
}
