#include "alarms/formula.h"

#include <algorithm>
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
  std::string text = definition.formula;
  std::vector<WindowWish> wishes = TRY(take_windows(text, definition.inputs));
  for (const WindowWish& wish : wishes) names.push_back(wish.name);
  auto compiled = rules::Expression::compile(text, names);
  if (!compiled) return bad(compiled.error().detail);
  std::vector<std::string> unknown = compiled->names_unknown();
  if (!unknown.empty()) return bad("does not know '" + unknown.front() + "'");
  Formula made(std::move(*compiled));
  made.inputs_ = definition.inputs;
  for (const WindowWish& wish : wishes) made.windows_.emplace_back(wish.length);
  made.wishes_ = std::move(wishes);
  return made;
}

void Formula::take(history::TagIndex tag, int64_t at_ns, double value) {
  for (std::size_t i = 0; i < wishes_.size(); ++i) {
    if (wishes_[i].tag == tag) windows_[i].add(at_ns, value);
  }
}

std::vector<WindowNow> Formula::windows() const {
  std::vector<WindowNow> found;
  for (std::size_t i = 0; i < wishes_.size(); ++i) {
    found.push_back({.text = wishes_[i].text,
                     .tag = wishes_[i].tag,
                     .value = windows_[i].value(wishes_[i].of),
                     .filled = windows_[i].filled()});
  }
  return found;
}

std::optional<bool> Formula::ask(std::vector<std::optional<double>> values, Instant now) {
  for (std::size_t i = 0; i < wishes_.size(); ++i) {
    auto input = std::ranges::find(inputs_, wishes_[i].tag, &FormulaInput::tag);
    bool is_known = values[static_cast<std::size_t>(input - inputs_.begin())].has_value();
    values.push_back(is_known ? windows_[i].value(wishes_[i].of) : std::nullopt);
  }
  if (values == asked_) return answer_;
  rules::Context names;
  for (std::size_t i = 0; i < values.size(); ++i) {
    rules::Value value;
    if (values[i]) value = rules::Value(rules::Decimal::from_double(*values[i]));
    bool is_input = i < inputs_.size();
    names.set(is_input ? inputs_[i].name : wishes_[i - inputs_.size()].name, std::move(value));
  }
  asked_ = std::move(values);
  rules::Value found = condition_.evaluate(names, {.now = now, .steps_max = kStepsMax});
  answer_.reset();
  if (found.is_true() || found.is_false()) answer_ = found.is_true();
  return answer_;
}

}  // namespace anlan::alarms
