#include "rules/properties.h"

#include "rules/function.h"

namespace anlan::rules {

namespace {

using Maybe = std::optional<Value>;

Maybe of_date(const Date& date, std::string_view name) {
  if (name == "year") return Value(int64_t{date.year});
  if (name == "month") return Value(int64_t{date.month});
  if (name == "day") return Value(int64_t{date.day});
  if (name == "weekday") return Value(int64_t{weekday(date)});
  return std::nullopt;
}

Maybe of_time(const Time& time, std::string_view name) {
  int64_t second = time.second_of_day;
  if (name == "hour") return Value(second / 3600);
  if (name == "minute") return Value(second / 60 % 60);
  if (name == "second") return Value(second % 60);
  if (name == "time offset" || name == "offset") {
    if (time.zone.kind == Zone::Kind::None) return Value();
    return Value(DaysDuration::of_seconds(time.zone.offset_seconds));
  }
  if (name == "timezone") {
    return time.zone.kind == Zone::Kind::Named ? Value(time.zone.name) : Value();
  }
  return std::nullopt;
}

// Parts of a negative duration are all negative.
Maybe of_days(const DaysDuration& duration, std::string_view name) {
  bool below = duration.seconds < 0;
  DaysDuration size = below ? negated(duration) : duration;
  int64_t sign = below ? -1 : 1;
  if (name == "days") return Value(sign * (size.seconds / kDaySeconds));
  if (name == "hours") return Value(sign * (size.seconds / 3600 % 24));
  if (name == "minutes") return Value(sign * (size.seconds / 60 % 60));
  if (name == "seconds") return Value(sign * (size.seconds % 60));
  return std::nullopt;
}

Maybe of_months(const MonthsDuration& duration, std::string_view name) {
  if (name == "years") return Value(duration.months / 12);
  if (name == "months") return Value(duration.months % 12);
  return std::nullopt;
}

Maybe of_range(const Range& range, std::string_view name) {
  if (name == "start") return range.low;
  if (name == "end") return range.high;
  if (name == "start included") return Value(range.is_low_closed);
  if (name == "end included") return Value(range.is_high_closed);
  return std::nullopt;
}

}  // namespace

std::optional<Value> property_of(const Value& value, std::string_view name) {
  if (auto* date = value.as_date()) return of_date(*date, name);
  if (auto* time = value.as_time()) return of_time(*time, name);
  if (auto* both = value.as_date_time()) {
    auto out = of_date(both->date, name);
    return out ? out : of_time(both->time, name);
  }
  if (auto* days = value.as_days()) return of_days(*days, name);
  if (auto* months = value.as_months()) return of_months(*months, name);
  if (auto* range = value.as_range()) return of_range(*range, name);
  return std::nullopt;
}

}  // namespace anlan::rules
