#include "rules/tck.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

namespace anlan::rules {
namespace {

std::string tck_folder(const std::string& level) {
  const char* shared = std::getenv("ANLAN_SHARED");
  return std::string(shared != nullptr ? shared : "../shared") + "/data/tck/compliance-level-" +
         level;
}

void print_failures(const TckReport& report) {
  for (const TckReport::Row& row : report.rows) {
    if (row.passed) continue;
    std::cout << row.folder << ' ' << row.test << ' ' << row.case_id << ' ' << row.node << ": "
              << row.detail.substr(0, 160) << '\n';
  }
}

TEST(Tck, every_case_of_level_2_passes) {
  std::string folder = tck_folder("2");
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no TCK at " << folder;
  auto report = run_tck(folder);
  ASSERT_TRUE(report.has_value());
  print_failures(*report);
  EXPECT_EQ(report->cases, 116U);
  EXPECT_EQ(report->nodes(), 126U);
  EXPECT_EQ(report->cases_passed, report->cases);
  EXPECT_EQ(report->nodes_passed(), report->nodes());
}

// Folder and case, a space between.
std::set<std::string> not_applicable() {
  std::ifstream in("tests/data/tck_not_applicable.txt");
  std::set<std::string> out;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.front() != '#') out.insert(line);
  }
  return out;
}

TEST(Tck, every_case_of_level_3_passes_but_those_that_call_java) {
  std::string folder = tck_folder("3");
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no TCK at " << folder;
  auto report = run_tck(folder);
  ASSERT_TRUE(report.has_value());
  if (std::getenv("ANLAN_TCK_VERBOSE") != nullptr) print_failures(*report);
  std::cout << "TCK level 3: " << report->cases_passed << " of " << report->cases << " cases, "
            << report->nodes_passed() << " of " << report->nodes() << " result nodes\n";
  std::set<std::string> java = not_applicable();
  EXPECT_FALSE(java.empty());
  for (const TckReport::Row& row : report->rows) {
    std::string name = row.folder + " " + row.case_id;
    EXPECT_EQ(row.passed, !java.contains(name)) << name << ": " << row.detail;
    EXPECT_EQ(row.is_foreign, java.contains(name)) << name;
  }
  EXPECT_GE(report->cases, 2587U);
}

TEST(Tck, a_missing_folder_is_refused) { EXPECT_FALSE(run_tck("no/such/folder").has_value()); }

TEST(Tck, the_csv_quotes_every_column) {
  TckReport report;
  report.rows.push_back(
      {.folder = "f", .test = "t", .case_id = "001", .node = "a \"b\"", .passed = true});
  EXPECT_EQ(report.csv(), "\"f\",\"t\",\"001\",\"a \"\"b\"\"\",\"SUCCESS\",\"\"\n");
}

}  // namespace
}  // namespace anlan::rules
