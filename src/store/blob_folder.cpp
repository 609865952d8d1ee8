#include "store/blob_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

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

void remove_quietly(const fs::path& path) {
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
  bool is_end = bytes.empty() && offset == total;  // all of it came before the power went
  if (offset < 0 || total <= 0 || (bytes.empty() && !is_end) || offset > total - size) {
    return refuse(ErrorCode::BadRequest, "the chunk does not lie inside the blob");
  }
  std::scoped_lock lock(place.mutex);
  BlobState state = TRY(state_of(place));
  if (state.is_whole) {  // an earlier upload brought the same bytes
    TRY(prove(place, offset, total, bytes));
    return state;
  }
  if (state.received == total) {  // a crash came between the last piece and its seal
    TRY(seal(place, sha256));
    TRY(prove(place, offset, total, bytes));
    return BlobState{total, true};
  }
  if (state.received != offset) return refuse(ErrorCode::Conflict, "go on where state says");
  TRY(append(place, offset, bytes));
  if (offset + size < total) return BlobState{offset + size, false};
  TRY(seal(place, sha256));
  return BlobState{total, true};
}

// Who knows a hash only must not pass for one who has the file.
Result<void> BlobFolder::prove(const Place& place, int64_t offset, int64_t total,
                               std::string_view bytes) {
  // Enough of it that nobody guesses it; the beginning of every upload is.
  constexpr int64_t kProofBytes = 4096;
  if (static_cast<int64_t>(bytes.size()) < std::min(total, kProofBytes)) {
    return refuse(ErrorCode::Conflict, "go on where state says");
  }
  std::string whole = TRY(read_file(place.whole));
  bool is_same =
      static_cast<int64_t>(whole.size()) == total &&
      std::string_view(whole).substr(static_cast<std::size_t>(offset), bytes.size()) == bytes;
  if (is_same) return {};
  return refuse(ErrorCode::HashMismatch, "not the bytes of the blob that is here");
}

Result<void> BlobFolder::append(const Place& place, int64_t offset, std::string_view bytes) {
  TRY(make_folder(place.folder));
  File file(::open(place.part.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640));
  if (file.fd() < 0) return file_failed("opening", place.part);
  if (::lseek(file.fd(), offset, SEEK_SET) != offset) return file_failed("seeking", place.part);
  auto written = write_all(file.fd(), bytes, place.part);
  if (written && ::fdatasync(file.fd()) != 0) written = file_failed("syncing", place.part);
  // Half a chunk must not count as received.
  if (!written && ::ftruncate(file.fd(), offset) != 0) remove_quietly(place.part);
  return written;
}

Result<void> BlobFolder::seal(const Place& place, std::string_view sha256) {
  std::string received = TRY(hash_of_file(place.part));
  if (received != sha256) {
    remove_quietly(place.part);
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

Result<void> BlobFolder::drop(std::string_view sha256) {
  Place place = TRY(place_of(sha256));
  std::scoped_lock lock(place.mutex);
  std::error_code error;
  fs::remove(place.part, error);
  fs::remove(place.whole, error);
  if (error) return refuse(ErrorCode::StoreFailed, "a blob stays on the disk");
  return {};
}

Result<int64_t> BlobFolder::sweep_parts(Instant before) {
  auto limit = std::chrono::file_clock::from_sys(
      std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::nanoseconds(before.ns)));
  std::error_code error;
  int64_t swept = 0;
  for (fs::recursive_directory_iterator at(folder_, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() != ".part") continue;
    Place place = TRY(place_of(at->path().stem().string()));
    std::scoped_lock lock(place.mutex);
    std::error_code ignored;  // it may have become whole meanwhile
    auto written = fs::last_write_time(place.part, ignored);
    if (ignored || written >= limit) continue;
    if (fs::remove(place.part, ignored)) ++swept;
  }
  return swept;
}

}  // namespace anlan::store
