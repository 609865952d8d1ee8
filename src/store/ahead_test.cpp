#include "store/ahead.h"

#include <algorithm>

#include "store/store_fixture.h"

namespace anlan::store {
namespace {

constexpr Lookup kHazard{"SELECT id, title FROM hazard", "id"};
constexpr Lookup kTasks{"SELECT hazard, name FROM task", "hazard", " ORDER BY name"};

class AheadTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    if (IsSkipped()) return;
    for (const char* id : {"h1", "h2", "h3"}) ASSERT_TRUE(commit_one(*database_, report(id)));
    Change change = act("task.add", "h1");
    for (const char* name : {"b", "a"}) {
      change.rows.push_back({.table = "task",
                             .key = {{"id", std::string("t-") + name}},
                             .cells = {{"hazard", "h1"}, {"name", name}}});
    }
    ASSERT_TRUE(commit_one(*database_, change));
  }

  static Result<void> read_both(View& view) {
    std::vector<std::string> ids{"h1", "h2", "h2", "nobody"};
    std::vector<AheadAsk> asks{{kHazard, ids}, {kTasks, ids}};
    TRY(read_ahead(view, asks));
    return {};
  }
  static bool is_known(View& view, const Lookup& question, const char* id) {
    auto* reading = dynamic_cast<AheadReading*>(&view);
    return reading && reading->ahead() && reading->ahead()->find(lookup(question, id));
  }
  static std::string names(View& view, const char* id) {
    auto found = view.query(lookup(kTasks, id));
    EXPECT_TRUE(found) << found.error().detail;
    std::string all;
    for (std::size_t i = 0; found && i < found->size(); ++i) all += (*found)[i].text("name");
    return all;
  }
  static Change rename(const char* id, const char* title) {
    Change change = act("hazard.rename", id);
    change.rows.push_back({.kind = RowChange::Kind::Update,
                           .table = "hazard",
                           .key = {{"id", id}},
                           .cells = {{"title", title}}});
    return change;
  }
};

ON_BOTH_DATABASES(AheadTest);

TEST_P(AheadTest, AnswersAreThoseOfTheQuestionAskedAlone) {
  auto answers = commit_all(*database_, {[&](Transaction& t) -> Result<void> {
    EXPECT_TRUE(reads_ahead(t));
    EXPECT_FALSE(is_known(t, kTasks, "h1"));
    TRY(read_both(t));
    for (const char* id : {"h1", "h2", "nobody"}) {
      EXPECT_TRUE(is_known(t, kTasks, id)) << id;
      EXPECT_TRUE(is_known(t, kHazard, id)) << id;
    }
    EXPECT_FALSE(is_known(t, kTasks, "h3"));
    EXPECT_EQ(names(t, "h1"), "ab") << "in the order that is asked for";
    EXPECT_EQ(names(t, "h2"), "");
    auto nobody = TRY(t.query(lookup(kHazard, "nobody")));
    EXPECT_TRUE(nobody.empty());
    return {};
  }});
  EXPECT_TRUE(answers.front());
}

TEST_P(AheadTest, WhatAChangeNamesIsAskedAnew) {
  auto answers =
      commit_all(*database_, {[&](Transaction& t) -> Result<void> {
                                TRY(read_both(t));
                                TRY(t.apply(rename("h1", "mended")));
                                return {};
                              },
                              [&](Transaction& t) -> Result<void> {
                                EXPECT_FALSE(is_known(t, kHazard, "h1")) << "its row was changed";
                                EXPECT_TRUE(is_known(t, kHazard, "h2"));
                                auto found = TRY(t.query(lookup(kHazard, "h1")));
                                EXPECT_EQ(found[0].text("title"), "mended");
                                // A row of another table that names it in a cell.
                                Change change = act("task.add", "h2");
                                change.rows.push_back({.table = "task",
                                                       .key = {{"id", "t-c"}},
                                                       .cells = {{"hazard", "h2"}, {"name", "c"}}});
                                TRY(t.apply(change));
                                EXPECT_EQ(names(t, "h2"), "c");
                                return {};
                              }});
  for (const auto& answer : answers) EXPECT_TRUE(answer);
}

// The first Work is refused after it has written, so everything is done again one by one: what was
// read before the rollback must not be believed.
TEST_P(AheadTest, NothingIsKeptWhereAGroupIsDoneAgain) {
  int round = 0;
  auto answers = commit_all(*database_, {[&](Transaction& t) -> Result<void> {
                                           ++round;
                                           EXPECT_EQ(reads_ahead(t), round == 1);
                                           if (reads_ahead(t)) TRY(read_both(t));
                                           TRY(t.apply(rename("h1", "never")));
                                           TRY(t.query(lookup(kHazard, "h1")));
                                           return refuse(ErrorCode::Forbidden);
                                         },
                                         [&](Transaction& t) -> Result<void> {
                                           auto found = TRY(t.query(lookup(kHazard, "h1")));
                                           EXPECT_EQ(found[0].text("title"), "leak");
                                           return {};
                                         }});
  EXPECT_FALSE(answers[0]);
  EXPECT_TRUE(answers[1]);
  EXPECT_EQ(round, 2);
}

TEST_P(AheadTest, AQuestionOfSeveralSubjectsIsAnsweredUntilSomethingIsDecided) {
  Sql question{"SELECT name FROM task WHERE hazard = ? AND id <> ? ORDER BY name", {"h1", "t-a"}};
  auto count = [&](View& view) { return view.query(question)->size(); };
  auto answers = commit_all(*database_, {[&](Transaction& t) -> Result<void> {
    TRY(ask_ahead(t, {question}));
    EXPECT_EQ(count(t), 1u);
    Change secret{.act = "answer.keep", .is_housekeeping = true};
    secret.rows.push_back({.table = "task",
                           .key = {{"id", "t-c"}},
                           .cells = {{"hazard", "h1"}, {"name", "c"}},
                           .is_private = true});
    TRY(t.apply(secret));
    EXPECT_EQ(count(t), 1u) << "what was read is answered";
    Sql other{question.text, {"h1", "t-b"}};
    EXPECT_EQ(t.query(other)->size(), 2u) << "another question";
    TRY(t.apply(rename("h2", "anything")));
    EXPECT_EQ(count(t), 2u) << "asked anew";
    return {};
  }});
  EXPECT_TRUE(answers[0]);
}

// What was written before is not lost with it, it is done again.
TEST_P(AheadTest, WhoGivesUpTheGroupIsRefusedAlone) {
  int round = 0;
  auto answers = commit_all(*database_, {[&](Transaction& t) -> Result<void> {
                                           ++round;
                                           return t.apply(rename("h1", "mended"));
                                         },
                                         [&](Transaction& t) -> Result<void> {
                                           if (!reads_ahead(t)) return {};
                                           give_up_together(t);
                                           return refuse(ErrorCode::Internal);
                                         }});
  EXPECT_TRUE(answers[0]);
  EXPECT_TRUE(answers[1]);
  EXPECT_EQ(round, 2);
  EXPECT_EQ(rows({"SELECT title FROM hazard WHERE id = ?", {"h1"}})[0].text("title"), "mended");
}

TEST_P(AheadTest, ASnapshotReadsNothingAhead) {
  auto view = database_->snapshot().value();
  EXPECT_FALSE(reads_ahead(*view));
}

}  // namespace
}  // namespace anlan::store
