#pragma once
// Words of the command line: what stands alone, and options with or without a value.

#include <expected>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/texts.h"

namespace anlan::app {

struct OptionKind {
  std::string_view name;  // "--port"
  bool has_value = true;
  bool may_repeat = false;
};

struct Words {
  std::vector<std::string> plain{};
  std::map<std::string, std::vector<std::string>, std::less<>> options{};

  bool has(std::string_view name) const { return options.contains(name); }
  std::string one(std::string_view name, std::string_view otherwise) const;
  std::vector<std::string> all(std::string_view name) const;
};

// What is wrong with the words, as a text with its places.
struct Misuse {
  Text text;
  std::string first{};
  std::string second{};
};

// Understands "--name value" and "--name=value".
std::expected<Words, Misuse> read_words(std::string_view command,
                                        std::span<const std::string> words,
                                        std::span<const OptionKind> kinds);

}  // namespace anlan::app
