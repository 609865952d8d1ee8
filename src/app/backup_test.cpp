// A backup comes back whole, or is refused and leaves nothing behind.

#include "app/backup.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/backup_files.h"
#include "app/log_file.h"
#include "core/hash.h"
#include "core/log.h"
#include "core/text.h"
#include "store/store.h"

namespace anlan::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPassphrase = "twelve letters and more";

class BackupFolder : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("anlan-backup-" + std::to_string(getpid()));
    fs::remove_all(root_);
    fs::create_directories(root_);
    data_ = (root_ / "data").string();
    database_ = open(data_);
    ASSERT_TRUE(database_);
    act(5);
    ASSERT_TRUE(database_->ledger().sign_head());
    photo_ = put_blob("a photo");
    write(data_ + "/token.secret", "secret token text");
    write(data_ + "/tls/server.key", "secret tls text");
    write(data_ + "/presence/segment-1.log", "where Wang was");
    write(data_ + "/log/anlan.jsonl", "{}");
    write(data_ + "/history/log/segment-00000001.log", std::string(5000, 's'));
  }
  void TearDown() override {
    database_.reset();
    fs::remove_all(root_);
  }

  std::unique_ptr<store::Database> open(const std::string& folder) {
    auto opened = store::Database::open({.database = "sqlite:" + folder + "/anlan.db",
                                         .folder = folder,
                                         .head_folders = {},
                                         .plant = "p",
                                         .clock = clock_,
                                         .random = random_,
                                         .sync = false});
    EXPECT_TRUE(opened) << opened.error().detail;
    return opened ? std::move(*opened) : nullptr;
  }
  void act(int count) {
    for (int i = 0; i < count; ++i) {
      store::Change change{.act = "x", .subject_kind = "x", .subject_id = "1", .at = {1}};
      std::vector<store::Work> works{[&](store::Transaction& t) { return t.apply(change); }};
      ASSERT_TRUE(database_->commit_group(works)->front());
    }
  }
  std::string put_blob(const std::string& bytes) {
    std::string hash = to_hex(sha256(bytes));
    auto done = database_->blobs().put(hash, 0, static_cast<int64_t>(bytes.size()), bytes);
    EXPECT_TRUE(done && done->is_whole);
    return hash;
  }
  static void write(const std::string& path, const std::string& bytes) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }
  static std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  Result<BackupDone> back_up(const std::string& passphrase = "", std::size_t keep = 0) {
    clock_.advance(Duration::seconds(1));
    return make_backup({.data = data_,
                        .database = "sqlite:" + data_ + "/anlan.db",
                        .into = (root_ / "backups").string(),
                        .passphrase = passphrase,
                        .keep = keep,
                        .clock = clock_,
                        .random = random_});
  }
  RestoreWish wish_for(const std::string& from, const std::string& passphrase = "") {
    std::string data = (root_ / "again").string();
    return {.from = from,
            .data = data,
            .database = "sqlite:" + data + "/anlan.db",
            .passphrase = passphrase};
  }
  Result<RestoreDone> restore(const std::string& from, const std::string& passphrase = "") {
    return restore_backup(wish_for(from, passphrase));
  }

  fs::path root_;
  std::string data_, photo_;
  ManualClock clock_{parse_instant("2026-03-02T08:00:00Z").value()};
  SeededRandom random_{4};
  std::unique_ptr<store::Database> database_;
};

TEST_F(BackupFolder, ComesBackWithItsKeysAttachmentsAndSamples) {
  auto done = back_up(kPassphrase);
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(done->log_size, 5);
  EXPECT_TRUE(done->has_secrets);
  act(2);
  auto back = restore(done->folder, kPassphrase);
  ASSERT_TRUE(back) << back.error().detail;
  std::string again = (root_ / "again").string();
  EXPECT_EQ(read(again + "/token.secret"), "secret token text");
  EXPECT_EQ(read(again + "/tls/server.key"), "secret tls text");
  EXPECT_EQ(read(again + "/history/log/segment-00000001.log"), std::string(5000, 's'));
  auto restored = open(again);
  EXPECT_EQ(restored->blobs().read(photo_).value(), "a photo");
  EXPECT_EQ(restored->ledger().public_key(), database_->ledger().public_key()) << "the same key";
  EXPECT_EQ(restored->ledger().newest_head(*restored->snapshot().value())->size, 5);
}

TEST_F(BackupFolder, SecretsStandNowhereInIt) {
  auto sealed = back_up(kPassphrase).value();
  auto plain = back_up().value();
  EXPECT_FALSE(plain.has_secrets);
  std::string key = read(fs::directory_iterator(data_ + "/keys")->path().string());
  for (const std::string& folder : {sealed.folder, plain.folder}) {
    std::vector<std::string> names = files_under(folder).value();
    for (const std::string& name : names) {
      std::string bytes = read(folder + "/" + name);
      for (const std::string& secret : {std::string("secret token"), std::string("secret tls"),
                                        key.substr(0, 64), std::string("where Wang was")}) {
        EXPECT_FALSE(bytes.contains(secret)) << name;
      }
    }
    EXPECT_EQ(fs::status(folder).permissions() & fs::perms::others_all, fs::perms::none);
  }
}

TEST_F(BackupFolder, WithoutItsKeysItGoesOnBehindAGapThatHasAName) {
  auto done = back_up().value();
  ASSERT_TRUE(restore(done.folder));
  auto before = set_log_sink([](LogLevel, std::string_view) {});
  auto restored = open((root_ / "again").string());
  set_log_sink(std::move(before));
  auto view = restored->snapshot().value();
  Json keys = restored->ledger().keys(*view).value();
  ASSERT_EQ(keys.as_array().size(), 2U);
  EXPECT_TRUE(keys.as_array()[1]["gap"].is_text());
}

TEST_F(BackupFolder, DamagedOneIsRefusedAndLeavesNothing) {
  auto done = back_up(kPassphrase).value();
  std::vector<std::string> names = files_under(done.folder).value();
  ASSERT_GE(names.size(), 5U);
  for (const std::string& name : names) {
    std::string path = done.folder + "/" + name;
    std::string good = read(path);
    std::string bad = good;
    bad[bad.size() / 2] = static_cast<char>(bad[bad.size() / 2] ^ 1);
    write(path, bad);
    auto back = restore(done.folder, kPassphrase);
    bool is_text_of_manifest = name == "manifest.json" && back.has_value();
    EXPECT_TRUE(!back || is_text_of_manifest) << name;
    if (back) fs::remove_all(root_ / "again");
    fs::remove(path);
    EXPECT_FALSE(restore(done.folder, kPassphrase)) << "without " << name;
    write(path, good);
    EXPECT_FALSE(fs::exists(root_ / "again")) << name;
    EXPECT_FALSE(fs::exists(root_ / "again.partial")) << name;
  }
  write(done.folder + "/blobs/more", "x");
  EXPECT_EQ(restore(done.folder, kPassphrase).error().code, ErrorCode::ProofInvalid);
  fs::remove(done.folder + "/blobs/more");
  EXPECT_EQ(restore(done.folder, "another passphrase").error().code, ErrorCode::ProofInvalid);
  EXPECT_FALSE(fs::exists(root_ / "again"));
  EXPECT_TRUE(restore(done.folder, kPassphrase));
}

TEST_F(BackupFolder, IsNeverPutOverAnotherPlant) {
  auto done = back_up().value();
  write((root_ / "again/anything").string(), "x");
  EXPECT_EQ(restore(done.folder).error().code, ErrorCode::WrongState);
  EXPECT_EQ(read((root_ / "again/anything").string()), "x");
}

TEST_F(BackupFolder, ForeignOneIsRefused) {
  auto done = back_up().value();
  std::string manifest = done.folder + "/manifest.json";
  Json good = parse_json(read(manifest)).value();
  write(manifest, write_json(Json(good).set("format", "anlan.backup/2")));
  EXPECT_EQ(restore(done.folder).error().code, ErrorCode::ProofInvalid);
  write(manifest, write_json(good));
  RestoreWish other = wish_for(done.folder);
  other.database = "postgres:host=/nowhere";
  EXPECT_EQ(restore_backup(other).error().code, ErrorCode::WrongState);
  // A head that was kept elsewhere, of a plant with another history.
  std::string elsewhere = (root_ / "elsewhere").string();
  auto foreign = open(elsewhere);
  database_.swap(foreign);
  act(3);
  auto head = database_->ledger().sign_head()->head;
  RestoreWish checked = wish_for(done.folder);
  checked.known_head = database_->ledger().head_json(head);
  EXPECT_EQ(restore_backup(checked).error().code, ErrorCode::ProofInvalid);
  EXPECT_FALSE(fs::exists(root_ / "again"));
  database_.swap(foreign);
  auto own = database_->ledger().newest_head(*database_->snapshot().value()).value();
  checked.known_head = database_->ledger().head_json(own);
  EXPECT_TRUE(restore_backup(checked));
}

TEST_F(BackupFolder, ManifestLeadsNowhereOutside) {
  auto done = back_up().value();
  std::string manifest = done.folder + "/manifest.json";
  Json json = parse_json(read(manifest)).value();
  Json files = json["files"];
  files.push(Json::object({{"path", "../evil"}, {"bytes", 0}, {"sha256", to_hex(sha256(""))}}));
  write(root_ / "backups/evil", "");
  write(manifest, write_json(json.set("files", files)));
  EXPECT_EQ(restore(done.folder).error().code, ErrorCode::ProofInvalid);
}

TEST_F(BackupFolder, KeepsSoManyAndSharesAttachmentsAmongThem) {
  fs::create_directories(root_ / "backups/anlan-20200101T000000Z.partial");
  fs::create_directories(root_ / "backups/mine");
  for (int i = 0; i < 4; ++i) {
    auto done = back_up("", 2);
    ASSERT_TRUE(done) << done.error().detail;
  }
  int count = 0;
  for (const auto& entry : fs::directory_iterator(root_ / "backups")) {
    std::string name = entry.path().filename().string();
    if (name == "mine") continue;
    EXPECT_FALSE(name.ends_with(".partial"));
    ++count;
    auto blob = entry.path() / "blobs" / photo_.substr(0, 2) / photo_;
    EXPECT_EQ(fs::hard_link_count(blob), 2U);
  }
  EXPECT_EQ(count, 2);
  EXPECT_TRUE(fs::exists(root_ / "backups/mine"));
  EXPECT_TRUE(parse_json(read(data_ + "/backup.json"))->has("at"));
}

TEST_F(BackupFolder, DamagedAttachmentOfThePlantIsNoticed) {
  write(data_ + "/blobs/" + photo_.substr(0, 2) + "/" + photo_, "not a photo");
  EXPECT_EQ(back_up().error().code, ErrorCode::HashMismatch);
  EXPECT_TRUE(fs::is_empty(root_ / "backups"));
}

TEST_F(BackupFolder, LogTurnsOverBySizeAndGivesItsEnd) {
  ManualClock steady({1});
  std::string folder = (root_ / "logs").string();
  {
    LogFile log({.folder = folder, .bytes_max = 1'000, .files_max = 3}, steady);
    for (int i = 0; i < 400; ++i) log.event("{\"n\":" + std::to_string(i) + "}");
    log.request("{\"last\":1}");
    std::string tail = log.tail(3);
    EXPECT_EQ(tail, "{\"n\":398}\n{\"n\":399}\n{\"last\":1}\n");
  }
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    ++files;
    EXPECT_LT(fs::file_size(entry), 1'100U);
  }
  EXPECT_EQ(files, 3U);
  // A folder that can't be there loses lines and nothing else.
  write((root_ / "file").string(), "x");
  LogFile lost({.folder = (root_ / "file").string()}, steady);
  lost.event("{}");
  EXPECT_EQ(lost.tail(5), "");
}

}  // namespace
}  // namespace anlan::app
