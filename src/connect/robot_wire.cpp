#include "connect/robot_wire.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/base64.h"
#include "core/check.h"
#include "core/json.h"
#include "core/text.h"

namespace anlan::connect {
namespace {

using Verdict = RobotAnswer::Verdict;

constexpr std::size_t kAnswerBytesMax = 64 << 10;
constexpr std::size_t kReasonBytesMax = 200;
constexpr Duration kMinute = Duration::minutes(1);  // both count per minute

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (char letter : text) {
    bool is_plain = (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
                    (letter >= 'a' && letter <= 'z') || letter == '-' || letter == '_' ||
                    letter == '.' || letter == '~';
    if (is_plain) {
      out += letter;
      continue;
    }
    auto byte = static_cast<uint8_t>(letter);
    out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

// "<@all>" and "<@somebody>" would call people by the words of a record.
std::string without_mentions(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '<' && i + 1 < text.size() && text[i + 1] == '@') out += ' ';
  }
  return out;
}

std::string one_text(const RobotMessage& message) {
  std::string out = without_mentions(message.title);
  if (!message.text.empty()) out += "\n" + without_mentions(message.text);
  return out;
}

// The link stays whole, whatever the text loses.
std::string first_text(const RobotMessage& message) {
  std::string link = message.link.empty() ? "" : "\n" + message.link;
  if (link.size() > kRobotTextBytesMax / 2) link.clear();
  return cut_text(one_text(message), kRobotTextBytesMax - link.size()) + link;
}

struct CodeMeaning {
  int64_t code;
  Verdict verdict;
  Duration pause{};
};

// WeCom's global codes (developer.work.weixin.qq.com, path 90313) as far as a robot meets them.
constexpr std::array kWeComCodes = {
    CodeMeaning{0, Verdict::Sent},
    CodeMeaning{-1, Verdict::Later},
    CodeMeaning{45009, Verdict::TooFast, kMinute},  // api freq out of limit
    CodeMeaning{45033, Verdict::TooFast, kMinute},  // too many at once
    CodeMeaning{93000, Verdict::Gone},              // invalid webhook url: the robot was removed
};

// DingTalk's codes for custom robots; old and new API name the same thing with other numbers.
constexpr std::array kDingTalkCodes = {
    CodeMeaning{0, Verdict::Sent},
    CodeMeaning{-1, Verdict::Later},
    CodeMeaning{130101, Verdict::TooFast, kDingTalkPause},  // send too fast
    CodeMeaning{410100, Verdict::TooFast, kDingTalkPause},  // the same, newer
    CodeMeaning{300001, Verdict::Gone},                     // token is not exist
    CodeMeaning{300005, Verdict::Gone},                     // token is not exist
    CodeMeaning{400101, Verdict::Gone},                     // token does not exist
    CodeMeaning{400106, Verdict::Gone},                     // no such robot
    CodeMeaning{400013, Verdict::Gone},                     // the group was dissolved
};

std::optional<RobotAnswer> answer_of_status(int status) {
  if (status >= 200 && status < 300) return std::nullopt;
  std::string reason = "robot answered HTTP " + std::to_string(status);
  if (status == 429) return RobotAnswer{Verdict::TooFast, std::move(reason), kMinute};
  bool is_passing = status == 408 || status >= 500;
  return RobotAnswer{is_passing ? Verdict::Later : Verdict::Refused, std::move(reason)};
}

RobotAnswer answer_of(int status, std::string_view body, std::span<const CodeMeaning> codes) {
  if (auto answer = answer_of_status(status)) return *std::move(answer);
  auto json = parse_json(body, kAnswerBytesMax);
  std::optional<int64_t> code = json ? (*json)["errcode"].as_int64() : std::nullopt;
  // Something in between answered, a log-in page for example: perhaps it will let us through.
  if (!code) return {Verdict::Later, "robot answered without errcode"};
  std::string said = json->text_or("errmsg", "");
  std::string reason = "errcode " + std::to_string(*code) + " " + cut_text(said, kReasonBytesMax);
  auto meaning = std::ranges::find(codes, *code, &CodeMeaning::code);
  if (meaning == codes.end()) return {Verdict::Refused, std::move(reason)};
  if (meaning->verdict == Verdict::Sent) reason.clear();
  return {meaning->verdict, std::move(reason), meaning->pause};
}

}  // namespace

std::string cut_text(std::string_view text, std::size_t bytes_max) {
  constexpr std::string_view kEllipsis = "\xe2\x80\xa6";
  if (text.size() <= bytes_max) return std::string(text);
  if (bytes_max < kEllipsis.size()) return {};
  std::size_t end = bytes_max - kEllipsis.size();
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + std::string(kEllipsis);
}

RobotText robot_text(std::span<const RobotMessage> waiting) {
  CHECK(!waiting.empty(), "a text needs a message");
  RobotText out{first_text(waiting[0]), 1};
  for (const RobotMessage& message : waiting.subspan(1)) {
    std::string more = "\n\n" + one_text(message);
    if (!message.link.empty()) more += "\n" + message.link;
    if (out.text.size() + more.size() > kRobotTextBytesMax) break;
    out.text += more;
    ++out.taken;
  }
  return out;
}

std::string wecom_body(std::string_view text, Mention mention) {
  Json content = Json::object({{"content", text}});
  if (mention == Mention::All) content.set("mentioned_list", Json::array({"@all"}));
  return write_json(Json::object({{"msgtype", "text"}, {"text", content}}));
}

std::string dingtalk_body(std::string_view text, Mention mention) {
  return write_json(Json::object({{"msgtype", "text"},
                                  {"text", Json::object({{"content", text}})},
                                  {"at", Json::object({{"isAtAll", mention == Mention::All}})}}));
}

std::string dingtalk_url(std::string_view url, std::string_view secret, Instant now) {
  if (secret.empty()) return std::string(url);
  std::string time = std::to_string(now.to_milliseconds());
  std::string signed_text = time + "\n" + std::string(secret);
  std::array<unsigned char, 32> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), mac.data(),
       &size);
  std::string sign = base64({reinterpret_cast<const char*>(mac.data()), mac.size()});
  char join = url.contains('?') ? '&' : '?';
  return std::string(url) + join + "timestamp=" + time + "&sign=" + percent_encoded(sign);
}

RobotAnswer read_wecom_answer(int http_status, std::string_view body) {
  return answer_of(http_status, body, kWeComCodes);
}

RobotAnswer read_dingtalk_answer(int http_status, std::string_view body) {
  return answer_of(http_status, body, kDingTalkCodes);
}

}  // namespace anlan::connect
