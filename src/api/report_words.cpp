#include "api/report_words.h"

#include <algorithm>
#include <array>
#include <format>
#include <vector>

#include "core/time.h"

namespace anlan::api {
namespace {

constexpr Duration kChina = Duration::hours(8);

const std::vector<LocalText>& texts() {
  static const std::vector<LocalText> all = {
#define REPORT_TEXT(name, zh, en) {zh, en},
#include "api/report_texts.def"
#undef REPORT_TEXT
  };
  return all;
}

struct StoredWord {
  std::string_view stored;
  ReportText text;
};
constexpr std::array kStored = {
    StoredWord{"hot", ReportText::KindHot},
    StoredWord{"confined", ReportText::KindConfined},
    StoredWord{"asked", ReportText::StateAsked},
    StoredWord{"responding", ReportText::StateResponding},
    StoredWord{"all_counted", ReportText::StateAllCounted},
    StoredWord{"closed", ReportText::StateClosed},
    StoredWord{"stopped", ReportText::StateStopped},
    StoredWord{"false_alarm", ReportText::StateFalseAlarm},
    StoredWord{"suspended", ReportText::StateSuspended},
    StoredWord{"withdrawing", ReportText::StateWithdrawing},
    StoredWord{"active", ReportText::StateActive},
    StoredWord{"ready", ReportText::StateReady},
    StoredWord{"expired", ReportText::StateExpired},
    StoredWord{"web", ReportText::ChannelWeb},
    StoredWord{"push", ReportText::ChannelPush},
    StoredWord{"web_push", ReportText::ChannelPush},
    StoredWord{"wecom", ReportText::ChannelWeCom},
    StoredWord{"dingtalk", ReportText::ChannelDingTalk},
    StoredWord{"system", ReportText::ActorSystem},
    StoredWord{"system-timeout", ReportText::ActorTimeout},
};

}  // namespace

std::string ReportWords::say(ReportText text,
                             std::initializer_list<std::string_view> places) const {
  std::string out = texts()[static_cast<std::size_t>(text)].in(lang_);
  std::size_t index = 0;
  for (std::string_view place : places) {
    std::string hole = "{" + std::to_string(index++) + "}";
    std::size_t at = out.find(hole);
    if (at != std::string::npos) out.replace(at, hole.size(), place);
  }
  return out;
}

std::string ReportWords::local(const Json& value) const {
  if (value.is_text()) return value.as_text();
  if (value.is_number()) return value.as_number().text;
  if (!value.is_object()) return {};
  std::string text = value.text_or(lang_, "");
  return text.empty() ? value.text_or(lang_ == "zh" ? "en" : "zh", "") : text;
}

std::string ReportWords::time(const Json& at, bool has_date) const {
  auto instant = at.is_text() ? parse_instant(at.as_text()) : Result<Instant>(Instant{});
  if (!at.is_text() || !instant) return {};
  std::string text = format_instant(*instant + kChina);  // "2026-11-21T06:23:11.250Z"
  std::string clock = text.substr(11, 12);
  return has_date ? text.substr(0, 10) + " " + clock : clock;
}

std::string ReportWords::length(const Json& value) const {
  std::optional<int64_t> ms = value.as_int64();
  if (!ms) return {};
  if (*ms < 1000) return say(ReportText::Milliseconds, {std::to_string(*ms)});
  if (*ms < 120'000) {
    double seconds = static_cast<double>(*ms) / 1000;
    std::string text =
        *ms % 1000 == 0 ? std::to_string(*ms / 1000) : std::format("{:.1f}", seconds);
    return say(ReportText::Seconds, {text});
  }
  int64_t seconds = *ms / 1000;
  return say(ReportText::Minutes,
             {std::to_string(seconds / 60), std::format("{:02}", seconds % 60)});
}

std::string ReportWords::word(const Json& stored) const {
  if (!stored.is_text()) return local(stored);
  auto found = std::ranges::find(kStored, stored.as_text(), &StoredWord::stored);
  return found == kStored.end() ? stored.as_text() : say(found->text);
}

std::string ReportWords::all() {
  std::string out;
  for (const LocalText& text : texts()) out += text.zh + text.en;
  return out;
}

}  // namespace anlan::api
