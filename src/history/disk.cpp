#include "history/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace anlan::history {

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

std::unexpected<Error> disk_failed(std::string_view doing, const std::filesystem::path& path,
                                   int reason) {
  // A quota or a file size limit is full for the one who writes, too.
  bool is_full = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
  return refuse(is_full ? ErrorCode::DiskFull : ErrorCode::StoreFailed,
                std::string(doing) + " " + path.filename().string() + ": " + std::strerror(reason));
}

Result<void> write_at(const File& file, std::string_view bytes, int64_t offset,
                      const std::filesystem::path& path) {
  while (!bytes.empty()) {
    ssize_t written = ::pwrite(file.fd(), bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return disk_failed("writing", path, errno);
    offset += written;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> sync_data(const File& file, const std::filesystem::path& path) {
  if (::fdatasync(file.fd()) != 0) return disk_failed("syncing", path, errno);
  return {};
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.fd() < 0 || ::fsync(file.fd()) != 0) return disk_failed("syncing", folder, errno);
  return {};
}

Result<std::string> read_all(const File& file, const std::filesystem::path& path) {
  struct stat about{};
  if (::fstat(file.fd(), &about) != 0) return disk_failed("looking at", path, errno);
  std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    ssize_t count =
        ::pread(file.fd(), bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return disk_failed("reading", path, errno);
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  bytes.resize(have);
  return bytes;
}

}  // namespace anlan::history
