// The MQTT driver against mosquitto.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <fstream>
#include <memory>

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

  std::string value(std::string_view tag, double number, std::optional<Instant> at = {}) {
    return write_json(
        Json::object({{"at", format_instant(at.value_or(clock_.now()))},
                      {"rows", Json::array({Json::object({{"tag", tag}, {"value", number}})})}}));
  }

  RunningClock clock_;
  MemorySink sink_;
  Broker broker_;
  uint16_t port_ = broker_.port();
  std::unique_ptr<Sources> sources_;
};

// Our ends of connections to this port.
std::vector<int> sockets_to(uint16_t port) {
  std::vector<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    int socket = std::stoi(entry.path().filename());
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family == AF_INET && ntohs(peer.sin_port) == port) found.push_back(socket);
  }
  return found;
}

// Else a sample waits up to 40 ms behind the one before it.
TEST_F(MqttSource, NoSampleWaitsForAnAcknowledgement) {
  start();
  std::vector<int> ours = sockets_to(port_);
  ASSERT_EQ(ours.size(), 1U);
  for (int option : {TCP_NODELAY, TCP_QUICKACK}) {
    int value = 0;
    socklen_t size = sizeof value;
    ASSERT_EQ(::getsockopt(ours[0], IPPROTO_TCP, option, &value, &size), 0);
    EXPECT_NE(value, 0) << option;
  }
}

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

// Else anybody on the broker could clear a gas detector that another source reads.
TEST_F(MqttSource, TakesNoValueForATagOfAnotherSource) {
  start();
  Party party(port_);
  party.say("plant/values", value("FOREIGN", 0));
  party.say("plant/values", value("KNOWN", 1));
  EXPECT_TRUE(eventually([&] { return state().received == 2; }));
  EXPECT_EQ(state().rejected, (RowCounts{{"other_source", 1}}));
  ASSERT_EQ(sink_.all_samples.size(), 1u);
}

TEST_F(MqttSource, WhatItToldIsStaleWhenTheBrokerIsGone) {
  start();
  auto party = std::make_unique<Party>(port_);
  party->say("plant/values", value("KNOWN", 12));
  ASSERT_TRUE(sink_.wait_quality(7, history::Quality::Good));
  Instant told = sink_.last(7)->at;
  party.reset();
  broker_.end();
  EXPECT_TRUE(sink_.wait_quality(7, history::Quality::Stale, told.ns));
  EXPECT_EQ(sink_.last(7)->value, 12);
  broker_.begin();
  ASSERT_TRUE(eventually([&] { return state().is_up; }));
  Party again(port_);
  again.say("plant/values", value("KNOWN", 13));
  EXPECT_TRUE(sink_.wait_quality(7, history::Quality::Good, told.ns));
  EXPECT_EQ(
      std::ranges::count(sink_.all_samples, history::Quality::Stale, &history::Sample::quality), 1);
}

TEST_F(MqttSource, ABacklogIsKeptAndNeverLive) {
  start();
  Party party(port_);
  party.say("plant/values", value("KNOWN", 99, clock_.now() - Duration::minutes(10)));
  party.say("plant/values", value("KNOWN", 1));
  EXPECT_TRUE(eventually([&] { return state().stored == 2; }));
  sources_->stop();
  ASSERT_EQ(sink_.all_historical.size(), 1u);
  EXPECT_EQ(sink_.all_historical[0].value, 99);
  ASSERT_EQ(sink_.all_samples.size(), 1u);
  EXPECT_EQ(sink_.all_samples[0].value, 1);
}

TEST_F(MqttSource, SaysThatAClockIsWrong) {
  start();
  Party party(port_);
  party.say("plant/values", value("KNOWN", 1));
  EXPECT_TRUE(eventually([&] { return state().behind.has_value(); }));
  EXPECT_FALSE(state().is_clock_wrong);
  EXPECT_LT(*state().behind, Duration::seconds(5));
  party.say("plant/values", value("KNOWN", 2, clock_.now() + Duration::minutes(2)));
  EXPECT_TRUE(eventually([&] { return state().is_clock_wrong; }));
  EXPECT_LT(*state().behind, Duration::seconds(-110));
  EXPECT_EQ(state().rejected["future"], 1);
}

// The rows were never stored, so it is not the same message twice.
TEST_F(MqttSource, WhatWasLostOnTheWayIsNewWhenItComesAgain) {
  start();
  sink_.set_refusing(true);
  Party party(port_);
  std::string message = positions(3, 1);
  party.say("plant/positions", message, 0);
  EXPECT_TRUE(eventually([&] { return state().dropped["sink_failed"] == 3; }));
  sink_.set_refusing(false);
  party.say("plant/positions", message, 0);
  EXPECT_TRUE(eventually([&] { return state().stored == 3; }));
  EXPECT_EQ(state().duplicate, 0);
}

TEST_F(MqttSource, WhatTheDiskRefusedIsNotAcknowledgedAndComesAgain) {
  start();
  sink_.set_refusing(true);
  Party party(port_);
  party.say("plant/values", value("KNOWN", 5));
  EXPECT_TRUE(eventually([&] { return !state().is_up; }));
  EXPECT_EQ(state().trouble, "lost: what came could not be stored");
  sink_.set_refusing(false);
  EXPECT_TRUE(sink_.wait([&] { return !sink_.all_samples.empty(); }));
  EXPECT_EQ(sink_.all_samples[0].value, 5);
}

// Killed between the arrival of a message and the disk: the broker still has it.
TEST_F(MqttSource, AMessageOutlivesAKillBeforeItIsStored) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  pid_t child = fork();
  if (child == 0) {
    class StuckSink final : public MemorySink {
     public:
      explicit StuckSink(int end) : end_(end) {}
      Result<void> samples(std::string_view, std::span<const history::Sample>) override {
        (void)!write(end_, "s", 1);
        for (;;) pause();
      }

     private:
      int end_;
    } stuck(pipe_ends[1]);
    auto sources = Sources::make(
        {{.code = "S-RTLS", .protocol = Source::Protocol::Mqtt, .port = port_, .topic = "plant/#"}},
        stuck, clock_);
    (*sources)->start();
    if (eventually([&] { return (*sources)->states()[0].is_up; })) {
      StopSign().wait_for(Duration::milliseconds(200));  // for its subscription
      (void)!write(pipe_ends[1], "u", 1);
    }
    for (;;) pause();
  }
  char said = 0;
  ASSERT_EQ(read(pipe_ends[0], &said, 1), 1);
  ASSERT_EQ(said, 'u');
  {
    Party party(port_);
    party.say("plant/values", value("KNOWN", 77));
    ASSERT_EQ(read(pipe_ends[0], &said, 1), 1);
    StopSign().wait_for(Duration::milliseconds(200));  // an acknowledgement would be out by now
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  sources_->start();
  EXPECT_TRUE(sink_.wait([&] { return !sink_.all_samples.empty(); }));
  EXPECT_EQ(sink_.all_samples[0].value, 77);
}

TEST_F(MqttSource, DropsAndCountsWhatASinkCannotTake) {
  start();
  sink_.set_blocked(true);
  Party party(port_);
  for (int i = 0; i < 12; ++i) party.say("plant/positions", positions(1000, i), 0);
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

// A broker that speaks TLS only, with a certificate of its own making.
class TlsBroker {
 public:
  TlsBroker() {
    std::filesystem::create_directories(folder_);
    std::string make = std::format(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
        "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout {0}/key.pem -out {0}/ca.pem "
        "2>/dev/null",
        folder_);
    EXPECT_EQ(std::system(make.c_str()), 0);
    std::ofstream(folder_ + "/broker.conf")
        << std::format("listener {} 127.0.0.1\nallow_anonymous true\nuser root\n", port_)
        << std::format("certfile {0}/ca.pem\nkeyfile {0}/key.pem\n", folder_);
    child_ = std::make_unique<Child>(
        std::vector<std::string>{"mosquitto", "-c", folder_ + "/broker.conf"}, "running");
    EXPECT_TRUE(child_->is_ready()) << child_->said();
  }
  ~TlsBroker() { std::filesystem::remove_all(folder_); }
  uint16_t port() const { return port_; }
  std::string ca_file() const { return folder_ + "/ca.pem"; }
  void say(const std::string& topic, const std::string& payload) const {
    auto link = MqttLink::make({.host = "127.0.0.1",
                                .port = port_,
                                .topics = {"none"},
                                .ca_file = ca_file(),
                                .is_mqtt5 = true},
                               [](const MqttLink::Heard&) {});
    ASSERT_EQ(link->connect(), "");
    auto turn = [&] { return link->turn(Duration::milliseconds(5)); };
    ASSERT_TRUE(eventually([&] { return turn().empty() && link->is_accepted(); }));
    EXPECT_EQ(link->publish({.topic = topic, .payload = payload}), "");
    for (int i = 0; i < 20; ++i) turn();
    link->disconnect();
  }

 private:
  std::string folder_ =
      (std::filesystem::temp_directory_path() / std::format("anlan-tls-{}", getpid())).string();
  uint16_t port_ = free_port();
  std::unique_ptr<Child> child_;
};

TEST_F(MqttSource, ReadsPlainJsonOverTlsAndMqtt5) {
  TlsBroker broker;
  Source source{
      .code = "S-TLS",
      .protocol = Source::Protocol::Mqtt,
      .port = broker.port(),
      .topic = "tele/#",
      .is_secure = true,
      .is_mqtt5 = true,
      .ca_file = broker.ca_file(),
      .tags = {
          {.code = "KNOWN", .topic = "tele/+/SENSOR", .value_at = "/gas/lel", .time_at = "/ts"}}};
  auto sources = Sources::make({source}, sink_, clock_);
  ASSERT_TRUE(sources);
  (*sources)->start();
  ASSERT_TRUE(eventually([&] { return (*sources)->states()[0].is_up; }))
      << (*sources)->states()[0].trouble;
  int64_t now_s = clock_.now().to_milliseconds() / 1000;
  broker.say("tele/north/SENSOR", std::format(R"({{"gas":{{"lel":12.5}},"ts":{}}})", now_s));
  EXPECT_TRUE(sink_.wait([&] { return !sink_.all_samples.empty(); }));
  EXPECT_EQ(sink_.last(7)->value, 12.5);
  (*sources)->stop();
  EXPECT_TRUE(balances((*sources)->states()[0]));
}

TEST_F(MqttSource, TalksToNoBrokerThatSomebodyElseSigned) {
  TlsBroker broker;
  Source source{.code = "S-TLS",
                .protocol = Source::Protocol::Mqtt,
                .port = broker.port(),
                .topic = "#",
                .is_secure = true,
                .ca_file = "/etc/ssl/certs/ca-certificates.crt"};
  auto sources = Sources::make({source}, sink_, clock_);
  ASSERT_TRUE(sources);
  (*sources)->start();
  EXPECT_TRUE(eventually([&] {
    const SourceState now = (*sources)->states()[0];
    return !now.is_up && now.trouble != "not started";
  }));
  EXPECT_NE((*sources)->states()[0].trouble, "connect: Connection refused");
  (*sources)->stop();
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
