// A tag or a source goes out of use: who may, what forbids it, what becomes of its alarms and its
// history, and how it comes back.
#include "engine/retirement.h"

#include <algorithm>

#include "tests/plant/alarm_fixture.h"
#include "tests/support/postgres.h"

namespace anlan::test {
namespace {

class RetirementTest : public AlarmFixture {
 protected:
  RecordId tag(const std::string& code) {
    return RecordId::parse(plant_->id_of("tag", code).value()).value();
  }
  RecordId source(const std::string& code) {
    return RecordId::parse(plant_->id_of("source", code).value()).value();
  }
  Result<Json> say(const access::Subject& by, const std::string& form, RecordId id, bool is_back,
                   const std::string& reason) {
    auto done = plant_->run(
        by, engine::RetireRecord{.form = form, .id = id, .is_back = is_back, .reason = reason});
    pass(Duration::seconds(2));
    pass(Duration::seconds(2));
    return done;
  }
  Result<Json> retire(const std::string& code) {
    return say(admin_, "tag", tag(code), false, "拆除");
  }
  Result<Json> bring_back(const std::string& code) {
    return say(admin_, "tag", tag(code), true, "装回");
  }
  static Json params(const Result<Json>& refused) {
    return refused ? Json() : parse_json(refused.error().params).value_or(Json());
  }
  // "why code" of everything that needs it.
  static std::set<std::string> needed(const Result<Json>& refused) {
    std::set<std::string> all;
    Json rows = params(refused)["needed_by"];
    for (const Json& row : rows.is_array() ? rows.as_array() : Json::Array{}) {
      EXPECT_FALSE(row.text_or("id", "").empty());
      all.insert(row.text_or("why", "") + " " + row.text_or("code", ""));
    }
    return all;
  }
  // What connect is told to read of a source; empty where it reads nothing of it.
  std::set<std::string> addresses(const std::string& code) {
    std::set<std::string> codes;
    auto plant = sensing().plant();
    for (const Json& one : plant->sources().as_array()) {
      if (one.text_or("code", "") != code) continue;
      codes.insert("");
      for (const Json& tag : one["tags"].as_array()) codes.insert(tag.text_or("code", ""));
    }
    return codes;
  }
  Json listed(engine::TagWish wish) { return engine().tags(control_, wish).value()["rows"]; }
  Json newest_of(const std::string& alarm) {
    Json journal = engine().alarm_journal(control_, {.count = 50}).value();
    for (const Json& row : journal["rows"].as_array()) {
      if (row["code"] == Json(alarm)) return row;
    }
    return {};
  }
  int64_t acts(const std::string& act) {
    auto view = engine().database().snapshot().value();
    auto rows = view->query({"SELECT COUNT(*) AS n FROM change_log WHERE act = ?", {act}});
    return (*rows)[0].int64("n");
  }
};

TEST_F(RetirementTest, ARetiredTagIsReadByNobodyAndItsAlarmEndsWithTheReason) {
  ASSERT_TRUE(add_limit(Json::object({{"code", "NEW"}})));
  give("GAS-2101", 9);
  ASSERT_EQ(letter("NEW"), "B");
  std::string of = sensing().plant()->tag("GAS-2101")->source;
  bool was_read = addresses(of).contains("GAS-2101");
  auto done = retire("GAS-2101");
  ASSERT_TRUE(done) << done.error().detail << done.error().params;
  EXPECT_EQ((*done)["is_retired"], Json(true));
  EXPECT_EQ(letter("NEW"), "A");
  Json end = newest_of("NEW");
  EXPECT_EQ(end["act"], Json("alarm.remove"));
  EXPECT_EQ(end["comment"], Json("tag retired: 拆除"));
  EXPECT_TRUE(was_read);
  EXPECT_FALSE(addresses(of).contains("GAS-2101"));
  EXPECT_FALSE(addresses(of).empty());
  EXPECT_FALSE(sensing().find_tag("GAS-2101"));
  for (const ehs::Detector& one : sensing().detectors()) EXPECT_NE(one.tag, "GAS-2101");
  EXPECT_EQ(acts("tag.retire"), 1);
  // Not even after hours of silence does anything tell of it.
  pass(Duration::hours(3));
  auto list = engine().alarms(control_).value();
  for (const Json& row : list["rows"].as_array()) EXPECT_NE(row["tag"], Json("GAS-2101"));
}

TEST_F(RetirementTest, HistoryStaysReadableAndIsFoundAsRetired) {
  give("GAS-2101", 9);
  Instant at = plant_->clock().now();
  ASSERT_TRUE(retire("GAS-2101"));
  auto rows = engine().trend(control_, "GAS-2101", at - Duration::minutes(5),
                             at + Duration::minutes(5), 10);
  ASSERT_TRUE(rows);
  auto counted = [](const Json& row) { return row.as_array()[5].as_int64().value_or(0) > 0; };
  EXPECT_TRUE(std::ranges::any_of((*rows)["rows"].as_array(), counted));
  EXPECT_TRUE(listed({.words = "GAS-2101"}).as_array().empty());
  Json gone = listed({.is_retired = true});
  ASSERT_EQ(gone.as_array().size(), 1U);
  EXPECT_EQ(gone.as_array()[0]["is_retired"], Json(true));
  EXPECT_TRUE(gone.as_array()[0]["value"].is_null());
  EXPECT_EQ(listed({.code = "GAS-2101"}).as_array().size(), 1U);
  Json told = engine::retirements(engine(), control_).value()["rows"];
  ASSERT_EQ(told.as_array().size(), 1U);
  EXPECT_EQ(told.as_array()[0]["reason"], Json("拆除"));
  EXPECT_FALSE(told.as_array()[0].text_or("by_name", "").empty());
  // Also after a restart.
  ASSERT_TRUE(plant_->reopen());
  log_in();
  EXPECT_FALSE(sensing().find_tag("GAS-2101"));
}

TEST_F(RetirementTest, WhatNeedsItForbidsItAndIsNamed) {
  Json tag_2102 = Json(plant_->id_of("tag", "GAS-2102").value());
  ASSERT_TRUE(add_limit(Json::object({{"code", "SUM"},
                                      {"tag", tag_2102},
                                      {"kind", "formula"},
                                      {"formula", "x > y"},
                                      {"formula_tags", "x=GAS-2101, y=GAS-2102"}})));
  Json reference = Json(plant_->id_of("tag", "GAS-2101").value());
  ASSERT_TRUE(add_limit(Json::object(
      {{"code", "DIFF"}, {"tag", tag_2102}, {"kind", "deviation"}, {"reference", reference}})));
  auto cause = add_limit(Json::object({{"code", "CAUSE"}, {"procedure", "gas_leak"}}));
  ASSERT_TRUE(cause);
  ASSERT_TRUE(add_limit(
      Json::object({{"code", "EFFECT"}, {"tag", tag_2102}, {"cause", (*cause)["record"]["id"]}})));
  auto refused = retire("GAS-2101");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::WrongState);
  EXPECT_EQ(needed(refused), (std::set<std::string>{"formula SUM", "reference DIFF", "cause EFFECT",
                                                    "interlock CAUSE"}));
  EXPECT_TRUE(sensing().find_tag("GAS-2101"));
  EXPECT_EQ(acts("tag.retire"), 0);
  // Its source goes with all its tags, and those in it that need each other do not hold it.
  std::set<std::string> by_source = needed(say(admin_, "source", source("S-PLC1"), false, "改造"));
  EXPECT_FALSE(by_source.contains("formula SUM"));
  EXPECT_TRUE(by_source.contains("interlock CAUSE"));
}

TEST_F(RetirementTest, AnInterlockIsNeededAsLongAsItsSafetyAlarmIs) {
  auto plant = sensing().plant();
  const engine::TagInfo* interlock = nullptr;
  for (const engine::TagInfo& one : plant->tags()) {
    bool is_safety = std::ranges::any_of(plant->alarms_of(one.index), [&](uint32_t place) {
      return plant->alarms()[place].is_safety;
    });
    if (one.purpose == "interlock" && is_safety) interlock = &one;
  }
  ASSERT_NE(interlock, nullptr);
  auto refused = retire(interlock->code);
  ASSERT_FALSE(refused);
  auto all = needed(refused);
  ASSERT_FALSE(all.empty());
  EXPECT_TRUE(all.begin()->starts_with("interlock "));
}

TEST_F(RetirementTest, APersonWithTheRightDoesItWithAReasonOnce) {
  EXPECT_EQ(say(control_, "tag", tag("GAS-2101"), false, "x").error().code, ErrorCode::Forbidden);
  EXPECT_EQ(say(machine_, "tag", tag("GAS-2101"), false, " ").error().field, "reason");
  auto nobody = engine::system_subject();
  EXPECT_EQ(say(nobody, "tag", tag("GAS-2101"), false, "x").error().code, ErrorCode::Forbidden);
  EXPECT_EQ(bring_back("GAS-2101").error().code, ErrorCode::WrongState);
  ASSERT_TRUE(retire("GAS-2101"));
  EXPECT_EQ(retire("GAS-2101").error().code, ErrorCode::WrongState);
}

TEST_F(RetirementTest, ItsCodeIsKeptAndItComesBackAsWhatItWas) {
  ASSERT_TRUE(add_limit(Json::object({{"code", "NEW"}})));
  auto index = sensing().find_tag("GAS-2101");
  ASSERT_TRUE(retire("GAS-2101"));
  Json fields = Json::object({{"code", "GAS-2101"},
                              {"name_zh", "别的"},
                              {"source", plant_->id_of("source", "S-PLC1").value()},
                              {"area", plant_->id_of("area", "A1").value()},
                              {"purpose", "level"}});
  auto again = add(admin_, "tag", fields);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::Duplicate);
  EXPECT_EQ(params(again)["retired"]["reason"], Json("拆除"));
  Json record = engine().record(admin_, "tag", tag("GAS-2101")).value()["record"];
  auto renamed =
      plant_->run(admin_, engine::UpdateRecord{.form = "tag",
                                               .id = tag("GAS-2101"),
                                               .version = record.int_or("version", 1),
                                               .fields = Json::object({{"code", "GAS-OLD"}})});
  ASSERT_FALSE(renamed);
  EXPECT_EQ(renamed.error().code, ErrorCode::WrongState);
  auto limited = add_limit(Json::object({{"code", "ON-IT"}}));
  ASSERT_FALSE(limited);
  EXPECT_EQ(limited.error().field, "tag");
  auto back = bring_back("GAS-2101");
  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_EQ(acts("tag.bring_back"), 1);
  EXPECT_EQ(sensing().find_tag("GAS-2101"), index);
  give("GAS-2101", 9);
  EXPECT_EQ(letter("NEW"), "B");
  EXPECT_TRUE(engine::retirements(engine(), control_).value()["rows"].as_array().empty());
}

TEST_F(RetirementTest, ASourceTakesItsTagsAlongAndBringsThemBack) {
  Json fields = Json::object({{"code", "S-NEW"},
                              {"name_zh", "新源"},
                              {"protocol", "modbus"},
                              {"host", "127.0.0.1"},
                              {"port", 1}});
  ASSERT_TRUE(add(admin_, "source", fields));
  auto id = Json(plant_->id_of("source", "S-NEW").value());
  Json of = Json::object({{"code", "T-NEW"},
                          {"name_zh", "新测点"},
                          {"source", id},
                          {"area", plant_->id_of("area", "A1").value()},
                          {"purpose", "level"}});
  ASSERT_TRUE(add(admin_, "tag", of));
  ASSERT_TRUE(addresses("S-NEW").contains("T-NEW"));
  ASSERT_TRUE(say(admin_, "source", source("S-NEW"), false, "拆除"));
  EXPECT_TRUE(addresses("S-NEW").empty());
  EXPECT_FALSE(sensing().find_tag("T-NEW"));
  EXPECT_EQ(add(admin_, "tag", of.set("code", "T-TWO")).error().field, "source");
  ASSERT_TRUE(say(admin_, "source", source("S-NEW"), true, "装回"));
  EXPECT_TRUE(addresses("S-NEW").contains("T-NEW"));
  EXPECT_TRUE(sensing().find_tag("T-NEW"));
}

TEST_F(RetirementTest, AListTakesTagsOutTogetherAndBringsThemBack) {
  Json tag_2102 = Json(plant_->id_of("tag", "GAS-2102").value());
  ASSERT_TRUE(add_limit(Json::object({{"code", "SUM"},
                                      {"tag", tag_2102},
                                      {"kind", "formula"},
                                      {"formula", "x > y"},
                                      {"formula_tags", "x=GAS-2101, y=GAS-2102"}})));
  auto row = [](const char* code, const char* retired, const char* reason) {
    return Json::object({{"code", code}, {"retired", retired}, {"retire_reason", reason}});
  };
  auto bring = [&](Json rows, bool is_dry_run = false) {
    auto done = plant_->run(
        admin_,
        engine::ImportRecords{.form = "tag", .rows = std::move(rows), .is_dry_run = is_dry_run});
    EXPECT_TRUE(done) << done.error().detail;
    pass(Duration::seconds(2));
    return done.value_or(Json());
  };
  Json alone = bring(Json::array({row("GAS-2101", "true", "拆除")}));
  ASSERT_EQ(alone["refused"].as_array().size(), 1U);
  Json needs = alone["refused"].as_array()[0]["params"]["needed_by"];
  EXPECT_EQ(needs.as_array()[0]["code"], Json("SUM"));
  Json without = bring(Json::array({row("GAS-2102", "true", "")}));
  EXPECT_EQ(without["refused"].as_array()[0]["field"], Json("retire_reason"));
  Json differs = bring(Json::array({row("GAS-2102", "true", "拆除").set("unit", "bar")}));
  EXPECT_EQ(differs["refused"].as_array()[0]["field"], Json("unit"));
  Json unknown = bring(Json::array({row("NO-SUCH", "true", "拆除")}));
  EXPECT_EQ(unknown["refused"].as_array()[0]["field"], Json("code"));
  Json both = Json::array({row("GAS-2101", "true", "拆除"), row("GAS-2102", "true", "拆除")});
  EXPECT_EQ(bring(both, true)["accepted"], Json(2));
  EXPECT_TRUE(sensing().find_tag("GAS-2101")) << "a dry run takes nothing out";
  EXPECT_EQ(bring(both)["accepted"], Json(2));
  EXPECT_FALSE(sensing().find_tag("GAS-2101"));
  EXPECT_EQ(bring(both)["accepted"], Json(2)) << "once more says nothing new";
  EXPECT_EQ(acts("tag.retire"), 2);
  EXPECT_EQ(bring(Json::array({row("GAS-2101", "false", "装回")}))["accepted"], Json(1));
  EXPECT_TRUE(sensing().find_tag("GAS-2101"));
}

// The same tables, the same answers.
TEST(RetirementOnPostgres, ATagGoesAndComesBack) {
  PostgresServer* server = postgres_server();
  if (server == nullptr) GTEST_SKIP() << "no PostgreSQL server here";
  auto made = Plant::create({.database = "postgres:" + server->fresh_database()});
  ASSERT_TRUE(made) << made.error().detail;
  Plant& plant = **made;
  auto admin = plant.as("admin").value();
  RecordId id = RecordId::parse(plant.id_of("tag", "GAS-2101").value()).value();
  auto say = [&](bool is_back) {
    auto done = plant.run(
        admin, engine::RetireRecord{.form = "tag", .id = id, .is_back = is_back, .reason = "拆除"});
    EXPECT_TRUE(done) << done.error().detail << done.error().params;
    plant.clock().advance(Duration::seconds(6));
    plant.engine().watch();
    return plant.engine().sensing().find_tag("GAS-2101").has_value();
  };
  EXPECT_FALSE(say(false));
  EXPECT_TRUE(say(true));
  EXPECT_FALSE(say(false));
}

}  // namespace
}  // namespace anlan::test
