// Text forms: XML Schema Part 2, 3.2.6 to 3.2.9, plus @Zone/Name (DMN 1.5, 10.3.2.3.7).

#include <cstdio>
#include <cstdlib>

#include "rules/temporal.h"
#include "rules/zones.h"

namespace anlan::rules {

namespace {

struct Reader {
  std::string_view text;
  std::size_t at = 0;

  bool at_end() const { return at == text.size(); }
  char peek() const { return at_end() ? '\0' : text[at]; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at;
    return true;
  }
  // A run of digits with a length in [least, most].
  std::optional<int64_t> number(std::size_t least, std::size_t most) {
    std::size_t from = at;
    int64_t value = 0;
    while (!at_end() && peek() >= '0' && peek() <= '9' && at - from < most) {
      value = value * 10 + (text[at++] - '0');
    }
    if (at - from < least) return std::nullopt;
    return value;
  }
  std::optional<int64_t> two() { return number(2, 2); }
};

// Digits after the point, to nanoseconds; further digits are read and dropped.
std::optional<int32_t> read_fraction(Reader& in) {
  int32_t ns = 0;
  int count = 0;
  for (; in.peek() >= '0' && in.peek() <= '9'; ++in.at, ++count) {
    if (count < 9) ns = ns * 10 + (in.peek() - '0');
  }
  if (count == 0) return std::nullopt;
  for (; count < 9; ++count) ns *= 10;
  return ns;
}

std::optional<Date> read_date(Reader& in) {
  bool below = in.take('-');
  std::size_t from = in.at;
  auto year = in.number(4, 9);
  if (!year || (in.at - from > 4 && in.text[from] == '0') || !in.take('-')) return std::nullopt;
  auto month = in.two();
  if (!month || *month < 1 || *month > 12 || !in.take('-')) return std::nullopt;
  auto day = in.two();
  int64_t signed_year = below ? -*year : *year;
  if (!day || *day < 1 || *day > days_in_month(signed_year, static_cast<int>(*month))) {
    return std::nullopt;
  }
  return Date{static_cast<int32_t>(signed_year), static_cast<int32_t>(*month),
              static_cast<int32_t>(*day)};
}

std::optional<Zone> read_zone(Reader& in, const Zones* zones) {
  if (in.at_end()) return Zone{};
  if (in.take('Z')) {
    return in.at_end() ? std::optional(Zone{.kind = Zone::Kind::Offset}) : std::nullopt;
  }
  if (in.take('@')) {
    std::string name(in.text.substr(in.at));
    in.at = in.text.size();
    bool known = name == "Etc/UTC" || name == "UTC" || (zones != nullptr && zones->has(name));
    if (!known) return std::nullopt;
    return Zone{.kind = Zone::Kind::Named, .offset_seconds = 0, .name = std::move(name)};
  }
  bool below = in.peek() == '-';
  if (!in.take('+') && !in.take('-')) return std::nullopt;
  auto hours = in.two();
  if (!hours || *hours > 18 || !in.take(':')) return std::nullopt;
  auto minutes = in.two();
  if (!minutes || *minutes > 59) return std::nullopt;
  int64_t seconds = 0;
  if (in.take(':')) {
    auto rest = in.two();
    if (!rest || *rest > 59) return std::nullopt;
    seconds = *rest;
  }
  int64_t offset = *hours * 3600 + *minutes * 60 + seconds;
  if (!in.at_end() || offset > 18 * 3600) return std::nullopt;
  return Zone{.kind = Zone::Kind::Offset,
              .offset_seconds = static_cast<int32_t>(below ? -offset : offset)};
}

// 24:00:00 is allowed by XML Schema and is reported by a second of day of 86,400.
std::optional<Time> read_time(Reader& in, const Zones* zones) {
  auto hour = in.two();
  if (!hour || !in.take(':')) return std::nullopt;
  auto minute = in.two();
  if (!minute || *minute > 59 || !in.take(':')) return std::nullopt;
  auto second = in.two();
  if (!second || *second > 59) return std::nullopt;
  Time out;
  out.second_of_day = static_cast<int32_t>(*hour * 3600 + *minute * 60 + *second);
  if (in.take('.')) {
    auto fraction = read_fraction(in);
    if (!fraction) return std::nullopt;
    out.nanoseconds = *fraction;
  }
  bool whole_day = out.second_of_day == kDaySeconds && out.nanoseconds == 0;
  if (*hour > 23 && !whole_day) return std::nullopt;
  auto zone = read_zone(in, zones);
  if (!zone) return std::nullopt;
  out.zone = *zone;
  return out;
}

std::string padded(int64_t value, int width) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%0*lld", width, static_cast<long long>(value));
  return buffer;
}

std::string fraction_text(int32_t ns) {
  if (ns == 0) return {};
  std::string out = padded(ns, 9);
  out.erase(out.find_last_not_of('0') + 1);
  return "." + out;
}

std::string zone_text(const Zone& zone) {
  if (zone.kind == Zone::Kind::None) return {};
  if (zone.kind == Zone::Kind::Named) return "@" + zone.name;
  if (zone.offset_seconds == 0) return "Z";
  int32_t rest = std::abs(zone.offset_seconds);
  std::string out = zone.offset_seconds < 0 ? "-" : "+";
  out += padded(rest / 3600, 2) + ":" + padded(rest / 60 % 60, 2);
  if (rest % 60 != 0) out += ":" + padded(rest % 60, 2);
  return out;
}

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
  Reader in{text};
  auto out = read_date(in);
  return in.at_end() ? out : std::nullopt;
}

std::optional<Time> parse_time(std::string_view text, const Zones* zones) {
  Reader in{text};
  auto out = read_time(in, zones);
  if (!out) return std::nullopt;
  if (out->second_of_day == kDaySeconds) out->second_of_day = 0;
  DateTime today{.date = {}, .time = *out};
  resolve_zone(today, zones);
  return today.time;
}

std::optional<DateTime> parse_date_time(std::string_view text, const Zones* zones) {
  Reader in{text};
  auto date = read_date(in);
  if (!date) return std::nullopt;
  DateTime out{.date = *date, .time = {}};
  if (in.at_end()) return out;
  if (!in.take('T')) return std::nullopt;
  auto time = read_time(in, zones);
  if (!time) return std::nullopt;
  out.time = *time;
  if (time->second_of_day == kDaySeconds) {
    auto next = date_from_days(days_from_date(*date) + 1);
    if (!next) return std::nullopt;
    out.date = *next;
    out.time.second_of_day = 0;
  }
  resolve_zone(out, zones);
  return out;
}

std::optional<DaysDuration> parse_days_duration(std::string_view text) {
  Reader in{text};
  bool below = in.take('-');
  if (!in.take('P')) return std::nullopt;
  DaysDuration out;
  bool any = false;
  bool in_time = false;
  char last = '\0';
  while (!in.at_end()) {
    if (!in_time && in.take('T')) {
      in_time = true;
      any = false;
      continue;
    }
    auto number = in.number(1, 15);
    if (!number) return std::nullopt;
    if (in.take('.')) {
      out.nanoseconds = read_fraction(in).value_or(0);  // "PT0.S" is read too
      if (in.peek() != 'S') return std::nullopt;
    }
    char unit = in.peek();
    int64_t scale = 0;
    if (!in_time && unit == 'D' && last == '\0') scale = kDaySeconds;
    if (in_time && unit == 'H' && last != 'H' && last != 'M') scale = 3600;
    if (in_time && unit == 'M' && last != 'M') scale = 60;
    if (in_time && unit == 'S') scale = 1;
    if (scale == 0 || last == 'S' || *number > INT64_MAX / 8 / scale) return std::nullopt;
    out.seconds += *number * scale;
    last = unit;
    any = true;
    ++in.at;
  }
  if (!any) return std::nullopt;
  return below ? negated(out) : out;
}

std::optional<MonthsDuration> parse_months_duration(std::string_view text) {
  Reader in{text};
  bool below = in.take('-');
  if (!in.take('P') || in.at_end()) return std::nullopt;
  int64_t months = 0;
  auto number = in.number(1, 15);
  if (!number) return std::nullopt;
  if (in.take('Y')) {
    months = *number * 12;
    if (!in.at_end()) {
      number = in.number(1, 15);
      if (!number || !in.take('M')) return std::nullopt;
      months += *number;
    }
  } else if (in.take('M')) {
    months = *number;
  } else {
    return std::nullopt;
  }
  if (!in.at_end()) return std::nullopt;
  return MonthsDuration{below ? -months : months};
}

std::string text_of(const Date& value) {
  std::string year = padded(std::abs(static_cast<int64_t>(value.year)), 4);
  return (value.year < 0 ? "-" : "") + year + "-" + padded(value.month, 2) + "-" +
         padded(value.day, 2);
}

std::string text_of(const Time& value) {
  int32_t s = value.second_of_day;
  return padded(s / 3600, 2) + ":" + padded(s / 60 % 60, 2) + ":" + padded(s % 60, 2) +
         fraction_text(value.nanoseconds) + zone_text(value.zone);
}

std::string text_of(const DateTime& value) {
  return text_of(value.date) + "T" + text_of(value.time);
}

std::string text_of(const DaysDuration& value) {
  if (value == DaysDuration{}) return "PT0S";
  bool below = value.seconds < 0;
  DaysDuration d = below ? negated(value) : value;
  std::string out = below ? "-P" : "P";
  int64_t s = d.seconds;
  if (s >= kDaySeconds) out += std::to_string(s / kDaySeconds) + "D";
  s %= kDaySeconds;
  if (s == 0 && d.nanoseconds == 0) return out;
  out += "T";
  if (s >= 3600) out += std::to_string(s / 3600) + "H";
  if (s / 60 % 60 != 0) out += std::to_string(s / 60 % 60) + "M";
  if (s % 60 != 0 || d.nanoseconds != 0) {
    out += std::to_string(s % 60) + fraction_text(d.nanoseconds) + "S";
  }
  return out;
}

std::string text_of(const MonthsDuration& value) {
  if (value.months == 0) return "P0M";
  int64_t months = std::abs(value.months);
  std::string out = value.months < 0 ? "-P" : "P";
  if (months >= 12) out += std::to_string(months / 12) + "Y";
  if (months % 12 != 0) out += std::to_string(months % 12) + "M";
  return out;
}

}  // namespace anlan::rules
