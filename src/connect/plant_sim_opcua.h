#pragma once
// The demo plant's OPC UA server (open62541), one thread, security policy None: its variables lie
// in folders as their paths say, "ns=1;s=Folder/Name", with the time of their source.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "connect/plant_sim_points.h"
#include "core/result.h"
#include "core/time.h"

namespace anlan::connect {

class SimOpcuaServer {
 public:
  struct Config {
    std::string host;
    uint16_t port = 0;
    std::vector<SimSignal> signals{};
    Clock& clock;
  };
  // The values of all signals, in their order. On the server's thread.
  using Read = std::function<void(std::span<double> values)>;

  // Internal: the port is taken, or a path is none of ours.
  static Result<std::unique_ptr<SimOpcuaServer>> start(const Config& config, Read read);
  virtual ~SimOpcuaServer() = default;               // stops
  virtual void set_clock_error(Duration error) = 0;  // any thread
};

}  // namespace anlan::connect
