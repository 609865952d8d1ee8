#include "connect/sparkplug_host.h"

#include <algorithm>
#include <cmath>
#include <format>
#include <tuple>

#include "connect/mqtt_wire.h"
#include "core/text.h"

namespace anlan::connect {
namespace {

using Kind = SparkplugTopic::Kind;

constexpr uint64_t kDenseAliases = 1 << 18;         // above that an alias is looked up by its hash
constexpr uint64_t kTimeMsMax = 9'000'000'000'000;  // the year 2255: nanoseconds end in 2262
constexpr uint64_t kSeqEnd = 256;
constexpr uint64_t kHalf = kSeqEnd / 2;  // a number less than that ahead is yet to come
constexpr Duration kOneMs = Duration::milliseconds(1);
constexpr Duration kOvertaken = Duration::seconds(1);  // a will and a birth may change places

bool is_control(std::string_view name) {
  return name == "bdSeq" || name.starts_with("Node Control/") ||
         name.starts_with("Device Control/");
}

std::optional<uint64_t> session_of(const SparkplugPayload& payload) {
  for (const SparkplugMetric& metric : payload.metrics) {
    bool is_whole =
        metric.field == SparkplugMetric::Field::Int || metric.field == SparkplugMetric::Field::Long;
    if (metric.name == "bdSeq" && is_whole) return metric.bits;
  }
  return std::nullopt;
}

history::Quality quality_of(const SparkplugMetric& metric) {
  if (metric.is_null || metric.quality == SparkplugMetric::kQualityBad) {
    return history::Quality::Bad;
  }
  if (metric.quality == SparkplugMetric::kQualityGood) return history::Quality::Good;
  if (metric.quality == SparkplugMetric::kQualityStale) return history::Quality::Stale;
  return history::Quality::Uncertain;
}

Instant instant_of(uint64_t ms) {
  return {static_cast<int64_t>(std::min(ms, kTimeMsMax)) * 1'000'000};
}

}  // namespace

std::optional<SparkplugPath> parse_sparkplug_path(std::string_view path) {
  std::size_t end = path.find("//");
  if (end == std::string_view::npos || end + 2 >= path.size() || !is_utf8(path)) {
    return std::nullopt;
  }
  std::vector<std::string_view> ids = split(path.substr(0, end), '/');
  if (ids.size() != 2 && ids.size() != 3) return std::nullopt;
  for (std::string_view id : ids) {
    if (id.empty() || id.find_first_of("+#") != std::string_view::npos) return std::nullopt;
  }
  return SparkplugPath{.node = std::format("{}/{}", ids[0], ids[1]),
                       .device = std::string(ids.size() == 3 ? ids[2] : ""),
                       .metric = std::string(path.substr(end + 2))};
}

SparkplugHost::SparkplugHost(std::vector<TagAddress> tags, Duration late_after)
    : tags_(std::move(tags)), late_after_(late_after), states_(tags_.size()) {
  for (uint32_t i = 0; i < tags_.size(); ++i) {
    std::optional<SparkplugPath> path = parse_sparkplug_path(tags_[i].path);
    if (path) wanted_[path->node][path->device].try_emplace(path->metric, i);
  }
}

SparkplugHost::Node* SparkplugHost::node_of(const SparkplugTopic& topic) {
  std::string name = std::format("{}/{}", topic.group, topic.node);
  auto found = nodes_.find(name);
  if (found != nodes_.end()) return &found->second;
  if (nodes_.size() >= kSparkplugNodesMax) return nullptr;
  Node& node = nodes_[name];
  node.name = std::move(name);
  node.devices.emplace_back();
  return &node;
}

// kNoTag where there are too many.
uint32_t SparkplugHost::device_of(Node& node, std::string_view name) {
  auto found = node.device_places.find(name);
  if (found != node.device_places.end()) return found->second;
  if (node.devices.size() > kSparkplugDevicesMax) return kNoTag;
  auto place = static_cast<uint32_t>(node.devices.size());
  node.devices.push_back({.name = std::string(name)});
  node.device_places.emplace(std::string(name), place);
  return place;
}

void SparkplugHost::refuse_all(const SparkplugPayload& payload, const char* reason, Rows& rows) {
  rows.rejected[reason] += std::max<int64_t>(1, static_cast<int64_t>(payload.metrics.size()));
}

SparkplugHost::Rows SparkplugHost::take(std::string_view topic, std::string_view bytes,
                                        Moment moment) {
  Rows rows;
  std::optional<SparkplugTopic> parsed = parse_sparkplug_topic(topic);
  if (!parsed) {
    ++rows.rejected["unknown_topic"];
    return rows;
  }
  auto read = read_sparkplug(bytes, payload_);
  if (!read) {
    ++rows.rejected[read.error()];
    return rows;
  }
  Node* node = node_of(*parsed);
  if (node == nullptr) {
    refuse_all(payload_, "too_many_nodes", rows);
    return rows;
  }
  Message message{.kind = parsed->kind,
                  .device = parsed->device,
                  .received = moment.clock,
                  .steady = moment.steady};
  bool has_seq = payload_.seq && *payload_.seq < kSeqEnd;
  // A death carries the time of the birth that it ends.
  bool is_stamped = payload_.time_ms && message.kind != Kind::NodeDeath;
  if (is_stamped) rows.stamp = instant_of(*payload_.time_ms);
  if (message.kind == Kind::NodeDeath) take_node_death(*node, moment, rows);
  else if (!has_seq) refuse_all(payload_, "bad_seq", rows);
  else if (message.kind == Kind::NodeBirth) take_node_birth(*node, moment, rows);
  else take_in_order(*node, message, bytes, rows, moment);
  return rows;
}

// Clause 6.4.19: a birth begins a session, and what came before is worth nothing.
void SparkplugHost::take_node_birth(Node& node, Moment moment, Rows& rows) {
  node.is_born = true;
  node.next_seq = static_cast<uint8_t>(*payload_.seq + 1);
  node.session = session_of(payload_);
  node.birth_ms = payload_.time_ms.value_or(0);
  node.born_at = moment.steady;
  node.hole_until.reset();
  node.silent_at.reset();
  node.wants_rebirth = false;
  node.ask_every = kRebirthEvery;
  node.dense.clear();
  node.sparse.clear();
  for (std::size_t i = 1; i < node.devices.size(); ++i) {
    Device& device = node.devices[i];
    if (device.is_born) device.reborn_until = moment.steady + kSparkplugSilence;
    device.is_born = false;
    device.metrics.clear();
    device.aliases.clear();
  }
  bool may_be_dead = node.died_session && node.died_session == node.session &&
                     moment.steady - *node.died_at < kOvertaken;
  node.died_session.reset();
  node.proof_until.reset();
  if (may_be_dead) {
    node.proof_until = moment.steady + kSparkplugSilence;
    want(node, moment);
  }
  apply(node, {.kind = Kind::NodeBirth, .received = moment.clock, .steady = moment.steady}, moment,
        rows);
  std::erase_if(node.held, [&](const auto& entry) {
    SparkplugPayload old;
    bool is_read = read_sparkplug(entry.second.bytes, old).has_value();
    if (is_read && old.time_ms.value_or(0) >= node.birth_ms) return false;
    held_bytes_ -= entry.second.bytes.size();
    refuse_all(old, "old_session", rows);
    return true;
  });
  drain(node, moment, rows);
}

// Clause 6.4.23: only the death of the session that stands counts. The will of the one before
// comes when its connection times out, long after the node is back.
void SparkplugHost::take_node_death(Node& node, Moment moment, Rows& rows) {
  std::optional<uint64_t> session = session_of(payload_);
  if (node.is_born && session && node.session && *session != *node.session) {
    ++rows.rejected["old_death"];
    return;
  }
  node.died_at = moment.steady;
  node.died_session = session;
  node.is_born = false;
  node.wants_rebirth = false;
  node.silent_at.reset();
  node.proof_until.reset();
  drop_held(node, "no_birth", rows);
  node_stale(node, moment.clock, rows);
}

void SparkplugHost::take_in_order(Node& node, const Message& message, std::string_view bytes,
                                  Rows& rows, Moment moment) {
  auto seq = static_cast<uint8_t>(*payload_.seq);
  if (!node.is_born) {
    // Its birth may be on its way: brokers keep the order of a topic, not of a node.
    want(node, moment);
    if (!hold(node, message, bytes)) refuse_all(payload_, "no_birth", rows);
    if (!node.hole_until) node.hole_until = moment.steady + kSparkplugReorder;
    return;
  }
  bool is_old = payload_.time_ms && *payload_.time_ms < node.birth_ms &&
                moment.steady - node.born_at < kSparkplugReorder;
  if (is_old) return refuse_all(payload_, "old_session", rows);
  auto ahead = static_cast<uint8_t>(seq - node.next_seq);
  if (ahead == 0) {
    ++node.next_seq;
    apply(node, message, moment, rows);
    return drain(node, moment, rows);
  }
  if (ahead >= kHalf) {
    want(node, moment);
    return refuse_all(payload_, "old_seq", rows);
  }
  if (!hold(node, message, bytes)) refuse_all(payload_, "seq_gap", rows);
  if (!node.hole_until) node.hole_until = moment.steady + kSparkplugReorder;
}

bool SparkplugHost::hold(Node& node, const Message& message, std::string_view bytes) {
  auto seq = static_cast<uint8_t>(*payload_.seq);
  bool has_room = node.held.size() < kHeldMessagesMax && !node.held.contains(seq) &&
                  held_bytes_ + bytes.size() <= kHeldBytesMax;
  if (!has_room) return false;
  held_bytes_ += bytes.size();
  node.held.emplace(
      seq, Held{message.kind, std::string(message.device), std::string(bytes), message.received});
  return true;
}

void SparkplugHost::drop_held(Node& node, const char* reason, Rows& rows) {
  SparkplugPayload payload;
  for (const auto& [seq, held] : node.held) {
    held_bytes_ -= held.bytes.size();
    if (read_sparkplug(held.bytes, payload)) refuse_all(payload, reason, rows);
  }
  node.held.clear();
  node.hole_until.reset();
}

void SparkplugHost::drain(Node& node, Moment moment, Rows& rows) {
  while (true) {
    auto next = node.held.find(node.next_seq);
    if (next == node.held.end()) break;
    Held held = std::move(next->second);
    node.held.erase(next);
    held_bytes_ -= held.bytes.size();
    ++node.next_seq;
    if (!read_sparkplug(held.bytes, payload_)) continue;
    apply(node,
          {.kind = held.kind,
           .device = held.device,
           .received = held.received,
           .steady = moment.steady},
          moment, rows);
  }
  if (node.held.empty()) node.hole_until.reset();
  else if (!node.hole_until) node.hole_until = moment.steady + kSparkplugReorder;
}

// payload_ is the next message of a born node.
void SparkplugHost::apply(Node& node, const Message& message, Moment moment, Rows& rows) {
  if (payload_.time_ms) {
    // No clock is believed that runs ahead further than a value may.
    Duration skew =
        std::max(message.received - instant_of(*payload_.time_ms), Duration{} - kFutureMax);
    node.skew = std::abs(skew.ns) < kSkewMin.ns ? Duration{} : skew;
  }
  bool is_later = node.died_at && moment.steady - *node.died_at >= kOvertaken;
  if (node.proof_until && is_later) node.proof_until.reset();
  uint32_t place = 0;
  bool has_device = message.kind >= Kind::DeviceBirth;
  if (has_device) place = device_of(node, message.device);
  if (place == kNoTag) return refuse_all(payload_, "too_many_devices", rows);
  if (message.is_birth()) return bear(node, place, message, rows);
  Device& device = node.devices[place];
  if (message.kind == Kind::DeviceDeath) {
    go_stale(node, place, message.received, rows);
    device.reborn_until.reset();
    return forget_device(node, place);
  }
  if (!device.is_born) {
    want(node, moment);
    return refuse_all(payload_, "no_birth", rows);
  }
  int64_t unmapped = 0, unknown = 0;
  for (const SparkplugMetric& metric : payload_.metrics) {
    const Slot* slot = slot_of(node, place, metric);
    if (slot == nullptr) ++unknown;
    else if (slot->tag == kNoTag) ++unmapped;
    else take_metric(*slot, metric, message, rows);
  }
  if (unmapped > 0) rows.rejected["unknown_tag"] += unmapped;
  if (unknown == 0) return;
  rows.rejected["unknown_metric"] += unknown;
  want(node, moment);
}

void SparkplugHost::bear(Node& node, uint32_t place, const Message& message, Rows& rows) {
  forget_device(node, place);
  Device& device = node.devices[place];
  std::vector<uint32_t> before = std::exchange(device.tags, {});
  device.is_born = true;
  device.reborn_until.reset();
  auto wanted_node = wanted_.find(node.name);
  const std::map<std::string, uint32_t, std::less<>>* wanted = nullptr;
  if (wanted_node != wanted_.end()) {
    auto found = wanted_node->second.find(device.name);
    if (found != wanted_node->second.end()) wanted = &found->second;
  }
  for (const SparkplugMetric& metric : payload_.metrics) {
    if (is_control(metric.name)) continue;
    Slot slot{.device = place, .type = metric.type};
    bool is_named = metric.has_name && !metric.name.empty() && is_utf8(metric.name);
    if (is_named && wanted != nullptr) {
      auto found = wanted->find(metric.name);
      if (found != wanted->end()) slot.tag = found->second;
    }
    const char* trouble = nullptr;
    if (!is_named || device.metrics.contains(std::string(metric.name))) trouble = "bad_name";
    else if (metric.type == SparkplugType::Unknown) trouble = "bad_type";
    else if (metric.has_alias && !put_alias(node, metric.alias, slot)) trouble = "bad_alias";
    if (trouble != nullptr) {
      ++rows.rejected[trouble];
      continue;
    }
    device.metrics.emplace(metric.name, slot);
    if (metric.has_alias) device.aliases.push_back(metric.alias);
    if (slot.tag == kNoTag) {
      ++rows.rejected["unknown_tag"];
      continue;
    }
    device.tags.push_back(slot.tag);
    take_metric(slot, metric, message, rows);
  }
  std::vector<uint32_t> now = std::exchange(device.tags, {});
  std::ranges::sort(now);
  std::ranges::sort(before);
  std::ranges::set_difference(before, now, std::back_inserter(device.tags));
  go_stale(node, place, message.received, rows);  // what this birth no longer has
  device.tags = std::move(now);
}

void SparkplugHost::forget_device(Node& node, uint32_t place) {
  Device& device = node.devices[place];
  for (uint64_t alias : device.aliases) {
    if (alias < node.dense.size()) node.dense[alias] = {};
    else node.sparse.erase(alias);
  }
  device.aliases.clear();
  device.metrics.clear();
  device.is_born = false;
}

bool SparkplugHost::put_alias(Node& node, uint64_t alias, const Slot& slot) {
  if (alias >= kDenseAliases) return node.sparse.emplace(alias, slot).second;
  if (alias >= node.dense.size()) node.dense.resize(alias + 1);
  if (node.dense[alias].type != SparkplugType::Unknown) return false;
  node.dense[alias] = slot;
  return true;
}

// Nothing where its birth did not announce the metric, or announced it for another device.
SparkplugHost::Slot* SparkplugHost::slot_of(Node& node, uint32_t device,
                                            const SparkplugMetric& metric) {
  Slot* slot = nullptr;
  if (metric.has_alias && metric.alias < node.dense.size()) slot = &node.dense[metric.alias];
  else if (metric.has_alias) {
    auto found = node.sparse.find(metric.alias);
    if (found != node.sparse.end()) slot = &found->second;
  } else {
    auto found = node.devices[device].metrics.find(std::string(metric.name));
    if (found != node.devices[device].metrics.end()) slot = &found->second;
  }
  bool is_known = slot != nullptr && slot->type != SparkplugType::Unknown;
  return is_known && slot->device == device ? slot : nullptr;
}

void SparkplugHost::take_metric(const Slot& slot, const SparkplugMetric& metric,
                                const Message& message, Rows& rows) {
  TagState& state = states_[slot.tag];
  const TagAddress& tag = tags_[slot.tag];
  auto refuse = [&rows](const char* reason) { ++rows.rejected[reason]; };
  bool is_other = metric.type != SparkplugType::Unknown && metric.type != slot.type;
  if (is_other) return refuse("bad_type");
  auto number = sparkplug_number(metric, slot.type);
  std::string_view trouble = number ? "" : number.error();
  bool is_missing = metric.is_null && trouble == "bad_value";
  if (!trouble.empty() && !is_missing) return refuse(number.error());
  if (!metric.has_time && !payload_.time_ms) return refuse("bad_time");
  uint64_t time_ms = metric.has_time ? metric.time_ms : *payload_.time_ms;
  if (time_ms > kTimeMsMax) return refuse("bad_time");
  Instant at = instant_of(time_ms);
  if (at > message.received + kFutureMax) return refuse("future");
  double value = number ? *number * tag.scale + tag.offset : state.value;
  if (!std::isfinite(value)) return refuse("bad_value");
  history::Sample sample{.tag = tag.tag,
                         .at = at,
                         .received = message.received,
                         .value = value,
                         .quality = quality_of(metric)};
  if (metric.is_historical) return rows.historical.push_back(sample);
  // A birth says what stands, however old. Else what is much older than the message that brings it
  // is a backlog; by the node's own clock, so that one that is wrong makes none.
  bool is_late =
      !message.is_birth() && payload_.time_ms && at < instant_of(*payload_.time_ms) - late_after_;
  if (is_late) {
    take_late(state, sample, message);
    return rows.historical.push_back(sample);
  }
  bool is_old = state.at == at || (state.is_affirmed && at <= state.at);
  bool is_same =
      state.is_known && is_old && state.value == value && state.quality == sample.quality;
  if (is_same) {
    ++rows.duplicate;
    return;
  }
  // A value that stands again after a silence: its own time may lie before the silence, but it is
  // known to hold only since the message that says so.
  bool was_silent = state.quality == history::Quality::Stale && state.stale_at.ns != 0;
  if (was_silent && at <= state.stale_at) {
    Instant said = std::min(instant_of(payload_.time_ms.value_or(0)), message.received);
    sample.at = std::max(state.stale_at + kOneMs, said);
  }
  if (state.is_affirmed && at <= state.at) sample.at = state.at + kOneMs;
  state = {.at = sample.at,
           .value = value,
           .quality = sample.quality,
           .is_known = true,
           .own_at = at,
           .told_at = message.steady};
  rows.samples.push_back(sample);
}

// What nothing newer follows is no backlog but what stands: affirm() tells it a little later.
void SparkplugHost::take_late(TagState& state, const history::Sample& sample,
                              const Message& message) {
  if (sample.at < state.own_at) return;
  state.value = sample.value;
  state.quality = sample.quality;
  state.at = std::max(state.at, sample.at);
  state.is_known = state.is_late = true;
  state.own_at = sample.at;
  state.told_at = message.steady - (kAffirmEvery - kAffirmLate);
}

// Stamped by our clock as the node's would show it, so that its next value is newer in any case.
void SparkplugHost::go_stale(Node& node, uint32_t device, Instant now, Rows& rows) {
  for (uint32_t place : node.devices[device].tags) {
    TagState& state = states_[place];
    if (!state.is_known || state.quality == history::Quality::Stale) continue;
    state.quality = history::Quality::Stale;
    state.stale_at = std::max(now - node.skew, state.at + kOneMs);
    rows.samples.push_back({.tag = tags_[place].tag,
                            .at = state.stale_at,
                            .received = now,
                            .value = state.value,
                            .quality = history::Quality::Stale});
  }
}

void SparkplugHost::affirm(const Node& node, Moment moment, Rows& rows) {
  for (const Device& device : node.devices) {
    if (!device.is_born) continue;
    for (uint32_t place : device.tags) {
      TagState& state = states_[place];
      bool is_telling = state.quality <= history::Quality::Uncertain || state.is_late;
      bool is_due = state.is_known && is_telling && moment.steady - state.told_at >= kAffirmEvery;
      if (!is_due) continue;
      state.at = std::max(moment.clock - node.skew - kAffirmLate, state.at + kOneMs);
      state.is_affirmed = true;
      state.is_late = false;
      state.told_at = moment.steady;
      rows.samples.push_back({.tag = tags_[place].tag,
                              .at = state.at,
                              .received = moment.clock,
                              .value = state.value,
                              .quality = state.quality});
    }
  }
}

void SparkplugHost::node_stale(Node& node, Instant now, Rows& rows) {
  for (uint32_t i = 0; i < node.devices.size(); ++i) {
    go_stale(node, i, now, rows);
    node.devices[i].is_born = false;
    node.devices[i].reborn_until.reset();
  }
}

}  // namespace anlan::connect
