#pragma once
// What the tests of this room share.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "history/history.h"
#include "history/signal_mix.h"

namespace anlan::history {

class TempFolder {
 public:
  TempFolder() : path_((std::filesystem::temp_directory_path() / "anlan-history-XXXXXX").string()) {
    if (!mkdtemp(path_.data())) std::abort();
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline constexpr Instant kStart{1'767'225'600'000'000'000};  // 2026-01-01T00:00:00Z

}  // namespace anlan::history
