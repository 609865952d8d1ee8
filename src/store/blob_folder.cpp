#include "store/blob_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/hash.h"
#include "core/limits.h"
#include "core/text.h"
#include "store/files.h"

namespace anlan::store {

namespace fs = std::filesystem;

namespace {

bool is_hash(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

void drop(const fs::path& path) {
  std::error_code ignored;  // what is left over fails its hash later and is dropped then
  fs::remove(path, ignored);
}

Result<std::string> hash_of_file(const fs::path& path) {
  return read_file(path).transform([](const std::string& bytes) { return to_hex(sha256(bytes)); });
}

}  // namespace

Result<BlobFolder::Place> BlobFolder::place_of(std::string_view sha256) {
  if (!is_hash(sha256)) return refuse(ErrorCode::BadRequest, "not a SHA-256 in lower-case hex");
  std::string name(sha256);
  fs::path folder = folder_ / name.substr(0, 2);
  auto stripe = static_cast<unsigned char>(from_hex(name.substr(2, 2))[0]) % mutexes_.size();
  return Place{folder, folder / name, folder / (name + ".part"), mutexes_[stripe]};
}

Result<BlobState> BlobFolder::state_of(const Place& place) {
  std::error_code error;
  auto whole = fs::file_size(place.whole, error);
  if (!error) return BlobState{static_cast<int64_t>(whole), true};
  auto part = fs::file_size(place.part, error);
  return BlobState{error ? 0 : static_cast<int64_t>(part), false};
}

Result<BlobState> BlobFolder::state(std::string_view sha256) {
  Place place = TRY(place_of(sha256));
  std::scoped_lock lock(place.mutex);
  return state_of(place);
}

Result<BlobState> BlobFolder::put(std::string_view sha256, int64_t offset, int64_t total,
                                  std::string_view bytes) {
  Place place = TRY(place_of(sha256));
  auto size = static_cast<int64_t>(bytes.size());
  if (bytes.size() > limits::kBlobChunkBytesMax ||
      total > static_cast<int64_t>(limits::kBlobBytesMax)) {
    return refuse(ErrorCode::TooLarge, "the chunk or the blob is over its bound");
  }
  if (offset < 0 || total <= 0 || bytes.empty() || offset > total - size) {
    return refuse(ErrorCode::BadRequest, "the chunk does not lie inside the blob");
  }
  std::scoped_lock lock(place.mutex);
  BlobState state = TRY(state_of(place));
  if (state.is_whole) return state;  // an earlier upload brought the same bytes
  if (state.received != offset) return refuse(ErrorCode::Conflict, "go on where state says");
  TRY(append(place, offset, bytes));
  if (offset + size < total) return BlobState{offset + size, false};
  TRY(seal(place, sha256));
  return BlobState{total, true};
}

Result<void> BlobFolder::append(const Place& place, int64_t offset, std::string_view bytes) {
  TRY(make_folder(place.folder));
  File file(::open(place.part.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640));
  if (file.fd() < 0) return file_failed("opening", place.part);
  if (::lseek(file.fd(), offset, SEEK_SET) != offset) return file_failed("seeking", place.part);
  auto written = write_all(file.fd(), bytes, place.part);
  if (written && ::fdatasync(file.fd()) != 0) written = file_failed("syncing", place.part);
  // Half a chunk must not count as received.
  if (!written && ::ftruncate(file.fd(), offset) != 0) drop(place.part);
  return written;
}

Result<void> BlobFolder::seal(const Place& place, std::string_view sha256) {
  std::string received = TRY(hash_of_file(place.part));
  if (received != sha256) {
    drop(place.part);
    return refuse(ErrorCode::HashMismatch, "the bytes received have another hash");
  }
  if (::rename(place.part.c_str(), place.whole.c_str()) != 0) {
    return file_failed("renaming", place.part);
  }
  TRY(sync_folder(place.folder));
  return sync_folder(place.folder.parent_path());
}

Result<std::string> BlobFolder::read(std::string_view sha256) {
  Place place = TRY(place_of(sha256));
  return read_file(place.whole);
}

Result<std::string> BlobFolder::path(std::string_view sha256) {
  Place place = TRY(place_of(sha256));
  std::error_code error;
  if (!fs::exists(place.whole, error)) return refuse(ErrorCode::NotFound, "no such blob");
  return place.whole.string();
}

}  // namespace anlan::store
