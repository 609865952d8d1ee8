#pragma once
// The demo plant's edge nodes of Sparkplug B 3.0 (docs/formats/plantsim.md). SimEdgeNode is pure:
// what one node says, with births, aliases, seq and bdSeq. SimEdges holds a connection to the
// broker for each node, in one thread.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connect/mqtt_link.h"
#include "connect/plant_sim_points.h"
#include "connect/sparkplug_wire.h"
#include "core/result.h"
#include "core/time.h"

namespace anlan::connect {

class SimEdgeNode {
 public:
  struct Metric {
    std::string device;  // empty: of the node itself
    std::string name;
    double deadband = 0;  // a smaller change is not told
  };
  // "group/node".
  SimEdgeNode(std::string id, std::vector<Metric> metrics);

  // Clause 6.4.4: a new session for each connection. Answers the will, to be told to the broker
  // before it is connected to.
  MqttLink::Message open(Instant now);
  // NBIRTH and a DBIRTH for each device, with all values; seq begins at 0.
  std::vector<MqttLink::Message> births(std::span<const double> values, Instant now);
  // What has changed since it was told, one message for the node and each device.
  std::vector<MqttLink::Message> data(std::span<const double> values, Instant now);
  // Whether a message commands a rebirth of this node.
  bool is_rebirth(std::string_view topic, std::string_view payload) const;
  std::string command_topic() const { return topic("NCMD", ""); }

 private:
  std::string topic(std::string_view kind, std::string_view device) const;
  SparkplugMetric metric(std::size_t place, double value, uint64_t ms) const;
  MqttLink::Message message(std::string_view kind, std::string_view device,
                            SparkplugPayload payload);
  SparkplugMetric session() const;

  std::string group_, node_;
  std::vector<Metric> metrics_;       // the alias of each is its place and one
  std::vector<std::string> devices_;  // with "" for the node itself, first
  std::vector<double> told_;
  uint64_t seq_ = 0, session_ = 255;
};

class SimEdges {
 public:
  struct Config {
    std::string host;
    uint16_t port = 0;  // of the broker
    std::vector<SimSignal> signals{};
    Clock& clock;
  };
  // The values of all signals, in their order. On the thread of the edges.
  using Read = std::function<void(std::span<double> values)>;

  static std::unique_ptr<SimEdges> start(const Config& config, Read read);
  virtual ~SimEdges() = default;  // stops
  // A cut link ends without a word, so that the broker tells the wills. Any thread.
  virtual void set_cut(bool is_cut) = 0;
  virtual void set_clock_error(Duration error) = 0;
};

}  // namespace anlan::connect
