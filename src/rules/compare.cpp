// Equality and order of FEEL values (DMN 1.5, 10.3.2.13 and table 49).

#include "rules/evaluator.h"

namespace anlan::rules {

namespace {

template <class T>
std::optional<std::strong_ordering> ordered(const T* a, const T* b) {
  if (a == nullptr || b == nullptr) return std::nullopt;
  return *a <=> *b;
}

bool is_zoned(const Zone& zone) { return zone.kind != Zone::Kind::None; }

// DMN 1.5, 10.3.2.3.4 and table 41: the value of a time is whole seconds, so `=` does not see
// fractions. `<` and its like, and is(), do.
bool same_second(const Time& a, const Time& b) {
  return is_zoned(a.zone) == is_zoned(b.zone) &&
         since_midnight(a).seconds == since_midnight(b).seconds;
}

bool same_second(const DateTime& a, const DateTime& b) {
  return is_zoned(a.time.zone) == is_zoned(b.time.zone) &&
         since_epoch(a).seconds == since_epoch(b).seconds;
}

}  // namespace

std::optional<std::strong_ordering> Evaluator::compare(const Value& a, const Value& b) {
  using Kind = Value::Kind;
  if (a.kind() != b.kind()) {
    auto one = [](const Value& v) {
      return v.as_date() ? Value(at_midnight(*v.as_date(), {.kind = Zone::Kind::Offset})) : v;
    };
    bool dates =
        (a.is(Kind::Date) && b.is(Kind::DateTime)) || (a.is(Kind::DateTime) && b.is(Kind::Date));
    return dates ? compare(one(a), one(b)) : std::nullopt;
  }
  switch (a.kind()) {
    case Kind::Number: return ordered(a.as_number(), b.as_number());
    case Kind::String: return ordered(a.as_string(), b.as_string());
    case Kind::Date: return ordered(a.as_date(), b.as_date());
    case Kind::DaysDuration: return ordered(a.as_days(), b.as_days());
    case Kind::MonthsDuration: return ordered(a.as_months(), b.as_months());
    case Kind::Time:
      if (is_zoned(a.as_time()->zone) != is_zoned(b.as_time()->zone)) return std::nullopt;
      return since_midnight(*a.as_time()) <=> since_midnight(*b.as_time());
    case Kind::DateTime:
      if (is_zoned(a.as_date_time()->time.zone) != is_zoned(b.as_date_time()->time.zone)) {
        return std::nullopt;
      }
      return since_epoch(*a.as_date_time()) <=> since_epoch(*b.as_date_time());
    default: return std::nullopt;
  }
}

std::optional<bool> Evaluator::equal(const Value& a, const Value& b) {
  using Kind = Value::Kind;
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  if (!step()) return std::nullopt;
  if (a.kind() != b.kind()) {
    // A list of one item is that item.
    const List* list = a.as_list() != nullptr ? a.as_list() : b.as_list();
    if (list == nullptr || list->size() != 1) return std::nullopt;
    return a.as_list() != nullptr ? equal(list->front(), b) : equal(a, list->front());
  }
  switch (a.kind()) {
    case Kind::Boolean: return a.is_true() == b.is_true();
    case Kind::List: return equal_lists(*a.as_list(), *b.as_list());
    case Kind::Context: return equal_contexts(*a.as_context(), *b.as_context());
    case Kind::Range: {
      const Range& x = *a.as_range();
      const Range& y = *b.as_range();
      if (x.is_comparison != y.is_comparison) return false;
      if (x.is_low_closed != y.is_low_closed || x.is_high_closed != y.is_high_closed) return false;
      return equal(x.low, y.low).value_or(false) && equal(x.high, y.high).value_or(false);
    }
    case Kind::Function: return a.as_function() == b.as_function();
    case Kind::Time: return same_second(*a.as_time(), *b.as_time());
    case Kind::DateTime: return same_second(*a.as_date_time(), *b.as_date_time());
    default: {
      auto order = compare(a, b);
      if (!order) return std::nullopt;
      return *order == 0;
    }
  }
}

std::optional<bool> Evaluator::equal_lists(const List& a, const List& b) {
  if (a.size() != b.size()) return false;
  if (&a == &b) return true;
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto same = equal(a[i], b[i]);
    if (!same || !*same) return same;
  }
  return true;
}

std::optional<bool> Evaluator::equal_contexts(const Context& a, const Context& b) {
  if (a.size() != b.size()) return false;
  if (&a == &b) return true;
  for (const auto& [name, value] : a.entries()) {
    const Value* other = b.find(name);
    if (other == nullptr) return false;
    auto same = equal(value, *other);
    if (!same || !*same) return same;
  }
  return true;
}

bool Evaluator::contains(const List& list, const Value& value) {
  for (const Value& item : list) {
    if (!step()) return false;
    if (equal(item, value).value_or(false) && item.kind() == value.kind()) return true;
  }
  return false;
}

}  // namespace anlan::rules
