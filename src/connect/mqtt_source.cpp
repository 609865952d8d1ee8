// The MQTT driver: one thread for the broker, one for the sink, a bounded queue between them. What
// does not fit is dropped and counted; a slow sink never makes the broker think we are dead.

#include <deque>
#include <format>
#include <set>
#include <unordered_set>

#include "connect/driver.h"
#include "connect/mqtt_link.h"
#include "connect/mqtt_wire.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/log.h"

namespace anlan::connect {
namespace {

constexpr std::size_t kQueueRowsMax = 10'000;
constexpr std::size_t kSeenMax = 1024;   // messages that are recognised when they come twice
constexpr std::size_t kGatesMax = 2000;  // messages; a plant has tens of gates
constexpr Duration kTurn = Duration::milliseconds(50);  // how long the rule of a gate may wait

// QoS 1 delivers at least once. Rows carry their time, so equal bytes are the same message.
class SeenMessages {
 public:
  bool is_new(std::string_view topic, std::string_view payload) {
    Sha256 hash;
    hash.add(topic);
    hash.add(std::string_view("\0", 1));
    hash.add(payload);
    std::string sum = hash.finish();
    if (!seen_.insert(sum).second) return false;
    order_.push_back(std::move(sum));
    if (order_.size() > kSeenMax) {
      seen_.erase(order_.front());
      order_.pop_front();
    }
    return true;
  }

 private:
  std::unordered_set<std::string> seen_;
  std::deque<std::string> order_;
};

class MqttDriver final : public QueuedDriver<MqttRows> {
 public:
  MqttDriver(Source source, Sink& sink, Clock& clock)
      : QueuedDriver(std::move(source), "mqtt", sink, clock, kQueueRowsMax),
        link_(MqttLink::make({.host = source_.host,
                              .port = source_.port,
                              .client_id = "anlan-" + source_.code,
                              .user = source_.user,
                              .password = source_.password,
                              .topics = {source_.topic}},
                             [this](auto topic, auto payload) { take(topic, payload); })) {}
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
    std::string trouble = link_->connect();
    while (trouble.empty() && !stop_.is_raised()) trouble = turn();
    return trouble;
  }
  void closed() override { link_->disconnect(); }
  void lost() override { book_.failed(); }

  std::string turn() {
    std::string trouble = link_->turn(kTurn);
    if (!trouble.empty() || !link_->is_accepted()) return trouble;
    if (!is_up()) begin();
    publish_gates();
    return "";
  }

  void begin() {
    link_works();
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

  void take(std::string_view topic, std::string_view payload) {
    Instant now = clock_.now();
    book_.heard(now);
    MqttRows rows = parse_mqtt(topic, payload, now);
    Settled settled;
    settled.rejected = std::move(rows.rejected);
    rows.rejected.clear();
    auto count = static_cast<int64_t>(rows.count());
    if (count > 0 && !seen_.is_new(topic, payload)) settled.duplicate = count;
    else if (count > 0 && !queue_.push(std::move(rows))) settled.dropped["queue_full"] = count;
    book_.settle(settled);
  }

  void store_all() override {
    while (std::optional<MqttRows> rows = queue_.pop()) {
      Settled settled;
      if (!rows->sightings.empty()) {
        book_stored(settled, rows->sightings.size(),
                    sink_.sightings(source_.code, rows->sightings));
      }
      if (!rows->passes.empty()) {
        book_stored(settled, rows->passes.size(), sink_.passes(source_.code, rows->passes));
      }
      if (!rows->values.empty()) deliver_values(rows->values, settled);
      book_.settle(settled);
    }
  }

  void deliver_values(const std::vector<ValueRow>& rows, Settled& settled) {
    std::vector<history::Sample> samples;
    Instant now = clock_.now();
    for (const ValueRow& row : rows) {
      history::Sample sample{
          .at = row.at, .received = now, .value = row.value, .quality = row.quality};
      if (sink_.find_tag(row.tag, sample.tag)) samples.push_back(sample);
      else ++settled.rejected["unknown_tag"];
    }
    if (samples.empty()) return;
    book_stored(settled, samples.size(), sink_.samples(source_.code, samples));
  }

  SeenMessages seen_;  // broker's thread, as the next
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
