#pragma once
// SHA-256 without a heap allocation for each hash: for those who make thousands of them.

#include <array>
#include <string_view>

namespace anlan {

using Digest = std::array<char, 32>;

Digest digest_of(std::string_view bytes);
inline std::string_view bytes_of(const Digest& digest) { return {digest.data(), digest.size()}; }

}  // namespace anlan
