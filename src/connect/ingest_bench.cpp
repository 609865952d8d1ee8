// What it costs to read a large plant:  ingest_bench [SECONDS]
// 2,100 gas detectors behind 21 Modbus units and 1,200 channels of an OPC UA server, each once a
// second. Servers run in another process, so that the processor time is the drivers' alone; the
// sink counts and stores nothing. One JSON line; the exit code says whether every value came.

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <format>

#include "connect/driver.h"
#include "connect/plant_sim_modbus.h"
#include "connect/plant_sim_opcua.h"
#include "core/time.h"

namespace {

using namespace anlan;
using namespace anlan::connect;

constexpr int kUnits = 21, kDetectors = 100, kChannels = 1'200;
constexpr double kTargetCores = 0.1;

double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

double wave() {
  return std::fmod(static_cast<double>(system_clock_of_machine().now().ns) / 1e7, 1000.0);
}

class CountingSink final : public Sink {
 public:
  Result<void> samples(std::string_view, std::span<const history::Sample> some) override {
    for (const history::Sample& sample : some) good_ += sample.quality == history::Quality::Good;
    return {};
  }
  Result<void> historical(std::string_view, std::span<const history::Sample>) override {
    return {};
  }
  Result<void> sightings(std::string_view, std::span<const twin::Sighting>) override { return {}; }
  Result<void> passes(std::string_view, std::span<const twin::GatePass>) override { return {}; }
  Found find_tag(std::string_view, std::string_view, history::TagIndex&) override {
    return Found::No;
  }
  int64_t good() const { return good_; }

 private:
  std::atomic<int64_t> good_ = 0;
};

std::string channel(int i) { return std::format("ns=1;s=Rack {}/Channel {}", i / 100, i); }

// Tells the Modbus port through the pipe, then serves until it is killed.
int serve(int tell, uint16_t opcua_port) {
  std::vector<uint8_t> units;
  for (int i = 1; i <= kUnits; ++i) units.push_back(static_cast<uint8_t>(i));
  auto modbus =
      SimModbusServer::start({.host = "127.0.0.1", .port = 0, .units = std::move(units)},
                             [](uint8_t, Table, uint32_t address, std::span<uint16_t> out) {
                               for (uint16_t& word : out)
                                 word = static_cast<uint16_t>(wave() + address);
                               return true;
                             });
  std::vector<SimSignal> signals;
  for (int i = 0; i < kChannels; ++i) signals.push_back({.path = channel(i)});
  auto opcua = SimOpcuaServer::start({.host = "127.0.0.1",
                                      .port = opcua_port,
                                      .signals = std::move(signals),
                                      .clock = system_clock_of_machine()},
                                     [](std::span<double> values) {
                                       double now = wave();
                                       for (double& value : values) value = now += 1;
                                     });
  uint16_t port = modbus && opcua ? (*modbus)->port() : 0;
  if (write(tell, &port, sizeof port) != sizeof port || port == 0) return 1;
  pause();
  return 0;
}

std::vector<Source> sources_at(uint16_t modbus_port, uint16_t opcua_port) {
  std::vector<Source> list;
  history::TagIndex tag = 0;
  for (int unit = 1; unit <= kUnits; ++unit) {
    Source source{.code = std::format("U{}", unit), .port = modbus_port, .unit_id = unit};
    for (int i = 0; i < kDetectors; ++i) {
      source.tags.push_back({.tag = tag++, .address = static_cast<uint16_t>(i), .scale = 0.1});
    }
    list.push_back(std::move(source));
  }
  Source opcua{.code = "UA",
               .protocol = Source::Protocol::Opcua,
               .port = opcua_port,
               .time_out = Duration::seconds(10)};
  for (int i = 0; i < kChannels; ++i) {
    opcua.tags.push_back({.tag = tag++, .path = channel(i)});
  }
  list.push_back(std::move(opcua));
  return list;
}

int measure(uint16_t modbus_port, uint16_t opcua_port, int seconds) {
  CountingSink sink;
  auto sources =
      Sources::make(sources_at(modbus_port, opcua_port), sink, system_clock_of_machine());
  if (!sources) return 1;
  (*sources)->start();
  StopSign never;
  never.wait_for(Duration::seconds(5));  // connecting and subscribing is another cost
  int64_t good = sink.good();
  double begun = cpu_seconds();
  never.wait_for(Duration::seconds(seconds));
  double cores = (cpu_seconds() - begun) / seconds;
  double each_second = static_cast<double>(sink.good() - good) / seconds;
  (*sources)->stop();
  constexpr int kAll = kUnits * kDetectors + kChannels;
  std::printf(
      "{\"bench\":\"poll_core\",\"modbus_tags\":%d,\"opcua_tags\":%d,\"seconds\":%d,"
      "\"samples_each_second\":%.0f,\"cores\":%.4f,\"target\":%.1f}\n",
      kUnits * kDetectors, kChannels, seconds, each_second, cores, kTargetCores);
  return each_second > kAll * 0.97 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  int seconds = count > 1 ? std::max(1, std::atoi(words[1])) : 20;
  constexpr uint16_t kOpcuaPort = 24840;
  int ends[2];
  if (pipe(ends) != 0) return 1;
  pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    _exit(serve(ends[1], kOpcuaPort));
  }
  uint16_t port = 0;
  bool is_ready = read(ends[0], &port, sizeof port) == sizeof port && port != 0;
  int code = is_ready ? measure(port, kOpcuaPort, seconds) : 1;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return code;
}
