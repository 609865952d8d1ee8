// The driver of recordings: own times are history, told as now they are live; and what others
// recorded (data/skab, tep, nab of the shared folder, where it is there).

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "connect/test_plant_world.h"

namespace anlan::connect {
namespace {

namespace fs = std::filesystem;
using Quality = history::Quality;

class ReplaySource : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "anlan-replay-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    fs::create_directories(folder_ / "replay");
  }
  void TearDown() override {
    if (sources_) {
      sources_->stop();
      EXPECT_TRUE(balances(state()));
    }
    fs::remove_all(folder_);
  }
  void record(const std::string& text) { std::ofstream(folder_ / "replay" / "a.csv") << text; }
  Source source() const {
    return {.code = "S-REC",
            .protocol = Source::Protocol::Replay,
            .file = "a.csv",
            .folder = folder_.string(),
            .tags = {{.tag = 3, .code = "TI", .scale = 2, .path = "t"},
                     {.tag = 4, .code = "PI", .path = "p"}}};
  }
  void start(Source source) {
    auto sources = Sources::make({std::move(source)}, sink_, clock_);
    ASSERT_TRUE(sources);
    sources_ = *std::move(sources);
    sources_->start();
  }
  SourceState state() { return sources_->states()[0]; }
  bool has_ended() {
    return eventually([&] { return state().trouble == "the recording has ended"; });
  }

  RunningClock clock_;
  MemorySink sink_;
  fs::path folder_;
  std::unique_ptr<Sources> sources_;
};

constexpr const char* kThreeRows =
    "at;t;p;other\n2020-03-09 10:00:00;1;2;9\n2020-03-09 10:00:01;3;;9\nbad\n"
    "2020-03-09 10:00:02;5;6;9\n";

TEST_F(ReplaySource, OwnTimesAreHistoryAndNoAlarm) {
  record(kThreeRows);
  Source wish = source();
  wish.speed = 20;
  start(wish);
  ASSERT_TRUE(has_ended()) << state().trouble;
  sources_->stop();
  EXPECT_TRUE(sink_.all_samples.empty()) << "nothing of 2020 is live";
  ASSERT_EQ(sink_.all_historical.size(), 5u);
  EXPECT_EQ(format_instant(sink_.all_historical[2].at), "2020-03-09T10:00:01.000Z");
  EXPECT_EQ(sink_.all_historical[2].value, 6) << "scaled";
  SourceState end = state();
  EXPECT_EQ(end.stored, 5);
  EXPECT_EQ(end.rejected["bad_value"], 1);
  EXPECT_EQ(end.rejected["bad_row"], 1);
}

TEST_F(ReplaySource, AsNowItIsLiveAtItsSpeedAndUnknownAtItsEnd) {
  record(kThreeRows);
  Source wish = source();
  wish.is_as_now = true;
  wish.speed = 10;
  Instant begun = clock_.now();
  start(wish);
  ASSERT_TRUE(sink_.wait_quality(4, Quality::Stale));
  EXPECT_GE(clock_.now() - begun, Duration::milliseconds(200)) << "two seconds, ten times as fast";
  sources_->stop();
  EXPECT_TRUE(sink_.all_historical.empty());
  ASSERT_EQ(sink_.all_samples.size(), 7u);
  EXPECT_GE(sink_.all_samples.front().at, begun);
  for (const history::Sample& sample : sink_.all_samples) EXPECT_LE(sample.at, sample.received);
}

TEST_F(ReplaySource, BeginsAgainWhereItIsEndless) {
  record("t\tp\n1\t2\n3\t4\n");
  Source wish = source();
  wish.is_as_now = wish.is_endless = true;
  wish.step = Duration::milliseconds(20);
  start(wish);
  EXPECT_TRUE(sink_.wait([&] { return sink_.all_samples.size() > 20; }));
}

TEST_F(ReplaySource, SaysWhatIsMissing) {
  start(source());
  EXPECT_TRUE(eventually([&] { return state().trouble.contains("no file replay/a.csv"); }));
  sources_->stop();
  record("t;q\n1;2\n");
  start(source());
  EXPECT_TRUE(eventually([&] { return state().trouble.contains("no column p"); }));
  EXPECT_FALSE(state().is_up);
}

struct Recording {
  const char* file;
  const char* column;
  std::size_t rows_min;
};
class ForeignRecording : public ReplaySource, public testing::WithParamInterface<Recording> {};

TEST_P(ForeignRecording, IsReplayedWhole) {
  const char* shared = std::getenv("ANLAN_SHARED");
  fs::path data = fs::path(shared == nullptr ? "../shared" : shared) / "data";
  if (!fs::exists(data / GetParam().file)) data = "/shared/data";
  if (!fs::exists(data / GetParam().file)) GTEST_SKIP() << "no shared folder with test data";
  fs::copy_file(data / GetParam().file, folder_ / "replay" / "a.csv");
  Source wish = source();
  wish.speed = 0;
  wish.tags = {{.tag = 3, .code = "X", .path = GetParam().column}};
  start(wish);
  ASSERT_TRUE(has_ended()) << state().trouble;
  EXPECT_GE(state().stored, static_cast<int64_t>(GetParam().rows_min));
  EXPECT_TRUE(state().dropped.empty());
}
INSTANTIATE_TEST_SUITE_P(All, ForeignRecording,
                         testing::Values(Recording{"skab/valve1/0.csv", "Pressure", 1000},
                                         Recording{"nab/realKnownCause/nyc_taxi.csv", "value",
                                                   10'000},
                                         Recording{"tep/d01_te.dat", "9", 900}));

}  // namespace
}  // namespace anlan::connect
