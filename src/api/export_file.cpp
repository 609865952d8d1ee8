#include "api/export_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <vector>

#include "core/hash.h"
#include "core/text.h"

namespace anlan::api {
namespace {

constexpr int64_t kReserveBytes = 256 << 20;  // of the disk, for what people report meanwhile
constexpr std::size_t kPieceBytes = 256 << 10;

Result<void> check_room(const std::string& folder) {
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) != 0) return {};
  auto free = static_cast<int64_t>(disk.f_bavail) * static_cast<int64_t>(disk.f_frsize);
  if (free < kReserveBytes) return refuse(ErrorCode::DiskFull, "no room for an export");
  return {};
}

std::unexpected<Error> failed(const char* what) {
  bool is_full = errno == ENOSPC || errno == EDQUOT;
  return refuse(is_full ? ErrorCode::DiskFull : ErrorCode::StoreFailed, what);
}

}  // namespace

Result<std::string> ExportFile::free_name(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  TRY(check_room(folder));
  std::string path = folder + "/export-XXXXXX";
  int file = ::mkstemp(path.data());
  if (file < 0) return failed("making a file for an export");
  ::close(file);
  return path;
}

Result<std::shared_ptr<ExportFile>> ExportFile::create(const std::string& folder,
                                                       int64_t bytes_max) {
  auto file = TRY(adopt(TRY(free_name(folder))));
  file->bytes_max_ = bytes_max;
  return file;
}

Result<std::shared_ptr<ExportFile>> ExportFile::adopt(const std::string& path) {
  int opened = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  int error = errno;
  ::unlink(path.c_str());
  errno = error;
  if (opened < 0) return failed("opening an export");
  std::shared_ptr<ExportFile> file(new ExportFile(opened));
  struct stat facts{};
  if (::fstat(opened, &facts) == 0) file->size_ = facts.st_size;
  return file;
}

void ExportFile::clear(const std::string& folder) {
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

ExportFile::~ExportFile() {
  if (file_ >= 0) ::close(file_);
}

Result<void> ExportFile::write(std::string_view bytes) {
  if (size_ + static_cast<int64_t>(bytes.size()) > bytes_max_) {
    return refuse(ErrorCode::TooLarge,
                  "more than " + std::to_string(bytes_max_ >> 20) + " MB: narrow the filter");
  }
  while (!bytes.empty()) {
    ssize_t count = ::pwrite(file_, bytes.data(), bytes.size(), size_);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failed("writing an export");
    size_ += count;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

std::size_t ExportFile::read(int64_t offset, char* into, std::size_t count) const {
  while (true) {
    ssize_t got = ::pread(file_, into, count, offset);
    if (got < 0 && errno == EINTR) continue;
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }
}

std::string ExportFile::sha256_hex() const {
  Sha256 hash;
  std::vector<char> piece(kPieceBytes);
  int64_t at = 0;
  while (std::size_t count = read(at, piece.data(), piece.size())) {
    hash.add({piece.data(), count});
    at += static_cast<int64_t>(count);
  }
  return to_hex(hash.finish());
}

std::string ExportFile::whole() const {
  std::string bytes(static_cast<std::size_t>(size_), '\0');
  bytes.resize(read(0, bytes.data(), bytes.size()));
  return bytes;
}

}  // namespace anlan::api
