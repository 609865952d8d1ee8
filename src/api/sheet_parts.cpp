#include "api/sheet_parts.h"

#include "core/time.h"

namespace anlan::api {

using T = PrintText;

std::vector<std::string> page_lines(const PrintWords& words, const Json& sheet,
                                    const std::string& made_by, std::size_t pages) {
  auto at = parse_instant(sheet.text_or("made_at", ""));
  std::string made = words.say(T::MadeBy, {made_by, at ? words.time(*at) : std::string()});
  std::vector<std::string> lines;
  for (std::size_t page = 1; page <= pages; ++page) {
    std::string number = words.say(T::PageOf, {std::to_string(page), std::to_string(pages)});
    lines.push_back(made + "  " + number);
  }
  return lines;
}

void draw_trust(Paper& paper, const PrintWords& words, const Json& sheet,
                const std::string& address, const std::vector<std::string>& dots) {
  paper.heading(words.say(T::Trust));
  std::vector<std::string> lines;
  if (!address.empty()) lines.push_back(words.say(T::Scan, {address}));
  if (auto leaf = sheet["leaf"].as_int64()) {
    lines.push_back(words.say(T::Leaf, {std::to_string(*leaf)}));
  }
  const Json& head = sheet["head"];
  if (head.is_object()) {
    lines.push_back(
        words.say(T::Head, {std::to_string(head.int_or("size", 0)), head.text_or("root", "")}));
  } else {
    lines.push_back(words.say(T::NoHead));
  }
  paper.code(dots, lines);
}

}  // namespace anlan::api
