#include "store/memory.h"

#include <algorithm>

#include "core/text.h"
#include "store/change_body.h"
#include "store/store_fixture.h"

namespace anlan::store {
namespace {

class MemoryTest : public StoreTest {
 protected:
  // How many hazards there are, as it is remembered; says whether it had to be counted.
  std::pair<int64_t, bool> hazards(View& view) {
    bool is_counted = false;
    auto count = [&]() -> Result<int64_t> {
      is_counted = true;
      return TRY(view.query({"SELECT count(*) AS n FROM hazard"}))[0].int64("n");
    };
    auto known = remembered<int64_t>(view, "test.hazards", {"hazard"}, count);
    EXPECT_TRUE(known) << known.error().detail;
    return {known ? **known : -1, is_counted};
  }
  std::pair<int64_t, bool> hazards() { return hazards(*read_later(*database_).value()); }
};

ON_BOTH_DATABASES(MemoryTest);

TEST_P(MemoryTest, WhatIsRememberedGoesWithTheNextCommitToItsTable) {
  EXPECT_EQ(hazards(), std::pair(int64_t{0}, true));
  EXPECT_EQ(hazards(), std::pair(int64_t{0}, false));
  ASSERT_TRUE(commit_one(*database_, report("h1")));
  EXPECT_EQ(hazards(), std::pair(int64_t{1}, true));
  Change other = act("secret.set", "s1");
  other.rows.push_back(
      {.table = "secret", .key = {{"id", "s1"}}, .cells = {{"hash", "x"}}, .is_private = true});
  ASSERT_TRUE(commit_one(*database_, other));
  EXPECT_EQ(hazards(), std::pair(int64_t{1}, false)) << "another table";
  Change drop = act("hazard.drop", "h1");
  drop.rows.push_back({.kind = RowChange::Kind::Delete, .table = "hazard", .key = {{"id", "h1"}}});
  ASSERT_TRUE(commit_one(*database_, drop));
  EXPECT_EQ(hazards(), std::pair(int64_t{0}, true));
}

TEST_P(MemoryTest, AnOlderViewNeitherTakesNorGives) {
  auto before = database_->snapshot().value();
  ASSERT_TRUE(commit_one(*database_, report("h1")));
  EXPECT_EQ(hazards(*before), std::pair(int64_t{0}, true));
  EXPECT_EQ(hazards(), std::pair(int64_t{1}, true)) << "nobody gets what the older one saw";
  EXPECT_EQ(hazards(*before), std::pair(int64_t{0}, true)) << "nor does it get the newer";
}

TEST_P(MemoryTest, ATransactionThatWroteTheTableRemembersNothingOfIt) {
  hazards();
  auto answers = commit_all(*database_, {[&](Transaction& t) -> Result<void> {
                                           EXPECT_EQ(hazards(t), std::pair(int64_t{0}, false));
                                           TRY(t.apply(report("h1")));
                                           EXPECT_EQ(hazards(t), std::pair(int64_t{1}, true));
                                           return refuse(ErrorCode::Forbidden);
                                         },
                                         [&](Transaction& t) -> Result<void> {
                                           EXPECT_EQ(hazards(t), std::pair(int64_t{0}, true))
                                               << "it was taken back";
                                           return {};
                                         }});
  EXPECT_EQ(answers[0].error().code, ErrorCode::Forbidden);
  EXPECT_EQ(hazards().first, 0);
}

TEST_P(MemoryTest, CommitsOfAnotherProcessAreNoticed) {
  auto other = Database::open(config()).value();
  EXPECT_EQ(hazards().first, 0);
  ASSERT_TRUE(commit_one(*other, report("h1")));
  EXPECT_TRUE(notice_others(*database_).value());
  EXPECT_FALSE(notice_others(*database_).value()) << "once";
  EXPECT_EQ(hazards().first, 1);
  ASSERT_TRUE(commit_one(*other, report("h2")));
  Change secret = act("secret.set", "s1");
  secret.rows.push_back({.table = "secret", .key = {{"id", "s1"}}, .cells = {{"hash", "x"}}});
  ASSERT_TRUE(commit_one(*database_, secret));
  EXPECT_EQ(hazards().first, 2) << "with its own next commit too";
}

TEST_P(MemoryTest, RefusalsAreNotRemembered) {
  auto view = read_later(*database_).value();
  int asked = 0;
  auto refused = [&]() -> Result<int64_t> {
    ++asked;
    return refuse(ErrorCode::NotFound);
  };
  EXPECT_FALSE(remembered<int64_t>(*view, "test.nothing", {"hazard"}, refused));
  EXPECT_FALSE(remembered<int64_t>(*view, "test.nothing", {"hazard"}, refused));
  EXPECT_EQ(asked, 2);
}

TEST_P(MemoryTest, WhoReadsLaterTakesAConnectionWithTheFirstQuestionOnly) {
  std::vector<std::unique_ptr<View>> views;
  for (int i = 0; i < 100; ++i) views.push_back(read_later(*database_).value());
  ASSERT_TRUE(commit_one(*database_, report("h1")));
  auto count = [](View& view) {
    return view.query({"SELECT count(*) AS n FROM hazard"}).value()[0].int64("n");
  };
  EXPECT_EQ(count(*views[0]), 1) << "the state of the first question";
  ASSERT_TRUE(commit_one(*database_, report("h2")));
  EXPECT_EQ(count(*views[0]), 1) << "and no other";
  EXPECT_EQ(count(*views[1]), 2);
}

TEST_P(MemoryTest, RowsAreVisitedAsTheyAre) {
  Change change = report("h1", "引号 ' \" ?");
  change.rows[0].cells.push_back({"count", int64_t{-7}});
  ASSERT_TRUE(commit_one(*database_, change));
  auto view = read_later(*database_).value();
  int rows = 0;
  auto visited = visit(*view, {"SELECT title, count, more FROM hazard WHERE id = ?", {"h1"}},
                       [&](const Cells& cells) {
                         ++rows;
                         EXPECT_TRUE(cells.is_text(0));
                         EXPECT_EQ(cells.text(0), "引号 ' \" ?");
                         EXPECT_FALSE(cells.is_text(1));
                         EXPECT_EQ(cells.int64(1), -7);
                         EXPECT_TRUE(cells.is_null(2));
                       });
  ASSERT_TRUE(visited) << visited.error().detail;
  EXPECT_EQ(rows, 1);
  EXPECT_FALSE(visit(*view, {"SELECT nothing FROM nowhere"}, [](const Cells&) {}));
}

// Where a group is sent together, everything below comes to light too late and is done again.
TEST_P(MemoryTest, AGroupIsAnsweredAsIfEachWorkWereAlone) {
  ASSERT_TRUE(commit_one(*database_, report("h1")));
  Change stale = act("hazard.edit", "h1");
  stale.rows.push_back({.kind = RowChange::Kind::Update,
                        .table = "hazard",
                        .key = {{"id", "h1"}},
                        .cells = {{"title", "stale"}},
                        .version = 7});
  std::vector<int> runs(4);
  auto answers = commit_all(*database_, {[&](Transaction& t) -> Result<void> {
                                           ++runs[0];
                                           return t.apply(report("h2"));
                                         },
                                         [&](Transaction& t) -> Result<void> {
                                           ++runs[1];
                                           TRY(t.apply(report("h3")));
                                           return t.apply(stale);
                                         },
                                         [&](Transaction& t) -> Result<void> {
                                           ++runs[2];
                                           auto seen =
                                               TRY(t.query({"SELECT count(*) AS n FROM hazard"}));
                                           EXPECT_TRUE(seen[0].int64("n") == 2 || runs[2] == 1);
                                           return t.apply(report("h2"));
                                         },
                                         [&](Transaction& t) -> Result<void> {
                                           ++runs[3];
                                           return t.apply(report("h4"));
                                         }});
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(answers[1].error().code, ErrorCode::Conflict);
  EXPECT_EQ(answers[2].error().code, ErrorCode::Duplicate);
  EXPECT_TRUE(answers[3]);
  EXPECT_EQ(count_of("hazard"), 3);
  for (const char* table : {"change_log", "change_body", "ledger_leaf", "outbox"}) {
    EXPECT_EQ(count_of(table), 3) << table;
  }
  EXPECT_EQ(rows({"SELECT max(seq) AS n FROM outbox"})[0].int64("n"), 3);
  EXPECT_LE(*std::ranges::max_element(runs), 2);
}

TEST_P(MemoryTest, AWorkThatLooksAtTheLogSeesItsOwnActs) {
  auto answers = commit_all(*database_, {[](Transaction& t) -> Result<void> {
    TRY(t.apply(report("h1")));
    TRY(t.apply(report("h2")));
    auto log = TRY(t.query({"SELECT count(*) AS n FROM change_log"}));
    EXPECT_EQ(log[0].int64("n"), 2);
    EXPECT_EQ(TRY(last_event(t)), 2);
    return t.apply(report("h3"));
  }});
  EXPECT_TRUE(answers[0]) << answers[0].error().detail;
  EXPECT_EQ(count_of("ledger_leaf"), 3);
  EXPECT_TRUE(database_->ledger().sign_head());
}

TEST_P(MemoryTest, AGroupLargerThanAStatementLeavesNoGap) {
  std::vector<Work> works;
  for (int i = 0; i < 200; ++i) {
    works.push_back([i](Transaction& t) { return t.apply(report("h" + std::to_string(i))); });
  }
  for (auto& answer : commit_all(*database_, works)) ASSERT_TRUE(answer);
  EXPECT_EQ(rows({"SELECT max(seq) AS n FROM change_log"})[0].int64("n"), 200);
  EXPECT_EQ(count_of("ledger_leaf"), 200);
  EXPECT_EQ(count_of("outbox"), 200);
  auto view = database_->snapshot().value();
  auto head = database_->ledger().sign_head().value().head;
  auto check = check_leaves(*database_->snapshot().value(), head).value();
  EXPECT_TRUE(check.is_good());
  EXPECT_EQ(check.leaves, 200);
}

TEST_P(MemoryTest, TheCheckOfLeavesSeesEveryForgery) {
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(commit_one(*database_, report(std::to_string(i))));
  TreeHead head = database_->ledger().sign_head().value().head;
  ASSERT_TRUE(commit_one(*database_, report("after")));
  auto check = [&](const TreeHead& of) {
    return check_leaves(*database_->snapshot().value(), of).value();
  };
  EXPECT_TRUE(check(head).is_good());
  EXPECT_EQ(check(head).leaves, 10) << "more than the head covers is no fault";
  TreeHead other = head;
  other.root[3] = static_cast<char>(other.root[3] ^ 1);
  EXPECT_FALSE(check(other).leads_to_head);
  EXPECT_FALSE(check(other).is_signed);
  other = head;
  other.at = other.at + Duration::seconds(1);
  EXPECT_FALSE(check(other).is_signed);
  EXPECT_TRUE(check(other).leads_to_head);
  other = head;
  other.size = 11;
  EXPECT_FALSE(check(other).is_good()) << "a head of more leaves than there are";
}

// The body is written without a tree of JSON; the reader goes the long way and must agree.
TEST(ChangeBodyTest, IsReadBackWithTheSameRoot) {
  SeededRandom random(5);
  std::vector<RowChange> rows{
      {.table = "hazard",
       .key = {{"zone", "b"}, {"id", "引号 \" \\ \n \x01"}},
       .cells = {{"a", {}},
                 {"b", INT64_MIN},
                 {"c", 0.1},
                 {"d", Blob{std::string("\0\xff", 2)}},
                 {"e", "/\b\f\r\t😀"},
                 {"f", ""}}},
      {.table = "secret", .key = {{"id", "x"}}, .is_private = true},
      {.kind = RowChange::Kind::Update,
       .table = "task",
       .key = {{"id", "t1"}},
       .cells = {{"name", "n"}},
       .version = 4},
      {.kind = RowChange::Kind::Delete, .table = "task", .key = {{"id", "t2"}}}};
  ChangeBody body = encode_body(rows, random).value();
  DecodedBody decoded = decode_body(body.text).value();
  EXPECT_EQ(to_hex(decoded.root), to_hex(body.root));
  ASSERT_EQ(decoded.rows.size(), 3U);
  for (std::size_t i = 0; i < rows[0].cells.size(); ++i) {
    EXPECT_EQ(decoded.rows[0].cells[i].value, rows[0].cells[i].value) << i;
  }
  EXPECT_EQ(decoded.rows[1].cells[1].column, "version");
  EXPECT_EQ(decoded.rows[1].cells[1].value, Value(int64_t{5}));
  EXPECT_EQ(encode_body({}, random).value().text, R"({"v":1,"rows":[]})");
}

}  // namespace
}  // namespace anlan::store
