#pragma once
// A file on its way out: it has no name on the disk any more, so that nobody else can open it and
// nothing stays behind, whatever happens.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace anlan::api {

class ExportFile {
 public:
  // In `folder`, which is made where it is missing. TooLarge above `bytes_max`, DiskFull where
  // less than a reserve would be left for the records themselves.
  static Result<std::shared_ptr<ExportFile>> create(const std::string& folder, int64_t bytes_max);
  // A file that a library wrote under this name; the name goes.
  static Result<std::shared_ptr<ExportFile>> adopt(const std::string& path);
  // A free name in `folder` for such a library.
  static Result<std::string> free_name(const std::string& folder);
  // What a crash left of files that had a name still: for the start only.
  static void clear(const std::string& folder);
  ~ExportFile();
  ExportFile(const ExportFile&) = delete;
  ExportFile& operator=(const ExportFile&) = delete;

  Result<void> write(std::string_view bytes);
  int64_t size() const { return size_; }
  // At most `count` bytes from `offset`; 0 at the end, and where the disk fails.
  std::size_t read(int64_t offset, char* into, std::size_t count) const;
  std::string sha256_hex() const;
  std::string whole() const;  // for tests

 private:
  explicit ExportFile(int file) : file_(file) {}

  int file_ = -1;
  int64_t size_ = 0;
  int64_t bytes_max_ = 0;
};

}  // namespace anlan::api
