#pragma once
// Files with their errors as refusals. Inside the room only.

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"

namespace anlan::history {

// An open file that closes itself.
class File {
 public:
  explicit File(int fd = -1) : fd_(fd) {}
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

// DiskFull or StoreFailed, with what was being done; `reason` is an errno.
std::unexpected<Error> disk_failed(std::string_view doing, const std::filesystem::path& path,
                                   int reason);
Result<void> write_at(const File& file, std::string_view bytes, int64_t offset,
                      const std::filesystem::path& path);
Result<void> sync_data(const File& file, const std::filesystem::path& path);
Result<void> sync_folder(const std::filesystem::path& folder);
Result<std::string> read_all(const File& file, const std::filesystem::path& path);

}  // namespace anlan::history
