#include "connect/message_queue.h"

#include <gtest/gtest.h>

#include "core/text.h"

namespace anlan::connect {
namespace {

using End = MessageQueue::End;

class MessageQueueTest : public ::testing::Test {
 protected:
  static Outgoing robot(const std::string& id, int urgency = 2) {
    return {.id = id,
            .channel = Outgoing::Channel::WeCom,
            .endpoint = "https://robot/1",
            .urgency = urgency,
            .title = "title " + id};
  }
  static Outgoing push(const std::string& id, const std::string& host = "https://push.a") {
    return {.id = id, .endpoint = host + "/" + id, .urgency = 2, .title = id};
  }
  static std::string ids(const std::optional<Batch>& batch) {
    std::string out;
    if (!batch) return "-";
    for (const Waiting& waiting : batch->messages) out += waiting.message.id + " ";
    return out;
  }
  // Everything that may go now, each answered at once.
  std::vector<std::string> drain() {
    std::vector<std::string> out;
    while (auto batch = queue.next(now)) {
      out.push_back(ids(batch));
      queue.finish(*std::move(batch), {}, now);
    }
    return out;
  }

  SeededRandom random{7};
  MessageQueue queue{random, "https://anlan.plant.cn"};
  Instant now = Instant{} + Duration::days(20'000);
};

TEST_F(MessageQueueTest, SendsTheUrgentFirstAndOtherwiseInOrder) {
  queue.add(robot("later", 3), now);
  queue.add(robot("first", 2), now);
  queue.add(robot("second", 2), now);
  queue.add(robot("gas", 1), now);
  EXPECT_EQ(drain(), (std::vector<std::string>{"gas ", "first ", "second ", "later "}));
}

TEST_F(MessageQueueTest, ARobotSpeaksAtMostTwentyTimesInAnyMinute) {
  std::vector<Instant> sent;
  int number = 0;
  Instant end = now + Duration::minutes(5);
  for (; now < end; now = now + Duration::milliseconds(500)) {
    queue.add(robot(std::to_string(number++)), now);
    for (std::size_t count = drain().size(); count > 0; --count) sent.push_back(now);
  }
  std::size_t most = 0;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    std::size_t in_minute = 0;
    while (i + in_minute < sent.size() && sent[i + in_minute] - sent[i] < Duration::minutes(1)) {
      ++in_minute;
    }
    most = std::max(most, in_minute);
  }
  EXPECT_LE(most, 20U);
  EXPECT_GE(sent.size(), 75U);
}

TEST_F(MessageQueueTest, WhatWaitsForARobotIsMergedIntoOneText) {
  for (int i = 0; i < 30; ++i) queue.add(robot(std::to_string(i)), now);
  auto batch = queue.next(now);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->messages.size(), 30U);
  EXPECT_TRUE(batch->robot_text.starts_with("title 0\n\ntitle 1\n\n"));
  EXPECT_FALSE(queue.next(now));  // and only one request at a time goes to a robot
}

TEST_F(MessageQueueTest, ARobotGetsTheLinkIntoThisPlant) {
  Outgoing message = robot("1");
  message.url = "/m/#/response/1";
  queue.add(message, now);
  EXPECT_EQ(queue.next(now)->robot_text, "title 1\nhttps://anlan.plant.cn/m/#/response/1");
}

TEST_F(MessageQueueTest, ATooFastRobotIsLeftAloneAsLongAsItAsks) {
  queue.add(robot("1"), now);
  queue.finish(*queue.next(now),
               {.end = End::TooFast, .pause = Duration::minutes(1), .trouble = "45009"}, now);
  EXPECT_EQ(ids(queue.next(now + Duration::seconds(59))), "-");
  EXPECT_EQ(ids(queue.next(now + Duration::seconds(60))), "1 ");
}

TEST_F(MessageQueueTest, AFailedPushWaitsAloneAndLongerEachTime) {
  queue.add(push("bad"), now);
  queue.add(push("good"), now);
  auto bad = queue.next(now);
  queue.finish(*std::move(bad), {.end = End::Later}, now);
  EXPECT_EQ(ids(queue.next(now)), "good ");
  Duration last{};
  for (int i = 0; i < 5; ++i) {
    Instant asked = now;
    std::optional<Batch> again;
    while (!(again = queue.next(now))) now = now + Duration::milliseconds(100);
    EXPECT_TRUE(i == 0 || now - asked > last);
    last = now - asked;
    queue.finish(*std::move(again), {.end = End::Later}, now);
  }
  EXPECT_LE(last, Duration::seconds(20));
}

TEST_F(MessageQueueTest, RetryAfterIsHonoured) {
  queue.add(push("1"), now);
  queue.finish(*queue.next(now), {.end = End::Later, .pause = Duration::seconds(42)}, now);
  EXPECT_EQ(ids(queue.next(now + Duration::seconds(41))), "-");
  EXPECT_EQ(ids(queue.next(now + Duration::seconds(42))), "1 ");
}

TEST_F(MessageQueueTest, AHostThatDoesNotAnswerTakesNoPlaceFromOthers) {
  for (int i = 0; i < 100; ++i) queue.add(push(std::to_string(i), "https://dead"), now);
  std::vector<Batch> dead;
  while (auto batch = queue.next(now)) dead.push_back(*std::move(batch));
  EXPECT_EQ(dead.size(), static_cast<std::size_t>(kActivePerHost));
  for (int i = 0; i < 100; ++i) queue.add(push("live" + std::to_string(i)), now);
  std::size_t live = drain().size();
  EXPECT_EQ(live, 100U);
  now = now + Duration::seconds(10);
  for (Batch& batch : dead) queue.finish(std::move(batch), {.end = End::NoAnswer}, now);
  EXPECT_EQ(ids(queue.next(now)), "-");
  now = now + Duration::seconds(2);
  auto probe = queue.next(now);
  ASSERT_TRUE(probe);
  EXPECT_EQ(ids(queue.next(now)), "-");  // one asks for all
  queue.finish(*std::move(probe), {}, now);
  EXPECT_EQ(drain().size(), 99U);
}

TEST_F(MessageQueueTest, AfterFiveMinutesNobodyWaitsAnyMore) {
  queue.add(push("1"), now);
  queue.add(robot("2"), now);
  queue.finish(*queue.next(now), {.end = End::NoAnswer, .trouble = "Timeout"}, now);
  EXPECT_TRUE(queue.take_expired(now + Duration::seconds(299)).empty());
  auto old = queue.take_expired(now + Duration::seconds(300));
  ASSERT_EQ(old.size(), 2U);
  EXPECT_EQ(ids(queue.next(now + Duration::seconds(300))), "-");
}

TEST_F(MessageQueueTest, AClockSetBackHoldsNothingUp) {
  queue.add(push("1"), now);
  queue.finish(*queue.next(now), {.end = End::Later, .pause = Duration::minutes(2)}, now);
  now = now - Duration::hours(5);
  EXPECT_EQ(ids(queue.next(now)), "-");
  EXPECT_EQ(ids(queue.next(now + Duration::minutes(1))), "1 ");
}

TEST_F(MessageQueueTest, SaysHowLongNothingCanHappen) {
  EXPECT_EQ(queue.idle(now), Duration::seconds(1));
  queue.add(push("1"), now);
  queue.finish(*queue.next(now), {.end = End::Later, .pause = Duration::milliseconds(300)}, now);
  EXPECT_EQ(queue.idle(now), Duration::milliseconds(300));
  EXPECT_EQ(queue.idle(now + Duration::seconds(9)), Duration{});
}

}  // namespace
}  // namespace anlan::connect
