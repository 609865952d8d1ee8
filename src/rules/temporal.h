#pragma once
// Dates, times and durations of FEEL (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.8): the proleptic Gregorian
// calendar for years to +-999,999,999, nanoseconds, offsets and named zones. Pure numbers: zone
// names are resolved by Zones when a time is read, and the offset is kept beside the name.

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace anlan::rules {

class Zones;

struct Date {
  int32_t year = 1970;
  int32_t month = 1;
  int32_t day = 1;

  auto operator<=>(const Date&) const = default;
};

struct Zone {
  enum class Kind { None, Offset, Named };

  Kind kind = Kind::None;
  int32_t offset_seconds = 0;  // for Named too, as it held at the time it belongs to
  std::string name{};

  bool operator==(const Zone&) const = default;
};

struct Time {
  int32_t second_of_day = 0;
  int32_t nanoseconds = 0;
  Zone zone{};
};

struct DateTime {
  Date date{};
  Time time{};
};

struct DaysDuration {
  int64_t seconds = 0;
  int32_t nanoseconds = 0;  // 0..999,999,999, added to seconds also where these are negative

  static DaysDuration of_seconds(int64_t n) { return {n, 0}; }
  auto operator<=>(const DaysDuration&) const = default;
};

struct MonthsDuration {
  int64_t months = 0;
  auto operator<=>(const MonthsDuration&) const = default;
};

inline constexpr int32_t kYearMax = 999'999'999;
inline constexpr int64_t kDaySeconds = 86'400;

bool is_leap(int64_t year);
int days_in_month(int64_t year, int month);
int64_t days_from_date(const Date& date);  // since 1970-01-01
std::optional<Date> date_from_days(int64_t days);
int weekday(const Date& date);  // ISO: Monday 1 to Sunday 7
int day_of_year(const Date& date);
int week_of_year(const Date& date);  // ISO 8601

std::optional<Date> parse_date(std::string_view text);
std::optional<Time> parse_time(std::string_view text, const Zones* zones);
std::optional<DateTime> parse_date_time(std::string_view text, const Zones* zones);
std::optional<DaysDuration> parse_days_duration(std::string_view text);
std::optional<MonthsDuration> parse_months_duration(std::string_view text);

std::string text_of(const Date& value);
std::string text_of(const Time& value);
std::string text_of(const DateTime& value);
std::string text_of(const DaysDuration& value);
std::string text_of(const MonthsDuration& value);

// Seconds since 1970 UTC; a value without a zone is taken as UTC.
DaysDuration since_epoch(const DateTime& value);
DaysDuration since_midnight(const Time& value);
std::optional<DateTime> date_time_at(DaysDuration utc, const Zone& zone, const Zones* zones);

std::optional<DaysDuration> add(const DaysDuration& a, const DaysDuration& b);
DaysDuration negated(const DaysDuration& a);
std::optional<DateTime> add(const DateTime& a, const DaysDuration& b, const Zones* zones);
std::optional<Date> add(const Date& a, const MonthsDuration& b);
Time add(const Time& a, const DaysDuration& b);
// Whole months from one date to the other; the time of day does not count (DMN 1.5, table 75).
MonthsDuration months_between(const DateTime& from, const DateTime& to);
DateTime at_midnight(const Date& date, Zone zone = {});
// The offset a named zone has then; sets zone.offset_seconds.
void resolve_zone(DateTime& value, const Zones* zones);

}  // namespace anlan::rules
