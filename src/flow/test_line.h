#pragma once
// For text cases: the words of one command.

#include <algorithm>
#include <string>
#include <vector>

namespace anlan::flow {

struct Line {
  std::string text;
  std::vector<std::string> words;
};

// Words; "quoted text" and a JSON object at the end are one word each.
inline Line parse_line(const std::string& text) {
  Line line{.text = text, .words = {}};
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == ' ') {
      ++at;
    } else if (text[at] == '{') {
      line.words.push_back(text.substr(at));
      break;
    } else if (text[at] == '"') {
      std::size_t end = text.find('"', at + 1);
      line.words.push_back(text.substr(at + 1, end - at - 1));
      at = end + 1;
    } else {
      std::size_t end = std::min(text.find(' ', at), text.size());
      line.words.push_back(text.substr(at, end - at));
      at = end;
    }
  }
  return line;
}

}  // namespace anlan::flow
