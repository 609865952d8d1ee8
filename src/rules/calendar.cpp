#include "rules/calendar.h"

#include <algorithm>

#include "rules/temporal.h"

namespace anlan::rules {

namespace {

constexpr int64_t kDay = Duration::days(1).ns;
constexpr int64_t kDaysMax = 40'000;           // walked by one addition: a hundred years
constexpr std::size_t kHoursMax = 8;           // of one day
constexpr std::size_t kSpecialDaysMax = 4000;  // ten years of holidays have 600
constexpr std::array<std::string_view, 7> kDayNames = {"mon", "tue", "wed", "thu",
                                                       "fri", "sat", "sun"};

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::unexpected<Error> bad(std::string field, std::string why) {
  return refuse(ErrorCode::BadField, std::move(why), std::move(field));
}

// "08:30" to nanoseconds, "24:00" is the end of the day; below zero for what is no time.
int64_t clock_time(std::string_view text) {
  bool is_shaped = text.size() == 5 && text[2] == ':';
  for (std::size_t i : {0U, 1U, 3U, 4U}) {
    is_shaped = is_shaped && text[i] >= '0' && text[i] <= '9';
  }
  if (!is_shaped) return -1;
  int64_t hour = (text[0] - '0') * 10 + (text[1] - '0');
  int64_t minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (minute > 59 || hour * 60 + minute > 24 * 60) return -1;
  return Duration::minutes(hour * 60 + minute).ns;
}

}  // namespace

Result<int64_t> Calendar::parse_zone(const std::string& text) {
  bool is_signed = !text.empty() && (text[0] == '+' || text[0] == '-');
  int64_t offset = is_signed ? clock_time(std::string_view(text).substr(1)) : -1;
  bool is_sane = offset >= 0 && offset <= Duration::hours(18).ns;
  if (!is_sane) return bad("zone", "an offset such as +08:00");
  return text[0] == '-' ? -offset : offset;
}

Result<Calendar::Hours> Calendar::parse_hours(const Json& text) {
  std::string_view both = text.is_text() ? std::string_view(text.as_text()) : std::string_view();
  std::size_t dash = both.find('-');
  int64_t open = clock_time(both.substr(0, dash));
  int64_t close = dash == std::string_view::npos ? -1 : clock_time(both.substr(dash + 1));
  if (open < 0 || open >= close) return bad("week", "hours such as 08:00-12:00");
  return Hours{open, close};
}

Result<void> Calendar::parse_week(const Json& week) {
  if (!week.is_object()) return bad("week", "the hours of each day of the week");
  for (const Json::Member& member : week.as_object()) {
    auto name = std::ranges::find(kDayNames, member.first);
    if (name == kDayNames.end()) return bad("week", "no day is called " + member.first);
    if (!member.second.is_array() || member.second.as_array().size() > kHoursMax) {
      return bad("week", "a list of hours for " + member.first);
    }
    Day& day = week_[static_cast<std::size_t>(name - kDayNames.begin())];
    for (const Json& text : member.second.as_array()) {
      Hours hours = TRY(parse_hours(text));
      if (!day.empty() && hours.open <= day.back().close) {
        return bad("week", "the hours of " + member.first + " must rise");
      }
      day.push_back(hours);
    }
  }
  auto first = std::ranges::find_if(week_, [](const Day& day) { return !day.empty(); });
  if (first == week_.end()) return bad("week", "nobody ever works");
  make_up_ = *first;
  return {};
}

Result<void> Calendar::parse_years(const Json& years) {
  if (years.is_null()) return {};
  if (!years.is_object()) return bad("years", "holidays by year");
  for (const Json::Member& year : years.as_object()) {
    if (year.second.text_or("source", "").empty()) return bad("years", "a year needs its source");
    for (std::string_view list : {"off", "on"}) {
      const Json& days = year.second[list];
      if (days.is_null()) continue;
      if (!days.is_array()) return bad("years", "a list of dates");
      for (const Json& text : days.as_array()) {
        auto date = text.is_text() ? parse_date(text.as_text()) : std::nullopt;
        bool is_of_year = date && std::to_string(date->year) == year.first;
        if (!is_of_year) return bad("years", "a date of " + year.first);
        if (!days_.emplace(days_from_date(*date), list == "on").second) {
          return bad("years", text.as_text() + " stands there twice");
        }
        if (days_.size() > kSpecialDaysMax) return refuse(ErrorCode::LimitReached, {}, "years");
      }
    }
  }
  return {};
}

// "20:00-08:00" runs over midnight.
Result<void> Calendar::parse_shifts(const Json& shifts) {
  if (shifts.is_null()) return {};
  const Json& hours = shifts["hours"];
  if (shifts.text_or("source", "").empty()) return bad("shifts", "the shifts need their source");
  if (!hours.is_object() || hours.as_object().size() > kHoursMax) {
    return bad("shifts", "the hours of each shift by its id");
  }
  for (const Json::Member& member : hours.as_object()) {
    std::string_view both =
        member.second.is_text() ? std::string_view(member.second.as_text()) : "";
    std::size_t dash = both.find('-');
    int64_t open = clock_time(both.substr(0, dash));
    int64_t close = dash == std::string_view::npos ? -1 : clock_time(both.substr(dash + 1));
    bool is_sane = !member.first.empty() && open >= 0 && open < kDay && close >= 0;
    if (!is_sane) return bad("shifts", "hours such as 20:00-08:00 for " + member.first);
    shifts_.push_back({member.first, open, close <= open ? close + kDay : close});
  }
  return {};
}

Result<Calendar> Calendar::parse(const Json& json) {
  Calendar made;
  if (json.text_or("format", "") != "anlan.calendar/1") return bad("format", "anlan.calendar/1");
  made.id_ = json.text_or("id", "");
  if (made.id_.empty() || made.id_ == "24x7") return bad("id", "an id of its own");
  if (json.text_or("source", "").empty()) return bad("source", "where the hours come from");
  made.zone_ = TRY(parse_zone(json.text_or("zone", "")));
  TRY(made.parse_week(json["week"]));
  TRY(made.parse_years(json["years"]));
  TRY(made.parse_shifts(json["shifts"]));
  return made;
}

const Calendar::Day& Calendar::day(int64_t number) const {
  static const Day off;
  auto special = days_.find(number);
  if (special != days_.end()) return special->second ? make_up_ : off;
  // 1970-01-01 was a Thursday.
  int64_t weekday = (number % 7 + 7 + 3) % 7;
  return week_[static_cast<std::size_t>(weekday)];
}

// The closing hour 24:00 is the next day's 0:00: that day has it where it works then.
std::optional<Calendar::Place> Calendar::find(Instant at) const {
  int64_t local = at.ns + zone_;
  int64_t number = floor_div(local, kDay);
  int64_t time = local - number * kDay;
  auto holds = [&](int64_t on, int64_t then) {
    return std::ranges::any_of(
        day(on), [&](const Hours& hours) { return then >= hours.open && then <= hours.close; });
  };
  if (holds(number, time)) return Place{number, time};
  if (time == 0 && holds(number - 1, kDay)) return Place{number - 1, kDay};
  return std::nullopt;
}

bool Calendar::is_working(Instant at) const { return find(at).has_value(); }

Result<Calendar::Place> Calendar::opening(Instant from) const {
  if (auto inside = find(from)) return *inside;
  int64_t local = from.ns + zone_;
  int64_t number = floor_div(local, kDay);
  int64_t time = local - number * kDay;
  for (int64_t walked = 0; walked < kDaysMax; ++walked, ++number, time = 0) {
    for (const Hours& hours : day(number)) {
      if (hours.open >= time) return Place{number, hours.open};
    }
  }
  return refuse(ErrorCode::LimitReached, "the calendar '" + id_ + "' has no working time");
}

// The same time of day; where that day does not work then, the hour it opens next, at last the
// hour it closes.
Result<Calendar::Place> Calendar::add_days(Place from, int64_t count) const {
  for (int64_t walked = 0; count > 0; ++walked) {
    if (walked == kDaysMax) return refuse(ErrorCode::LimitReached, "more than a hundred years");
    ++from.day;
    if (!day(from.day).empty()) --count;
  }
  for (const Hours& hours : day(from.day)) {
    if (from.time <= hours.close) return Place{from.day, std::max(from.time, hours.open)};
  }
  return Place{from.day, day(from.day).back().close};
}

Result<Calendar::Place> Calendar::add_hours(Place from, int64_t rest) const {
  if (rest == 0) return from;
  for (int64_t walked = 0; walked < kDaysMax; ++walked, ++from.day, from.time = 0) {
    for (const Hours& hours : day(from.day)) {
      int64_t begin = std::max(from.time, hours.open);
      if (begin >= hours.close) continue;
      if (rest <= hours.close - begin) return Place{from.day, begin + rest};
      rest -= hours.close - begin;
    }
  }
  return refuse(ErrorCode::LimitReached, "more than a hundred years");
}

Result<Instant> Calendar::after(Instant from, Duration length) const {
  Place at = TRY(opening(from));
  if (length.ns / kDay > kDaysMax) return refuse(ErrorCode::LimitReached, "over a hundred years");
  if (length.ns >= kDay) at = TRY(add_days(at, length.ns / kDay));
  at = TRY(add_hours(at, length.ns % kDay));
  constexpr int64_t kLastDay = 106'000;  // in 2260: nanoseconds of 64 bits end soon after
  if (at.day > kLastDay) return refuse(ErrorCode::LimitReached, "a point in time after 2260");
  return Instant{at.day * kDay + at.time - zone_};
}

Result<int64_t> Calendar::workday(int64_t from, int64_t count) const {
  int64_t step = count < 0 ? -1 : 1;
  for (int64_t walked = 0; count != 0; ++walked) {
    if (walked == kDaysMax) return refuse(ErrorCode::LimitReached, "more than a hundred years");
    from += step;
    if (!day(from).empty()) count -= step;
  }
  return from;
}

std::optional<Calendar::Shift> Calendar::shift_at(Instant at) const {
  int64_t local = at.ns + zone_;
  int64_t today = floor_div(local, kDay);
  for (int64_t began : {today, today - 1}) {  // one that began yesterday may still be on
    for (const ShiftHours& hours : shifts_) {
      int64_t time = local - began * kDay;
      if (time < hours.open || time >= hours.close) continue;
      int64_t midnight = began * kDay - zone_;
      return Shift{.id = hours.id,
                   .day = began,
                   .from = Instant{midnight + hours.open},
                   .until = Instant{midnight + hours.close}};
    }
  }
  return std::nullopt;
}

const Calendar* Calendars::find(std::string_view id) const {
  if (id.empty() && calendars_.size() == 1) return &calendars_.begin()->second;
  auto found = calendars_.find(id.empty() ? std::string_view("plant") : id);
  return found == calendars_.end() ? nullptr : &found->second;
}

void Calendars::add(Calendar calendar) {
  std::string id = calendar.id();
  calendars_.insert_or_assign(std::move(id), std::move(calendar));
}

bool Calendars::has(std::string_view id) const {
  return id.empty() || id == "24x7" || calendars_.contains(id);
}

Result<Instant> Calendars::after(std::string_view calendar, Instant from, Duration length) const {
  if (length.ns < 0) return refuse(ErrorCode::BadExpression, "a length below zero");
  if (calendar.empty() || calendar == "24x7") {
    int64_t sum = 0;
    bool is_over = __builtin_add_overflow(from.ns, length.ns, &sum);
    if (is_over) return refuse(ErrorCode::LimitReached, "a point in time after 2260");
    return Instant{sum};
  }
  auto found = calendars_.find(calendar);
  if (found != calendars_.end()) return found->second.after(from, length);
  return refuse(ErrorCode::NotFound, "there is no calendar '" + std::string(calendar) + "'");
}

}  // namespace anlan::rules
