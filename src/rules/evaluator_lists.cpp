// Paths, filters and loops.

#include <algorithm>

#include "core/limits.h"
#include "rules/evaluator.h"
#include "rules/properties.h"

namespace anlan::rules {

Value Evaluator::path(const Value& on, const std::string& name) {
  if (const Context* context = on.as_context()) {
    const Value* found = context->find(name);
    return found != nullptr ? *found : fail("no entry is called '" + name + "'");
  }
  if (const List* list = on.as_list()) {
    List out;
    out.reserve(list->size());
    for (const Value& item : *list) {
      if (!step()) return {};
      out.push_back(item.as_list() == nullptr ? path(item, name) : Value());
    }
    return out;
  }
  if (on.is_null()) return {};
  auto property = property_of(on, name);
  return property ? *property : fail("no property is called '" + name + "'");
}

Value Evaluator::index_list(const List& list, const Decimal& index) {
  auto at = index.to_int64();
  int64_t count = static_cast<int64_t>(list.size());
  if (!at || *at == 0 || *at > count || *at < -count) return fail("an index outside the list");
  return list[static_cast<std::size_t>(*at > 0 ? *at - 1 : count + *at)];
}

Value Evaluator::filter(const Node& node, const Scope& scope) {
  Value on = eval(*node.parts[0], scope);
  if (const List* list = on.as_list()) return filter_list(node, *list, scope);
  List single;
  if (!on.is_null()) single.push_back(std::move(on));
  return filter_list(node, single, scope);
}

// A number is an index, anything else a condition on each item (DMN 1.5, 10.3.2.5).
Value Evaluator::filter_list(const Node& node, const List& list, const Scope& scope) {
  const Node& condition = *node.parts[1];
  if (condition.op == Op::Constant && !node.strict_filter) {
    if (const Decimal* index = condition.value.as_number()) return index_list(list, *index);
  }
  List out;
  for (const Value& item : list) {
    Scope self{.up = &scope, .name = "item", .value = &item};
    Scope inner{.up = &self, .context = item.as_context()};
    Value keeps = eval(condition, inner);
    if (is_stopped()) return {};
    const Decimal* index = keeps.as_number();
    if (index != nullptr && &item == &list.front() && !node.strict_filter) {
      return index_list(list, *index);
    }
    if (keeps.as_bool() == nullptr && !keeps.is_null()) {
      return fail("a filter is neither true nor false");
    }
    if (keeps.is_true()) out.push_back(item);
  }
  if (list.empty() && !node.strict_filter) {
    if (eval(condition, scope).as_number() != nullptr) return {};
  }
  return bounded(std::move(out));
}

Value Evaluator::span(const Node& node, const Scope& scope) {
  return range_items(eval(*node.parts[0], scope), eval(*node.parts[1], scope));
}

// Whole steps from low to high, downwards too.
Value Evaluator::range_items(const Value& low, const Value& high) {
  bool days = low.as_date() != nullptr && high.as_date() != nullptr;
  auto number = [&](const Value& value) -> std::optional<int64_t> {
    if (days) return days_from_date(*value.as_date());
    return value.as_number() != nullptr ? value.as_number()->to_int64() : std::nullopt;
  };
  auto from = number(low);
  auto to = number(high);
  if (!from || !to) return fail("a loop needs whole numbers or dates");
  uint64_t count = *from <= *to ? static_cast<uint64_t>(*to) - static_cast<uint64_t>(*from)
                                : static_cast<uint64_t>(*from) - static_cast<uint64_t>(*to);
  if (count >= limits::kListItemsMax) return fail("a loop is too long");
  List out;
  int64_t by = *from <= *to ? 1 : -1;
  for (int64_t i = *from;; i += by) {
    if (days) {
      auto date = date_from_days(i);
      if (!date) return fail("a date out of range");
      out.push_back(*date);
    } else {
      out.push_back(i);
    }
    if (i == *to) break;
  }
  return step(out.size()) ? Value(std::move(out)) : Value();
}

std::optional<List> Evaluator::items_of(const Node& source, const Scope& scope) {
  Value value = eval(source, scope);
  if (const Range* range = value.as_range()) {
    auto order = compare(range->low, range->high);
    if (order && *order > 0) return std::nullopt;  // holds nothing; "2..1" without brackets does
    Value all = range_items(range->low, range->high);
    if (all.as_list() == nullptr) return std::nullopt;
    List items = *all.as_list();
    if (!range->is_low_closed && !items.empty()) items.erase(items.begin());
    if (!range->is_high_closed && !items.empty()) items.pop_back();
    return items;
  }
  if (const List* list = value.as_list()) return *list;
  if (value.is_null()) return std::nullopt;
  return List{std::move(value)};
}

// Evaluates the body once. False ends the loop.
bool Evaluator::round(const Node& node, const Scope& scope, Rounds& rounds) {
  if (node.op != Op::For) {
    Value holds = eval(*node.parts.back(), scope);
    rounds.is_decided = node.op == Op::Some ? holds.is_true() : holds.is_false();
    rounds.is_unknown |= holds.as_bool() == nullptr;
    return !rounds.is_decided && !is_stopped();
  }
  Value so_far;
  if (node.uses_partial) {
    step(rounds.results.size());  // each round copies what there is
    so_far = bounded(rounds.results);
  }
  Scope partial{.up = &scope, .name = "partial", .value = &so_far};
  rounds.results.push_back(eval(*node.parts.back(), partial));
  rounds.is_too_long = rounds.results.size() > limits::kListItemsMax;
  return !rounds.is_too_long && !is_stopped();
}

// Runs the sources from `level` on; false where it ended early or a source is no list.
bool Evaluator::iterate(const Node& node, std::size_t level, const Scope& scope, Rounds& rounds) {
  if (level == node.names.size()) return round(node, scope, rounds);
  auto items = items_of(*node.parts[level], scope);
  if (!items) return false;
  for (const Value& item : *items) {
    Scope inner{.up = &scope, .name = node.names[level], .value = &item};
    if (!iterate(node, level + 1, inner, rounds)) return false;
  }
  return true;
}

Value Evaluator::loop(const Node& node, const Scope& scope) {
  Rounds rounds;
  if (!iterate(node, 0, scope, rounds)) {
    if (rounds.is_decided) return node.op == Op::Some;
    if (is_stopped()) return {};
    return fail(rounds.is_too_long ? "a loop is too long" : "a loop has no list to run over");
  }
  if (node.op == Op::For) return bounded(std::move(rounds.results));
  return rounds.is_unknown ? Value() : Value(node.op == Op::Every);
}

}  // namespace anlan::rules
