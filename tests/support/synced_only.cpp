// LD_PRELOAD: a disk that keeps only what was synced. What a program writes below ANLAN_DISK_FROM
// goes there as always; below ANLAN_DISK_TO stands what a power cut would leave at this moment:
// ranges of files that fsync or fdatasync was called for after they were written, and names that
// the fsync of their folder made durable (that of a new file: its own first sync). Not for mapped
// files.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

struct Tracked {
  std::string durable;  // its name on the disk that is kept; empty: not there yet
  std::vector<std::pair<off_t, off_t>> dirty{};  // [from, to)
};

struct NameChange {
  std::string folder;
  ino_t file;
  std::string to;  // empty: it goes
};

// What the disk does itself is not looked at.
thread_local bool is_inside = false;
class Inside {
 public:
  explicit Inside(std::mutex& mutex) : hold_(mutex) { is_inside = true; }
  ~Inside() { is_inside = false; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  std::lock_guard<std::mutex> hold_;
};

class Disk {
 public:
  Disk() {
    const char* from = std::getenv("ANLAN_DISK_FROM");
    const char* to = std::getenv("ANLAN_DISK_TO");
    if (from != nullptr && to != nullptr) from_ = from, to_ = to;
  }

  void opened(int fd, bool is_emptied) {
    if (is_inside) return;
    Inside inside(mutex_);
    std::string path = path_of(fd);
    ino_t file = file_of(fd);
    if (!is_mine(path) || file == 0) return;
    auto [one, is_new] = files_.try_emplace(file);
    std::error_code ignored;
    if (is_new && fs::exists(kept(path), ignored)) one->second.durable = path;
    if (is_emptied) one->second.dirty.clear();
  }
  void wrote(int fd, off_t from, ssize_t count) {
    if (count <= 0) return;
    if (is_inside) return;
    Inside inside(mutex_);
    auto one = files_.find(file_of(fd));
    if (one == files_.end()) return;
    auto& dirty = one->second.dirty;
    off_t to = from + count;
    if (!dirty.empty() && dirty.back().second == from) dirty.back().second = to;
    else dirty.emplace_back(from, to);
  }
  // Before a sync: what it will make durable. After it: that it did.
  std::vector<std::pair<off_t, off_t>> begin_sync(int fd) {
    if (is_inside) return {};
    Inside inside(mutex_);
    auto one = files_.find(file_of(fd));
    if (one == files_.end()) return {};
    return std::exchange(one->second.dirty, {});
  }
  void end_sync(int fd, const std::vector<std::pair<off_t, off_t>>& ranges, bool is_done) {
    if (is_inside) return;
    Inside inside(mutex_);
    std::string path = path_of(fd);
    struct stat about{};
    if (!is_mine(path) || fstat(fd, &about) != 0) return;
    if (S_ISDIR(about.st_mode)) return is_done ? names_synced(path) : void();
    auto one = files_.find(about.st_ino);
    if (one == files_.end()) return;
    if (!is_done) {
      one->second.dirty.insert(one->second.dirty.end(), ranges.begin(), ranges.end());
      return;
    }
    if (one->second.durable.empty()) one->second.durable = path;
    copy(fd, one->second.durable, ranges, about.st_size);
  }
  void renamed(const std::string& from, const std::string& to, ino_t replaced) {
    if (is_inside) return;
    Inside inside(mutex_);
    ino_t file = file_at(to);
    if (!is_mine(to) || file == 0) return;
    if (replaced != 0) changes_.push_back({folder_of(to), replaced, ""});
    changes_.push_back({folder_of(to), file, to});
    if (folder_of(from) != folder_of(to)) changes_.push_back({folder_of(from), file, to});
  }
  void removed(const std::string& path, ino_t file) {
    if (is_inside) return;
    Inside inside(mutex_);
    if (!is_mine(path) || file == 0) return;
    auto one = files_.find(file);
    if (one == files_.end()) return;
    // Its number may come back for another file at once.
    if (!one->second.durable.empty()) gone_.emplace_back(folder_of(path), one->second.durable);
    files_.erase(one);
  }
  static ino_t file_at(const std::string& path) {
    struct stat about{};
    return ::stat(path.c_str(), &about) == 0 ? about.st_ino : 0;
  }

 private:
  static ino_t file_of(int fd) {
    struct stat about{};
    return fstat(fd, &about) == 0 ? about.st_ino : 0;
  }
  static std::string path_of(int fd) {
    char text[4096];
    ssize_t size = readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), text, sizeof text);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
  }
  static std::string folder_of(const std::string& path) { return fs::path(path).parent_path(); }
  bool is_mine(std::string_view path) const { return !from_.empty() && path.starts_with(from_); }
  std::string kept(const std::string& path) const { return to_ + path.substr(from_.size()); }

  void names_synced(const std::string& folder) {
    std::error_code ignored;
    for (const auto& [where, path] : gone_) {
      if (where == folder) fs::remove(kept(path), ignored);
    }
    std::erase_if(gone_, [&](const auto& one) { return one.first == folder; });
    for (const NameChange& change : changes_) {
      auto one = files_.find(change.file);
      if (change.folder != folder || one == files_.end()) continue;
      std::string& durable = one->second.durable;
      if (durable.empty() || durable == change.to) continue;
      if (change.to.empty()) fs::remove(kept(durable), ignored);
      else fs::rename(kept(durable), kept(change.to), ignored);
      durable = change.to;
    }
    std::erase_if(changes_, [&](const NameChange& one) { return one.folder == folder; });
  }

  void copy(int fd, const std::string& name, const std::vector<std::pair<off_t, off_t>>& ranges,
            off_t size) {
    std::error_code ignored;
    fs::create_directories(folder_of(kept(name)), ignored);
    static auto* real_open = real<int(const char*, int, ...)>("open");
    static auto* real_pwrite = real<ssize_t(int, const void*, std::size_t, off_t)>("pwrite");
    static auto* real_truncate = real<int(int, off_t)>("ftruncate");
    int from = real_open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDONLY | O_CLOEXEC);
    int to = real_open(kept(name).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (from < 0 || to < 0 || real_truncate(to, size) != 0) std::abort();
    std::vector<char> buffer(1 << 20);
    for (auto [at, end] : ranges) {
      while (at < end) {
        std::size_t want = std::min(buffer.size(), static_cast<std::size_t>(end - at));
        ssize_t got = ::pread(from, buffer.data(), want, at);
        if (got <= 0) break;  // cut off since
        if (real_pwrite(to, buffer.data(), static_cast<std::size_t>(got), at) != got) std::abort();
        at += got;
      }
    }
    ::close(from);
    ::close(to);
  }

  std::mutex mutex_;
  std::string from_, to_;
  std::map<ino_t, Tracked> files_;
  std::vector<NameChange> changes_;
  std::vector<std::pair<std::string, std::string>> gone_;  // folder, durable name
};

Disk& disk() {
  static Disk* one = new Disk;  // lives as long as the last thread
  return *one;
}

int open_with(int folder, const char* path, int flags, mode_t mode) {
  static auto* act = real<int(int, const char*, int, ...)>("openat");
  int fd = act(folder, path, flags, mode);
  if (fd >= 0) disk().opened(fd, (flags & O_TRUNC) != 0);
  return fd;
}

mode_t mode_of(int flags, va_list rest) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
}

int sync_with(int (*act)(int), int fd) {
  auto ranges = disk().begin_sync(fd);
  int done = act(fd);
  disk().end_sync(fd, ranges, done == 0);
  return done;
}

int remove_with(int (*act)(const char*), const char* path) {
  ino_t file = Disk::file_at(path);
  int done = act(path);
  if (done == 0) disk().removed(path, file);
  return done;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return open_with(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) __attribute__((alias("open")));

int openat(int folder, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return open_with(folder, path, flags, mode);
}
int openat64(int folder, const char* path, int flags, ...) __attribute__((alias("openat")));

ssize_t write(int fd, const void* bytes, std::size_t count) {
  static auto* act = real<ssize_t(int, const void*, std::size_t)>("write");
  ssize_t done = act(fd, bytes, count);
  off_t end = done > 0 ? lseek(fd, 0, SEEK_CUR) : -1;
  if (end >= done) disk().wrote(fd, end - done, done);
  return done;
}

ssize_t pwrite(int fd, const void* bytes, std::size_t count, off_t at) {
  static auto* act = real<ssize_t(int, const void*, std::size_t, off_t)>("pwrite");
  ssize_t done = act(fd, bytes, count, at);
  disk().wrote(fd, at, done);
  return done;
}
ssize_t pwrite64(int fd, const void* bytes, std::size_t count, off_t at)
    __attribute__((alias("pwrite")));

int fsync(int fd) {
  static auto* act = real<int(int)>("fsync");
  return sync_with(act, fd);
}
int fdatasync(int fd) {
  static auto* act = real<int(int)>("fdatasync");
  return sync_with(act, fd);
}

int rename(const char* from, const char* to) noexcept {
  static auto* act = real<int(const char*, const char*)>("rename");
  ino_t replaced = Disk::file_at(to);
  int done = act(from, to);
  if (done == 0) disk().renamed(from, to, replaced);
  return done;
}

int unlink(const char* path) noexcept {
  static auto* act = real<int(const char*)>("unlink");
  return remove_with(act, path);
}
int remove(const char* path) noexcept {
  static auto* act = real<int(const char*)>("remove");
  return remove_with(act, path);
}

}  // extern "C"
