#include "rules/evaluator.h"

#include <algorithm>
#include <utility>

#include "core/limits.h"
#include "rules/builtins.h"
#include "rules/host.h"

namespace anlan::rules {

namespace {

constexpr std::size_t kWarningsMax = 100;
constexpr std::size_t kAskedMax = 200;  // inputs told; a person reads twenty
constexpr int kValueDepthMax = limits::kExpressionDepthMax * 4;  // lists within lists

std::optional<bool> holds(Op op, std::optional<std::strong_ordering> order) {
  if (!order) return std::nullopt;
  switch (op) {
    case Op::Less: return *order < 0;
    case Op::LessEqual: return *order <= 0;
    case Op::Greater: return *order > 0;
    case Op::GreaterEqual: return *order >= 0;
    default: return std::nullopt;
  }
}

bool instance_of(const Value& value, const Type& type) {
  if (value.is_null()) return type.kind == Type::Kind::Null;
  return is_instance(value, type);
}

Value truth(std::optional<bool> value) { return value ? Value(*value) : Value(); }

}  // namespace

const Value* Scope::find(std::string_view wanted) const {
  for (const Scope* scope = this; scope != nullptr; scope = scope->up) {
    if (scope->value != nullptr && scope->name == wanted) return scope->value;
    if (scope->context == nullptr) continue;
    if (const Value* found = scope->context->find(wanted)) return found;
  }
  return nullptr;
}

Value Evaluator::fail(std::string why) {
  if (environment_.warnings != nullptr && environment_.warnings->size() < kWarningsMax) {
    environment_.warnings->push_back(std::move(why));
  }
  return {};
}

bool Evaluator::step(std::size_t count) {
  steps_ += count;
  if (stopped_) return false;
  if (steps_ <= environment_.steps_max) return true;
  stopped_ = true;
  fail("the evaluation took more steps than allowed");
  return false;
}

uint64_t Evaluator::steps_left() const {
  return steps_ < environment_.steps_max ? environment_.steps_max - steps_ : 0;
}

void Evaluator::take_reasons(const Outcome& outcome) {
  if (matched != nullptr) {
    matched->insert(matched->end(), outcome.matched.begin(), outcome.matched.end());
  }
  for (const Asked& one : outcome.asked) {
    if (asked != nullptr && asked->size() < kAskedMax) asked->push_back(one);
  }
}

void Evaluator::tell_asked(const std::string& input, const Value& value) {
  if (asked == nullptr || asked->size() >= kAskedMax) return;
  asked->push_back({.decision_id = decision_id, .input = input, .value = value});
}

Value Evaluator::bounded(List items) {
  if (items.size() > limits::kListItemsMax) return fail("a list grew too long");
  Value out(std::move(items));
  return out.depth() > kValueDepthMax ? fail("a list grew too deep") : out;
}

Value Evaluator::bounded(Context entries) {
  if (entries.size() > limits::kListItemsMax) return fail("a context grew too long");
  return entries.depth() > kValueDepthMax ? fail("a context grew too deep") : Value(entries);
}

Value Evaluator::bounded(std::string text) {
  if (text.size() > limits::kEvaluationTextBytesMax) return fail("a string grew too long");
  step(text.size() / 64);
  return text;
}

const Value& Evaluator::peek(const Node& node, const Scope& scope, Value& room) {
  if (node.op == Op::Constant) return node.value;
  if (node.op == Op::Name) {
    if (const Value* found = scope.find(node.text)) return *found;
  }
  room = eval(node, scope);
  return room;
}

Value Evaluator::eval(const Node& node, const Scope& scope) {
  if (!step()) return {};
  if (++depth_ > limits::kEvaluationDepthMax) {
    --depth_;
    if (!std::exchange(stopped_, true)) fail("the evaluation is nested too deeply");
    return {};
  }
  Value out = dispatch(node, scope);
  --depth_;
  return stopped_ ? Value() : out;
}

Value Evaluator::dispatch(const Node& node, const Scope& scope) {
  switch (node.op) {
    case Op::Constant: return node.value;
    case Op::Name: {
      const Value* found = scope.find(node.text);
      return found != nullptr ? *found : name(node);
    }
    case Op::Path: return path(eval(*node.parts[0], scope), node.text);
    case Op::Filter: return filter(node, scope);
    case Op::Call: return call_node(node, scope);
    case Op::CallBuiltin: return call_builtin_node(node, scope);
    case Op::Negate: return negate(*this, eval(*node.parts[0], scope));
    case Op::Add:
    case Op::Subtract:
    case Op::Multiply:
    case Op::Divide:
    case Op::Power: return arithmetic(node, scope);
    case Op::And:
    case Op::Or: return logic(node, scope);
    case Op::Equal:
    case Op::NotEqual:
    case Op::Less:
    case Op::LessEqual:
    case Op::Greater:
    case Op::GreaterEqual: return relation(node, scope);
    case Op::Between: return between(node, scope);
    case Op::In: return in(node, scope);
    case Op::If: return choose(node, scope);
    case Op::For:
    case Op::Some:
    case Op::Every: return loop(node, scope);
    case Op::Span: return span(node, scope);
    case Op::InstanceOf: return instance_of(eval(*node.parts[0], scope), *node.types[0]);
    case Op::List: return list(node, scope);
    case Op::Context: return context(node, scope);
    case Op::Function: return function(node, scope);
    case Op::External: return fail("functions in other languages are not run");
    case Op::Interval: return interval(node, scope);
    case Op::Compare: return compare_range(node, scope);
    case Op::Tests:
    case Op::NotTests:
    case Op::Anything:
    case Op::Predicate: {
      const Value* input = scope.find("?");
      return truth(fits(node, input != nullptr ? *input : Value(), scope));
    }
    case Op::Table: return run_table(*this, *node.table, scope);
    case Op::Typed: return coerce(eval(*node.parts[0], scope), node.types[0].get());
    case Op::Broken: return fail(node.text);
  }
  return {};
}

// Null takes the else branch; a condition of another type has no meaning.
Value Evaluator::choose(const Node& node, const Scope& scope) {
  Value condition = eval(*node.parts[0], scope);
  if (condition.as_bool() == nullptr && !condition.is_null()) {
    return fail("a condition is neither true nor false");
  }
  return eval(*node.parts[condition.is_true() ? 1 : 2], scope);
}

Value Evaluator::name(const Node& node) {
  if (const Builtin* builtin = find_builtin(node.text)) return Function{.builtin = builtin};
  bool is_caller = node.text == "user" || node.text == "org";
  if (is_caller && environment_.host != nullptr) return environment_.host->caller(node.text);
  return fail("nothing is called '" + node.text + "'");
}

Value Evaluator::arithmetic(const Node& node, const Scope& scope) {
  Value room_a;
  Value room_b;
  const Value& a = peek(*node.parts[0], scope, room_a);
  const Value& b = peek(*node.parts[1], scope, room_b);
  switch (node.op) {
    case Op::Add: return add(*this, a, b);
    case Op::Subtract: return subtract(*this, a, b);
    case Op::Multiply: return multiply(*this, a, b);
    case Op::Divide: return divide(*this, a, b);
    default: break;
  }
  if (a.as_number() == nullptr || b.as_number() == nullptr) return fail("** needs two numbers");
  auto out = Decimal::power(*a.as_number(), *b.as_number());
  return out ? Value(*out) : fail("the power has no value");
}

Value Evaluator::relation(const Node& node, const Scope& scope) {
  Value room_a;
  Value room_b;
  const Value& a = peek(*node.parts[0], scope, room_a);
  const Value& b = peek(*node.parts[1], scope, room_b);
  if (node.op == Op::Equal || node.op == Op::NotEqual) {
    auto same = equal(a, b);
    if (!same) return fail("values of different types are compared");
    return *same == (node.op == Op::Equal);
  }
  return truth(holds(node.op, compare(a, b)));
}

// Kleene's logic; whatever is no boolean counts as null (DMN 1.5, 10.3.2.12).
Value Evaluator::logic(const Node& node, const Scope& scope) {
  bool decides = node.op == Op::Or;
  Value room_a;
  const Value& a = peek(*node.parts[0], scope, room_a);
  if (decides ? a.is_true() : a.is_false()) return decides;
  Value room_b;
  const Value& b = peek(*node.parts[1], scope, room_b);
  if (decides ? b.is_true() : b.is_false()) return decides;
  if (a.as_bool() == nullptr || b.as_bool() == nullptr) return {};
  return !decides;
}

Value Evaluator::between(const Node& node, const Scope& scope) {
  Value value = eval(*node.parts[0], scope);
  auto low = holds(Op::GreaterEqual, compare(value, eval(*node.parts[1], scope)));
  auto high = holds(Op::LessEqual, compare(value, eval(*node.parts[2], scope)));
  if ((low && !*low) || (high && !*high)) return low && high ? Value(false) : Value();
  return low && high ? Value(true) : Value();
}

Value Evaluator::in(const Node& node, const Scope& scope) {
  Value room;
  const Value& value = peek(*node.parts[0], scope, room);
  return truth(fits(*node.parts[1], value, scope));
}

std::optional<bool> Evaluator::fits(const Node& test, const Value& input, const Scope& scope) {
  if (!step()) return std::nullopt;
  switch (test.op) {
    case Op::Anything: return true;
    case Op::Compare: return fits_compare(test, input, scope);
    case Op::Interval: return fits_interval(test, input, scope);
    case Op::Predicate: {
      Scope inner{.up = &scope, .name = "?", .value = &input};
      Value holds_it = eval(*test.parts[0], inner);
      if (holds_it.as_bool() != nullptr) return *holds_it.as_bool();
      return holds_it.is_null() ? std::nullopt : fits_value(holds_it, input);
    }
    case Op::Tests:
    case Op::NotTests: {
      bool unknown = false;
      for (const NodePtr& part : test.parts) {
        auto one = fits(*part, input, scope);
        if (one && *one) return test.op == Op::Tests;
        unknown |= !one;
      }
      return unknown ? std::nullopt : std::optional(test.op == Op::NotTests);
    }
    default: break;
  }
  Value room;
  Scope inner{.up = &scope, .name = "?", .value = &input};
  return fits_value(peek(test, inner, room), input);
}

std::optional<bool> Evaluator::fits_compare(const Node& test, const Value& input,
                                            const Scope& scope) {
  Value room;
  const Value& end = peek(*test.parts[0], scope, room);
  if (test.comparison == Op::Equal) return equal(input, end);
  if (test.comparison == Op::NotEqual) {
    return equal(input, end).transform([](bool same) { return !same; });
  }
  return holds(test.comparison, compare(input, end));
}

std::optional<bool> Evaluator::fits_interval(const Node& test, const Value& input,
                                             const Scope& scope) {
  Value room_low;
  Value room_high;
  const Value& low = peek(*test.parts[0], scope, room_low);
  const Value& high = peek(*test.parts[1], scope, room_high);
  auto from = holds(test.is_low_closed ? Op::GreaterEqual : Op::Greater, compare(input, low));
  auto to = holds(test.is_high_closed ? Op::LessEqual : Op::Less, compare(input, high));
  if (!from || !to) return std::nullopt;
  return *from && *to;
}

std::optional<bool> Evaluator::in_range(const Range& range, const Value& input) {
  std::optional<bool> from = true;
  std::optional<bool> to = true;
  if (!range.low.is_null()) {
    from = holds(range.is_low_closed ? Op::GreaterEqual : Op::Greater, compare(input, range.low));
  }
  if (!range.high.is_null()) {
    to = holds(range.is_high_closed ? Op::LessEqual : Op::Less, compare(input, range.high));
  }
  if (!from || !to) return std::nullopt;
  return *from && *to;
}

// DMN 1.5, table 55: a range holds its values, a list the values and ranges in it.
std::optional<bool> Evaluator::fits_value(const Value& test, const Value& input) {
  if (const Range* range = test.as_range()) {
    if (input.as_range() == nullptr) return in_range(*range, input);
    return equal(test, input);
  }
  const List* list = test.as_list();
  if (list == nullptr) {
    auto same = equal(test, input);
    return same ? same : std::optional(false);
  }
  if (input.as_list() != nullptr) {
    auto same = equal(test, input);
    if (same && *same) return true;
  }
  for (const Value& item : *list) {
    if (!step()) return std::nullopt;
    auto one = item.as_range() != nullptr ? fits_value(item, input) : equal(item, input);
    if (one && *one) return true;
  }
  return false;
}

Value Evaluator::interval(const Node& node, const Scope& scope) {
  Range out{.low = eval(*node.parts[0], scope),
            .high = eval(*node.parts[1], scope),
            .is_low_closed = node.is_low_closed,
            .is_high_closed = node.is_high_closed};
  if (out.low.is_null() && out.high.is_null()) return fail("a range needs an end");
  bool comparable = out.low.is_null() || out.high.is_null() || compare(out.low, out.high);
  return comparable ? Value(std::move(out)) : fail("the ends of a range are of different types");
}

Value Evaluator::compare_range(const Node& node, const Scope& scope) {
  Value end = eval(*node.parts[0], scope);
  if (end.is_null()) return fail("a range needs an end");
  switch (node.comparison) {
    case Op::Less: return Range{.high = end, .is_comparison = true};
    case Op::LessEqual: return Range{.high = end, .is_high_closed = true, .is_comparison = true};
    case Op::Greater: return Range{.low = end, .is_comparison = true};
    case Op::GreaterEqual: return Range{.low = end, .is_low_closed = true, .is_comparison = true};
    case Op::Equal:
      return Range{.low = end,
                   .high = end,
                   .is_low_closed = true,
                   .is_high_closed = true,
                   .is_comparison = true};
    default: return fail("'!=' is no range");
  }
}

Value Evaluator::list(const Node& node, const Scope& scope) {
  List out;
  out.reserve(node.parts.size());
  for (const NodePtr& part : node.parts) out.push_back(eval(*part, scope));
  return bounded(std::move(out));
}

// Later entries see earlier ones. With text "=" the last part is the value of the whole.
Value Evaluator::context(const Node& node, const Scope& scope) {
  Context out;
  Scope inner{.up = &scope, .context = &out};
  for (std::size_t i = 0; i < node.names.size(); ++i) {
    Value value = eval(*node.parts[i], inner);
    if (!node.types.empty() && node.types[i]) value = coerce(std::move(value), node.types[i].get());
    const Function* made = value.as_function();
    if (made != nullptr && made->body && made->self_name.empty()) {
      Function named = *made;  // so that its body may call it
      named.self_name = node.names[i];
      value = std::move(named);
    }
    out.set(node.names[i], std::move(value));
  }
  if (node.text == "=") return eval(*node.parts.back(), inner);
  return bounded(std::move(out));
}

}  // namespace anlan::rules
