// The Sparkplug B driver: a host application on a broker. One thread hears the broker and keeps the
// sessions of the edge nodes (sparkplug_host.h), one stores. The only things it ever says are that
// it is there (STATE) and "Node Control/Rebirth".

#include <atomic>
#include <chrono>
#include <format>
#include <mutex>

#include "connect/driver.h"
#include "connect/mqtt_link.h"
#include "connect/sparkplug_host.h"
#include "core/json.h"

namespace anlan::connect {
namespace {

constexpr std::size_t kQueueRowsMax = 300'000;  // three births of a very large node
constexpr std::size_t kBatchRowsMax = 20'000;   // that share one write to the disk
constexpr Duration kTurn = Duration::milliseconds(50);
constexpr Duration kStateAgain = Duration::seconds(1);

void append(std::vector<history::Sample>& samples, const std::vector<history::Sample>& more) {
  samples.insert(samples.end(), more.begin(), more.end());
}

class SparkplugDriver final : public QueuedDriver<SparkplugHost::Rows> {
 public:
  SparkplugDriver(Source source, Sink& sink, Clock& clock)
      : QueuedDriver(std::move(source), "sparkplug", sink, clock, kQueueRowsMax),
        state_topic_("spBv1.0/STATE/" + source_.host_id),
        host_(source_.tags, source_.late_after),
        link_(MqttLink::make(
            {.host = source_.host,
             .port = source_.port,
             .client_id = "anlan-" + source_.code,
             .user = source_.user,
             .password = source_.password,
             .topics = topics(),
             .is_kept = false,
             .ca_file = source_.ca_file,
             .is_mqtt5 = source_.is_mqtt5},
            [this](const MqttLink::Heard& heard) { hear(heard.topic, heard.payload); })) {}
  ~SparkplugDriver() override { stop(); }

  // Nodes and devices that are born, below each its metrics.
  std::vector<SourceItem> items(std::string_view node) override {
    std::vector<SourceItem> found;
    std::lock_guard lock(host_mutex_);
    for (const SparkplugHost::Item& item : host_.items()) {
      std::size_t end = item.path.find("//");
      std::string ids = item.path.substr(0, end);
      if (!node.empty()) {
        if (ids == node) found.push_back({item.path, item.path.substr(end + 2), true});
      } else if (found.empty() || found.back().path != ids) {
        found.push_back({ids, ids, false});
      }
    }
    return found;
  }

 private:
  std::vector<std::string> topics() const {
    std::string group = source_.topic.empty() ? "+" : source_.topic;
    std::vector<std::string> topics{state_topic_};  // before all others: clause 5.4
    for (std::string_view kind : {"NBIRTH/+", "NDEATH/+", "NDATA/+"}) {
      topics.push_back(std::format("spBv1.0/{}/{}", group, kind));
    }
    for (std::string_view kind : {"DBIRTH/+/+", "DDEATH/+/+", "DDATA/+/+"}) {
      topics.push_back(std::format("spBv1.0/{}/{}", group, kind));
    }
    return topics;
  }

  SparkplugHost::Moment moment() {
    auto steady = std::chrono::steady_clock::now().time_since_epoch();
    return {clock_.now(), {std::chrono::duration_cast<std::chrono::nanoseconds>(steady).count()}};
  }

  // Clause 6.4.25: birth and will of one connection carry the same time.
  MqttLink::Message state_message(bool is_online) const {
    Json message = Json::object({{"online", is_online}, {"timestamp", session_ms_}});
    return {.topic = state_topic_, .payload = write_json(message), .is_retained = true};
  }

  std::string session() override {
    session_ms_ = clock_.now().to_milliseconds();
    link_->set_will(state_message(false));
    std::string trouble = link_->connect();
    while (trouble.empty() && !stop_.is_raised()) trouble = turn();
    if (is_up() && trouble.empty()) link_->publish(state_message(false));
    return trouble;
  }
  void closed() override {
    link_->disconnect();
    std::lock_guard lock(host_mutex_);
    if (is_up()) settle(host_.lose_all(moment()), true);
  }
  void lost() override { book_.failed(); }

  std::string turn() {
    std::string trouble = link_->turn(kTurn);
    if (!trouble.empty() || !link_->is_accepted()) return trouble;
    SparkplugHost::Moment now = moment();
    std::lock_guard lock(host_mutex_);
    if (!is_up()) {
      must_say_state_ = false;
      unborn_.clear();
      link_works();
      trouble = link_->publish(state_message(true));
      host_.want_all(now);
    } else if (must_say_state_ && now.steady - state_said_ >= kStateAgain) {
      must_say_state_ = false;
      state_said_ = now.steady;
      trouble = link_->publish(state_message(true));
    }
    settle(host_.turn(now), true);
    if (is_behind_.exchange(false)) host_.want_known(now);
    for (const std::string& node : host_.rebirths(now)) ask_rebirth(node, now.clock);
    note_unborn();
    return trouble;
  }

  // Clause 6.4.20. Asked with QoS 0: a late command would make a birth that nobody needs.
  void ask_rebirth(const std::string& node, Instant now) {
    SparkplugMetric rebirth{
        .name = "Node Control/Rebirth", .type = SparkplugType::Boolean, .has_name = true};
    set_number(rebirth, 1);
    SparkplugPayload payload{.time_ms = static_cast<uint64_t>(now.to_milliseconds()),
                             .metrics = {rebirth}};
    std::size_t slash = node.find('/');
    link_->publish(
        {.topic = std::format("spBv1.0/{}/NCMD/{}", node.substr(0, slash), node.substr(slash + 1)),
         .payload = write_sparkplug(payload),
         .qos = 0});
  }

  void note_unborn() {
    std::vector<std::string> unborn = host_.unborn();
    if (unborn == unborn_) return;
    unborn_ = std::move(unborn);
    std::string names;
    for (const std::string& name : unborn_) names += (names.empty() ? "" : ", ") + name;
    book_.note(names.empty() ? "" : "waits for the birth of " + names);
  }

  void hear(std::string_view topic, std::string_view payload) {
    if (topic == state_topic_) {
      // Somebody, or a will of ours that came late, says that we are not there.
      Result<Json> state = parse_json(payload);
      if (state && !state->bool_or("online", true)) must_say_state_ = true;
      return;
    }
    SparkplugHost::Moment now = moment();
    book_.heard(now.clock);
    std::lock_guard lock(host_mutex_);
    SparkplugHost::Rows rows = host_.take(topic, payload, now);
    if (rows.stamp) book_.stamped(*rows.stamp, now.clock);
    settle(std::move(rows), false);
  }

  // `is_needed`: what says that values are unknown is never dropped.
  void settle(SparkplugHost::Rows rows, bool is_needed) {
    Settled settled{.duplicate = rows.duplicate, .rejected = std::move(rows.rejected)};
    rows.rejected.clear();
    auto count = static_cast<int64_t>(rows.count());
    if (count > 0 && is_needed) queue_.push_always(std::move(rows));
    else if (count > 0) {
      std::vector<history::Sample> stale;
      for (const history::Sample& sample : rows.samples) {
        if (sample.quality == history::Quality::Stale) stale.push_back(sample);
      }
      if (!queue_.push(std::move(rows))) {
        auto kept = static_cast<int64_t>(stale.size());
        if (count > kept) settled.dropped["queue_full"] = count - kept;
        is_behind_ = true;
        if (kept > 0) queue_.push_always({.samples = std::move(stale)});
      }
    }
    book_.settle(settled);
  }

  void store_all() override {
    while (std::optional<SparkplugHost::Rows> rows = queue_.pop()) {
      while (rows->count() < kBatchRowsMax) {
        std::optional<SparkplugHost::Rows> more = queue_.try_pop();
        if (!more) break;
        append(rows->samples, more->samples);
        append(rows->historical, more->historical);
      }
      Settled settled;
      if (!rows->samples.empty()) {
        store(settled, rows->samples.size(), sink_.samples(source_.code, rows->samples));
      }
      if (!rows->historical.empty()) {
        store(settled, rows->historical.size(), sink_.historical(source_.code, rows->historical));
      }
      book_.settle(settled);
    }
  }

  void store(Settled& settled, std::size_t count, const Result<void>& given) {
    if (!given) is_behind_ = true;
    book_stored(settled, count, given);
  }

  std::string state_topic_;
  std::atomic<bool> is_behind_ = false;  // rows were lost behind the host
  std::mutex host_mutex_;                // who browses looks at the births
  SparkplugHost host_;                   // broker's thread, as all below
  std::unique_ptr<MqttLink> link_;
  std::vector<std::string> unborn_;
  int64_t session_ms_ = 0;
  bool must_say_state_ = false;
  Duration state_said_{};
};

}  // namespace

std::unique_ptr<Driver> make_sparkplug_driver(Source source, Sink& sink, Clock& clock) {
  return std::make_unique<SparkplugDriver>(std::move(source), sink, clock);
}

}  // namespace anlan::connect
