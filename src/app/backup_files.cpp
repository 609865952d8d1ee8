#include "app/backup_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/hash.h"
#include "core/text.h"

namespace anlan::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBufferBytes = 1 << 20;
constexpr mode_t kOwnerOnly = 0600;

class File {
 public:
  File(const fs::path& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, kOwnerOnly)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

std::unexpected<Error> failed(std::string_view doing, const fs::path& path) {
  int reason = errno;
  ErrorCode code = reason == ENOSPC || reason == EDQUOT ? ErrorCode::DiskFull
                   : reason == ENOENT                   ? ErrorCode::NotFound
                   : reason == EROFS                    ? ErrorCode::ReadOnly
                                                        : ErrorCode::StoreFailed;
  return refuse(code, std::string(doing) + " " + path.string() + ": " + std::strerror(reason));
}

Result<void> put(int fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("writing", path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

template <class Use>
Result<CopiedFile> read_through(const fs::path& from, const Use& use) {
  File in(from, O_RDONLY | O_NOFOLLOW);
  if (in.fd() < 0) return failed("opening", from);
  std::string buffer(kBufferBytes, '\0');
  Sha256 hash;
  CopiedFile done;
  while (true) {
    ssize_t count = ::read(in.fd(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("reading", from);
    if (count == 0) break;
    std::string_view part(buffer.data(), static_cast<std::size_t>(count));
    hash.add(part);
    TRY(use(part));
    done.bytes += count;
  }
  done.sha256 = to_hex(hash.finish());
  return done;
}

}  // namespace

Json json_of(const CopiedFile& file) {
  return Json::object({{"path", file.path}, {"bytes", file.bytes}, {"sha256", file.sha256}});
}

// A path of a manifest stays inside its folder.
std::optional<CopiedFile> copied_of(const Json& json) {
  CopiedFile file{.path = json.text_or("path", ""),
                  .bytes = json.int_or("bytes", -1),
                  .sha256 = json.text_or("sha256", "")};
  bool is_plain = !file.path.empty() && file.path.front() != '/' && file.bytes >= 0;
  for (std::string_view part : split(file.path, '/')) {
    is_plain = is_plain && !part.empty() && part != "." && part != "..";
  }
  return is_plain ? std::optional(file) : std::nullopt;
}

Result<CopiedFile> copy_plain(const fs::path& from, const fs::path& into) {
  std::error_code error;
  fs::create_directories(into.parent_path(), error);
  File out(into, O_WRONLY | O_CREAT | O_EXCL);
  if (out.fd() < 0) return failed("making", into);
  CopiedFile done =
      TRY(read_through(from, [&](std::string_view part) { return put(out.fd(), part, into); }));
  if (::fsync(out.fd()) != 0) return failed("syncing", into);
  return done;
}

Result<CopiedFile> hash_file(const fs::path& path) {
  return read_through(path, [](std::string_view) { return Result<void>{}; });
}

Result<void> write_whole(const fs::path& path, std::string_view bytes) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  File out(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (out.fd() < 0) return failed("making", path);
  TRY(put(out.fd(), bytes, path));
  return ::fsync(out.fd()) == 0 ? Result<void>{} : failed("syncing", path);
}

Result<std::string> read_whole(const fs::path& path, std::size_t bytes_max) {
  std::string bytes;
  TRY(read_through(path, [&](std::string_view part) -> Result<void> {
    if (bytes.size() + part.size() > bytes_max) return refuse(ErrorCode::TooLarge, path.string());
    bytes += part;
    return {};
  }));
  return bytes;
}

Result<std::vector<std::string>> files_under(const fs::path& folder, Odd odd) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error), end;
  for (; !error && at != end; at.increment(error)) {
    fs::file_status status = at->symlink_status();
    if (fs::is_directory(status)) continue;
    if (!fs::is_regular_file(status)) {
      if (odd == Odd::Skip) continue;
      return refuse(ErrorCode::BadRequest, "not a plain file: " + at->path().string());
    }
    files.push_back(fs::relative(at->path(), folder, error).generic_string());
  }
  if (error) return refuse(ErrorCode::StoreFailed, "listing " + folder.string());
  std::ranges::sort(files);
  return files;
}

Result<void> sync_all(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> folders{folder};
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_directory()) folders.push_back(at->path());
  }
  for (const fs::path& path : folders) {
    File opened(path, O_RDONLY | O_DIRECTORY);
    if (opened.fd() < 0 || ::fsync(opened.fd()) != 0) return failed("syncing", path);
  }
  return {};
}

}  // namespace anlan::app
