// A backup beside a writer is one moment of it, and comes back whole or not at all.

#include "store/backup.h"

#include <atomic>
#include <thread>

#include "core/text.h"
#include "store/store_fixture.h"

namespace anlan::store {
namespace {

namespace fs = std::filesystem;

class BackupTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    copy_ = folder_.path() + "/copy";
    fs::create_directory(copy_);
  }

  void commit(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(commit_one(*database_, report("h" + std::to_string(++number_), "滴漏\t\\N\n")));
    }
  }

  std::string elsewhere() {
    if (GetParam() == Dialect::Postgres) return fresh_database(GetParam());
    return "sqlite:" + folder_.path() + "/back/anlan.db";
  }

  std::unique_ptr<Database> opened(const std::string& where) {
    Config other = config();
    other.database = where;
    auto database = Database::open(other);
    EXPECT_TRUE(database) << database.error().detail;
    return std::move(*database);
  }

  std::string copy_;
  int number_ = 0;
};

ON_BOTH_DATABASES(BackupTest);

TEST_P(BackupTest, IsOneMomentOfABusyWriterAndAPrefixOfWhatItBecame) {
  commit(50);
  ASSERT_TRUE(database_->ledger().sign_head());
  std::atomic<bool> is_over = false;
  std::thread writer([&] {
    while (!is_over) commit(1);
  });
  auto facts = copy_database(where_, copy_);
  is_over = true;
  writer.join();
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_GE(facts->log_size, 50);
  std::string there = elsewhere();
  auto back = put_back_database(copy_, there, facts->head);
  ASSERT_TRUE(back) << back.error().detail;
  ASSERT_TRUE(database_->ledger().sign_head());

  auto restored = opened(there);
  auto live = database_->snapshot().value();
  auto view = restored->snapshot().value();
  int64_t size = facts->log_size;
  EXPECT_EQ(view->query({"SELECT max(seq) AS n FROM change_log"}).value()[0].int64("n"), size);
  // The newest head of the copy is a head of the live tree, too.
  auto head = restored->ledger().newest_head(*view).value();
  auto same = live->query({"SELECT root FROM ledger_head WHERE size = ?", {head.size}}).value();
  ASSERT_EQ(same.size(), 1U);
  EXPECT_EQ(std::get<Blob>(same[0]["root"]).bytes, head.root);
  // Its tables are those of a replay of its log.
  TempFolder scratch;
  Config other = config();
  other.database = "sqlite:" + scratch.path() + "/r.db";
  other.folder = scratch.path();
  auto replayed = Database::open(other).value();
  ASSERT_TRUE(replayed->migrate(test_migrations()));
  ASSERT_TRUE(replay(*view, *replayed));
  auto again = replayed->snapshot().value();
  EXPECT_EQ(table_digest(*view, "hazard").value(), table_digest(*again, "hazard").value());
  // It goes on where it stood, with the same rules: appending works, rewriting does not.
  ASSERT_TRUE(commit_one(*restored, report("after")));
  EXPECT_EQ(restored->ledger().sign_head()->head.size, size + 1);
}

TEST_P(BackupTest, PrivateRowsTravelToo) {
  Change change = act("x", "1");
  change.rows.push_back(
      {.table = "secret", .key = {{"id", "s"}}, .cells = {{"hash", "h"}}, .is_private = true});
  ASSERT_TRUE(commit_one(*database_, change));
  auto facts = copy_database(where_, copy_);
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_TRUE(facts->head.is_null());
  std::string there = elsewhere();
  ASSERT_TRUE(put_back_database(copy_, there, facts->head));
  auto restored = opened(there);
  auto view = restored->snapshot().value();
  EXPECT_EQ(table_digest(*view, "secret").value(),
            table_digest(*database_->snapshot().value(), "secret").value());
}

TEST_P(BackupTest, IsRefusedWhereTheLeavesDoNotLeadToTheHead) {
  commit(5);
  ASSERT_TRUE(database_->ledger().sign_head());
  auto facts = copy_database(where_, copy_);
  ASSERT_TRUE(facts);
  Json forged = facts->head;
  forged.set("root", std::string(64, '0'));
  EXPECT_EQ(put_back_database(copy_, elsewhere(), forged).error().code, ErrorCode::ProofInvalid);
  fs::remove_all(folder_.path() + "/back");
  Json unsigned_head = facts->head;
  unsigned_head.set("at", "2020-01-01T00:00:00.000Z");
  EXPECT_EQ(put_back_database(copy_, elsewhere(), unsigned_head).error().code,
            ErrorCode::ProofInvalid);
}

TEST_P(BackupTest, IsNeverPutOverWhatIsThere) {
  commit(1);
  auto facts = copy_database(where_, copy_);
  ASSERT_TRUE(facts);
  EXPECT_EQ(put_back_database(copy_, where_, facts->head).error().code, ErrorCode::WrongState);
  EXPECT_EQ(count_of("hazard"), 1);
}

TEST(Seal, OpensOnlyWithItsPassphraseAndUnaltered) {
  SeededRandom random(3);
  std::string secret("key \0 bytes", 11);
  std::string sealed = seal(secret, "correct horse", random).value();
  EXPECT_FALSE(sealed.contains("key"));
  EXPECT_EQ(unseal(sealed, "correct horse").value(), secret);
  EXPECT_EQ(unseal(sealed, "correct house").error().code, ErrorCode::ProofInvalid);
  std::string other = sealed;
  char& digit = other[other.size() - 10];
  digit = digit == '0' ? '1' : '0';
  EXPECT_EQ(unseal(other, "correct horse").error().code, ErrorCode::ProofInvalid);
  EXPECT_EQ(unseal("{}", "correct horse").error().code, ErrorCode::ProofInvalid);
  EXPECT_EQ(unseal(seal("", "p", random).value(), "p").value(), "");
}

}  // namespace
}  // namespace anlan::store
