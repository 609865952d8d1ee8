#pragma once
// The demo plant's OPC UA server (open62541), one thread, security policy None: its variables are
// the points of the wire Opcua, in folders as their paths say, with the time of their source.

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "core/result.h"
#include "core/time.h"

namespace anlan::connect {

class SimOpcuaServer {
 public:
  struct Config {
    std::string host;
    uint16_t port = 0;
    Clock& clock;
  };
  // Values of points (sim_points_of). On the server's thread.
  using Read = std::function<void(std::span<const std::size_t> points, std::span<double> values)>;

  // Internal: the port is taken.
  static Result<std::unique_ptr<SimOpcuaServer>> start(const Config& config, Read read);
  virtual ~SimOpcuaServer() = default;               // stops
  virtual void set_clock_error(Duration error) = 0;  // any thread
};

}  // namespace anlan::connect
