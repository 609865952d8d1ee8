#include <cstdio>
#include <print>

#include "app/commands.h"
#include "rules/tck.h"

namespace anlan::app {

Exit dmn_tck(const Words& words) {
  if (words.plain.size() != 1) return std::unexpected(Misuse{Text::WrongWords, "dmn-tck"});
  Result<rules::TckReport> report = rules::run_tck(words.plain.front());
  if (!report) return tell_failure(report.error());
  std::print("{}", report->csv());
  std::println(stderr, "{}",
               say(Text::TckSummary, terminal_language(),
                   {std::to_string(report->cases), std::to_string(report->cases_passed),
                    std::to_string(report->nodes()), std::to_string(report->nodes_passed())}));
  return report->cases_passed == report->cases ? 0 : 1;
}

}  // namespace anlan::app
