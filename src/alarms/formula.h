#pragma once
// A condition over several tags in FEEL: compiled once, asked again only when an input moved.
// Inside the room only.

#include <optional>
#include <span>
#include <vector>

#include "alarms/definition.h"
#include "rules/rules.h"

namespace anlan::alarms {

class Formula {
 public:
  // BadField: no FEEL, a name that is no input, twice the same name, too long.
  static Result<Formula> make(const Definition& definition);

  std::span<const FormulaInput> inputs() const { return inputs_; }
  // True or false as the condition says; nothing where it is null, or no boolean, or took too many
  // steps. `values` in the order of the inputs, nothing for an unknown one.
  std::optional<bool> ask(const std::vector<std::optional<double>>& values, Instant now);

 private:
  explicit Formula(rules::Expression condition) : condition_(std::move(condition)) {}

  rules::Expression condition_;
  std::vector<FormulaInput> inputs_;
  std::vector<std::optional<double>> asked_;
  std::optional<bool> answer_;
};

}  // namespace anlan::alarms
