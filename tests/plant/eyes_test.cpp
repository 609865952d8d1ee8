// The real anlan-vision, as the server runs it: from a photo's arrival to its badge.

#include "connect/eyes.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/hash.h"
#include "core/text.h"
#include "ehs/ehs.h"
#include "engine/evidence.h"
#include "tests/support/plant.h"

namespace anlan::test {
namespace {

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

class EyesTest : public testing::Test {
 protected:
  void SetUp() override {
    auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() /
                   "anlan-vision";
    if (!std::filesystem::exists(program)) GTEST_SKIP() << "no anlan-vision at " << program;
    auto plant = Plant::create({.has_vision = true});
    ASSERT_TRUE(plant) << plant.error().detail;
    plant_ = std::move(*plant);
    worker_ = plant_->as("worker111").value();
    director_ = plant_->as("director").value();
    eyes_ = std::make_unique<connect::Eyes>(plant_->engine(), program.string());
  }

  RecordId report(const std::string& bytes) {
    auto sha = plant_->upload(worker_, bytes);
    EXPECT_TRUE(sha) << sha.error().detail;
    Json fields = Json::object(
        {{"photos", Json::array({Json::object({{"sha256", *sha}, {"name", "a.jpg"}})})},
         {"area", plant_->id_of("area", "A1").value()},
         {"category", "leak"},
         {"consequence", "light"},
         {"exposure", "daily"}});
    auto made = plant_->run(worker_, engine::CreateRecord{.form = "hazard", .fields = fields});
    EXPECT_TRUE(made) << made.error().detail;
    return RecordId::parse((*made)["record"].text_or("id", "")).value();
  }
  void look() {
    for (int i = 0; i < 20; ++i) {
      auto done = eyes_->turn();
      ASSERT_TRUE(done) << done.error().detail;
      if (*done == 0) return;
    }
  }
  Json photo_of(RecordId id) {
    Json seen = engine::evidence_of(plant_->engine(), director_, "hazard", id).value();
    return seen["photos"].as_array().at(0);
  }
  static bool says(const Json& photo, std::string_view code) {
    for (const Json& reason : photo["reasons"].as_array()) {
      if (reason["code"] == Json(code)) return true;
    }
    return false;
  }

  std::unique_ptr<Plant> plant_;
  access::Subject worker_, director_;
  std::unique_ptr<connect::Eyes> eyes_;
};

TEST_F(EyesTest, APhotoGetsItsThumbnailAndIsFoundAgainOnAnotherRecord) {
  std::string first_bytes = read("tests/data/phone.jpg");
  RecordId first = report(first_bytes);
  EXPECT_TRUE(says(photo_of(first), "vision_waiting"));
  look();
  EXPECT_FALSE(says(photo_of(first), "vision_waiting")) << write_json(photo_of(first));
  auto small = engine::thumbnail_of(plant_->engine(), director_, "hazard", first,
                                    to_hex(sha256(first_bytes)));
  ASSERT_TRUE(small);
  auto facts = ehs::read_photo(*small);
  ASSERT_TRUE(facts);
  EXPECT_LE(std::max(facts->width, facts->height), 320U);

  // Other bytes, the same exposure; after a restart, when the fingerprints come from the store.
  plant_->wait(Duration::minutes(1));
  auto program =
      std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "anlan-vision";
  eyes_ = std::make_unique<connect::Eyes>(plant_->engine(), program.string());
  RecordId second = report(ehs::strip_exif(first_bytes).value());
  look();
  EXPECT_TRUE(says(photo_of(second), "reused_scene")) << write_json(photo_of(second));
  EXPECT_FALSE(says(photo_of(first), "reused_scene"));
  RecordId other = report(read("tests/data/after.jpg"));
  look();
  EXPECT_FALSE(says(photo_of(other), "vision_waiting"));
}

TEST_F(EyesTest, APictureThatCannotBeDecodedIsSaidToBeSoAndNothingElseSuffers) {
  RecordId bad = report(photo("good frame, hardly a picture"));
  RecordId good = report(read("tests/data/phone.jpg"));
  look();
  EXPECT_FALSE(says(photo_of(bad), "vision_waiting"));
  EXPECT_FALSE(says(photo_of(good), "vision_waiting"));
}

}  // namespace
}  // namespace anlan::test
