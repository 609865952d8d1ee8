#pragma once
// What the tests of this room share.

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "history/history.h"
#include "history/signal_mix.h"
#include "history/sqlite_file.h"
#include "store/own_tables.h"
#include "tests/support/postgres.h"
#include "tests/support/temp_folder.h"

namespace anlan::history {

struct TempFolder : test::TempFolder {
  TempFolder() : test::TempFolder("history") {}
};

enum class TablesIn { Sqlite, Postgres };

inline std::string name_of_tables(const testing::TestParamInfo<TablesIn>& info) {
  return info.param == TablesIn::Sqlite ? "Sqlite" : "Postgres";
}

// A history whose tables lie in the one or in the other.
class OnBothTables : public testing::TestWithParam<TablesIn> {
 protected:
  void SetUp() override {
    if (GetParam() == TablesIn::Sqlite) return;
    auto* server = test::postgres_server();
    if (server == nullptr) GTEST_SKIP() << "no PostgreSQL 17 server binary here";
    connect_ = server->fresh_database();
  }

  bool is_server() const { return GetParam() == TablesIn::Postgres; }
  const std::string& connect() const { return connect_; }

  // One statement beside the history; tables have their names of that kind.
  void run(const std::string& sqlite, const std::string& postgres) {
    if (is_server()) {
      auto tables = store::OwnTables::open(connect_, false);
      ASSERT_TRUE(tables) << tables.error().detail;
      auto done = (*tables)->run(postgres);
      EXPECT_TRUE(done) << done.error().detail;
      return;
    }
    SqliteFile file;
    ASSERT_TRUE(file.open(folder_.path() + "/blocks.db", false));
    EXPECT_TRUE(file.run(sqlite.c_str()));
  }
  // The one number that a statement answers; `table` stands as %.
  int64_t number(std::string text) {
    std::size_t place = text.find('%');
    text.replace(place, 1, is_server() ? "history_" : "");
    if (is_server()) {
      auto tables = store::OwnTables::open(connect_, false);
      auto rows = (*tables)->read({text});
      EXPECT_TRUE(rows) << rows.error().detail;
      return rows ? std::get<int64_t>(rows->cells()[0][0]) : -1;
    }
    SqliteFile file;
    EXPECT_TRUE(file.open(folder_.path() + "/blocks.db", false));
    std::array texts = {text.c_str()};
    Statements statements(file, texts);
    auto statement = statements.get(0);
    EXPECT_TRUE(statement && file.step(*statement)) << text;
    return statement ? int64_of(*statement, 0) : -1;
  }

  TempFolder folder_;

 private:
  std::string connect_;
};

inline constexpr Instant kStart{1'767'225'600'000'000'000};  // 2026-01-01T00:00:00Z

}  // namespace anlan::history

#define ON_BOTH_KINDS_OF_TABLES(Fixture)                                                         \
  INSTANTIATE_TEST_SUITE_P(Both, Fixture, testing::Values(TablesIn::Sqlite, TablesIn::Postgres), \
                           name_of_tables)
