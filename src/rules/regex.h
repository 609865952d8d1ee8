#pragma once
// Regular expressions of XPath and XQuery Functions 3.1, clause 5.6, on PCRE2 with bounded
// matching. The only place that knows PCRE2. Inside the room only.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::rules::regex {

struct Compiled;
// Shared: every copy of an expression uses one compiled pattern.
using Pattern = std::shared_ptr<const Compiled>;

// Flags s, m, i, x, q; nothing where pattern or flags are not valid.
std::optional<Pattern> compile(std::string_view pattern, std::string_view flags);
// Nothing when the match took too many steps.
std::optional<bool> matches(const Pattern& pattern, std::string_view text);
// $0 to $9 stand for groups; nothing for a bad replacement or a pattern that matches nothing.
std::optional<std::string> replace(const Pattern& pattern, std::string_view text,
                                   std::string_view replacement);
std::optional<std::vector<std::string>> split(const Pattern& pattern, std::string_view text);

// One code point to one, by Unicode.
std::string upper_case(const std::string& text);
std::string lower_case(const std::string& text);

}  // namespace anlan::rules::regex
