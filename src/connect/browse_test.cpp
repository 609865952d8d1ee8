// What a source has to offer.

#include "connect/browse.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <format>
#include <fstream>

#include "connect/test_opcua_server.h"
#include "core/json.h"

namespace anlan::connect {
namespace {

namespace fs = std::filesystem;

bool has(const Json& page, const std::string& path) {
  for (const Json& row : page["rows"].as_array()) {
    if (row["path"] == Json(path)) return true;
  }
  return false;
}

TEST(Browse, PagesThroughAnOpcuaServer) {
  uint16_t port = free_port();
  OpcuaServer server({.port = port});
  for (int i = 0; i < 250; ++i) server.add(std::format("N{:03}", i), i);
  server.start();
  Source source{.code = "S",
                .protocol = Source::Protocol::Opcua,
                .port = port,
                .time_out = Duration::seconds(5)};
  auto first = browse_source(source, "", 0);
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ((*first)["rows"].as_array().size(), kBrowsePage);
  ASSERT_EQ((*first)["next"], Json(static_cast<int64_t>(kBrowsePage)));
  auto rest = browse_source(source, "i=85", kBrowsePage);
  ASSERT_TRUE(rest);
  EXPECT_TRUE((*rest)["next"].is_null());
  EXPECT_TRUE(has(*first, "ns=1;s=N249") || has(*rest, "ns=1;s=N249"));
  EXPECT_EQ(browse_source(source, "nonsense", 0).error().code, ErrorCode::BadField);
  server.end();
  EXPECT_EQ(browse_source(source, "", 0).error().code, ErrorCode::WrongState);
}

TEST(Browse, ShowsTheColumnsOfARecording) {
  fs::path folder = fs::temp_directory_path() / std::format("anlan-browse-{}", getpid());
  fs::create_directories(folder / "replay");
  std::ofstream(folder / "replay" / "a.csv") << "T,F\n1,2\n";
  Source source{.code = "S",
                .protocol = Source::Protocol::Replay,
                .file = "a.csv",
                .folder = folder.string()};
  auto page = browse_source(source, "", 0);
  ASSERT_TRUE(page) << page.error().detail;
  EXPECT_EQ((*page)["rows"].as_array().size(), 2u);
  EXPECT_TRUE(has(*page, "F"));
  source.file = "none.csv";
  EXPECT_EQ(browse_source(source, "", 0).error().code, ErrorCode::WrongState);
  source.protocol = Source::Protocol::Modbus;
  EXPECT_EQ(browse_source(source, "", 0).error().code, ErrorCode::BadField);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace anlan::connect
