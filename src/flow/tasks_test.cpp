// How much is read to say what a task allows, and by which index a row of a task is found.

#include <gtest/gtest.h>

#include "flow/tasks.h"
#include "flow/test_model.h"
#include "flow/test_world.h"

namespace anlan::flow {
namespace {

constexpr int kOthers = 5'000;

void add_model(World& world) {
  std::vector<std::string> lines = {
      R"(<startEvent id="s"/>)", R"(<endEvent id="e"/>)",
      R"(<userTask id="a"><extensionElements><anlan:assign kind="role" role="leader"/>)"
      R"(</extensionElements></userTask>)",
      "s -> a -> e"};
  world.library.add_model("model", 1, need(Model::parse(ShortModel::to_xml("model", lines))));
}

// Rows of candidates that this transaction has read: PostgreSQL counts them by itself.
int64_t candidates_read(store::View& view) {
  store::Rows rows =
      need(view.query({"SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS n"
                       " FROM pg_stat_xact_user_tables WHERE relname = 'flow_candidate'"}));
  return rows[0].int64("n");
}

TEST(TaskRights, OfARecordAskItsOwnTasksHoweverManyThePersonHas) {
  if (!test::postgres_server()) GTEST_SKIP() << "no PostgreSQL 17 server binary here";
  World world(store::Dialect::Postgres);
  add_model(world);
  need(world.start_case("model", "wang"));
  store::Change others{.act = "test.fill", .subject_kind = "test", .at = world.clock.now()};
  for (int i = 0; i < kOthers; ++i) {
    std::string task = world.ids.next_id<TaskKind>().text();
    others.rows.push_back({.table = "flow_candidate",
                           .key = {{"task_id", task}, {"kind", "role"}, {"who", "leader"}},
                           .cells = {{"org_path", "/AL/WS1/"}}});
  }
  ASSERT_TRUE(world.commit(others));
  access::Subject leader = world.subject("li");
  auto view = world.view();
  int64_t before = candidates_read(*view);
  auto rights = need(rights_on(*view, world.library, leader, "hazard", world.record_id, {}));
  EXPECT_TRUE(rights.has_value()) << "the leader holds the task of this record";
  EXPECT_LE(candidates_read(*view) - before, 10);
}

// PostgreSQL counts the rows of a new table only after a while. Until then an index by kind and
// person looked as good to it as the key, and each deletion read all rows of that person.
TEST(TaskRights, ACandidateIsFoundByItsKeyAlone) {
  for (store::Dialect dialect : {store::Dialect::Sqlite, store::Dialect::Postgres}) {
    bool is_sqlite = dialect == store::Dialect::Sqlite;
    if (!is_sqlite && !test::postgres_server()) continue;
    World world(dialect, World::Start::Empty);
    store::Rows rows = need(world.view()->query(
        {is_sqlite ? "SELECT sql AS text FROM sqlite_schema WHERE tbl_name = 'flow_candidate'"
                     " AND type = 'index' AND sql IS NOT NULL"
                   : "SELECT indexdef AS text FROM pg_indexes WHERE tablename = 'flow_candidate'"
                     " AND indexname <> 'flow_candidate_pkey'"}));
    EXPECT_EQ(rows.size(), 3u);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EXPECT_TRUE(rows[i].text("text").contains("WHERE")) << rows[i].text("text");
    }
  }
}

}  // namespace
}  // namespace anlan::flow
