// anlan flow lint FILE: the same findings as a deployment and the designer.

#include <cstdio>
#include <fstream>
#include <print>
#include <sstream>

#include "app/commands.h"
#include "flow/flow.h"

namespace anlan::app {

Exit flow(const Words& words) {
  bool is_understood = words.plain.size() == 2 && words.plain[0] == "lint";
  if (!is_understood) return std::unexpected(Misuse{Text::WrongWords, "flow"});
  std::ifstream file(words.plain[1], std::ios::binary);
  if (!file) {
    return tell_failure({.code = ErrorCode::NotFound, .detail = "no file " + words.plain[1]});
  }
  std::ostringstream bytes;
  bytes << file.rdbuf();
  std::vector<flow::Finding> findings = flow::Model::lint(bytes.view());
  for (const flow::Finding& finding : findings) {
    std::println("{}: {}", finding.element_id, finding.text);
  }
  if (findings.empty()) std::println("{}", say(Text::FlowFine, terminal_language()));
  return findings.empty() ? 0 : 1;
}

}  // namespace anlan::app
