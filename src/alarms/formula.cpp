#include "alarms/formula.h"

#include <set>

namespace anlan::alarms {
namespace {

// A comparison of eight tags takes some dozens; what takes more would hold up every sample.
constexpr uint64_t kStepsMax = 2'000;

std::unexpected<Error> bad(std::string why) {
  return refuse(ErrorCode::BadField, std::move(why), "formula");
}

}  // namespace

Result<Formula> Formula::make(const Definition& definition) {
  if (definition.formula.empty()) return bad("is missing");
  if (count_chars(definition.formula) > kFormulaCharsMax) return bad("is too long");
  std::vector<std::string> names;
  std::set<std::string> once;
  for (const FormulaInput& input : definition.inputs) {
    if (!once.insert(input.name).second) return bad("has '" + input.name + "' twice");
    names.push_back(input.name);
  }
  auto compiled = rules::Expression::compile(definition.formula, names);
  if (!compiled) return bad(compiled.error().detail);
  std::vector<std::string> unknown = compiled->names_unknown();
  if (!unknown.empty()) return bad("does not know '" + unknown.front() + "'");
  Formula made(std::move(*compiled));
  made.inputs_ = definition.inputs;
  return made;
}

std::optional<bool> Formula::ask(const std::vector<std::optional<double>>& values, Instant now) {
  if (values == asked_) return answer_;
  asked_ = values;
  rules::Context names;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    rules::Value value;
    if (values[i]) value = rules::Value(rules::Decimal::from_double(*values[i]));
    names.set(inputs_[i].name, std::move(value));
  }
  rules::Value found = condition_.evaluate(names, {.now = now, .steps_max = kStepsMax});
  answer_.reset();
  if (found.is_true() || found.is_false()) answer_ = found.is_true();
  return answer_;
}

}  // namespace anlan::alarms
