#pragma once
// Whether a smaller tree is the beginning of a larger one (RFC 9162, 2.1.4.2).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::app {

struct TreeSize {
  int64_t size = 0;
  std::string root;  // 32 bytes
};

bool is_consistent(const TreeSize& from, const TreeSize& to, const std::vector<std::string>& path);

}  // namespace anlan::app
