#include "flow/findings.h"

#include <array>

namespace anlan::flow {

namespace {

struct Known {
  std::string_view code;
  std::string_view zh;
  std::string_view en;
};
constexpr auto kKnown = std::to_array<Known>({
#define FINDING(name, code, zh, en) {code, zh, en},
#include "flow/findings.def"
#undef FINDING
});

// "{0}" becomes the first part. A part may hold braces: what was put in is not read again.
std::string filled(std::string_view text, const std::vector<std::string>& parts) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    bool is_hole = text[at] == '{' && at + 2 < text.size() && text[at + 2] == '}';
    std::size_t part = is_hole ? static_cast<std::size_t>(text[at + 1] - '0') : parts.size();
    if (part >= parts.size()) {
      out += text[at];
      continue;
    }
    out += parts[part];
    at += 2;
  }
  return out;
}

}  // namespace

ToldFinding finding_of(std::string_view element, FindingKind kind, std::vector<std::string> parts) {
  const Known& known = kKnown.at(static_cast<std::size_t>(kind));
  LocalText text{.zh = filled(known.zh, parts), .en = filled(known.en, parts)};
  return {std::string(element), std::string(known.code), std::move(parts), std::move(text)};
}

}  // namespace anlan::flow
