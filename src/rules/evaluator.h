#pragma once
// Walks the tree of ast.h. Every step is counted; at the limit, and at the limit of depth, all
// becomes null with a warning. Errors are null with a warning, never more. Inside the room only.

#include <compare>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/ast.h"
#include "rules/context.h"
#include "rules/dmn.h"
#include "rules/function.h"

namespace anlan::rules {

// Names that are visible, from the inside out. Lives on the stack of the evaluation.
struct Scope {
  const Scope* up = nullptr;
  const Context* context = nullptr;
  std::string_view name{};  // one binding more, seen before the context
  const Value* value = nullptr;

  const Value* find(std::string_view wanted) const;
};

class Evaluator {
 public:
  explicit Evaluator(const Environment& environment) : environment_(environment) {}

  const Environment& environment() const { return environment_; }
  Value eval(const Node& node, const Scope& scope);
  // Does the input satisfy the unary test(s)? Nothing where that is unknown (null).
  std::optional<bool> fits(const Node& test, const Value& input, const Scope& scope);
  std::optional<bool> fits_value(const Value& test, const Value& input);

  Value call(const Value& function, std::span<const Value> arguments);
  // DMN 1.5, 10.3.2.9.4: the value as one of the type, or null. Null type: as it is.
  Value coerce(Value value, const Type* type);

  // DMN 1.5, 10.3.2.13: nothing where two values cannot be compared.
  std::optional<bool> equal(const Value& a, const Value& b);
  std::optional<std::strong_ordering> compare(const Value& a, const Value& b);
  bool contains(const List& list, const Value& value);

  Value fail(std::string why);       // null and a warning
  bool step(std::size_t count = 1);  // false: the limit is reached, give up
  bool is_stopped() const { return stopped_; }
  uint64_t steps() const { return steps_; }
  uint64_t steps_left() const;
  // What a decision asked for along the way says of itself is told with this one.
  void take_reasons(const Outcome& outcome);
  void tell_asked(const std::string& input, const Value& value);
  // The value, or null where it has grown beyond the limits.
  Value bounded(List items);
  Value bounded(Context entries);
  Value bounded(std::string text);

  std::vector<Matched>* matched = nullptr;  // where tables write the rules that fired
  std::vector<Asked>* asked = nullptr;      // and what they looked at
  std::string decision_id{};                // whose table it is

 private:
  friend class TableRun;
  // A constant or a name without a copy; anything else is evaluated into `room`.
  const Value& peek(const Node& node, const Scope& scope, Value& room);
  Value dispatch(const Node& node, const Scope& scope);
  Value arithmetic(const Node& node, const Scope& scope);
  Value relation(const Node& node, const Scope& scope);
  Value logic(const Node& node, const Scope& scope);
  Value between(const Node& node, const Scope& scope);
  Value in(const Node& node, const Scope& scope);
  Value name(const Node& node);
  Value choose(const Node& node, const Scope& scope);
  Value path(const Value& on, const std::string& name);
  Value filter(const Node& node, const Scope& scope);
  Value filter_list(const Node& node, const List& list, const Scope& scope);
  Value index_list(const List& list, const Decimal& index);
  Value interval(const Node& node, const Scope& scope);
  Value compare_range(const Node& node, const Scope& scope);
  Value list(const Node& node, const Scope& scope);
  Value context(const Node& node, const Scope& scope);
  Value function(const Node& node, const Scope& scope);
  Value loop(const Node& node, const Scope& scope);
  struct Rounds {  // of a loop
    List results{};
    bool is_decided = false;  // some: one is true; every: one is false
    bool is_unknown = false;  // one is neither
    bool is_too_long = false;
  };
  bool iterate(const Node& node, std::size_t level, const Scope& scope, Rounds& rounds);
  bool round(const Node& node, const Scope& scope, Rounds& rounds);
  Value span(const Node& node, const Scope& scope);
  Value range_items(const Value& low, const Value& high);
  std::optional<List> items_of(const Node& source, const Scope& scope);
  Value call_node(const Node& node, const Scope& scope);
  Value call_builtin_node(const Node& node, const Scope& scope);
  Value call_named(const Value& function, const List& arguments,
                   const std::vector<std::string>& names);
  std::optional<bool> fits_compare(const Node& test, const Value& input, const Scope& scope);
  std::optional<bool> fits_interval(const Node& test, const Value& input, const Scope& scope);
  std::optional<bool> in_range(const Range& range, const Value& input);
  std::optional<bool> equal_lists(const List& a, const List& b);
  std::optional<bool> equal_contexts(const Context& a, const Context& b);
  bool is_allowed(const Value& value, const Type& type);

  const Environment& environment_;
  uint64_t steps_ = 0;
  int depth_ = 0;
  bool stopped_ = false;
};

// operators.cpp
Value add(Evaluator& evaluator, const Value& a, const Value& b);
Value subtract(Evaluator& evaluator, const Value& a, const Value& b);
Value multiply(Evaluator& evaluator, const Value& a, const Value& b);
Value divide(Evaluator& evaluator, const Value& a, const Value& b);
Value negate(Evaluator& evaluator, const Value& a);
// table.cpp
Value run_table(Evaluator& evaluator, const Table& table, const Scope& scope);

}  // namespace anlan::rules
