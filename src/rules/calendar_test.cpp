#include "rules/calendar.h"

#include <gtest/gtest.h>

#include "core/random.h"
#include "rules/rules.h"

namespace anlan::rules {
namespace {

Json hours(std::initializer_list<const char*> list) {
  Json out = Json::array();
  for (const char* one : list) out.push(one);
  return out;
}

// Office hours with a shorter Friday, 2026's new year and spring festival.
Json office_json() {
  Json full = hours({"08:00-12:00", "13:30-17:30"});
  Json week = Json::object({{"mon", full},
                            {"tue", full},
                            {"wed", full},
                            {"thu", full},
                            {"fri", hours({"08:00-12:00", "13:30-16:00"})}});
  Json year = Json::object(
      {{"source", "a notice"},
       {"off", hours({"2026-01-01", "2026-01-02", "2026-01-03", "2026-02-16", "2026-02-17"})},
       {"on", hours({"2026-01-04", "2026-02-14"})}});
  return Json::object({{"format", "anlan.calendar/1"},
                       {"id", "office"},
                       {"source", "a test"},
                       {"zone", "+08:00"},
                       {"week", std::move(week)},
                       {"years", Json::object({{"2026", std::move(year)}})}});
}

Json always_json() {
  Json week = Json::object();
  for (const char* day : {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}) {
    week.set(day, hours({"00:00-24:00"}));
  }
  return office_json().set("id", "always").set("week", std::move(week)).set("years", Json());
}

// A shift over midnight, on four days.
Json night_json() {
  Json week = Json::object();
  week.set("mon", hours({"20:00-24:00"}));
  week.set("tue", hours({"00:00-04:00", "20:00-24:00"}));
  week.set("wed", hours({"00:00-04:00", "20:00-24:00"}));
  return office_json().set("id", "night").set("zone", "-03:30").set("week", std::move(week));
}

Calendar calendar(const Json& json) {
  auto made = Calendar::parse(json);
  EXPECT_TRUE(made) << made.error().detail;
  return made.value();
}

std::string after(const Calendar& of, std::string_view from, std::string_view length) {
  auto at = of.after(parse_instant(from).value(), parse_duration(length).value());
  return at ? format_instant(*at) : at.error().detail;
}

TEST(CalendarTest, CountsWorkingHoursAndWorkingDays) {
  Calendar office = calendar(office_json());
  // Monday 2026-03-02, 11:00 in Shanghai.
  std::string_view monday = "2026-03-02T11:00:00+08:00";
  EXPECT_EQ(after(office, monday, "PT30M"), "2026-03-02T03:30:00.000Z");
  EXPECT_EQ(after(office, monday, "PT2H"), "2026-03-02T06:30:00.000Z") << "over noon";
  EXPECT_EQ(after(office, monday, "PT8H"), "2026-03-03T03:00:00.000Z");
  EXPECT_EQ(after(office, monday, "P3D"), "2026-03-05T03:00:00.000Z") << "the same time of day";
  EXPECT_EQ(after(office, monday, "P5D"), "2026-03-09T03:00:00.000Z") << "over the week-end";
  EXPECT_EQ(after(office, monday, "P1DT1H"), "2026-03-03T04:00:00.000Z");
  EXPECT_EQ(after(office, "2026-03-05T17:00:00+08:00", "P1D"), "2026-03-06T08:00:00.000Z")
      << "Friday closes at four";
}

TEST(CalendarTest, WhatBeginsOutsideWorkingTimeBeginsWhenItOpensNext) {
  Calendar office = calendar(office_json());
  std::string_view saturday = "2026-03-07T10:00:00+08:00";
  EXPECT_EQ(after(office, saturday, "PT1H"), "2026-03-09T01:00:00.000Z");
  EXPECT_EQ(after(office, saturday, "P1D"), "2026-03-10T00:00:00.000Z");
  EXPECT_EQ(after(office, saturday, "PT0S"), "2026-03-09T00:00:00.000Z");
}

TEST(CalendarTest, KnowsHolidaysAndMakeUpDays) {
  Calendar office = calendar(office_json());
  // Wednesday before the new year; the Sunday after it is made up for.
  EXPECT_EQ(after(office, "2025-12-31T10:00:00+08:00", "P1D"), "2026-01-04T02:00:00.000Z");
  EXPECT_TRUE(office.is_working(parse_instant("2026-02-14T10:00:00+08:00").value()));
  EXPECT_FALSE(office.is_working(parse_instant("2026-02-16T10:00:00+08:00").value()));
  EXPECT_EQ(after(office, "2026-02-13T15:00:00+08:00", "P1D"), "2026-02-14T07:00:00.000Z");
  EXPECT_EQ(after(office, "2026-02-14T15:00:00+08:00", "P1D"), "2026-02-18T07:00:00.000Z");
}

TEST(CalendarTest, AllHoursOfAllDaysArePlainTime) {
  Calendar always = calendar(always_json());
  SeededRandom random(11);
  for (int i = 0; i < 5000; ++i) {
    Instant from{static_cast<int64_t>(random.below(2'000'000'000)) * 1'000'000'000 + 7};
    Duration length = Duration::seconds(static_cast<int64_t>(random.below(90 * 86'400)));
    ASSERT_EQ(always.after(from, length).value(), from + length) << i;
  }
}

TEST(CalendarTest, IsMonotoneAndNeverLandsOutsideWorkingTime) {
  SeededRandom random(12);
  for (const Json& json : {office_json(), night_json()}) {
    Calendar of = calendar(json);
    for (int i = 0; i < 5000; ++i) {
      // Around 2026, with minutes that often meet an opening or a closing hour.
      Instant from{Duration::minutes(29'400'000 + static_cast<int64_t>(random.below(525'600))).ns};
      Instant later = from + Duration::minutes(static_cast<int64_t>(random.below(4000)));
      bool is_days = random.below(2) == 0;
      int64_t size = static_cast<int64_t>(random.below(20));
      Duration length = is_days ? Duration::days(size) : Duration::minutes(size * 61);
      Instant at = of.after(from, length).value();
      ASSERT_TRUE(of.is_working(at)) << format_instant(from) << " " << format_duration(length);
      ASSERT_GE(at, from);
      ASSERT_GE(of.after(later, length).value(), at) << format_instant(from);
      Duration more = is_days ? length + Duration::days(1) : length + Duration::minutes(1);
      if (more < Duration::days(1) || is_days) {
        ASSERT_GE(of.after(from, more).value(), at) << format_instant(from);
      }
    }
  }
}

TEST(CalendarTest, RefusesWhatCantBeMeant) {
  auto refused = [](Json json) {
    auto made = Calendar::parse(json);
    return made ? std::string("fine") : made.error().field;
  };
  EXPECT_EQ(refused(office_json().set("id", "24x7")), "id");
  EXPECT_EQ(refused(office_json().set("source", "")), "source");
  EXPECT_EQ(refused(office_json().set("zone", "8")), "zone");
  EXPECT_EQ(refused(office_json().set("week", Json::object())), "week");
  Json week = Json::object({{"mon", hours({"13:00-14:00", "08:00-09:00"})}});
  EXPECT_EQ(refused(office_json().set("week", week)), "week");
  Json year = Json::object(
      {{"source", "s"}, {"off", hours({"2026-01-01"})}, {"on", hours({"2026-01-01"})}});
  EXPECT_EQ(refused(office_json().set("years", Json::object({{"2026", year}}))), "years");
  EXPECT_EQ(refused(office_json().set("years", Json::object({{"2027", year}}))), "years");
  year.remove("source");
  EXPECT_EQ(refused(office_json().set("years", Json::object({{"2026", year}}))), "years");
}

TEST(CalendarTest, FeelAddsWorkingTime) {
  Calendars known;
  known.add(calendar(office_json()));
  auto text = [&](const std::string& feel) {
    auto compiled = Expression::compile(feel, {"at"});
    EXPECT_TRUE(compiled) << compiled.error().detail;
    Context names;
    names.set("at", Value("2026-03-06T15:00:00+08:00"));
    std::vector<std::string> warnings;
    Value value = compiled->evaluate(names, {.warnings = &warnings, .calendars = &known});
    return value.is_null() ? warnings.front() : text_of(value);
  };
  EXPECT_EQ(text("working time(at, duration(\"P1D\"), \"office\")"), "2026-03-09T07:00:00Z");
  EXPECT_EQ(text("working time(date and time(at), \"PT2H\", \"office\")"), "2026-03-09T01:00:00Z");
  EXPECT_EQ(text("working time(at, \"PT2H\", \"24x7\")"), "2026-03-06T09:00:00Z");
  EXPECT_EQ(text("working time(at, \"PT2H\", null)"), "2026-03-06T09:00:00Z");
  EXPECT_EQ(text("working time(from: at, duration: \"PT2H\", calendar: \"\")"),
            "2026-03-06T09:00:00Z");
  EXPECT_EQ(text("working time(at, \"PT2H\", \"no\")"), "there is no calendar 'no'");
  EXPECT_NE(text("working time(at, \"-PT2H\", \"office\")").find("working time needs"),
            std::string::npos);
}

}  // namespace
}  // namespace anlan::rules
