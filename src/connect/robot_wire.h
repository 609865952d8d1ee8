#pragma once
// What the group robots of WeCom and DingTalk want to see and how they answer. Pure. Both answer
// HTTP 200 also when they refuse: only `errcode` in the body counts. Always plain text, never
// markdown: WeCom shows markdown not to members who read in WeChat, and a link in plain text can be
// touched anyway.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace anlan::connect {

// WeCom: text.content at most 2048 bytes of UTF-8. DingTalk takes 20,000; one bound is enough.
inline constexpr std::size_t kRobotTextBytesMax = 2048;
// DingTalk stays silent for ten minutes after the 21st message of a minute.
inline constexpr Duration kDingTalkPause = Duration::minutes(10);

// At most `bytes_max` bytes, cut between characters; what was cut ends with an ellipsis.
std::string cut_text(std::string_view text, std::size_t bytes_max);

struct RobotMessage {
  std::string title;
  std::string text;
  std::string link{};  // absolute; may be empty
};
// One text out of the first of `waiting` and as many more as fit whole; the first is cut if it is
// too long alone. `waiting` is not empty.
struct RobotText {
  std::string text;
  std::size_t taken = 0;
};
RobotText robot_text(std::span<const RobotMessage> waiting);

enum class Mention { Nobody, All };
std::string wecom_body(std::string_view text, Mention mention);
std::string dingtalk_body(std::string_view text, Mention mention);

// DingTalk: base64(HMAC-SHA256(key secret, "<ms>\n<secret>")), percent-encoded, and the time itself
// as further parts of the query. An empty secret leaves the URL as it is.
std::string dingtalk_url(std::string_view url, std::string_view secret, Instant now);

struct RobotAnswer {
  enum class Verdict {
    Sent,
    Gone,     // this robot or its group is no more
    Refused,  // trying again gives the same answer
    TooFast,  // wait as long as `pause` says
    Later,    // their trouble: try again
  };
  Verdict verdict = Verdict::Refused;
  std::string reason{};  // English, with errcode; never a URL
  Duration pause{};
};
RobotAnswer read_wecom_answer(int http_status, std::string_view body);
RobotAnswer read_dingtalk_answer(int http_status, std::string_view body);

}  // namespace anlan::connect
