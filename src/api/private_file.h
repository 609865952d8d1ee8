#pragma once
// Small files that only the owner may read: keys and certificates.

#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"

namespace anlan::api {

Result<void> make_private_folder(const std::filesystem::path& path);
Result<std::string> read_private(const std::filesystem::path& path);
// Written beside, synced, then renamed: there is never half a key. Mode 0600.
Result<void> write_private(const std::filesystem::path& path, std::string_view bytes);

}  // namespace anlan::api
