// What calms an alarm for good or for a while: a proposal against chatter, a break of service that
// ends by itself.

#include <algorithm>

#include "engine/alarm_performance.h"
#include "engine/alarm_view.h"
#include "tests/plant/alarm_fixture.h"

namespace anlan::test {
namespace {

class AlarmCalm : public AlarmFixture {
 protected:
  void flutter(int times) {
    for (int i = 0; i < times; ++i) {
      give("GAS-2101", 5.2);
      plant_->clock().advance(Duration::seconds(4));
      give("GAS-2101", 4.9);
      plant_->clock().advance(Duration::seconds(4));
    }
  }
  Json chatter(const access::Subject& by, RecordId id) {
    return engine::alarm_card(engine(), by, id).value()["chatter"];
  }
  Result<Json> act(std::string button, alarms::Event event) {
    return plant_->run(control_,
                       engine::ActOnAlarm{id_in(open("NEW")), std::move(button), std::move(event)});
  }
  Json last_row() {
    return engine::alarm_why(engine(), control_, id_in(open("NEW")))
        .value()["journal"]
        .as_array()[0];
  }
};

TEST_F(AlarmCalm, APersonTakesWhatIsProposedAgainstChatter) {
  Json made = add_limit(Json::object({})).value()["record"];
  RecordId id = id_in(made);
  give("GAS-2101", 5.2);
  EXPECT_TRUE(chatter(admin_, id).is_null());
  flutter(6);
  int64_t count = open("NEW").int_or("count", 0);
  EXPECT_EQ(count, 6);
  EXPECT_EQ(open("NEW")["repeats"]["is_chattering"], Json(true));
  EXPECT_EQ(chatter(control_, id)["can_take"], Json(false));
  Json advice = chatter(admin_, id);
  EXPECT_EQ(advice["can_take"], Json(true));
  EXPECT_EQ(advice["off_delay_s"], Json(5));
  EXPECT_EQ(advice["deadband"], Json(0.11));
  EXPECT_EQ(advice["shelf_min"], Json(30));
  // Nothing was done by itself.
  flutter(3);
  EXPECT_EQ(open("NEW")["count"], Json(count + 3));
  Json fields =
      Json::object({{"off_delay_s", advice["off_delay_s"]}, {"deadband", advice["deadband"]}});
  engine::UpdateRecord take{
      .form = "alarm_limit", .id = id, .version = advice.int_or("version", 0), .fields = fields};
  auto refused = plant_->run(control_, take);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Forbidden);
  ASSERT_TRUE(plant_->run(admin_, take));
  pass(Duration::seconds(2));
  flutter(6);
  EXPECT_LE(open("NEW").int_or("count", 0), count + 4) << "one more at most, and it stays";
}

TEST_F(AlarmCalm, ABreakOfServiceEndsByItselfAndSaysWhatFor) {
  ASSERT_TRUE(add_limit(Json::object({})));
  give("GAS-2101", 9);
  Json alarm = open("NEW");
  auto order =
      plant_->run(control_, engine::OrderWork{.alarm = id_in(alarm),
                                              .occurrence = alarm.text_or("occurrence", ""),
                                              .reason = "换探头"});
  ASSERT_TRUE(order);
  alarms::TakeOut out{.reason = "换探头", .length = Duration::hours(2), .link = "BJ-1"};
  auto refused = act("out_of_service", out);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "link");
  out.link = (*order)["record"].text_or("number", "");
  out.length = Duration::days(31);
  refused = act("out_of_service", out);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "hours");
  out.length = Duration::hours(2);
  ASSERT_TRUE(act("out_of_service", out));
  EXPECT_EQ(letter("NEW"), "I");
  EXPECT_EQ(open("NEW")["out_link"]["number"], (*order)["record"]["number"]);
  EXPECT_EQ(open("NEW")["out_until"],
            Json(format_instant(plant_->clock().now() + Duration::hours(2))));
  pass(Duration::hours(1));
  EXPECT_EQ(letter("NEW"), "I");
  ASSERT_TRUE(plant_->reopen());
  log_in();
  plant_->clock().advance(Duration::hours(1));
  pass(Duration::seconds(5));
  EXPECT_EQ(letter("NEW"), "B") << "what stands is told anew";
  EXPECT_TRUE(open("NEW")["out_until"].is_null());
  Json row = last_row();
  EXPECT_EQ(row.text_or("act", ""), "alarm.put_back");
  EXPECT_NE(row["actor"].text_or("kind", ""), "person");
}

TEST_F(AlarmCalm, AWrongClockIsToldToAdministratorsOnceAndSoIsItsEnd) {
  auto told = [&](std::string_view kind) {
    Json rows = engine().notices(plant_->as("admin").value()).value();
    return std::ranges::count_if(rows["rows"].as_array(), [&](const Json& row) {
      return row["kind"] == Json("source.notice." + std::string(kind));
    });
  };
  auto note = [&](bool is_wrong) {
    return plant_->run(engine::timeout_subject(),
                       engine::NoteClocks{{{"S-PLC1", is_wrong, Duration::minutes(-2)}}});
  };
  ASSERT_TRUE(note(false));
  EXPECT_EQ(told("clock_right"), 0) << "it never was wrong";
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(note(true));
  EXPECT_EQ(told("clock_wrong"), 1);
  ASSERT_TRUE(plant_->reopen());
  ASSERT_TRUE(note(true));
  EXPECT_EQ(told("clock_wrong"), 1);
  plant_->clock().advance(Duration::seconds(1));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(note(false));
  EXPECT_EQ(told("clock_right"), 1);
  plant_->clock().advance(Duration::seconds(1));
  ASSERT_TRUE(note(true));
  EXPECT_EQ(told("clock_wrong"), 2) << "another time";
  auto by_person = plant_->run(plant_->as("admin").value(), engine::NoteClocks{});
  EXPECT_FALSE(by_person);
}

TEST_F(AlarmCalm, AnAlarmSaysWhereItStandsAndWhichOneItFollows) {
  ASSERT_TRUE(add_limit(Json::object({{"code", "CAUSE"}})));
  Json effect =
      Json::object({{"code", "EFFECT"}, {"tag", plant_->id_of("tag", "GAS-2106").value()}});
  ASSERT_TRUE(add_limit(effect));
  Instant from = plant_->clock().now();
  for (int i = 0; i < 3; ++i) {
    give("GAS-2101", 9);
    plant_->clock().advance(Duration::seconds(20));
    give("GAS-2106", 9);
    give("GAS-2101", 1);
    give("GAS-2106", 1);
    pass(Duration::minutes(15));
  }
  Json path = open("EFFECT")["path"];
  ASSERT_EQ(path.as_array().size(), 2U);
  EXPECT_EQ(path.as_array()[0].text_or("code", ""), "A1");
  EXPECT_EQ(path.as_array()[1].text_or("code", ""), "P-211");
  EXPECT_FALSE(path.as_array()[1]["name"].text_or("en", "").empty());
  engine::FollowWish wish{from, plant_->clock().now(), Duration::minutes(5), "A1"};
  Json rows = engine::alarm_followings(engine(), control_, wish).value();
  auto is_asked = [](const Json& one) {
    return one["first"]["code"] == Json("CAUSE") && one["then"]["code"] == Json("EFFECT");
  };
  auto found = std::ranges::find_if(rows.as_array(), is_asked);
  ASSERT_NE(found, rows.as_array().end());
  const Json& row = *found;
  EXPECT_EQ(row["count"], Json(3));
  EXPECT_EQ(row["lag_s"], Json(20));
  EXPECT_EQ(row["of"], Json(3));
  wish.area = "A3";
  Json none = engine::alarm_followings(engine(), control_, wish).value();
  EXPECT_TRUE(none.as_array().empty()) << "of another position";
  wish.within = Duration::hours(2);
  EXPECT_EQ(engine::alarm_followings(engine(), control_, wish).error().field, "follow_min");
}

}  // namespace
}  // namespace anlan::test
