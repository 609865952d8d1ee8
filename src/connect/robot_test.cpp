#include <gtest/gtest.h>

#include "connect/robot_wire.h"
#include "core/json.h"
#include "core/text.h"

namespace anlan::connect {
namespace {

using Verdict = RobotAnswer::Verdict;

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Robot, CutsTextBetweenCharacters) {
  EXPECT_EQ(cut_text("硝化车间", 12), "硝化车间");
  EXPECT_EQ(cut_text("硝化车间", 11), "硝化…");
  EXPECT_EQ(cut_text("硝化车间", 9), "硝化…");
  EXPECT_EQ(cut_text("硝化车间", 2), "");
  std::string longest = cut_text(repeated("气", 1000), kRobotTextBytesMax);
  EXPECT_LE(longest.size(), kRobotTextBytesMax);
  EXPECT_TRUE(is_utf8(longest));
}

TEST(Robot, MergesWhatFitsAndLeavesTheRestForTheNextText) {
  std::vector<RobotMessage> waiting(5, {"报警 GAS-2107", repeated("气", 200), "https://a/m/#/1"});
  RobotText first = robot_text(waiting);
  EXPECT_EQ(first.taken, 3U);
  EXPECT_LE(first.text.size(), kRobotTextBytesMax);
  EXPECT_EQ(robot_text(std::span(waiting).subspan(3)).taken, 2U);
}

TEST(Robot, ALongMessageIsCutButKeepsItsLink) {
  std::vector<RobotMessage> waiting{{"title", repeated("气", 5000), "https://a/m/#/response/1"}};
  RobotText cut = robot_text(waiting);
  EXPECT_LE(cut.text.size(), kRobotTextBytesMax);
  EXPECT_TRUE(cut.text.ends_with("…\nhttps://a/m/#/response/1"));
}

TEST(Robot, TheWordsOfARecordCallNobody) {
  std::vector<RobotMessage> waiting{{"a <@all> b", "<@zhangsan>"}};
  EXPECT_EQ(robot_text(waiting).text, "a < @all> b\n< @zhangsan>");
}

TEST(Robot, WritesTheBodiesThatTheTwoServicesKnow) {
  EXPECT_EQ(wecom_body("a\"b", Mention::Nobody), R"({"msgtype":"text","text":{"content":"a\"b"}})");
  EXPECT_EQ(wecom_body("a", Mention::All),
            R"({"msgtype":"text","text":{"content":"a","mentioned_list":["@all"]}})");
  EXPECT_EQ(dingtalk_body("a", Mention::All),
            R"({"msgtype":"text","text":{"content":"a"},"at":{"isAtAll":true}})");
}

// Made with openssl dgst -sha256 -hmac out of the same words.
TEST(Robot, SignsTheUrlAsDingTalkWantsIt) {
  Instant at = Instant{} + Duration::milliseconds(1'700'000'000'123);
  std::string url = "https://oapi.dingtalk.com/robot/send?access_token=X";
  EXPECT_EQ(
      dingtalk_url(url, "SECabc", at),
      url + "&timestamp=1700000000123&sign=IqXBU%2FaLfwMA3S%2FtDcfRmHx5vWHw9Y1aOgFLBr1Ti9w%3D");
  EXPECT_EQ(dingtalk_url(url, "", at), url);
  EXPECT_TRUE(dingtalk_url("http://a/b", "s", at).starts_with("http://a/b?timestamp="));
}

TEST(Robot, ReadsTheAnswersOfWeCom) {
  EXPECT_EQ(read_wecom_answer(200, R"({"errcode":0,"errmsg":"ok"})").verdict, Verdict::Sent);
  auto fast = read_wecom_answer(200, R"({"errcode":45009,"errmsg":"api freq out of limit"})");
  EXPECT_EQ(fast.verdict, Verdict::TooFast);
  EXPECT_EQ(fast.pause, Duration::minutes(1));
  auto gone = read_wecom_answer(200, R"({"errcode":93000,"errmsg":"invalid webhook url"})");
  EXPECT_EQ(gone.verdict, Verdict::Gone);
  EXPECT_EQ(gone.reason, "errcode 93000 invalid webhook url");
  EXPECT_EQ(read_wecom_answer(200, R"({"errcode":40008})").verdict, Verdict::Refused);
  EXPECT_EQ(read_wecom_answer(200, R"({"errcode":-1})").verdict, Verdict::Later);
}

TEST(Robot, ReadsTheAnswersOfDingTalk) {
  EXPECT_EQ(read_dingtalk_answer(200, R"({"errcode":0,"errmsg":"ok"})").verdict, Verdict::Sent);
  for (std::string code : {"130101", "410100"}) {
    auto fast = read_dingtalk_answer(200, "{\"errcode\":" + code + "}");
    EXPECT_EQ(fast.verdict, Verdict::TooFast);
    EXPECT_EQ(fast.pause, kDingTalkPause);
  }
  EXPECT_EQ(read_dingtalk_answer(200, R"({"errcode":300005})").verdict, Verdict::Gone);
  auto sign = read_dingtalk_answer(200, R"({"errcode":310000,"errmsg":"sign not match"})");
  EXPECT_EQ(sign.verdict, Verdict::Refused);
  EXPECT_EQ(sign.reason, "errcode 310000 sign not match");
}

TEST(Robot, WhatIsNoAnswerOfARobotIsTriedAgainOrRefused) {
  EXPECT_EQ(read_wecom_answer(200, "<html>log in</html>").verdict, Verdict::Later);
  EXPECT_EQ(read_wecom_answer(200, R"({"errcode":"0"})").verdict, Verdict::Later);
  EXPECT_EQ(read_wecom_answer(200, "").verdict, Verdict::Later);
  EXPECT_EQ(read_wecom_answer(502, R"({"errcode":0})").verdict, Verdict::Later);
  EXPECT_EQ(read_wecom_answer(429, "").verdict, Verdict::TooFast);
  EXPECT_EQ(read_dingtalk_answer(302, "").verdict, Verdict::Refused);
  EXPECT_EQ(read_dingtalk_answer(404, "").verdict, Verdict::Refused);
}

}  // namespace
}  // namespace anlan::connect
