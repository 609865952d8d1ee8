// The MQTT driver: one thread for the broker, one for the sink, a bounded queue between them. What
// came with QoS 0 and does not fit is dropped and counted. What came with QoS 1 is acknowledged
// once it is durable; where that takes too long the link is cut and the broker says it again.

#include <condition_variable>
#include <deque>
#include <format>
#include <set>
#include <unordered_set>

#include "connect/driver.h"
#include "connect/json_map.h"
#include "connect/mqtt_link.h"
#include "connect/mqtt_wire.h"
#include "connect/named_tags.h"
#include "connect/position_map.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/log.h"

namespace anlan::connect {
namespace {

constexpr std::size_t kQueueRowsMax = 10'000;
constexpr std::size_t kSeenMax = 1024;   // messages that are recognised when they come twice
constexpr std::size_t kGatesMax = 2000;  // messages; a plant has tens of gates
constexpr Duration kTurn = Duration::milliseconds(50);  // how long the rule of a gate may wait

// A sink that takes longer holds up the broker; below the time after which brokers give us up.
constexpr Duration kHoldMost = Duration::seconds(5);

std::string sum_of(const MqttLink::Heard& heard) {
  Sha256 hash;
  hash.add(heard.topic);
  hash.add(std::string_view("\0", 1));
  hash.add(heard.payload);
  return hash.finish();
}

// QoS 1 delivers at least once. Rows carry their time, so equal bytes are the same message. Noted
// is what was stored: what was lost on the way is new when it comes again.
class StoredMessages {
 public:
  bool has(const std::string& sum) const { return sums_.contains(sum); }
  void note(const std::string& sum) {
    if (sum.empty() || !sums_.insert(sum).second) return;
    order_.push_back(sum);
    if (order_.size() <= kSeenMax) return;
    sums_.erase(order_.front());
    order_.pop_front();
  }

 private:
  std::unordered_set<std::string> sums_;
  std::deque<std::string> order_;
};

// One message, or that the broker is gone.
struct Lot {
  MqttRows rows;
  std::string sum{};
  Instant received{};
  bool is_held = false;  // its acknowledgement waits
  bool is_loss = false;

  std::size_t count() const { return rows.count(); }
};

class MqttDriver final : public QueuedDriver<Lot> {
 public:
  MqttDriver(Source source, Sink& sink, Clock& clock)
      : QueuedDriver(std::move(source), "mqtt", sink, clock, kQueueRowsMax),
        tags_(source_.code, sink),
        map_(source_.tags, source_.time_zone_offset),
        places_(source_.positions, source_.time_zone_offset),
        link_(MqttLink::make(
            {.host = source_.host,
             .port = source_.port,
             .client_id = "anlan-" + source_.code,
             .user = source_.user,
             .password = source_.password,
             .topics = {source_.topic},
             .ca_file = source_.ca_file,
             .is_mqtt5 = source_.is_mqtt5},
            [this](const MqttLink::Heard& heard) { take(heard); },
            [this] { return wait_durable(); })) {}
  ~MqttDriver() override { stop(); }

  void set_gate(std::string_view gate, bool is_open, std::string_view reason) override {
    tell(gate, "rule", Json::object({{"open", is_open}, {"reason", reason}}));
  }
  void set_allowed(std::string_view gate, const Allowed& badges) override {
    Json list;
    if (badges) {
      list = Json::array();
      for (const std::string& badge : *badges) list.push(badge);
    }
    tell(gate, "allowed", Json::object({{"badges", std::move(list)}}));
  }

 private:
  void tell(std::string_view gate, std::string_view what, Json message) {
    message.set("at", format_instant(clock_.now()));
    std::string topic = std::format("anlan/gate/{}/{}", gate, what);
    std::lock_guard lock(gates_mutex_);
    if (gates_.size() >= kGatesMax && !gates_.contains(topic)) {
      return log(LogLevel::Error, "too many gates", Json::object({{"source", source_.code}}));
    }
    unsent_.insert(topic);
    gates_.insert_or_assign(std::move(topic), write_json(message));
  }

  std::string session() override {
    {
      std::lock_guard lock(held_mutex_);
      has_failed_ = false;
    }
    std::string trouble = link_->connect();
    while (trouble.empty() && !stop_.is_raised()) trouble = turn();
    return trouble;
  }
  void closed() override { link_->disconnect(); }
  void lost() override {
    book_.failed();
    if (std::exchange(is_loss_told_, true)) return;
    queue_.push_always({.received = clock_.now(), .is_loss = true});
  }

  std::string turn() {
    std::string trouble = link_->turn(kTurn);
    if (!trouble.empty() || !link_->is_accepted()) return trouble;
    if (!is_up()) begin();
    publish_gates();
    return "";
  }

  void begin() {
    link_works();
    is_loss_told_ = false;
    std::lock_guard lock(gates_mutex_);
    for (const auto& [topic, message] : gates_) unsent_.insert(topic);
  }

  void publish_gates() {
    std::lock_guard lock(gates_mutex_);
    for (const std::string& topic : unsent_) {
      std::string trouble =
          link_->publish({.topic = topic, .payload = gates_[topic], .is_retained = true});
      if (trouble.empty()) continue;
      log(LogLevel::Error, "gate rule not sent",
          Json::object({{"source", source_.code}, {"trouble", trouble}}));
    }
    unsent_.clear();
  }

  void take(const MqttLink::Heard& heard) {
    Instant now = clock_.now();
    book_.heard(now);
    Lot lot{.rows = rows_of(heard, now), .received = now, .is_held = heard.qos > 0};
    if (lot.rows.newest) book_.stamped(*lot.rows.newest, now);
    if (lot.count() == 0) return book_.settle({.rejected = std::move(lot.rows.rejected)});
    if (lot.rows.has_own_times) lot.sum = sum_of(heard);
    if (lot.is_held) return hold(std::move(lot));
    Settled settled{.rejected = lot.rows.rejected};
    auto count = static_cast<int64_t>(lot.count());
    if (queue_.push(std::move(lot))) return;
    settled.dropped["queue_full"] = count;
    book_.settle(settled);
  }

  MqttRows rows_of(const MqttLink::Heard& heard, Instant now) const {
    if (places_.hears(heard.topic)) {
      return places_.read({heard.topic, heard.payload, heard.is_retained, now});
    }
    if (!map_.hears(heard.topic)) return parse_mqtt(heard.topic, heard.payload, now);
    return map_.read({heard.topic, heard.payload, heard.is_retained, now});
  }

  // Booked when it is stored: where it is not, it comes again.
  void hold(Lot lot) {
    {
      std::lock_guard lock(held_mutex_);
      if (has_failed_) return;
      ++held_;
    }
    if (!queue_.push_within(std::move(lot), kHoldMost)) release(false);
  }

  void release(bool is_stored) {
    std::lock_guard lock(held_mutex_);
    --held_;
    has_failed_ = has_failed_ || !is_stored;
    held_changed_.notify_all();
  }

  bool wait_durable() {
    std::unique_lock lock(held_mutex_);
    bool is_done = held_changed_.wait_for(lock, std::chrono::nanoseconds(kHoldMost.ns),
                                          [this] { return held_ == 0 || has_failed_; });
    return is_done && !has_failed_;
  }

  void store_all() override {
    while (std::optional<Lot> lot = queue_.pop()) {
      Settled settled;
      if (lot->is_loss) {
        give(settled, tags_.go_stale(lot->received));
        book_.settle(settled);
        continue;
      }
      bool is_stored = store(*lot, settled);
      if (is_stored) stored_.note(lot->sum);
      if (is_stored || !lot->is_held) book_.settle(settled);
      if (lot->is_held) release(is_stored);
    }
  }

  bool store(const Lot& lot, Settled& settled) {
    const MqttRows& rows = lot.rows;
    settled.rejected = rows.rejected;
    if (stored_.has(lot.sum)) {
      settled.duplicate = static_cast<int64_t>(lot.count());
      return true;
    }
    bool is_stored = true;
    auto book = [&](std::size_t count, const Result<void>& given) {
      book_stored(settled, count, given);
      is_stored = is_stored && given.has_value();
    };
    if (!rows.sightings.empty()) {
      book(rows.sightings.size(), sink_.sightings(source_.code, rows.sightings));
    }
    if (!rows.passes.empty()) book(rows.passes.size(), sink_.passes(source_.code, rows.passes));
    return store_values(lot, settled) && is_stored;
  }

  bool store_values(const Lot& lot, Settled& settled) {
    std::vector<history::Sample> live, kept;
    for (const ValueRow& row : lot.rows.values) {
      auto tag = tags_.find(row.tag, settled.rejected);
      if (!tag) continue;
      history::Sample sample{.tag = *tag,
                             .at = row.at,
                             .received = lot.received,
                             .value = row.value,
                             .quality = row.quality};
      if (is_late(sample.at, sample.received)) {
        kept.push_back(sample);
        continue;
      }
      tags_.note(sample);
      live.push_back(sample);
    }
    return give(settled, live, kept);
  }

  StoredMessages stored_;  // the storing thread's, as the next
  NamedTags tags_;
  JsonMap map_;
  PositionMap places_;
  std::mutex held_mutex_;
  std::condition_variable held_changed_;
  int held_ = 0;  // lots whose acknowledgements wait
  bool has_failed_ = false;
  bool is_loss_told_ = true;  // broker's thread, as the next; nothing is known yet
  std::unique_ptr<MqttLink> link_;
  std::mutex gates_mutex_;
  std::map<std::string, std::string, std::less<>> gates_;  // code to rule
  std::set<std::string> unsent_;
};

}  // namespace

std::unique_ptr<Driver> make_mqtt_driver(Source source, Sink& sink, Clock& clock) {
  return std::make_unique<MqttDriver>(std::move(source), sink, clock);
}

}  // namespace anlan::connect
