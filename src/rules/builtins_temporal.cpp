// Dates, times and durations (DMN 1.5, 10.3.4.1, 10.3.4.7, 10.3.4.8 and 10.3.4.12).

#include <array>

#include "rules/builtins.h"
#include "rules/evaluator.h"

namespace anlan::rules {

namespace {

using Arguments = std::span<const Value>;

const Zone kUtc{.kind = Zone::Kind::Offset};

template <class T>
Value or_null(Evaluator& evaluator, std::optional<T> out) {
  return out ? Value(std::move(*out)) : evaluator.fail("a text that is no date, time or duration");
}

const Date& date_of(const Value& value) {
  return value.as_date() ? *value.as_date() : value.as_date_time()->date;
}

Value date_from_text(Evaluator& evaluator, Arguments a) {
  return or_null(evaluator, parse_date(*a[0].as_string()));
}
Value date_from_date(Evaluator&, Arguments a) { return date_of(a[0]); }

// A whole number in the range, or nothing.
std::optional<int32_t> whole(const Value& value, int64_t least, int64_t most) {
  auto n = value.as_number() ? value.as_number()->to_int64() : std::nullopt;
  if (!n || *n < least || *n > most) return std::nullopt;
  return static_cast<int32_t>(*n);
}

Value date_from_parts(Evaluator& evaluator, Arguments a) {
  auto year = whole(a[0], -kYearMax, kYearMax);
  auto month = whole(a[1], 1, 12);
  auto day = whole(a[2], 1, year && month ? days_in_month(*year, *month) : 0);
  if (!year || !month || !day) return evaluator.fail("a date that does not exist");
  return Date{*year, *month, *day};
}

Value time_from_text(Evaluator& evaluator, Arguments a) {
  return or_null(evaluator, parse_time(*a[0].as_string(), evaluator.environment().zones));
}

Value time_from_time(Evaluator&, Arguments a) {
  if (a[0].as_time()) return a[0];
  if (a[0].as_date_time()) return a[0].as_date_time()->time;
  return Time{.zone = kUtc};
}

Value time_from_parts(Evaluator& evaluator, Arguments a) {
  auto hour = whole(a[0], 0, 23);
  auto minute = whole(a[1], 0, 59);
  const Decimal& second = *a[2].as_number();
  auto whole_second = second.rounded(0, Decimal::Round::Floor);
  if (!hour || !minute || second.is_negative() || second >= Decimal(60) || !whole_second) {
    return evaluator.fail("a time that does not exist");
  }
  Time out;
  out.second_of_day = static_cast<int32_t>(*hour * 3600 + *minute * 60);
  out.second_of_day += static_cast<int32_t>(whole_second->to_int64().value_or(0));
  auto rest = Decimal::subtract(second, *whole_second);
  auto ns = rest ? Decimal::multiply(*rest, Decimal(1'000'000'000)) : std::nullopt;
  if (ns) ns = ns->rounded(0, Decimal::Round::Down);
  out.nanoseconds = static_cast<int32_t>(ns ? ns->to_int64().value_or(0) : 0);
  if (a.size() > 3 && !a[3].is_null()) {
    int64_t offset = a[3].as_days()->seconds;
    if (offset > 18 * 3600 || offset < -18 * 3600) return evaluator.fail("an offset out of range");
    out.zone = {.kind = Zone::Kind::Offset, .offset_seconds = static_cast<int32_t>(offset)};
  }
  return out;
}

Value date_time_from_text(Evaluator& evaluator, Arguments a) {
  return or_null(evaluator, parse_date_time(*a[0].as_string(), evaluator.environment().zones));
}

Value date_time_from_date(Evaluator&, Arguments a) {
  return a[0].as_date() ? Value(at_midnight(*a[0].as_date())) : a[0];
}

Value date_time_from_both(Evaluator& evaluator, Arguments a) {
  if (a[1].as_time() == nullptr) return evaluator.fail("date and time needs a date and a time");
  DateTime out{.date = date_of(a[0]), .time = *a[1].as_time()};
  resolve_zone(out, evaluator.environment().zones);
  return out;
}

Value duration_from_text(Evaluator& evaluator, Arguments a) {
  if (auto days = parse_days_duration(*a[0].as_string())) return *days;
  return or_null(evaluator, parse_months_duration(*a[0].as_string()));
}
Value duration_from_duration(Evaluator& evaluator, Arguments a) {
  bool is_duration = a[0].as_days() || a[0].as_months();
  return is_duration ? a[0] : evaluator.fail("a value that is no duration");
}

Value months_from_to(Evaluator&, Arguments a) {
  auto point = [](const Value& v) {
    return v.as_date() ? at_midnight(*v.as_date()) : *v.as_date_time();
  };
  return months_between(point(a[0]), point(a[1]));
}

Value now(Evaluator& evaluator, Arguments) {
  const Environment& environment = evaluator.environment();
  Value utc(environment.now);
  Zone zone{.kind = Zone::Kind::Offset, .offset_seconds = environment.utc_offset_seconds};
  auto local = date_time_at(since_epoch(*utc.as_date_time()), zone, nullptr);
  return or_null(evaluator, local);
}

Value today(Evaluator& evaluator, Arguments a) {
  Value at = now(evaluator, a);
  return at.as_date_time() ? Value(at.as_date_time()->date) : Value();
}

Value nth_day(Evaluator&, Arguments a) { return int64_t{day_of_year(date_of(a[0]))}; }
Value nth_week(Evaluator&, Arguments a) { return int64_t{week_of_year(date_of(a[0]))}; }

Value day_name(Evaluator&, Arguments a) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
  return kNames[static_cast<std::size_t>(weekday(date_of(a[0])) - 1)];
}

Value month_name(Evaluator&, Arguments a) {
  static constexpr std::array<std::string_view, 12> kNames = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  return kNames[static_cast<std::size_t>(date_of(a[0]).month - 1)];
}

// @"...": whatever the text is (DMN 1.5, 10.3.2.3.3).
Value at_literal(Evaluator& evaluator, Arguments a) {
  const std::string& text = *a[0].as_string();
  if (auto date = parse_date(text)) return *date;
  if (auto time = parse_time(text, evaluator.environment().zones)) return *time;
  if (auto both = parse_date_time(text, evaluator.environment().zones)) return *both;
  return duration_from_text(evaluator, a);
}

constexpr std::array kRows = {
    Builtin{"date", "from:s", date_from_text},
    Builtin{"date", "from:d", date_from_date},
    Builtin{"date", "year:n,month:n,day:n", date_from_parts},
    Builtin{"time", "from:s", time_from_text},
    Builtin{"time", "from:t", time_from_time},
    Builtin{"time", "hour:n,minute:n,second:n,offset?:u0", time_from_parts},
    Builtin{"date and time", "from:s", date_time_from_text},
    Builtin{"date and time", "from:d", date_time_from_date},
    Builtin{"date and time", "date:d,time:t", date_time_from_both},
    Builtin{"duration", "from:s", duration_from_text},
    Builtin{"duration", "from:k", duration_from_duration},
    Builtin{"years and months duration", "from:d,to:d", months_from_to},
    Builtin{"now", "", now},
    Builtin{"today", "", today},
    Builtin{"day of year", "date:d", nth_day},
    Builtin{"day of week", "date:d", day_name},
    Builtin{"month of year", "date:d", month_name},
    Builtin{"week of year", "date:d", nth_week},
    Builtin{"@", "from:s", at_literal},
};

}  // namespace

std::span<const Builtin> temporal_builtins() { return kRows; }

}  // namespace anlan::rules
