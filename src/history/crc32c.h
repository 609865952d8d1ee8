#pragma once
// CRC-32C (Castagnoli), as in RFC 3720 appendix B.4. Inside the room only.

#include <cstdint>
#include <string_view>

namespace anlan::history {

uint32_t crc32c(std::string_view bytes);

}  // namespace anlan::history
