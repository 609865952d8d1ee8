// The OPC UA driver against a server that is not ours: node-opcua (tests/peers/opcua_server.mjs).

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <format>
#include <fstream>

#include "connect/browse.h"
#include "connect/test_opcua_server.h"
#include "connect/test_plant_world.h"

namespace anlan::connect {
namespace {

namespace fs = std::filesystem;
using Quality = history::Quality;

class OpcuaPeer : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists("tests/peers/node_modules/node-opcua-server")) {
      GTEST_SKIP() << "no node-opcua here: npm ci in tests/peers";
    }
    fs::create_directories(folder_);
    port_ = free_port();
    if (theirs_.certificate.empty()) theirs_ = make_identity("urn:anlan:peer");
    std::ofstream(folder_ / "server.der", std::ios::binary) << theirs_.certificate;
    std::ofstream(folder_ / "server.key.der", std::ios::binary) << theirs_.key;
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }
  void TearDown() override {
    if (sources_) sources_->stop();
    if (sources_) {
      EXPECT_TRUE(balances(state()));
    }
    server_.reset();
  }
  void serve() {
    server_.reset();
    server_ = std::make_unique<Child>(
        std::vector<std::string>{"node", "tests/peers/opcua_server.mjs", std::to_string(port_),
                                 folder_.string(), std::to_string(clock_.now().to_milliseconds())},
        "ready");
    ASSERT_TRUE(server_->is_ready()) << server_->said();
  }
  Source source() const {
    return {.code = "S-UA",
            .protocol = Source::Protocol::Opcua,
            .port = port_,
            .time_out = Duration::seconds(5),
            .tags = {{.tag = 3, .code = "TI", .every = kEvery, .path = "ns=1;s=T"},
                     {.tag = 4, .code = "FI", .scale = 10, .every = kEvery, .path = "ns=1;s=F"},
                     {.tag = 5, .code = "XI", .every = kEvery, .path = "ns=1;s=X"}}};
  }
  // Signed and encrypted.
  Source secure() {
    Identity ours = make_identity("urn:anlan:1");
    Source source = this->source();
    source.is_secure = true;
    source.certificate = ours.certificate;
    source.key = ours.key;
    source.application_uri = "urn:anlan:1";
    source.server_certificate = theirs_.certificate;
    return source;
  }
  void start(Source source) {
    auto sources = Sources::make({std::move(source)}, sink_, clock_);
    ASSERT_TRUE(sources);
    sources_ = *std::move(sources);
    sources_->start();
  }
  SourceState state() { return sources_->states()[0]; }
  // So many different values of T after those that came before.
  bool wait_rising(std::size_t count) {
    std::size_t before = 0;
    sink_.wait([&] {
      before = sink_.all_samples.size();
      return true;
    });
    return sink_.wait([&] { return sink_.all_samples.size() >= before + count; },
                      Duration::seconds(20));
  }
  void expect_values() {
    ASSERT_TRUE(sink_.wait_quality(3, Quality::Good)) << state().trouble << server_->said();
    ASSERT_TRUE(sink_.wait_quality(4, Quality::Good));
    EXPECT_EQ(sink_.last(4)->value, 50) << "scaled";
    EXPECT_TRUE(sink_.wait_quality(5, Quality::Bad));
    EXPECT_TRUE(wait_rising(5)) << "by subscription";
    EXPECT_EQ(state().detail["subscribed"], Json(3));
    EXPECT_TRUE(state().is_up);
  }

  static constexpr Duration kEvery = Duration::milliseconds(100);
  // Its keys are made once: that takes seconds.
  inline static const fs::path folder_ =
      fs::temp_directory_path() / std::format("anlan-opcua-peer-{}", getpid());
  inline static Identity theirs_{};
  RunningClock clock_;
  MemorySink sink_;
  uint16_t port_ = 0;
  std::unique_ptr<Child> server_;
  std::unique_ptr<Sources> sources_;
};

TEST_F(OpcuaPeer, IsReadInTheOpen) {
  serve();
  start(source());
  expect_values();
}

TEST_F(OpcuaPeer, IsReadSignedAndEncrypted) {
  Source source = secure();
  serve();
  start(source);
  expect_values();
}

TEST_F(OpcuaPeer, IsBrowsed) {
  serve();
  auto objects = browse_source(source(), "", 0);
  ASSERT_TRUE(objects) << objects.error().detail;
  auto has = [](const Json& page, std::string_view path, bool is_value) {
    return std::ranges::any_of(page["rows"].as_array(), [&](const Json& row) {
      return row["path"] == Json(path) && row["is_value"] == Json(is_value);
    });
  };
  EXPECT_TRUE(has(*objects, "ns=1;s=Line 1", false));
  auto values = browse_source(source(), "ns=1;s=Line 1", 0);
  ASSERT_TRUE(values) << values.error().detail;
  for (std::string_view path : {"ns=1;s=T", "ns=1;s=F", "ns=1;s=X"}) {
    EXPECT_TRUE(has(*values, path, true)) << path;
  }
}

TEST_F(OpcuaPeer, IsReadAgainAfterItsRestart) {
  Source source = secure();
  serve();
  start(source);
  ASSERT_TRUE(sink_.wait_quality(3, Quality::Good)) << state().trouble;
  server_->end();
  EXPECT_TRUE(sink_.wait_quality(3, Quality::Stale)) << "silence is no value";
  EXPECT_TRUE(eventually([&] { return !state().is_up; }));
  serve();
  EXPECT_TRUE(
      eventually([&] { return sink_.last(3)->quality == Quality::Good; }, Duration::seconds(40)))
      << state().trouble;
  EXPECT_TRUE(wait_rising(5));
}

}  // namespace
}  // namespace anlan::connect
