// What becomes of an OPC UA session and its subscription when answers are lost, links are cut and
// servers cannot do what we wish.

#include <gtest/gtest.h>

#include <algorithm>
#include <format>

#include "connect/test_cut_proxy.h"
#include "connect/test_opcua_server.h"
#include "connect/test_plant_world.h"

namespace anlan::connect {
namespace {

using Quality = history::Quality;

class OpcuaSession : public testing::Test {
 protected:
  void TearDown() override {
    if (!sources_) return;
    sources_->stop();
    EXPECT_TRUE(balances(state()));
  }
  void serve(OpcuaServer::Wishes wishes = {}, int more = 0) {
    wishes.port = free_port();
    server_ = std::make_unique<OpcuaServer>(wishes);
    server_->add("T", 20);
    server_->add("F", 5);
    for (int i = 0; i < more; ++i) server_->add(std::format("N{}", i), i);
    server_->start();
    set("T", 20);  // with the time of this test's clock
    set("F", 5);
    for (int i = 0; i < more; ++i) set(std::format("N{}", i), i);
    proxy_ = std::make_unique<CutProxy>(wishes.port);
  }
  void start(int more = 0) {
    Source source{.code = "S-UA",
                  .protocol = Source::Protocol::Opcua,
                  .port = proxy_->port(),
                  .time_out = Duration::seconds(5),
                  .tags = {{.tag = 3, .code = "TI", .every = kEvery, .path = "ns=1;s=T"},
                           {.tag = 4, .code = "FI", .every = kEvery, .path = "ns=1;s=F"}}};
    for (int i = 0; i < more; ++i) {
      source.tags.push_back({.tag = static_cast<history::TagIndex>(100 + i),
                             .code = std::format("N{}", i),
                             .path = std::format("ns=1;s=N{}", i)});
    }
    auto sources = Sources::make({std::move(source)}, sink_, clock_);
    ASSERT_TRUE(sources);
    sources_ = *std::move(sources);
    sources_->start();
    ASSERT_TRUE(sink_.wait_quality(3, Quality::Good)) << state().trouble;
  }
  SourceState state() { return sources_->states()[0]; }
  void set(const std::string& name, double value) {
    server_->set(name, value, UA_STATUSCODE_GOOD, clock_.now());
  }
  bool has(history::TagIndex tag, double value) {
    return std::ranges::any_of(sink_.all_samples, [&](const history::Sample& sample) {
      return sample.tag == tag && sample.value == value;
    });
  }
  bool wait_value(history::TagIndex tag, double value) {
    return sink_.wait([&] { return has(tag, value); });
  }

  static constexpr Duration kEvery = Duration::milliseconds(100);
  RunningClock clock_;
  MemorySink sink_;
  std::unique_ptr<OpcuaServer> server_;
  std::unique_ptr<CutProxy> proxy_;
  std::unique_ptr<Sources> sources_;
};

// Part 4, 5.14.5 and 5.14.7: the answer to a publish request that never reached us is asked for
// again by the session that takes the subscription over.
TEST_F(OpcuaSession, AnAnswerThatWasLostIsAskedForAgain) {
  serve();
  start();
  proxy_->swallow();
  set("T", 77);
  ASSERT_TRUE(eventually([&] { return proxy_->swallowed() > 0; }));
  set("T", 78);
  proxy_->cut();
  EXPECT_TRUE(wait_value(3, 78)) << state().trouble;
  EXPECT_TRUE(wait_value(3, 77)) << "the lost one";
  EXPECT_EQ(state().detail["taken_over"], Json(true));
  sources_->stop();
  EXPECT_TRUE(sink_.all_historical.empty()) << "no gap: nothing is lost";
}

TEST_F(OpcuaSession, WhatCannotBeMonitoredIsRead) {
  serve({.items_most = 1});
  start();
  EXPECT_TRUE(eventually([&] { return state().detail["polled"] == Json(1); }));
  EXPECT_EQ(state().detail["subscribed"], Json(1));
  set("F", 41);
  EXPECT_TRUE(wait_value(4, 41));
  set("F", 42);
  EXPECT_TRUE(wait_value(4, 42));
}

// Read every 100 ms with the same old time: kept once, and what stands.
TEST_F(OpcuaSession, WhatIsReadAgainAndAgainIsKeptOnce) {
  serve({.items_most = 1});
  server_->set("F", 41, UA_STATUSCODE_GOOD, clock_.now() - Duration::minutes(10));
  start();
  EXPECT_TRUE(wait_value(4, 41));
  EXPECT_TRUE(eventually([&] { return state().duplicate > 5; }));
  sources_->stop();
  EXPECT_EQ(sink_.all_historical.size(), 1u);
}

TEST_F(OpcuaSession, ManyItemsAreAskedForInSeveralRequests) {
  constexpr int kMore = 1'200;
  serve({}, kMore);
  start(kMore);
  EXPECT_TRUE(eventually([&] { return state().detail["subscribed"] == Json(kMore + 2); }));
  EXPECT_TRUE(wait_value(100 + kMore - 1, kMore - 1));
}

TEST_F(OpcuaSession, AQueueThatOverflowedIsAGap) {
  serve({.queue_most = 2});
  start();
  EXPECT_EQ(state().detail["queue_min"], Json(2));
  EXPECT_TRUE(eventually([&] {
    static double value = 100;
    set("T", value += 1);
    return sink_.wait([&] { return !sink_.all_historical.empty(); }, Duration::milliseconds(60));
  })) << "values come faster than the queue holds between two publications";
  sources_->stop();
  EXPECT_EQ(sink_.all_historical.front().tag, 3u);
  EXPECT_EQ(sink_.all_historical.front().quality, Quality::Stale);
}

}  // namespace
}  // namespace anlan::connect
