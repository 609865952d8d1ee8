#include <sys/stat.h>
#include <sys/wait.h>

#include <map>

#include "core/hash.h"
#include "core/log.h"
#include "core/text.h"
#include "store/files.h"
#include "store/keys.h"
#include "store/merkle.h"
#include "store/packed_body.h"
#include "store/store_fixture.h"

namespace anlan::store {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> bodies(View& view) {
  Rows rows = view.query({"SELECT body, packed FROM change_body ORDER BY seq"}).value();
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < rows.size(); ++i) texts.push_back(body_text(rows[i]).value());
  return texts;
}

// RFC 9162, 2.1.1, word for word and slow.
std::string slow_root(const std::vector<std::string>& hashes) {
  if (hashes.empty()) return sha256("");
  if (hashes.size() == 1) return hashes[0];
  std::size_t k = 1;
  while (k * 2 < hashes.size()) k *= 2;
  auto middle = hashes.begin() + static_cast<std::ptrdiff_t>(k);
  return node_hash(slow_root({hashes.begin(), middle}), slow_root({middle, hashes.end()}));
}

// RFC 9162, 2.1.3.1.
std::vector<std::string> slow_path(std::size_t m, const std::vector<std::string>& hashes) {
  if (hashes.size() == 1) return {};
  std::size_t k = 1;
  while (k * 2 < hashes.size()) k *= 2;
  auto middle = hashes.begin() + static_cast<std::ptrdiff_t>(k);
  std::vector<std::string> left(hashes.begin(), middle);
  std::vector<std::string> right(middle, hashes.end());
  auto path = m < k ? slow_path(m, left) : slow_path(m - k, right);
  path.push_back(m < k ? slow_root(right) : slow_root(left));
  return path;
}

struct GrownTree {
  std::vector<std::string> hashes;
  std::map<std::pair<int, int64_t>, std::string> nodes;
  Frontier frontier;
  int reads = 0;

  explicit GrownTree(int size) {
    for (int i = 0; i < size; ++i) {
      hashes.push_back(leaf_hash(std::to_string(i)));
      for (auto& node : frontier.append(hashes.back())) nodes[{node.level, node.index}] = node.hash;
    }
  }
  NodeReader reader() {
    return [this](int level, int64_t index) -> Result<std::string> {
      ++reads;
      return nodes.at({level, index});
    };
  }
};

TEST(Merkle, RootsAndPathsAreThoseOfTheStandard) {
  // The root of one empty leaf, from the test vectors of RFC 6962's reference implementation.
  EXPECT_EQ(to_hex(leaf_hash("")),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  GrownTree tree(70);
  for (std::size_t size = 0; size <= 70; ++size) {
    std::vector<std::string> part(tree.hashes.begin(),
                                  tree.hashes.begin() + static_cast<std::ptrdiff_t>(size));
    ASSERT_EQ(tree_root(static_cast<int64_t>(size), tree.reader()).value(), slow_root(part));
    ASSERT_EQ(merkle_root(part), slow_root(part));
    for (std::size_t leaf = 0; leaf < size; ++leaf) {
      auto path =
          inclusion_path(static_cast<int64_t>(leaf), static_cast<int64_t>(size), tree.reader());
      ASSERT_EQ(path.value(), slow_path(leaf, part));
    }
  }
}

TEST(Merkle, ProofsReadFewNodes) {
  GrownTree tree(10'000);
  for (int64_t leaf : {0, 4095, 4096, 9998, 9999}) {
    tree.reads = 0;
    ASSERT_TRUE(inclusion_path(leaf, 9'999 + (leaf == 9999), tree.reader()));
    ASSERT_TRUE(consistency_path(leaf, 10'000, tree.reader()));
    EXPECT_LE(tree.reads, 4 * 14);
  }
}

TEST(Merkle, FrontierGoesOnFromItsNodes) {
  GrownTree tree(37);
  std::vector<std::string> peaks;
  for (const auto& place : Frontier::places(37)) {
    peaks.push_back(tree.nodes.at({place.level, place.index}));
  }
  Frontier again(37, peaks);
  EXPECT_EQ(again.root(), tree.frontier.root());
  again.append(leaf_hash("37"));
  EXPECT_EQ(again.root(), slow_root(GrownTree(38).hashes));
}

class LedgerTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    if (IsSkipped()) return;
    auto self = fs::read_symlink("/proc/self/exe");
    tool_ = (self.parent_path() / "tools/verify_ledger/verify_ledger").string();
  }

  void commit(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(commit_one(*database_, report("h" + std::to_string(++number_), "滴漏")));
    }
  }

  TreeHead sign() {
    clock_.advance(Duration::seconds(5));
    auto head = database_->ledger().sign_head();
    EXPECT_TRUE(head) << head.error().detail;
    return head->head;
  }

  Json proof_of(const std::string& id, const Ledger::MaySee& may_see) {
    auto view = database_->snapshot().value();
    auto proof = database_->ledger().proof(*view, "hazard", id, may_see);
    EXPECT_TRUE(proof) << proof.error().detail;
    return std::move(proof).value();
  }

  std::string saved(const std::string& name, const Json& value) {
    std::string path = folder_.path() + "/" + name;
    std::ofstream(path) << write_json_pretty(value);
    return path;
  }

  std::string head_file(int64_t size) {
    return folder_.path() + "/heads/head-" + std::to_string(size) + ".json";
  }

  // The exit code of the auditor's program; its report is in said_.
  int verify(const std::string& arguments) {
    FILE* pipe = popen((tool_ + " " + arguments + " --lang en 2>&1").c_str(), "r");
    said_.clear();
    char line[1024];
    while (std::fgets(line, sizeof line, pipe)) said_ += line;
    return WEXITSTATUS(pclose(pipe));
  }

  bool has_tool() const { return fs::exists(tool_); }

  static bool everything(std::string_view, std::string_view) { return true; }

  std::string tool_;
  std::string said_;
  int number_ = 0;
};

ON_BOTH_DATABASES(LedgerTest);

TEST_P(LedgerTest, HeadIsSignedStoredAndWrittenOnlyWhenTheTreeGrew) {
  auto& ledger = database_->ledger();
  EXPECT_EQ(ledger.newest_head(*database_->snapshot().value()).error().code, ErrorCode::NotFound);
  commit(3);
  TreeHead head = sign();
  EXPECT_EQ(head.size, 3);
  EXPECT_EQ(head.plant, "Plant Ä");
  EXPECT_EQ(head.key_id, to_hex(sha256(ledger.public_key())).substr(0, 16));
  Json content = ledger.head_json(head);
  content.remove("signature");
  EXPECT_TRUE(is_signed(ledger.public_key(), canonical_json(content), head.signature));
  Json file = parse_json(read_file(head_file(3)).value()).value();
  EXPECT_EQ(file, ledger.head_json(head));
  EXPECT_TRUE(fs::exists(folder_.path() + "/heads/head-latest.json"));
  TreeHead again = sign();
  EXPECT_EQ(again.at, head.at);
  EXPECT_EQ(count_of("ledger_head"), 1);
  EXPECT_EQ(ledger.newest_head(*database_->snapshot().value())->signature, head.signature);
}

TEST_P(LedgerTest, FolderThatCannotBeWrittenIsToldAndTriedAgain) {
  Config with_disk = config();
  std::string other = folder_.path() + "/other";
  std::ofstream(other) << "a file where the folder should be";
  with_disk.head_folders = {other};
  database_.reset();
  database_ = Database::open(with_disk).value();
  commit(1);
  EXPECT_EQ(database_->ledger().sign_head()->failed_folders, std::vector<std::string>{other});
  fs::remove(other);
  EXPECT_TRUE(database_->ledger().sign_head()->failed_folders.empty());
  EXPECT_TRUE(fs::exists(other + "/head-1.json"));
}

TEST_P(LedgerTest, PrivateKeyIsForItsOwnerOnlyAndStays) {
  std::string key = database_->ledger().public_key();
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder_.path() + "/keys")) {
    struct stat status{};
    ASSERT_EQ(stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    ++files;
  }
  EXPECT_EQ(files, 1);
  open();
  EXPECT_EQ(database_->ledger().public_key(), key);
}

TEST_P(LedgerTest, LostKeyBeginsANewOneAndSaysSo) {
  std::string key = database_->ledger().public_key();
  fs::remove_all(folder_.path() + "/keys");
  std::string warned;
  auto sink = set_log_sink([&](LogLevel, std::string_view line) { warned = line; });
  open();
  set_log_sink(std::move(sink));
  EXPECT_TRUE(warned.contains("lost")) << warned;
  EXPECT_NE(database_->ledger().public_key(), key);
  EXPECT_EQ(count_of("ledger_key WHERE retired_at IS NULL"), 1);
}

TEST_P(LedgerTest, ProofHoldsAgainstAHeadThatWasKeptElsewhere) {
  if (!has_tool()) GTEST_SKIP() << "verify_ledger is not built here";
  commit(3);
  sign();
  commit(4);
  TreeHead head = sign();
  commit(1);
  Json proof = proof_of("h5", everything);
  auto view = database_->snapshot().value();
  Json path = database_->ledger().consistency(*view, 3, head.size).value();
  std::string plain = saved("plain.json", proof);
  EXPECT_EQ(verify("proof " + plain), 0) << said_;
  EXPECT_EQ(verify("proof " + plain + " --head " + head_file(7)), 0) << said_;
  EXPECT_EQ(verify("proof " + plain + " --head " + head_file(3)), 1) << "no path: " << said_;
  std::string between = saved("path.json", path);
  EXPECT_EQ(verify("proof " + plain + " --head " + head_file(3) + " --consistency " + between), 0)
      << said_;
  proof.set("consistency", Json::array({path}));
  EXPECT_EQ(verify("proof " + saved("full.json", proof) + " --head " + head_file(3)), 0) << said_;
  EXPECT_EQ(verify("consistency " + between + " --from " + head_file(3) + " --to " + head_file(7)),
            0)
      << said_;
  EXPECT_EQ(verify("proof " + folder_.path() + "/none.json"), 2);
  EXPECT_EQ(verify("nonsense"), 2);
  EXPECT_EQ(verify("proof " + plain + " --heads " + head_file(7)), 2) << "a misspelt option";
}

TEST_P(LedgerTest, ConsistencyHoldsBetweenAllSizes) {
  if (!has_tool()) GTEST_SKIP() << "verify_ledger is not built here";
  for (int i = 0; i < 9; ++i) {
    commit(1);
    sign();
  }
  auto view = database_->snapshot().value();
  for (int64_t from = 1; from <= 9; ++from) {
    for (int64_t to = from; to <= 9; ++to) {
      Json path = database_->ledger().consistency(*view, from, to).value();
      EXPECT_EQ(verify("consistency " + saved("c.json", path) + " --from " + head_file(from) +
                       " --to " + head_file(to)),
                0)
          << from << " " << to << said_;
    }
  }
  EXPECT_EQ(database_->ledger().consistency(*view, 3, 10).error().code, ErrorCode::NotFound);
  EXPECT_EQ(database_->ledger().consistency(*view, 5, 3).error().code, ErrorCode::BadRequest);
  EXPECT_EQ(database_->ledger().inclusion(*view, 9, 9).error().code, ErrorCode::NotFound);
  EXPECT_EQ(database_->ledger().inclusion(*view, 0, 10).error().code, ErrorCode::NotFound);
}

TEST_P(LedgerTest, ProofShowsOnlyWhatItsReaderMaySee) {
  commit(2);
  sign();
  Json proof =
      proof_of("h2", [](std::string_view, std::string_view column) { return column != "title"; });
  std::string text = write_json(proof);
  EXPECT_FALSE(text.contains("滴漏"));
  EXPECT_FALSE(text.contains("title"));
  EXPECT_TRUE(text.contains("0:hazard:version"));
  if (has_tool()) {
    EXPECT_EQ(verify("proof " + saved("hidden.json", proof)), 0) << said_;
  }
  auto view = database_->snapshot().value();
  EXPECT_EQ(database_->ledger().proof(*view, "hazard", "h9", everything).error().code,
            ErrorCode::NotFound);
}

TEST_P(LedgerTest, ProofWithOneAlteredByteDoesNotHold) {
  if (!has_tool()) GTEST_SKIP() << "verify_ledger is not built here";
  commit(5);
  sign();
  std::string good = write_json(proof_of("h3", everything));
  ASSERT_EQ(verify("proof " + saved("p.json", parse_json(good).value())), 0) << said_;
  std::vector<std::pair<std::string, std::string>> forgeries{
      {"滴漏", "正常"},
      {"hazard.report", "hazard.repeat"},
      {"Plant Ä", "Plant B"},
      {"\"size\":5", "\"size\":6"},
      {"0:hazard:title", "0:hazard:tit1e"},
      {"\"leaf_index\":2", "\"leaf_index\":3"}};
  for (const auto& [from, to] : forgeries) {
    std::string bad = good;
    auto at = bad.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    bad.replace(at, from.size(), to);
    EXPECT_EQ(verify("proof " + saved("p.json", parse_json(bad).value())), 1) << from << said_;
  }
  // A value shown beside a hash is not checked, so it must not be there.
  Json shown = parse_json(write_json(proof_of("h3", [](auto, auto) { return false; }))).value();
  ASSERT_EQ(verify("proof " + saved("p.json", shown)), 0) << said_;
  std::string text = write_json(shown);
  text.insert(text.find("{\"hash\""), R"({"value":"x",)").erase(text.find(R"("x",{)") + 4, 1);
  EXPECT_EQ(verify("proof " + saved("p.json", parse_json(text).value())), 1) << said_;
  // The same file for another subject.
  Json other = parse_json(good).value();
  other.set("subject", Json::object({{"kind", "hazard"}, {"id", "h4"}}));
  EXPECT_EQ(verify("proof " + saved("p.json", other)), 1) << said_;
}

TEST_P(LedgerTest, RewrittenHistoryFailsAgainstTheOldHead) {
  if (!has_tool()) GTEST_SKIP() << "verify_ledger is not built here";
  commit(3);
  sign();
  fs::copy_file(head_file(3), folder_.path() + "/kept.json");
  // Somebody with key and disk begins again with other content and signs it.
  database_.reset();
  where_ = fresh_database(GetParam());
  open();
  ASSERT_TRUE(database_->migrate(test_migrations()));
  ASSERT_TRUE(commit_one(*database_, report("h1", "没有隐患")));
  commit(2);
  sign();
  Json proof = proof_of("h1", everything);
  EXPECT_EQ(verify("proof " + saved("p.json", proof)), 0) << "alone it looks good: " << said_;
  EXPECT_EQ(verify("proof " + saved("p.json", proof) + " --head " + folder_.path() + "/kept.json"),
            1)
      << said_;
}

TEST_P(LedgerTest, RotatedKeysVouchForTheNext) {
  if (!has_tool()) GTEST_SKIP() << "verify_ledger is not built here";
  commit(2);
  sign();
  std::string first = database_->ledger().public_key();
  for (int i = 0; i < 2; ++i) {
    clock_.advance(Duration::days(365));
    ASSERT_TRUE(database_->ledger().rotate_key());
  }
  EXPECT_NE(database_->ledger().public_key(), first);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path() + "/keys"), {}), 1);
  commit(3);
  TreeHead head = sign();
  open();
  Json proof = proof_of("h1", everything);
  auto view = database_->snapshot().value();
  Json path = database_->ledger().consistency(*view, 2, head.size).value();
  proof.set("consistency", Json::array({path}));
  EXPECT_EQ(verify("proof " + saved("p.json", proof) + " --head " + head_file(2)), 0) << said_;
  // A key that nobody endorsed is another one's ledger.
  Json keys = proof["keys"];
  keys.as_array().back().remove("endorsement");
  proof.set("keys", keys);
  EXPECT_EQ(verify("proof " + saved("p.json", proof) + " --head " + head_file(2)), 1) << said_;
}

TEST_P(LedgerTest, LostKeyLeavesAGapThatEveryLaterProofNames) {
  if (!has_tool()) GTEST_SKIP() << "verify_ledger is not built here";
  commit(2);
  sign();
  auto sink = set_log_sink([](LogLevel, std::string_view) {});
  ASSERT_TRUE(database_->ledger().lose_key("stolen from the control room"));
  set_log_sink(std::move(sink));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path() + "/keys"), {}), 1);
  EXPECT_EQ(count_of("change_log WHERE act = 'key.lost'"), 1);
  commit(2);
  TreeHead head = sign();
  Json proof = proof_of("h1", everything);
  auto view = database_->snapshot().value();
  proof.set("consistency",
            Json::array({database_->ledger().consistency(*view, 2, head.size).value()}));
  std::string file = saved("p.json", proof);
  EXPECT_EQ(verify("proof " + file), 0) << said_;
  EXPECT_TRUE(said_.contains("stolen from the control room")) << said_;
  std::string old_head = " --head " + head_file(2);
  EXPECT_EQ(verify("proof " + file + old_head), 1) << "nobody vouches: " << said_;
  EXPECT_EQ(verify("proof " + file + old_head + " --trust " + head.key_id), 0) << said_;
  EXPECT_EQ(verify("proof " + file + old_head + " --trust 0123456789abcdef"), 1) << said_;
  // Without its name the gap can't be trusted away.
  Json keys = proof["keys"];
  keys.as_array().back().remove("gap");
  proof.set("keys", keys);
  EXPECT_EQ(verify("proof " + saved("p.json", proof) + old_head + " --trust " + head.key_id), 1);
}

TEST_P(LedgerTest, KeyThatAnotherProcessBeganSignsTheNextHead) {
  commit(1);
  sign();
  {
    auto other = Database::open(config());
    ASSERT_TRUE(other);
    ASSERT_TRUE((*other)->ledger().rotate_key());
  }
  commit(1);
  TreeHead head = sign();
  auto view = database_->snapshot().value();
  Json keys = database_->ledger().keys(*view).value();
  ASSERT_EQ(keys.as_array().size(), 2U);
  EXPECT_EQ(keys.as_array().back().text_or("id", ""), head.key_id);
  EXPECT_TRUE(keys.as_array().front()["retired_at"].is_text());
  EXPECT_EQ(count_of("ledger_key WHERE retired_at IS NULL"), 1);
}

TEST_P(LedgerTest, AttachmentsAreCheckedByTheirHash) {
  if (!has_tool()) GTEST_SKIP() << "verify_ledger is not built here";
  Change change = report("h1");
  change.files = {to_hex(sha256("photo"))};
  ASSERT_TRUE(commit_one(*database_, change));
  sign();
  std::string proof = saved("p.json", proof_of("h1", everything));
  fs::create_directory(folder_.path() + "/photos");
  std::ofstream(folder_.path() + "/photos/1.jpg") << "photo";
  EXPECT_EQ(verify("proof " + proof + " --files " + folder_.path() + "/photos"), 0) << said_;
  std::ofstream(folder_.path() + "/photos/1.jpg") << "retouched";
  EXPECT_EQ(verify("proof " + proof + " --files " + folder_.path() + "/photos"), 1) << said_;
}

TEST_P(LedgerTest, ReplayGivesTheSameTablesAndTheSameTree) {
  commit(300);
  Change edit = act("hazard.edit", "h7");
  edit.rows.push_back({.kind = RowChange::Kind::Update,
                       .table = "hazard",
                       .key = {{"id", "h7"}},
                       .cells = {{"ratio", 1.0 / 3},
                                 {"count", INT64_MIN},
                                 {"photo", Blob{std::string("\0\xff", 2)}},
                                 {"title", {}}},
                       .version = 1});
  edit.rows.push_back(
      {.kind = RowChange::Kind::Delete, .table = "hazard", .key = {{"id", "h8"}}, .version = 1});
  edit.rows.push_back(
      {.table = "task", .key = {{"id", "t1"}}, .cells = {{"hazard", "h9"}, {"name", "检查"}}});
  edit.rows.push_back(
      {.table = "secret", .key = {{"id", "s"}}, .cells = {{"hash", "x"}}, .is_private = true});
  ASSERT_TRUE(commit_one(*database_, edit));
  TreeHead head = sign();
  auto from = database_->snapshot().value();
  EXPECT_EQ(logged_tables(*from).value(), (std::vector<std::string>{"hazard", "task"}));
  for (Dialect dialect : {Dialect::Sqlite, Dialect::Postgres}) {
    if (dialect == Dialect::Postgres && !test::postgres_server()) continue;
    TempFolder folder;
    Config other = config();
    other.database = fresh_database(dialect);
    other.folder = folder.path();
    auto into = Database::open(other).value();
    ASSERT_TRUE(into->migrate(test_migrations()));
    auto replayed = replay(*from, *into);
    ASSERT_TRUE(replayed) << replayed.error().detail;
    auto to = into->snapshot().value();
    for (std::string table : {"hazard", "task", "change_log", "ledger_leaf"}) {
      EXPECT_EQ(table_digest(*to, table).value(), table_digest(*from, table).value()) << table;
    }
    EXPECT_EQ(bodies(*to), bodies(*from)) << "packed or not";
    EXPECT_NE(table_digest(*to, "secret").value(), table_digest(*from, "secret").value());
    EXPECT_EQ(into->ledger().sign_head()->head.root, head.root);
    EXPECT_EQ(replay(*from, *into).error().code, ErrorCode::WrongState);
  }
}

}  // namespace
}  // namespace anlan::store
