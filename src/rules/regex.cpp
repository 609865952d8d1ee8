#include "rules/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>

#include "core/text.h"

namespace anlan::rules::regex {

namespace {

constexpr uint32_t kMatchStepsMax = 200'000;
constexpr uint32_t kDepthMax = 2'000;
constexpr std::size_t kPatternBytesMax = 4'000;
constexpr std::size_t kResultBytesMax = 4 << 20;

struct CodeFree {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct CompileFree {
  void operator()(pcre2_compile_context* how) const { pcre2_compile_context_free(how); }
};
struct DataFree {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct ContextFree {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
using Code = std::unique_ptr<pcre2_code, CodeFree>;

PCRE2_SPTR bytes(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr std::string_view kNameStart =
    "_:A-Za-z\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{2FF}"
    "\\x{370}-\\x{37D}\\x{37F}-\\x{1FFF}\\x{2C00}-\\x{2FEF}"
    "\\x{3001}-\\x{D7FF}\\x{F900}-\\x{FDCF}";
constexpr std::string_view kNameMore = "-.0-9\\x{B7}\\x{300}-\\x{36F}";

struct Block {
  std::string_view name;
  std::string_view range;
};

// The blocks of Unicode that people ask for (XML Schema Part 2, F.1.1).
constexpr std::array kBlocks = {
    Block{"BasicLatin", "\\x{0}-\\x{7F}"},
    Block{"Latin-1Supplement", "\\x{80}-\\x{FF}"},
    Block{"LatinExtended-A", "\\x{100}-\\x{17F}"},
    Block{"LatinExtended-B", "\\x{180}-\\x{24F}"},
    Block{"Greek", "\\x{370}-\\x{3FF}"},
    Block{"Cyrillic", "\\x{400}-\\x{4FF}"},
    Block{"Hebrew", "\\x{590}-\\x{5FF}"},
    Block{"Arabic", "\\x{600}-\\x{6FF}"},
    Block{"Hiragana", "\\x{3040}-\\x{309F}"},
    Block{"Katakana", "\\x{30A0}-\\x{30FF}"},
    Block{"CJKSymbolsandPunctuation", "\\x{3000}-\\x{303F}"},
    Block{"CJKUnifiedIdeographs", "\\x{4E00}-\\x{9FFF}"},
    Block{"HangulSyllables", "\\x{AC00}-\\x{D7A3}"},
};

// Writes an XML Schema pattern in the words of PCRE2.
struct Translator {
  std::string_view in;
  bool strip_space = false;
  std::size_t at = 0;
  std::string out{};
  bool is_valid = true;

  // With flag x the pattern is what is left without its spaces, so they may part an escape too.
  void escape(bool in_class) {
    ++at;
    while (strip_space && !in_class && at < in.size() && is_space(in[at])) ++at;
    if (at >= in.size()) return refuse();
    char c = in[at++];
    if (c == 'i' || c == 'c') {
      out += in_class ? "" : "[";
      out += kNameStart;
      if (c == 'c') out += kNameMore.substr(1);
      if (c == 'c') out += "\\-";
      out += in_class ? "" : "]";
      return;
    }
    if ((c == 'p' || c == 'P') && at < in.size() && in[at] == '{') {
      return property(c, in_class);
    }
    if (c == 'I') {
      out += "[^" + std::string(kNameStart) + "]";
      return;
    }
    bool known =
        std::string_view("nrt\\|.?*+(){}-[]^$dDsSwWpP").contains(c) || (c >= '1' && c <= '9');
    if (!known || (in_class && c >= '1' && c <= '9')) return refuse();
    out += '\\';
    out += c;
  }

  // \p{...}: categories go to PCRE2, blocks ("IsBasicLatin") become ranges.
  void property(char letter, bool in_class) {
    std::string name;
    while (++at < in.size() && in[at] != '}') {
      if (!strip_space || !is_space(in[at])) name += in[at];
    }
    if (at >= in.size()) return refuse();
    ++at;
    if (!name.starts_with("Is")) {
      out += std::string("\\") + letter + "{" + name + "}";
      return;
    }
    auto block = std::ranges::find(kBlocks, name.substr(2), &Block::name);
    if (block == kBlocks.end() || (in_class && letter == 'P')) return refuse();
    if (in_class) {
      out += block->range;
    } else {
      out += std::string(letter == 'P' ? "[^" : "[") + std::string(block->range) + "]";
    }
  }

  void refuse() {
    is_valid = false;
    at = in.size();
  }

  // [...], with subtraction: [a-z-[aeiou]] becomes (?:(?![aeiou])[a-z]).
  void character_class() {
    std::string outer = std::move(out);
    out = "[";
    ++at;
    if (at < in.size() && in[at] == '^') out += in[at++];
    std::string minus;
    std::size_t begin = at;
    while (at < in.size() && in[at] != ']') {
      if (in[at] == '\\') {
        escape(true);
      } else if (in.substr(at).starts_with("-[") && at > begin) {
        ++at;
        std::string so_far = std::move(out);
        out.clear();
        character_class();
        minus = std::move(out);
        out = std::move(so_far);
      } else if (in[at] == '[') {
        return refuse();
      } else {
        out += in[at++];
      }
    }
    if (at >= in.size() || at == begin) return refuse();
    ++at;
    std::string one = out + "]";
    out = std::move(outer);
    out += minus.empty() ? one : "(?:(?!" + minus + ")" + one + ")";
  }

  bool run() {
    while (at < in.size()) {
      if (in[at] == '\\') {
        escape(false);
      } else if (in[at] == '[') {
        character_class();
      } else if (strip_space && is_space(in[at])) {
        ++at;
      } else if (in.substr(at).starts_with("(?") && !in.substr(at).starts_with("(?:")) {
        refuse();
      } else {
        out += in[at++];
      }
    }
    return is_valid;
  }
};

std::string change_case(const std::string& text, std::string_view replacement) {
  int error = 0;
  std::size_t offset = 0;
  Code code(pcre2_compile(bytes(".+"), 2, PCRE2_UTF | PCRE2_UCP | PCRE2_DOTALL, &error, &offset,
                          nullptr));
  if (!code) return text;
  std::string out(text.size() * 2 + 16, '\0');
  std::size_t size = out.size();
  uint32_t options = PCRE2_SUBSTITUTE_EXTENDED;
  int count = pcre2_substitute(code.get(), bytes(text), text.size(), 0, options, nullptr, nullptr,
                               bytes(replacement), replacement.size(),
                               reinterpret_cast<PCRE2_UCHAR*>(out.data()), &size);
  if (count < 0) return text;
  out.resize(size);
  return out;
}

}  // namespace

struct Compiled {
  Code code;
  std::unique_ptr<pcre2_match_context, ContextFree> context;
  bool is_literal = false;
};

namespace {

struct Matcher {
  const Compiled& pattern;
  std::string_view text;
  std::unique_ptr<pcre2_match_data, DataFree> data{};

  Matcher(const Compiled& compiled, std::string_view subject) : pattern(compiled), text(subject) {
    data.reset(pcre2_match_data_create_from_pattern(pattern.code.get(), nullptr));
  }
  // Groups found from there on; 0 for none, negative for an error.
  int find(std::size_t from) {
    int count = pcre2_match(pattern.code.get(), bytes(text), text.size(), from, 0, data.get(),
                            pattern.context.get());
    return count == PCRE2_ERROR_NOMATCH ? 0 : count;
  }
  std::size_t begin(std::size_t group) { return pcre2_get_ovector_pointer(data.get())[2 * group]; }
  std::size_t end(std::size_t group) {
    return pcre2_get_ovector_pointer(data.get())[2 * group + 1];
  }
};

// Appends the replacement for the match at hand; false where it is not valid.
bool append(std::string& out, Matcher& match, int groups, std::string_view replacement) {
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    char c = replacement[i];
    if (c == '\\') {
      if (++i == replacement.size()) return false;
      if (replacement[i] != '\\' && replacement[i] != '$') return false;
      out += replacement[i];
    } else if (c == '$') {
      if (++i == replacement.size() || replacement[i] < '0' || replacement[i] > '9') return false;
      int group = replacement[i] - '0';
      std::size_t g = static_cast<std::size_t>(group);
      if (group >= groups || match.begin(g) == PCRE2_UNSET) continue;
      out += match.text.substr(match.begin(g), match.end(g) - match.begin(g));
    } else {
      out += c;
    }
  }
  return true;
}

}  // namespace

std::optional<Pattern> compile(std::string_view pattern, std::string_view flags) {
  if (pattern.size() > kPatternBytesMax) return std::nullopt;
  uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
  bool strip_space = false;
  bool is_literal = false;
  for (char flag : flags) {
    if (flag == 's') {
      options |= PCRE2_DOTALL;
    } else if (flag == 'm') {
      options |= PCRE2_MULTILINE;
    } else if (flag == 'i') {
      options |= PCRE2_CASELESS;
    } else if (flag == 'x') {
      strip_space = true;
    } else if (flag == 'q') {
      is_literal = true;
    } else {
      return std::nullopt;
    }
  }
  Translator translator{.in = pattern, .strip_space = strip_space};
  std::string text(pattern);
  if (is_literal) {
    options = PCRE2_LITERAL | PCRE2_UTF | (options & PCRE2_CASELESS);
  } else {
    if (!translator.run()) return std::nullopt;
    text = std::move(translator.out);
  }
  auto out = std::make_shared<Compiled>();
  int error = 0;
  std::size_t offset = 0;
  std::unique_ptr<pcre2_compile_context, CompileFree> how(pcre2_compile_context_create(nullptr));
  pcre2_set_newline(how.get(), PCRE2_NEWLINE_ANYCRLF);  // XPath: "." is neither \n nor \r
  out->code.reset(pcre2_compile(bytes(text), text.size(), options, &error, &offset, how.get()));
  if (!out->code) return std::nullopt;
  out->context.reset(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(out->context.get(), kMatchStepsMax);
  pcre2_set_depth_limit(out->context.get(), kDepthMax);
  out->is_literal = is_literal;
  return out;
}

std::optional<bool> matches(const Pattern& pattern, std::string_view text) {
  int found = Matcher(*pattern, text).find(0);
  return found < 0 ? std::nullopt : std::optional(found > 0);
}

std::optional<std::string> replace(const Pattern& pattern, std::string_view text,
                                   std::string_view replacement) {
  if (Matcher(*pattern, "").find(0) != 0) return std::nullopt;  // XPath: matches nothing
  Matcher match(*pattern, text);
  std::string out;
  std::size_t at = 0;
  for (;;) {
    int groups = match.find(at);
    if (groups < 0 || out.size() > kResultBytesMax) return std::nullopt;
    if (groups == 0 || match.end(0) == match.begin(0)) break;
    out += text.substr(at, match.begin(0) - at);
    if (pattern->is_literal) {
      out += replacement;
    } else if (!append(out, match, groups, replacement)) {
      return std::nullopt;
    }
    at = match.end(0);
  }
  return out + std::string(text.substr(at));
}

std::optional<std::vector<std::string>> split(const Pattern& pattern, std::string_view text) {
  Matcher match(*pattern, text);
  std::vector<std::string> out;
  std::size_t at = 0;
  for (;;) {
    int groups = match.find(at);
    if (groups < 0) return std::nullopt;
    if (groups == 0 || match.end(0) == match.begin(0)) break;
    out.emplace_back(text.substr(at, match.begin(0) - at));
    at = match.end(0);
  }
  out.emplace_back(text.substr(at));
  return out;
}

std::string upper_case(const std::string& text) { return change_case(text, "\\U$0"); }
std::string lower_case(const std::string& text) { return change_case(text, "\\L$0"); }

}  // namespace anlan::rules::regex
