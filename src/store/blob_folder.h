#pragma once
// Blobs in a folder: blobs/ab/<sha256>, and <sha256>.part while one is coming in.

#include <array>
#include <filesystem>
#include <memory>
#include <mutex>

#include "store/blobs.h"

namespace anlan::store {

class BlobFolder final : public Blobs {
 public:
  explicit BlobFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<BlobState> put(std::string_view sha256, int64_t offset, int64_t total,
                        std::string_view bytes) override;
  Result<BlobState> state(std::string_view sha256) override;
  Result<std::string> read(std::string_view sha256) override;
  Result<std::string> path(std::string_view sha256) override;
  Result<void> drop(std::string_view sha256) override;
  Result<int64_t> sweep_parts(Instant before) override;

 private:
  // Where a blob lies; only 64 lower-case hex digits ever become part of a path.
  struct Place {
    std::filesystem::path folder;
    std::filesystem::path whole;
    std::filesystem::path part;
    std::mutex& mutex;  // of this hash: two uploads of one photo take turns
  };
  Result<Place> place_of(std::string_view sha256);
  Result<BlobState> state_of(const Place& place);
  static Result<void> prove(const Place& place, int64_t offset, int64_t total,
                            std::string_view bytes);
  Result<void> append(const Place& place, int64_t offset, std::string_view bytes);
  Result<void> seal(const Place& place, std::string_view sha256);

  std::filesystem::path folder_;
  std::array<std::mutex, 64> mutexes_;
};

}  // namespace anlan::store
