// anlan policy diff OLD NEW: what another folder of packs would change for whom, before it is used.

#include <cstdio>
#include <print>

#include "app/commands.h"
#include "engine/policy_report.h"

namespace anlan::app {
namespace {

struct Sentence {
  std::string_view change;
  Text text;
};
constexpr Sentence kSentences[] = {
    {"gains_action", Text::PolicyGainsAction}, {"loses_action", Text::PolicyLosesAction},
    {"more_rows", Text::PolicyMoreRows},       {"fewer_rows", Text::PolicyFewerRows},
    {"other_rows", Text::PolicyOtherRows},     {"gains_field", Text::PolicyGainsField},
    {"loses_field", Text::PolicyLosesField},   {"gains_button", Text::PolicyGainsButton},
    {"loses_button", Text::PolicyLosesButton}};

std::string states_of(const Json& one) {
  std::string out;
  if (!one["states"].is_array()) return out;
  for (const Json& state : one["states"].as_array()) {
    out += (out.empty() ? " [" : " ") + state.as_text();
  }
  return out.empty() ? out : out + "]";
}

// {0} role, {1} form, {2} action, {3} field or button, {4} before, {5} after, {6} in which states.
std::string sentence_of(const Json& one) {
  std::string change = one.text_or("change", "");
  auto rows = [&](const char* name) {
    return one[name].is_null() ? std::string() : write_json(one[name]);
  };
  bool is_field = one.has("before");
  std::string before = is_field ? one.text_or("before", "") : rows("rows_before");
  std::string after = is_field ? one.text_or("after", "") : rows("rows_after");
  for (const Sentence& known : kSentences) {
    if (known.change != change) continue;
    return say(known.text, terminal_language(),
               {one.text_or("role", ""), one.text_or("form", ""), one.text_or("action", ""),
                one.text_or("name", ""), before, after, states_of(one)});
  }
  return write_json(one);
}

Result<Json> differences(const std::string& before, const std::string& after) {
  auto old_packs = TRY(engine::load_packs({before}));
  auto new_packs = TRY(engine::load_packs({after}));
  return engine::difference_of(old_packs, new_packs);
}

}  // namespace

Exit policy(const Words& words) {
  bool is_right = words.plain.size() == 3 && words.plain[0] == "diff";
  if (!is_right) return std::unexpected(Misuse{Text::WrongWords, "policy"});
  Result<Json> found = differences(words.plain[1], words.plain[2]);
  if (!found) return tell_failure(found.error());
  for (const Json& one : found->as_array()) std::println("{}", sentence_of(one));
  if (found->as_array().empty()) {
    std::println("{}", say(Text::PolicySame, terminal_language()));
  }
  return 0;
}

}  // namespace anlan::app
