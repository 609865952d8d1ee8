// The OPC UA driver against a server in this process.

#include <gtest/gtest.h>

#include <algorithm>

#include "connect/test_opcua_server.h"
#include "connect/test_plant_world.h"
#include "core/json.h"

namespace anlan::connect {
namespace {

using Quality = history::Quality;

class OpcuaSource : public testing::Test {
 protected:
  void TearDown() override {
    if (!sources_) return;
    sources_->stop();
    EXPECT_TRUE(balances(state()));
  }
  void serve(const OpcuaServer::Wishes& wishes = {}) {
    OpcuaServer::Wishes with_port = wishes;
    if (port_ == 0) port_ = free_port();
    with_port.port = port_;
    server_ = std::make_unique<OpcuaServer>(with_port);
    server_->add("T", 20);
    server_->add("F", 5);
    server_->start();
    server_->set("T", 20, UA_STATUSCODE_GOOD, clock_.now());
    server_->set("F", 5, UA_STATUSCODE_GOOD, clock_.now());
  }
  Source source() const {
    return {.code = "S-UA",
            .protocol = Source::Protocol::Opcua,
            .port = port_,
            .time_out = Duration::seconds(5),
            .tags = {{.tag = 3, .code = "TI", .every = kEvery, .path = "ns=1;s=T"},
                     {.tag = 4, .code = "FI", .scale = 10, .every = kEvery, .path = "ns=1;s=F"}}};
  }
  void start(Source source) {
    auto sources = Sources::make({std::move(source)}, sink_, clock_);
    ASSERT_TRUE(sources);
    sources_ = *std::move(sources);
    sources_->start();
  }
  SourceState state() { return sources_->states()[0]; }
  bool wait_value(history::TagIndex tag, double value) {
    return sink_.wait([&] {
      return std::ranges::any_of(sink_.all_samples, [&](const history::Sample& sample) {
        return sample.tag == tag && sample.value == value;
      });
    });
  }

  static constexpr Duration kEvery = Duration::milliseconds(100);
  RunningClock clock_;
  MemorySink sink_;
  uint16_t port_ = 0;
  std::unique_ptr<OpcuaServer> server_;
  std::unique_ptr<Sources> sources_;
};

TEST_F(OpcuaSource, DeliversValuesWithTimeAndQuality) {
  serve();
  server_->set("T", 21, UA_STATUSCODE_GOOD, kTestStart - Duration::seconds(5));
  start(source());
  ASSERT_TRUE(wait_value(3, 21)) << state().trouble;
  EXPECT_EQ(sink_.last(3)->at, kTestStart - Duration::seconds(5)) << "the time of the source";
  EXPECT_GE(sink_.last(3)->received, kTestStart);
  server_->set("F", 6, UA_STATUSCODE_UNCERTAINLASTUSABLEVALUE, kTestStart);
  ASSERT_TRUE(wait_value(4, 60)) << "scaled";
  EXPECT_EQ(sink_.last(4)->quality, Quality::Uncertain);
  server_->set("F", 7, UA_STATUSCODE_BADSENSORFAILURE, kTestStart + Duration::milliseconds(1));
  EXPECT_TRUE(sink_.wait_quality(4, Quality::Bad));
  EXPECT_TRUE(state().is_up);
  EXPECT_EQ(state().detail["subscribed"], Json(2));
  EXPECT_GT(*state().detail["publish_ms"].as_double(), 0);
}

// What a gas detector shows since ten minutes is true now, though its time is old.
TEST_F(OpcuaSource, AnOldValueIsKeptAndStandsIfNothingNewerComes) {
  serve();
  Instant old = kTestStart - Duration::minutes(10);
  server_->set("T", 60, UA_STATUSCODE_GOOD, old);
  start(source());
  ASSERT_TRUE(sink_.wait([&] { return !sink_.all_historical.empty(); })) << state().trouble;
  EXPECT_EQ(sink_.all_historical[0].at, old);
  ASSERT_TRUE(wait_value(3, 60));
  EXPECT_GT(sink_.last(3)->at, kTestStart - Duration::seconds(5)) << "as what stands";
}

TEST_F(OpcuaSource, OnlyTheLastOfABacklogIsEverLive) {
  serve();
  start(source());
  ASSERT_TRUE(wait_value(3, 20));
  Instant old = kTestStart - Duration::minutes(10);
  for (double value : {97, 98, 99}) {
    server_->set("F", value, UA_STATUSCODE_GOOD, old);
    StopSign().wait_for(Duration::milliseconds(150));
  }
  server_->set("F", 4, UA_STATUSCODE_GOOD, clock_.now());
  ASSERT_TRUE(wait_value(4, 40));
  sources_->stop();
  EXPECT_FALSE(sink_.all_historical.empty());
  for (const history::Sample& sample : sink_.all_samples) EXPECT_LT(sample.value, 900);
}

TEST_F(OpcuaSource, KeepsStatusAndServerTimeOfTheLastValues) {
  serve();
  start(source());
  ASSERT_TRUE(wait_value(3, 20));
  server_->set("F", 7, UA_STATUSCODE_BADSENSORFAILURE, clock_.now());
  EXPECT_TRUE(eventually([&] {
    const SourceState now = state();
    const Json& rows = now.detail["values"];
    if (!rows.is_array() || rows.as_array().size() != 2) return false;
    const Json& worst = rows.as_array()[0];
    return worst["tag"] == Json("FI") &&
           worst["status"] == Json(static_cast<int64_t>(UA_STATUSCODE_BADSENSORFAILURE)) &&
           parse_instant(worst.text_or("server_at", "")).has_value();
  }));
}

TEST_F(OpcuaSource, SaysWhichNodesThereAreNot) {
  serve();
  Source wrong = source();
  wrong.tags[1].path = "ns=1;s=Nobody";
  start(wrong);
  ASSERT_TRUE(wait_value(3, 20));
  EXPECT_TRUE(eventually([&] {
    return state().trouble == "the server does not have 1 of the nodes";
  })) << state().trouble;
  EXPECT_TRUE(sink_.wait_quality(4, Quality::Bad));
}

TEST_F(OpcuaSource, GoesStaleWithTheServerAndComesBack) {
  serve();
  start(source());
  ASSERT_TRUE(wait_value(4, 50));
  server_.reset();
  EXPECT_TRUE(sink_.wait_quality(3, Quality::Stale));
  EXPECT_FALSE(state().is_up);
  EXPECT_FALSE(state().trouble.empty());
  serve();
  server_->set("T", 33, UA_STATUSCODE_GOOD, clock_.now());
  EXPECT_TRUE(wait_value(3, 33));
  EXPECT_TRUE(sink_.wait_quality(4, Quality::Good));
}

TEST_F(OpcuaSource, LogsInByName) {
  serve({.needs_user = true});
  Source named = source();
  start(named);
  EXPECT_TRUE(eventually([&] { return state().trouble.contains("Bad"); })) << state().trouble;
  sources_->stop();
  named.user = "anlan";
  named.password = "secret";
  start(named);
  EXPECT_TRUE(wait_value(3, 20)) << state().trouble;
}

TEST_F(OpcuaSource, LogsInByCertificate) {
  Identity theirs = make_identity("urn:anlan:test-server"), ours = make_identity("urn:anlan:1"),
           person = make_identity("urn:anlan:person");
  serve({.certificate = theirs.certificate,
         .key = theirs.key,
         .client_certificate = ours.certificate,
         .user_certificate = person.certificate});
  Source secure = source();
  secure.is_secure = true;
  secure.certificate = ours.certificate;
  secure.key = ours.key;
  secure.application_uri = "urn:anlan:1";
  secure.server_certificate = theirs.certificate;
  start(secure);
  EXPECT_TRUE(eventually([&] { return state().trouble.contains("Bad"); }))
      << "nobody may be nobody";
  sources_->stop();
  Identity stranger = make_identity("urn:anlan:stranger");
  secure.user_certificate = stranger.certificate;
  secure.user_key = stranger.key;
  start(secure);
  EXPECT_TRUE(eventually([&] { return state().trouble.contains("Bad"); })) << state().trouble;
  sources_->stop();
  EXPECT_TRUE(sink_.all_samples.empty());
  secure.user_certificate = person.certificate;
  secure.user_key = person.key;
  start(secure);
  EXPECT_TRUE(wait_value(3, 20)) << state().trouble;
}

TEST_F(OpcuaSource, SignsAndEncryptsAndTalksToNobodyElse) {
  Identity theirs = make_identity("urn:anlan:test-server"), ours = make_identity("urn:anlan:1");
  serve({.certificate = theirs.certificate,
         .key = theirs.key,
         .client_certificate = ours.certificate});
  Source secure = source();
  secure.is_secure = true;
  secure.certificate = ours.certificate;
  secure.key = ours.key;
  secure.application_uri = "urn:anlan:1";
  secure.server_certificate = make_identity("urn:anlan:test-server").certificate;
  start(secure);
  EXPECT_TRUE(eventually([&] { return state().trouble.contains("Bad"); })) << state().trouble;
  sources_->stop();
  EXPECT_TRUE(sink_.all_samples.empty()) << "another server with the same name";
  secure.server_certificate = theirs.certificate;
  start(secure);
  EXPECT_TRUE(wait_value(3, 20)) << state().trouble;
}

}  // namespace
}  // namespace anlan::connect
