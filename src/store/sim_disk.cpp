#include "store/sim_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#include "core/check.h"

namespace anlan::store {

namespace {

constexpr int64_t kSectorBytes = 512;
constexpr int kPathMax = 512;

struct Write {
  int64_t offset;  // negative: the file is cut to `size`
  std::string bytes;
  int64_t size;
  // What it took the place of, so that nobody needs a second copy of the file.
  std::string bytes_before;
  std::size_t size_before = 0;
};

struct SimFile {
  std::string current;
  std::vector<Write> unsynced;  // without them `current` is what surely is on the platter
  bool is_linked = false;       // its name is in the folder
  // Locks of SQLite's five states, counted over all handles.
  int shared = 0;
  bool is_reserved = false;
  bool is_pending = false;
  bool is_exclusive = false;
  // Shared memory of the WAL index; lost with the power.
  std::vector<std::unique_ptr<std::string>> regions;
  int shm_shared[SQLITE_SHM_NLOCK] = {};
  bool shm_exclusive[SQLITE_SHM_NLOCK] = {};
};

void put(std::string& to, int64_t offset, std::string_view bytes) {
  auto end = static_cast<std::size_t>(offset) + bytes.size();
  if (to.size() < end) to.resize(end);
  std::memcpy(to.data() + offset, bytes.data(), bytes.size());
}

void replay(std::string& to, const Write& write) {
  if (write.offset < 0) {
    to.resize(static_cast<std::size_t>(write.size));
  } else {
    put(to, write.offset, write.bytes);
  }
}

void undo(std::string& to, const Write& write) {
  to.resize(write.size_before);
  if (write.bytes_before.empty()) return;  // it was behind the end
  put(to, write.offset < 0 ? write.size : write.offset, write.bytes_before);
}

// Writes to a file, so that it can be undone until the next sync.
void apply(SimFile& file, Write write) {
  write.size_before = file.current.size();
  auto from = static_cast<std::size_t>(write.offset < 0 ? write.size : write.offset);
  if (from < file.current.size()) {
    std::size_t count = write.offset < 0 ? std::string::npos : write.bytes.size();
    write.bytes_before = file.current.substr(from, count);
  }
  replay(file.current, write);
  file.unsynced.push_back(std::move(write));
}

}  // namespace

struct SimDisk::State {
  explicit State(Random& source) : random(source) {}

  std::mutex mutex;
  Random& random;
  std::string name;
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  std::map<std::string, std::shared_ptr<SimFile>> files;
  int64_t power = 0;  // rises with each crash; older handles are dead
  int64_t room = -1;
  int64_t calls_to_error = -1;
  int64_t calls_to_crash = -1;
};

namespace {

using State = SimDisk::State;

// SQLite allots this memory, so construction and destruction are by hand.
struct Handle {
  sqlite3_file base;
  State* disk;
  // Shared by every handle of the file and by the folder, as an inode is.
  std::shared_ptr<SimFile> file;
  int64_t power;
  int lock;
  int shm_shared;  // bits
  int shm_exclusive;
};

Handle& of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }

bool is_dead(const Handle& handle) { return handle.power != handle.disk->power; }

// A torn write: whole sectors of it arrived, in no particular order.
void tear(std::string& to, const Write& write, Random& random) {
  auto size = static_cast<int64_t>(write.bytes.size());
  for (int64_t at = 0; at < size; at += kSectorBytes) {
    if (random.below(2) == 0) continue;
    auto part = std::string_view(write.bytes).substr(static_cast<std::size_t>(at), kSectorBytes);
    put(to, write.offset + at, part);
  }
}

// Takes the bytes of the file.
std::string after_power_loss(SimFile& file, Random& random) {
  std::string after = std::move(file.current);
  for (auto write = file.unsynced.rbegin(); write != file.unsynced.rend(); ++write) {
    undo(after, *write);
  }
  for (const Write& write : file.unsynced) {
    uint64_t fate = random.below(3);
    if (fate == 0) replay(after, write);
    if (fate == 1 && write.offset >= 0) tear(after, write, random);
  }
  return after;
}

void crash_disk(State& disk) {
  ++disk.power;
  disk.room = disk.calls_to_error = disk.calls_to_crash = -1;
  for (auto at = disk.files.begin(); at != disk.files.end();) {
    SimFile& file = *at->second;
    std::string after = after_power_loss(file, disk.random);
    bool is_lost = !file.is_linked && disk.random.below(2) == 0;
    // A dead handle may still hold pointers into the shared memory: the old file stays for it, and
    // the name gets a new one.
    auto fresh = std::make_shared<SimFile>();
    fresh->current = std::move(after);
    fresh->is_linked = file.is_linked;
    at->second = std::move(fresh);
    at = is_lost ? disk.files.erase(at) : std::next(at);
  }
}

// One injected error or crash, then none until it is asked for again.
bool fails_now(State& disk) {
  if (disk.calls_to_crash >= 0 && disk.calls_to_crash-- == 0) {
    crash_disk(disk);
    return true;
  }
  return disk.calls_to_error >= 0 && disk.calls_to_error-- == 0;
}

int close_file(sqlite3_file* base) {
  Handle& handle = of(base);
  std::scoped_lock lock(handle.disk->mutex);
  handle.~Handle();
  return SQLITE_OK;
}

int read_file(sqlite3_file* base, void* out, int count, sqlite3_int64 offset) {
  Handle& handle = of(base);
  std::scoped_lock lock(handle.disk->mutex);
  if (is_dead(handle)) return SQLITE_IOERR_READ;
  const std::string& bytes = handle.file->current;
  int64_t there = std::clamp<int64_t>(static_cast<int64_t>(bytes.size()) - offset, 0, count);
  if (there > 0) std::memcpy(out, bytes.data() + offset, static_cast<std::size_t>(there));
  if (there == count) return SQLITE_OK;
  std::memset(static_cast<char*>(out) + there, 0, static_cast<std::size_t>(count - there));
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* base, const void* in, int count, sqlite3_int64 offset) {
  Handle& handle = of(base);
  std::scoped_lock lock(handle.disk->mutex);
  if (is_dead(handle) || fails_now(*handle.disk)) return SQLITE_IOERR_WRITE;
  SimFile& file = *handle.file;
  int64_t growth = std::max<int64_t>(0, offset + count - static_cast<int64_t>(file.current.size()));
  if (handle.disk->room >= 0 && growth > handle.disk->room) return SQLITE_FULL;
  if (handle.disk->room >= 0) handle.disk->room -= growth;
  apply(file, {.offset = offset,
               .bytes = std::string(static_cast<const char*>(in), static_cast<std::size_t>(count)),
               .size = 0,
               .bytes_before = {}});
  return SQLITE_OK;
}

int truncate_file(sqlite3_file* base, sqlite3_int64 size) {
  Handle& handle = of(base);
  std::scoped_lock lock(handle.disk->mutex);
  if (is_dead(handle) || fails_now(*handle.disk)) return SQLITE_IOERR_TRUNCATE;
  apply(*handle.file, {.offset = -1, .bytes = {}, .size = size, .bytes_before = {}});
  return SQLITE_OK;
}

int sync_file(sqlite3_file* base, int) {
  Handle& handle = of(base);
  std::scoped_lock lock(handle.disk->mutex);
  if (is_dead(handle) || fails_now(*handle.disk)) return SQLITE_IOERR_FSYNC;
  SimFile& file = *handle.file;
  file.unsynced.clear();
  file.is_linked = true;  // ext4 and xfs keep the name of a synced new file
  return SQLITE_OK;
}

int size_of_file(sqlite3_file* base, sqlite3_int64* size) {
  Handle& handle = of(base);
  std::scoped_lock lock(handle.disk->mutex);
  if (is_dead(handle)) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(handle.file->current.size());
  return SQLITE_OK;
}

// The lock states of SQLite: any number of SHARED; one RESERVED beside them;
// PENDING lets no new SHARED in; EXCLUSIVE is alone.
int lock_file(sqlite3_file* base, int wanted) {
  Handle& handle = of(base);
  std::scoped_lock lock(handle.disk->mutex);
  if (is_dead(handle)) return SQLITE_IOERR_LOCK;
  SimFile& file = *handle.file;
  if (handle.lock >= wanted) return SQLITE_OK;
  if (wanted == SQLITE_LOCK_SHARED) {
    if (file.is_pending || file.is_exclusive) return SQLITE_BUSY;
    ++file.shared;
  } else if (wanted == SQLITE_LOCK_RESERVED) {
    if (file.is_reserved) return SQLITE_BUSY;
    file.is_reserved = true;
  } else {
    if (file.is_pending && handle.lock < SQLITE_LOCK_PENDING) return SQLITE_BUSY;
    if (file.is_reserved && handle.lock < SQLITE_LOCK_RESERVED) return SQLITE_BUSY;
    file.is_reserved = file.is_pending = true;
    handle.lock = SQLITE_LOCK_PENDING;
    if (file.shared > 1) return SQLITE_BUSY;
    file.is_exclusive = true;
  }
  handle.lock = wanted;
  return SQLITE_OK;
}

int unlock_file(sqlite3_file* base, int wanted) {
  Handle& handle = of(base);
  std::scoped_lock lock(handle.disk->mutex);
  if (is_dead(handle)) return SQLITE_OK;
  SimFile& file = *handle.file;
  if (handle.lock > SQLITE_LOCK_SHARED && wanted <= SQLITE_LOCK_SHARED) {
    file.is_reserved = false;
    if (handle.lock >= SQLITE_LOCK_PENDING) file.is_pending = file.is_exclusive = false;
  }
  if (handle.lock >= SQLITE_LOCK_SHARED && wanted == SQLITE_LOCK_NONE) --file.shared;
  handle.lock = std::min(handle.lock, wanted);
  return SQLITE_OK;
}

int is_reserved(sqlite3_file* base, int* out) {
  Handle& handle = of(base);
  std::scoped_lock lock(handle.disk->mutex);
  *out = handle.file->is_reserved ? 1 : 0;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return static_cast<int>(kSectorBytes); }
int characteristics(sqlite3_file*) { return 0; }

int map_shm(sqlite3_file* base, int region, int size, int is_extending, void volatile** out) {
  Handle& handle = of(base);
  std::scoped_lock lock(handle.disk->mutex);
  *out = nullptr;
  if (is_dead(handle)) return SQLITE_IOERR_SHMMAP;
  auto& regions = handle.file->regions;
  auto index = static_cast<std::size_t>(region);
  if (index >= regions.size() && is_extending == 0) return SQLITE_OK;
  while (regions.size() <= index) {
    regions.push_back(std::make_unique<std::string>(static_cast<std::size_t>(size), '\0'));
  }
  *out = regions[index]->data();
  return SQLITE_OK;
}

bool can_lock_shm(const SimFile& file, const Handle& handle, int slot, bool is_shared) {
  int bit = 1 << slot;
  if (file.shm_exclusive[slot] && (handle.shm_exclusive & bit) == 0) return false;
  int others = file.shm_shared[slot] - ((handle.shm_shared & bit) != 0 ? 1 : 0);
  return is_shared || others == 0;
}

void unlock_shm(SimFile& file, Handle& handle, int slot) {
  int bit = 1 << slot;
  if ((handle.shm_shared & bit) != 0) --file.shm_shared[slot];
  if ((handle.shm_exclusive & bit) != 0) file.shm_exclusive[slot] = false;
  handle.shm_shared &= ~bit;
  handle.shm_exclusive &= ~bit;
}

int lock_shm(sqlite3_file* base, int offset, int count, int flags) {
  Handle& handle = of(base);
  std::scoped_lock lock(handle.disk->mutex);
  if (is_dead(handle)) return SQLITE_IOERR_SHMLOCK;
  SimFile& file = *handle.file;
  bool is_shared = (flags & SQLITE_SHM_SHARED) != 0;
  bool is_locking = (flags & SQLITE_SHM_LOCK) != 0;
  for (int slot = offset; is_locking && slot < offset + count; ++slot) {
    if (!can_lock_shm(file, handle, slot, is_shared)) return SQLITE_BUSY;
  }
  for (int slot = offset; slot < offset + count; ++slot) {
    if (!is_locking) {
      unlock_shm(file, handle, slot);
    } else if (is_shared && (handle.shm_shared & 1 << slot) == 0) {
      ++file.shm_shared[slot];
      handle.shm_shared |= 1 << slot;
    } else if (!is_shared) {
      file.shm_exclusive[slot] = true;
      handle.shm_exclusive |= 1 << slot;
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file* base) {
  std::scoped_lock lock(of(base).disk->mutex);  // a mutex is a full barrier, which TSan knows too
}

int unmap_shm(sqlite3_file* base, int is_deleting) {
  Handle& handle = of(base);
  std::scoped_lock lock(handle.disk->mutex);
  if (is_dead(handle)) return SQLITE_OK;
  for (int slot = 0; slot < SQLITE_SHM_NLOCK; ++slot) unlock_shm(*handle.file, handle, slot);
  if (is_deleting != 0) handle.file->regions.clear();
  return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods = {.iVersion = 2,
                                         .xClose = close_file,
                                         .xRead = read_file,
                                         .xWrite = write_file,
                                         .xTruncate = truncate_file,
                                         .xSync = sync_file,
                                         .xFileSize = size_of_file,
                                         .xLock = lock_file,
                                         .xUnlock = unlock_file,
                                         .xCheckReservedLock = is_reserved,
                                         .xFileControl = control,
                                         .xSectorSize = sector_size,
                                         .xDeviceCharacteristics = characteristics,
                                         .xShmMap = map_shm,
                                         .xShmLock = lock_shm,
                                         .xShmBarrier = shm_barrier,
                                         .xShmUnmap = unmap_shm,
                                         .xFetch = nullptr,
                                         .xUnfetch = nullptr};

State& disk_of(sqlite3_vfs* vfs) { return *static_cast<State*>(vfs->pAppData); }

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* base, int flags, int* out_flags) {
  State& disk = disk_of(vfs);
  std::scoped_lock lock(disk.mutex);
  base->pMethods = nullptr;
  std::string key = name ? name : "";
  auto found = name ? disk.files.find(key) : disk.files.end();
  if (found == disk.files.end() && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
  std::shared_ptr<SimFile> file =
      found == disk.files.end() ? std::make_shared<SimFile>() : found->second;
  if (name) disk.files[key] = file;
  new (base) Handle{{&kMethods}, &disk, file, disk.power, SQLITE_LOCK_NONE, 0, 0};
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int) {
  State& disk = disk_of(vfs);
  std::scoped_lock lock(disk.mutex);
  return disk.files.erase(name) == 1 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

int access_file(sqlite3_vfs* vfs, const char* name, int, int* out) {
  State& disk = disk_of(vfs);
  std::scoped_lock lock(disk.mutex);
  *out = disk.files.contains(name) ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

// Everything that is no file is the real system's.
int randomness(sqlite3_vfs* vfs, int size, char* out) {
  return disk_of(vfs).real->xRandomness(disk_of(vfs).real, size, out);
}
int pause(sqlite3_vfs* vfs, int us) { return disk_of(vfs).real->xSleep(disk_of(vfs).real, us); }
int now(sqlite3_vfs* vfs, double* out) {
  return disk_of(vfs).real->xCurrentTime(disk_of(vfs).real, out);
}
int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

SimDisk::SimDisk(Random& random) : state_(std::make_unique<State>(random)) {
  State& disk = *state_;
  disk.name = "anlan-sim-" + std::to_string(reinterpret_cast<uintptr_t>(&disk));
  disk.real = sqlite3_vfs_find(nullptr);
  sqlite3_vfs& vfs = disk.vfs;
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = kPathMax;
  vfs.zName = disk.name.c_str();
  vfs.pAppData = &disk;
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = pause;
  vfs.xCurrentTime = now;
  vfs.xGetLastError = last_error;
  CHECK(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK, "a VFS registers");
}

SimDisk::~SimDisk() { sqlite3_vfs_unregister(&state_->vfs); }

std::string SimDisk::vfs_name() const { return state_->name; }

void SimDisk::crash() {
  std::scoped_lock lock(state_->mutex);
  crash_disk(*state_);
}

void SimDisk::crash_after(int64_t calls) {
  std::scoped_lock lock(state_->mutex);
  state_->calls_to_crash = calls;
}

void SimDisk::set_full_after(int64_t bytes) {
  std::scoped_lock lock(state_->mutex);
  state_->room = bytes;
}

void SimDisk::set_error_after(int64_t calls) {
  std::scoped_lock lock(state_->mutex);
  state_->calls_to_error = calls;
}

}  // namespace anlan::store
