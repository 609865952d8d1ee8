#include "connect/message_queue.h"

#include <algorithm>

#include "connect/push_wire.h"
#include "core/check.h"

namespace anlan::connect {
namespace {

constexpr Duration kBackOffMax = Duration::minutes(1);
constexpr Duration kPauseMax = kDingTalkPause;  // whatever a Retry-After asks for
constexpr Duration kSecond = Duration::seconds(1);
constexpr std::size_t kDigestMax = 40;  // more do not fit into 2048 bytes anyway

std::string lane_of(const Outgoing& message) {
  if (message.channel != Outgoing::Channel::WebPush) return "robot " + message.endpoint;
  return origin_of(message.endpoint).value_or(message.endpoint);
}

}  // namespace

void MessageQueue::add(Outgoing message, Instant now) {
  put(Waiting{.message = std::move(message), .since = now, .order = next_order_++}, now);
}

void MessageQueue::put(Waiting waiting, Instant now) {
  auto [place, is_new] = lanes_.try_emplace(lane_of(waiting.message));
  Lane& lane = place->second;
  if (is_new) {
    lane.is_robot = waiting.message.channel != Outgoing::Channel::WebPush;
    lane.refilled_at = now;
  }
  Order order{waiting.message.urgency, waiting.order};
  lane.waiting.insert_or_assign(order, std::move(waiting));
}

// The clock of a machine may be set back: nothing may then wait for hours.
void MessageQueue::go_back(Instant now) {
  bool is_back = now < seen_;
  seen_ = now;
  if (!is_back) return;
  for (auto& [key, lane] : lanes_) {
    lane.not_before = std::min(lane.not_before, now + kBackOffMax);
    lane.refilled_at = std::min(lane.refilled_at, now);
    for (auto& [order, waiting] : lane.waiting) waiting.since = std::min(waiting.since, now);
  }
  std::multimap<Instant, Waiting> later;
  for (auto& [due, waiting] : later_) {
    waiting.since = std::min(waiting.since, now);
    later.emplace(std::min(due, now + kBackOffMax), std::move(waiting));
  }
  later_ = std::move(later);
}

void MessageQueue::wake_later(Instant now) {
  while (!later_.empty() && later_.begin()->first <= now) {
    Waiting waiting = std::move(later_.begin()->second);
    later_.erase(later_.begin());
    put(std::move(waiting), now);
  }
}

void MessageQueue::refill(Lane& lane, Instant now) {
  while (lane.tokens < kRobotBurst && lane.refilled_at + kRobotRefill <= now) {
    ++lane.tokens;
    lane.refilled_at = lane.refilled_at + kRobotRefill;
  }
  if (lane.tokens == kRobotBurst) lane.refilled_at = now;
}

bool MessageQueue::may_send(const Lane& lane, Instant now) {
  if (lane.waiting.empty() || now < lane.not_before) return false;
  // One at a time to a robot keeps their order.
  int most = lane.is_robot || lane.failures > 0 ? 1 : kActivePerHost;
  return lane.active < most && (!lane.is_robot || lane.tokens > 0);
}

std::optional<Batch> MessageQueue::next(Instant now) {
  go_back(now);
  wake_later(now);
  if (active_ >= kActiveMax) return std::nullopt;
  auto best = lanes_.end();
  for (auto lane = lanes_.begin(); lane != lanes_.end(); ++lane) {
    if (lane->second.is_robot) refill(lane->second, now);
    if (!may_send(lane->second, now)) continue;
    bool is_first = best == lanes_.end() ||
                    lane->second.waiting.begin()->first < best->second.waiting.begin()->first;
    if (is_first) best = lane;
  }
  if (best == lanes_.end()) return std::nullopt;
  return take(best->first, best->second);
}

RobotMessage MessageQueue::robot_message(const Outgoing& message) const {
  bool has_link = !site_.empty() && !message.url.empty();
  return {message.title, message.text, has_link ? site_ + message.url : ""};
}

Batch MessageQueue::take(const std::string& key, Lane& lane) {
  Batch batch{.lane = key};
  std::size_t count = 1;
  if (lane.is_robot) {
    bool is_crowded = lane.waiting.size() > static_cast<std::size_t>(lane.tokens);
    std::vector<RobotMessage> texts;
    for (const auto& [order, waiting] : lane.waiting) {
      texts.push_back(robot_message(waiting.message));
      if (!is_crowded || texts.size() == kDigestMax) break;
    }
    RobotText text = robot_text(texts);
    batch.robot_text = std::move(text.text);
    count = text.taken;
    --lane.tokens;
  }
  for (; count > 0; --count) {
    batch.messages.push_back(std::move(lane.waiting.begin()->second));
    lane.waiting.erase(lane.waiting.begin());
  }
  ++lane.active;
  ++active_;
  return batch;
}

// 1, 2, 4 ... 60 s, a quarter more or less so that many do not come at once.
Duration MessageQueue::back_off(int tries) {
  Duration pause = std::min(kSecond * (int64_t{1} << std::clamp(tries - 1, 0, 6)), kBackOffMax);
  auto spread = static_cast<uint64_t>(pause.ns / 2);
  return {pause.ns - pause.ns / 4 + static_cast<int64_t>(random_.below(spread))};
}

void MessageQueue::finish(Batch batch, const Ending& ending, Instant now) {
  auto found = lanes_.find(batch.lane);
  CHECK(found != lanes_.end() && found->second.active > 0, "a batch ends once");
  Lane& lane = found->second;
  --lane.active;
  --active_;
  // Requests that were under way together fail together: that counts once.
  if (ending.end != End::NoAnswer) lane.failures = 0;
  else if (lane.failures == 0 || now >= lane.not_before) ++lane.failures;
  Duration pause = ending.pause;
  if (pause.ns == 0 && ending.end != End::Answered) {
    pause = back_off(ending.end == End::NoAnswer ? lane.failures : batch.messages[0].tries + 1);
  }
  pause = std::min(pause, kPauseMax);
  bool is_lane_pause = ending.end == End::NoAnswer || ending.end == End::TooFast;
  if (is_lane_pause) lane.not_before = std::max(lane.not_before, now + pause);
  if (ending.end == End::Answered) return;
  for (Waiting& waiting : batch.messages) {
    ++waiting.tries;
    waiting.trouble = ending.trouble;
    if (is_lane_pause) put(std::move(waiting), now);
    else later_.emplace(now + pause, std::move(waiting));
  }
}

std::vector<Waiting> MessageQueue::take_expired(Instant now) {
  go_back(now);
  std::vector<Waiting> out;
  auto is_old = [&](auto& entry) {
    if (now - entry.second.since < kMessageLife) return false;
    out.push_back(std::move(entry.second));
    return true;
  };
  std::erase_if(later_, is_old);
  for (auto& [key, lane] : lanes_) {
    std::erase_if(lane.waiting, is_old);
    refill(lane, now);
  }
  std::erase_if(lanes_, [&](const auto& entry) {
    const Lane& lane = entry.second;
    bool is_idle = lane.waiting.empty() && lane.active == 0;
    return is_idle && lane.not_before <= now && lane.tokens == kRobotBurst;
  });
  return out;
}

Duration MessageQueue::idle(Instant now) const {
  Duration shortest = kSecond;
  auto consider = [&](Instant at) { shortest = std::min(shortest, at - now); };
  if (!later_.empty()) consider(later_.begin()->first);
  for (const auto& [key, lane] : lanes_) {
    if (lane.waiting.empty()) continue;
    if (lane.not_before > now) consider(lane.not_before);
    else if (lane.is_robot && lane.tokens == 0) consider(lane.refilled_at + kRobotRefill);
  }
  return std::max(shortest, Duration{});
}

}  // namespace anlan::connect
