#pragma once
// A folder that goes away with everything in it.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace anlan::test {

class TempFolder {
 public:
  // `name` tells in the list of temporary folders whose it is: "history".
  explicit TempFolder(std::string_view name)
      : path_((std::filesystem::temp_directory_path() / "anlan-").string() + std::string(name) +
              "-XXXXXX") {
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

}  // namespace anlan::test
