// A session without a driver around it.

#include "connect/opcua_link.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "connect/test_opcua_server.h"

namespace anlan::connect {
namespace {

TEST(OpcuaLink, KnowsWhatNamesANode) {
  for (const char* node : {"i=2258", "ns=2;s=Line 1/Speed", "ns=1;i=7"}) {
    EXPECT_TRUE(is_opcua_node(node)) << node;
  }
  for (const char* node : {"", "T", "ns=1", "i=x", "ns=x;i=1"}) {
    EXPECT_FALSE(is_opcua_node(node)) << node;
  }
}

TEST(OpcuaLink, BrowsesWhatTheServerHas) {
  uint16_t port = free_port();
  OpcuaServer server({.port = port});
  server.add("T", 20);
  server.start();
  auto link = OpcuaLink::make(
      {.url = "opc.tcp://127.0.0.1:" + std::to_string(port)}, {}, [](auto) {}, [] {});
  ASSERT_EQ(link->connect(), "");
  std::vector<OpcuaLink::Node> found = link->browse("i=85");
  auto ours = std::find_if(found.begin(), found.end(),
                           [](const OpcuaLink::Node& node) { return node.name == "T"; });
  ASSERT_NE(ours, found.end());
  EXPECT_EQ(ours->node, "ns=1;s=T");
  EXPECT_TRUE(ours->is_value);
  EXPECT_TRUE(link->browse("ns=1;s=Nobody").empty());
  link->disconnect();
}

}  // namespace
}  // namespace anlan::connect
