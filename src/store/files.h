#pragma once
// Files that must survive a power cut. Inside the room only.

#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"

namespace anlan::store {

// An open file that closes itself.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  File(File&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  int fd() const { return fd_; }

 private:
  int fd_;
};

// DiskFull or StoreFailed from errno, with what was being done.
std::unexpected<Error> file_failed(std::string_view doing, const std::filesystem::path& path);
Result<void> write_all(int fd, std::string_view bytes, const std::filesystem::path& path);
Result<void> make_folder(const std::filesystem::path& path);
Result<void> sync_folder(const std::filesystem::path& path);
// Whole under its name, or not there at all: written beside, synced, renamed, folder synced.
enum class Secrecy { Open, OwnerOnly };
Result<void> write_file(const std::filesystem::path& path, std::string_view bytes,
                        Secrecy secrecy = Secrecy::Open);
Result<std::string> read_file(const std::filesystem::path& path);  // NotFound

}  // namespace anlan::store
