#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
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

// Under a sanitizer each case takes nine times as long, and the cases of a family walk the same
// code: with ANLAN_FAMILIES_EVERY=6 one in six of them runs.
bool is_left_out(const std::string& path) {
  const char* every = std::getenv("ANLAN_FAMILIES_EVERY");
  std::size_t step = every == nullptr ? 1 : std::strtoull(every, nullptr, 10);
  bool is_family = std::filesystem::path(path).parent_path().filename() == "families";
  if (!is_family || step < 2) return false;
  auto files = case_files(Which::All);
  return (std::ranges::find(files, path) - files.begin()) % static_cast<int64_t>(step) != 0;
}

class TextCase : public testing::TestWithParam<std::string> {};
class PostgresCase : public testing::TestWithParam<std::string> {};

TEST_P(TextCase, HoldsOnSqlite) {
  if (is_left_out(GetParam())) GTEST_SKIP() << "runs without a sanitizer";
  EXPECT_EQ(run_case(GetParam(), {}), "");
}

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
