#include "store/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace anlan::store {

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

std::unexpected<Error> file_failed(std::string_view doing, const std::filesystem::path& path) {
  int reason = errno;
  // A quota or a file size limit is full for the one who writes, too.
  bool is_full = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
  auto code = is_full            ? ErrorCode::DiskFull
              : reason == ENOENT ? ErrorCode::NotFound
              : reason == EROFS  ? ErrorCode::ReadOnly
                                 : ErrorCode::StoreFailed;
  return refuse(code,
                std::string(doing) + " " + path.filename().string() + ": " + std::strerror(reason));
}

Result<void> write_all(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_failed("writing", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> make_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return {};
  errno = error.value();
  return file_failed("making the folder", path);
}

Result<void> sync_folder(const std::filesystem::path& path) {
  File folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.fd() < 0 || ::fsync(folder.fd()) != 0) return file_failed("syncing", path);
  return {};
}

Result<void> write_file(const std::filesystem::path& path, std::string_view bytes,
                        Secrecy secrecy) {
  std::filesystem::path fresh = path;
  fresh += ".new";
  {
    mode_t mode = secrecy == Secrecy::OwnerOnly ? 0600 : 0644;
    File file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (file.fd() < 0 || ::fchmod(file.fd(), mode) != 0) return file_failed("making", fresh);
    TRY(write_all(file.fd(), bytes, fresh));
    if (::fsync(file.fd()) != 0) return file_failed("syncing", fresh);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return file_failed("renaming", fresh);
  return sync_folder(path.parent_path());
}

Result<std::string> read_file(const std::filesystem::path& path) {
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) return file_failed("opening", path);
  std::string bytes;
  std::array<char, 64 << 10> buffer;
  while (true) {
    ssize_t count = ::read(file.fd(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return file_failed("reading", path);
    if (count == 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace anlan::store
