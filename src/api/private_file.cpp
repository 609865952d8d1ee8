#include "api/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace anlan::api {
namespace {

std::unexpected<Error> failed(std::string_view what, const std::filesystem::path& path) {
  return refuse(ErrorCode::StoreFailed, std::string(what) + " " + path.string());
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(file) == 0;
}

}  // namespace

Result<void> make_private_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return failed("making", path);
  return {};
}

Result<std::string> read_private(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return failed("reading", path);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return std::move(bytes).str();
}

Result<void> write_private(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::path next = path;
  next += ".new";
  int file = ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed("writing", path);
  bool is_written = write_all(file, bytes);
  ::close(file);
  if (!is_written || ::rename(next.c_str(), path.c_str()) != 0) return failed("writing", path);
  return {};
}

}  // namespace anlan::api
