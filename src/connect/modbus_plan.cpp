#include "connect/modbus_plan.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "connect/register_value.h"
#include "core/check.h"

namespace anlan::connect {
namespace {

constexpr Duration kAskRefusedAgain = Duration::seconds(60);
constexpr uint32_t kBitsPerRegister = 16;

uint32_t first_of(const TagAddress& tag) { return tag.address; }
uint32_t end_of(const TagAddress& tag) {
  return tag.address + (is_bit_table(tag.table) ? 1u : register_count(tag.type));
}

auto group_of(const TagAddress& tag) { return std::tuple(tag.table, tag.every.ns); }

}  // namespace

PollPlan::PollPlan(std::vector<TagAddress> tags, int gap_max) : tags_(std::move(tags)) {
  std::vector<uint32_t> order(tags_.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](uint32_t i) {
    const TagAddress& tag = tags_[i];
    return std::tuple(tag.table, tag.every.ns, tag.address, i);
  });
  std::size_t begin = 0;
  uint32_t end = 0;
  for (std::size_t i = 0; i <= order.size(); ++i) {
    if (i > begin) {
      const TagAddress& first = tags_[order[begin]];
      bool is_bit = is_bit_table(first.table);
      uint32_t gap = static_cast<uint32_t>(std::max(gap_max, 0)) * (is_bit ? kBitsPerRegister : 1);
      uint32_t most = is_bit ? kModbusBitsMax : kModbusRegistersMax;
      bool fits = i < order.size() && group_of(tags_[order[i]]) == group_of(first) &&
                  first_of(tags_[order[i]]) <= end + gap &&
                  end_of(tags_[order[i]]) - first_of(first) <= most;
      if (!fits) {
        requests_.push_back(request_of(std::span(order).subspan(begin, i - begin)));
        begin = i;
        end = 0;
      }
    }
    if (i < order.size()) end = std::max(end, end_of(tags_[order[i]]));
  }
  std::map<int64_t, int64_t> count, next;
  for (const PollRequest& request : requests_) ++count[request.every.ns];
  for (PollRequest& request : requests_) {
    int64_t every = request.every.ns;
    request.phase.ns = every / count[every] * next[every]++;
  }
}

PollRequest PollPlan::request_of(std::span<const uint32_t> tags) const {
  const TagAddress& first = tags_[tags.front()];
  uint32_t end = 0;
  for (uint32_t tag : tags) end = std::max(end, end_of(tags_[tag]));
  return {.table = first.table,
          .address = first.address,
          .count = static_cast<uint16_t>(end - first.address),
          .every = first.every,
          .tags = {tags.begin(), tags.end()}};
}

std::size_t PollPlan::learn_illegal(std::size_t request) {
  CHECK(request < requests_.size(), "a request of this plan");
  PollRequest whole = requests_[request];
  if (whole.tags.size() == 1) {
    requests_[request].is_refused = true;
    requests_[request].every = std::max(whole.every, kAskRefusedAgain);
    return request;
  }
  // At the widest gap, as the gap is the likeliest culprit; among equals nearest to the middle.
  std::size_t best = 1;
  auto rank = [&](std::size_t at) {
    int64_t gap = static_cast<int64_t>(first_of(tags_[whole.tags[at]])) -
                  static_cast<int64_t>(end_of(tags_[whole.tags[at - 1]]));
    int64_t middle = static_cast<int64_t>(whole.tags.size()) / 2;
    return std::pair(std::max<int64_t>(gap, 0), -std::abs(static_cast<int64_t>(at) - middle));
  };
  for (std::size_t at = 2; at < whole.tags.size(); ++at) {
    if (rank(at) > rank(best)) best = at;
  }
  std::span<const uint32_t> tags(whole.tags);
  PollRequest left = request_of(tags.first(best)), right = request_of(tags.subspan(best));
  left.phase = right.phase = whole.phase;
  requests_[request] = std::move(left);
  requests_.push_back(std::move(right));
  return requests_.size() - 1;
}

void PollPlan::learn_legal(std::size_t request) {
  CHECK(request < requests_.size(), "a request of this plan");
  PollRequest& legal = requests_[request];
  legal.is_refused = false;
  legal.every = tags_[legal.tags.front()].every;
}

}  // namespace anlan::connect
