#pragma once
// A Modbus TCP server (libmodbus) with several clients, one thread, for the simulator: it only
// reads, and what it does not have it refuses as a controller does.

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "connect/plant_config.h"
#include "core/result.h"

namespace anlan::connect {

class SimModbusServer {
 public:
  // Fills `out` from an address on, or answers false: no such address. On the server's thread.
  using Read =
      std::function<bool(uint8_t unit, Table table, uint32_t address, std::span<uint16_t> out)>;
  struct Config {
    std::string host;
    uint16_t port = 0;  // 0: a free one
    std::vector<uint8_t> units;
  };
  static Result<std::unique_ptr<SimModbusServer>> start(const Config& config, Read read);
  virtual ~SimModbusServer() = default;  // stops
  virtual uint16_t port() const = 0;
};

}  // namespace anlan::connect
