#pragma once
// For the tests of this room: an empty database with its tables, a clock to move, and a small
// plant. Runs on SQLite, and on PostgreSQL where one can be started.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "access/access.h"
#include "core/hash.h"
#include "store/store.h"
#include "tests/support/need.h"
#include "tests/support/postgres.h"

namespace anlan::access {

using test::need;

inline std::string code_of(const Error& error) {
  return std::string(error_text(error.code).code) + (error.field.empty() ? "" : " " + error.field);
}
template <class T>
std::string refusal_of(const Result<T>& result) {
  return result ? "accepted" : code_of(result.error());
}

class Plant : public testing::TestWithParam<store::Dialect> {
 public:
  static auto databases() {
    return testing::Values(store::Dialect::Sqlite, store::Dialect::Postgres);
  }
  static std::string name_of(const testing::TestParamInfo<store::Dialect>& info) {
    return info.param == store::Dialect::Sqlite ? "Sqlite" : "Postgres";
  }

 protected:
  void SetUp() override {
    bool needs_server = GetParam() == store::Dialect::Postgres;
    if (needs_server && !test::postgres_server()) GTEST_SKIP() << "no PostgreSQL here";
    folder_ = testing::TempDir() + "anlan-access-" + format_uuid(IdMaker(clock, chance_).next());
    std::filesystem::create_directories(folder_);
    db_ = open("main");
  }
  void TearDown() override {
    db_.reset();
    if (folder_.empty()) return;
    std::filesystem::remove_all(folder_);
  }

  std::unique_ptr<store::Database> open(const std::string& name) {
    std::filesystem::create_directories(folder_ + "/" + name);
    bool is_sqlite = GetParam() == store::Dialect::Sqlite;
    store::Config config{.database = is_sqlite
                                         ? "sqlite:" + folder_ + "/" + name + "/anlan.db"
                                         : "postgres:" + test::postgres_server()->fresh_database(),
                         .folder = folder_ + "/" + name,
                         .plant = "test",
                         .clock = clock,
                         .random = random,
                         .sync = false};
    auto db = need(store::Database::open(config));
    std::vector<store::Migration> all = migrations();
    EXPECT_TRUE(db->migrate(all));
    return db;
  }

  // Decides and commits as engine does: the refusal leaves nothing behind.
  template <class Decide>
  Result<store::Change> act(Decide decide) {
    store::Change done;
    store::Work work = [&](store::Transaction& transaction) -> Result<void> {
      done = TRY(decide(Desk{transaction, actor, clock.now(), ids}));
      return transaction.apply(done);
    };
    Result<void> answer = need(db_->commit_group(std::span(&work, 1))).front();
    if (!answer) return std::unexpected(answer.error());
    return done;
  }
  std::unique_ptr<store::View> view() { return need(db_->snapshot()); }
  int64_t count(std::string_view table) {
    store::Sql sql{"SELECT COUNT(*) AS count FROM " + std::string(table)};
    return need(view()->query(sql))[0].int64("count");
  }

  Result<store::Change> add_org(std::string code, std::string kind, std::string parent) {
    OrgUnit unit{.code = code, .kind = kind, .name = {"单位", "Unit"}, .parent_code = parent};
    return act([&](const Desk& desk) { return create_org(desk, unit); });
  }
  void add_tree() {
    for (auto [code, kind, parent] : {std::array{"AL", "plant", ""},
                                      {"WS1", "workshop", "AL"},
                                      {"WS2", "workshop", "AL"},
                                      {"T1", "team", "WS1"}}) {
      need(add_org(code, kind, parent));
    }
  }
  Result<store::Change> try_person(const NewPerson& person) {
    return act([&](const Desk& desk) { return create_person(desk, person); });
  }
  PersonId add_person(std::string login, std::vector<Grant> grants = {}, std::string hash = {}) {
    NewPerson person{.person = {.login = login, .name = "张三 " + login, .org_path = "/AL/WS1/"},
                     .password_hash = std::move(hash),
                     .grants = std::move(grants),
                     .must_change_password = false};
    if (login == "boss") person.person.org_path = "/AL/";
    return PersonId::parse(need(try_person(person)).subject_id).value();
  }

  ManualClock clock{{1'700'000'000'000'000'000}};
  SeededRandom random{1};
  IdMaker ids{clock, random};
  Actor actor{.kind = Actor::Kind::System};
  std::unique_ptr<store::Database> db_;

 private:
  Random& chance_ = random_of_machine();  // folders of parallel runs must differ
  std::string folder_;
};

}  // namespace anlan::access
