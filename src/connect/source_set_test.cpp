// Which sources a change of the records restarts, and which cannot run.

#include "connect/source_set.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <format>
#include <fstream>

#include "connect/test_plant_world.h"
#include "core/json.h"

namespace anlan::connect {
namespace {

namespace fs = std::filesystem;

// A recording that ends at once: a source without a network.
class SourceSetTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / std::format("anlan-set-{}", getpid());
    fs::create_directories(folder_ / "replay");
    fs::create_directories(folder_ / "sources");
    std::ofstream(folder_ / "replay" / "a.csv") << "T\n1\n2\n";
  }
  void TearDown() override { fs::remove_all(folder_); }
  static Json row(const std::string& code, double scale = 1) {
    Json tag = Json::object({{"code", "T-" + code}, {"index", 1}, {"path", "T"}, {"scale", scale}});
    return Json::object({{"code", code},
                         {"protocol", "replay"},
                         {"file", "a.csv"},
                         {"speed", 0},
                         {"tags", Json::array({std::move(tag)})}});
  }
  void apply(Json rows) { set_.apply(plan_sources(rows, folder_.string())); }
  SourceState state(std::string_view code) {
    for (SourceState& one : set_.states()) {
      if (one.code == code) return one;
    }
    return {};
  }
  bool has_played(const char* code) {
    return eventually([&] { return state(code).stored == 3; });  // and one: it ended
  }

  RunningClock clock_;
  MemorySink sink_;
  fs::path folder_;
  SourceSet set_{sink_, clock_};
};

TEST_F(SourceSetTest, AnEditedTagRestartsItsOwnSourceOnly) {
  apply(Json::array({row("A"), row("B")}));
  ASSERT_TRUE(has_played("A"));
  ASSERT_TRUE(has_played("B"));
  apply(Json::array({row("A"), row("B", 10)}));
  EXPECT_TRUE(sink_.wait([&] { return sink_.all_samples.size() == 9; }));
  EXPECT_TRUE(has_played("B"));
  EXPECT_EQ(state("A").stored, 3) << "went on";
  apply(Json::array({row("B", 10)}));
  EXPECT_EQ(set_.states().size(), 1u);
  set_.stop();
  EXPECT_EQ(sink_.all_samples.size(), 9u);
}

TEST_F(SourceSetTest, TheSourceThatIsTooManyRefusesItselfOnly) {
  int64_t nobody = free_port();
  Json rows = Json::array();
  for (std::size_t i = 0; i < kSourcesMax + 1; ++i) {
    rows.push(
        Json::object({{"code", std::format("S-{}", i)}, {"protocol", "modbus"}, {"port", nobody}}));
  }
  apply(std::move(rows));
  ASSERT_EQ(set_.states().size(), kSourcesMax + 1);
  EXPECT_FALSE(state("S-63").refusal);
  EXPECT_TRUE(eventually([&] { return state("S-63").trouble.starts_with("connect: "); }));
  ASSERT_TRUE(state("S-64").refusal);
  EXPECT_EQ(state("S-64").refusal->code, ErrorCode::LimitReached);
}

TEST_F(SourceSetTest, WhatCannotRunSaysWhyAndRunsOnceItsSecretsAreThere) {
  Json wrong = row("W");
  wrong.set("speed", -1);
  Json diode = Json::object({{"code", "D"}, {"protocol", "diode"}, {"port", free_port()}});
  apply(Json::array({wrong, diode, row("A"), row("A")}));
  EXPECT_TRUE(set_.has_refused());
  EXPECT_EQ(state("W").refusal->field, "speed");
  EXPECT_EQ(state("D").refusal->field, "diode_key");
  EXPECT_EQ(set_.states()[3].refusal->code, ErrorCode::Duplicate);
  EXPECT_TRUE(has_played("A"));
  fs::path secret = folder_ / "sources" / "D.json";
  std::ofstream(secret) << R"({"diode_key":")" << std::string(64, '7') << "\"}";
  fs::permissions(secret, fs::perms::owner_read | fs::perms::owner_write);
  apply(Json::array({diode, row("A")}));
  EXPECT_FALSE(set_.has_refused());
  EXPECT_FALSE(state("D").refusal);
  EXPECT_EQ(state("A").stored, 3) << "went on";
}

}  // namespace
}  // namespace anlan::connect
