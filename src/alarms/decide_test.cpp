#include "alarms/decide.h"

#include <cmath>

#include "alarms/test_world.h"
#include "core/limits.h"

namespace anlan::alarms {
namespace {

class DecideTest : public AlarmsTest {};
ON_BOTH_DATABASES(DecideTest);

const Actor kClock{.kind = Actor::Kind::SystemTimeout};

TEST_P(DecideTest, RaisingTellsWhatWhereAndThatItIsNew) {
  world_->one.gas_level = 2;
  Decision decision = need(world_->act(world_->raised(61.5), Actor{}));
  EXPECT_TRUE(decision.is_new_annunciation);
  const store::Change& change = decision.change;
  EXPECT_EQ(change.act, "alarm.raise");
  EXPECT_EQ(change.subject_kind, "alarm");
  EXPECT_EQ(change.subject_id, world_->one.id.text());
  ASSERT_EQ(change.events.size(), 1U);
  EXPECT_EQ(change.events[0].topic, "alarm");
  EXPECT_EQ(write_json(change.events[0].payload),
            R"({"alarm":")" + world_->one.id.text() + R"(","code":"GAS-2107.HH","occurrence":")" +
                decision.state.occurrence +
                R"(","letter":"B","priority":1,"is_new":true,"area":"A1",)"
                R"("org_path":"/AL/WS1/","gas_level":2})");
  EXPECT_EQ(decision.state.value, 61.5);
  EXPECT_EQ(decision.state.raised_at, world_->clock.now());
}

TEST_P(DecideTest, AcknowledgingAnOldOccurrenceLeavesTheNewerOneAlone) {
  need(world_->act(world_->raised()));
  Acknowledge old = world_->acknowledge();
  need(world_->act(world_->cleared()));
  need(world_->act(world_->raised()));
  State newer = world_->state();
  EXPECT_EQ(world_->letter_after(old), "B");
  EXPECT_EQ(world_->state(), newer);
  EXPECT_EQ(world_->last_entry().text_or("occurrence", ""), old.occurrence);
  EXPECT_EQ(world_->letter_after(old), "!wrong_state");
  EXPECT_EQ(world_->letter_after(Acknowledge{.occurrence = "none", .comment = ""}), "!wrong_state");
  EXPECT_EQ(world_->letter_after(Acknowledge{}), "!missing_field");
  EXPECT_EQ(world_->state().letter(), 'B');
  world_->clock.advance(Duration::seconds(30));
  EXPECT_EQ(world_->letter_after(world_->acknowledge()), "C");
  EXPECT_EQ(world_->state().acked_by, world_->wang.person);
  EXPECT_EQ(world_->state().acked_at, world_->clock.now());
  EXPECT_EQ(world_->letter_after(world_->acknowledge()), "!wrong_state");
}

TEST_P(DecideTest, WhatIsForPeopleIsRefusedToMachines) {
  world_->one.is_latching = true;
  need(world_->act(world_->raised()));
  for (const Actor& actor : {kClock, Actor{}, Actor{.kind = Actor::Kind::Anonymous},
                             Actor{.kind = Actor::Kind::Person}}) {
    EXPECT_EQ(world_->letter_after(world_->acknowledge(), actor), "!forbidden");
    EXPECT_EQ(world_->letter_after(Reset{}, actor), "!forbidden");
    EXPECT_EQ(world_->letter_after(ShelveIt{{}, "x", {}}, actor), "!forbidden");
    EXPECT_EQ(world_->letter_after(TakeOut{"x"}, actor), "!forbidden");
    EXPECT_EQ(world_->letter_after(PutBack{}, actor), "!forbidden");
  }
  EXPECT_EQ(world_->letter_after(Suppress{"x"}, Actor{}), "H");
}

TEST_P(DecideTest, AShelfNeedsAReasonAndALengthOfAtMostAShift) {
  auto shelve = [&](std::optional<Duration> length, const std::string& reason) {
    Result<Decision> decision = world_->act(ShelveIt{length, reason, {}});
    return decision ? "" : decision.error().field;
  };
  EXPECT_EQ(shelve(Duration::hours(1), " "), "reason");
  EXPECT_EQ(shelve(Duration::hours(1), "\xff"), "reason");
  EXPECT_EQ(shelve(Duration::hours(1), std::string(limits::kTextCharsMax + 1, 'x')), "reason");
  EXPECT_EQ(shelve(Duration::seconds(59), "x"), "length");
  EXPECT_EQ(shelve(Duration::hours(12) + Duration{1}, "x"), "length");
  EXPECT_EQ(shelve(Duration::hours(12), "x"), "");
}

TEST_P(DecideTest, ASafetyAlarmIsShelvedByTwo) {
  world_->one.is_safety = true;
  ShelveIt event{.length = Duration::hours(1), .reason = "标定"};
  EXPECT_EQ(world_->letter_after(event), "!missing_field");
  event.second_person = world_->wang.person;
  EXPECT_EQ(world_->letter_after(event), "!separation_of_duty");
  event.second_person = world_->li.person;
  EXPECT_EQ(world_->letter_after(event), "G");
  Json entry = world_->last_entry();
  EXPECT_EQ(entry["detail"].text_or("second_person", ""), world_->li.person.text());
  EXPECT_EQ(entry.text_or("comment", ""), "标定");
}

TEST_P(DecideTest, AShelfThatRanOutIsFoundAndJudgedAnew) {
  need(world_->act(world_->raised()));
  need(world_->act(ShelveIt{.length = Duration::minutes(30), .reason = "x"}));
  auto expired = [&] { return need(expired_shelves(*world_->view(), world_->clock.now())); };
  world_->clock.advance(Duration::minutes(30) - Duration{1});
  EXPECT_TRUE(expired().empty());
  world_->clock.advance({1});
  ASSERT_EQ(expired(), std::vector{world_->one.id});
  std::string old = world_->state().occurrence;
  EXPECT_EQ(world_->letter_after(Unshelve{}, kClock), "B");
  EXPECT_NE(world_->state().occurrence, old);
  EXPECT_EQ(world_->last_entry()["actor"].text_or("kind", ""), "system-timeout");
  EXPECT_TRUE(expired().empty());
  EXPECT_EQ(world_->letter_after(Unshelve{}, kClock), "!wrong_state");
}

TEST_P(DecideTest, AOneShotShelfNeverRunsOutAndEndsWithTheCondition) {
  need(world_->act(world_->raised()));
  need(world_->act(ShelveIt{.length = {}, .reason = "x"}));
  world_->clock.advance(Duration::days(3));
  EXPECT_TRUE(need(expired_shelves(*world_->view(), world_->clock.now())).empty());
  EXPECT_EQ(world_->letter_after(world_->cleared()), "A");
  EXPECT_EQ(world_->letter_after(world_->raised()), "B");
}

TEST_P(DecideTest, JudgingAndJournalingGoOnUnderAShelf) {
  need(world_->act(ShelveIt{.length = Duration::hours(1), .reason = "x"}));
  for (double value : {70.0, 80.0}) {
    Decision decision = need(world_->act(world_->raised(value)));
    EXPECT_FALSE(decision.is_new_annunciation);
    EXPECT_FALSE(decision.change.events[0].payload.bool_or("is_new", true));
    EXPECT_EQ(need(active_definitions(*world_->view())), std::vector{world_->one.id});
    need(world_->act(world_->cleared()));
  }
  EXPECT_EQ(
      need(journal(*world_->view(), {.definition = world_->one.id, .count = 50})).as_array().size(),
      5U);
  EXPECT_EQ(world_->state().count, 0);
  EXPECT_TRUE(need(active_definitions(*world_->view())).empty());
}

TEST_P(DecideTest, SuppressionEndsWithItsLastReason) {
  for (const char* reason : {"b", "a", "b"}) need(world_->act(Suppress{reason}));
  EXPECT_EQ(world_->state().suppressed_by, (std::vector<std::string>{"a", "b"}));
  need(world_->act(world_->raised()));
  EXPECT_EQ(world_->letter_after(Unsuppress{"a"}), "H");
  EXPECT_EQ(world_->letter_after(Unsuppress{"a"}), "H");
  EXPECT_EQ(world_->letter_after(Suppress{""}), "!missing_field");
  EXPECT_EQ(world_->letter_after(Unsuppress{"b"}), "B");
  for (int i = 0; i < 16; ++i) need(world_->act(Suppress{std::to_string(i)}));
  EXPECT_EQ(world_->letter_after(Suppress{"16"}), "!limit_reached");
}

TEST_P(DecideTest, ASecondTripAtTheSameTimeIsRefusedByItsVersion) {
  need(world_->act(world_->raised()));
  auto snapshot = world_->view();
  Around around{*snapshot, world_->wang, world_->clock.now(), world_->ids};
  Decision late = need(decide(around, world_->one, world_->cleared()));
  need(world_->act(world_->acknowledge()));
  store::Work work = [&](store::Transaction& to) { return to.apply(late.change); };
  EXPECT_EQ(need(world_->db->commit_group(std::span(&work, 1)))[0].error().code,
            ErrorCode::Conflict);
}

TEST_P(DecideTest, AValueThatIsNoNumberIsRefused) {
  EXPECT_EQ(world_->letter_after(world_->raised(std::nan(""))), "!bad_field");
}

TEST_P(DecideTest, OutOfServiceEndsByTheClock) {
  need(world_->act(world_->raised()));
  auto too_long = world_->act(TakeOut{.reason = "x", .length = kOutMax + Duration{1}});
  EXPECT_EQ(too_long.error().field, "hours");
  EXPECT_EQ(world_->letter_after(TakeOut{.reason = "校验", .length = Duration::hours(2)}), "I");
  EXPECT_EQ(world_->last_entry()["detail"]["until"],
            Json(format_instant(world_->clock.now() + Duration::hours(2))));
  const Actor clock{.kind = Actor::Kind::System};
  EXPECT_EQ(world_->letter_after(PutBack{}, clock), "!forbidden");
  EXPECT_TRUE(need(expired_service_breaks(*world_->view(), world_->clock.now())).empty());
  world_->clock.advance(Duration::hours(2));
  auto over = need(expired_service_breaks(*world_->view(), world_->clock.now()));
  EXPECT_EQ(over, std::vector{world_->one.id});
  EXPECT_EQ(world_->letter_after(PutBack{}, clock), "B");
  EXPECT_FALSE(world_->state().out_until);
  EXPECT_TRUE(need(expired_service_breaks(*world_->view(), world_->clock.now())).empty());
  need(world_->act(TakeOut{.reason = "校验"}));
  EXPECT_EQ(world_->state().out_until, world_->clock.now() + kOutMax) << "never without an end";
}

}  // namespace
}  // namespace anlan::alarms
