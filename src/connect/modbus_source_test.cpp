// The Modbus driver against pymodbus, against silence, and against our own plant.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <format>
#include <thread>

#include "connect/plant_sim.h"
#include "connect/plant_sim_points.h"
#include "connect/register_value.h"
#include "connect/test_plant_world.h"

namespace anlan::connect {
namespace {

using history::Quality;

// Holding 0..13 hold values, 20..21 too, 30 and 40 are there alone, 22..29 are not. Nobody ever
// answers for 900. Unit 1.
constexpr const char* kServer = R"(
import asyncio, struct, sys
from pymodbus.datastore import ModbusSlaveContext, ModbusServerContext, ModbusSparseDataBlock
from pymodbus.server import ModbusTcpServer
def words(form, value):
    raw = struct.pack(form, value)
    return [raw[i] << 8 | raw[i + 1] for i in range(0, len(raw), 2)]
hr = {}
def put(at, list):
    for i, word in enumerate(list): hr[at + 1 + i] = word
put(0, words('>f', 1.5)); put(2, words('>f', -2.25)[::-1]); put(4, words('<H', 770))
put(5, words('>h', -40)); put(6, words('>i', -100000)); put(8, words('>I', 4000000000)[::-1])
put(10, words('>d', 1e-3)); put(20, [7, 8]); put(30, [9]); put(40, [10]); put(900, [1])
put(50, words('>f', float('nan')))
bits = {i + 1: i % 3 == 0 for i in range(40)}
class Device(ModbusSlaveContext):
    async def async_getValues(self, fc_as_hex, address, count=1):
        if address <= 900 < address + count: await asyncio.sleep(3600)
        return self.getValues(fc_as_hex, address, count)
async def main():
    device = Device(di=ModbusSparseDataBlock(bits), co=ModbusSparseDataBlock(dict(bits)),
                    hr=ModbusSparseDataBlock(dict(hr)), ir=ModbusSparseDataBlock(dict(hr)))
    server = ModbusTcpServer(ModbusServerContext(slaves={1: device}, single=False),
                             address=('127.0.0.1', int(sys.argv[1])))
    await server.serve_forever(background=True)
    print('serving', flush=True)
    await server.serving
asyncio.run(main())
)";

class ModbusForeign : public testing::Test {
 protected:
  void SetUp() override {
    port_ = free_port();
    serve();
    if (!server_->is_ready() && server_->said().contains("No module named")) {
      GTEST_SKIP() << "python3-pymodbus is not installed: the foreign server is not tested";
    }
    ASSERT_TRUE(server_->is_ready()) << server_->said();
  }
  void serve() {
    server_ = std::make_unique<Child>(
        std::vector<std::string>{"python3", "-c", kServer, std::to_string(port_)}, "serving");
  }
  Source source(std::vector<TagAddress> tags) const {
    return {.code = "S-TEST",
            .port = port_,
            .gap_max = 16,
            .time_out = Duration::milliseconds(300),
            .tags = std::move(tags)};
  }
  std::unique_ptr<Sources> run(Source source) {
    auto sources = Sources::make({std::move(source)}, sink_, clock_);
    EXPECT_TRUE(sources);
    (*sources)->start();
    return *std::move(sources);
  }

  RunningClock clock_;
  MemorySink sink_;
  uint16_t port_ = 0;
  std::unique_ptr<Child> server_;
};

TagAddress tag(history::TagIndex index, Table table, uint16_t address, ValueType type,
               const char* order = "ABCD") {
  return {.tag = index,
          .code = std::format("T-{}", index),
          .table = table,
          .address = address,
          .type = type,
          .order = order,
          .every = Duration::milliseconds(100)};
}

TEST_F(ModbusForeign, ReadsEveryTableTypeAndOrder) {
  using enum ValueType;
  TagAddress scaled = tag(5, Table::Holding, 5, Int16);
  scaled.scale = 0.1;
  scaled.offset = 3;
  Instant begun = clock_.now();
  auto sources =
      run(source({tag(0, Table::Holding, 0, Float32), tag(2, Table::Holding, 2, Float32, "CDAB"),
                  tag(4, Table::Input, 4, UInt16, "BADC"), scaled, tag(6, Table::Input, 6, Int32),
                  tag(8, Table::Holding, 8, UInt32, "CDAB"), tag(10, Table::Holding, 10, Float64),
                  tag(20, Table::Coil, 3, Bool), tag(21, Table::Discrete, 4, Bool)}));
  for (auto [index, value] : std::vector<std::pair<history::TagIndex, double>>{{0, 1.5},
                                                                               {2, -2.25},
                                                                               {4, 770},
                                                                               {5, -1},
                                                                               {6, -100000},
                                                                               {8, 4e9},
                                                                               {10, 1e-3},
                                                                               {20, 1},
                                                                               {21, 0}}) {
    ASSERT_TRUE(sink_.wait_quality(index, Quality::Good)) << index;
    auto last = sink_.last(index);
    EXPECT_DOUBLE_EQ(last->value, value) << index;
    EXPECT_LE(last->at, last->received);
    EXPECT_GE(last->at, begun);
  }
  sources->stop();
  SourceState state = sources->states()[0];
  EXPECT_TRUE(balances(state));
  EXPECT_EQ(state.failures, 0);
  EXPECT_GT(state.round_trip_ms, 0);
}

// A plant's live streams take every descriptor that select(2) knows.
TEST_F(ModbusForeign, ReadsAndConnectsAnewBesideMoreThanAThousandOpenFiles) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  auto sources =
      Sources::make({source({tag(0, Table::Holding, 0, ValueType::Float32)})}, sink_, clock_);
  ASSERT_TRUE(sources);
  std::vector<int> files;
  for (int i = 0; i < FD_SETSIZE + 100; ++i) files.push_back(open("/dev/null", O_RDONLY));
  ASSERT_GT(files.back(), FD_SETSIZE) << "this machine allows no more files";
  (*sources)->start();
  EXPECT_TRUE(sink_.wait_quality(0, Quality::Good));
  server_.reset();
  EXPECT_TRUE(sink_.wait_quality(0, Quality::Stale));
  int64_t died = clock_.now().ns;
  serve();
  EXPECT_TRUE(sink_.wait_quality(0, Quality::Good, died));
  (*sources)->stop();
  for (int file : files) close(file);
}

TEST_F(ModbusForeign, LearnsIllegalAddressesOnceAndNamesThem) {
  using enum ValueType;
  auto sources = run(source({tag(1, Table::Holding, 20, UInt16), tag(2, Table::Holding, 21, UInt16),
                             tag(3, Table::Holding, 25, UInt16), tag(4, Table::Holding, 30, UInt16),
                             tag(5, Table::Holding, 40, UInt16)}));
  for (history::TagIndex index : {1u, 2u, 4u, 5u}) {
    EXPECT_TRUE(sink_.wait_quality(index, Quality::Good)) << index;
  }
  EXPECT_TRUE(sink_.wait_quality(3, Quality::Bad));
  SourceState learnt = sources->states()[0];
  EXPECT_TRUE(learnt.is_up);
  EXPECT_EQ(learnt.trouble, "the device has no such address: T-3");
  EXPECT_GT(learnt.failures, 0);
  // Five more rounds and no refusal more.
  ASSERT_TRUE(eventually([&] { return sources->states()[0].requests > learnt.requests + 15; }));
  EXPECT_EQ(sources->states()[0].failures, learnt.failures);
  EXPECT_TRUE(balances(sources->states()[0]));
}

TEST_F(ModbusForeign, TagsAreBadThenStaleOnceWhenTheServerDiesAndGoodWhenItIsBack) {
  auto sources = run(source(
      {tag(1, Table::Holding, 20, ValueType::UInt16), tag(2, Table::Coil, 0, ValueType::Bool)}));
  ASSERT_TRUE(sink_.wait_quality(1, Quality::Good));
  ASSERT_TRUE(sink_.wait_quality(2, Quality::Good));
  server_->end();
  ASSERT_TRUE(sink_.wait_quality(1, Quality::Stale));
  ASSERT_TRUE(sink_.wait_quality(2, Quality::Stale));
  EXPECT_FALSE(sources->states()[0].is_up);
  EXPECT_FALSE(sources->states()[0].trouble.empty());
  int64_t died = clock_.now().ns;
  serve();
  ASSERT_TRUE(server_->is_ready());
  EXPECT_TRUE(sink_.wait_quality(1, Quality::Good, died));
  EXPECT_TRUE(sink_.wait_quality(2, Quality::Good, died));
  EXPECT_TRUE(sources->states()[0].is_up);
  EXPECT_EQ(sources->states()[0].trouble, "");
  sources->stop();
  auto of = [&](Quality quality) {
    return std::ranges::count_if(sink_.all_samples, [&](const history::Sample& sample) {
      return sample.tag == 1 && sample.quality == quality;
    });
  };
  EXPECT_EQ(of(Quality::Bad), 2);
  EXPECT_EQ(of(Quality::Stale), 1);
  EXPECT_EQ(sink_.last(1)->value, 7);
  EXPECT_TRUE(balances(sources->states()[0]));
}

TEST_F(ModbusForeign, OneSilentRequestHoldsUpNobody) {
  auto sources = run(source({tag(1, Table::Holding, 20, ValueType::UInt16),
                             tag(2, Table::Holding, 900, ValueType::UInt16),
                             tag(3, Table::Coil, 0, ValueType::Bool)}));
  ASSERT_TRUE(sink_.wait_quality(2, Quality::Bad));
  int64_t then = clock_.now().ns;
  EXPECT_TRUE(sink_.wait_quality(1, Quality::Good, then));
  EXPECT_TRUE(sink_.wait_quality(3, Quality::Good, then));
  EXPECT_TRUE(sources->states()[0].is_up);
}

TEST_F(ModbusForeign, AFloatThatIsNoNumberIsBad) {
  auto sources = run(source({tag(1, Table::Holding, 50, ValueType::Float32)}));
  EXPECT_TRUE(sink_.wait_quality(1, Quality::Stale));
  sources->stop();
  for (const history::Sample& sample : sink_.all_samples) EXPECT_EQ(sample.value, 0);
}

TEST_F(ModbusForeign, ASinkThatRefusesIsCounted) {
  sink_.set_refusing(true);
  auto sources = run(source({tag(1, Table::Holding, 20, ValueType::UInt16)}));
  ASSERT_TRUE(eventually([&] { return sources->states()[0].dropped["sink_failed"] > 3; }));
  sink_.set_refusing(false);
  EXPECT_TRUE(sink_.wait_quality(1, Quality::Good));
  sources->stop();
  SourceState state = sources->states()[0];
  EXPECT_TRUE(balances(state));
  EXPECT_EQ(state.stored, static_cast<int64_t>(sink_.all_samples.size()));
}

// A sink four times too slow: polls are left out, none is late, nothing is lost.
TEST_F(ModbusForeign, ASlowSinkSlowsItsDriver) {
  sink_.set_slow(Duration::milliseconds(400));
  auto sources = run(source({tag(1, Table::Holding, 20, ValueType::UInt16)}));
  ASSERT_TRUE(sink_.wait([&] { return sink_.all_samples.size() >= 4; }));
  sources->stop();
  SourceState state = sources->states()[0];
  EXPECT_TRUE(balances(state));
  EXPECT_EQ(state.received, state.stored);
  EXPECT_LE(state.requests, static_cast<int64_t>(sink_.all_samples.size()) + 1);
}

TEST(ModbusSource, ADeviceThatTakesCallsButSaysNothingGoesStale) {
  RunningClock clock;
  MemorySink sink;
  SilentPort port;
  auto sources = Sources::make({{.code = "S",
                                 .port = port.port(),
                                 .time_out = Duration::milliseconds(50),
                                 .tags = {tag(1, Table::Input, 0, ValueType::Int16)}}},
                               sink, clock);
  ASSERT_TRUE(sources);
  (*sources)->start();
  EXPECT_TRUE(sink.wait_quality(1, Quality::Stale));
  EXPECT_FALSE((*sources)->states()[0].is_up);
  EXPECT_TRUE((*sources)->states()[0].trouble.starts_with("read: "));
}

// Two units behind one gateway.
TEST(ModbusSource, SourcesAtOneGatewayShareItsPlaces) {
  Gateways gateways;
  auto never = [] { return false; };
  EXPECT_TRUE(gateways.enter("G:502", 1, never));
  EXPECT_TRUE(gateways.enter("H:502", 1, never)) << "another gateway";
  EXPECT_FALSE(gateways.enter("G:502", 1, [] { return true; })) << "stops while it waits";
  std::atomic<bool> is_in = false;
  std::thread other([&] { is_in = gateways.enter("G:502", 1, never); });
  StopSign().wait_for(Duration::milliseconds(50));
  EXPECT_FALSE(is_in);
  gateways.leave("G:502");
  other.join();
  EXPECT_TRUE(is_in);
}

// Silence for one unit holds its place for the whole time-out, and the other waits.
TEST(ModbusSource, ASecondSourceWaitsForTheGateway) {
  RunningClock clock;
  MemorySink sink;
  SilentPort silent;
  auto source = [&](const char* code) {
    return Source{.code = code,
                  .port = silent.port(),
                  .time_out = Duration::milliseconds(300),
                  .in_flight_max = 1,
                  .tags = {tag(1, Table::Holding, 0, ValueType::UInt16)}};
  };
  auto sources = Sources::make({source("S-1"), source("S-2")}, sink, clock);
  ASSERT_TRUE(sources);
  Instant before = clock.now();
  (*sources)->start();
  EXPECT_TRUE(eventually([&] {
    auto states = (*sources)->states();
    return states[0].failures > 0 && states[1].failures > 0;
  }));
  EXPECT_GE(clock.now() - before, Duration::milliseconds(600)) << "one after the other";
  (*sources)->stop();
}

TEST(ModbusSource, StopsAtOnceWhileItWaitsForADeadDevice) {
  RunningClock clock;
  MemorySink sink;
  auto shortest = Duration::hours(1);  // of five: the machine may have stood still meanwhile
  for (int i = 0; i < 5; ++i) {
    auto sources = Sources::make({{.code = "S", .port = free_port(), .tags = {}}}, sink, clock);
    ASSERT_TRUE(sources);
    (*sources)->start();
    ASSERT_TRUE(eventually([&] { return (*sources)->states()[0].trouble.starts_with("connect"); }));
    Instant before = clock.now();
    (*sources)->stop();
    shortest = std::min(shortest, clock.now() - before);
  }
  EXPECT_LT(shortest, Duration::milliseconds(350))
      << "the wait between two tries is 375 ms or more";
}

std::vector<TagAddress> plant_tags(uint8_t unit, int every_ms) {
  std::vector<TagAddress> tags;
  auto points = sim_points();
  for (std::size_t i = 0; i < points.size(); ++i) {
    const SimPoint& point = points[i];
    if (point.unit != unit) continue;
    tags.push_back({.tag = static_cast<history::TagIndex>(i),
                    .code = std::string(point.code),
                    .table = point.table,
                    .address = point.address,
                    .type = point.type,
                    .order = std::string(point.order),
                    .scale = point.scale,
                    .every = Duration::milliseconds(every_ms)});
  }
  return tags;
}

TEST(ModbusSource, ReadsTheWholePlantFourTimesASecondTwice) {
  RunningClock clock;
  auto plant = PlantSim::start({.modbus_port = 0, .mqtt_port = 0, .people = 0, .clock = clock});
  ASSERT_TRUE(plant) << plant.error().detail;
  auto make = [&](const char* code, uint8_t unit) {
    return Source{.code = code,
                  .port = (*plant)->modbus_port(),
                  .unit_id = unit,
                  .tags = plant_tags(unit, 250)};
  };
  // Two readers of each controller.
  MemorySink sink, other;
  auto sources = Sources::make({make("S-1", 1), make("S-2", 2)}, sink, clock);
  auto others = Sources::make({make("S-1", 1), make("S-2", 2)}, other, clock);
  ASSERT_TRUE(sources && others);
  (*sources)->start();
  (*others)->start();
  const std::size_t all = sim_points_of(SimWire::Modbus).size();
  ASSERT_TRUE(sink.wait([&] { return sink.all_samples.size() >= 8 * all; }));
  ASSERT_TRUE(other.wait([&] { return other.all_samples.size() >= 7 * all; }));
  (*sources)->stop();
  (*others)->stop();
  // A round at a time, each tag once in it: none is asked for more often than it is due.
  Duration took = sink.all_samples[8 * all - 1].received - sink.all_samples.front().received;
  EXPECT_GT(took, Duration::milliseconds(7 * 250 - 150)) << "8 rounds at 4 Hz";
  int64_t requests = 0;
  for (const SourceState& state : (*sources)->states()) requests += state.requests;
  EXPECT_LT(requests, std::ssize(sink.all_samples) / 2) << "neighbours are read together";
  for (const history::Sample& sample : sink.all_samples) {
    const SimPoint& point = sim_points()[sample.tag];
    EXPECT_EQ(sample.quality, Quality::Good) << point.code;
    EXPECT_NEAR(sample.value, point.usual, 6 * point.noise + point.scale + 25) << point.code;
  }
  for (auto* one : {&*sources, &*others}) {
    for (const SourceState& state : (*one)->states()) {
      EXPECT_TRUE(balances(state));
      EXPECT_LE(state.failures, 3) << "only what the holes cost";
    }
  }
}

}  // namespace
}  // namespace anlan::connect
