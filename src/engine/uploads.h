#pragma once
// What each person has on its way to the server, so that nobody fills the disk with halves.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "core/result.h"
#include "core/time.h"
#include "ehs/ehs.h"
#include "records/records.h"
#include "store/store.h"

namespace anlan::engine {

// Of one person's files that no record names: 80 photos and five films of a day without network.
inline constexpr int64_t kUnnamedBytesMax = 1 << 30;
inline constexpr int64_t kUnnamedFilesMax = 2'000;

// In memory: after a restart the parts that are left over are swept by their age.
class Uploads {
 public:
  // LimitReached when this upload would take the uploader over kUnnamedBytesMax; `kept` are the
  // bytes of his whole files that no record names. Any thread.
  Result<void> go_on(const std::string& uploader, const std::string& sha256, int64_t total,
                     int64_t kept, Instant now);
  void end(const std::string& uploader, const std::string& sha256);

 private:
  struct Open {
    int64_t bytes = 0;
    Instant at{};
  };
  std::mutex mutex_;
  std::map<std::string, std::map<std::string, Open>> open_;  // by uploader and hash
};

// Bytes of the uploader's files of the last week that no record names; LimitReached where they are
// too many.
Result<int64_t> unnamed_bytes(store::View& view, const std::string& uploader, Instant now);

// Reads what a whole blob is, a photo or a video; BadImage takes it off the disk.
Result<records::FileInfo> read_or_drop(store::Blobs& blobs, std::string_view sha256);

}  // namespace anlan::engine
