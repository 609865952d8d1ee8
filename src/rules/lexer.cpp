#include "rules/lexer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace anlan::rules {

namespace {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
};

// Malformed bytes are taken one by one as themselves; they are no name characters.
CodePoint code_point(std::string_view text, std::size_t at) {
  auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  unsigned first = byte(at);
  std::size_t length = first < 0x80   ? 1
                       : first < 0xC0 ? 0
                       : first < 0xE0 ? 2
                       : first < 0xF0 ? 3
                                      : 4;
  if (length <= 1 || at + length > text.size()) return {first < 0x80 ? first : 0xD7U, 1};
  char32_t value = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return {0xD7, 1};
    value = value << 6 | (byte(at + i) & 0x3F);
  }
  return {value, length};
}

struct Span {
  char32_t first;
  char32_t last;
};

bool is_in(char32_t c, std::span<const Span> spans) {
  return std::ranges::any_of(spans, [&](Span s) { return c >= s.first && c <= s.last; });
}

// DMN 1.5, 10.3.1.2, rules 28 and 29.
bool is_start_char(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '?';
  static constexpr Span kSpans[] = {{0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},
                                    {0x370, 0x37D},   {0x37F, 0x1FFF},  {0x200C, 0x200D},
                                    {0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF},
                                    {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}};
  return is_in(c, kSpans) && c != 0x3000;
}

bool is_part_char(char32_t c) {
  static constexpr Span kMore[] = {{'0', '9'}, {0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}};
  return is_start_char(c) || is_in(c, kMore);
}

constexpr std::array<std::string_view, 18> kKeywords = {
    "if",  "then",    "else", "for",      "in",       "return",   "some", "every", "satisfies",
    "and", "between", "or",   "instance", "function", "external", "true", "false", "null"};

constexpr std::array<std::string_view, 6> kLongSymbols = {"..", "**", "<=", ">=", "!=", "->"};

// White space of DMN 1.5, 10.3.1.2, rules 60 to 62; 0 where there is none.
std::size_t space_bytes(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 0;
  CodePoint c = code_point(text, at);
  static constexpr Span kSpaces[] = {{0x9, 0xD},       {0x20, 0x20},     {0x85, 0x85},
                                     {0xA0, 0xA0},     {0x1680, 0x1680}, {0x180E, 0x180E},
                                     {0x2000, 0x200B}, {0x2028, 0x2029}, {0x202F, 0x202F},
                                     {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
  return is_in(c.value, kSpaces) ? c.bytes : 0;
}

std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < name.size();) {
    if (std::size_t space = space_bytes(name, at)) {
      at += space;
      continue;
    }
    std::size_t end = std::max(end_of_name_part(name, at), at + 1);
    out.emplace_back(name.substr(at, end - at));
    at = end;
  }
  return out;
}

void append_utf8(std::string& out, char32_t c) {
  auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

std::optional<char32_t> hex_digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  char32_t value = 0;
  for (char c : text.substr(at, count)) {
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<char32_t>(digit);
  }
  return value;
}

bool is_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

// \uXXXX, also as a pair of surrogates, and \UXXXXXX; `at` is past the letter.
bool read_unicode(std::string_view text, std::size_t& at, std::size_t count, std::string& out) {
  auto value = hex_digits(text, at, count);
  if (!value || *value > 0x10FFFF) return false;
  at += count;
  if (is_surrogate(*value) && text.substr(at).starts_with("\\u")) {
    auto low = hex_digits(text, at + 2, 4);
    if (!low || !is_surrogate(*low)) return false;
    at += 6;
    value = 0x10000 + ((*value - 0xD800) << 10) + (*low - 0xDC00);
  }
  if (is_surrogate(*value) || *value > 0x10FFFF) return false;
  append_utf8(out, *value);
  return true;
}

// One escape; `at` is past the backslash.
bool read_escape(std::string_view text, std::size_t& at, std::string& out) {
  if (at >= text.size()) return false;
  char c = text[at++];
  switch (c) {
    case 'n': out += '\n'; return true;
    case 't': out += '\t'; return true;
    case 'r': out += '\r'; return true;
    case '"':
    case '\'':
    case '\\': out += c; return true;
    case 'u': return read_unicode(text, at, 4, out);
    case 'U': return read_unicode(text, at, 6, out);
    default:
      out += '\\';
      out += c;
      return true;  // left for regular expressions
  }
}

Token read_string(std::string_view text, std::size_t begin) {
  Token out{.kind = Token::Kind::String, .begin = begin};
  std::size_t at = begin + 1;
  while (at < text.size() && text[at] != '"') {
    if (text[at] != '\\') {
      out.text += text[at++];
      continue;
    }
    ++at;
    if (!read_escape(text, at, out.text)) break;
  }
  bool closed = at < text.size() && text[at] == '"';
  if (!closed) out.kind = Token::Kind::Bad;
  out.end = std::min(at + 1, text.size());
  return out;
}

bool digit_at(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

Token read_number(std::string_view text, std::size_t begin) {
  std::size_t at = begin;
  while (digit_at(text, at)) ++at;
  if (at < text.size() && text[at] == '.' && digit_at(text, at + 1)) {
    ++at;
    while (digit_at(text, at)) ++at;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t power = at + 1;
    if (power < text.size() && (text[power] == '+' || text[power] == '-')) ++power;
    if (digit_at(text, power)) {
      at = power;
      while (digit_at(text, at)) ++at;
    }
  }
  return {Token::Kind::Number, std::string(text.substr(begin, at - begin)), begin, at};
}

Token read_name(std::string_view text, std::size_t begin, const Lexicon& lexicon) {
  std::size_t end = end_of_name_part(text, begin);
  Lexicon::Match known = lexicon.longest(text, begin);
  if (known.name != nullptr && known.end > end) {
    return {Token::Kind::Name, *known.name, begin, known.end};
  }
  std::string word(text.substr(begin, end - begin));
  bool keyword = std::ranges::find(kKeywords, word) != kKeywords.end();
  return {keyword ? Token::Kind::Keyword : Token::Kind::Name, std::move(word), begin, end};
}

}  // namespace

Lexicon Lexicon::over(const Lexicon& base) {
  Lexicon out;
  out.base_ = &base;
  return out;
}

void Lexicon::add(std::string_view name) {
  std::vector<std::string> parts = parts_of(name);
  if (parts.size() < 2) return;  // single words need no help
  auto& known = by_first_part_[parts.front()];
  bool twice = std::ranges::any_of(known, [&](const Known& k) { return k.parts == parts; });
  if (!twice) known.push_back({std::string(name), std::move(parts)});
}

Lexicon::Match Lexicon::longest(std::string_view text, std::size_t at) const {
  Match best = base_ != nullptr ? base_->longest(text, at) : Match{};
  std::size_t first_end = std::max(end_of_name_part(text, at), at + 1);
  auto found = by_first_part_.find(text.substr(at, first_end - at));
  if (found == by_first_part_.end()) return best;
  for (const Known& known : found->second) {
    std::size_t end = first_end;
    bool fits = true;
    for (std::size_t i = 1; i < known.parts.size() && fits; ++i) {
      end = skip_space(text, end);
      std::size_t part_end = std::max(end_of_name_part(text, end), end + 1);
      fits = end < text.size() && text.substr(end, part_end - end) == known.parts[i];
      end = part_end;
    }
    if (fits && end > best.end) best = {&known.name, end};
  }
  return best;
}

bool is_name_start(std::string_view text, std::size_t at) {
  return at < text.size() && is_start_char(code_point(text, at).value);
}

std::size_t end_of_name_part(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    CodePoint c = code_point(text, at);
    if (!is_part_char(c.value)) break;
    at += c.bytes;
  }
  return at;
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (std::size_t space = space_bytes(text, at)) {
      at += space;
    } else if (text.substr(at).starts_with("//")) {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at).starts_with("/*")) {
      std::size_t end = text.find("*/", at + 2);
      at = end == std::string_view::npos ? text.size() : end + 2;
    } else {
      break;
    }
  }
  return at;
}

std::string normalized_name(std::string_view name) {
  std::string out;
  bool gap = false;
  for (std::size_t at = 0; at < name.size();) {
    if (std::size_t space = space_bytes(name, at)) {
      gap = !out.empty();
      at += space;
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += name[at++];
  }
  return out;
}

Token read_token(std::string_view text, std::size_t at, const Lexicon& lexicon) {
  std::size_t begin = skip_space(text, at);
  if (begin >= text.size()) return {Token::Kind::End, {}, text.size(), text.size()};
  char c = text[begin];
  if (c == '"') return read_string(text, begin);
  if (digit_at(text, begin) || (c == '.' && digit_at(text, begin + 1))) {
    return read_number(text, begin);
  }
  if (is_name_start(text, begin)) return read_name(text, begin, lexicon);
  for (std::string_view symbol : kLongSymbols) {
    if (text.substr(begin).starts_with(symbol)) {
      return {Token::Kind::Symbol, std::string(symbol), begin, begin + symbol.size()};
    }
  }
  bool known = std::string_view("+-*/<>=()[]{},.:@").find(c) != std::string_view::npos;
  Token::Kind kind = known ? Token::Kind::Symbol : Token::Kind::Bad;
  return {kind, std::string(1, c), begin, begin + 1};
}

}  // namespace anlan::rules
