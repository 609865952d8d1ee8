#pragma once
// What the tests of this room share: every test of StoreTest runs on SQLite and on PostgreSQL.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "store/store.h"
#include "tests/support/postgres.h"
#include "tests/support/temp_folder.h"

namespace anlan::store {

struct TempFolder : test::TempFolder {
  TempFolder() : test::TempFolder("store") {}
};

inline std::vector<Migration> test_migrations() {
  return {{"test.1",
           {"CREATE TABLE hazard (id {{id}} PRIMARY KEY, title {{text}}, count {{int}},"
            " ratio {{real}}, photo {{blob}}, more {{json}}, version {{int}} NOT NULL)",
            "CREATE TABLE task (id {{id}} PRIMARY KEY, hazard {{id}} REFERENCES hazard (id),"
            " name {{text}} NOT NULL UNIQUE)",
            "CREATE TABLE secret (id {{id}} PRIMARY KEY, hash {{text}} NOT NULL)"}}};
}

inline Change act(std::string name, std::string subject) {
  return {.act = std::move(name),
          .subject_kind = "hazard",
          .subject_id = std::move(subject),
          .at = {1'700'000'000'123'456'789}};
}

inline RowChange hazard_row(std::string id, std::string title, int64_t version = 1) {
  return {.kind = RowChange::Kind::Insert,
          .table = "hazard",
          .key = {{"id", std::move(id)}},
          .cells = {{"title", std::move(title)}, {"version", version}}};
}

inline Change report(const std::string& id, std::string title = "leak") {
  Change change = act("hazard.report", id);
  change.rows.push_back(hazard_row(id, std::move(title)));
  change.events.push_back({"hazard", Json::object({{"id", id}})});
  return change;
}

inline Result<void> commit_one(Database& database, const Change& change) {
  std::vector<Work> works{[&](Transaction& transaction) { return transaction.apply(change); }};
  auto answers = TRY(database.commit_group(works));
  return answers.front();
}

inline std::vector<Result<void>> commit_all(Database& database, const std::vector<Work>& works) {
  auto answers = database.commit_group(works);
  EXPECT_TRUE(answers) << answers.error().detail;
  return answers ? std::move(answers).value() : std::vector<Result<void>>(works.size());
}

class StoreTest : public testing::TestWithParam<Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == Dialect::Postgres && !test::postgres_server()) {
      GTEST_SKIP() << "no PostgreSQL 17 server binary here";
    }
    where_ = fresh_database(GetParam());
    open();
    ASSERT_TRUE(database_->migrate(test_migrations()));
  }

  std::string fresh_database(Dialect dialect) {
    if (dialect == Dialect::Postgres)
      return "postgres:" + test::postgres_server()->fresh_database();
    return "sqlite:" + folder_.path() + "/" + std::to_string(++files_) + ".db";
  }

  Config config() {
    return {.database = where_,
            .folder = folder_.path(),
            .head_folders = {},
            .plant = "Plant Ä",
            .clock = clock_,
            .random = random_,
            .sync = false};
  }

  void open() {
    database_.reset();
    auto opened = Database::open(config());
    ASSERT_TRUE(opened) << opened.error().detail;
    database_ = std::move(opened).value();
  }

  Rows rows(const Sql& sql) {
    auto view = database_->snapshot();
    EXPECT_TRUE(view) << view.error().detail;
    auto found = (*view)->query(sql);
    EXPECT_TRUE(found) << found.error().detail;
    return found ? std::move(found).value() : Rows();
  }

  int64_t count_of(const std::string& table) {
    return rows({"SELECT count(*) AS n FROM " + table})[0].int64("n");
  }

  TempFolder folder_;
  int files_ = 0;
  std::string where_;
  ManualClock clock_{{1'700'000'000'000'000'000}};
  SeededRandom random_{11};
  std::unique_ptr<Database> database_;
};

inline std::string dialect_name(const testing::TestParamInfo<Dialect>& info) {
  return info.param == Dialect::Sqlite ? "Sqlite" : "Postgres";
}

}  // namespace anlan::store

#define ON_BOTH_DATABASES(Fixture)                                                             \
  INSTANTIATE_TEST_SUITE_P(Both, Fixture, testing::Values(Dialect::Sqlite, Dialect::Postgres), \
                           dialect_name)
