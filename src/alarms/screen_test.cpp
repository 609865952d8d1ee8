#include <algorithm>

#include "alarms/test_world.h"
#include "core/limits.h"

namespace anlan::alarms {
namespace {

class ScreenTest : public AlarmsTest {
 protected:
  // So many alarms in so many minutes, evenly.
  void annunciate(int count, int minutes) {
    for (int i = 0; i < count; ++i) {
      world_->clock.advance({Duration::minutes(minutes).ns / count});
      world_->one = world_->make("N");
      need(world_->act(world_->raised()));
    }
  }
  bool is_flood() { return world_->tally()["is_flood"].as_bool(); }
  int64_t recent() { return world_->tally().int_or("annunciated_10min", -1); }
};
ON_BOTH_DATABASES(ScreenTest);

TEST_P(ScreenTest, AnAlarmHasTheMembersOfItsPage) {
  need(world_->act(world_->raised(61.5)));
  need(world_->act(world_->acknowledge()));
  need(world_->act(ShelveIt{.length = {}, .reason = "维修"}));
  need(world_->act(Suppress{"停车"}));
  Json open = world_->open();
  ASSERT_EQ(open.as_array().size(), 1U);
  const Json& alarm = open.as_array()[0];
  std::string wang = world_->wang.person.text();
  std::string now = format_instant(world_->clock.now());
  Json expected = need(parse_json(
      R"({"id":")" + world_->one.id.text() + R"(","occurrence":")" + world_->state().occurrence +
      R"(","active":true,"acked":true,"latched":false,"shelf":{"until":null,"reason":"维修",)"
      R"("by":")" +
      wang + R"(","since":")" + now +
      R"("},"suppressed":["停车"],"out_of_service":false,"out_reason":"","out_until":null,)"
      R"("out_link":null,"letter":"H",)"
      R"("annunciated":false,"value":61.5,"quality":"good","raised_at":")" +
      now + R"(","received_at":")" + now + R"(","cleared_at":null,"acked_at":")" + now +
      R"(","acked_by":")" + wang + R"(","count":1,"branches":[]})"));
  EXPECT_EQ(write_json(alarm), write_json(expected));
  need(world_->act(TakeOut{"校验"}));
  EXPECT_EQ(world_->open().as_array()[0].text_or("out_reason", ""), "校验");
}

TEST_P(ScreenTest, OpenAlarmsShowWhatNeedsAPersonFirst) {
  auto add = [&](const std::string& code, int priority) {
    world_->clock.advance(Duration::seconds(1));
    world_->one = world_->make(code);
    world_->one.priority = priority;
    need(world_->act(world_->raised()));
    return world_->one.id.text();
  };
  std::string acked = add("a", 1);
  need(world_->act(world_->acknowledge()));
  std::string low = add("b", 4);
  std::string old = add("c", 2);
  std::string young = add("d", 2);
  std::string gone = add("e", 3);
  need(world_->act(world_->cleared()));
  add("f", 1);
  need(world_->act(world_->acknowledge()));
  need(world_->act(world_->cleared()));  // normal again: not shown
  std::vector<std::string> ids;
  Json open = world_->open();
  for (const Json& alarm : open.as_array()) ids.push_back(alarm.text_or("id", ""));
  EXPECT_EQ(ids, (std::vector{young, old, gone, low, acked}));
  need(world_->act(Suppress{"x"}));
  EXPECT_EQ(write_json(world_->tally()),
            R"({"active":4,"unacked":4,"branches":0,"shelved":0,"suppressed":1,"out_of_service":0,)"
            R"("priorities":{"1":1,"2":2,"3":1,"4":1},"annunciated_10min":6,"is_flood":false})");
}

TEST_P(ScreenTest, TheJournalTellsTheWholeStoryNewestFirst) {
  world_->one.is_latching = true;
  need(world_->act(world_->raised(60), Actor{}));
  Acknowledge acknowledge = world_->acknowledge();
  acknowledge.comment = "已通知";
  need(world_->act(acknowledge));
  need(world_->act(world_->cleared(12), Actor{}));
  need(world_->act(Reset{"已检查"}));
  Definition other = world_->make("other");
  need(world_->act(other, world_->raised()));
  std::string story;
  Json entries = need(journal(*world_->view(), {.definition = world_->one.id, .count = 10}));
  for (const Json& entry : entries.as_array()) {
    story += entry.text_or("act", "") + " " + entry.text_or("letter_before", "") +
             entry.text_or("letter", "") + " " + entry["actor"].text_or("kind", "") + " " +
             entry.text_or("comment", "") + "\n";
  }
  EXPECT_EQ(story,
            "alarm.reset FA person 已检查\nalarm.clear CF system \n"
            "alarm.acknowledge BC person 已通知\nalarm.raise AB system \n");
  EXPECT_EQ(entries.as_array()[1]["value"].as_double(), 12);
  EXPECT_EQ(entries.as_array()[1]["detail"].text_or("source_at", ""),
            format_instant(world_->clock.now()));
  EXPECT_EQ(entries.as_array()[1].text_or("occurrence", ""), acknowledge.occurrence);
  EXPECT_EQ(need(journal(*world_->view(), {.count = 10})).as_array().size(), 5U);
  EXPECT_EQ(need(journal(*world_->view(), {.count = 2})).as_array().size(), 2U);
  EXPECT_TRUE(
      need(journal(*world_->view(), {.definition = RecordId{}, .count = 10})).as_array().empty());
}

TEST_P(ScreenTest, AFloodBeginsAboveTenAndEndsBelowFive) {
  EXPECT_FALSE(is_flood());
  annunciate(10, 5);
  EXPECT_EQ(recent(), 10);
  EXPECT_FALSE(is_flood());
  annunciate(1, 1);
  EXPECT_EQ(recent(), 11);
  EXPECT_TRUE(is_flood());
  annunciate(16, 20);
  EXPECT_EQ(recent(), 8);
  EXPECT_TRUE(is_flood());
  world_->clock.advance(Duration::minutes(4));
  EXPECT_EQ(recent(), 5);
  EXPECT_TRUE(is_flood());
  annunciate(1, 4);
  EXPECT_EQ(recent(), 3);
  EXPECT_FALSE(is_flood());
  annunciate(7, 5);  // without having been above 10
  EXPECT_EQ(recent(), 8);
  EXPECT_FALSE(is_flood());
}

TEST_P(ScreenTest, AFloodThatFellSilentBetweenTwoLooksIsOver) {
  annunciate(30, 3);
  EXPECT_TRUE(is_flood());
  world_->clock.advance(Duration::minutes(20));
  annunciate(6, 3);
  EXPECT_EQ(recent(), 6);
  EXPECT_FALSE(is_flood());
}

// Against counting every half minute from the beginning.
TEST_P(ScreenTest, TheFloodIsTheOneThatWholeTimeCountingGives) {
  std::vector<Instant> times;
  bool was_flood = false;
  int floods = 0;
  for (int i = 0; i < 400; ++i) {
    world_->clock.advance(Duration::seconds(30));
    bool is_busy = i / 60 % 2 == 0;
    if (world_->random.below(100) < (is_busy ? 80 : 25)) {
      need(world_->act(world_->make("N"), world_->raised()));
      times.push_back(world_->clock.now());
    }
    Instant from = world_->clock.now() - Duration::minutes(10);
    auto count = std::ranges::count_if(times, [&](Instant at) { return at > from; });
    was_flood = was_flood ? count >= 5 : count > 10;
    floods += was_flood;
    ASSERT_EQ(is_flood(), was_flood) << i;
    ASSERT_EQ(recent(), count) << i;
  }
  EXPECT_GT(floods, 50);
  EXPECT_LT(floods, 350);
}

}  // namespace
}  // namespace anlan::alarms
