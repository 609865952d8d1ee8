// The demo plant through every protocol it speaks: our drivers on its servers and on a broker.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "connect/plant_sim.h"
#include "connect/plant_sim_edge.h"
#include "connect/plant_sim_points.h"
#include "connect/plant_sim_replay.h"
#include "connect/test_mqtt_party.h"
#include "connect/test_plant_world.h"

namespace anlan::connect {
namespace {

using Quality = history::Quality;

constexpr history::TagIndex kModbus = 1, kSparkplug = 3, kOpcua = 4, kMqtt = 7;

// Sparkplug tells what changes once a second; fifteen times that is patience for a busy machine.
class Wires : public testing::Test {
 protected:
  void SetUp() override {
    opcua_port_ = free_port();
    auto plant = PlantSim::start({.modbus_port = 0,
                                  .mqtt_port = broker_.port(),
                                  .opcua_port = opcua_port_,
                                  .people = 2,
                                  .clock = clock_});
    ASSERT_TRUE(plant) << plant.error().detail;
    plant_ = *std::move(plant);
    auto sources = Sources::make(sources_of_all(), sink_, clock_);
    ASSERT_TRUE(sources);
    sources_ = *std::move(sources);
    sources_->start();
  }
  void TearDown() override {
    if (!sources_) return;
    sources_->stop();
    for (const SourceState& state : sources_->states()) EXPECT_TRUE(balances(state)) << state.code;
  }
  std::vector<Source> sources_of_all() const {
    Duration every = Duration::milliseconds(250);
    return {{.code = "S-PLC1",
             .port = plant_->modbus_port(),
             .tags = {{.tag = kModbus,
                       .code = "TI-2111",
                       .address = 55,
                       .type = ValueType::Int16,
                       .scale = 0.1,
                       .every = every}}},
            {.code = "S-RTLS",
             .protocol = Source::Protocol::Mqtt,
             .port = broker_.port(),
             .topic = "plant/#"},
            {.code = "S-SPB",
             .protocol = Source::Protocol::Sparkplug,
             .port = broker_.port(),
             .topic = "anlan-demo",
             .tags = {{.tag = kSparkplug,
                       .code = "VH-2111",
                       .path = "anlan-demo/tankfarm/p-211//Vibration/Seal harmonic"}}},
            {.code = "S-UA",
             .protocol = Source::Protocol::Opcua,
             .port = opcua_port_,
             .time_out = Duration::seconds(5),
             .tags = {{.tag = kOpcua,
                       .code = "IR-2111",
                       .every = every,
                       .path = "ns=1;s=Tank farm/P-211/Infrared difference"}}}};
  }
  Result<void> command(const char* words) { return plant_->command(*parse_json(words)); }
  bool wait_good(history::TagIndex tag, Instant later_than = {}) {
    return sink_.wait_quality(tag, Quality::Good, later_than.ns);
  }
  SourceState state(std::size_t source) { return sources_->states()[source]; }

  RunningClock clock_;
  // As the weather station's tags are known.
  class WeatherSink final : public MemorySink {
   public:
    Found find_tag(std::string_view, std::string_view code, history::TagIndex& tag) override {
      tag = kMqtt;
      return code == "AT-0001" ? Found::Yes : Found::No;
    }
  } sink_;
  Broker broker_;
  uint16_t opcua_port_ = 0;
  std::unique_ptr<PlantSim> plant_;
  std::unique_ptr<Sources> sources_;
};

TEST_F(Wires, ASealFailureComesByThreeProtocolsAndTheWeatherByAFourth) {
  for (history::TagIndex tag : {kModbus, kSparkplug, kOpcua, kMqtt}) {
    EXPECT_TRUE(wait_good(tag)) << tag;
  }
  double temperature = sink_.last(kModbus)->value, harmonic = sink_.last(kSparkplug)->value;
  EXPECT_NEAR(sink_.last(kMqtt)->value, 18, 3);
  ASSERT_TRUE(command(R"({"fault":"seal_failure","over_s":2})"));
  EXPECT_TRUE(eventually([&] { return sink_.last(kModbus)->value > temperature + 10; }));
  EXPECT_TRUE(eventually([&] { return sink_.last(kSparkplug)->value > harmonic * 3.5; }));
  EXPECT_TRUE(eventually([&] { return sink_.last(kOpcua)->value == 8.3; }));
  EXPECT_TRUE(state(2).trouble.empty()) << state(2).trouble;
}

TEST_F(Wires, ALostLinkIsStaleAndComesBack) {
  for (history::TagIndex tag : {kModbus, kSparkplug, kOpcua}) ASSERT_TRUE(wait_good(tag)) << tag;
  ASSERT_TRUE(command(R"({"fault":"link_loss","wire":"sparkplug"})"));
  ASSERT_TRUE(command(R"({"fault":"link_loss","wire":"opcua"})"));
  ASSERT_TRUE(command(R"({"fault":"link_loss","wire":"modbus"})"));
  for (history::TagIndex tag : {kModbus, kSparkplug, kOpcua}) {
    EXPECT_TRUE(sink_.wait_quality(tag, Quality::Stale)) << tag;
  }
  Instant cut = clock_.now();
  ASSERT_TRUE(command(R"({"stop":true})"));
  for (history::TagIndex tag : {kModbus, kSparkplug, kOpcua})
    EXPECT_TRUE(wait_good(tag, cut)) << tag;
  EXPECT_FALSE(command(R"({"fault":"link_loss","wire":"pigeon"})"));
}

TEST_F(Wires, AClockAheadIsCountedAndNotBelieved) {
  for (history::TagIndex tag : {kSparkplug, kOpcua, kMqtt}) ASSERT_TRUE(wait_good(tag)) << tag;
  ASSERT_TRUE(command(R"({"fault":"clock_step","by_s":3600,"set":{"VH-2111":3}})"));
  for (std::size_t source : {1u, 2u, 3u}) {
    EXPECT_TRUE(eventually([&] { return state(source).rejected["future"] > 0; })) << source;
  }
  EXPECT_FALSE(command(R"({"fault":"clock_step","by_s":40000000000})"));
}

// What others recorded comes by three protocols, and each value is one of the recording.
class ForeignTable : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ForeignTable, IsShownByModbusSparkplugAndOpcua) {
  auto [name, column] = GetParam();
  const char* shared = std::getenv("ANLAN_SHARED");
  std::filesystem::path data = std::filesystem::path(shared ? shared : "../shared") / "data";
  if (!std::filesystem::exists(data / name)) data = "/shared/data";
  if (!std::filesystem::exists(data / name)) GTEST_SKIP() << "no shared folder with test data";
  std::ifstream file(data / name, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  auto table = parse_replay(text, Duration::seconds(1));
  ASSERT_TRUE(table);
  auto place = std::ranges::find(table->columns, column) - table->columns.begin();
  RunningClock clock;
  Broker broker;
  uint16_t opcua = free_port();
  auto plant = PlantSim::start({.modbus_port = 0,
                                .mqtt_port = broker.port(),
                                .opcua_port = opcua,
                                .people = 0,
                                .recording = text,
                                .replay_speed = 100,
                                .clock = clock});
  ASSERT_TRUE(plant) << plant.error().detail;
  MemorySink sink;
  std::string heading = column;
  auto sources = Sources::make({{.code = "M",
                                 .port = (*plant)->modbus_port(),
                                 .unit_id = kSimReplayUnit,
                                 .tags = {{.tag = 1,
                                           .table = Table::Holding,
                                           .address = static_cast<uint16_t>(2 * place),
                                           .type = ValueType::Float32}}},
                                {.code = "S",
                                 .protocol = Source::Protocol::Sparkplug,
                                 .port = broker.port(),
                                 .tags = {{.tag = 2, .path = "anlan-demo/replay//" + heading}}},
                                {.code = "U",
                                 .protocol = Source::Protocol::Opcua,
                                 .port = opcua,
                                 .time_out = Duration::seconds(5),
                                 .tags = {{.tag = 3, .path = "ns=1;s=Replay/" + heading}}}},
                               sink, clock);
  ASSERT_TRUE(sources);
  (*sources)->start();
  for (history::TagIndex tag : {1u, 2u, 3u}) {
    EXPECT_TRUE(sink.wait_quality(tag, Quality::Good)) << tag;
  }
  (*sources)->stop();
  for (const history::Sample& sample : sink.all_samples) {
    if (sample.quality != Quality::Good) continue;
    bool is_recorded = false;
    for (std::size_t row = 0; row < table->times.size() && !is_recorded; ++row) {
      double value = table->cell(row, static_cast<std::size_t>(place));
      is_recorded = std::abs(value - sample.value) <= std::abs(value) * 1e-6;
    }
    EXPECT_TRUE(is_recorded) << sample.tag << ": " << sample.value;
  }
}
INSTANTIATE_TEST_SUITE_P(Shared, ForeignTable,
                         testing::Values(std::pair("skab/valve1/0.csv", "Pressure"),
                                         std::pair("nab/realKnownCause/nyc_taxi.csv", "value"),
                                         std::pair("tep/d01_te.dat", "9")));

struct Told {
  SparkplugPayload payload;
  std::string bytes;
};

Told read(const MqttLink::Message& message) {
  Told told{.bytes = message.payload};
  EXPECT_TRUE(read_sparkplug(told.bytes, told.payload));
  return told;
}

TEST(SimEdgeNode, IsBornWithAliasesAndCountsItsMessages) {
  SimEdgeNode node("G/E", {{"D", "Flow", 0.5}, {"", "Load", 0.5}});
  Instant now = kTestStart;
  MqttLink::Message will = node.open(now);
  EXPECT_EQ(will.topic, "spBv1.0/G/NDEATH/E");
  EXPECT_EQ(will.qos, 1);
  Told dead = read(will);
  EXPECT_FALSE(dead.payload.seq) << "clause 6.4.16: a death has no seq";
  double values[] = {7, 3};
  auto births = node.births(values, now);
  ASSERT_EQ(births.size(), 2u);
  EXPECT_EQ(births[0].topic, "spBv1.0/G/NBIRTH/E");
  EXPECT_EQ(births[1].topic, "spBv1.0/G/DBIRTH/E/D");
  Told born = read(births[0]), device = read(births[1]);
  EXPECT_EQ(born.payload.metrics.at(0).name, "bdSeq");
  EXPECT_EQ(born.payload.metrics[0].bits, dead.payload.metrics.at(0).bits);
  EXPECT_EQ(born.payload.seq, 0u);
  EXPECT_EQ(device.payload.seq, 1u);
  EXPECT_EQ(device.payload.metrics.at(0).name, "Flow");
  uint64_t alias = device.payload.metrics[0].alias;
  EXPECT_TRUE(node.data(values, now).empty()) << "nothing has changed";
  values[0] = 7.4;
  EXPECT_TRUE(node.data(values, now).empty()) << "within the deadband";
  values[0] = 8;
  auto changes = node.data(values, now);
  ASSERT_EQ(changes.size(), 1u);
  Told changed = read(changes[0]);
  EXPECT_EQ(changed.payload.seq, 2u);
  EXPECT_EQ(changed.payload.metrics.at(0).alias, alias);
  EXPECT_FALSE(changed.payload.metrics[0].has_name);
}

TEST(SimEdgeNode, NumbersGoRoundAndANewSessionHasANewNumber) {
  SimEdgeNode node("G/E", {{"", "Load", 0}});
  Told first = read(node.open(kTestStart)), second = read(node.open(kTestStart));
  EXPECT_EQ(first.payload.metrics.at(0).bits, 0u);
  EXPECT_EQ(second.payload.metrics.at(0).bits, 1u);
  double value[] = {0};
  node.births(value, kTestStart);
  for (uint64_t i = 1; i < 600; ++i) {
    value[0] = static_cast<double>(i);
    auto told = node.data(value, kTestStart);
    ASSERT_EQ(told.size(), 1u);
    ASSERT_EQ(read(told[0]).payload.seq, i % 256);
  }
}

TEST(SimEdgeNode, ObeysTheRebirthThatIsMeantForIt) {
  SimEdgeNode node("G/E", {{"", "Load", 0}});
  SparkplugMetric wish{
      .name = "Node Control/Rebirth", .type = SparkplugType::Boolean, .has_name = true};
  set_number(wish, 1);
  std::string bytes = write_sparkplug({.metrics = {wish}});
  EXPECT_TRUE(node.is_rebirth("spBv1.0/G/NCMD/E", bytes));
  EXPECT_FALSE(node.is_rebirth("spBv1.0/G/NCMD/F", bytes));
  EXPECT_FALSE(node.is_rebirth("spBv1.0/G/NCMD/E", "nonsense"));
  set_number(wish, 0);
  EXPECT_FALSE(node.is_rebirth("spBv1.0/G/NCMD/E", write_sparkplug({.metrics = {wish}})));
}

}  // namespace
}  // namespace anlan::connect
