// The MQTT driver against mosquitto.

#include <gtest/gtest.h>

#include <format>

#include "connect/test_mqtt_party.h"
#include "connect/test_plant_world.h"
#include "core/json.h"

namespace anlan::connect {
namespace {

class MqttSource : public testing::Test {
 protected:
  void SetUp() override {
    auto sources = Sources::make(
        {{.code = "S-RTLS", .protocol = Source::Protocol::Mqtt, .port = port_, .topic = "plant/#"}},
        sink_, clock_);
    ASSERT_TRUE(sources);
    sources_ = *std::move(sources);
  }
  void TearDown() override {
    sink_.set_blocked(false);
    if (!sources_) return;
    sources_->stop();
    EXPECT_TRUE(balances(state()));
  }
  SourceState state() { return sources_->states()[0]; }
  void start() {
    sources_->start();
    ASSERT_TRUE(eventually([&] { return state().is_up; })) << state().trouble;
  }
  std::string positions(int rows, int serial) {
    Json list = Json::array();
    for (int i = 0; i < rows; ++i) {
      list.push(Json::object({{"badge", std::format("B-{}", i)}, {"x", i}, {"y", serial}}));
    }
    return write_json(
        Json::object({{"at", format_instant(clock_.now())}, {"rows", std::move(list)}}));
  }

  RunningClock clock_;
  MemorySink sink_;
  Broker broker_;
  uint16_t port_ = broker_.port();
  std::unique_ptr<Sources> sources_;
};

TEST_F(MqttSource, DeliversPositionsPassesAndValues) {
  start();
  Party party(port_);
  std::string at = format_instant(clock_.now());
  party.say("plant/positions", positions(200, 1));
  party.say("plant/gates/G-1", R"({"badge":"B-1","gate":"G-1","in":true,"at":")" + at + "\"}");
  party.say("plant/values", R"({"at":")" + at + R"(","rows":[{"tag":"KNOWN","value":3},
    {"tag":"UNKNOWN","value":4}]})");
  party.say("plant/weather", "{}");
  EXPECT_TRUE(sink_.wait([&] {
    return sink_.all_sightings.size() == 200 && sink_.all_passes.size() == 1 &&
           sink_.all_samples.size() == 1;
  }));
  EXPECT_TRUE(eventually([&] { return state().received == 204; }));
  SourceState now = state();
  EXPECT_EQ(now.stored, 202);
  EXPECT_EQ(now.rejected,
            (std::map<std::string, int64_t>{{"unknown_tag", 1}, {"unknown_topic", 1}}));
  EXPECT_EQ(sink_.all_samples[0].tag, 7);
  EXPECT_EQ(sink_.all_samples[0].value, 3);
}

TEST_F(MqttSource, KnowsAMessageThatComesTwice) {
  start();
  Party party(port_);
  std::string message = positions(10, 1);
  party.say("plant/positions", message);
  party.say("plant/positions", message);
  EXPECT_TRUE(eventually([&] { return state().received == 20; }));
  EXPECT_EQ(state().stored, 10);
  EXPECT_EQ(state().duplicate, 10);
}

TEST_F(MqttSource, DropsAndCountsWhatASinkCannotTake) {
  start();
  sink_.set_blocked(true);
  Party party(port_);
  for (int i = 0; i < 12; ++i) party.say("plant/positions", positions(1000, i));
  ASSERT_TRUE(eventually([&] { return state().dropped["queue_full"] >= 1000; }));
  EXPECT_TRUE(state().is_up) << "a slow sink does not cost the connection";
  sink_.set_blocked(false);
  EXPECT_TRUE(eventually([&] { return state().received == 12'000; }));
  SourceState now = state();
  EXPECT_TRUE(balances(now));
  EXPECT_EQ(now.stored, static_cast<int64_t>(sink_.all_sightings.size()));
  EXPECT_GE(now.stored, 10'000);
}

TEST_F(MqttSource, ComesBackWithTheBrokerAndTellsTheGatesAgain) {
  start();
  sources_->set_gate("G-1", false, "gas");
  {
    Party party(port_, "anlan/gate/+/rule");
    EXPECT_TRUE(eventually([&] { return !party.heard("anlan/gate/G-1/rule").empty(); }));
  }
  broker_.end();
  ASSERT_TRUE(eventually([&] { return !state().is_up; }));
  EXPECT_FALSE(state().trouble.empty());
  sources_->set_gate("G-2", true, "");
  sources_->set_allowed("G-1", std::vector<std::string>{"B-1"});
  sources_->set_allowed("G-2", std::nullopt);
  broker_.begin();  // remembers nothing
  ASSERT_TRUE(eventually([&] { return state().is_up; }));
  Party party(port_, "anlan/gate/+/rule");
  EXPECT_TRUE(eventually([&] {
    return !party.heard("anlan/gate/G-1/rule").empty() &&
           !party.heard("anlan/gate/G-2/rule").empty();
  }));
  Result<Json> rule = parse_json(party.heard("anlan/gate/G-1/rule"));
  ASSERT_TRUE(rule);
  EXPECT_FALSE(rule->bool_or("open", true));
  EXPECT_EQ(rule->text_or("reason", ""), "gas");
  EXPECT_TRUE(parse_instant(rule->text_or("at", "")));
  Party doors(port_, "anlan/gate/+/allowed");
  EXPECT_TRUE(eventually([&] { return !doors.heard("anlan/gate/G-2/allowed").empty(); }));
  EXPECT_TRUE(parse_json(doors.heard("anlan/gate/G-2/allowed")).value()["badges"].is_null());
  EXPECT_TRUE(eventually([&] { return !doors.heard("anlan/gate/G-1/allowed").empty(); }));
  EXPECT_EQ(parse_json(doors.heard("anlan/gate/G-1/allowed")).value()["badges"],
            Json::array({"B-1"}));
  party.say("plant/positions", positions(5, 1));
  EXPECT_TRUE(sink_.wait([&] { return sink_.all_sightings.size() == 5; }));
}

TEST_F(MqttSource, GetsWhatWasSaidWhileItWasAway) {
  start();
  sources_->stop();
  Party party(port_);
  std::string at = format_instant(clock_.now());
  party.say("plant/gates/G-1", R"({"badge":"B-9","gate":"G-1","in":true,"at":")" + at + "\"}");
  sources_->start();
  EXPECT_TRUE(sink_.wait([&] { return sink_.all_passes.size() == 1; }));
}

TEST_F(MqttSource, SaysWhenNobodyAnswers) {
  SilentPort silent;
  MemorySink sink;
  auto dead = Sources::make({{.code = "S-1",
                              .protocol = Source::Protocol::Mqtt,
                              .port = silent.port(),
                              .topic = "plant/#"},
                             {.code = "S-2",
                              .protocol = Source::Protocol::Mqtt,
                              .port = free_port(),
                              .topic = "plant/#"}},
                            sink, clock_);
  ASSERT_TRUE(dead);
  (*dead)->start();
  EXPECT_TRUE(eventually([&] {
    std::vector<SourceState> states = (*dead)->states();
    return states[0].trouble == "connect: the broker does not answer" &&
           states[1].trouble == "connect: Connection refused";
  }));
}

TEST(Sources, TakesNoCodeTwice) {
  RunningClock clock;
  MemorySink sink;
  auto sources = Sources::make({{.code = "S"}, {.code = "S"}}, sink, clock);
  ASSERT_FALSE(sources);
  EXPECT_EQ(sources.error().code, ErrorCode::Duplicate);
}

}  // namespace
}  // namespace anlan::connect
