#include "rules/temporal.h"

#include <algorithm>

#include "rules/zones.h"

namespace anlan::rules {

namespace {

__extension__ typedef __int128 Wide;
constexpr int64_t kBillion = 1'000'000'000;

Wide nanoseconds_of(const DaysDuration& d) {
  return static_cast<Wide>(d.seconds) * kBillion + d.nanoseconds;
}

std::optional<DaysDuration> from_nanoseconds(Wide ns) {
  Wide seconds = ns / kBillion;
  Wide rest = ns % kBillion;
  if (rest < 0) {
    rest += kBillion;
    --seconds;
  }
  if (seconds > INT64_MAX / 4 || seconds < INT64_MIN / 4) return std::nullopt;
  return DaysDuration{static_cast<int64_t>(seconds), static_cast<int32_t>(rest)};
}

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

int64_t local_seconds(const DateTime& value) {
  return days_from_date(value.date) * kDaySeconds + value.time.second_of_day;
}

}  // namespace

bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month == 2 && is_leap(year)) return 29;
  return kDays[month - 1];
}

// Years are counted from March, so that the leap day is the last day of a year.
int64_t days_from_date(const Date& date) {
  int64_t year = date.year - (date.month <= 2);
  int64_t era = floor_div(year, 400);
  int64_t year_of_era = year - era * 400;
  int64_t month = (date.month + 9) % 12;
  int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

std::optional<Date> date_from_days(int64_t days) {
  if (days > 366LL * kYearMax || days < -366LL * kYearMax) return std::nullopt;
  days += 719'468;
  int64_t era = floor_div(days, 146'097);
  int64_t day_of_era = days - era * 146'097;
  int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  int64_t rest = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t month = (5 * rest + 2) / 153;
  int64_t day = rest - (153 * month + 2) / 5 + 1;
  int64_t civil_month = month < 10 ? month + 3 : month - 9;
  int64_t year = year_of_era + era * 400 + (civil_month <= 2);
  if (year > kYearMax || year < -kYearMax) return std::nullopt;
  return Date{static_cast<int32_t>(year), static_cast<int32_t>(civil_month),
              static_cast<int32_t>(day)};
}

int weekday(const Date& date) {
  int64_t days = days_from_date(date) + 3;  // 1970-01-01 was a Thursday
  return static_cast<int>(days - floor_div(days, 7) * 7) + 1;
}

int day_of_year(const Date& date) {
  return static_cast<int>(days_from_date(date) - days_from_date({date.year, 1, 1})) + 1;
}

// The week belongs to the year that its Thursday lies in.
int week_of_year(const Date& date) {
  int64_t thursday = days_from_date(date) - weekday(date) + 4;
  auto day = date_from_days(thursday);
  return day ? (day_of_year(*day) - 1) / 7 + 1 : 1;
}

DaysDuration since_epoch(const DateTime& value) {
  return {local_seconds(value) - value.time.zone.offset_seconds, value.time.nanoseconds};
}

DaysDuration since_midnight(const Time& value) {
  return {value.second_of_day - value.zone.offset_seconds, value.nanoseconds};
}

std::optional<DateTime> date_time_at(DaysDuration utc, const Zone& zone, const Zones* zones) {
  DateTime out;
  out.time.zone = zone;
  if (zone.kind == Zone::Kind::Named && zones != nullptr) {
    out.time.zone.offset_seconds =
        zones->offset_at_utc(zone.name, utc.seconds).value_or(zone.offset_seconds);
  }
  int64_t local = utc.seconds + out.time.zone.offset_seconds;
  int64_t days = floor_div(local, kDaySeconds);
  auto date = date_from_days(days);
  if (!date) return std::nullopt;
  out.date = *date;
  out.time.second_of_day = static_cast<int32_t>(local - days * kDaySeconds);
  out.time.nanoseconds = utc.nanoseconds;
  return out;
}

std::optional<DaysDuration> add(const DaysDuration& a, const DaysDuration& b) {
  return from_nanoseconds(nanoseconds_of(a) + nanoseconds_of(b));
}

DaysDuration negated(const DaysDuration& a) {
  if (a.nanoseconds == 0) return {-a.seconds, 0};
  return {-a.seconds - 1, static_cast<int32_t>(kBillion) - a.nanoseconds};
}

std::optional<DateTime> add(const DateTime& a, const DaysDuration& b, const Zones* zones) {
  auto sum = add(since_epoch(a), b);
  if (!sum) return std::nullopt;
  return date_time_at(*sum, a.time.zone, zones);
}

std::optional<Date> add(const Date& a, const MonthsDuration& b) {
  if (b.months > 24LL * kYearMax || b.months < -24LL * kYearMax) return std::nullopt;
  int64_t months = static_cast<int64_t>(a.year) * 12 + a.month - 1 + b.months;
  int64_t year = floor_div(months, 12);
  if (year > kYearMax || year < -kYearMax) return std::nullopt;
  int month = static_cast<int>(months - year * 12) + 1;
  return Date{static_cast<int32_t>(year), month, std::min(a.day, days_in_month(year, month))};
}

Time add(const Time& a, const DaysDuration& b) {
  constexpr Wide kDay = static_cast<Wide>(kDaySeconds) * kBillion;
  Wide ns = static_cast<Wide>(a.second_of_day) * kBillion + a.nanoseconds + nanoseconds_of(b);
  ns %= kDay;
  if (ns < 0) ns += kDay;
  Time out = a;
  out.second_of_day = static_cast<int32_t>(ns / kBillion);
  out.nanoseconds = static_cast<int32_t>(ns % kBillion);
  return out;
}

MonthsDuration months_between(const DateTime& from, const DateTime& to) {
  int64_t months =
      (static_cast<int64_t>(to.date.year) - from.date.year) * 12 + to.date.month - from.date.month;
  if (months > 0 && to.date.day < from.date.day) --months;
  if (months < 0 && to.date.day > from.date.day) ++months;
  return {months};
}

DateTime at_midnight(const Date& date, Zone zone) {
  return {date, {.second_of_day = 0, .nanoseconds = 0, .zone = std::move(zone)}};
}

void resolve_zone(DateTime& value, const Zones* zones) {
  if (value.time.zone.kind != Zone::Kind::Named || zones == nullptr) return;
  auto offset = zones->offset_at_local(value.time.zone.name, local_seconds(value));
  value.time.zone.offset_seconds = offset.value_or(0);
}

}  // namespace anlan::rules
