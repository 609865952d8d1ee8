#include "rules/tck.h"

#include <cstdio>
#include <fstream>
#include <print>

#include "app/commands.h"

namespace anlan::app {

namespace {

Result<void> write_csv(const Words& words, const rules::TckReport& report) {
  if (!words.has("--csv")) return {};
  std::string path = words.one("--csv", "");
  std::ofstream out(path, std::ios::binary);
  out << report.csv();
  if (!out.flush()) return refuse(ErrorCode::StoreFailed, "writing " + path);
  return {};
}

}  // namespace

// The last line is for programs: "passed X of Y", cases in every language of the terminal.
Exit dmn_tck(const Words& words) {
  if (words.plain.size() != 1) return std::unexpected(Misuse{Text::WrongWords, "dmn-tck"});
  Result<rules::TckReport> report = rules::run_tck(words.plain.front());
  if (!report) return tell_failure(report.error());
  if (auto written = write_csv(words, *report); !written) return tell_failure(written.error());
  for (const rules::TckReport::Row& row : report->rows) {
    if (row.passed) continue;
    std::println("{} {} {} {}: {}", row.folder, row.test, row.case_id, row.node, row.detail);
  }
  std::println("{}", say(Text::TckSummary, terminal_language(),
                         {std::to_string(report->cases), std::to_string(report->cases_passed),
                          std::to_string(report->nodes()), std::to_string(report->nodes_passed()),
                          std::to_string(report->nodes_foreign())}));
  std::println("{}", say(Text::TckPassed, terminal_language(),
                         {std::to_string(report->cases_passed), std::to_string(report->cases)}));
  return report->nodes_passed() + report->nodes_foreign() == report->nodes() ? 0 : 1;
}

}  // namespace anlan::app
