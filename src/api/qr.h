#pragma once
// QR codes (ISO/IEC 18004) as SVG: one path, so that it prints sharp at every size.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace anlan::api {

inline constexpr std::size_t kQrBytesMax = 500;  // still read by a phone from a printed label

// MissingField or TooLarge for the field "text".
Result<std::string> qr_svg(std::string_view text);
// The same for paper: one text of '0' and '1' for each row, without the quiet zone.
Result<std::vector<std::string>> qr_dots(std::string_view text);

}  // namespace anlan::api
