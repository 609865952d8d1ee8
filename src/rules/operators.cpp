// + - * / and negation over all types (DMN 1.5, tables 57 to 61).

#include "rules/evaluator.h"

namespace anlan::rules {

namespace {

Value number(Evaluator& evaluator, std::optional<Decimal> result) {
  return result ? Value(*result) : evaluator.fail("an operation on numbers has no result");
}

template <class T>
Value some(Evaluator& evaluator, std::optional<T> result) {
  return result ? Value(std::move(*result)) : evaluator.fail("a date or duration out of range");
}

std::optional<DateTime> plus_months(const DateTime& at, const MonthsDuration& by,
                                    const Zones* zones) {
  auto date = add(at.date, by);
  if (!date) return std::nullopt;
  DateTime out{*date, at.time};
  resolve_zone(out, zones);
  return out;
}

// A point in time plus or minus a duration; null where the pair is no such thing.
std::optional<Value> shifted(Evaluator& evaluator, const Value& at, const Value& by, bool back) {
  const Zones* zones = evaluator.environment().zones;
  if (auto* months = by.as_months()) {
    MonthsDuration signed_months{back ? -months->months : months->months};
    if (at.as_date()) return some(evaluator, add(*at.as_date(), signed_months));
    if (at.as_date_time()) {
      return some(evaluator, plus_months(*at.as_date_time(), signed_months, zones));
    }
    return std::nullopt;
  }
  if (by.as_days() == nullptr) return std::nullopt;
  DaysDuration days = back ? negated(*by.as_days()) : *by.as_days();
  if (at.as_time()) return Value(add(*at.as_time(), days));
  if (at.as_date_time()) return some(evaluator, add(*at.as_date_time(), days, zones));
  if (at.as_date()) {
    auto moved = add(at_midnight(*at.as_date()), days, zones);
    return some(evaluator, moved.transform([](const DateTime& value) { return value.date; }));
  }
  return std::nullopt;
}

std::optional<Decimal> seconds_of(const DaysDuration& d) {
  return Decimal::add(Decimal(d.seconds), Decimal::of(d.nanoseconds, -9));
}

Value duration_of(Evaluator& evaluator, std::optional<Decimal> seconds) {
  auto whole = seconds ? seconds->rounded(0, Decimal::Round::Floor) : std::nullopt;
  auto rest = whole ? Decimal::subtract(*seconds, *whole) : std::nullopt;
  auto ns = rest ? Decimal::multiply(*rest, Decimal(1'000'000'000)) : std::nullopt;
  if (ns) ns = ns->rounded(0, Decimal::Round::Down);
  auto s = whole ? whole->to_int64() : std::nullopt;
  if (!s || !ns || *s > INT64_MAX / 4 || *s < INT64_MIN / 4) {
    return evaluator.fail("a duration out of range");
  }
  return DaysDuration{*s, static_cast<int32_t>(ns->to_int64().value_or(0))};
}

Value months_of(Evaluator& evaluator, std::optional<Decimal> months) {
  auto whole = months ? months->rounded(0, Decimal::Round::Down) : std::nullopt;
  auto count = whole ? whole->to_int64() : std::nullopt;
  bool fits = count && *count < INT64_MAX / 4 && *count > INT64_MIN / 4;
  return fits ? Value(MonthsDuration{*count}) : evaluator.fail("a duration out of range");
}

Value difference_of_times(Evaluator& evaluator, const Value& a, const Value& b) {
  auto point = [](const Value& v) -> std::optional<DateTime> {
    if (v.as_date()) return at_midnight(*v.as_date(), {.kind = Zone::Kind::Offset});
    return v.as_date_time() ? std::optional(*v.as_date_time()) : std::nullopt;
  };
  if (a.as_time() && b.as_time()) {
    bool zoned = a.as_time()->zone.kind != Zone::Kind::None;
    if (zoned != (b.as_time()->zone.kind != Zone::Kind::None)) {
      return evaluator.fail("only one of two times has a zone");
    }
    return some(evaluator,
                add(since_midnight(*a.as_time()), negated(since_midnight(*b.as_time()))));
  }
  auto x = point(a);
  auto y = point(b);
  if (!x || !y) return evaluator.fail("these two values have no difference");
  bool zoned = x->time.zone.kind != Zone::Kind::None;
  if (zoned != (y->time.zone.kind != Zone::Kind::None)) {
    return evaluator.fail("only one of two dates and times has a zone");
  }
  return some(evaluator, add(since_epoch(*x), negated(since_epoch(*y))));
}

}  // namespace

Value add(Evaluator& evaluator, const Value& a, const Value& b) {
  if (a.as_number() && b.as_number()) {
    return number(evaluator, Decimal::add(*a.as_number(), *b.as_number()));
  }
  if (a.as_string() && b.as_string()) return evaluator.bounded(*a.as_string() + *b.as_string());
  if (a.as_days() && b.as_days()) return some(evaluator, add(*a.as_days(), *b.as_days()));
  if (a.as_months() && b.as_months()) {
    auto sum = Decimal::add(Decimal(a.as_months()->months), Decimal(b.as_months()->months));
    return months_of(evaluator, sum);
  }
  if (auto out = shifted(evaluator, a, b, false)) return *out;
  if (auto out = shifted(evaluator, b, a, false)) return *out;
  return evaluator.fail("these two values have no sum");
}

Value subtract(Evaluator& evaluator, const Value& a, const Value& b) {
  if (a.as_number() && b.as_number()) {
    return number(evaluator, Decimal::subtract(*a.as_number(), *b.as_number()));
  }
  if (a.as_days() && b.as_days()) return some(evaluator, add(*a.as_days(), negated(*b.as_days())));
  if (a.as_months() && b.as_months()) {
    return months_of(evaluator, Decimal::subtract(Decimal(a.as_months()->months),
                                                  Decimal(b.as_months()->months)));
  }
  if (auto out = shifted(evaluator, a, b, true)) return *out;
  return difference_of_times(evaluator, a, b);
}

Value multiply(Evaluator& evaluator, const Value& a, const Value& b) {
  if (a.as_number() && b.as_number()) {
    return number(evaluator, Decimal::multiply(*a.as_number(), *b.as_number()));
  }
  if (a.as_number() && !b.as_number()) return multiply(evaluator, b, a);
  if (a.as_days() && b.as_number()) {
    auto seconds = seconds_of(*a.as_days());
    return duration_of(evaluator,
                       seconds ? Decimal::multiply(*seconds, *b.as_number()) : std::nullopt);
  }
  if (a.as_months() && b.as_number()) {
    return months_of(evaluator, Decimal::multiply(Decimal(a.as_months()->months), *b.as_number()));
  }
  return evaluator.fail("these two values have no product");
}

Value divide(Evaluator& evaluator, const Value& a, const Value& b) {
  if (a.as_number() && b.as_number()) {
    return number(evaluator, Decimal::divide(*a.as_number(), *b.as_number()));
  }
  if (a.as_days()) {
    auto seconds = seconds_of(*a.as_days());
    auto other = b.as_days() ? seconds_of(*b.as_days()) : std::nullopt;
    if (seconds && other) return number(evaluator, Decimal::divide(*seconds, *other));
    if (seconds && b.as_number()) {
      return duration_of(evaluator, Decimal::divide(*seconds, *b.as_number()));
    }
  }
  if (a.as_months()) {
    Decimal months(a.as_months()->months);
    if (b.as_months()) {
      return number(evaluator, Decimal::divide(months, Decimal(b.as_months()->months)));
    }
    if (b.as_number()) return months_of(evaluator, Decimal::divide(months, *b.as_number()));
  }
  return evaluator.fail("these two values have no quotient");
}

Value negate(Evaluator& evaluator, const Value& a) {
  if (a.as_number()) return a.as_number()->negated();
  if (a.as_days()) return negated(*a.as_days());
  if (a.as_months()) return MonthsDuration{-a.as_months()->months};
  return evaluator.fail("only numbers and durations have a negative");
}

}  // namespace anlan::rules
