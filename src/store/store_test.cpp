#include <algorithm>
#include <thread>

#include "store/connection.h"
#include "store/store_fixture.h"

namespace anlan::store {
namespace {

ON_BOTH_DATABASES(StoreTest);

TEST_P(StoreTest, CommitWritesRowsLogLeafAndOutboxTogether) {
  ASSERT_TRUE(commit_one(*database_, report("h1", "滴漏")));
  EXPECT_EQ(rows({"SELECT title FROM hazard WHERE id = ?", {"h1"}})[0].text("title"), "滴漏");
  for (const char* table : {"change_log", "change_body", "ledger_leaf", "outbox"}) {
    EXPECT_EQ(count_of(table), 1) << table;
  }
  Rows log = rows({"SELECT * FROM change_log"});
  EXPECT_EQ(log[0].int64("seq"), 1);
  EXPECT_EQ(log[0].int64("leaf_index"), 0);
  EXPECT_EQ(log[0].text("act"), "hazard.report");
  EXPECT_EQ(log[0].text("actor_kind"), "system");
  EXPECT_EQ(log[0].int64("at"), 1'700'000'000'123'456'789);
}

TEST_P(StoreTest, OneRefusalFailsNoOtherAndLeavesNoGap) {
  auto answers = commit_all(*database_, {[](Transaction& t) { return t.apply(report("h1")); },
                                         [](Transaction& t) -> Result<void> {
                                           TRY(t.apply(report("h2")));
                                           return t.apply(report("h1"));
                                         },
                                         [](Transaction& t) -> Result<void> {
                                           TRY(t.apply(report("h3")));
                                           return refuse(ErrorCode::Forbidden);
                                         },
                                         [](Transaction& t) { return t.apply(report("h4")); }});
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(answers[1].error().code, ErrorCode::Duplicate);
  EXPECT_EQ(answers[2].error().code, ErrorCode::Forbidden);
  EXPECT_TRUE(answers[3]);
  Rows ids = rows({"SELECT id FROM hazard ORDER BY id"});
  ASSERT_EQ(ids.size(), 2U);
  EXPECT_EQ(ids[1].text("id"), "h4");
  auto view = database_->snapshot().value();
  auto events = events_after(*view, 0, 10).value();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].seq, 2);
  EXPECT_EQ(events[1].payload.text_or("id", ""), "h4");
  EXPECT_EQ(last_event(*view).value(), 2);
  EXPECT_EQ(rows({"SELECT max(seq) AS n FROM change_log"})[0].int64("n"), 2);
}

TEST_P(StoreTest, VersionsRefuseWhoReadAnOlderRow) {
  ASSERT_TRUE(commit_one(*database_, report("h1")));
  Change change = act("hazard.edit", "h1");
  change.rows.push_back({.kind = RowChange::Kind::Update,
                         .table = "hazard",
                         .key = {{"id", "h1"}},
                         .cells = {{"title", "新"}},
                         .version = 1});
  ASSERT_TRUE(commit_one(*database_, change));
  EXPECT_EQ(rows({"SELECT version FROM hazard"})[0].int64("version"), 2);
  EXPECT_EQ(commit_one(*database_, change).error().code, ErrorCode::Conflict);
  change.rows[0].kind = RowChange::Kind::Delete;
  EXPECT_EQ(commit_one(*database_, change).error().code, ErrorCode::Conflict);
  change.rows[0].version = 2;
  EXPECT_TRUE(commit_one(*database_, change));
  EXPECT_EQ(commit_one(*database_, change).error().code, ErrorCode::NotFound);
  change.rows[0].kind = RowChange::Kind::Update;
  EXPECT_EQ(commit_one(*database_, change).error().code, ErrorCode::NotFound);
  change.rows[0].version.reset();
  EXPECT_EQ(commit_one(*database_, change).error().code, ErrorCode::NotFound);
  EXPECT_EQ(count_of("change_log"), 3);
}

TEST_P(StoreTest, ConstraintsAreRefusals) {
  auto task = [](std::string id, std::string hazard, Value name) {
    Change change = act("task.add", id);
    change.rows.push_back(
        {.table = "task", .key = {{"id", id}}, .cells = {{"hazard", hazard}, {"name", name}}});
    return change;
  };
  ASSERT_TRUE(commit_one(*database_, report("h1")));
  ASSERT_TRUE(commit_one(*database_, task("t1", "h1", "a")));
  EXPECT_EQ(commit_one(*database_, task("t2", "h1", "a")).error().code, ErrorCode::Duplicate);
  EXPECT_EQ(commit_one(*database_, task("t2", "h9", "b")).error().code, ErrorCode::NotFound);
  EXPECT_EQ(commit_one(*database_, task("t2", "h1", {})).error().code, ErrorCode::CheckFailed);
  EXPECT_EQ(commit_one(*database_, task("t2", "h1", std::string("a\0b", 3))).error().code,
            ErrorCode::BadField);
  EXPECT_EQ(commit_one(*database_, task("t2", "h1", "\xff")).error().code, ErrorCode::BadField);
  Change drop = act("hazard.drop", "h1");
  drop.rows.push_back({.kind = RowChange::Kind::Delete, .table = "hazard", .key = {{"id", "h1"}}});
  EXPECT_EQ(commit_one(*database_, drop).error().code, ErrorCode::Conflict);
}

TEST_P(StoreTest, EveryKindOfValueComesBackAsItWas) {
  Change change = act("hazard.report", "h1");
  RowChange row{.table = "hazard", .key = {{"id", "h1"}}};
  std::string bytes("\0\xff'\\x", 5);
  row.cells = {
      {"title", "引号 ' \" ? \\ 😀"}, {"count", INT64_MIN},          {"ratio", 0.1},
      {"photo", Blob{bytes}},         {"more", R"({"a":[1,2.50]})"}, {"version", INT64_MAX}};
  change.rows.push_back(row);
  ASSERT_TRUE(commit_one(*database_, change));
  Rows found = rows({"SELECT * FROM hazard WHERE photo = ? AND ratio = ? AND count = ?",
                     {Blob{bytes}, 0.1, INT64_MIN}});
  ASSERT_EQ(found.size(), 1U);
  for (const Cell& cell : row.cells) EXPECT_EQ(found[0][cell.column], cell.value) << cell.column;
  change = act("hazard.clear", "h1");
  change.rows.push_back({.kind = RowChange::Kind::Update,
                         .table = "hazard",
                         .key = {{"id", "h1"}},
                         .cells = {{"title", {}}, {"photo", {}}, {"ratio", {}}}});
  ASSERT_TRUE(commit_one(*database_, change));
  found =
      rows({"SELECT title, count, sum(version) AS total, count(*) AS n, avg(ratio) AS mean,"
            " '?' AS mark, 1 = 1 AS yes FROM hazard GROUP BY title, count"});
  EXPECT_TRUE(found[0].is_null("title"));
  EXPECT_TRUE(found[0].is_null("mean"));
  EXPECT_EQ(found[0].text_or("title", "-"), "-");
  EXPECT_EQ(found[0].int64("total"), INT64_MAX);
  EXPECT_EQ(found[0].int64("n"), 1);
  EXPECT_EQ(found[0].text("mark"), "?");
  EXPECT_EQ(found[0].int64("yes"), 1);
}

TEST_P(StoreTest, ColumnsRefuseValuesOfAnotherType) {
  Change change = report("h1");
  change.rows[0].cells.push_back({"count", "many"});
  EXPECT_FALSE(commit_one(*database_, change));
  EXPECT_TRUE(commit_one(*database_, report("h1")));
}

TEST_P(StoreTest, TextsSortByTheirBytes) {
  std::vector<std::string> ids{"b", "A", "a", "B", "_", "É", "中", "Z"};
  for (const std::string& id : ids) ASSERT_TRUE(commit_one(*database_, report(id)));
  std::ranges::sort(ids);
  Rows sorted = rows({"SELECT id FROM hazard ORDER BY id"});
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(sorted[i].text("id"), ids[i]);
  EXPECT_EQ(rows({"SELECT id FROM hazard WHERE id LIKE ?", {"a%"}}).size(), 1U);
  EXPECT_EQ(rows({"SELECT id FROM hazard WHERE id > ? AND id < ?", {"A", "a"}}).size(), 3U);
}

TEST_P(StoreTest, PrivateRowsAreWrittenButNotLogged) {
  Change change = act("password.set", "p1");
  change.rows.push_back({.table = "secret",
                         .key = {{"id", "p1"}},
                         .cells = {{"hash", "hashed"}},
                         .is_private = true});
  ASSERT_TRUE(commit_one(*database_, change));
  EXPECT_EQ(count_of("secret"), 1);
  EXPECT_EQ(rows({"SELECT body FROM change_body"})[0].text("body"), R"({"v":1,"rows":[]})");
  auto view = database_->snapshot().value();
  EXPECT_TRUE(logged_tables(*view).value().empty());
}

TEST_P(StoreTest, SnapshotStandsStillAndCommitSeesItself) {
  ASSERT_TRUE(commit_one(*database_, report("h1")));
  auto before = database_->snapshot().value();
  commit_all(*database_, {[](Transaction& t) -> Result<void> {
    TRY(t.apply(report("h2")));
    auto seen = TRY(t.query({"SELECT count(*) AS n FROM hazard"}));
    EXPECT_EQ(seen[0].int64("n"), 2);
    return {};
  }});
  EXPECT_EQ(before->query({"SELECT count(*) AS n FROM hazard"}).value()[0].int64("n"), 1);
  EXPECT_EQ(count_of("hazard"), 2);
}

TEST_P(StoreTest, SnapshotsHaveABoundAndComeBack) {
  std::vector<std::unique_ptr<View>> views;
  for (int i = 0; i < 32; ++i) views.push_back(database_->snapshot().value());
  EXPECT_EQ(database_->snapshot().error().code, ErrorCode::Overloaded);
  views.pop_back();
  EXPECT_TRUE(database_->snapshot());
}

TEST_P(StoreTest, LogAndLedgerRefuseChangeAndDeletion) {
  ASSERT_TRUE(commit_one(*database_, report("h1")));
  ASSERT_TRUE(database_->ledger().sign_head());
  auto raw = GetParam() == Dialect::Sqlite ? open_sqlite({where_.substr(7)})
                                           : open_postgres({where_.substr(9)});
  ASSERT_TRUE(raw) << raw.error().detail;
  std::vector<std::pair<std::string, std::string>> tables{{"change_log", "seq"},
                                                          {"change_body", "seq"},
                                                          {"ledger_leaf", "leaf_index"},
                                                          {"ledger_node", "level"},
                                                          {"ledger_head", "size"}};
  for (const auto& [table, column] : tables) {
    EXPECT_FALSE((*raw)->run("UPDATE " + table + " SET " + column + " = 7")) << table;
    EXPECT_FALSE((*raw)->run("DELETE FROM " + table)) << table;
    if (GetParam() == Dialect::Postgres) {
      EXPECT_FALSE((*raw)->run("TRUNCATE " + table + " CASCADE")) << table;
    }
    EXPECT_EQ(count_of(table), 1) << table;
  }
}

TEST_P(StoreTest, MigrationsRunOnceAndInOrder) {
  std::vector<Migration> more{{"test.2", {"ALTER TABLE hazard ADD COLUMN place {{text}}"}},
                              {"test.3", {"UPDATE hazard SET place = 'unknown'"}}};
  ASSERT_TRUE(commit_one(*database_, report("h1")));
  EXPECT_EQ(rows({"SELECT * FROM hazard"}).columns().size(), 7U);
  ASSERT_TRUE(database_->migrate(more));
  ASSERT_TRUE(database_->migrate(more));
  EXPECT_EQ(rows({"SELECT * FROM hazard"})[0].text("place"), "unknown");
  std::vector<Migration> broken{
      {"test.4", {"CREATE TABLE half (id {{id}} PRIMARY KEY)", "CREATE NONSENSE"}}};
  EXPECT_FALSE(database_->migrate(broken));
  broken[0].statements.pop_back();
  EXPECT_TRUE(database_->migrate(broken)) << "nothing of a failed migration stays";
  EXPECT_TRUE(commit_one(*database_, report("h2")));
}

TEST_P(StoreTest, WrongStatementFailsItsWorkOnly) {
  auto answers = commit_all(*database_, {[](Transaction& t) -> Result<void> {
                                           TRY(t.query({"SELECT nothing FROM nowhere"}));
                                           return {};
                                         },
                                         [](Transaction& t) { return t.apply(report("h1")); }});
  EXPECT_EQ(answers[0].error().code, ErrorCode::StoreFailed);
  EXPECT_TRUE(answers[1]);
  EXPECT_EQ(count_of("hazard"), 1);
}

TEST_P(StoreTest, ManyDifferentStatementsStayWithinTheCache) {
  auto view = database_->snapshot().value();
  for (int64_t i = 0; i < 600; ++i) {
    auto found = view->query({"SELECT " + std::to_string(i) + " AS n, ? AS m", {i}});
    ASSERT_TRUE(found) << found.error().detail;
    ASSERT_EQ((*found)[0].int64("n"), (*found)[0].int64("m"));
  }
}

TEST_P(StoreTest, NumbersGoOnAfterReopening) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(commit_one(*database_, report("h" + std::to_string(i))));
    open();
  }
  EXPECT_EQ(rows({"SELECT max(seq) AS n FROM outbox"})[0].int64("n"), 5);
  EXPECT_EQ(rows({"SELECT max(leaf_index) AS n FROM ledger_leaf"})[0].int64("n"), 4);
}

TEST_P(StoreTest, ReadersSeeWholeCommitsWhileTheWriterWorks) {
  std::jthread reader([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      auto view = database_->snapshot();
      ASSERT_TRUE(view) << view.error().detail;
      auto hazards = (*view)->query({"SELECT count(*) AS n FROM hazard"});
      auto log = (*view)->query({"SELECT count(*) AS n FROM change_log"});
      ASSERT_TRUE(hazards && log);
      ASSERT_EQ((*hazards)[0].int64("n"), (*log)[0].int64("n"));
    }
  });
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(commit_one(*database_, report(std::to_string(i))));
}

// Two nodes on one PostgreSQL, or a second process on one SQLite file.
TEST_P(StoreTest, TwoWritersTakeTurnsWithoutGapOrFork) {
  SeededRandom other_random(3);
  ManualClock other_clock({1});
  Config other{.database = where_,
               .folder = folder_.path(),
               .head_folders = {},
               .plant = "p",
               .clock = other_clock,
               .random = other_random,
               .sync = false};
  auto other_database = Database::open(other).value();
  auto commit_many = [](Database& database, const std::string& prefix) {
    for (int i = 0; i < 40; ++i) {
      ASSERT_TRUE(commit_one(database, report(prefix + std::to_string(i))));
    }
  };
  {
    std::jthread one([&] { commit_many(*database_, "a"); });
    std::jthread two([&] { commit_many(*other_database, "b"); });
  }
  EXPECT_EQ(rows({"SELECT max(seq) AS n FROM change_log"})[0].int64("n"), 80);
  EXPECT_EQ(rows({"SELECT max(seq) AS n FROM outbox"})[0].int64("n"), 80);
  auto root = database_->ledger().sign_head()->head.root;
  EXPECT_EQ(other_database->ledger().sign_head()->head.root, root);
}

// The number that another connection is told.
int64_t asked(Database& database, const Sql& sql) {
  auto view = database.snapshot();
  EXPECT_TRUE(view) << view.error().detail;
  auto rows = (*view)->query(sql);
  EXPECT_TRUE(rows) << rows.error().detail;
  return rows && rows->size() == 1 ? (*rows)[0].int64("n") : -1;
}

class PostgresTest : public StoreTest {};
INSTANTIATE_TEST_SUITE_P(One, PostgresTest, testing::Values(Dialect::Postgres), dialect_name);

TEST_P(PostgresTest, OneServerWorksOnItUntilItEnds) {
  auto one = SoleServer::take(where_, Duration{});
  ASSERT_TRUE(one) << one.error().detail;
  auto two = SoleServer::take(where_, Duration{});
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().code, ErrorCode::StoreFailed);
  EXPECT_TRUE(SoleServer::take(fresh_database(GetParam()), Duration{}));  // another plant's
  EXPECT_TRUE(commit_one(*database_, report("who looks or repairs is not kept out")));
  one->reset();
  EXPECT_TRUE(SoleServer::take(where_, Duration::seconds(20)));
}

TEST_P(PostgresTest, WorksOnWhatWasWrittenWhileTheWorkGoesOn) {
  auto answers = commit_all(*database_, {[&](Transaction& transaction) -> Result<void> {
    for (int i = 0; i < 40; ++i) {
      TRY(transaction.apply(report("h" + std::to_string(i))));
    }
    int64_t seen = 0;
    for (int i = 0; i < 5'000 && seen == 0; ++i) {  // asks nothing of its own transaction
      seen = asked(*database_, {"SELECT count(*) AS n FROM pg_locks l JOIN pg_class c"
                                " ON c.oid = l.relation WHERE c.relname = 'hazard'"
                                " AND l.mode = 'RowExclusiveLock'"});
    }
    EXPECT_GT(seen, 0) << "nothing was on its way before the commit";
    return {};
  }});
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(count_of("hazard"), 40);
}

TEST_P(PostgresTest, CompressesBodiesOfTheLogByLz4) {
  auto knows =
      rows({"SELECT count(*) AS n FROM pg_settings WHERE 'lz4' = ANY (enumvals)"
            " AND name = 'default_toast_compression'"});
  if (knows[0].int64("n") == 0) GTEST_SKIP() << "this server was built without lz4";
  Change change = report("h1", std::string(20'000, 'a'));
  ASSERT_TRUE(commit_one(*database_, change));
  auto body = rows({"SELECT pg_column_compression(body) AS how FROM change_body"});
  EXPECT_EQ(body[0].text("how"), "lz4");
}

TEST(Postgres, ComesBackAfterItsServerWasKilled) {
  auto server = test::PostgresServer::start();
  if (!server) GTEST_SKIP() << "no PostgreSQL 17 server binary here";
  TempFolder folder;
  ManualClock clock({1});
  SeededRandom random(1);
  auto opened = Database::open({.database = "postgres:" + server->fresh_database(),
                                .folder = folder.path(),
                                .head_folders = {},
                                .plant = "p",
                                .clock = clock,
                                .random = random});
  ASSERT_TRUE(opened) << opened.error().detail;
  Database& database = **opened;
  ASSERT_TRUE(database.migrate(test_migrations()));
  ASSERT_TRUE(commit_one(database, report("h1")));
  ASSERT_TRUE(database.snapshot());  // leaves an idle reader behind
  ASSERT_TRUE(server->crash_and_restart());
  EXPECT_TRUE(commit_one(database, report("h2")));
  auto view = database.snapshot();
  ASSERT_TRUE(view) << view.error().detail;
  EXPECT_EQ((*view)->query({"SELECT count(*) AS n FROM hazard"}).value()[0].int64("n"), 2);
}

}  // namespace
}  // namespace anlan::store
