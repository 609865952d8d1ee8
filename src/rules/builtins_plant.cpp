// The functions of the namespace `anlan` (docs/formats/rules.md): none of them is of DMN, so none
// has a plain name. `working time` is older and keeps the name that models use.

#include <array>

#include "rules/builtins.h"
#include "rules/calendar.h"
#include "rules/evaluator.h"
#include "rules/host.h"

namespace anlan::rules {

namespace {

using Arguments = std::span<const Value>;

constexpr int kDecisionsAboveMax = 8;  // decisions that ask for decisions; deployed ones ask one
constexpr int64_t kSecondsMax = 9'000'000'000;  // what 64 bits of nanoseconds hold

const Host* host_of(Evaluator& evaluator) { return evaluator.environment().host; }

// A point in time or the text of one; nothing outside what 64 bits of nanoseconds hold.
std::optional<Instant> instant_of(const Value& value, const Zones* zones) {
  std::optional<DateTime> at;
  if (value.as_date_time()) at = *value.as_date_time();
  if (value.as_date()) at = at_midnight(*value.as_date());
  if (value.as_string()) at = parse_date_time(*value.as_string(), zones);
  if (!at) return std::nullopt;
  DaysDuration since = since_epoch(*at);
  if (since.seconds < 0 || since.seconds > kSecondsMax) return std::nullopt;
  return Instant{since.seconds * 1'000'000'000 + since.nanoseconds};
}

std::optional<Duration> length_of(const Value& value) {
  std::optional<DaysDuration> length;
  if (value.as_days()) length = *value.as_days();
  if (value.as_string()) length = parse_days_duration(*value.as_string());
  constexpr int64_t kLengthMax = 4'000'000'000;
  if (!length || length->seconds < 0 || length->seconds > kLengthMax) return std::nullopt;
  return Duration{length->seconds * 1'000'000'000 + length->nanoseconds};
}

// Adds a length in the working time of a calendar (docs/formats/calendar.md).
Value working_time(Evaluator& evaluator, Arguments a) {
  const Environment& environment = evaluator.environment();
  auto from = instant_of(a[0], environment.zones);
  auto length = length_of(a[1]);
  bool is_named = a[2].is_null() || a[2].as_string();
  if (!from || !length || !is_named) {
    return evaluator.fail("working time needs a point in time, a length and a calendar's name");
  }
  static const Calendars plain;
  const Calendars& known = environment.calendars ? *environment.calendars : plain;
  auto at = known.after(a[2].as_string() ? *a[2].as_string() : "", *from, *length);
  return at ? Value(*at) : evaluator.fail(at.error().detail);
}

// The calendar that argument `i` names, else the plant's own.
const Calendar* calendar_at(Evaluator& evaluator, Arguments a, std::size_t i) {
  const Calendars* known = evaluator.environment().calendars;
  bool is_named = a.size() > i && a[i].as_string() != nullptr;
  return known != nullptr ? known->find(is_named ? *a[i].as_string() : "") : nullptr;
}

Value workday_add(Evaluator& evaluator, Arguments a) {
  const Calendar* calendar = calendar_at(evaluator, a, 2);
  auto count = a[1].as_number()->to_int64();
  if (calendar == nullptr || !count) {
    return evaluator.fail("workday add needs a date, a whole number and a known calendar");
  }
  const DateTime* at = a[0].as_date_time();
  auto day = calendar->workday(days_from_date(at ? at->date : *a[0].as_date()), *count);
  auto date = day ? date_from_days(*day) : std::nullopt;
  if (!date) return evaluator.fail("workday add went out of range");
  if (at == nullptr) return *date;
  DateTime out{.date = *date, .time = at->time};
  resolve_zone(out, evaluator.environment().zones);
  return out;
}

Value local_point(const Calendar& calendar, Instant at) {
  Zone zone{.kind = Zone::Kind::Offset,
            .offset_seconds = static_cast<int32_t>(calendar.zone_seconds())};
  Value utc(at);
  if (utc.as_date_time() == nullptr) return {};
  auto local = date_time_at(since_epoch(*utc.as_date_time()), zone, nullptr);
  return local ? Value(*local) : Value();
}

// {shift, day, from, until}; null between shifts.
Value shift_at(Evaluator& evaluator, Arguments a) {
  const Calendar* calendar = calendar_at(evaluator, a, 1);
  auto at = instant_of(a[0], evaluator.environment().zones);
  if (calendar == nullptr || !at || !calendar->has_shifts()) {
    return evaluator.fail("shift at needs a point in time and a calendar with shifts");
  }
  auto shift = calendar->shift_at(*at);
  if (!shift) return {};
  auto day = date_from_days(shift->day);
  return Context{{"shift", Value(shift->id)},
                 {"day", day ? Value(*day) : Value()},
                 {"from", local_point(*calendar, shift->from)},
                 {"until", local_point(*calendar, shift->until)}};
}

// Metres between two places of the plan, {x, y} or {x, y, z}; without both z the plane counts.
Value distance(Evaluator& evaluator, Arguments a) {
  std::optional<Decimal> squares = Decimal();
  for (std::string_view axis : {"x", "y", "z"}) {
    const Value* from = a[0].as_context()->find(axis);
    const Value* to = a[1].as_context()->find(axis);
    bool is_known = from && to && from->as_number() && to->as_number();
    if (!is_known && axis == "z") continue;
    if (!is_known) return evaluator.fail("distance needs two places with x and y");
    auto off = Decimal::subtract(*from->as_number(), *to->as_number());
    auto square = off ? Decimal::multiply(*off, *off) : std::nullopt;
    squares = squares && square ? Decimal::add(*squares, *square) : std::nullopt;
  }
  auto out = squares ? Decimal::square_root(*squares) : std::nullopt;
  return out ? Value(*out) : evaluator.fail("a distance out of range");
}

// What is left of the steps goes on to the decision, and what it took comes off.
Value decision(Evaluator& evaluator, Arguments a) {
  const Host* host = host_of(evaluator);
  if (host == nullptr) return evaluator.fail("nobody here knows other decisions");
  Environment environment = evaluator.environment();
  if (environment.decisions_above >= kDecisionsAboveMax) {
    return evaluator.fail("decisions ask for decisions too often");
  }
  ++environment.decisions_above;
  environment.steps_max = evaluator.steps_left();
  environment.warnings = nullptr;  // they come with the outcome
  static const Context none;
  bool has_inputs = a.size() > 1 && a[1].as_context() != nullptr;
  auto outcome =
      host->decide(*a[0].as_string(), has_inputs ? *a[1].as_context() : none, environment);
  if (!outcome) return evaluator.fail("decision '" + *a[0].as_string() + "' is not known");
  for (const std::string& warning : outcome->warnings) evaluator.fail(warning);
  if (!evaluator.step(outcome->steps)) return {};
  evaluator.take_reasons(*outcome);
  return outcome->value;
}

Value lookup(Evaluator& evaluator, Arguments a) {
  const Host* host = host_of(evaluator);
  constexpr std::size_t kStepsOfOne = 1000;  // a read of the database, whatever it finds
  if (host == nullptr) return evaluator.fail("nobody here knows records");
  if (!evaluator.step(kStepsOfOne)) return {};
  auto found = host->look_up(*a[0].as_string(), a[1]);
  return found ? *found : evaluator.fail("no " + *a[0].as_string() + " is called so");
}

constexpr std::array kRows = {
    Builtin{"working time", "from:a,duration:a,calendar:a0", working_time},
    Builtin{"anlan.decision", "id:s,inputs?:c0", decision},
    Builtin{"anlan.lookup", "form:s,key:k", lookup},
    Builtin{"anlan.distance", "from:c,to:c", distance},
    Builtin{"anlan.workday add", "date:d,days:n,calendar?:s0", workday_add},
    Builtin{"anlan.shift at", "at:d,calendar?:s0", shift_at},
    Builtin{"anlan.shift at", "at:s,calendar?:s0", shift_at},
};

}  // namespace

std::span<const Builtin> plant_builtins() { return kRows; }

}  // namespace anlan::rules
