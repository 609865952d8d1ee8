#pragma once
// Runs the public DMN TCK from a folder: every *-test-*.xml below it with its .dmn files. Test
// tooling: the only file of the room that reads files.
//
//   TckReport report = TRY(run_tck("compliance-level-2"));
//   std::cout << report.csv();

#include <string>
#include <vector>

#include "core/result.h"

namespace anlan::rules {

struct TckReport {
  struct Row {           // one result node
    std::string folder;  // "compliance-level-2/0004-simpletable-U"
    std::string test;    // "0004-simpletable-U-test-01"
    std::string case_id;
    std::string node;
    bool passed = false;
    bool is_foreign = false;  // not passed, and its model calls a function in another language
    std::string detail{};     // why not
  };

  std::vector<Row> rows{};
  std::size_t cases = 0;
  std::size_t cases_passed = 0;  // every node of the case passed

  std::size_t nodes() const { return rows.size(); }
  std::size_t nodes_passed() const;
  std::size_t nodes_foreign() const;
  // The TCK's tck_results.csv: folder, test, case, node, SUCCESS, ERROR or IGNORED, detail.
  std::string csv() const;
};

Result<TckReport> run_tck(const std::string& folder);

}  // namespace anlan::rules
