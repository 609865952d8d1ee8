#include "connect/plant_sim.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "connect/plant_sim_people.h"
#include "connect/plant_sim_process.h"
#include "connect/register_value.h"
#include "connect/test_plant_world.h"

namespace anlan::connect {
namespace {

Json read_json(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  Result<Json> json = parse_json(text.str(), 16 << 20);
  EXPECT_TRUE(json) << path;
  return json.value_or(Json());
}

// Of both seeds of the pack: the controllers' and the works'.
Json seed_rows(std::string_view form) {
  Json rows = Json::array();
  for (const char* path : {"packs/sensing/seed/demo.json", "packs/sensing/seed/works.json"}) {
    Json seed = read_json(path);
    for (const Json& part : seed["records"].as_array()) {
      if (part.text_or("form", "") != form) continue;
      for (const Json& row : part["rows"].as_array()) rows.push(row);
    }
  }
  return rows;
}

double value(const SimProcess& process, std::string_view code) {
  Result<double> value = process.value(code);
  EXPECT_TRUE(value) << code;
  return value.value_or(NAN);
}

TEST(PlantSim, HasTheAddressesOfThePack) {
  Json rows = seed_rows("tag");
  std::map<std::string, Json> tags;
  for (const Json& tag : rows.as_array()) tags[tag.text_or("code", "")] = tag;
  EXPECT_EQ(tags.size(), sim_points().size());
  constexpr const char* kTables[] = {"coil", "discrete", "input", "holding"};
  constexpr const char* kTypes[] = {"bool",   "int16",   "uint16", "int32",
                                    "uint32", "float32", "float64"};
  for (const SimPoint& point : sim_points()) {
    const Json& tag = tags[std::string(point.code)];
    SCOPED_TRACE(point.code);
    EXPECT_EQ(tag["area"].text_or("code", ""), point.area);
    EXPECT_EQ(tag["x"].as_double(), point.at.x);
    EXPECT_EQ(tag["y"].as_double(), point.at.y);
    EXPECT_EQ(tag["range_high"].as_double(), point.high);
    EXPECT_EQ(tag.text_or("path", ""), point.path);
    std::string source = tag["source"].text_or("code", "");
    std::string unit = std::to_string(point.unit);
    std::map<SimWire, std::string> sources{{SimWire::Modbus, "S-PLC" + unit},
                                           {SimWire::Mqtt, "S-RTLS"},
                                           {SimWire::Sparkplug, "S-SPB"},
                                           {SimWire::Opcua, "S-UA"}};
    EXPECT_EQ(source, sources[point.wire]);
    if (point.wire != SimWire::Modbus) continue;
    EXPECT_EQ(tag.text_or("table", ""), kTables[static_cast<int>(point.table)]);
    EXPECT_EQ(tag.text_or("type", ""), kTypes[static_cast<int>(point.type)]);
    EXPECT_EQ(tag.int_or("address", -1), point.address);
    EXPECT_EQ(tag.text_or("order", ""), point.order);
    EXPECT_EQ(tag["scale"].as_double(), point.scale);
  }
}

// A quiet shift: with this seed and any wind of the day nothing crosses a limit of the pack.
TEST(PlantSim, AQuietHourCrossesNoLimit) {
  Json limits = seed_rows("alarm_limit");
  SimProcess process(7, kTestStart);
  std::map<std::string, std::pair<double, double>> seen;
  for (int s = 0; s < 3600; ++s) {
    process.advance(kTestStart + Duration::seconds(s));
    for (std::size_t i = 0; i < sim_points().size(); ++i) {
      double now = process.value(i);
      auto [it, is_new] = seen.try_emplace(std::string(sim_points()[i].code), now, now);
      it->second = {std::min(it->second.first, now), std::max(it->second.second, now)};
    }
  }
  for (const Json& limit : limits.as_array()) {
    auto [low, high] = seen[limit["tag"].text_or("code", "")];
    double value = limit["limit_value"].as_double().value();
    std::string kind = limit.text_or("kind", "");
    SCOPED_TRACE(limit.text_or("code", ""));
    EXPECT_TRUE(!kind.starts_with("h") || high < value) << high;
    EXPECT_TRUE(!kind.starts_with("l") || low > value) << low;
    EXPECT_TRUE(kind != "on" || high == 0) << high;
    EXPECT_TRUE(kind != "off" || low == 1) << low;
  }
}

TEST(PlantSim, TheSameSeedIsTheSamePlant) {
  SimProcess one(7, kTestStart), two(7, kTestStart), other(8, kTestStart);
  for (SimProcess* process : {&one, &two, &other})
    process->advance(kTestStart + Duration::seconds(30));
  int differing = 0;
  for (std::size_t i = 0; i < sim_points().size(); ++i) {
    EXPECT_EQ(one.value(i), two.value(i));
    differing += one.value(i) != other.value(i);
  }
  EXPECT_GT(differing, 100);
}

struct Trip {
  const char* detector;
  double level_2;
};
class Leak : public testing::TestWithParam<Trip> {};

TEST_P(Leak, PassesLevelTwoWithinTwoSecondsAndFades) {
  auto [detector, level_2] = GetParam();
  SimProcess process(7, kTestStart);
  Instant at = kTestStart + Duration::seconds(5);
  process.advance(at);
  EXPECT_LT(value(process, detector), level_2 / 4);
  ASSERT_TRUE(process.leak(detector));
  process.advance(at + Duration::milliseconds(1900));
  EXPECT_GT(value(process, detector), level_2);
  process.stop_leaks();
  process.advance(at + Duration::seconds(50));
  EXPECT_LT(value(process, detector), level_2 / 4);
}
INSTANTIATE_TEST_SUITE_P(PlantSim, Leak,
                         testing::Values(Trip{"GAS-2107", 50}, Trip{"NH3-6031", 57.428},
                                         Trip{"H2S-6071", 14.349}, Trip{"CO-6011", 34.916},
                                         Trip{"NO2-2211", 5.315}));

TEST(PlantSim, GasGoesWithTheWind) {
  SimProcess process(7, kTestStart);
  process.set_wind({.speed_m_s = 4, .from_deg = 270});
  ASSERT_TRUE(process.leak("GAS-2107"));
  Instant at = kTestStart;
  auto after = [&](int seconds) { process.advance(at = at + Duration::seconds(seconds)); };
  after(8);
  EXPECT_LT(value(process, "GAS-2108"), 10) << "40 m east: the gas is on its way";
  after(22);
  EXPECT_GT(value(process, "GAS-2108"), 25) << "downwind";
  EXPECT_LT(value(process, "GAS-2106"), 15) << "50 m upwind";
  EXPECT_LT(value(process, "NH3-6031"), 5) << "another gas";
  process.set_wind({.speed_m_s = 4, .from_deg = 90});
  after(60);
  EXPECT_LT(value(process, "GAS-2108"), 15);
  EXPECT_GT(value(process, "GAS-2106"), 20) << "the wind has turned";
  EXPECT_GT(value(process, "GAS-2107"), 50) << "the leak stays a leak";
}

TEST(PlantSim, NitrogenTakesTheOxygen) {
  SimProcess process(7, kTestStart);
  ASSERT_TRUE(process.leak("O2-6021"));
  process.advance(kTestStart + Duration::seconds(2));
  EXPECT_LT(value(process, "O2-6021"), 19.5);
}

TEST(PlantSim, SetHoldsAValueAndNothingElseLeaks) {
  SimProcess process(7, kTestStart);
  ASSERT_TRUE(process.set("TI-3302", 90));
  process.advance(kTestStart + Duration::seconds(1));
  EXPECT_EQ(value(process, "TI-3302"), 90);
  process.release("TI-3302");
  process.advance(kTestStart + Duration::seconds(2));
  EXPECT_LT(value(process, "TI-3302"), 80);
  EXPECT_FALSE(process.leak("TI-3302"));
  EXPECT_FALSE(process.leak("GAS-9999"));
  EXPECT_FALSE(process.set("GAS-9999", 1));
}

TEST(PlantSim, RefusesHolesAndWhatIsBehindTheEnd) {
  SimProcess process(7, kTestStart);
  std::vector<uint16_t> one(1), many(40);
  EXPECT_TRUE(read_sim_registers(process, 1, Table::Input, 0, one));
  EXPECT_FALSE(read_sim_registers(process, 1, Table::Input, 83, one));
  EXPECT_FALSE(read_sim_registers(process, 1, Table::Input, 60, many));
  EXPECT_FALSE(read_sim_registers(process, 1, Table::Input, 101, one));
  EXPECT_FALSE(read_sim_registers(process, 3, Table::Input, 0, one));
}

TEST(PlantSim, ALeakReachesTheDriver) {
  RunningClock clock;
  auto plant = PlantSim::start({.modbus_port = 0, .mqtt_port = 0, .people = 0, .clock = clock});
  ASSERT_TRUE(plant) << plant.error().detail;
  MemorySink sink;
  auto sources = Sources::make({{.code = "S-PLC1",
                                 .port = (*plant)->modbus_port(),
                                 .tags = {{.tag = 1,
                                           .code = "GAS-2107",
                                           .table = Table::Input,
                                           .address = 6,
                                           .scale = 0.1,
                                           .every = Duration::milliseconds(250)}}}},
                               sink, clock);
  ASSERT_TRUE(sources);
  (*sources)->start();
  ASSERT_TRUE(sink.wait_quality(1, history::Quality::Good));
  EXPECT_LT(sink.last(1)->value, 10);
  Instant begun = clock.now();
  ASSERT_TRUE((*plant)->command(Json::object({{"leak", "GAS-2107"}})));
  ASSERT_TRUE(sink.wait([&] { return sink.all_samples.back().value > 50; }));
  EXPECT_GE(sink.last(1)->at, begun);
  EXPECT_FALSE((*plant)->command(Json::object({{"leak", "GAS-9"}})));
  EXPECT_FALSE((*plant)->command(*parse_json(R"({"wind":{"from":1000}})")));
}

TEST(PlantSim, SaysThatItsPortIsTaken) {
  RunningClock clock;
  SilentPort taken;
  auto plant =
      PlantSim::start({.modbus_port = taken.port(), .mqtt_port = 0, .people = 0, .clock = clock});
  ASSERT_FALSE(plant);
  EXPECT_EQ(plant.error().code, ErrorCode::Internal);
}

}  // namespace
}  // namespace anlan::connect
