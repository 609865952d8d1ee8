#include "ehs/evidence.h"

#include <gtest/gtest.h>

namespace anlan::ehs {
namespace {

const Instant kNow = parse_instant("2026-03-02T00:00:00Z").value();

std::string text(std::string_view name, std::string_view value) {
  std::string out =
      R"({"v":1,"op":"o","original":"or","photo":"ph","person":"pe","device":"de","previous":"",)"
      R"("taken_at":"2026-03-02T00:00:00.000Z","server_at":"2026-03-02T00:00:00.000Z","skew_ms":0,)"
      R"("source":"camera","position":null,"place":""})";
  if (name.empty()) return out;
  std::string from = "\"" + std::string(name) + "\":";
  std::size_t at = out.find(from);
  std::size_t end = out.find_first_of(",}", at);
  return out.replace(at + from.size(), end - at - from.size(), value);
}

PhotoCase honest(const std::string& manifest) {
  PhotoCase photo;
  photo.item = Json::object({{"sha256", "ph"},
                             {"original_sha256", "or"},
                             {"manifest", manifest},
                             {"signature", "s"},
                             {"device", "de"}});
  photo.person = "pe";
  photo.received_at = kNow + Duration::minutes(1);
  photo.is_arrived = true;
  photo.kind = "image/jpeg";
  photo.key = DeviceKey{.person = "pe"};
  photo.is_signed = true;
  photo.is_first_of_device = true;
  return photo;
}

bool says(const PhotoCase& photo, std::string_view code) {
  for (const Reason& reason : judge(photo).reasons) {
    if (reason.code == code) return true;
  }
  return false;
}

TEST(Judge, AnHonestPhotoIsGreenAndSaysWhatWasNotChecked) {
  PhotoCase photo = honest(text("", ""));
  EXPECT_EQ(judge(photo).badge, Badge::Green);
  EXPECT_TRUE(says(photo, "position_missing"));
  EXPECT_TRUE(says(photo, "vision_absent"));
}

TEST(Judge, EveryLieOfTheManifestIsRed) {
  auto told = [](std::string_view name, std::string_view value, std::string_view code) {
    PhotoCase photo = honest(text(name, value));
    EXPECT_TRUE(says(photo, code)) << code;
    EXPECT_EQ(judge(photo).badge, Badge::Red) << code;
  };
  told("photo", "\"x\"", "photo_mismatch");
  told("original", "\"x\"", "original_mismatch");
  told("person", "\"x\"", "person_mismatch");
  told("device", "\"x\"", "device_mismatch");
  told("v", "2", "manifest_bad");
  told("source", "\"satellite\"", "manifest_bad");
  told("skew_ms", "1e9", "manifest_bad");
}

TEST(Judge, AManifestHasOneSpelling) {
  EXPECT_TRUE(read_manifest(text("", "")));
  EXPECT_FALSE(read_manifest(text("", "") + " "));
  EXPECT_FALSE(read_manifest("{ " + text("", "").substr(1)));
  std::string swapped = text("", "");
  swapped.replace(swapped.find("\"op\""), 4, "\"po\"");
  EXPECT_FALSE(read_manifest(swapped));
  EXPECT_FALSE(read_manifest("null"));
  EXPECT_FALSE(read_manifest(text("position", "{\"lat\":1}")));
  EXPECT_TRUE(read_manifest(text("place", "\"罐区\"")));
}

TEST(Judge, TheSkewIsComputedAndNotBelieved) {
  EXPECT_TRUE(says(honest(text("taken_at", "\"2026-03-02T00:10:00.000Z\"")), "clock_skew"));
  PhotoCase ahead = honest(text("server_at", "\"2026-03-02T00:10:00.000Z\""));
  EXPECT_TRUE(says(ahead, "clock_skew")) << "a photo from the future";
}

TEST(Judge, ExifIsHeldAgainstTheManifestInThePlantsZone) {
  PhotoCase photo = honest(text("", ""));
  photo.zone = Duration::hours(8);
  photo.claims = Json::object({{"taken_at", "2026-03-02T08:05:00"}});
  EXPECT_FALSE(says(photo, "exif_time"));
  photo.claims.set("taken_at", "2026-03-02T00:05:00");
  EXPECT_TRUE(says(photo, "exif_time"));
  std::string placed = R"({"lat":31.23,"lon":121.47,"accuracy_m":5,"age_s":1})";
  std::string manifest = text("", "");
  manifest.replace(manifest.find("null"), 4, placed);
  PhotoCase away = honest(manifest);
  away.claims = Json::object({{"lat", 31.23}, {"lon", 121.48}});
  EXPECT_TRUE(says(away, "exif_place"));
  away.claims.set("lon", 121.4701);
  EXPECT_FALSE(says(away, "exif_place"));
}

TEST(Judge, AFilmIsWelcomeOnlyWhereTheFormSaysSo) {
  PhotoCase photo = honest(text("", ""));
  photo.kind = "video/mp4";
  EXPECT_TRUE(says(photo, "not_a_photo"));
  photo.is_video_welcome = true;
  EXPECT_EQ(judge(photo).badge, Badge::Green);
}

TEST(Judge, RedIsWorseThanPendingAndThatWorseThanAmber) {
  PhotoCase photo = honest(text("source", "\"gallery\""));
  photo.is_arrived = false;
  EXPECT_EQ(judge(photo).badge, Badge::Pending);
  photo.is_signed = false;
  EXPECT_EQ(judge(photo).badge, Badge::Red);
}

TEST(Judge, APairIsJudgedByTheFirstThatHolds) {
  auto result = [](double same, double context, bool is_reupload) {
    return Json::object({{"same_scene", same}, {"context", context}, {"is_reupload", is_reupload}});
  };
  EXPECT_EQ(judge_pair(result(0.9, 0.9, false), false), Verdict::Good);
  EXPECT_EQ(judge_pair(result(0.9, 0.9, true), false), Verdict::Reupload);
  EXPECT_EQ(judge_pair(result(0.9, 0.9, false), true), Verdict::Reupload);
  EXPECT_EQ(judge_pair(result(0.1, 0.1, false), false), Verdict::Unclear);
  EXPECT_EQ(judge_pair(result(0.9, 0.84, false), false), Verdict::Recheck);
  EXPECT_EQ(judge_pair(Json(), false), Verdict::Unclear);
}

TEST(Judge, MetresOnTheGround) {
  EXPECT_NEAR(ground_m(31, 121, 31.001, 121), 111.2, 0.5);
  EXPECT_NEAR(ground_m(31, 121, 31, 121.001), 95.3, 0.5);
}

}  // namespace
}  // namespace anlan::ehs
