#include "access/modes.h"

#include <algorithm>

namespace anlan::access {
namespace {

struct Before {
  bool operator()(const ModeTable::Item& item, std::string_view key) const {
    return item.first < key;
  }
};

// One pass over both tables, as both are sorted.
template <class Choose>
FieldModes merged(const FieldModes& a, const FieldModes& b, Choose choose) {
  ModeTable::Items items;
  items.reserve(a.named.size() + b.named.size());
  auto x = a.named.begin();
  auto y = b.named.begin();
  while (x != a.named.end() || y != b.named.end()) {
    bool has_x = x != a.named.end() && (y == b.named.end() || x->first <= y->first);
    bool has_y = y != b.named.end() && (x == a.named.end() || y->first <= x->first);
    const std::string& key = has_x ? x->first : y->first;
    items.emplace_back(key, choose(has_x ? x->second : a.fallback, has_y ? y->second : b.fallback));
    if (has_x) ++x;
    if (has_y) ++y;
  }
  return {.fallback = choose(a.fallback, b.fallback), .named = ModeTable(std::move(items))};
}

}  // namespace

ModeTable::ModeTable(std::initializer_list<Item> items) {
  for (const Item& item : items) emplace(item.first, item.second);
}

const ModeTable::Items& ModeTable::items() const {
  static const Items kNone;
  return items_ ? *items_ : kNone;
}

ModeTable::Items& ModeTable::own() {
  if (!items_) items_ = std::make_shared<Items>();
  else if (items_.use_count() > 1) items_ = std::make_shared<Items>(*items_);
  return *items_;
}

const FieldMode* ModeTable::find(std::string_view key) const {
  const Items& all = items();
  auto at = std::lower_bound(all.begin(), all.end(), key, Before{});
  return at != all.end() && at->first == key ? &at->second : nullptr;
}

FieldMode& ModeTable::operator[](std::string_view key) {
  Items& all = own();
  auto at = std::lower_bound(all.begin(), all.end(), key, Before{});
  if (at == all.end() || at->first != key) {
    at = all.emplace(at, std::string(key), FieldMode::Hidden);
  }
  return at->second;
}

void ModeTable::emplace(std::string_view key, FieldMode mode) {
  if (!contains(key)) (*this)[key] = mode;
}

FieldMode FieldModes::of(std::string_view field) const {
  const FieldMode* found = named.find(field);
  return found == nullptr ? fallback : *found;
}

const FieldModes& FieldModes::in(std::string_view state) const {
  if (!by_state) return *this;
  auto found = std::ranges::find(*by_state, state, &StateModes::state);
  return found == by_state->end() ? *this : found->modes;
}

FieldMode FieldModes::highest(std::string_view field) const {
  FieldMode most = of(field);
  if (!by_state) return most;
  for (const StateModes& one : *by_state) most = std::max(most, one.modes.of(field));
  return most;
}

void raise(FieldModes& into, const FieldModes& more) {
  into = merged(into, more, [](FieldMode a, FieldMode b) { return std::max(a, b); });
}

void lower(FieldModes& into, const FieldModes& other) {
  into = merged(into, other, [](FieldMode a, FieldMode b) { return std::min(a, b); });
}

void cap(FieldModes& modes, FieldMode most) {
  FieldModes all{.fallback = most};
  lower(modes, all);
}

}  // namespace anlan::access
