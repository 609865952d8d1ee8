#include "connect/plant_sim_people.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "connect/plant_sim.h"
#include "connect/test_mqtt_party.h"
#include "connect/test_plant_world.h"

namespace anlan::connect {
namespace {

Json demo_drawing() {
  std::ifstream file("packs/plant/plan/plant.geojson");
  std::stringstream text;
  text << file.rdbuf();
  Result<Json> json = parse_json(text.str(), twin::kPlanBytesMax);
  EXPECT_TRUE(json);
  return json.value_or(Json());
}

twin::Plan demo_plan() {
  auto plan = twin::Plan::parse(demo_drawing());
  EXPECT_TRUE(plan) << plan.error().detail;
  return *std::move(plan);
}

struct Walk {
  SimPeople& people;
  Instant at = kTestStart;
  std::vector<twin::GatePass> passes{};

  void go(int seconds) {
    for (int i = 0; i < seconds * 2; ++i) {
      at = at + Duration::milliseconds(500);
      auto some = people.advance(0.5, at);
      passes.insert(passes.end(), some.begin(), some.end());
    }
  }
};

TEST(SimPeople, WalkAboutAndGatherWithoutAPlan) {
  SimPeople people(300, 7, nullptr);
  Walk walk{people};
  auto before = people.sightings(walk.at);
  walk.go(120);
  auto after = people.sightings(walk.at);
  ASSERT_EQ(after.size(), 300);
  int moved = 0;
  for (std::size_t i = 0; i < 300; ++i) moved += twin::distance_m(*before[i].at, *after[i].at) > 10;
  EXPECT_GT(moved, 100);
  people.evacuate(true);
  walk.go(700);
  EXPECT_EQ(people.mustered(), 300);
  people.evacuate(false);
  walk.go(120);
  EXPECT_LT(people.mustered(), 150);
}

TEST(SimPeople, WhoIsSilentIsNotSeen) {
  SimPeople people(3, 7, nullptr);
  people.silence("B-0002");
  auto seen = people.sightings(kTestStart);
  ASSERT_EQ(seen.size(), 2);
  EXPECT_EQ(seen[0].badge, "B-0001");
  EXPECT_EQ(seen[1].badge, "B-0003");
}

TEST(SimPeople, PassGatesAndReachAMusterPointOfThePlan) {
  twin::Plan plan = demo_plan();
  SimPeople people(300, 7, &plan);
  Walk walk{people};
  walk.go(300);
  EXPECT_GT(walk.passes.size(), 20);
  for (const twin::GatePass& pass : walk.passes) EXPECT_TRUE(pass.was_let);
  for (const twin::Sighting& seen : people.sightings(walk.at)) {
    EXPECT_TRUE(seen.zone.empty() || plan.find_zone(seen.zone));
  }
  people.evacuate(true);
  walk.go(900);
  EXPECT_EQ(people.mustered(), 300);
}

class ShutGate : public testing::TestWithParam<uint64_t> {};

TEST_P(ShutGate, LetsNobodyInAndEverybodyOut) {
  twin::Plan plan = demo_plan();
  SimPeople people(300, GetParam(), &plan);
  Walk walk{people};
  walk.go(60);
  auto shut = std::ranges::find(plan.gates(), "A1", &twin::Gate::zone);
  ASSERT_NE(shut, plan.gates().end());
  people.set_gate(shut->code, false);
  people.evacuate(true);
  walk.passes.clear();
  walk.go(900);
  int refused = 0, let_in = 0;
  for (const twin::GatePass& pass : walk.passes) {
    if (pass.gate != shut->code || !pass.is_in) continue;
    refused += !pass.was_let;
    let_in += pass.was_let;
  }
  EXPECT_GE(refused, 1) << "somebody tried";
  EXPECT_EQ(let_in, 0);
  EXPECT_EQ(people.mustered(), 300) << "who was inside came out";
}
INSTANTIATE_TEST_SUITE_P(SimPeople, ShutGate, testing::Range(uint64_t{1}, uint64_t{9}));

TEST(SimPeopleGate, LetsInWhomItIsToldAndRefusesOthers) {
  twin::Plan plan = demo_plan();
  SimPeople people(300, 5, &plan);
  Walk walk{people};
  walk.go(60);
  auto gate = std::ranges::find(plan.gates(), "A1", &twin::Gate::zone);
  ASSERT_NE(gate, plan.gates().end());
  people.set_allowed(gate->code, std::set<std::string, std::less<>>{"B-0001", "B-0002"});
  walk.passes.clear();
  walk.go(1'800);
  int refused = 0;
  for (const twin::GatePass& pass : walk.passes) {
    if (pass.gate != gate->code || !pass.is_in) continue;
    bool is_told = pass.badge == "B-0001" || pass.badge == "B-0002";
    EXPECT_EQ(pass.was_let, is_told) << pass.badge;
    refused += !pass.was_let;
  }
  EXPECT_GE(refused, 1) << "somebody tried";
  people.set_allowed(gate->code, std::nullopt);
  walk.passes.clear();
  walk.go(1'800);
  bool is_let = std::ranges::any_of(walk.passes, [&](const twin::GatePass& pass) {
    return pass.gate == gate->code && pass.is_in && pass.was_let;
  });
  EXPECT_TRUE(is_let);
}

TEST(PlantSim, SpeaksWithABrokerThatComesLater) {
  RunningClock clock;
  uint16_t port = free_port();
  auto plant =
      PlantSim::start({.modbus_port = 0, .mqtt_port = port, .people = 300, .clock = clock});
  ASSERT_TRUE(plant) << plant.error().detail;
  Broker broker(port);
  MemorySink sink;
  auto sources = Sources::make(
      {{.code = "S-RTLS", .protocol = Source::Protocol::Mqtt, .port = port, .topic = "plant/#"}},
      sink, clock);
  ASSERT_TRUE(sources);
  (*sources)->start();
  EXPECT_TRUE(sink.wait([&] { return sink.all_sightings.size() >= 600; }));
  (*sources)->stop();
  EXPECT_TRUE(balances((*sources)->states()[0]));
  auto rejected = (*sources)->states()[0].rejected;
  EXPECT_GT(rejected["unknown_tag"], 0) << "this sink has no tags of the weather station";
  EXPECT_EQ(rejected.size(), 1u);
}

// Thirty times as fast as the plant: somebody walks to the shut gate, and everybody away.
TEST(PlantSim, ObeysTheRuleOfAGateAndCommandsOfTheBroker) {
  RunningClock clock(30);
  Broker broker;
  uint16_t port = broker.port();
  auto plant = PlantSim::start(
      {.modbus_port = 0, .mqtt_port = port, .people = 300, .plan = demo_drawing(), .clock = clock});
  ASSERT_TRUE(plant) << plant.error().detail;
  MemorySink sink;
  auto sources = Sources::make(
      {{.code = "S-RTLS", .protocol = Source::Protocol::Mqtt, .port = port, .topic = "plant/#"},
       {.code = "S-PLC1",
        .port = (*plant)->modbus_port(),
        .tags = {{.tag = 1, .code = "GAS-2107", .address = 6, .scale = 0.1},
                 {.tag = 2, .code = "GATE-A1", .table = Table::Coil, .type = ValueType::Bool}}}},
      sink, clock);
  ASSERT_TRUE(sources);
  (*sources)->start();
  ASSERT_TRUE(sink.wait([&] { return !sink.all_sightings.empty(); }));
  Party(port).say("anlan/sim/command", R"({"leak":"GAS-2107"})");
  EXPECT_TRUE(sink.wait([&] {
    return std::ranges::any_of(sink.all_samples,
                               [](const auto& one) { return one.tag == 1 && one.value > 50; });
  }));
  twin::Plan plan = demo_plan();
  auto gate = std::ranges::find(plan.gates(), "A1", &twin::Gate::zone);
  ASSERT_NE(gate, plan.gates().end());
  (*sources)->set_gate(gate->code, false, "gas");
  EXPECT_TRUE(sink.wait([&] {
    return std::ranges::any_of(sink.all_passes, [&](const twin::GatePass& pass) {
      return pass.gate == gate->code && pass.is_in && !pass.was_let;
    });
  }));
  EXPECT_TRUE(sink.wait([&] {
    return std::ranges::any_of(sink.all_samples,
                               [](const auto& one) { return one.tag == 2 && one.value == 0; });
  }));
  (*sources)->stop();
  for (const SourceState& state : (*sources)->states()) EXPECT_TRUE(balances(state));
}

TEST(PlantSim, RunsUntilItIsToldToStop) {
  RunningClock clock;
  bool is_stopping = false;
  uint16_t port = 0;
  auto done = run_plant_sim(
      {.modbus_port = 0, .mqtt_port = 0, .people = 2, .clock = clock}, [&] { return is_stopping; },
      [&](uint16_t modbus) {
        port = modbus;
        is_stopping = true;
      });
  EXPECT_TRUE(done);
  EXPECT_NE(port, 0);
}

}  // namespace
}  // namespace anlan::connect
