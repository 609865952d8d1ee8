#include <filesystem>

#include "tests/plant/evidence_fixture.h"
#include "tests/support/postgres.h"

namespace anlan::test {
namespace {

namespace fs = std::filesystem;

class UploadTest : public EvidenceTest {
 protected:
  // A film of one picture track and four bytes (ISO/IEC 14496-12).
  static std::string film() {
    auto box = [](const std::string& type, const std::string& body) {
      std::string size(4, '\0');
      size[2] = static_cast<char>((body.size() + 8) >> 8);
      size[3] = static_cast<char>((body.size() + 8) & 0xff);
      return size + type + body;
    };
    std::string header(84, '\0');
    header[77] = 64;
    header[81] = 48;
    return box("ftyp", "isommp42") + box("moov", box("trak", box("tkhd", header))) +
           box("mdat", "film");
  }
  std::string put(const access::Subject& by, const std::string& bytes) {
    std::string sha = to_hex(sha256(bytes));
    auto put = plant_->engine().put_blob(by, sha, 0, static_cast<int64_t>(bytes.size()), bytes);
    EXPECT_TRUE(put) << put.error().detail;
    kind_ = put ? put->text_or("kind", "") : "";
    return sha;
  }
  static Json item(const std::string& sha) {
    return Json::object({{"sha256", sha}, {"name", "a"}});
  }
  std::string kind_;
};

std::size_t files_under(const fs::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    count += entry.is_regular_file() ? 1 : 0;
  }
  return count;
}

TEST_F(UploadTest, WhatIsNoPhotoLeavesTheDisk) {
  std::string junk(5000, 'x');
  std::string sha = to_hex(sha256(junk));
  std::size_t before =
      fs::exists(plant_->folder() / "blobs") ? files_under(plant_->folder() / "blobs") : 0;
  auto refused = plant_->engine().put_blob(worker_, sha, 0, 5000, junk);
  EXPECT_EQ(refused.error().code, ErrorCode::BadImage);
  EXPECT_EQ(files_under(plant_->folder() / "blobs"), before);
}

TEST_F(UploadTest, NobodyFillsTheDiskWithFilesThatNoRecordNames) {
  int64_t huge = 60 << 20;
  ErrorCode last = ErrorCode::Internal;
  for (int i = 0; i < 20; ++i) {
    std::string sha = to_hex(sha256("upload " + std::to_string(i)));
    auto put = plant_->engine().put_blob(worker_, sha, 0, huge, "begin");
    if (!put) last = put.error().code;
  }
  EXPECT_EQ(last, ErrorCode::LimitReached);
  auto other = plant_->as("worker112").value();
  std::string sha = to_hex(sha256("of another person"));
  EXPECT_TRUE(plant_->engine().put_blob(other, sha, 0, huge, "begin"));
}

TEST_F(UploadTest, AnUploadThatNobodyGoesOnWithIsSweptAfterADay) {
  std::string sha = to_hex(sha256("half"));
  ASSERT_TRUE(plant_->engine().put_blob(worker_, sha, 0, 100, "half"));
  fs::path part = plant_->folder() / "blobs" / sha.substr(0, 2) / (sha + ".part");
  ASSERT_TRUE(fs::exists(part));
  auto written = std::chrono::sys_time<std::chrono::nanoseconds>(
      std::chrono::nanoseconds(plant_->clock().now().ns));
  fs::last_write_time(part, std::chrono::file_clock::from_sys(written));
  plant_->wait(Duration::hours(23));
  EXPECT_TRUE(fs::exists(part));
  plant_->wait(Duration::hours(2));
  EXPECT_FALSE(fs::exists(part));
}

TEST_F(UploadTest, AFilmProvesARepairAndIsNoPhotoOfAHazard) {
  std::string sha = put(director_, film());
  EXPECT_EQ(kind_, "video/mp4");
  auto refused =
      plant_->run(director_, engine::CreateRecord{.form = "hazard", .fields = fields(item(sha))});
  EXPECT_EQ(refused.error().code, ErrorCode::BadField);
  RecordId id = repaired(film());
  Json seen = evidence(id);
  ASSERT_EQ(seen["photos"].as_array().size(), 2U);
  Json film_seen = seen["photos"].as_array()[1];
  EXPECT_EQ(film_seen["kind"], Json("video/mp4"));
  EXPECT_EQ(film_seen["width"], Json(64));
  EXPECT_FALSE(has(film_seen, "not_a_photo"));
  EXPECT_TRUE(seen["pairs"].as_array().empty()) << "nobody looks at films";
  EXPECT_FALSE(is_doubtful(id));
}

TEST_F(UploadTest, AFilmThatComesLateWhereAPhotoBelongsIsRed) {
  RecordId id = report(worker_, item(to_hex(sha256(film()))));
  put(worker_, film());
  EXPECT_TRUE(has(first_photo(id), "not_a_photo"));
}

TEST_F(UploadTest, ASecondPersonBringsTheSameFileByBringingIt) {
  std::string sha = put(worker_, photo("shared"));
  auto other = plant_->as("worker112").value();
  EXPECT_EQ(plant_->engine().blob_state(other, sha).value()["whole"], Json(false));
  put(other, photo("shared"));
  EXPECT_EQ(plant_->engine().blob_state(other, sha).value()["whole"], Json(true));
}

TEST_F(UploadTest, EvidenceHoldsOnPostgres) {
  PostgresServer* server = postgres_server();
  if (server == nullptr) GTEST_SKIP() << "no PostgreSQL server here";
  open({.database = "postgres:" + server->fresh_database()});
  EXPECT_EQ(judged("a")["badge"], Json("green"));
  plant_->wait(Duration::minutes(1));
  EXPECT_TRUE(has(judged("a"), "reused_file"));
  RecordId id = repaired();
  auto pairs = engine::waiting_pairs(plant_->engine(), 10).value();
  ASSERT_EQ(pairs.size(), 1U);
  Json result = Json::object({{"same_scene", 0.9}, {"context", 0.9}, {"version", 1}});
  ASSERT_TRUE(plant_->run(engine::system_subject(), engine::NotePair{.form = "hazard",
                                                                     .id = id,
                                                                     .before = pairs[0].before,
                                                                     .after = pairs[0].after,
                                                                     .result = result}));
  ASSERT_TRUE(plant_->run(
      engine::system_subject(),
      engine::NotePhoto{
          .sha256 = pairs[0].before, .facts = Json::object(), .print = std::string("\0print", 6)}));
  EXPECT_EQ(engine::stored_prints(plant_->engine(), "", 10).value().at(0).print,
            std::string("\0print", 6));
  EXPECT_EQ(evidence(id)["pairs"].as_array().at(0)["verdict"], Json("good"));
  EXPECT_FALSE(engine::waiting_photos(plant_->engine(), 10).value().empty());
}

}  // namespace
}  // namespace anlan::test
