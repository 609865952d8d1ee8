#include "connect/sources.h"

#include <chrono>
#include <set>

#include "connect/driver.h"

namespace anlan::connect {
namespace {

constexpr std::chrono::milliseconds kLook{100};

std::unique_ptr<Driver> make_driver(Source source, Sink& sink, Clock& clock, Gateways& gateways) {
  switch (source.protocol) {
    case Source::Protocol::Modbus:
      return make_modbus_driver(std::move(source), sink, clock, gateways);
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
  DriverSources(std::vector<std::unique_ptr<Driver>> drivers, std::unique_ptr<Gateways> own)
      : own_(std::move(own)), drivers_(std::move(drivers)) {}
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
  std::vector<SourceItem> items(std::string_view code, std::string_view node) override {
    for (auto& driver : drivers_) {
      if (driver->state().code == code) return driver->items(node);
    }
    return {};
  }
  void set_gate(std::string_view gate, bool is_open, std::string_view reason) override {
    for (auto& driver : drivers_) driver->set_gate(gate, is_open, reason);
  }
  void set_allowed(std::string_view gate, const Allowed& badges) override {
    for (auto& driver : drivers_) driver->set_allowed(gate, badges);
  }

 private:
  std::unique_ptr<Gateways> own_;
  std::vector<std::unique_ptr<Driver>> drivers_;
};

}  // namespace

bool Gateways::enter(const std::string& gateway, int most, const std::function<bool()>& must_stop) {
  std::unique_lock lock(mutex_);
  int& active = active_[gateway];
  while (active >= most) {
    changed_.wait_for(lock, kLook);
    if (must_stop()) return false;
  }
  ++active;
  return true;
}

void Gateways::leave(const std::string& gateway) {
  std::lock_guard lock(mutex_);
  --active_[gateway];
  changed_.notify_all();
}

Result<std::unique_ptr<Sources>> Sources::make(std::vector<Source> sources, Sink& sink,
                                               Clock& clock, Gateways* gateways) {
  std::unique_ptr<Gateways> own;
  if (gateways == nullptr) {
    own = std::make_unique<Gateways>();
    gateways = own.get();
  }
  std::set<std::string> codes;
  std::vector<std::unique_ptr<Driver>> drivers;
  for (Source& source : sources) {
    if (!codes.insert(source.code).second) return refuse(ErrorCode::Duplicate, source.code, "code");
    drivers.push_back(make_driver(std::move(source), sink, clock, *gateways));
  }
  return std::make_unique<DriverSources>(std::move(drivers), std::move(own));
}

}  // namespace anlan::connect
