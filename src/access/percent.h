#pragma once
// Percent-encoding of everything that is not unreserved (RFC 3986, clause 2.3). Room-internal.

#include <string>
#include <string_view>

namespace anlan::access {

std::string percent_encoded(std::string_view text);

}  // namespace anlan::access
