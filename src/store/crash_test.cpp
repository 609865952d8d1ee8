// Nothing acknowledged is lost: power cuts on a simulated disk, kill -9 of a real process.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <set>

#include "core/text.h"
#include "store/merkle.h"
#include "store/sim_disk.h"
#include "store/store_fixture.h"

namespace anlan::store {
namespace {

constexpr const char* kChildFolder = "ANLAN_TEST_CRASH_FOLDER";
constexpr const char* kChildDatabase = "ANLAN_TEST_CRASH_DATABASE";

std::set<std::string> ids_in(View& view) {
  Rows rows = view.query({"SELECT id FROM hazard"}).value();
  std::set<std::string> ids;
  for (std::size_t i = 0; i < rows.size(); ++i) ids.insert(rows[i].text("id"));
  return ids;
}

// Leaves, stored nodes, log, bodies and outbox agree with one another and with the rows.
void expect_sound(Database& database) {
  auto view = database.snapshot().value();
  Rows leaves = view->query({"SELECT leaf FROM ledger_leaf ORDER BY leaf_index"}).value();
  std::vector<std::string> hashes;
  for (std::size_t i = 0; i < leaves.size(); ++i)
    hashes.push_back(leaf_hash(leaves[i].text("leaf")));
  auto size = static_cast<int64_t>(leaves.size());
  auto root = tree_root(size, [&](int level, int64_t index) -> Result<std::string> {
    Rows node = TRY(view->query({"SELECT hash FROM ledger_node WHERE level = ? AND node_index = ?",
                                 {int64_t{level}, index}}));
    EXPECT_EQ(node.size(), 1U);
    return std::get<Blob>(node[0]["hash"]).bytes;
  });
  EXPECT_EQ(root.value(), merkle_root(hashes));
  Rows counts = view->query({"SELECT (SELECT count(*) FROM change_log) AS log,"
                             " (SELECT max(seq) FROM change_log) AS seq,"
                             " (SELECT count(*) FROM change_body) AS body,"
                             " (SELECT max(seq) FROM outbox) AS event,"
                             " (SELECT count(*) FROM hazard) AS hazard"})
                    .value();
  for (const char* column : {"log", "seq", "body", "event", "hazard"}) {
    EXPECT_EQ(counts[0].int64_or(column, 0), size) << column;
  }
}

class SimulatedDisk : public testing::Test {
 protected:
  Result<void> open() {
    database_.reset();
    database_ = TRY(Database::open({.database = "sqlite:/sim.db",
                                    .folder = folder_.path(),
                                    .head_folders = {},
                                    .plant = "p",
                                    .clock = clock_,
                                    .random = random_,
                                    .sqlite_vfs = disk_.vfs_name()}));
    return database_->migrate(test_migrations());
  }

  TempFolder folder_;
  ManualClock clock_{{1}};
  SeededRandom random_{5};
  SeededRandom fate_{17};
  SimDisk disk_{fate_};
  std::unique_ptr<Database> database_;
};

TEST_F(SimulatedDisk, KeepsEveryAcknowledgedGroupThroughPowerCuts) {
  ASSERT_TRUE(open());
  std::set<std::string> acknowledged;
  int number = 0;
  for (int round = 0; round < 300; ++round) {
    disk_.crash_after(static_cast<int64_t>(fate_.below(120)));
    std::vector<std::string> last_group;
    while (true) {
      last_group.clear();
      std::vector<Work> works;
      for (uint64_t i = 0; i <= fate_.below(4); ++i) {
        last_group.push_back(std::to_string(++number));
        works.push_back([id = last_group.back()](Transaction& t) { return t.apply(report(id)); });
      }
      if (!database_->commit_group(works)) break;
      acknowledged.insert(last_group.begin(), last_group.end());
    }
    auto opened = open();
    ASSERT_TRUE(opened) << "round " << round << ": " << opened.error().detail;
    auto there = ids_in(*database_->snapshot().value());
    bool has_last = there.contains(last_group.front());
    // A group that nobody acknowledged may have arrived, but only whole.
    if (has_last) acknowledged.insert(last_group.begin(), last_group.end());
    ASSERT_EQ(there, acknowledged) << "round " << round;
  }
  expect_sound(*database_);
}

// The simulation bites: without the syncs the same power cuts do lose what was acknowledged.
TEST_F(SimulatedDisk, LosesRowsWhereNothingIsSynced) {
  int lost = 0;
  for (int round = 0; round < 20; ++round) {
    SimDisk disk(fate_);
    Config config{.database = "sqlite:/sim.db",
                  .folder = folder_.path(),
                  .head_folders = {},
                  .plant = "p",
                  .clock = clock_,
                  .random = random_,
                  .sqlite_vfs = disk.vfs_name(),
                  .sync = false};
    auto opened = Database::open(config);
    ASSERT_TRUE(opened && (*opened)->migrate(test_migrations()));
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(commit_one(**opened, report(std::to_string(i))));
    disk.crash();
    opened->reset();
    auto again = Database::open(config);
    auto view = again ? (*again)->snapshot() : std::unexpected(again.error());
    auto rows = view ? (*view)->query({"SELECT count(*) AS n FROM hazard"})
                     : Result<Rows>(std::unexpected(view.error()));
    if (!rows || (*rows)[0].int64("n") < 5) ++lost;
  }
  EXPECT_GT(lost, 5);
}

TEST_F(SimulatedDisk, FullDiskRefusesTheGroupAndLetsLaterOnesIn) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(commit_one(*database_, report("before")));
  disk_.set_full_after(2000);
  auto full = commit_one(*database_, report("full", std::string(100'000, 'x')));
  EXPECT_EQ(full.error().code, ErrorCode::DiskFull);
  disk_.set_full_after(-1);
  EXPECT_TRUE(commit_one(*database_, report("after")));
  EXPECT_EQ(ids_in(*database_->snapshot().value()), (std::set<std::string>{"before", "after"}));
  expect_sound(*database_);
}

TEST_F(SimulatedDisk, EveryWriteOrSyncMayFailAndTheDatabaseGoesOn) {
  ASSERT_TRUE(open());
  int failures = 0;
  for (int calls = 0; calls < 40; ++calls) {
    disk_.set_error_after(calls);
    auto answer = commit_one(*database_, report("h" + std::to_string(calls)));
    disk_.set_error_after(-1);
    if (!answer) {
      ++failures;
      EXPECT_EQ(answer.error().code, ErrorCode::StoreFailed);
      ASSERT_TRUE(commit_one(*database_, report("h" + std::to_string(calls))));
    }
  }
  EXPECT_GT(failures, 5);
  expect_sound(*database_);
}

// Not a test of its own: what the process does that the next test kills.
TEST(CrashChild, DISABLED_CommitsUntilItIsKilled) {
  const char* folder = std::getenv(kChildFolder);
  const char* where = std::getenv(kChildDatabase);
  ASSERT_TRUE(folder && where);
  auto opened = Database::open({.database = where,
                                .folder = folder,
                                .head_folders = {},
                                .plant = "p",
                                .clock = system_clock_of_machine(),
                                .random = random_of_machine()});
  ASSERT_TRUE(opened);
  ASSERT_TRUE((*opened)->migrate(test_migrations()));
  for (int i = 0; i < 1'000'000; ++i) {
    std::string id = to_hex(std::to_string(getpid())) + "-" + std::to_string(i);
    ASSERT_TRUE(commit_one(**opened, report(id)));
    std::printf("acknowledged %s\n", id.c_str());
    std::fflush(stdout);
  }
}

struct Child {
  pid_t pid;
  FILE* out;
};

Child start_child(const std::string& folder, const std::string& where) {
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    setenv(kChildFolder, folder.c_str(), 1);
    setenv(kChildDatabase, where.c_str(), 1);
    execl("/proc/self/exe", "store_test", "--gtest_filter=CrashChild.*",
          "--gtest_also_run_disabled_tests", nullptr);
    _exit(127);
  }
  close(ends[1]);
  return {pid, fdopen(ends[0], "r")};
}

// Kills the child after it has acknowledged `count` rows; what it still said counts, too.
std::set<std::string> acknowledged_until_killed(const Child& child, uint64_t count) {
  std::set<std::string> ids;
  char line[256];
  while (std::fgets(line, sizeof line, child.out)) {
    std::string_view text = trim(line);
    if (!text.starts_with("acknowledged ")) continue;
    ids.emplace(text.substr(text.find(' ') + 1));
    if (ids.size() == count) kill(child.pid, SIGKILL);
  }
  std::fclose(child.out);
  waitpid(child.pid, nullptr, 0);
  return ids;
}

using KilledProcess = StoreTest;
ON_BOTH_DATABASES(KilledProcess);

TEST_P(KilledProcess, LosesNothingAcknowledged) {
  database_.reset();
  std::set<std::string> acknowledged;
  for (int round = 0; round < 10; ++round) {
    Child child = start_child(folder_.path(), where_);
    auto ids = acknowledged_until_killed(child, 1 + random_.below(40));
    ASSERT_FALSE(ids.empty());
    acknowledged.insert(ids.begin(), ids.end());
    open();
    auto there = ids_in(*database_->snapshot().value());
    for (const std::string& id : acknowledged) ASSERT_TRUE(there.contains(id)) << id;
    // At most the one row that was under way.
    ASSERT_LE(there.size(), acknowledged.size() + 1);
    acknowledged = there;
    expect_sound(*database_);
    database_.reset();
  }
}

}  // namespace
}  // namespace anlan::store
