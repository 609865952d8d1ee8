#include "connect/sources.h"

#include <set>

#include "connect/driver.h"

namespace anlan::connect {
namespace {

constexpr std::size_t kSourcesMax = 64;  // one thread or two each

std::unique_ptr<Driver> make_driver(Source source, Sink& sink, Clock& clock) {
  switch (source.protocol) {
    case Source::Protocol::Modbus: return make_modbus_driver(std::move(source), sink, clock);
    case Source::Protocol::Mqtt: return make_mqtt_driver(std::move(source), sink, clock);
    case Source::Protocol::Opcua: return make_opcua_driver(std::move(source), sink, clock);
    case Source::Protocol::Replay: return make_replay_driver(std::move(source), sink, clock);
    case Source::Protocol::Diode: return make_diode_driver(std::move(source), sink, clock);
    case Source::Protocol::Sparkplug: return make_sparkplug_driver(std::move(source), sink, clock);
  }
  return nullptr;
}

class DriverSources final : public Sources {
 public:
  explicit DriverSources(std::vector<std::unique_ptr<Driver>> drivers)
      : drivers_(std::move(drivers)) {}
  ~DriverSources() override { stop(); }

  void start() override {
    for (auto& driver : drivers_) driver->start();
  }
  void stop() override {
    for (auto& driver : drivers_) driver->stop();
  }
  std::vector<SourceState> states() override {
    std::vector<SourceState> states;
    for (auto& driver : drivers_) states.push_back(driver->state());
    return states;
  }
  void set_gate(std::string_view gate, bool is_open, std::string_view reason) override {
    for (auto& driver : drivers_) driver->set_gate(gate, is_open, reason);
  }
  void set_allowed(std::string_view gate, const Allowed& badges) override {
    for (auto& driver : drivers_) driver->set_allowed(gate, badges);
  }

 private:
  std::vector<std::unique_ptr<Driver>> drivers_;
};

}  // namespace

Result<std::unique_ptr<Sources>> Sources::make(std::vector<Source> sources, Sink& sink,
                                               Clock& clock) {
  if (sources.size() > kSourcesMax) return refuse(ErrorCode::LimitReached, "64 sources at most");
  std::set<std::string> codes;
  std::vector<std::unique_ptr<Driver>> drivers;
  for (Source& source : sources) {
    if (!codes.insert(source.code).second) return refuse(ErrorCode::Duplicate, source.code, "code");
    drivers.push_back(make_driver(std::move(source), sink, clock));
  }
  return std::make_unique<DriverSources>(std::move(drivers));
}

}  // namespace anlan::connect
