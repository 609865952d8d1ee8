#include "connect/plant_sim_edge.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <format>
#include <map>
#include <thread>

#include "connect/driver.h"
#include "connect/sparkplug_host.h"

namespace anlan::connect {
namespace {

constexpr uint64_t kNumbers = 256;  // clause 6.4.3: seq and bdSeq go from 0 to 255
constexpr Duration kTurn = Duration::milliseconds(20), kPause = Duration::milliseconds(50);
constexpr Duration kEvery = Duration::seconds(1), kAgain = Duration::seconds(1);

uint64_t to_ms(Instant at) { return static_cast<uint64_t>(at.to_milliseconds()); }

}  // namespace

SimEdgeNode::SimEdgeNode(std::string id, std::vector<Metric> metrics)
    : metrics_(std::move(metrics)), devices_{""}, told_(metrics_.size(), NAN) {
  std::size_t slash = id.find('/');
  group_ = id.substr(0, slash);
  node_ = id.substr(slash + 1);
  for (const Metric& metric : metrics_) {
    if (!std::ranges::contains(devices_, metric.device)) devices_.push_back(metric.device);
  }
}

std::string SimEdgeNode::topic(std::string_view kind, std::string_view device) const {
  std::string topic = std::format("spBv1.0/{}/{}/{}", group_, kind, node_);
  if (!device.empty()) topic += std::format("/{}", device);
  return topic;
}

SparkplugMetric SimEdgeNode::session() const {
  SparkplugMetric metric{.name = "bdSeq", .type = SparkplugType::Int64, .has_name = true};
  set_number(metric, static_cast<double>(session_));
  return metric;
}

MqttLink::Message SimEdgeNode::open(Instant now) {
  session_ = (session_ + 1) % kNumbers;
  SparkplugPayload will{.time_ms = to_ms(now), .metrics = {session()}};
  return {.topic = topic("NDEATH", ""), .payload = write_sparkplug(will)};
}

SparkplugMetric SimEdgeNode::metric(std::size_t place, double value, uint64_t ms) const {
  SparkplugMetric metric{.alias = place + 1,
                         .time_ms = ms,
                         .type = SparkplugType::Double,
                         .has_alias = true,
                         .has_time = true};
  metric.is_null = std::isnan(value);
  if (!metric.is_null) set_number(metric, value);
  return metric;
}

MqttLink::Message SimEdgeNode::message(std::string_view kind, std::string_view device,
                                       SparkplugPayload payload) {
  payload.seq = seq_;
  seq_ = (seq_ + 1) % kNumbers;
  return {.topic = topic(kind, device), .payload = write_sparkplug(payload), .qos = 0};
}

std::vector<MqttLink::Message> SimEdgeNode::births(std::span<const double> values, Instant now) {
  seq_ = 0;
  uint64_t ms = to_ms(now);
  std::vector<MqttLink::Message> messages;
  for (const std::string& device : devices_) {
    SparkplugPayload payload{.time_ms = ms};
    if (device.empty()) {
      SparkplugMetric rebirth{
          .name = "Node Control/Rebirth", .type = SparkplugType::Boolean, .has_name = true};
      set_number(rebirth, 0);
      payload.metrics = {session(), rebirth};
    }
    for (std::size_t i = 0; i < metrics_.size(); ++i) {
      if (metrics_[i].device != device) continue;
      SparkplugMetric born = metric(i, values[i], ms);
      born.name = metrics_[i].name;
      born.has_name = true;
      payload.metrics.push_back(born);
      told_[i] = values[i];
    }
    messages.push_back(message(device.empty() ? "NBIRTH" : "DBIRTH", device, std::move(payload)));
  }
  return messages;
}

std::vector<MqttLink::Message> SimEdgeNode::data(std::span<const double> values, Instant now) {
  uint64_t ms = to_ms(now);
  std::vector<MqttLink::Message> messages;
  for (const std::string& device : devices_) {
    SparkplugPayload payload{.time_ms = ms};
    for (std::size_t i = 0; i < metrics_.size(); ++i) {
      bool is_missing = std::isnan(values[i]);
      bool is_told = is_missing == std::isnan(told_[i]) &&
                     (is_missing || std::abs(values[i] - told_[i]) <= metrics_[i].deadband);
      if (metrics_[i].device != device || is_told) continue;
      SparkplugMetric changed = metric(i, values[i], ms);
      changed.type = SparkplugType::Unknown;  // the birth has said it
      payload.metrics.push_back(changed);
      told_[i] = values[i];
    }
    if (payload.metrics.empty()) continue;
    messages.push_back(message(device.empty() ? "NDATA" : "DDATA", device, std::move(payload)));
  }
  return messages;
}

bool SimEdgeNode::is_rebirth(std::string_view where, std::string_view payload) const {
  SparkplugPayload command;
  if (where != command_topic() || !read_sparkplug(payload, command)) return false;
  return std::ranges::any_of(command.metrics, [](const SparkplugMetric& metric) {
    return metric.name == "Node Control/Rebirth" && metric.bits != 0;
  });
}

namespace {

class Edges final : public SimEdges {
 public:
  Edges(const Config& config, Read read) : config_(config), read_(std::move(read)) {
    std::map<std::string, std::vector<std::size_t>> by_node;
    for (std::size_t i = 0; i < config_.signals.size(); ++i) {
      auto path = parse_sparkplug_path(config_.signals[i].path);
      if (path) by_node[path->node].push_back(i);
    }
    for (auto& [id, places] : by_node) edges_.push_back(make_edge(id, std::move(places)));
    thread_ = std::thread([this] { run(); });
  }
  ~Edges() override {
    stop_.raise();
    thread_.join();
  }
  void set_cut(bool is_cut) override { is_cut_ = is_cut; }
  void set_clock_error(Duration error) override { clock_error_ns_ = error.ns; }

 private:
  struct Edge {
    SimEdgeNode node;
    std::vector<std::size_t> places;  // of its signals
    std::unique_ptr<MqttLink> link{};
    bool is_connected = false;
    bool is_born = false;
    Instant connect_at{}, told_at{};
  };

  std::unique_ptr<Edge> make_edge(const std::string& id, std::vector<std::size_t> places) const {
    std::vector<SimEdgeNode::Metric> metrics;
    for (std::size_t place : places) {
      auto path = parse_sparkplug_path(config_.signals[place].path);
      metrics.push_back({path->device, path->metric, config_.signals[place].deadband});
    }
    return std::make_unique<Edge>(
        Edge{.node = SimEdgeNode(id, std::move(metrics)), .places = std::move(places)});
  }

  void run() {
    while (!stop_.is_raised()) {
      bool is_any_up = false;
      for (auto& edge : edges_) {
        if (is_cut_) cut(*edge);
        else if (!edge->is_connected) connect(*edge);
        else turn(*edge);
        is_any_up = is_any_up || edge->is_connected;
      }
      if (!is_any_up) stop_.wait_for(kPause);
    }
  }

  // Without DISCONNECT: to the broker we are silent, and it tells the will.
  static void cut(Edge& edge) {
    edge.link.reset();
    edge.is_connected = edge.is_born = false;
    edge.connect_at = {};
  }

  void connect(Edge& edge) {
    Instant now = config_.clock.now();
    if (now < edge.connect_at) return;
    edge.connect_at = now + kAgain;
    edge.is_born = false;
    Edge* self = &edge;
    edge.link = MqttLink::make({.host = config_.host,
                                .port = config_.port,
                                .topics = {edge.node.command_topic()},
                                .is_kept = false},
                               [self](const MqttLink::Heard& heard) {
                                 bool is_asked = self->node.is_rebirth(heard.topic, heard.payload);
                                 if (is_asked) self->is_born = false;
                               });
    edge.link->set_will(edge.node.open(device_time()));
    edge.is_connected = edge.link->connect().empty();
  }

  void turn(Edge& edge) {
    edge.is_connected = edge.link->turn(kTurn).empty();
    if (!edge.is_connected || !edge.link->is_accepted()) return;
    Instant now = config_.clock.now();
    if (edge.is_born && now - edge.told_at < kEvery) return;
    edge.told_at = now;
    std::vector<double> all(config_.signals.size()), values;
    read_(all);
    for (std::size_t place : edge.places) values.push_back(all[place]);
    auto messages = edge.is_born ? edge.node.data(values, device_time())
                                 : edge.node.births(values, device_time());
    edge.is_born = true;
    for (const MqttLink::Message& message : messages) edge.link->publish(message);
  }

  Instant device_time() { return config_.clock.now() + Duration{clock_error_ns_}; }

  Config config_;
  Read read_;
  std::vector<std::unique_ptr<Edge>> edges_;
  std::atomic<bool> is_cut_ = false;
  std::atomic<int64_t> clock_error_ns_ = 0;
  StopSign stop_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<SimEdges> SimEdges::start(const Config& config, Read read) {
  return std::make_unique<Edges>(config, std::move(read));
}

}  // namespace anlan::connect
