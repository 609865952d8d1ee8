// What one bad row, one failing table or one edit must not do to the other alarms.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "engine/alarm_performance.h"
#include "engine/alarm_view.h"
#include "tests/plant/alarm_fixture.h"

namespace anlan::test {
namespace {

class UnbreakableTest : public AlarmFixture {
 protected:
  using AlarmFixture::add;
  Result<Json> add(const access::Subject& by, const Json& more) { return add_limit(by, more); }
  std::string refused_field(const Json& more) {
    auto made = add_limit(more);
    return made ? "" : made.error().field;
  }

  static void change(const std::filesystem::path& file, const std::string& what,
                     const std::string& by) {
    std::string text = read(file);
    std::size_t place = text.find(what);
    ASSERT_NE(place, std::string::npos) << file;
    for (; place != std::string::npos; place = text.find(what, place + by.size())) {
      text.replace(place, what.size(), by);
    }
    std::ofstream(file) << text;
  }
  static std::string read(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(UnbreakableTest, TheFormRefusesWhatTheEvaluatorWould) {
  EXPECT_EQ(refused_field(Json::object({{"is_safety", true}, {"on_delay_s", 5}})), "on_delay_s");
  EXPECT_EQ(refused_field(Json::object({{"kind", "stale"}, {"on_delay_s", 9}, {"votes_of", 2}})),
            "votes_of");
  EXPECT_EQ(refused_field(Json::object({{"kind", "stuck"}, {"on_delay_s", 9}, {"votes_of", 2}})),
            "votes_of");
  EXPECT_EQ(refused_field(Json::object({{"kind", "formula"},
                                        {"formula", "x > 1"},
                                        {"formula_tags", "x=GAS-2101"},
                                        {"votes_of", 2}})),
            "votes_of");
  EXPECT_EQ(
      refused_field(Json::object({{"kind", "stuck"}, {"on_delay_s", 9}, {"is_safety", true}})), "");
}

TEST_F(UnbreakableTest, OneBadRowTakesNoOtherWithIt) {
  ASSERT_TRUE(
      add(machine_, Json::object({{"code", "BAD"}, {"is_safety", true}, {"on_delay_s", 5}})));
  ASSERT_TRUE(add(admin_, Json::object({{"code", "GOOD"}})));
  give("GAS-2101", 9);
  EXPECT_EQ(letter("GOOD"), "B");
  Json left = engine().alarms(control_).value()["left_out"];
  ASSERT_EQ(left.as_array().size(), 1U);
  EXPECT_EQ(left.as_array()[0].text_or("code", ""), "BAD");
  EXPECT_EQ(left.as_array()[0].text_or("field", ""), "on_delay_s");
  ASSERT_TRUE(plant_->reopen());
  log_in();
  EXPECT_EQ(letter("GOOD"), "B");
}

TEST_F(UnbreakableTest, TwoOpenOrdersOfOneAlarmStopNoRaise) {
  ASSERT_TRUE(add(admin_, Json::object({{"code", "NEW"}})));
  for (int times = 1; times <= 11; ++times) {
    give("GAS-2101", 9);
    EXPECT_EQ(open("NEW").int_or("count", 0), times);
    EXPECT_EQ(letter("NEW"), "B") << times;
    if (times <= 2) {
      Json alarm = open("NEW");
      auto id = RecordId::parse(alarm.text_or("id", "")).value();
      std::string occurrence = alarm.text_or("occurrence", "");
      auto ordered = plant_->run(
          control_, engine::OrderWork{.alarm = id, .occurrence = occurrence, .reason = "看"});
      ASSERT_TRUE(ordered) << ordered.error().detail;
    }
    give("GAS-2101", 1);
    pass(Duration::minutes(11));
  }
  EXPECT_EQ(engine().health().counts.contained, 0);
}

// A table that sends a text no field can hold: the order can't be made, the alarm stands, people
// are told, and the journal says what is missing.
TEST_F(UnbreakableTest, WhatFollowsFromAnAlarmNeverTakesItBack) {
  std::filesystem::path packs = plant_->folder() / "packs";
  std::filesystem::copy("packs", packs, std::filesystem::copy_options::recursive);
  change(packs / "hazards/rules/alarm_problem.dmn", "\"leak\"", "\"" + std::string(60, 'x') + "\"");
  auto reopened = plant_->reopen(packs.string());
  ASSERT_TRUE(reopened) << reopened.error().detail;
  log_in();
  ASSERT_TRUE(add(admin_, Json::object({{"code", "NEW"}, {"priority", 2}})));
  Instant now = plant_->clock().now();
  for (int times = 1; times <= 10; ++times) {
    give("GAS-2101", 9);
    EXPECT_EQ(letter("NEW"), "B") << times;
    if (times < 10) give("GAS-2101", 1);
    pass(Duration::minutes(11));
  }
  EXPECT_EQ(open("NEW").int_or("count", 0), 10);
  EXPECT_GE(engine().health().counts.contained, 1);
  Json rows = engine().alarm_journal(control_, {.act = "alarm.follow_failed", .from = now}).value();
  std::string parts;
  for (const Json& row : rows["rows"].as_array()) {
    if (row["code"] == Json("NEW")) parts += row["detail"].text_or("part", "") + " ";
  }
  // Tracing asks the same table; telling people does not.
  EXPECT_TRUE(parts.contains("order ")) << parts;
  EXPECT_FALSE(parts.contains("tell")) << parts;
  Json told = engine().notices(control_).value();
  EXPECT_FALSE(told["rows"].as_array().empty());
}

TEST_F(UnbreakableTest, ATableWithoutADurationStillCallsPeople) {
  std::filesystem::path packs = plant_->folder() / "packs";
  std::filesystem::copy("packs", packs, std::filesystem::copy_options::recursive);
  change(packs / "sensing/rules/alarm_route.dmn", "PT10M", "soon");
  ASSERT_TRUE(plant_->reopen(packs.string()));
  log_in();
  ASSERT_TRUE(add(admin_, Json::object({{"code", "NEW"}, {"priority", 2}})));
  give("GAS-2101", 9);
  EXPECT_EQ(letter("NEW"), "B");
  EXPECT_EQ(engine().health().counts.contained, 0);
  EXPECT_FALSE(engine().notices(control_).value()["rows"].as_array().empty());
}

TEST_F(UnbreakableTest, EditsPostponeNoAlarm) {
  ASSERT_TRUE(add(admin_, Json::object({{"code", "SLOW"}, {"on_delay_s", 30}})));
  give("GAS-2101", 9);
  Json area = Json::object({{"name_en", "edited"}});
  RecordId id = RecordId::parse(plant_->id_of("area", "A2").value()).value();
  for (int second = 0; second < 32; second += 4) {
    Json record = engine().record(admin_, "area", id).value()["record"];
    area.set("name_en", "edited " + std::to_string(second));
    auto edited = plant_->run(
        admin_,
        engine::UpdateRecord{
            .form = "area", .id = id, .version = record.int_or("version", 0), .fields = area});
    ASSERT_TRUE(edited) << edited.error().detail;
    pass(Duration::seconds(4));
  }
  EXPECT_EQ(letter("SLOW"), "B");
}

TEST_F(UnbreakableTest, AnAlarmWhoseLimitIsGoneEnds) {
  // The pack's limit rings, then an engineer sets another in its place.
  auto tag = plant_->run(
      admin_, engine::CreateRecord{
                  .form = "tag",
                  .fields = Json::object({{"code", "CL2-1"},
                                          {"name_zh", "氯"},
                                          {"source", plant_->id_of("source", "S-PLC1").value()},
                                          {"area", plant_->id_of("area", "A1").value()},
                                          {"purpose", "gas"},
                                          {"substance", "Cl2"},
                                          {"unit", "ppm"}})});
  ASSERT_TRUE(tag) << tag.error().detail;
  pass(Duration::seconds(2));
  give("CL2-1", 0.4);
  EXPECT_EQ(letter("CL2-1.H"), "B");
  int64_t before = engine().alarms(control_).value()["counts"].int_or("active", 0);
  ASSERT_TRUE(add(admin_, Json::object({{"code", "OWN"},
                                        {"tag", plant_->id_of("tag", "CL2-1").value()},
                                        {"limit_value", 0.3},
                                        {"gas_level", 1},
                                        {"is_latching", true},
                                        {"is_safety", true}})));
  pass(Duration::seconds(2));
  EXPECT_TRUE(open("CL2-1.H").is_null());
  EXPECT_EQ(engine().alarms(control_).value()["counts"].int_or("active", 0), before - 1);
  give("CL2-1", 0.4);
  EXPECT_EQ(letter("OWN"), "B");
  Json rows = engine().alarm_journal(control_, {.tag = "CL2-1", .act = "alarm.remove"}).value();
  ASSERT_EQ(rows["rows"].as_array().size(), 1U);
  EXPECT_EQ(rows["rows"].as_array()[0].text_or("code", ""), "CL2-1.H");
  Json performance =
      engine::alarm_performance(engine(), control_, std::nullopt, std::nullopt, "").value();
  bool is_counted = std::ranges::any_of(performance["worst"].as_array(), [](const Json& row) {
    return row["code"] == Json("CL2-1.H");
  });
  EXPECT_TRUE(is_counted);
}

// The timeline names what the condition read, and why nobody was told.
TEST_F(UnbreakableTest, TheTimelineSaysWhatAFormulaReadAndWhyNobodyWasTold) {
  ASSERT_TRUE(add(admin_, Json::object({{"code", "BOTH"},
                                        {"priority", 2},
                                        {"kind", "formula"},
                                        {"formula", "north > 3 and south > 3"},
                                        {"formula_tags", "north=GAS-2101, south=GAS-2102"}})));
  auto step = [&](std::string_view name) {
    RecordId id = RecordId::parse(open("BOTH").text_or("id", "")).value();
    Json why = engine::alarm_why(engine(), control_, id).value();
    for (const Json& one : why["steps"].as_array()) {
      if (one["step"] == Json(name)) return one;
    }
    return Json();
  };
  give("GAS-2101", 9);
  for (int times = 1; times <= 4; ++times) {
    give("GAS-2102", 9);
    EXPECT_EQ(step("told").text_or("reason", ""), times == 4 ? "repeat" : "") << times;
    if (times < 4) give("GAS-2102", 1);
  }
  Json inputs = step("limit")["inputs"];
  ASSERT_EQ(inputs.as_array().size(), 2U);
  EXPECT_EQ(inputs.as_array()[1].text_or("tag", ""), "GAS-2102");
  EXPECT_EQ(inputs.as_array()[1]["value"].as_double(), 9);
}

// A password says who somebody is, not that they may.
TEST_F(UnbreakableTest, TheSecondPersonNeedsTheSameRight) {
  give("GAS-2101", 30);
  RecordId id = RecordId::parse(open("GAS-2101.H").text_or("id", "")).value();
  auto shelve = [&](PersonId second) {
    return plant_->run(control_, engine::ActOnAlarm{id, "shelve",
                                                    alarms::ShelveIt{.length = Duration::hours(1),
                                                                     .reason = "标定",
                                                                     .second_person = second}});
  };
  auto out = [&](PersonId second) {
    return plant_->run(control_,
                       engine::ActOnAlarm{id, "out_of_service", alarms::TakeOut{"校验", second}});
  };
  PersonId leader = plant_->as("leader11").value().person;
  PersonId officer = plant_->as("safety1").value().person;
  EXPECT_EQ(shelve(leader).error().code, ErrorCode::Forbidden);
  EXPECT_EQ(shelve(leader).error().field, "second_login");
  // Out of service is no way round shelving.
  EXPECT_EQ(out({}).error().code, ErrorCode::MissingField);
  EXPECT_EQ(out(control_.person).error().code, ErrorCode::SeparationOfDuty);
  EXPECT_EQ(out(leader).error().code, ErrorCode::Forbidden);
  ASSERT_TRUE(out(officer));
  EXPECT_EQ(letter("GAS-2101.H"), "I");
}

}  // namespace
}  // namespace anlan::test
