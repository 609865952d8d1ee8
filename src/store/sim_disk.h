#pragma once
// A disk in memory for tests, as a SQLite VFS. What was written but not synced may be lost, torn
// or kept when the power fails, as a seeded chance decides; disk full and input/output errors come
// on demand. One SimDisk is one disk; it must outlive every database on it.
//
//   SimDisk disk(random);
//   config.sqlite_vfs = disk.vfs_name();
//   ... commit ...; disk.crash(); database.reset(); ... open again ...

#include <cstdint>
#include <memory>
#include <string>

#include "core/random.h"

namespace anlan::store {

class SimDisk {
 public:
  explicit SimDisk(Random& random);
  ~SimDisk();
  SimDisk(const SimDisk&) = delete;
  SimDisk& operator=(const SimDisk&) = delete;

  std::string vfs_name() const;
  // The power fails: each un-synced write is kept, lost or torn, and every handle that is open now
  // is dead from here on. Close the database afterwards and open it again.
  void crash();
  // The same, in the middle of the write or sync that comes after this many more.
  void crash_after(int64_t calls);
  // From now on the disk takes this many more bytes of growth; negative: no bound.
  void set_full_after(int64_t bytes);
  // After this many more calls each write and sync fails once; negative: never.
  void set_error_after(int64_t calls);

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace anlan::store
