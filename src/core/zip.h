#pragma once
// A zip archive of a few small files, not compressed: for bundles that are read once.

#include <string>
#include <string_view>
#include <vector>

namespace anlan {

struct ZipEntry {
  std::string name;  // ASCII
  std::string bytes;
};
// PKWARE's APPNOTE 6.3: local headers, central directory, end record; under 4 GB altogether.
std::string zip_of(const std::vector<ZipEntry>& entries);

}  // namespace anlan
