#pragma once
// Files of a backup: copied and hashed in one go, and read back the same way.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace anlan::app {

struct CopiedFile {
  std::string path;  // in the backup, with "/"
  int64_t bytes = 0;
  std::string sha256;
};

Json json_of(const CopiedFile& file);
std::optional<CopiedFile> copied_of(const Json& json);

// On the disk when it returns. NotFound where it is gone meanwhile.
Result<CopiedFile> copy_plain(const std::filesystem::path& from, const std::filesystem::path& into);
Result<CopiedFile> hash_file(const std::filesystem::path& path);
Result<void> write_whole(const std::filesystem::path& path, std::string_view bytes);
Result<std::string> read_whole(const std::filesystem::path& path, std::size_t bytes_max);
// Every plain file under the folder, relative, sorted. Links, sockets and devices are refused, or
// left aside where others may keep such things.
enum class Odd { Refuse, Skip };
Result<std::vector<std::string>> files_under(const std::filesystem::path& folder,
                                             Odd odd = Odd::Refuse);
Result<void> sync_all(const std::filesystem::path& folder);

}  // namespace anlan::app
