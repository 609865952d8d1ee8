// Nothing acknowledged is lost and nothing is there twice: kill -9 of a real process, power cuts on
// copies of the files.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <thread>

#include "history/history_fixture.h"
#include "history/segment_log.h"

namespace anlan::history {
namespace {

namespace fs = std::filesystem;

constexpr int kThreads = 3;
constexpr Instant kEver{std::numeric_limits<int64_t>::max()};

std::unique_ptr<History> open_history(const std::string& folder, Clock& clock) {
  auto opened = History::open({.folder = folder, .clock = clock, .segment_bytes = 128 << 10});
  EXPECT_TRUE(opened) << (opened ? "" : opened.error().detail);
  return opened ? std::move(*opened) : nullptr;
}

// The n-th sample of a thread: its value is n, ten tags take turns.
Sample sample_of(int thread, uint32_t n) {
  Instant at = kStart + Duration::milliseconds(100 * static_cast<int64_t>(n));
  return {.tag = static_cast<TagIndex>(thread) * 10 + n % 10,
          .at = at,
          .received = at + Duration::milliseconds(3),
          .value = static_cast<double>(n)};
}

struct Acknowledged {
  int32_t thread = 0;
  uint32_t up_to = 0;
};

// Appends without end and tells through the pipe what was acknowledged.
[[noreturn]] void live(const std::string& folder, const std::vector<uint32_t>& from, int pipe) {
  ManualClock clock(kStart + Duration::seconds(from[0]));
  auto history = open_history(folder, clock);
  if (!history) _exit(1);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      SeededRandom random(static_cast<uint64_t>(t) + 1);
      uint32_t next = from[static_cast<std::size_t>(t)];
      while (true) {
        std::vector<Sample> samples;
        for (uint64_t i = 0; i <= random.below(60); ++i) samples.push_back(sample_of(t, next++));
        if (!history->append(samples)) _exit(2);
        Acknowledged told{t, next};
        if (::write(pipe, &told, sizeof told) != sizeof told) _exit(3);
      }
    });
  }
  while (true) {
    clock.advance(Duration::seconds(2));
    auto done = history->turn();
    if (done) continue;
    std::fprintf(stderr, "turn: %s\n", done.error().detail.c_str());
    _exit(4);
  }
}

class Killed : public testing::Test {
 protected:
  Killed() : next_(kThreads, 0) {
    ManualClock clock(kStart);
    auto history = open_history(folder_.path(), clock);
    std::vector<std::string> codes;
    for (int i = 0; i < kThreads * 10; ++i) codes.push_back("T-" + std::to_string(i));
    EXPECT_TRUE(history->tags(codes));
  }

  // Runs a child until it has told `count` acknowledgements, and kills it amid its work.
  void run_and_kill(uint64_t count) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      live(folder_.path(), next_, ends[1]);
    }
    ::close(ends[1]);
    Acknowledged told;
    for (uint64_t i = 0; ::read(ends[0], &told, sizeof told) == sizeof told; ++i) {
      next_[static_cast<std::size_t>(told.thread)] = told.up_to;
      if (i == count) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
  }

  // What nobody acknowledged may be there, but only without holes and once.
  void expect_sound() {
    ManualClock clock(kStart);
    auto history = open_history(folder_.path(), clock);
    ASSERT_TRUE(history);
    int64_t in_blocks = history->counters().in_blocks;
    int64_t pending = history->counters().pending;
    int64_t all = 0;
    for (int t = 0; t < kThreads; ++t) {
      uint32_t count = 0;
      for (TagIndex tag = 0; tag < 10; ++tag) {
        auto number = static_cast<TagIndex>(t * 10) + tag;
        auto found = history->raw(number, {}, kEver, 10'000'000).value();
        for (std::size_t i = 0; i < found.size(); ++i)
          ASSERT_EQ(found[i], sample_of(t, static_cast<uint32_t>(i * 10) + tag));
        count += static_cast<uint32_t>(found.size());
      }
      ASSERT_GE(count, next_[static_cast<std::size_t>(t)]);
      next_[static_cast<std::size_t>(t)] = count;
      all += count;
    }
    // Also where duplicates would not show: block and log hold each sample once.
    EXPECT_EQ(in_blocks + pending, all);
    blocks_ = in_blocks;
  }

  TempFolder folder_;
  std::vector<uint32_t> next_;
  int64_t blocks_ = 0;
};

TEST_F(Killed, LosesAndDoublesNothingThatWasAcknowledged) {
  constexpr uint64_t kSeed = 31;
  SCOPED_TRACE(kSeed);
  SeededRandom random(kSeed);
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(round);
    run_and_kill(random.below(round % 3 == 0 ? 20 : 600));
    expect_sound();
    if (HasFatalFailure()) return;
  }
  // The children lived long enough for blocks to be made.
  EXPECT_GT(blocks_, 1000);
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), std::ssize(bytes));
}

fs::path only_segment(const std::string& folder) {
  fs::directory_iterator entries(fs::path(folder) / "log");
  fs::path path = entries->path();
  EXPECT_EQ(++entries, fs::directory_iterator());
  return path;
}

// After the last sync each sector of the disk holds what was there before or what was written.
TEST(PowerCut, LeavesExactlyWhatWasSynced) {
  SeededRandom random(57);
  TempFolder folder;
  ManualClock clock(kStart);
  std::vector<Sample> synced;
  auto expect_synced = [&] {
    auto history = open_history(folder.path(), clock);
    ASSERT_TRUE(history);
    ASSERT_EQ(history->raw(0, {}, kEver).value(), synced);
  };
  ASSERT_TRUE(open_history(folder.path(), clock)->tag("T"));
  uint32_t next = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<Sample> lost;
    for (int i = 0; i < 60; ++i) {
      lost.push_back(sample_of(0, next + static_cast<uint32_t>(i)));
      lost.back().tag = 0;
    }
    std::vector<Sample> kept(lost.begin(), lost.begin() + 10);
    std::string before;
    fs::path log;
    {
      auto history = open_history(folder.path(), clock);
      ASSERT_TRUE(history->append(kept));
      log = only_segment(folder.path());
      before = read_file(log);
      ASSERT_TRUE(history->append(lost));
    }
    synced.insert(synced.end(), kept.begin(), kept.end());
    next += 10;
    std::string after = read_file(log);
    std::size_t end = after.find_last_not_of('\0') + 1;
    std::size_t start = before.find_last_not_of('\0') + 1;
    ASSERT_LT(start, end);
    if (round % 2 == 0) {
      std::string cut = after.substr(0, start + random.below(end - start));
      cut.resize(after.size());
      write_file(log, cut);
    } else {
      std::string mixed = after;
      std::size_t torn = start + random.below(end - start);
      for (std::size_t sector = start / 512; sector <= end / 512; ++sector) {
        bool is_old = random.below(2) == 0 || sector == torn / 512;
        if (is_old) mixed.replace(sector * 512, 512, before, sector * 512, 512);
      }
      write_file(log, mixed);
    }
    expect_synced();
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace anlan::history
