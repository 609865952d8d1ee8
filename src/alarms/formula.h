#pragma once
// A condition over several tags in FEEL: compiled once, asked again only when an input moved.
// Inside the room only.

#include <optional>
#include <span>
#include <vector>

#include "alarms/definition.h"
#include "alarms/window.h"
#include "rules/rules.h"

namespace anlan::alarms {

// One window of a formula as it is now; no value: not filled yet.
struct WindowNow {
  std::string text;
  history::TagIndex tag = 0;
  std::optional<double> value{};
  double filled = 0;  // 0 to 1
};

class Formula {
 public:
  // BadField: no FEEL, a name that is no input, twice the same name, too long.
  static Result<Formula> make(const Definition& definition);

  std::span<const FormulaInput> inputs() const { return inputs_; }
  // True or false as the condition says; nothing where it is null, or no boolean, or took too many
  // steps. `values` in the order of the inputs, nothing for an unknown one.
  std::optional<bool> ask(std::vector<std::optional<double>> values, Instant now);
  // A good sample of that tag, for the windows over it.
  void take(history::TagIndex tag, int64_t at_ns, double value);
  // What was recorded goes on in this one, which was made of the same definition.
  void go_on_from(Formula& before) { windows_ = std::move(before.windows_); }
  std::vector<WindowNow> windows() const;

 private:
  explicit Formula(rules::Expression condition) : condition_(std::move(condition)) {}

  rules::Expression condition_;
  std::vector<FormulaInput> inputs_;
  std::vector<WindowWish> wishes_;
  std::vector<Window> windows_;  // of each wish
  std::vector<std::optional<double>> asked_;
  std::optional<bool> answer_;
};

}  // namespace anlan::alarms
