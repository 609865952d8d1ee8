#pragma once
// Splits FEEL text into tokens on demand. Names may hold spaces and operators (DMN 1.5, 10.3.1.4),
// so the lexer asks a lexicon of known names and takes the longest that fits. Inside the room only.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::rules {

// The names known where an expression stands.
class Lexicon {
 public:
  Lexicon() = default;
  // Adds to what `base` knows; base outlives this.
  static Lexicon over(const Lexicon& base);
  void add(std::string_view name);

  struct Match {
    const std::string* name = nullptr;
    std::size_t end = 0;
  };
  // The longest known name that begins at `at`.
  Match longest(std::string_view text, std::size_t at) const;

 private:
  struct Known {
    std::string name;
    std::vector<std::string> parts;
  };
  const Lexicon* base_ = nullptr;
  std::map<std::string, std::vector<Known>, std::less<>> by_first_part_;
};

struct Token {
  enum class Kind { End, Number, String, Name, Keyword, Symbol, Bad };

  Kind kind = Kind::End;
  std::string text{};  // a string's value, unescaped
  std::size_t begin = 0;
  std::size_t end = 0;

  bool is_symbol(std::string_view s) const { return kind == Kind::Symbol && text == s; }
  bool is_keyword(std::string_view s) const { return kind == Kind::Keyword && text == s; }
};

bool is_name_start(std::string_view text, std::size_t at);
// The end of the run of name characters that begins at `at`.
std::size_t end_of_name_part(std::string_view text, std::size_t at);
// Past white space and comments.
std::size_t skip_space(std::string_view text, std::size_t at);
// Runs of white space become one space, none at the ends.
std::string normalized_name(std::string_view name);

Token read_token(std::string_view text, std::size_t at, const Lexicon& lexicon);

}  // namespace anlan::rules
