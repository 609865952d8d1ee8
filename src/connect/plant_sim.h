#pragma once
// The demo plant as foreign machines: two controllers behind one Modbus TCP port; on an MQTT broker
// a positioning system with gates, a weather station and edge nodes of Sparkplug B; an OPC UA
// server. Seeded: the same seed gives the same plant at the same times. docs/formats/plantsim.md
// has the register map, the topics, the nodes, the commands and the faults.
//
//   auto plant = TRY(PlantSim::start({.modbus_port = 0, .mqtt_port = 0, .clock = clock}));
//   connect_to(plant->modbus_port());
//   TRY(plant->command(Json::object({{"leak", "GAS-2107"}})));

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/json.h"
#include "core/result.h"
#include "core/time.h"
#include "twin/twin.h"

namespace anlan::connect {

struct SimConfig {
  std::string host = "127.0.0.1";  // where Modbus listens
  uint16_t modbus_port = 15020;    // 0: a free one, see modbus_port()
  std::string mqtt_host = "127.0.0.1";
  uint16_t mqtt_port = 18830;  // of a broker; 0: nobody has a badge
  uint16_t opcua_port = 0;     // 0: no OPC UA server
  int people = 300;            // at most 5,000
  int vehicles = 0;            // at most 200; they need a plan with roads that knows where it lies
  uint64_t seed = 7;
  Json plan{};  // docs/formats/plan.md; null: people walk straight lines, there are no gates
  std::map<std::string, twin::Point> posts{};  // by badge: who stays at a place
  std::string recording{};  // the text of a table that is shown over and over; empty: none
  double replay_speed = 1;  // so many times as fast as it was recorded
  Json script{};            // a command that is obeyed at once, null: none
  Clock& clock;
};

class PlantSim {
 public:
  // All ports listen or are being connected when it returns; BadField: no such plan or command,
  // Internal: a port is taken.
  static Result<std::unique_ptr<PlantSim>> start(const SimConfig& config);
  virtual ~PlantSim() = default;  // stops
  virtual uint16_t modbus_port() const = 0;
  // {"leak":"GAS-2107"} {"stop":true} {"wind":{"from":225,"speed":3}} {"silence":["B-0007"]}
  // {"evacuate":true} {"set":{"TI-3302":90}} {"fault":"seal_failure"}: as they come over MQTT. Any
  // thread. Faults are those of plant_sim_faults.h and {"fault":"link_loss","wire":"opcua",
  // "for_s":30}, {"fault":"clock_step","by_s":3600}, and those of plant_sim_satellite.h.
  virtual Result<void> command(const Json& command) = 0;
};

// The program: runs until `is_stopping`, asked ten times a second. `on_ready` hears the Modbus
// port.
Result<void> run_plant_sim(const SimConfig& config, const std::function<bool()>& is_stopping,
                           const std::function<void(uint16_t)>& on_ready = {});

}  // namespace anlan::connect
