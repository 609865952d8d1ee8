#pragma once
// Base64 (RFC 4648, clause 4) as DingTalk's signature wants it, and base64url (clause 5) without
// padding as Web Push and JSON Web Tokens write bytes.

#include <string>
#include <string_view>

#include "core/result.h"

namespace anlan {

std::string base64(std::string_view bytes);
std::string base64url(std::string_view bytes);
// BadField for any character outside the alphabet, a length that cannot be, or bits that are left
// over and not zero: one value has one spelling. Padding may be there.
Result<std::string> from_base64url(std::string_view text);

}  // namespace anlan
