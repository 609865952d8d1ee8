#pragma once
// Working time of a plant: hours of the week, holidays, make-up days (docs/formats/calendar.md).
// Adding is monotone, never lands outside working time, and is plain addition where all hours of
// all days are working time.
//
//   Calendar plant = TRY(Calendar::parse(json));
//   Instant due = TRY(plant.after(now, Duration::days(3)));  // the third working day from now

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "core/time.h"

namespace anlan::rules {

class Calendar {
 public:
  static Result<Calendar> parse(const Json& json);  // BadField names the member

  const std::string& id() const { return id_; }
  // A closing hour counts as working time: a deadline may lie on it.
  bool is_working(Instant at) const;
  // Whole days of the length count working days, the rest counts working hours; what begins
  // outside working time begins when it opens next. LimitReached beyond about a hundred years.
  Result<Instant> after(Instant from, Duration length) const;
  // The day that is `count` working days later, earlier below zero; days are counted from 1970.
  // Zero is the day itself. LimitReached beyond about a hundred years.
  Result<int64_t> workday(int64_t day, int64_t count) const;

  struct Shift {
    std::string id;
    int64_t day = 0;  // since 1970, local: on which it begins
    Instant from{};
    Instant until{};  // the next shift's
  };
  // The shift that is on then; nothing between shifts and for a calendar without any.
  std::optional<Shift> shift_at(Instant at) const;
  bool has_shifts() const { return !shifts_.empty(); }
  int64_t zone_seconds() const { return zone_ / 1'000'000'000; }

 private:
  struct ShiftHours {  // nanoseconds of a local day; until the next day where close <= open
    std::string id;
    int64_t open = 0;
    int64_t close = 0;
  };
  struct Hours {  // nanoseconds of a local day, 0 to 24 h
    int64_t open = 0;
    int64_t close = 0;
  };
  using Day = std::vector<Hours>;
  struct Place {  // a day since 1970 and the time of that day, both local
    int64_t day = 0;
    int64_t time = 0;
  };

  static Result<Hours> parse_hours(const Json& text);
  static Result<int64_t> parse_zone(const std::string& text);
  Result<void> parse_week(const Json& week);
  Result<void> parse_years(const Json& years);
  Result<void> parse_shifts(const Json& shifts);
  const Day& day(int64_t number) const;
  std::optional<Place> find(Instant at) const;  // inside working time
  Result<Place> opening(Instant from) const;
  Result<Place> add_days(Place from, int64_t count) const;
  Result<Place> add_hours(Place from, int64_t rest) const;

  std::string id_;
  int64_t zone_ = 0;  // nanoseconds east of UTC
  std::array<Day, 7> week_{};
  Day make_up_{};                   // hours of a day that is made up for
  std::map<int64_t, bool> days_{};  // by day: worked (true) or off, whatever the week says
  std::vector<ShiftHours> shifts_{};
};

// What a caller passes in. "" and "24x7" are plain time and always known.
class Calendars {
 public:
  void add(Calendar calendar);  // replaces one of the same id
  bool has(std::string_view id) const;
  // NotFound for a name that nobody has; BadExpression for a length below zero.
  Result<Instant> after(std::string_view calendar, Instant from, Duration length) const;
  // "" is the only one there is, else the one called "plant". Null where that is nobody.
  const Calendar* find(std::string_view id) const;

 private:
  std::map<std::string, Calendar, std::less<>> calendars_;
};

}  // namespace anlan::rules
