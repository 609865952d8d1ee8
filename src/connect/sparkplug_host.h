#pragma once
// What a Sparkplug host application has to remember (Sparkplug B 3.0, clauses 5 and 6): which edge
// nodes and devices are born, what their aliases mean, which message comes next. Pure: messages and
// times come in, samples and wishes for a rebirth come out. One thread.
//
// A value is taken only while its node and device are born and no message is missing; else it is
// counted and the node is asked to be born again. Silence is a sample of quality Stale.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connect/plant_config.h"
#include "connect/sparkplug_wire.h"
#include "core/time.h"
#include "history/history.h"

namespace anlan::connect {

// How long a missing message is waited for, how long nodes may take to be born again, how often one
// is asked.
inline constexpr Duration kSparkplugReorder = Duration::seconds(2);
inline constexpr Duration kSparkplugSilence = Duration::seconds(5);
inline constexpr Duration kRebirthEvery = Duration::seconds(5);
inline constexpr Duration kRebirthEveryMost = Duration::seconds(60);
inline constexpr int kRebirthsPerSecond = 10;  // of all nodes, so that births make no storm
// A value that does not change is not sent. While its node lives it is told again, so that nobody
// takes it for stale; a little late, so that a change on its way is still newer.
inline constexpr Duration kAffirmEvery = Duration::seconds(20);
inline constexpr Duration kAffirmLate = Duration::seconds(2);
inline constexpr std::size_t kSparkplugNodesMax = 1'000;
inline constexpr std::size_t kSparkplugDevicesMax = 2'000;  // of one node
inline constexpr std::size_t kHeldMessagesMax = 128;        // of one node: half of the numbers
inline constexpr std::size_t kHeldBytesMax = 32 << 20;      // of all nodes
inline constexpr std::size_t kSparkplugItemsMax = 20'000;   // that can be looked up
inline constexpr Duration kSkewMin = Duration::milliseconds(2'000);  // less is the network

// "group/node//metric" or "group/node/device//metric": how a tag names its metric. No id holds a
// slash, so the first "//" ends the ids, and the rest is the name with whatever slashes it has.
struct SparkplugPath {
  std::string node;  // "group/node"
  std::string device;
  std::string metric;
};
std::optional<SparkplugPath> parse_sparkplug_path(std::string_view path);

class SparkplugHost {
 public:
  // Steady time for what is waited for, the clock for stamps: a clock that is set makes no storm.
  struct Moment {
    Instant clock{};
    Duration steady{};
  };
  struct Rows {
    std::vector<history::Sample> samples{};
    std::vector<history::Sample> historical{};  // stored only: never live, no alarm
    int64_t duplicate = 0;
    std::map<std::string, int64_t> rejected{};
    std::optional<Instant> stamp{};  // when the node sent it, by its clock

    std::size_t count() const { return samples.size() + historical.size(); }
  };
  struct Item {
    std::string path;
    SparkplugType type = SparkplugType::Unknown;
    bool is_mapped = false;
  };

  // The paths of the tags are right (parse_sources sees to it).
  // What is older than the message that brings it by more than `late_after` is a backlog.
  explicit SparkplugHost(std::vector<TagAddress> tags, Duration late_after = Duration::seconds(60));

  Rows take(std::string_view topic, std::string_view bytes, Moment moment);
  // What is due by now: holes in the sequence that nobody filled, nodes that were not born again.
  Rows turn(Moment moment);
  // The broker is gone, and with it every promise that somebody would tell of a death.
  Rows lose_all(Moment moment);
  // The broker is there: every node that a tag names is asked to be born again.
  void want_all(Moment moment);
  // Rows were lost behind us, so what changed since is not known: the nodes say it all again.
  void want_known(Moment moment);
  // "group/node" of those who are to be asked now.
  std::vector<std::string> rebirths(Moment moment);

  std::vector<Item> items() const;  // of the births that stand
  // Nodes that a tag names and that are not born, a few at most.
  std::vector<std::string> unborn() const;

 private:
  static constexpr uint32_t kNoTag = UINT32_MAX;
  struct Slot {
    uint32_t tag = kNoTag;  // place in tags_
    uint32_t device = 0;    // place in the node's devices; 0 is the node itself
    SparkplugType type = SparkplugType::Unknown;
  };
  struct Device {
    std::string name;
    bool is_born = false;
    std::optional<Duration> reborn_until{};  // its node was: then it must be too
    std::unordered_map<std::string, Slot> metrics{};
    std::vector<uint64_t> aliases{};
    std::vector<uint32_t> tags{};
  };
  struct Held {
    SparkplugTopic::Kind kind;
    std::string device;
    std::string bytes;
    Instant received;
  };
  struct Node {
    std::string name;  // "group/node"
    bool is_born = false;
    uint8_t next_seq = 0;
    std::optional<uint64_t> session{};  // bdSeq
    uint64_t birth_ms = 0;
    Duration born_at{};
    std::optional<Duration> died_at{};
    std::optional<uint64_t> died_session{};
    std::optional<Duration> proof_until{};  // born right after its death: it has to speak again
    Duration skew{};                        // of its clock: ours less theirs
    std::vector<Device> devices{};          // the first is the node itself
    std::map<std::string, uint32_t, std::less<>> device_places{};
    std::vector<Slot> dense{};  // by alias
    std::unordered_map<uint64_t, Slot> sparse{};
    std::map<uint8_t, Held> held{};
    std::optional<Duration> hole_until{};
    std::optional<Duration> silent_at{};  // its tags are stale from then on
    bool wants_rebirth = false;
    Duration ask_at{}, ask_every = kRebirthEvery;
  };
  struct TagState {
    Instant at{};
    double value = 0;
    history::Quality quality = history::Quality::Stale;
    bool is_known = false;
    bool is_affirmed = false;  // `at` is ours, not the node's
    bool is_late = false;      // told to the history only, so far
    Instant own_at{};          // as the node said it
    Instant stale_at{};
    Duration told_at{};
  };
  struct Message {
    SparkplugTopic::Kind kind;
    std::string_view device;
    Instant received{};
    Duration steady{};
    bool is_birth() const {
      return kind == SparkplugTopic::Kind::NodeBirth || kind == SparkplugTopic::Kind::DeviceBirth;
    }
  };

  Node* node_of(const SparkplugTopic& topic);
  uint32_t device_of(Node& node, std::string_view name);
  void refuse_all(const SparkplugPayload& payload, const char* reason, Rows& rows);
  void take_node_birth(Node& node, Moment moment, Rows& rows);
  void take_node_death(Node& node, Moment moment, Rows& rows);
  void take_in_order(Node& node, const Message& message, std::string_view bytes, Rows& rows,
                     Moment moment);
  bool hold(Node& node, const Message& message, std::string_view bytes);
  void drop_held(Node& node, const char* reason, Rows& rows);
  void drain(Node& node, Moment moment, Rows& rows);
  void apply(Node& node, const Message& message, Moment moment, Rows& rows);
  void bear(Node& node, uint32_t device, const Message& message, Rows& rows);
  void forget_device(Node& node, uint32_t device);
  Slot* slot_of(Node& node, uint32_t device, const SparkplugMetric& metric);
  bool put_alias(Node& node, uint64_t alias, const Slot& slot);
  void take_metric(const Slot& slot, const SparkplugMetric& metric, const Message& message,
                   Rows& rows);
  static void take_late(TagState& state, const history::Sample& sample, const Message& message);
  void go_stale(Node& node, uint32_t device, Instant now, Rows& rows);
  void affirm(const Node& node, Moment moment, Rows& rows);
  void node_stale(Node& node, Instant now, Rows& rows);
  void want(Node& node, Moment moment);

  std::vector<TagAddress> tags_;
  Duration late_after_;
  std::vector<TagState> states_;
  std::map<std::string, std::map<std::string, std::map<std::string, uint32_t, std::less<>>>,
           std::less<>>
      wanted_;  // node, device, metric -> place of the tag
  std::map<std::string, Node, std::less<>> nodes_;
  SparkplugPayload payload_;  // of the message at hand
  std::size_t held_bytes_ = 0;
  Duration affirmed_at_{};
  Duration asked_second_{};
  int asked_ = 0;
};

}  // namespace anlan::connect
