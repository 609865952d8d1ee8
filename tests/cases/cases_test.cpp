#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/cases/runner.h"
#include "tests/support/postgres.h"

namespace anlan::test {
namespace {

enum class Which { All, NoFamilies };

// On PostgreSQL each case seeds a plant of its own: families, which vary one matter many times, run
// on SQLite only.
std::vector<std::string> case_files(Which which) {
  std::vector<std::string> files;
  for (const char* root : {"packs", "tests/cases"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      bool is_family = entry.path().parent_path().filename() == "families";
      bool is_left_out = is_family && which == Which::NoFamilies;
      if (entry.path().extension() != ".case" || is_left_out) continue;
      files.push_back(entry.path().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

std::string name_of(const testing::TestParamInfo<std::string>& one) {
  std::string name = std::filesystem::path(one.param).stem().string();
  std::ranges::replace_if(name, [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

class TextCase : public testing::TestWithParam<std::string> {};
class PostgresCase : public testing::TestWithParam<std::string> {};

TEST_P(TextCase, HoldsOnSqlite) { EXPECT_EQ(run_case(GetParam(), {}), ""); }

TEST_P(PostgresCase, HoldsOnPostgres) {
  PostgresServer* server = postgres_server();
  if (server == nullptr) GTEST_SKIP() << "no PostgreSQL server here";
  EXPECT_EQ(run_case(GetParam(), {.database = "postgres:" + server->fresh_database()}), "");
}

INSTANTIATE_TEST_SUITE_P(Files, TextCase, testing::ValuesIn(case_files(Which::All)), name_of);
INSTANTIATE_TEST_SUITE_P(Files, PostgresCase, testing::ValuesIn(case_files(Which::NoFamilies)),
                         name_of);

}  // namespace
}  // namespace anlan::test
