// The Sparkplug driver against mosquitto, and against an edge node that is not ours.

#include <gtest/gtest.h>

#include <filesystem>
#include <format>

#include "connect/sparkplug_wire.h"
#include "connect/test_mqtt_party.h"
#include "connect/test_plant_world.h"
#include "core/json.h"

namespace anlan::connect {
namespace {

using Quality = history::Quality;

constexpr std::string_view kState = "spBv1.0/STATE/anlan";
constexpr std::string_view kCommand = "spBv1.0/G/NCMD/E";

class SparkplugSource : public testing::Test {
 protected:
  void SetUp() override {
    auto sources = Sources::make({{.code = "S-SPB",
                                   .protocol = Source::Protocol::Sparkplug,
                                   .port = port_,
                                   .tags = {{.tag = 3, .code = "TI-1", .path = "G/E//Temp"},
                                            {.tag = 4, .code = "FI-1", .path = "G/E/D//Flow"},
                                            {.tag = 5, .code = "X-1", .path = "G/E/D//Table"}}}},
                                 sink_, clock_);
    ASSERT_TRUE(sources);
    sources_ = *std::move(sources);
  }
  void TearDown() override {
    if (!sources_) return;
    sources_->stop();
    EXPECT_TRUE(balances(state()));
  }
  SourceState state() { return sources_->states()[0]; }
  void start() {
    sources_->start();
    ASSERT_TRUE(eventually([&] { return state().is_up; })) << state().trouble;
  }
  std::string payload(std::string_view name, double value, std::optional<uint64_t> seq) {
    auto ms = static_cast<uint64_t>(clock_.now().to_milliseconds());
    SparkplugMetric session{.name = "bdSeq",
                            .type = SparkplugType::Int64,
                            .field = SparkplugMetric::Field::Long,
                            .has_name = true};
    SparkplugPayload payload{.time_ms = ms, .seq = seq, .metrics = {session}};
    if (!name.empty()) {
      payload.metrics.push_back({.name = name,
                                 .time_ms = ms,
                                 .type = SparkplugType::Double,
                                 .has_name = true,
                                 .has_time = true});
      set_number(payload.metrics.back(), value);
    }
    return write_sparkplug(payload);
  }
  void be_born(Party& party) {
    party.say("spBv1.0/G/NBIRTH/E", payload("Temp", 20, 0));
    party.say("spBv1.0/G/DBIRTH/E/D", payload("Flow", 7, 1));
  }
  bool is_online(Party& party) {
    auto state = parse_json(party.heard(std::string(kState)));
    return state && state->bool_or("online", false);
  }

  RunningClock clock_;
  MemorySink sink_;
  Broker broker_;
  uint16_t port_ = broker_.port();
  std::unique_ptr<Sources> sources_;
};

TEST_F(SparkplugSource, SaysThatItIsThereAndThatItGoes) {
  start();
  Party party(port_, "spBv1.0/#");
  ASSERT_TRUE(eventually([&] { return is_online(party); }));
  EXPECT_GT(parse_json(party.heard(std::string(kState)))->int_or("timestamp", 0), 0);
  party.say(std::string(kState), R"({"online":false,"timestamp":1})");
  EXPECT_TRUE(eventually([&] { return is_online(party); })) << "somebody said that it is not";
  sources_->stop();
  EXPECT_TRUE(eventually([&] {
    std::string said = party.heard(std::string(kState));
    return said.contains("false");
  }));
}

TEST_F(SparkplugSource, AsksForBirthsAndStoresWhatFollows) {
  Party party(port_, "spBv1.0/#");
  start();
  EXPECT_TRUE(eventually([&] { return state().trouble == "waits for the birth of G/E"; }));
  EXPECT_TRUE(eventually([&] { return !party.heard(std::string(kCommand)).empty(); }));
  SparkplugPayload command;
  std::string said = party.heard(std::string(kCommand));
  ASSERT_TRUE(read_sparkplug(said, command));
  EXPECT_EQ(command.metrics.at(0).name, "Node Control/Rebirth");
  EXPECT_EQ(sparkplug_number(command.metrics[0], SparkplugType::Boolean), 1);
  be_born(party);
  ASSERT_TRUE(sink_.wait([&] { return sink_.all_samples.size() == 2; }));
  EXPECT_TRUE(eventually([&] { return state().trouble.empty(); })) << state().trouble;
  party.say("spBv1.0/G/DDATA/E/D", payload("Flow", 8, 2));
  ASSERT_TRUE(sink_.wait([&] { return sink_.all_samples.size() == 3; }));
  EXPECT_EQ(sink_.last(4)->value, 8);
  party.say("spBv1.0/G/NDEATH/E", payload("", 0, std::nullopt));
  EXPECT_TRUE(sink_.wait_quality(3, Quality::Stale));
  EXPECT_TRUE(sink_.wait_quality(4, Quality::Stale));
  EXPECT_TRUE(eventually([&] { return state().stored == 5; }));
}

TEST_F(SparkplugSource, WhatIsBornCanBeBrowsed) {
  start();
  EXPECT_TRUE(sources_->items("S-SPB", "").empty());
  Party party(port_, "spBv1.0/#");
  be_born(party);
  ASSERT_TRUE(sink_.wait([&] { return sink_.all_samples.size() == 2; }));
  std::vector<SourceItem> nodes = sources_->items("S-SPB", "");
  ASSERT_EQ(nodes.size(), 2u);
  EXPECT_EQ(nodes[1].path, "G/E/D");
  EXPECT_FALSE(nodes[1].is_value);
  std::vector<SourceItem> metrics = sources_->items("S-SPB", "G/E/D");
  ASSERT_EQ(metrics.size(), 1u);
  EXPECT_EQ(metrics[0].path, "G/E/D//Flow");
  EXPECT_EQ(metrics[0].name, "Flow");
  EXPECT_TRUE(metrics[0].is_value);
}

TEST_F(SparkplugSource, ALostBrokerMakesEverythingStale) {
  start();
  {
    Party party(port_, "spBv1.0/#");
    be_born(party);
    ASSERT_TRUE(sink_.wait_quality(4, Quality::Good));
  }
  broker_.end();
  EXPECT_TRUE(sink_.wait_quality(3, Quality::Stale));
  EXPECT_TRUE(sink_.wait_quality(4, Quality::Stale));
  broker_.begin();
  ASSERT_TRUE(eventually([&] { return state().is_up; }));
  Party party(port_, "spBv1.0/#");
  ASSERT_TRUE(eventually([&] { return !party.heard(std::string(kCommand)).empty(); }));
  be_born(party);
  EXPECT_TRUE(sink_.wait([&] { return sink_.all_samples.size() == 6; }));
  EXPECT_EQ(sink_.last(3)->quality, Quality::Good);
  EXPECT_TRUE(is_online(party));
}

TEST_F(SparkplugSource, AsksAgainWhereTheSinkLostRows) {
  sink_.set_refusing(true);
  start();
  Party party(port_, "spBv1.0/#");
  be_born(party);
  ASSERT_TRUE(eventually([&] { return state().dropped["sink_failed"] == 2; }));
  sink_.set_refusing(false);
  Party late(port_, std::string(kCommand));
  EXPECT_TRUE(eventually([&] { return !late.heard(std::string(kCommand)).empty(); }));
}

// tests/peers/sparkplug_edge.mjs: the client of the project that wrote the standard.
TEST_F(SparkplugSource, UnderstandsAnEdgeNodeThatIsNotOurs) {
  start();
  ASSERT_TRUE(std::filesystem::exists("tests/peers/node_modules")) << "npm ci in tests/peers";
  auto edge = std::make_unique<Child>(
      std::vector<std::string>{"node", "tests/peers/sparkplug_edge.mjs", std::to_string(port_),
                               std::to_string(clock_.now().to_milliseconds())},
      "born");
  ASSERT_TRUE(edge->is_ready()) << edge->said();
  ASSERT_TRUE(sink_.wait([&] { return sink_.all_samples.size() >= 6; }));
  EXPECT_TRUE(eventually([&] { return state().rejected.contains("data_set"); }));
  EXPECT_TRUE(sink_.wait([&] { return !sink_.all_historical.empty(); }));
  EXPECT_TRUE(sink_.wait_quality(4, Quality::Bad)) << "null";
  edge->end();  // the broker says its will
  EXPECT_TRUE(sink_.wait_quality(3, Quality::Stale));
}

}  // namespace
}  // namespace anlan::connect
