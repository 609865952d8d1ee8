#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/cases/runner.h"
#include "tests/support/postgres.h"

namespace anlan::test {
namespace {

std::vector<std::string> case_files() {
  std::vector<std::string> files;
  for (const char* root : {"packs", "tests/cases"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() == ".case") files.push_back(entry.path().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

class TextCase : public testing::TestWithParam<std::string> {};

TEST_P(TextCase, HoldsOnSqlite) { EXPECT_EQ(run_case(GetParam(), {}), ""); }

TEST_P(TextCase, HoldsOnPostgres) {
  PostgresServer* server = postgres_server();
  if (server == nullptr) GTEST_SKIP() << "no PostgreSQL server here";
  EXPECT_EQ(run_case(GetParam(), {.database = "postgres:" + server->fresh_database()}), "");
}

INSTANTIATE_TEST_SUITE_P(Files, TextCase, testing::ValuesIn(case_files()), [](const auto& one) {
  std::string name = std::filesystem::path(one.param).stem().string();
  std::ranges::replace_if(name, [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace anlan::test
