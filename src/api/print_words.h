#pragma once
// The words of exported files and printed sheets (print_texts.def), and how a record's values look
// there.

#include <initializer_list>
#include <string>
#include <string_view>

#include "core/json.h"
#include "records/records.h"

namespace anlan::api {

enum class PrintText {
#define PRINT_TEXT(name, zh, en) name,
#include "api/print_texts.def"
#undef PRINT_TEXT
};

// A value as a table shows it. Numbers keep their digits in `text`; instants are also days since
// 1899-12-30 in the plant's zone, as spreadsheets count.
struct PrintCell {
  enum class Kind { Empty, Text, Number, Instant };
  Kind kind = Kind::Empty;
  std::string text{};
  double number = 0;
};

class PrintWords {
 public:
  // "zh" or "en", anything else is "zh"; `zone` as "+08:00".
  PrintWords(std::string_view lang, std::string zone)
      : lang_(lang == "en" ? "en" : "zh"), zone_(std::move(zone)) {}

  std::string say(PrintText text, std::initializer_list<std::string_view> places = {}) const;
  std::string title_of(const records::Field& field) const;  // of system members too
  // A row of list or read, with its _titles.
  PrintCell cell_of(const records::Form& form, const records::Field& field, const Json& row) const;
  std::string local(const Json& value) const;  // {"zh","en"} or a text
  std::string time(Instant at) const;          // "2026-11-21 14:23:11"
  const std::string& lang() const { return lang_; }
  const std::string& zone() const { return zone_; }
  // Everything that say() can say, for the font.
  static std::string all();

 private:
  PrintCell instant_cell(const std::string& text) const;
  std::string actor(const std::string& kind) const;
  std::string choices(const records::Field& field, const Json& value) const;

  std::string lang_;
  std::string zone_;
};

}  // namespace anlan::api
