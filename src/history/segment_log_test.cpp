#include "history/segment_log.h"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <mutex>
#include <thread>

#include "core/log.h"
#include "history/history_fixture.h"
#include "history/log_frame.h"

namespace anlan::history {
namespace {

namespace fs = std::filesystem;

using Told = std::vector<std::pair<uint64_t, std::string>>;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), std::ssize(bytes));
}

class Log : public testing::Test {
 protected:
  LogConfig config(uint64_t forgotten = 0) const {
    return {.folder = folder_.path(), .segment_bytes = 4096, .sync = false, .forgotten = forgotten};
  }

  Told open(uint64_t forgotten = 0) {
    log_.reset();
    Told told;
    auto opened = SegmentLog::open(config(forgotten), [&](const Frame& frame) -> Result<void> {
      EXPECT_EQ(frame.kind, 7U);
      told.emplace_back(frame.number, frame.bytes);
      return {};
    });
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().detail);
    log_ = std::move(opened.value());
    return told;
  }

  uint64_t append(const std::string& bytes) { return log_->append(7, bytes).value(); }

  std::vector<fs::path> segments() const {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(folder_.path())) paths.push_back(entry.path());
    std::ranges::sort(paths);
    return paths;
  }

  TempFolder folder_;
  std::unique_ptr<SegmentLog> log_;
};

TEST_F(Log, TellsEverythingAgainInItsOrder) {
  EXPECT_TRUE(open().empty());
  Told expected;
  for (int i = 0; i < 200; ++i) {
    std::string bytes(static_cast<std::size_t>(i), static_cast<char>('a' + i % 26));
    expected.emplace_back(append(bytes), bytes);
    EXPECT_EQ(expected.back().first, static_cast<uint64_t>(i) + 1);
  }
  EXPECT_GT(segments().size(), 5U);
  EXPECT_EQ(open(), expected);
  expected.emplace_back(append("more"), "more");
  EXPECT_EQ(open(), expected);
}

TEST_F(Log, RefusesFramesThatAreTooLong) {
  open();
  auto refused = log_->append(7, std::string(1025, 'x'));
  EXPECT_EQ(refused.error().code, ErrorCode::LimitReached);
  EXPECT_EQ(append("short"), 1U);
}

TEST_F(Log, BelongsToOneProcessAtATime) {
  open();
  auto second = SegmentLog::open(config(), [](const Frame&) { return Result<void>{}; });
  EXPECT_EQ(second.error().code, ErrorCode::StoreFailed);
}

// A power cut leaves each byte of what was not yet synced old or new.
TEST_F(Log, FindsAFrameThatIsTornAtAnyByte) {
  open();
  for (int i = 0; i < 5; ++i) append("kept " + std::to_string(i));
  fs::path path = segments().at(0);
  std::string before = read_file(path);
  append("the last one, which is torn");
  std::string after = read_file(path);
  log_.reset();
  std::size_t end = after.find_last_not_of('\0') + 1;
  std::size_t start = end - kFrameHeaderBytes - 27;
  ASSERT_EQ(before.find_last_not_of('\0') + 1, start);
  for (std::size_t cut = start; cut <= end; ++cut) {
    write_file(path, after.substr(0, cut) + before.substr(cut));
    EXPECT_EQ(open().size(), cut == end ? 6U : 5U) << cut;
    EXPECT_EQ(append("in its place"), cut == end ? 7U : 6U);
    EXPECT_EQ(open().back().second, "in its place");
    log_.reset();
  }
  // The file itself may have been cut, too.
  for (std::size_t cut = start; cut < end; ++cut) {
    write_file(path, after.substr(0, cut));
    EXPECT_EQ(open().size(), 5U) << cut;
    EXPECT_EQ(append("in its place"), 6U);
    EXPECT_EQ(open().back().second, "in its place");
    log_.reset();
    for (const fs::path& other : segments()) fs::remove(other);
  }
}

TEST_F(Log, NoticesEveryFlippedBitOfTheLastFrame) {
  open();
  append("first");
  append("second");
  fs::path path = segments().at(0);
  std::string good = read_file(path);
  std::size_t start = kFrameHeaderBytes + 5;
  log_.reset();
  for (std::size_t bit = start * 8; bit < (start + kFrameHeaderBytes + 6) * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    write_file(path, bad);
    EXPECT_EQ(open(), (Told{{1, "first"}})) << bit;
    log_.reset();
  }
}

// Sectors reach the disk in any order: a later frame may be whole although the one before is torn.
TEST_F(Log, DoesNotRaiseAFrameBehindATornOne) {
  open();
  append("kept");
  std::string before = read_file(segments().at(0));
  append("torn one");
  append("whole but never acknowledged");
  log_.reset();
  fs::path path = segments().at(0);
  std::string after = read_file(path);
  std::size_t start = kFrameHeaderBytes + 4;
  after.replace(start, 10, before, start, 10);
  write_file(path, after);
  EXPECT_EQ(open(), (Told{{1, "kept"}}));
  append("new one.");  // as long as the torn one was
  EXPECT_EQ(open(), (Told{{1, "kept"}, {2, "new one."}}));
}

TEST_F(Log, NeverTakesOldFramesOfARecycledSegmentForNewOnes) {
  SeededRandom random(77);
  open();
  Told expected;
  uint64_t forgotten = 0;
  for (int i = 0; i < 3000; ++i) {
    // Of one length, so old and new frames lie upon one another.
    std::string bytes = std::to_string(1'000'000 + i);
    expected.emplace_back(append(bytes), bytes);
    if (random.below(40) == 0) {
      forgotten = std::max(forgotten, expected.back().first - random.below(std::min<uint64_t>(
                                                                  30, expected.back().first)));
      ASSERT_TRUE(log_->forget_up_to(forgotten));
      std::erase_if(expected, [&](const auto& one) { return one.first <= forgotten; });
    }
    if (random.below(60) == 0) {
      ASSERT_EQ(open(forgotten), expected) << i;
    }
  }
  EXPECT_EQ(open(forgotten), expected);
  EXPECT_LE(segments().size(), 6U);
}

TEST_F(Log, TellsAnOwnerWithoutAMarkNothingOutOfOrder) {
  SeededRandom random(78);
  open();
  for (int i = 1; i <= 2000; ++i) {
    append(std::to_string(1'000'000 + i));
    auto number = static_cast<uint64_t>(i);
    if (random.below(40) == 0) {
      ASSERT_TRUE(log_->forget_up_to(number - random.below(10)));
    }
    if (random.below(100) != 0) continue;
    Told told = open();
    ASSERT_EQ(told.back().first, number);
    for (std::size_t k = 1; k < told.size(); ++k) ASSERT_EQ(told[k].first, told[k - 1].first + 1);
  }
}

TEST_F(Log, GivesHigherNumbersThanForgottenOnesEvenIfItIsLost) {
  open();
  for (int i = 0; i < 300; ++i) append("some");
  log_.reset();
  for (const fs::path& path : segments()) fs::remove(path);
  EXPECT_TRUE(open(300).empty());
  EXPECT_EQ(append("next"), 301U);
  EXPECT_EQ(open(300), (Told{{301, "next"}}));
}

TEST_F(Log, SavesWhatStandsInTheSegmentsBehindADamagedOne) {
  open();
  for (int i = 0; i < 300; ++i) append("frame");
  log_.reset();
  auto paths = segments();
  ASSERT_GE(paths.size(), 2U);
  std::string bytes = read_file(paths[0]);
  bytes[kFrameHeaderBytes + 5 + 3] ^= 1;
  write_file(paths[0], bytes);
  LogSink before = set_log_sink([](LogLevel, std::string_view) {});
  Told told = open();
  set_log_sink(before);
  EXPECT_EQ(told.front().first, 1U);
  EXPECT_EQ(told.back().first, 300U);
  EXPECT_EQ(append("next"), 301U);
}

// A limit on the size of files stands for the full disk: both fail in the same places.
class FullDisk : public Log {
 protected:
  FullDisk() {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
  }
  ~FullDisk() override { limit(before_.rlim_cur); }
  void limit(rlim_t bytes) {
    rlimit now = before_;
    now.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &now);
  }

  rlimit before_{};
};

TEST_F(FullDisk, AcknowledgesNothingAndGoesOnWhenThereIsSpace) {
  open();
  Told expected;
  std::string bytes(100, 'x');
  auto fill = [&](int count) {
    for (int i = 0; i < count; ++i) {
      auto number = log_->append(7, bytes);
      if (number) expected.emplace_back(*number, bytes);
      if (!number) {
        EXPECT_EQ(number.error().code, ErrorCode::DiskFull);
      }
    }
  };
  fill(20);
  limit(1000);  // amid a segment that is there already
  fill(30);
  EXPECT_EQ(expected.size(), 20U);
  limit(4095);  // no new one can be made
  fill(30);
  EXPECT_EQ(expected.size(), 33U);
  limit(before_.rlim_cur);
  bytes.assign(100, 'y');
  fill(50);
  EXPECT_EQ(expected.size(), 83U);
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(expected[i].first, i + 1);
  EXPECT_EQ(open(), expected);
}

TEST_F(FullDisk, LeavesNothingOfAFailedWriteBehind) {
  open();
  Told expected{{append("kept"), "kept"}};
  limit(100);  // the first of two frames would fit
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { EXPECT_FALSE(log_->append(7, std::string(80, 'f'))); });
  for (std::thread& thread : threads) thread.join();
  limit(before_.rlim_cur);
  EXPECT_EQ(open(), expected);
}

TEST_F(Log, SharesItsSyncsAmongThreads) {
  log_.reset();
  LogConfig synced = config();
  synced.sync = true;
  synced.segment_bytes = 64 << 10;
  log_ = SegmentLog::open(synced, [](const Frame&) { return Result<void>{}; }).value();
  std::mutex mutex;
  Told expected;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        std::string bytes = std::to_string(t) + " " + std::to_string(i);
        auto number = log_->append(7, bytes).value();
        std::lock_guard lock(mutex);
        expected.emplace_back(number, bytes);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::ranges::sort(expected);
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(expected[i].first, i + 1);
  EXPECT_EQ(open(), expected);
}

}  // namespace
}  // namespace anlan::history
