#include "flow/formula.h"

#include "core/text.h"

namespace anlan::flow {

namespace {

// Names that every expression in a model sees (step.h); `user` and `org` come from the host.
const std::vector<std::string>& own_names() {
  static const std::vector<std::string> names = {
      "record", "vars", "task", "case", "firing", "message", "error", "loopCounter", "user", "org"};
  return names;
}

constexpr int64_t kLengthSecondsMax = 100LL * 366 * 86'400;  // a clock of a hundred years is a typo

Result<When> length_of(const rules::DaysDuration& length) {
  bool is_sane = length.seconds >= 0 && length.seconds <= kLengthSecondsMax;
  if (!is_sane) return refuse(ErrorCode::BadExpression, "a clock runs from 0 to 100 years");
  return When{.length = {length.seconds * 1'000'000'000 + length.nanoseconds}};
}

Result<When> instant_of(const rules::DateTime& value) {
  rules::DaysDuration since = rules::since_epoch(value);
  bool is_sane = since.seconds >= 0 && since.seconds <= 2 * kLengthSecondsMax;
  if (!is_sane) return refuse(ErrorCode::BadExpression, "a point in time outside 1970 to 2170");
  return When{.is_absolute = true, .at = {since.seconds * 1'000'000'000 + since.nanoseconds}};
}

Result<When> when_of_text(const std::string& text) {
  auto length = rules::parse_days_duration(text);
  if (length) return length_of(*length);
  auto at = rules::parse_date_time(text, nullptr);
  if (at) return instant_of(*at);
  return refuse(ErrorCode::BadExpression, "'" + text + "' is no duration and no point in time");
}

}  // namespace

Result<Formula> Formula::compile(std::string_view source, std::span<const std::string> names) {
  Formula made;
  made.source_ = std::string(trim(source));
  if (!made.source_.starts_with('=')) return made;
  std::vector<std::string> visible = own_names();
  visible.insert(visible.end(), names.begin(), names.end());
  std::string_view feel = std::string_view(made.source_).substr(1);
  rules::Expression compiled = TRY(rules::Expression::compile(feel, visible));
  std::vector<std::string> unknown = compiled.names_unknown();
  if (!unknown.empty()) {
    return refuse(ErrorCode::BadExpression, "nothing here is called '" + unknown.front() + "'");
  }
  made.feel_ = std::make_shared<const rules::Expression>(std::move(compiled));
  return made;
}

Result<rules::Value> Formula::evaluate(const rules::Context& names,
                                       const rules::Environment& environment) const {
  if (!feel_) return rules::Value(source_);
  std::vector<std::string> warnings;
  rules::Environment told = environment;
  told.warnings = &warnings;
  rules::Value value = feel_->evaluate(names, told);
  if (value.is_null() && !warnings.empty()) {
    return refuse(ErrorCode::BadExpression, source_ + ": " + warnings.front());
  }
  return value;
}

Result<When> when_of(const rules::Value& value) {
  if (const rules::DaysDuration* length = value.as_days()) return length_of(*length);
  if (const rules::DateTime* at = value.as_date_time()) return instant_of(*at);
  if (const rules::Date* day = value.as_date()) return instant_of(rules::at_midnight(*day));
  if (const std::string* text = value.as_string()) return when_of_text(*text);
  return refuse(ErrorCode::BadExpression, "a " + std::string(rules::kind_name(value.kind())) +
                                              " is no duration and no point in time");
}

}  // namespace anlan::flow
