// What happens without a message: time passes, the broker goes and comes.

#include <algorithm>
#include <utility>

#include "connect/sparkplug_host.h"

namespace anlan::connect {

SparkplugHost::Rows SparkplugHost::turn(Moment moment) {
  Rows rows;
  auto is_due = [&](const std::optional<Duration>& due) { return due && moment.steady >= *due; };
  bool must_affirm = moment.steady - affirmed_at_ >= Duration::seconds(1);
  if (must_affirm) affirmed_at_ = moment.steady;
  for (auto& [name, node] : nodes_) {
    if (is_due(node.hole_until)) {
      bool was_born = std::exchange(node.is_born, false);
      drop_held(node, was_born ? "seq_gap" : "no_birth", rows);
      if (was_born) node.silent_at = moment.steady + kSparkplugSilence;
      want(node, moment);
    }
    if (is_due(node.silent_at) || is_due(node.proof_until)) {
      node.silent_at.reset();
      node.proof_until.reset();
      node.is_born = false;
      node_stale(node, moment.clock, rows);
    }
    for (uint32_t i = 1; i < node.devices.size(); ++i) {
      if (!is_due(node.devices[i].reborn_until)) continue;
      node.devices[i].reborn_until.reset();
      go_stale(node, i, moment.clock, rows);
    }
    bool is_whole = node.is_born && !node.hole_until && !node.proof_until;
    if (must_affirm && is_whole) affirm(node, moment, rows);
  }
  return rows;
}

SparkplugHost::Rows SparkplugHost::lose_all(Moment moment) {
  Rows rows;
  for (auto& [name, node] : nodes_) {
    drop_held(node, "no_birth", rows);
    node_stale(node, moment.clock, rows);
    Node fresh{.name = node.name, .ask_at = node.ask_at, .ask_every = node.ask_every};
    fresh.devices.emplace_back();
    node = std::move(fresh);
  }
  return rows;
}

void SparkplugHost::want(Node& node, Moment moment) {
  if (node.wants_rebirth) return;
  node.wants_rebirth = true;
  node.ask_at = std::max(node.ask_at, moment.steady);
}

void SparkplugHost::want_all(Moment moment) {
  for (const auto& [name, devices] : wanted_) {
    std::size_t slash = name.find('/');
    std::string_view view = name;
    Node* node = node_of({.group = view.substr(0, slash), .node = view.substr(slash + 1)});
    if (node != nullptr) want(*node, moment);
  }
}

void SparkplugHost::want_known(Moment moment) {
  for (auto& [name, node] : nodes_) {
    if (node.is_born) want(node, moment);
  }
}

std::vector<std::string> SparkplugHost::rebirths(Moment moment) {
  std::vector<std::string> asked;
  if (moment.steady - asked_second_ >= Duration::seconds(1)) {
    asked_second_ = moment.steady;
    asked_ = 0;
  }
  for (auto& [name, node] : nodes_) {
    if (!node.wants_rebirth || moment.steady < node.ask_at) continue;
    if (asked_ == kRebirthsPerSecond) break;
    ++asked_;
    node.ask_at = moment.steady + node.ask_every;
    node.ask_every = std::min(node.ask_every * 2, kRebirthEveryMost);
    asked.push_back(name);
  }
  return asked;
}

std::vector<SparkplugHost::Item> SparkplugHost::items() const {
  std::vector<Item> items;
  for (const auto& [name, node] : nodes_) {
    for (const Device& device : node.devices) {
      for (const auto& [metric, slot] : device.metrics) {
        if (items.size() == kSparkplugItemsMax) break;
        std::string ids = device.name.empty() ? name : name + "/" + device.name;
        items.push_back({ids + "//" + metric, slot.type, slot.tag != kNoTag});
      }
    }
  }
  std::ranges::sort(items, {}, &Item::path);
  return items;
}

std::vector<std::string> SparkplugHost::unborn() const {
  constexpr std::size_t kFew = 5;
  std::vector<std::string> names;
  for (const auto& [name, devices] : wanted_) {
    auto found = nodes_.find(name);
    bool is_born = found != nodes_.end() && found->second.is_born;
    if (!is_born && names.size() < kFew) names.push_back(name);
  }
  return names;
}

}  // namespace anlan::connect
