// Kinds of limits as a safety engineer sets them, and how the alarm system does.
#include <gtest/gtest.h>

#include "engine/alarm_performance.h"
#include "tests/plant/alarm_fixture.h"

namespace anlan::test {
namespace {

class AlarmKindsTest : public AlarmFixture {
 protected:
  bool is_open(std::string_view code) { return !open(code).is_null(); }
};

TEST_F(AlarmKindsTest, ARiseIsSetInTheFormAndRings) {
  auto refused = add_limit(Json::object({{"kind", "rise"}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "window_s");
  auto made = add_limit(Json::object({{"kind", "rise"}, {"window_s", 20}}));
  ASSERT_TRUE(made) << made.error().detail << made.error().field;
  for (int i = 0; i < 30; ++i) {
    give("GAS-2101", 1);
    plant_->clock().advance(Duration::seconds(1));
  }
  EXPECT_FALSE(is_open("NEW"));
  for (int i = 0; i < 15; ++i) {
    give("GAS-2101", 1 + 0.2 * i);
    plant_->clock().advance(Duration::seconds(1));
  }
  EXPECT_TRUE(is_open("NEW"));
}

TEST_F(AlarmKindsTest, ADeviationIsFromAnotherTag) {
  auto refused = add_limit(Json::object(
      {{"kind", "deviation"}, {"reference", plant_->id_of("tag", "GAS-2101").value()}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "reference");
  auto other = plant_->id_of("tag", "GAS-2102").value();
  auto made = add_limit(Json::object({{"kind", "deviation"}, {"reference", other}}));
  ASSERT_TRUE(made) << made.error().detail << made.error().field;
  give("GAS-2102", 2);
  give("GAS-2101", 6);
  EXPECT_FALSE(is_open("NEW"));
  give("GAS-2101", 7);
  EXPECT_TRUE(is_open("NEW"));
}

TEST_F(AlarmKindsTest, TwoOfThreeAreForNoSafetyAlarm) {
  Json wish = Json::object({{"votes", 2}, {"votes_of", 3}, {"is_safety", true}});
  auto refused = add_limit(wish);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "votes");
  wish.set("is_safety", false);
  ASSERT_TRUE(add_limit(wish));
  give("GAS-2101", 9);
  give("GAS-2101", 1);
  EXPECT_FALSE(is_open("NEW"));
  give("GAS-2101", 9);
  EXPECT_TRUE(is_open("NEW"));
}

TEST_F(AlarmKindsTest, AConsequenceIsSilentWhileItsCauseIsActive) {
  auto cause = add_limit(Json::object({{"code", "CAUSE"}, {"first_out_group", "P-101"}}));
  ASSERT_TRUE(cause);
  std::string cause_id = (*cause)["record"].text_or("id", "");
  Json wish = Json::object({{"code", "EFFECT"},
                            {"tag", plant_->id_of("tag", "GAS-2102").value()},
                            {"cause", cause_id},
                            {"first_out_group", "P-101"}});
  Json guard = wish;
  auto refused = add_limit(guard.set("is_safety", true));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "cause");
  auto effect = add_limit(wish);
  ASSERT_TRUE(effect);
  auto letter = [&](std::string_view code) {
    Json open = engine().alarms(control_).value();
    for (const Json& row : open["rows"].as_array()) {
      if (row["code"] != Json(code)) continue;
      return row.text_or("letter", "") + (row.bool_or("first_out", false) ? "!" : "");
    }
    return std::string("A");
  };
  give("GAS-2101", 9);
  plant_->clock().advance(Duration::seconds(1));
  give("GAS-2102", 9);
  EXPECT_EQ(letter("CAUSE"), "B!");
  EXPECT_EQ(letter("EFFECT"), "H");
  give("GAS-2101", 1);
  // Its cause is gone and it is still there: it is told now.
  EXPECT_EQ(letter("EFFECT"), "B!");
  EXPECT_EQ(letter("CAUSE"), "D");
  give("GAS-2101", 9);
  EXPECT_EQ(letter("EFFECT"), "H");
  // And so it is after a start.
  ASSERT_TRUE(plant_->reopen());
  turn();
  control_ = plant_->as("control1").value();
  EXPECT_EQ(letter("EFFECT"), "H");
  // Who takes its cause away leaves nothing silent behind.
  auto admin = plant_->as("admin").value();
  const Json& record = (*effect)["record"];
  auto changed = plant_->run(
      admin, engine::UpdateRecord{.form = "alarm_limit",
                                  .id = RecordId::parse(record.text_or("id", "")).value(),
                                  .version = record.int_or("version", 1),
                                  .fields = Json::object({{"cause", nullptr}})});
  ASSERT_TRUE(changed) << changed.error().detail << changed.error().field;
  plant_->wait(Duration::seconds(2));
  turn();
  EXPECT_TRUE(letter("EFFECT").starts_with("B")) << letter("EFFECT");
}

TEST_F(AlarmKindsTest, PerformanceIsCountedForOnePosition) {
  for (int i = 0; i < 4; ++i) {
    give("GAS-2107", 30);
    plant_->clock().advance(Duration::seconds(5));
    give("GAS-2107", 1);
    plant_->clock().advance(Duration::seconds(5));
  }
  Instant now = plant_->clock().now();
  auto ask = [&](std::string_view area) {
    return engine::alarm_performance(engine(), control_, now - Duration::days(1), now, area);
  };
  auto found = ask("");
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ((*found)["windows"].as_array().size(), 144U);
  ASSERT_FALSE((*found)["worst"].as_array().empty());
  EXPECT_EQ((*found)["worst"].as_array()[0]["code"], Json("GAS-2107.H"));
  EXPECT_EQ((*found)["worst"].as_array()[0]["count"], Json(4));
  ASSERT_EQ((*found)["chattering"].as_array().size(), 1U);
  EXPECT_EQ((*found)["figures"].as_array().size(), 11U);
  for (const Json& figure : (*found)["figures"].as_array()) {
    EXPECT_FALSE(figure["source"].as_text().empty());
    std::string name = figure.text_or("figure", "");
    std::string verdict = figure.text_or("verdict", "");
    EXPECT_TRUE(name != "chattering" || verdict == "poor") << verdict;
    EXPECT_TRUE(name != "worst_share" || verdict == "small") << verdict;
    EXPECT_TRUE(name != "per_day" || verdict == "good") << verdict;
  }
  auto elsewhere = ask("A3");
  ASSERT_TRUE(elsewhere);
  EXPECT_TRUE((*elsewhere)["chattering"].as_array().empty());
  for (const Json& row : (*elsewhere)["worst"].as_array()) EXPECT_EQ(row["area"], Json("A3"));
  EXPECT_EQ(engine::alarm_performance(engine(), control_, now, now, "").error().field, "from");
}

}  // namespace
}  // namespace anlan::test
