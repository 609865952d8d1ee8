// String functions (DMN 1.5, 10.3.4.3). Positions count code points.

#include <array>

#include "core/text.h"
#include "rules/builtins.h"
#include "rules/evaluator.h"
#include "rules/regex.h"

namespace anlan::rules {

namespace {

using Arguments = std::span<const Value>;

const std::string& text(Arguments a, std::size_t i) { return *a[i].as_string(); }

// Byte offset of the code point with this index, or the end.
std::size_t offset_of(std::string_view s, std::size_t index) {
  std::size_t at = 0;
  for (; at < s.size(); ++at) {
    bool begins = (static_cast<unsigned char>(s[at]) & 0xC0) != 0x80;
    if (begins && index-- == 0) break;
  }
  return at;
}

Value substring(Evaluator& evaluator, Arguments a) {
  const std::string& s = text(a, 0);
  auto start = a[1].as_number()->rounded(0, Decimal::Round::Down)->to_int64();
  int64_t count = static_cast<int64_t>(count_chars(s));
  if (!start || *start == 0 || *start > count || *start < -count) {
    return evaluator.fail("substring starts outside the string");
  }
  int64_t from = *start > 0 ? *start - 1 : count + *start;
  int64_t length = count - from;
  if (a.size() > 2 && !a[2].is_null()) {
    auto wanted = a[2].as_number()->rounded(0, Decimal::Round::Down);
    if (!wanted || *wanted < Decimal(1)) return evaluator.fail("a length below 1");
    length = std::min(length, wanted->to_int64().value_or(length));
  }
  std::size_t begin = offset_of(s, static_cast<std::size_t>(from));
  std::size_t end = offset_of(s, static_cast<std::size_t>(from + length));
  return s.substr(begin, end - begin);
}

Value string_length(Evaluator&, Arguments a) {
  return static_cast<int64_t>(count_chars(text(a, 0)));
}
Value upper_case(Evaluator&, Arguments a) { return regex::upper_case(text(a, 0)); }
Value lower_case(Evaluator&, Arguments a) { return regex::lower_case(text(a, 0)); }

Value substring_before(Evaluator&, Arguments a) {
  std::size_t at = text(a, 0).find(text(a, 1));
  return at == std::string::npos ? std::string() : text(a, 0).substr(0, at);
}

Value substring_after(Evaluator&, Arguments a) {
  std::size_t at = text(a, 0).find(text(a, 1));
  return at == std::string::npos ? std::string() : text(a, 0).substr(at + text(a, 1).size());
}

Value contains(Evaluator&, Arguments a) { return text(a, 0).contains(text(a, 1)); }
Value starts_with(Evaluator&, Arguments a) { return text(a, 0).starts_with(text(a, 1)); }
Value ends_with(Evaluator&, Arguments a) { return text(a, 0).ends_with(text(a, 1)); }

std::string_view optional_text(Arguments a, std::size_t i) {
  return a.size() > i && a[i].as_string() != nullptr ? std::string_view(*a[i].as_string())
                                                     : std::string_view();
}

Value matches(Evaluator& evaluator, Arguments a) {
  auto pattern = regex::compile(text(a, 1), optional_text(a, 2));
  auto out = pattern ? regex::matches(*pattern, text(a, 0)) : std::nullopt;
  return out ? Value(*out) : evaluator.fail("a pattern that is not valid");
}

Value replace(Evaluator& evaluator, Arguments a) {
  auto pattern = regex::compile(text(a, 1), optional_text(a, 3));
  auto out = pattern ? regex::replace(*pattern, text(a, 0), text(a, 2)) : std::nullopt;
  return out ? evaluator.bounded(std::move(*out))
             : evaluator.fail("a pattern or replacement that is not valid");
}

Value split_text(Evaluator& evaluator, Arguments a) {
  auto pattern = regex::compile(text(a, 1), {});
  auto parts = pattern ? regex::split(*pattern, text(a, 0)) : std::nullopt;
  if (!parts) return evaluator.fail("a delimiter that is not valid");
  List out;
  for (std::string& part : *parts) out.emplace_back(std::move(part));
  return evaluator.bounded(std::move(out));
}

Value string_join(Evaluator& evaluator, Arguments a) {
  std::string_view delimiter = optional_text(a, 1);
  std::string out;
  bool first = true;
  for (const Value& item : *a[0].as_list()) {
    if (item.is_null()) continue;
    if (item.as_string() == nullptr) return evaluator.fail("string join needs strings");
    if (!first) out += delimiter;
    first = false;
    out += *item.as_string();
    if (out.size() > limits::kEvaluationTextBytesMax) break;
  }
  return evaluator.bounded(std::move(out));
}

Value to_string(Evaluator& evaluator, Arguments a) {
  return a[0].is_null() ? Value() : evaluator.bounded(text_of(a[0]));
}

constexpr std::array kRows = {
    Builtin{"substring", "string:s,start position:n,length?:n0", substring},
    Builtin{"string length", "string:s", string_length},
    Builtin{"upper case", "string:s", upper_case},
    Builtin{"lower case", "string:s", lower_case},
    Builtin{"substring before", "string:s,match:s", substring_before},
    Builtin{"substring after", "string:s,match:s", substring_after},
    Builtin{"replace", "input:s,pattern:s,replacement:s,flags?:s0", replace},
    Builtin{"contains", "string:s,match:s", contains},
    Builtin{"starts with", "string:s,match:s", starts_with},
    Builtin{"ends with", "string:s,match:s", ends_with},
    Builtin{"matches", "input:s,pattern:s,flags?:s0", matches},
    Builtin{"split", "string:s,delimiter:s", split_text},
    Builtin{"string join", "list:l,delimiter?:s0", string_join},
    Builtin{"string", "from:a", to_string},
};

}  // namespace

std::span<const Builtin> string_builtins() { return kRows; }

}  // namespace anlan::rules
