#include "app/options.h"

#include <algorithm>

namespace anlan::app {

std::string Words::one(std::string_view name, std::string_view otherwise) const {
  auto found = options.find(name);
  return found == options.end() ? std::string(otherwise) : found->second.front();
}

std::vector<std::string> Words::all(std::string_view name) const {
  auto found = options.find(name);
  return found == options.end() ? std::vector<std::string>{} : found->second;
}

std::expected<Words, Misuse> read_words(std::string_view command,
                                        std::span<const std::string> words,
                                        std::span<const OptionKind> kinds) {
  Words read;
  auto misuse = [](Text text, std::string_view first, std::string_view second = {}) {
    return std::unexpected(Misuse{text, std::string(first), std::string(second)});
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!word.starts_with("-") || word == "-") {
      read.plain.push_back(word);
      continue;
    }
    std::size_t equals = word.find('=');
    std::string name = word.substr(0, equals);
    auto kind = std::ranges::find(kinds, name, &OptionKind::name);
    bool has_value = equals != std::string::npos;
    if (kind == kinds.end() || (has_value && !kind->has_value)) {
      return misuse(Text::UnknownOption, command, word);
    }
    if (read.has(name) && !kind->may_repeat) return misuse(Text::OptionTwice, name);
    std::string value = has_value ? word.substr(equals + 1) : "";
    if (kind->has_value && !has_value && i + 1 < words.size()) value = words[++i];
    if (kind->has_value && value.empty()) return misuse(Text::OptionNeedsValue, name);
    read.options[name].push_back(std::move(value));
  }
  return read;
}

}  // namespace anlan::app
