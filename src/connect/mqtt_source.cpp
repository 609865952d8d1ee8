// The MQTT driver: one thread for the broker, one for the sink, a bounded queue between them. What
// does not fit is dropped and counted; a slow sink never makes the broker think we are dead.

#include <deque>
#include <format>
#include <set>
#include <thread>
#include <unordered_set>

#include "connect/driver.h"
#include "connect/mqtt_link.h"
#include "connect/mqtt_wire.h"
#include "connect/row_queue.h"
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

class MqttDriver final : public Driver {
 public:
  MqttDriver(Source source, Sink& sink, Clock& clock)
      : source_(std::move(source)),
        sink_(sink),
        clock_(clock),
        book_(source_.code, "mqtt"),
        link_(MqttLink::make({.host = source_.host,
                              .port = source_.port,
                              .client_id = "anlan-" + source_.code,
                              .user = source_.user,
                              .password = source_.password,
                              .topics = {source_.topic}},
                             [this](auto topic, auto payload) { take(topic, payload); })),
        back_off_(static_cast<uint64_t>(clock.now().ns) ^ std::hash<std::string>{}(source_.code)) {}
  ~MqttDriver() override { stop(); }

  void start() override {
    if (broker_thread_.joinable()) return;
    stop_.lower();
    queue_.set_closed(false);
    sink_thread_ = std::thread([this] { deliver_all(); });
    broker_thread_ = std::thread([this] { run(); });
  }
  // What the broker already counts as delivered still reaches the sink.
  void stop() override {
    stop_.raise();
    if (broker_thread_.joinable()) broker_thread_.join();
    queue_.set_closed(true);
    if (sink_thread_.joinable()) sink_thread_.join();
    book_.down("stopped");
  }
  SourceState state() override { return book_.state(); }

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

  void run() {
    while (!stop_.is_raised()) {
      std::string trouble = link_->connect();
      while (trouble.empty() && !stop_.is_raised()) trouble = turn();
      link_->disconnect();
      if (stop_.is_raised()) return;
      link_failed(trouble);
      if (stop_.wait_for(back_off_.next())) return;
    }
  }

  std::string turn() {
    std::string trouble = link_->turn(kTurn);
    if (!trouble.empty() || !link_->is_accepted()) return trouble;
    if (!is_up_) link_works();
    publish_gates();
    return "";
  }

  void link_works() {
    is_up_ = true;
    back_off_.reset();
    book_.up();
    log(LogLevel::Info, "source is up", Json::object({{"source", source_.code}}));
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

  void deliver_all() {
    while (std::optional<MqttRows> rows = queue_.pop()) {
      Settled settled;
      if (!rows->sightings.empty()) {
        book_result(settled, rows->sightings.size(),
                    sink_.sightings(source_.code, rows->sightings));
      }
      if (!rows->passes.empty()) {
        book_result(settled, rows->passes.size(), sink_.passes(source_.code, rows->passes));
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
    book_result(settled, samples.size(), sink_.samples(source_.code, samples));
  }

  static void book_result(Settled& settled, std::size_t count, const Result<void>& given) {
    if (given) settled.stored += static_cast<int64_t>(count);
    else settled.dropped["sink_failed"] += static_cast<int64_t>(count);
  }

  void link_failed(const std::string& trouble) {
    if (is_up_) {
      log(LogLevel::Warning, "source is down",
          Json::object({{"source", source_.code}, {"trouble", trouble}}));
    }
    is_up_ = false;
    book_.failed();
    book_.down(trouble);
  }

  Source source_;
  Sink& sink_;
  Clock& clock_;
  SourceBook book_;
  RowQueue<MqttRows> queue_{kQueueRowsMax};
  SeenMessages seen_;  // broker's thread, as the next two
  std::unique_ptr<MqttLink> link_;
  bool is_up_ = false;
  BackOff back_off_;
  std::mutex gates_mutex_;
  std::map<std::string, std::string, std::less<>> gates_;  // code to rule
  std::set<std::string> unsent_;
  StopSign stop_;
  std::thread broker_thread_, sink_thread_;
};

}  // namespace

std::unique_ptr<Driver> make_mqtt_driver(Source source, Sink& sink, Clock& clock) {
  return std::make_unique<MqttDriver>(std::move(source), sink, clock);
}

}  // namespace anlan::connect
