// What an alarm sets going beside its sound: set points by rule, who is told, work orders, cards,
// and why it sounds.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/alarm_view.h"
#include "engine/gas_rules.h"
#include "tests/plant/alarm_fixture.h"

namespace anlan::test {
namespace {

class AlarmWorkTest : public AlarmFixture {
 protected:
  using AlarmFixture::add;
  Result<Json> add(std::string form, const Json& fields) {
    return add(admin_, std::move(form), fields);
  }
  Result<Json> add_tag(std::string code, std::string substance, std::string unit) {
    return add("tag", Json::object({{"code", code},
                                    {"name_zh", code},
                                    {"source", plant_->id_of("source", "S-PLC1").value()},
                                    {"area", plant_->id_of("area", "A1").value()},
                                    {"purpose", "gas"},
                                    {"substance", substance},
                                    {"unit", unit}}));
  }
  const alarms::Definition* definition(std::string_view code) {
    model_ = engine().sensing().plant();
    for (const alarms::Definition& one : model_->alarms()) {
      if (one.code == code) return &one;
    }
    return nullptr;
  }
  std::size_t told(std::string_view login, std::string_view kind) {
    Json rows = engine().notices(plant_->as(login).value()).value();
    return static_cast<std::size_t>(std::ranges::count_if(
        rows["rows"].as_array(), [&](const Json& row) { return row["kind"] == Json(kind); }));
  }
  Result<Json> order(const access::Subject& by, const Json& alarm) {
    return plant_->run(by,
                       engine::OrderWork{.alarm = RecordId::parse(alarm.text_or("id", "")).value(),
                                         .occurrence = alarm.text_or("occurrence", ""),
                                         .reason = "现场看一下"});
  }

  std::shared_ptr<const engine::PlantModel> model_;  // shared: see PlantModel::load
};

// standards.md 4.1, chlorine: MAC 1 mg/m3, 70.9 g/mol, so 0.345 and 0.690 ppm.
TEST_F(AlarmWorkTest, AGasDetectorWithoutLimitsGetsThoseOfTheRules) {
  ASSERT_TRUE(add_tag("CL2-1", "Cl2", "ppm"));
  const alarms::Definition* one = definition("CL2-1.H");
  ASSERT_NE(one, nullptr);
  EXPECT_NEAR(one->limit, 0.345, 0.0005);
  EXPECT_TRUE(one->is_latching && one->is_safety);
  EXPECT_EQ(one->gas_level, 1);
  EXPECT_NEAR(definition("CL2-1.HH")->limit, 0.690, 0.0005);
  const engine::GasBasis* basis = model_->gas_basis(one->id);
  ASSERT_NE(basis, nullptr);
  EXPECT_TRUE(basis->is_of_pack);
  EXPECT_EQ(basis->asked.basis, "MAC");
  EXPECT_EQ(basis->asked.mark, "seen");
  EXPECT_TRUE(basis->asked.source.contains("GBZ 2.1-2019"));
  give("CL2-1", 0.4);
  EXPECT_EQ(open("CL2-1.H").text_or("letter", ""), "B");
  // The same id after a start: what stands is not told anew.
  RecordId id = one->id;
  ASSERT_TRUE(plant_->reopen());
  control_ = plant_->as("control1").value();
  EXPECT_EQ(definition("CL2-1.H")->id, id);
  EXPECT_EQ(open("CL2-1.H")["count"], Json(1));
  // What nobody knows, or nobody can convert, gets none.
  admin_ = plant_->as("admin").value();
  ASSERT_TRUE(add_tag("X-1", "unobtainium", "ppm"));
  ASSERT_TRUE(add_tag("X-2", "Cl2", "mA"));
  EXPECT_EQ(definition("X-1.H"), nullptr);
  EXPECT_EQ(definition("X-2.H"), nullptr);
}

TEST_F(AlarmWorkTest, OxygenAndLelHaveTheirOwnLevels) {
  ASSERT_TRUE(add_tag("O2-9", "O2", "%VOL"));
  EXPECT_EQ(definition("O2-9.L")->limit, 19.5);
  EXPECT_EQ(definition("O2-9.H")->limit, 23.5);
  ASSERT_TRUE(add_tag("LEL-9", "combustible", "%LEL"));
  EXPECT_EQ(definition("LEL-9.H")->limit, 25);
  EXPECT_EQ(definition("LEL-9.HH")->limit, 50);
  // The demo plant's own are as the rules ask.
  for (const alarms::Definition& one : model_->alarms()) {
    const engine::GasBasis* basis = model_->gas_basis(one.id);
    if (basis != nullptr) {
      EXPECT_FALSE(basis->is_looser) << one.code;
    }
  }
}

TEST_F(AlarmWorkTest, ALooserLimitNeedsAReasonAndIsShown) {
  ASSERT_TRUE(add_tag("CL2-1", "Cl2", "ppm"));
  Json wish = Json::object({{"tag", plant_->id_of("tag", "CL2-1").value()},
                            {"limit_value", 0.5},
                            {"gas_level", 1},
                            {"is_latching", true},
                            {"is_safety", true}});
  auto refused = add_limit(wish);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::MissingField);
  EXPECT_EQ(refused.error().field, "loosen_reason");
  Json stricter = wish;
  ASSERT_TRUE(add_limit(stricter.set("code", "STRICT").set("limit_value", 0.3)));
  ASSERT_TRUE(add_limit(wish.set("loosen_reason", "量程 0 到 20 ppm,取 IDLH 的 5 %")));
  const alarms::Definition* one = definition("NEW");
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(definition("CL2-1.H"), nullptr);   // the engineer set another
  EXPECT_NE(definition("CL2-1.HH"), nullptr);  // of this level nobody did
  const engine::GasBasis* basis = model_->gas_basis(definition("NEW")->id);
  ASSERT_NE(basis, nullptr);
  EXPECT_TRUE(basis->is_looser);
  EXPECT_FALSE(basis->reason.empty());
  give("CL2-1", 0.6);
  EXPECT_EQ(open("NEW")["is_looser"], Json(true));
  Json card = engine::alarm_card(engine(), control_, definition("NEW")->id).value();
  EXPECT_NEAR(card["basis"]["asked"].as_double().value(), 0.345, 0.0005);
  EXPECT_EQ(card["basis"]["reason"], Json("量程 0 到 20 ppm,取 IDLH 的 5 %"));
  // Not latching is looser too.
  Json loose = wish;
  auto again = add_limit(loose.set("code", "LOOSE")
                             .set("limit_value", 0.3)
                             .set("is_latching", false)
                             .set("loosen_reason", nullptr));
  EXPECT_EQ(again.error().field, "loosen_reason");
}

TEST_F(AlarmWorkTest, RulesHoldFromTheirDay) {
  const engine::Packs& packs = engine().packs();
  Instant before = parse_instant("2020-03-31T15:59:59Z").value();
  Instant after = parse_instant("2020-03-31T16:00:00Z").value();  // the first of April in China
  engine::GasDetector chlorine{.substance = "cl2", .unit = "mg/m3"};
  EXPECT_TRUE(engine::GasRules(packs, before).of(chlorine)->empty());
  auto points = engine::GasRules(packs, after).of(chlorine);
  ASSERT_EQ(points->size(), 2U);
  EXPECT_EQ((*points)[0].value, 1);
  EXPECT_NE(engine::GasRules::edition(packs, before).value(),
            engine::GasRules::edition(packs, after).value());
}

TEST_F(AlarmWorkTest, AFormulaIsSetInTheFormAndRings) {
  Json wish = Json::object({{"kind", "formula"},
                            {"limit_value", 0},
                            {"tag", plant_->id_of("tag", "GAS-2101").value()},
                            {"formula", "north > 3 and south > 3"},
                            {"formula_tags", "north=GAS-2101, south=GAS-2102"}});
  Json bad = wish;
  EXPECT_EQ(add_limit(bad.set("formula", "north > east")).error().field, "formula");
  bad = wish;
  EXPECT_EQ(add_limit(bad.set("formula_tags", "north=GAS-2101, south=NO-SUCH")).error().field,
            "formula_tags");
  auto made = add_limit(wish);
  ASSERT_TRUE(made) << made.error().detail << made.error().field;
  give("GAS-2101", 4);
  EXPECT_TRUE(open("NEW").is_null());
  give("GAS-2102", 4);
  EXPECT_EQ(open("NEW").text_or("letter", ""), "B");
  EXPECT_EQ(open("NEW").text_or("formula", ""), "north > 3 and south > 3");
}

TEST_F(AlarmWorkTest, WhoIsNotAnsweredIsFollowedByTheNext) {
  ASSERT_TRUE(add_limit(
      Json::object({{"tag", plant_->id_of("tag", "GAS-2101").value()}, {"priority", 2}})));
  give("GAS-2101", 9);
  EXPECT_EQ(told("control1", "alarm.notice.raised"), 1U);
  EXPECT_EQ(told("head1", "alarm.notice.escalation"), 0U);
  RecordId id = definition("NEW")->id;
  Json why = engine::alarm_why(engine(), control_, id).value();
  EXPECT_FALSE(why["next"].is_null());
  pass(Duration::minutes(11));
  EXPECT_EQ(told("head1", "alarm.notice.escalation"), 1U);
  pass(Duration::minutes(30));
  EXPECT_EQ(told("head1", "alarm.notice.escalation"), 1U);  // the ladder has ended
  // Whoever acknowledges in time keeps the others asleep.
  give("GAS-2101", 1);
  give("GAS-2101", 9);
  Json alarm = open("NEW");
  ASSERT_TRUE(plant_->run(
      control_,
      engine::ActOnAlarm{.alarm = id,
                         .button = "ack",
                         .event = alarms::Acknowledge{.occurrence = alarm.text_or("occurrence", ""),
                                                      .comment = ""}}));
  pass(Duration::minutes(30));
  EXPECT_EQ(told("head1", "alarm.notice.escalation"), 1U);
}

TEST_F(AlarmWorkTest, WhatChattersRingsThreeTimesAndCountsOn) {
  ASSERT_TRUE(add_limit(
      Json::object({{"tag", plant_->id_of("tag", "GAS-2101").value()}, {"priority", 2}})));
  for (int i = 0; i < 6; ++i) {
    give("GAS-2101", 9 + i);
    plant_->clock().advance(Duration::seconds(5));
    give("GAS-2101", 1);
    plant_->clock().advance(Duration::seconds(5));
  }
  EXPECT_EQ(told("control1", "alarm.notice.raised"), 3U);
  Json alarm = open("NEW");
  EXPECT_EQ(alarm["repeats"]["count"], Json(6));
  EXPECT_EQ(alarm["repeats"]["least"], Json(9));
  EXPECT_EQ(alarm["repeats"]["most"], Json(14));
  EXPECT_EQ(alarm["repeats"]["is_chattering"], Json(true));
  EXPECT_EQ(alarm["branches"].as_array().size(), 5U);
  // What guards people rings each time.
  for (int i = 0; i < 5; ++i) {
    give("GAS-2102", 30);
    plant_->clock().advance(Duration::seconds(5));
    give("GAS-2102", 1);
    plant_->clock().advance(Duration::seconds(5));
  }
  EXPECT_EQ(told("control1", "alarm.notice.raised"), 8U);
}

TEST_F(AlarmWorkTest, AnOrderIsMadeOnceForAnOccurrence) {
  give("GAS-2101", 30);
  Json alarm = open("GAS-2101.H");
  ASSERT_FALSE(alarm.is_null());
  auto made = order(control_, alarm);
  ASSERT_TRUE(made) << made.error().detail << made.error().field;
  const Json& record = (*made)["record"];
  EXPECT_EQ(record["alarm_code"], Json("GAS-2101.H"));
  EXPECT_EQ(record["value_text"], Json("30 %LEL"));
  EXPECT_EQ(record["hazard_category"], Json("leak"));
  EXPECT_EQ(record["device"], Json(plant_->id_of("device", "T-201").value()));
  EXPECT_EQ(record["area"], Json(plant_->id_of("area", "A1").value()));
  auto again = order(control_, alarm);
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)["record"]["id"], record["id"]);
  EXPECT_EQ(open("GAS-2101.H")["order"]["number"], record["number"]);
  Json card = engine::alarm_card(engine(), control_, definition("GAS-2101.H")->id).value();
  ASSERT_EQ(card["orders"].as_array().size(), 1U);
  EXPECT_EQ(card["orders"].as_array()[0]["id"], record["id"]);
  // Who has no such button, and an occurrence that is no more.
  EXPECT_EQ(order(plant_->as("worker111").value(), alarm).error().code, ErrorCode::Forbidden);
  give("GAS-2101", 1);
  give("GAS-2101", 30);
  EXPECT_EQ(order(control_, alarm).error().code, ErrorCode::WrongState);
}

TEST_F(AlarmWorkTest, AStuckSensorOrdersItsOwnRepairOnce) {
  ASSERT_TRUE(add_limit(Json::object({{"tag", plant_->id_of("tag", "GAS-2101").value()},
                                      {"kind", "stuck"},
                                      {"limit_value", 0},
                                      {"on_delay_s", 30}})));
  for (int i = 0; i < 4; ++i) {
    give("GAS-2101", 2);
    plant_->clock().advance(Duration::seconds(15));
  }
  Json alarm = open("NEW");
  ASSERT_FALSE(alarm.is_null());
  EXPECT_FALSE(alarm["order"].is_null());
  Json card = engine::alarm_card(engine(), control_, definition("NEW")->id).value();
  ASSERT_EQ(card["orders"].as_array().size(), 1U);
  EXPECT_EQ(card["card"]["code"], Json("STUCK"));
}

TEST_F(AlarmWorkTest, TheCardThatNamesMostIsShown) {
  Json plain = Json::object({{"code", "plain"}});
  Json gas = Json::object({{"code", "gas"}, {"purpose", "gas"}});
  Json level = Json::object({{"code", "level"}, {"gas_level", 2}});
  Json area = Json::object({{"code", "area"}, {"area", "a"}, {"alarm_kind", Json::array({"hh"})}});
  Json tag = Json::object({{"code", "tag"}, {"tag", "t"}});
  std::vector<Json> cards{gas, tag, plain, area, level};
  auto of = [&](const Json& facts) { return engine::best_card(cards, facts).text_or("code", ""); };
  EXPECT_EQ(of(Json::object({{"tag", "t"}, {"purpose", "gas"}, {"gas_level", 2}})), "tag");
  EXPECT_EQ(of(Json::object({{"area", "a"}, {"alarm_kind", "hh"}, {"gas_level", 2}})), "area");
  EXPECT_EQ(of(Json::object({{"area", "a"}, {"alarm_kind", "l"}, {"gas_level", 2}})), "level");
  EXPECT_EQ(of(Json::object({{"purpose", "gas"}, {"gas_level", 1}})), "gas");
  EXPECT_EQ(of(Json::object({{"purpose", "other"}})), "plain");
  EXPECT_TRUE(engine::best_card({tag}, Json::object({{"tag", "x"}})).is_null());
}

TEST_F(AlarmWorkTest, TheTimelineSaysWhyItIsSilent) {
  give("GAS-2101", 30);
  RecordId id = definition("GAS-2101.H")->id;
  auto steps = [&] {
    std::string text;
    Json why = engine::alarm_why(engine(), control_, id).value();
    for (const Json& step : why["steps"].as_array()) {
      const Json& ok = step["ok"];
      text += step.text_or("step", "") + (ok.is_null() ? "? " : ok == Json(true) ? "+ " : "- ");
    }
    return text + (why.bool_or("sounding", false) ? "sounds" : "silent");
  };
  EXPECT_EQ(steps(), "sample+ limit+ sound+ sounds");
  Json alarm = open("GAS-2101.H");
  auto act = [&](std::string button, alarms::Event event) {
    return plant_->run(control_, engine::ActOnAlarm{id, std::move(button), std::move(event)});
  };
  ASSERT_TRUE(act("ack", alarms::Acknowledge{alarm.text_or("occurrence", ""), ""}));
  EXPECT_EQ(steps(), "sample+ limit+ acked- sound- silent");
  give("GAS-2101", 1);
  EXPECT_EQ(steps(), "sample+ limit- acked- latched+ sound- silent");
  PersonId second = plant_->as("safety1").value().person;
  ASSERT_TRUE(act("out_of_service", alarms::TakeOut{"校验", second}));
  EXPECT_EQ(steps(), "sample+ limit- out- acked- latched+ sound- silent");
  Json why = engine::alarm_why(engine(), control_, id).value();
  EXPECT_GE(why["journal"].as_array().size(), 4U);
  EXPECT_FALSE(why["told"].as_array().empty());
  EXPECT_EQ(engine::alarm_why(engine(), control_, RecordId{}).error().code, ErrorCode::NotFound);
}

TEST_F(AlarmWorkTest, AFloodIsOfOneArea) {
  auto& sensing = engine().sensing();
  model_ = sensing.plant();
  int count = 0;
  for (const engine::TagInfo& tag : model_->tags()) {
    if (tag.area != "A1" || tag.purpose != "gas" || tag.substance != "combustible") continue;
    give(tag.code, 60);
    ++count;
  }
  ASSERT_GE(2 * count, 11);
  Json counts = engine().alarms(control_).value()["counts"];
  ASSERT_EQ(counts["positions"].as_array().size(), 1U);
  EXPECT_EQ(counts["positions"].as_array()[0]["area"], Json("A1"));
  EXPECT_EQ(counts["positions"].as_array()[0]["is_flood"], Json(true));
  EXPECT_EQ(counts["priorities"]["1"], Json(count));
}

}  // namespace
}  // namespace anlan::test
