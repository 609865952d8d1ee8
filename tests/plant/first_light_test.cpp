// The database of the first issue's version opens in this one: tests/data/first_light.tar.gz was
// made by the program of commit 7e542fb, with one report and a kill -9 at its end.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/hash.h"
#include "core/log.h"
#include "core/text.h"
#include "engine/engine.h"

namespace anlan::test {
namespace {

namespace fs = std::filesystem;

class FirstLight : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("anlan-first-" + std::to_string(getpid()));
    fs::create_directories(folder_);
    std::string command = "tar -xzf tests/data/first_light.tar.gz -C " + folder_.string();
    ASSERT_EQ(std::system(command.c_str()), 0);
    data_ = folder_ / "first_light";
    std::ifstream in("tests/data/phone.jpg", std::ios::binary);
    photo_.assign(std::istreambuf_iterator<char>(in), {});
    sha256_ = to_hex(sha256(photo_));
    fs::create_directories(data_ / "blobs" / sha256_.substr(0, 2));
    std::ofstream(data_ / "blobs" / sha256_.substr(0, 2) / sha256_, std::ios::binary) << photo_;
  }
  void TearDown() override { fs::remove_all(folder_); }

  engine::Config config() {
    return {.store = {.database = "sqlite:" + (data_ / "anlan.db").string(),
                      .folder = data_.string(),
                      .plant = "anlan",
                      .clock = clock_,
                      .random = random_,
                      .sync = false},
            .pack_folders = {"packs"}};
  }

  fs::path folder_, data_;
  std::string photo_, sha256_;
  ManualClock clock_{parse_instant("2026-11-22T04:10:00Z").value()};
  SeededRandom random_{1};
};

TEST_F(FirstLight, OpensMigratesAndItsHazardGoesOn) {
  auto opened = engine::Engine::open(config());
  ASSERT_TRUE(opened) << opened.error().detail << " " << opened.error().field;
  engine::Engine& engine = **opened;
  auto login = engine.check_password("worker111", "Anlan-Demo-2026").value();
  ASSERT_TRUE(login.is_right);
  auto view = engine.database().snapshot().value();
  auto by = access::subject_of(*view, *login.person).value();
  Json page = engine.list_records(by, "hazard", {}).value();
  ASSERT_EQ(page["rows"].as_array().size(), 1U);
  Json row = page["rows"].as_array()[0];
  EXPECT_EQ(row.text_or("number", ""), "YH-20261122-0001");
  RecordId id = RecordId::parse(row.text_or("id", "")).value();
  Json whole = engine.record(by, "hazard", id).value();
  EXPECT_TRUE(write_json(whole).contains("first light 首光"));
  EXPECT_EQ(engine.file(by, "hazard", id, sha256_).value(), photo_);
  EXPECT_FALSE(engine.timeline(by, "hazard", id)->operator[]("rows").as_array().empty());
  // A running case keeps the flow that it began with, and can be ended in this version.
  auto leader = engine.check_password("leader11", "Anlan-Demo-2026").value();
  auto leads = access::subject_of(*view, *leader.person).value();
  Json seen = engine.record(leads, "hazard", id).value();
  ASSERT_FALSE(seen["tasks"].as_array().empty());
  view.reset();
  TaskId task = TaskId::parse(seen["tasks"].as_array()[0].text_or("id", "")).value();
  auto done = engine.run(
      {.by = leads,
       .what = engine::CompleteTask{.task = task, .outcome = "invalid", .comment = "not one"}});
  EXPECT_TRUE(done) << done.error().detail << " " << done.error().field;
  auto shown = engine.proof(by, "hazard", id);
  EXPECT_TRUE(shown) << shown.error().detail;
}

TEST_F(FirstLight, ItsLedgerVerifiesAndReplaysInThisVersion) {
  auto engine = engine::Engine::open(config()).value();
  auto view = engine->database().snapshot().value();
  auto head = engine->database().ledger().newest_head(*view).value();
  EXPECT_EQ(head.size, 136);
  store::Config other = config().store;
  other.database = "sqlite:" + (folder_ / "replay.db").string();
  other.folder = (folder_ / "replay").string();
  auto replayed = engine::empty_copy(*view, other).value();
  auto done = store::replay(*view, *replayed);
  ASSERT_TRUE(done) << done.error().detail;
  auto again = replayed->snapshot().value();
  std::vector<std::string> tables = store::logged_tables(*view).value();
  for (const std::string& table : tables) {
    EXPECT_EQ(store::table_digest(*view, table).value(), store::table_digest(*again, table).value())
        << table;
  }
  // The old head lies on the tree that is there now.
  Json path = engine->database().ledger().consistency(*view, head.size, head.size).value();
  EXPECT_TRUE(path["path"].is_array());
}

}  // namespace
}  // namespace anlan::test
