#include "app/texts.h"

#include <cstdlib>
#include <vector>

namespace anlan::app {

const LocalText& text_of(Text text) {
  static const std::vector<LocalText> texts = {
#define ANLAN_TEXT(name, zh, en) {zh, en},
#include "app/cli_texts.def"
#undef ANLAN_TEXT
  };
  return texts[static_cast<std::size_t>(text)];
}

std::string say(Text text, std::string_view language,
                std::initializer_list<std::string_view> places) {
  std::string_view from = text_of(text).in(language);
  std::string out;
  for (std::size_t i = 0; i < from.size(); ++i) {
    bool is_place = from[i] == '{' && i + 2 < from.size() && from[i + 2] == '}';
    std::size_t index = is_place ? static_cast<std::size_t>(from[i + 1] - '0') : places.size();
    if (index >= places.size()) {
      out += from[i];
      continue;
    }
    out += *(places.begin() + index);
    i += 2;
  }
  return out;
}

std::string terminal_language() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value).starts_with("zh") ? "zh" : "en";
  }
  return "en";
}

}  // namespace anlan::app
