#include "rules/builtins.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "core/text.h"
#include "rules/evaluator.h"

namespace anlan::rules {

namespace {

struct Slot {
  std::string_view name;
  char type = 'a';
  bool is_optional = false;
  bool takes_null = false;
  bool repeats = false;
  bool may_go_unnamed = false;
};

std::vector<Slot> slots_of(std::string_view parameters) {
  std::vector<Slot> out;
  if (parameters.empty()) return out;
  for (std::string_view part : split(parameters, ',')) {
    std::size_t colon = part.find(':');
    Slot slot{.name = part.substr(0, colon), .type = part[colon + 1]};
    slot.is_optional = slot.name.ends_with('?');
    if (slot.is_optional) slot.name.remove_suffix(1);
    std::string_view marks = part.substr(colon + 2);
    slot.takes_null = marks.find('0') != std::string_view::npos || slot.type == 'a';
    slot.repeats = marks.find('*') != std::string_view::npos;
    slot.may_go_unnamed = marks.find('+') != std::string_view::npos;
    out.push_back(slot);
  }
  return out;
}

bool is_of_type(const Value& value, char type) {
  using Kind = Value::Kind;
  switch (type) {
    case 's': return value.is(Kind::String);
    case 'n': return value.is(Kind::Number);
    case 'b': return value.is(Kind::Boolean);
    case 'l': return value.is(Kind::List);
    case 'c': return value.is(Kind::Context);
    case 'r': return value.is(Kind::Range);
    case 'f': return value.is(Kind::Function);
    case 't': return value.is(Kind::Time) || value.is(Kind::DateTime) || value.is(Kind::Date);
    case 'd': return value.is(Kind::Date) || value.is(Kind::DateTime);
    case 'k': return !value.is(Kind::Range) && !value.is(Kind::List) && !value.is(Kind::Context);
    case 'u': return value.is(Kind::DaysDuration);
    default: return true;
  }
}

// The argument as the slot wants it, by the coercions of DMN 1.5, 10.3.2.9.4.
std::optional<Value> fitted(const Value& value, const Slot& slot) {
  if (value.is_null()) return slot.takes_null ? std::optional(value) : std::nullopt;
  if (is_of_type(value, slot.type)) return value;
  if (slot.type == 'l') return Value(List{value});
  const List* list = value.as_list();
  if (list != nullptr && list->size() == 1 && is_of_type(list->front(), slot.type)) {
    return list->front();
  }
  return std::nullopt;
}

std::optional<List> positional(const std::vector<Slot>& slots, std::span<const Value> given) {
  List out;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Slot& slot = slots[i];
    if (slot.repeats) {
      std::span<const Value> rest = given.subspan(std::min(i, given.size()));
      if (rest.empty()) return std::nullopt;
      List items(rest.begin(), rest.end());
      for (Value& item : items) {
        auto one = fitted(item, slot);
        if (!one) return std::nullopt;
        item = *one;
      }
      out.emplace_back(std::move(items));
      return out;
    }
    if (i >= given.size()) {
      if (!slot.is_optional) return std::nullopt;
      continue;
    }
    auto one = fitted(given[i], slot);
    if (!one) return std::nullopt;
    out.push_back(std::move(*one));
  }
  return given.size() > slots.size() ? std::nullopt : std::optional(std::move(out));
}

std::optional<List> named(const std::vector<Slot>& slots, std::span<const Value> given,
                          std::span<const std::string> names) {
  std::size_t used = 0;
  List out;
  for (const Slot& slot : slots) {
    auto found = std::ranges::find(names, slot.name);
    if (found == names.end()) {
      if (!slot.is_optional && !slot.may_go_unnamed) return std::nullopt;
      out.emplace_back();
      continue;
    }
    const Value& value = given[static_cast<std::size_t>(found - names.begin())];
    Slot single = slot;
    if (slot.repeats) {
      single.type = 'l';
      single.takes_null = false;
    }
    auto one = fitted(value, single);
    if (!one) return std::nullopt;
    out.push_back(std::move(*one));
    ++used;
  }
  if (used != names.size()) return std::nullopt;
  while (!out.empty() && out.back().is_null() && slots[out.size() - 1].is_optional) out.pop_back();
  return out;
}

std::vector<Builtin> all_builtins() {
  std::vector<Builtin> out;
  for (auto rows : {string_builtins(), number_builtins(), list_builtins(), context_builtins(),
                    range_builtins(), temporal_builtins(), plant_builtins()}) {
    out.insert(out.end(), rows.begin(), rows.end());
  }
  return out;
}

// The parameters of every row of builtins(), read once.
const std::vector<Slot>& slots_at(std::size_t row) {
  static const std::vector<std::vector<Slot>> all = [] {
    std::vector<std::vector<Slot>> out;
    for (const Builtin& builtin : builtins()) out.push_back(slots_of(builtin.parameters));
    return out;
  }();
  return all[row];
}

}  // namespace

std::span<const Builtin> builtins() {
  static const std::vector<Builtin> all = all_builtins();
  return all;
}

const Builtin* find_builtin(std::string_view name) {
  using Index = std::map<std::string_view, const Builtin*>;
  static const Index index = [] {
    Index out;
    for (const Builtin& builtin : builtins()) out.emplace(builtin.name, &builtin);
    return out;
  }();
  auto found = index.find(name);
  return found == index.end() ? nullptr : found->second;
}

Value call_builtin(Evaluator& evaluator, const Builtin& first, std::span<const Value> arguments,
                   std::span<const std::string> names) {
  std::span<const Builtin> all = builtins();
  std::size_t at = static_cast<std::size_t>(&first - all.data());
  for (; at < all.size() && all[at].name == first.name; ++at) {
    const std::vector<Slot>& slots = slots_at(at);
    auto fit = names.empty() ? positional(slots, arguments) : named(slots, arguments, names);
    if (fit) return all[at].run(evaluator, *fit);
  }
  return evaluator.fail("the arguments of " + std::string(first.name) + "() do not fit");
}

}  // namespace anlan::rules
