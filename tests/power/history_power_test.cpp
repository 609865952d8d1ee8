// What history acknowledged is there after kill -9 and after a power cut of the running program,
// once: a child appends from two threads while turns make blocks, is killed amid it, and what its
// disk would hold (tests/support/synced_only.cpp) is opened and counted. ANLAN_POWER_SAMPLES says
// how many samples a round acknowledges at least, ANLAN_POWER_ROUNDS how many rounds.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "core/json.h"
#include "core/random.h"
#include "history/history.h"

namespace anlan::test {
namespace {

namespace fs = std::filesystem;
using history::History;
using history::Sample;
using history::TagIndex;

constexpr int kThreads = 2;
constexpr uint32_t kTags = 100;  // of each thread
constexpr uint32_t kBatchMost = 4'000;
constexpr Instant kStart{1'767'225'600'000'000'000};
constexpr Instant kEver{INT64_MAX};
constexpr int64_t kSegmentBytes = 4 << 20;

uint64_t number_of(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::unique_ptr<History> open_history(const std::string& folder, Clock& clock) {
  auto opened = History::open({.folder = folder, .clock = clock, .segment_bytes = kSegmentBytes});
  if (opened) return std::move(*opened);
  std::cerr << folder << ": " << opened.error().detail << "\n";
  return nullptr;
}

// The n-th sample of a thread: its value is n, its tags take turns.
Sample sample_of(int thread, uint32_t n) {
  Instant at = kStart + Duration::milliseconds(n);
  return {.tag = static_cast<TagIndex>(thread) * kTags + n % kTags,
          .at = at,
          .received = at + Duration::milliseconds(3),
          .value = static_cast<double>(n)};
}

struct Acknowledged {
  int32_t thread = 0;
  uint32_t up_to = 0;
};

// Appends without end and tells on standard output what was acknowledged.
[[noreturn]] void live(const std::string& folder, const std::vector<uint32_t>& from) {
  ManualClock clock(kStart + Duration::milliseconds(from[0]));
  auto history = open_history(folder, clock);
  if (!history) _exit(1);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      SeededRandom random(static_cast<uint64_t>(t) + from[0] + 1);
      uint32_t next = from[static_cast<std::size_t>(t)];
      while (true) {
        std::vector<Sample> samples;
        uint64_t count = random.below(kBatchMost) + 1;
        for (uint64_t i = 0; i < count; ++i) samples.push_back(sample_of(t, next++));
        if (!history->append(samples)) _exit(2);
        Acknowledged told{t, next};
        if (::write(STDOUT_FILENO, &told, sizeof told) != sizeof told) _exit(3);
      }
    });
  }
  while (true) {
    clock.advance(Duration::seconds(2));
    if (!history->turn()) _exit(4);
  }
}

// Each file of a program that the disk below should treat its own way.
void write_files(const std::string& folder) {
  auto file = [&](const char* name, const char* text, bool is_synced) {
    int fd = ::open((folder + "/" + name).c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0 || ::write(fd, text, strlen(text)) < 0) _exit(6);
    if (is_synced && ::fdatasync(fd) != 0) _exit(7);
    ::close(fd);
  };
  file("a", "synced", true);
  file("a", " and more", false);
  file("b", "b", false);
  file("e", "e", true);
  fs::rename(folder + "/e", folder + "/f");
  int names = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (::fsync(names) != 0) _exit(8);
  ::close(names);
  file("c", "c", true);
  fs::rename(folder + "/c", folder + "/d");
}

std::string text_in(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// For the program that this process becomes.
void look_through(const std::string& used, const std::string& kept) {
  ::setenv("LD_PRELOAD", ANLAN_SYNCED_ONLY, 1);
  ::setenv("ANLAN_DISK_FROM", used.c_str(), 1);
  ::setenv("ANLAN_DISK_TO", kept.c_str(), 1);
}

enum class End { Kill, PowerCut };

class Power {
 public:
  explicit Power(End end) : end_(end), next_(kThreads, 0) {
    root_ = (fs::temp_directory_path() / "anlan-power-XXXXXX").string();
    if (!mkdtemp(root_.data())) std::abort();
    fs::create_directory(folder());
    ManualClock clock(kStart);
    auto history = open_history(folder(), clock);
    std::vector<std::string> codes;
    for (uint32_t i = 0; i < kThreads * kTags; ++i) codes.push_back("T-" + std::to_string(i));
    EXPECT_TRUE(history && history->tags(codes));
  }
  ~Power() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  Power(const Power&) = delete;
  Power& operator=(const Power&) = delete;

  // A child works until it was told `count` acknowledged samples, and ends amid its work.
  void round(uint64_t count) {
    std::string kept = root_ + "/" + std::to_string(++rounds_);
    if (end_ == End::PowerCut) fs::copy(folder_, kept, fs::copy_options::recursive);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    pid_t child = ::fork();
    if (child == 0) run_child(ends, kept);
    ::close(ends[1]);
    Acknowledged told;
    uint64_t begun = sum();
    while (::read(ends[0], &told, sizeof told) == sizeof told) {
      next_[static_cast<std::size_t>(told.thread)] = told.up_to;
      if (sum() - begun >= count) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    acknowledged_ += sum() - begun;
    if (end_ == End::PowerCut) folder_ = kept;
    count_what_is_there();
  }

  int64_t lost() const { return lost_; }
  int64_t doubled() const { return doubled_; }
  uint64_t acknowledged() const { return acknowledged_; }
  int64_t in_blocks() const { return in_blocks_; }

 private:
  const std::string& folder() {
    if (folder_.empty()) folder_ = root_ + "/0";
    return folder_;
  }
  uint64_t sum() const { return uint64_t{next_[0]} + next_[1]; }

  [[noreturn]] void run_child(const int ends[2], const std::string& kept) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    if (end_ == End::PowerCut) look_through(folder_, kept);
    std::string first = std::to_string(next_[0]), second = std::to_string(next_[1]);
    ::execl("/proc/self/exe", "history_power_test", "live", folder_.c_str(), first.c_str(),
            second.c_str(), nullptr);
    _exit(5);
  }

  // What nobody acknowledged may be there too, but only without holes and once.
  void count_what_is_there() {
    ManualClock clock(kStart);
    auto history = open_history(folder_, clock);
    ASSERT_TRUE(history);
    int64_t all = 0;
    for (int t = 0; t < kThreads; ++t) {
      uint32_t& next = next_[static_cast<std::size_t>(t)];
      std::vector<bool> is_there(next);
      for (uint32_t tag = 0; tag < kTags; ++tag) {
        auto number = static_cast<TagIndex>(t) * kTags + tag;
        auto found = history->raw(number, {}, kEver, 100'000'000);
        ASSERT_TRUE(found);
        for (const Sample& one : *found) {
          auto n = static_cast<std::size_t>(one.value);
          if (n >= is_there.size()) is_there.resize(n + 1);
          doubled_ += is_there[n];
          is_there[n] = true;
          ++all;
        }
      }
      lost_ += std::ranges::count(is_there, false);
      next = static_cast<uint32_t>(is_there.size());
    }
    history::Counters counters = history->counters();
    in_blocks_ = counters.in_blocks;
    // Also where doubles would not show: blocks and log hold each sample once.
    doubled_ += std::max<int64_t>(counters.in_blocks + counters.pending - all, 0);
  }

  End end_;
  std::string root_, folder_;
  int rounds_ = 0;
  std::vector<uint32_t> next_;  // by thread: what is there or acknowledged
  uint64_t acknowledged_ = 0;
  int64_t lost_ = 0, doubled_ = 0, in_blocks_ = 0;
};

void play(End end, const char* metric) {
  uint64_t samples = number_of("ANLAN_POWER_SAMPLES", 60'000);
  uint64_t rounds = number_of("ANLAN_POWER_ROUNDS", 6);
  SeededRandom random(41);
  Power power(end);
  for (uint64_t i = 0; i < rounds; ++i) {
    SCOPED_TRACE(i);
    power.round(samples / 2 + random.below(samples));
    if (testing::Test::HasFatalFailure()) return;
  }
  Json line = Json::object({{"bench", "history"}, {"metric", metric}});
  line.set("variant", std::to_string(power.acknowledged()) + " acknowledged in " +
                          std::to_string(rounds) + " rounds");
  line.set("value", power.lost()).set("unit", "1").set("better", "lower").set("target", 0);
  std::cout << write_json(line) << "\n";
  EXPECT_EQ(power.lost(), 0);
  EXPECT_EQ(power.doubled(), 0);
  EXPECT_GT(power.in_blocks(), 0) << "the children lived too short for blocks";
}

TEST(HistoryPower, KillLosesAndDoublesNothing) { play(End::Kill, "lost_after_kill"); }

TEST(HistoryPower, PowerCutLosesAndDoublesNothing) { play(End::PowerCut, "lost_after_power_cut"); }

// The disk of these tests forgets what was not synced, and nothing else.
TEST(HistoryPower, TheDiskKeepsWhatWasSyncedOnly) {
  std::string root = (fs::temp_directory_path() / "anlan-disk-XXXXXX").string();
  ASSERT_TRUE(mkdtemp(root.data()));
  std::string kept = root + "/kept", used = root + "/used";
  fs::create_directory(kept);
  fs::create_directory(used);
  pid_t child = ::fork();
  if (child == 0) {
    look_through(used, kept);
    ::execl("/proc/self/exe", "history_power_test", "write", used.c_str(), nullptr);
    _exit(5);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(text_in(used + "/a"), "synced and more");
  EXPECT_EQ(text_in(kept + "/a"), "synced");
  EXPECT_EQ(text_in(kept + "/b"), "") << "never synced";
  EXPECT_EQ(text_in(kept + "/c"), "c") << "its new name was not";
  EXPECT_EQ(text_in(kept + "/f"), "e");
  EXPECT_FALSE(fs::exists(kept + "/e"));
  fs::remove_all(root);
}

}  // namespace
}  // namespace anlan::test

int main(int count, char** words) {
  if (count == 3 && std::string_view(words[1]) == "write") {
    anlan::test::write_files(words[2]);
    return 0;
  }
  if (count == 5 && std::string_view(words[1]) == "live") {
    auto number = [&](int i) { return static_cast<uint32_t>(std::strtoul(words[i], nullptr, 10)); };
    anlan::test::live(words[2], {number(3), number(4)});
  }
  testing::InitGoogleTest(&count, words);
  return RUN_ALL_TESTS();
}
