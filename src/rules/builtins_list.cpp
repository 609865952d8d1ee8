// List functions (DMN 1.5, 10.3.4.4 and 10.3.4.6).

#include <algorithm>
#include <array>

#include "core/limits.h"
#include "rules/builtins.h"
#include "rules/evaluator.h"

namespace anlan::rules {

namespace {

using Arguments = std::span<const Value>;

const List& list(Arguments a, std::size_t i) { return *a[i].as_list(); }

// Every item as a number, or nothing.
std::optional<std::vector<Decimal>> numbers(Arguments a) {
  std::vector<Decimal> out;
  for (const Value& item : list(a, 0)) {
    if (item.as_number() == nullptr) return std::nullopt;
    out.push_back(*item.as_number());
  }
  return out;
}

Value or_null(Evaluator& evaluator, std::optional<Decimal> out) {
  return out ? Value(*out) : evaluator.fail("a function of numbers has no result");
}

Value list_contains(Evaluator& evaluator, Arguments a) {
  return evaluator.contains(list(a, 0), a[1]);
}

Value count(Evaluator&, Arguments a) { return static_cast<int64_t>(list(a, 0).size()); }

Value extreme(Evaluator& evaluator, Arguments a, bool largest) {
  const List& items = list(a, 0);
  if (items.empty()) return {};
  const Value* best = &items.front();
  for (const Value& item : items) {
    auto order = evaluator.compare(item, *best);
    if (!order) return evaluator.fail("min and max need values of one type");
    if (largest ? *order > 0 : *order < 0) best = &item;
  }
  return *best;
}
Value min(Evaluator& evaluator, Arguments a) { return extreme(evaluator, a, false); }
Value max(Evaluator& evaluator, Arguments a) { return extreme(evaluator, a, true); }

std::optional<Decimal> total(const std::vector<Decimal>& items) {
  std::optional<Decimal> out = Decimal{};
  for (const Decimal& item : items) out = out ? Decimal::add(*out, item) : out;
  return out;
}

Value sum(Evaluator& evaluator, Arguments a) {
  const List& items = list(a, 0);
  if (items.empty()) return {};
  Value out = items.front();
  bool fits = out.as_number() || out.as_days() || out.as_months();
  if (!fits) return evaluator.fail("sum needs numbers or durations");
  for (const Value& item : std::span(items).subspan(1)) {
    if (item.kind() != out.kind()) return evaluator.fail("sum needs values of one type");
    out = add(evaluator, out, item);
    if (out.is_null()) return {};
  }
  return out;
}

Value mean(Evaluator& evaluator, Arguments a) {
  if (list(a, 0).empty()) return {};
  return divide(evaluator, sum(evaluator, a), static_cast<int64_t>(list(a, 0).size()));
}

Value product(Evaluator& evaluator, Arguments a) {
  auto items = numbers(a);
  if (!items || items->empty()) return evaluator.fail("product needs numbers");
  std::optional<Decimal> out = Decimal(1);
  for (const Decimal& item : *items) out = out ? Decimal::multiply(*out, item) : out;
  return or_null(evaluator, out);
}

Value median(Evaluator& evaluator, Arguments a) {
  auto items = numbers(a);
  if (!items) return evaluator.fail("median needs numbers");
  if (items->empty()) return {};
  std::ranges::sort(*items);
  std::size_t half = items->size() / 2;
  if (items->size() % 2 == 1) return (*items)[half];
  auto both = Decimal::add((*items)[half - 1], (*items)[half]);
  return or_null(evaluator, both ? Decimal::divide(*both, Decimal(2)) : std::nullopt);
}

// Of the sample: divided by one less than the count.
Value stddev(Evaluator& evaluator, Arguments a) {
  auto items = numbers(a);
  if (!items || items->size() < 2) return evaluator.fail("stddev needs two numbers or more");
  Decimal n(static_cast<int64_t>(items->size()));
  auto all = total(*items);
  auto middle = all ? Decimal::divide(*all, n) : std::nullopt;
  std::optional<Decimal> squares = Decimal{};
  for (const Decimal& item : *items) {
    auto off = middle ? Decimal::subtract(item, *middle) : std::nullopt;
    auto square = off ? Decimal::multiply(*off, *off) : std::nullopt;
    squares = squares && square ? Decimal::add(*squares, *square) : std::nullopt;
  }
  Decimal less(static_cast<int64_t>(items->size()) - 1);
  auto variance = squares ? Decimal::divide(*squares, less) : std::nullopt;
  return or_null(evaluator, variance ? Decimal::square_root(*variance) : std::nullopt);
}

Value mode(Evaluator& evaluator, Arguments a) {
  auto items = numbers(a);
  if (!items) return evaluator.fail("mode needs numbers");
  std::ranges::sort(*items);
  std::size_t most = 0;
  List out;
  for (std::size_t i = 0; i < items->size();) {
    std::size_t end = i;
    while (end < items->size() && (*items)[end] == (*items)[i]) ++end;
    if (end - i > most) out.clear();
    most = std::max(most, end - i);
    if (end - i == most) out.emplace_back((*items)[i]);
    i = end;
  }
  return out;
}

// Kleene's "and" (decides = false) and "or" (decides = true) over a list.
Value fold_logic(Evaluator& evaluator, Arguments a, bool decides) {
  bool unknown = false;
  for (const Value& item : list(a, 0)) {
    if (item.as_bool() == nullptr && !item.is_null()) {
      return evaluator.fail("all and any need booleans");
    }
    if (decides ? item.is_true() : item.is_false()) return decides;
    unknown |= item.is_null();
  }
  return unknown ? Value() : Value(!decides);
}
Value all(Evaluator& evaluator, Arguments a) { return fold_logic(evaluator, a, false); }
Value any(Evaluator& evaluator, Arguments a) { return fold_logic(evaluator, a, true); }

// Index of a 1-based, possibly negative position; `extra` allows one past the end.
std::optional<std::size_t> place(const Value& position, std::size_t size, std::size_t extra) {
  auto at = position.as_number()->to_int64();
  int64_t count = static_cast<int64_t>(size);
  if (!at || *at == 0 || *at < -count || *at > count + static_cast<int64_t>(extra)) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(*at > 0 ? *at - 1 : count + *at);
}

auto iterator_at(List& items, std::size_t at) {
  return items.begin() + static_cast<std::ptrdiff_t>(at);
}

Value sublist(Evaluator& evaluator, Arguments a) {
  const List& items = list(a, 0);
  auto from = place(a[1], items.size(), 0);
  if (!from) return evaluator.fail("sublist starts outside the list");
  std::size_t length = items.size() - *from;
  if (a.size() > 2) {
    auto wanted = a[2].is_null() ? std::nullopt : a[2].as_number()->to_int64();
    if (!wanted || *wanted < 1 || static_cast<uint64_t>(*wanted) > length) {
      return evaluator.fail("a length outside the list");
    }
    length = static_cast<std::size_t>(*wanted);
  }
  auto part = std::span(items).subspan(*from, length);
  return List(part.begin(), part.end());
}

Value append(Evaluator& evaluator, Arguments a) {
  List out = list(a, 0);
  out.insert(out.end(), list(a, 1).begin(), list(a, 1).end());
  return evaluator.bounded(std::move(out));
}

Value concatenate(Evaluator& evaluator, Arguments a) {
  List out;
  for (const Value& one : list(a, 0)) {
    if (!evaluator.step(one.as_list()->size())) return {};
    out.insert(out.end(), one.as_list()->begin(), one.as_list()->end());
    if (out.size() > limits::kListItemsMax) break;
  }
  return evaluator.bounded(std::move(out));
}

Value insert_before(Evaluator& evaluator, Arguments a) {
  List out = list(a, 0);
  auto at = place(a[1], out.size(), 1);
  if (!at) return evaluator.fail("a position outside the list");
  out.insert(iterator_at(out, *at), a[2]);
  return evaluator.bounded(std::move(out));
}

Value remove(Evaluator& evaluator, Arguments a) {
  List out = list(a, 0);
  auto at = place(a[1], out.size(), 0);
  if (!at) return evaluator.fail("a position outside the list");
  out.erase(iterator_at(out, *at));
  return out;
}

Value reverse(Evaluator&, Arguments a) { return List(list(a, 0).rbegin(), list(a, 0).rend()); }

Value index_of(Evaluator& evaluator, Arguments a) {
  List out;
  int64_t at = 0;
  for (const Value& item : list(a, 0)) {
    ++at;
    if (evaluator.contains({item}, a[1])) out.emplace_back(at);
  }
  return out;
}

Value distinct(Evaluator& evaluator, const List& items) {
  List out;
  for (const Value& item : items) {
    if (!evaluator.contains(out, item)) out.push_back(item);
    if (evaluator.is_stopped()) return {};
  }
  return out;
}
Value distinct_values(Evaluator& evaluator, Arguments a) { return distinct(evaluator, list(a, 0)); }

Value union_of(Evaluator& evaluator, Arguments a) {
  Value all_items = concatenate(evaluator, a);
  return all_items.is_null() ? Value() : distinct(evaluator, *all_items.as_list());
}

bool flatten_into(Evaluator& evaluator, const List& from, List& out) {
  for (const Value& item : from) {
    if (!evaluator.step() || out.size() > limits::kListItemsMax) return false;
    if (item.as_list() == nullptr) {
      out.push_back(item);
    } else if (!flatten_into(evaluator, *item.as_list(), out)) {
      return false;
    }
  }
  return true;
}

Value flatten(Evaluator& evaluator, Arguments a) {
  List out;
  if (!flatten_into(evaluator, list(a, 0), out)) return evaluator.fail("a list grew too long");
  return out;
}

Value list_replace(Evaluator& evaluator, Arguments a) {
  List out = list(a, 0);
  if (a[1].as_number() != nullptr) {
    auto at = place(a[1].as_number()->rounded(0, Decimal::Round::Down), out.size(), 0);
    if (!at) return evaluator.fail("a position outside the list");
    out[*at] = a[2];
    return evaluator.bounded(std::move(out));
  }
  if (a[1].as_function() == nullptr) return evaluator.fail("list replace needs a position");
  for (Value& item : out) {
    Value matches = evaluator.call(a[1], List{item, a[2]});
    if (matches.as_bool() == nullptr) return evaluator.fail("a match that is no boolean");
    if (matches.is_true()) item = a[2];
  }
  return evaluator.bounded(std::move(out));
}

// Merge sort: the order comes from a foreign function, which may contradict itself.
Value sort(Evaluator& evaluator, Arguments a) {
  List items = list(a, 0);
  List room(items.size());
  for (std::size_t width = 1; width < items.size(); width *= 2) {
    for (std::size_t low = 0; low < items.size(); low += 2 * width) {
      std::size_t mid = std::min(low + width, items.size());
      std::size_t high = std::min(low + 2 * width, items.size());
      std::size_t left = low;
      std::size_t right = mid;
      for (std::size_t out = low; out < high; ++out) {
        bool take_right = left == mid;
        if (left < mid && right < high) {
          take_right = evaluator.call(a[1], List{items[right], items[left]}).is_true();
        }
        if (evaluator.is_stopped()) return {};
        room[out] = take_right ? items[right++] : items[left++];
      }
    }
    std::swap(items, room);
  }
  return items;
}

constexpr std::array kRows = {
    Builtin{"list contains", "list:l,element:a", list_contains},
    Builtin{"count", "list:l", count},
    Builtin{"count", "list:a*", count},
    Builtin{"min", "list:l", min},
    Builtin{"min", "list:a*", min},
    Builtin{"max", "list:l", max},
    Builtin{"max", "list:a*", max},
    Builtin{"sum", "list:l", sum},
    Builtin{"sum", "list:a*", sum},
    Builtin{"mean", "list:l", mean},
    Builtin{"mean", "list:a*", mean},
    Builtin{"product", "list:l", product},
    Builtin{"product", "list:a*", product},
    Builtin{"median", "list:l", median},
    Builtin{"median", "list:a*", median},
    Builtin{"stddev", "list:l", stddev},
    Builtin{"stddev", "list:a*", stddev},
    Builtin{"mode", "list:l", mode},
    Builtin{"mode", "list:a*", mode},
    Builtin{"all", "list:l", all},
    Builtin{"all", "list:a*", all},
    Builtin{"any", "list:l", any},
    Builtin{"any", "list:a*", any},
    Builtin{"sublist", "list:l,start position:n,length?:n0", sublist},
    Builtin{"append", "list:l,item:a*", append},
    Builtin{"concatenate", "list:l*", concatenate},
    Builtin{"insert before", "list:l,position:n,newItem:a", insert_before},
    Builtin{"remove", "list:l,position:n", remove},
    Builtin{"reverse", "list:l", reverse},
    Builtin{"index of", "list:l,match:a", index_of},
    Builtin{"union", "list:l*", union_of},
    Builtin{"distinct values", "list:l", distinct_values},
    Builtin{"flatten", "list:l", flatten},
    Builtin{"list replace", "list:l,position:n,newItem:a", list_replace},
    Builtin{"list replace", "list:l,match:f,newItem:a", list_replace},
    Builtin{"sort", "list:l,precedes:f", sort},
};

}  // namespace

std::span<const Builtin> list_builtins() { return kRows; }

}  // namespace anlan::rules
