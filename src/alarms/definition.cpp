#include "alarms/definition.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "alarms/formula.h"

namespace anlan::alarms {
namespace {

constexpr std::array<std::pair<Kind, std::string_view>, 12> kKinds{{{Kind::HighHigh, "hh"},
                                                                    {Kind::High, "h"},
                                                                    {Kind::Low, "l"},
                                                                    {Kind::LowLow, "ll"},
                                                                    {Kind::On, "on"},
                                                                    {Kind::Off, "off"},
                                                                    {Kind::Stale, "stale"},
                                                                    {Kind::Rise, "rise"},
                                                                    {Kind::Fall, "fall"},
                                                                    {Kind::Deviation, "deviation"},
                                                                    {Kind::Stuck, "stuck"},
                                                                    {Kind::Formula, "formula"}}};

std::unexpected<Error> bad(const Definition& definition, std::string_view member,
                           std::string_view why) {
  return refuse(ErrorCode::BadField, "alarm " + definition.code + ": " + std::string(why),
                std::string(member));
}

bool is_delay(Duration delay) { return delay >= Duration{} && delay <= kDelayMax; }

Result<void> check_delays(const Definition& definition) {
  if (!is_delay(definition.on_delay)) return bad(definition, "on_delay", "0 to one day");
  if (!is_delay(definition.off_delay)) return bad(definition, "off_delay", "0 to one day");
  if (definition.kind == Kind::Stale) {
    if (definition.on_delay == Duration{}) return bad(definition, "on_delay", "stale needs one");
    return {};
  }
  if (definition.kind == Kind::Stuck) {
    if (definition.on_delay == Duration{}) return bad(definition, "on_delay", "stuck needs one");
    return {};
  }
  if (definition.is_safety && definition.on_delay > Duration{}) {
    return bad(definition, "on_delay", "a safety alarm has none");
  }
  return {};
}

Result<void> check_formula(const Definition& definition) {
  auto is_own = [&](const FormulaInput& input) { return input.tag == definition.tag; };
  auto is_bad = [](const FormulaInput& input) {
    return input.name.empty() || input.tag >= kTagsMax;
  };
  const std::vector<FormulaInput>& inputs = definition.inputs;
  if (inputs.empty() || inputs.size() > kFormulaInputsMax) {
    return bad(definition, "formula_tags", "1 to 8 tags");
  }
  if (std::ranges::any_of(inputs, is_bad)) return bad(definition, "formula_tags", "a bad tag");
  if (std::ranges::none_of(inputs, is_own)) {
    return bad(definition, "formula_tags", "its own tag is not there");
  }
  auto made = Formula::make(definition);
  if (!made) return bad(definition, "formula", made.error().detail);
  return {};
}

Result<void> check_judge(const Definition& definition) {
  bool is_rate = definition.kind == Kind::Rise || definition.kind == Kind::Fall;
  if (is_rate && (definition.window < kWindowMin || definition.window > kWindowMax)) {
    return bad(definition, "window", "1 s to an hour");
  }
  if (is_rate && definition.limit <= 0) return bad(definition, "limit", "above 0");
  if (definition.kind == Kind::Deviation) {
    bool is_other = definition.reference < kTagsMax && definition.reference != definition.tag;
    if (!is_other) return bad(definition, "reference", "is no other tag");
    if (definition.limit <= 0) return bad(definition, "limit", "above 0");
  }
  if (definition.kind == Kind::Formula) TRY(check_formula(definition));
  if (definition.of < 1 || definition.of > kVotesOfMax) return bad(definition, "of", "1 to 32");
  if (definition.votes < 1 || definition.votes > definition.of) {
    return bad(definition, "votes", "1 to the number of samples");
  }
  bool is_silence = definition.kind == Kind::Stale || definition.kind == Kind::Stuck ||
                    definition.kind == Kind::Formula;
  if (definition.of > 1 && is_silence) return bad(definition, "of", "has no samples to count");
  // Each vote waits for another sample: a delay by another name.
  if (definition.is_safety && definition.votes > 1) {
    return bad(definition, "votes", "a safety alarm waits for none");
  }
  return {};
}

}  // namespace

std::string_view kind_text(Kind kind) {
  for (const auto& [known, text] : kKinds) {
    if (known == kind) return text;
  }
  return "";
}

Result<Kind> parse_kind(std::string_view text) {
  for (const auto& [kind, known] : kKinds) {
    if (known == text) return kind;
  }
  return refuse(ErrorCode::BadField, "no kind of alarm: " + std::string(text), "kind");
}

Result<void> check_definition(const Definition& definition) {
  if (definition.id.is_nil()) return bad(definition, "id", "is missing");
  if (definition.code.empty()) return bad(definition, "code", "is missing");
  if (definition.tag >= kTagsMax) return bad(definition, "tag", "is above the largest");
  if (kind_text(definition.kind).empty()) return bad(definition, "kind", "is none");
  if (!std::isfinite(definition.limit)) return bad(definition, "limit", "is no number");
  if (!std::isfinite(definition.deadband) || definition.deadband < 0) {
    return bad(definition, "deadband", "is below 0 or no number");
  }
  if (definition.priority < 1 || definition.priority > 4) {
    return bad(definition, "priority", "1 to 4");
  }
  if (definition.gas_level < 0 || definition.gas_level > 2) {
    return bad(definition, "gas_level", "0 to 2");
  }
  bool is_guard = definition.is_safety || definition.gas_level > 0;
  if (is_guard && !definition.cause.is_nil()) {
    return bad(definition, "cause", "a safety alarm is never suppressed by design");
  }
  if (definition.cause == definition.id) return bad(definition, "cause", "is itself");
  TRY(check_delays(definition));
  return check_judge(definition);
}

}  // namespace anlan::alarms
