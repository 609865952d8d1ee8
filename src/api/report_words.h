#pragma once
// The words of the printed report (report_texts.def) and how it writes times and lengths of time.

#include <initializer_list>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/text.h"

namespace anlan::api {

enum class ReportText {
#define REPORT_TEXT(name, zh, en) name,
#include "api/report_texts.def"
#undef REPORT_TEXT
};

// "zh" or "en"; anything else is "zh".
class ReportWords {
 public:
  explicit ReportWords(std::string_view lang) : lang_(lang == "en" ? "en" : "zh") {}

  std::string say(ReportText text, std::initializer_list<std::string_view> places = {}) const;
  // A text, {"zh","en"} or a number; empty where it is none.
  std::string local(const Json& value) const;
  // "09:32:07.250"; with the date where `has_date`. China has one time zone.
  std::string time(const Json& at, bool has_date) const;
  std::string length(const Json& ms) const;  // "820 ms", "12.4 s", "3 min 05 s"
  // States, kinds and channels by their stored word; an unknown one as it is.
  std::string word(const Json& stored) const;
  // Everything that say() can say.
  static std::string all();

 private:
  std::string lang_;
};

}  // namespace anlan::api
