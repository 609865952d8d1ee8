#pragma once
// Text is UTF-8. Anything foreign is checked once at the border with is_utf8.

#include <string>
#include <string_view>
#include <vector>

namespace anlan {

// A text in the two languages that every screen has.
struct LocalText {
  std::string zh;
  std::string en;

  const std::string& in(std::string_view lang) const { return lang == "en" ? en : zh; }
  bool operator==(const LocalText&) const = default;
};

bool is_utf8(std::string_view text);
std::size_t count_chars(std::string_view text);  // code points; text must be UTF-8
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string lower_ascii(std::string_view text);
std::string to_hex(std::string_view bytes);
std::string from_hex(std::string_view hex);  // empty where hex is not hex
// Order by UTF-16 code units, as RFC 8785 sorts names.
bool utf16_less(std::string_view a, std::string_view b);
// Overlapping pairs of characters, separated by spaces, lower case: our search index for Chinese.
std::string bigrams(std::string_view text);

}  // namespace anlan
