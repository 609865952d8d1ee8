#include "connect/named_tags.h"

#include <algorithm>

namespace anlan::connect {
namespace {

constexpr Duration kOneMs = Duration::milliseconds(1);
constexpr Duration kLagMin = Duration::seconds(2);  // less is the network

}  // namespace

std::optional<history::TagIndex> NamedTags::find(std::string_view code, RowCounts& rejected) {
  history::TagIndex tag = 0;
  switch (sink_.find_tag(source_, code, tag)) {
    case Sink::Found::Yes: return tag;
    case Sink::Found::OtherSource: ++rejected["other_source"]; break;
    case Sink::Found::No: ++rejected["unknown_tag"]; break;
  }
  return std::nullopt;
}

void NamedTags::note(const history::Sample& sample) {
  Last& last = last_[sample.tag];
  if (sample.at < last.at) return;
  Duration lag = sample.received - sample.at;
  last = {.at = sample.at,
          .lag = lag < kLagMin ? Duration{} : lag,
          .value = sample.value,
          .is_stale = sample.quality == history::Quality::Stale};
}

std::vector<history::Sample> NamedTags::go_stale(Instant now) {
  std::vector<history::Sample> stale;
  for (auto& [tag, last] : last_) {
    if (last.is_stale) continue;
    last.is_stale = true;
    last.at = std::max(now - last.lag, last.at + kOneMs);
    stale.push_back({.tag = tag,
                     .at = last.at,
                     .received = now,
                     .value = last.value,
                     .quality = history::Quality::Stale});
  }
  return stale;
}

}  // namespace anlan::connect
