#pragma once
// A text as JSON writes it, for those who write JSON without a tree: the same bytes as write_json
// and canonical_json (RFC 8785, 3.2.2.2) give.

#include <string>
#include <string_view>

namespace anlan {

void write_json_text(std::string_view text, std::string& out);

}  // namespace anlan
