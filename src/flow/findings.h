#pragma once
// The one catalogue of what a flow is refused for (findings.def), told in both languages. A door of
// its own: only who tells people of findings sees it.

#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"

namespace anlan::flow {

enum class FindingKind {
#define FINDING(name, code, zh, en) name,
#include "flow/findings.def"
#undef FINDING
};

struct ToldFinding {
  std::string element_id;          // empty: the file as a whole
  std::string code;                // of the API: never renamed
  std::vector<std::string> parts;  // what the texts name: ids and words of the file
  LocalText text;                  // plain sentences
};

ToldFinding finding_of(std::string_view element, FindingKind kind, std::vector<std::string> parts);
// What Model::lint finds, in both languages.
std::vector<ToldFinding> lint_told(std::string_view xml);

}  // namespace anlan::flow
