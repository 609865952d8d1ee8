// The simulated disk against the plainest one that could be: two copies of the file, one of what
// was written and one of what was synced, and the same chances.

#include "store/sim_disk.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstddef>
#include <string>
#include <vector>

namespace anlan::store {
namespace {

constexpr uint64_t kSectorBytes = 512;
constexpr uint64_t kFileBytesMax = 9000;
constexpr uint64_t kWriteBytesMax = 3000;

struct Change {
  std::size_t offset;
  std::string bytes;
  bool is_cut;
};

void put(std::string& to, std::size_t offset, const std::string& bytes) {
  if (to.size() < offset + bytes.size()) to.resize(offset + bytes.size());
  to.replace(offset, bytes.size(), bytes);
}

void make(std::string& to, const Change& change) {
  if (change.is_cut) {
    to.resize(change.offset);
  } else {
    put(to, change.offset, change.bytes);
  }
}

// Draws its chances in the order of SimDisk.
class TwoCopies {
 public:
  void change(Change what) {
    make(current_, what);
    unsynced_.push_back(std::move(what));
  }

  void sync() {
    synced_ = current_;
    unsynced_.clear();
  }

  void crash(Random& random) {
    for (const Change& what : unsynced_) {
      uint64_t fate = random.below(3);
      if (fate == 0) make(synced_, what);
      if (fate == 1 && !what.is_cut) tear(what, random);
    }
    current_ = synced_;
    unsynced_.clear();
  }

  const std::string& bytes() const { return current_; }

 private:
  void tear(const Change& what, Random& random) {
    for (std::size_t at = 0; at < what.bytes.size(); at += kSectorBytes) {
      if (random.below(2) == 0) continue;
      put(synced_, what.offset + at, what.bytes.substr(at, kSectorBytes));
    }
  }

  std::string synced_;
  std::string current_;
  std::vector<Change> unsynced_;
};

// One file of the disk through SQLite's eyes.
class File {
 public:
  explicit File(const SimDisk& disk) : vfs_(sqlite3_vfs_find(disk.vfs_name().c_str())) { open(); }
  ~File() { file()->pMethods->xClose(file()); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  void reopen() {
    file()->pMethods->xClose(file());
    open();
  }

  void change(const Change& what) {
    auto offset = static_cast<sqlite3_int64>(what.offset);
    int done = what.is_cut ? file()->pMethods->xTruncate(file(), offset)
                           : file()->pMethods->xWrite(file(), what.bytes.data(),
                                                      static_cast<int>(what.bytes.size()), offset);
    ASSERT_EQ(done, SQLITE_OK);
  }

  void sync() { ASSERT_EQ(file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL), SQLITE_OK); }

  std::string bytes() {
    sqlite3_int64 size = 0;
    EXPECT_EQ(file()->pMethods->xFileSize(file(), &size), SQLITE_OK);
    std::string read(static_cast<std::size_t>(size), '\0');
    EXPECT_EQ(file()->pMethods->xRead(file(), read.data(), static_cast<int>(size), 0), SQLITE_OK);
    return read;
  }

 private:
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(room_.data()); }

  void open() {
    room_.assign(static_cast<std::size_t>(vfs_->szOsFile) / sizeof(std::max_align_t) + 1, {});
    int flags = SQLITE_OPEN_CREATE | SQLITE_OPEN_READWRITE | SQLITE_OPEN_MAIN_DB;
    ASSERT_EQ(vfs_->xOpen(vfs_, "/one", file(), flags, nullptr), SQLITE_OK);
  }

  sqlite3_vfs* vfs_;
  std::vector<std::max_align_t> room_;
};

Change any_change(Random& random) {
  Change what{.offset = random.below(kFileBytesMax), .bytes = "", .is_cut = random.below(5) == 0};
  if (what.is_cut) return what;
  what.bytes.assign(1 + random.below(kWriteBytesMax), static_cast<char>('a' + random.below(26)));
  return what;
}

TEST(SimDisk, LosesAndKeepsAsTheSameDiskWithTwoCopiesDoes) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom plays(seed);
    SeededRandom chances(seed);
    SeededRandom same_chances(seed);
    SimDisk disk(chances);
    TwoCopies expected;
    File file(disk);
    file.sync();  // a new file may be lost with its name
    for (int act = 0; act < 200; ++act) {
      uint64_t which = plays.below(12);
      if (which == 0) {
        file.sync();
        expected.sync();
      } else if (which == 1) {
        disk.crash();
        expected.crash(same_chances);
        file.reopen();
      } else {
        Change what = any_change(plays);
        file.change(what);
        expected.change(std::move(what));
      }
      ASSERT_TRUE(file.bytes() == expected.bytes()) << "act " << act;
    }
  }
}

}  // namespace
}  // namespace anlan::store
