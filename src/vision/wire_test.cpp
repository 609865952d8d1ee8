#include "vision/wire.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "core/limits.h"
#include "core/random.h"
#include "vision/orientation.h"

namespace anlan::vision::wire {
namespace {

std::string body_of(const std::string& answer) { return answer.substr(kAnswerHeadBytes); }

PhotoSeen some_photo() {
  return {.width = 4000,
          .height = 3000,
          .print = "print",
          .thumbnail = "jpeg",
          .sharpness = 0.75,
          .darkness = 0.25};
}

PairSeen some_pair() {
  return {.same_scene = 0.9,
          .context = 0.8,
          .changed = 0.7,
          .is_reupload = true,
          .homography = std::vector<double>{1, 0, 0.1, 0, 1, -0.2, 0, 0, 1},
          .box = {.x = 0.1, .y = 0.2, .width = 0.3, .height = 0.4},
          .inliers = 12};
}

TEST(Wire, AQuestionIsReadAsItWasWritten) {
  Question asked{.kind = Kind::Compare,
                 .first_bytes = 5,
                 .second_bytes = 6,
                 .box = Box{.x = 0.5, .y = 0.25, .width = 0.5, .height = 0.75}};
  std::string bytes = write_question(asked);
  EXPECT_EQ(bytes.size(), kQuestionBytes);
  auto read = read_question(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->kind, Kind::Compare);
  EXPECT_EQ(read->second_bytes, 6U);
  ASSERT_TRUE(read->box);
  EXPECT_EQ(read->box->height, 0.75);
  EXPECT_FALSE(read_question(write_question({.first_bytes = 1}))->box);
}

TEST(Wire, AQuestionBeyondTheBoundsIsRefused) {
  Question large{.first_bytes = static_cast<uint32_t>(limits::kBlobBytesMax) + 1};
  EXPECT_FALSE(read_question(write_question(large)));
  EXPECT_FALSE(read_question(write_question({.first_bytes = 1, .second_bytes = 1})));
  Question outside{.kind = Kind::Compare, .box = Box{.x = 1.5}};
  EXPECT_FALSE(read_question(write_question(outside)));
  std::string bytes = write_question({.first_bytes = 1});
  EXPECT_FALSE(read_question(bytes + "x"));
  EXPECT_FALSE(read_question(bytes.substr(1)));
  bytes[4] = 9;
  EXPECT_FALSE(read_question(bytes));
}

TEST(Wire, AnswersAreReadAsTheyWereWritten) {
  std::string photo = write_answer(some_photo());
  auto head = read_answer_head(photo.substr(0, kAnswerHeadBytes));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->bytes, photo.size() - kAnswerHeadBytes);
  auto seen = read_photo_seen(body_of(photo));
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->thumbnail, "jpeg");
  EXPECT_EQ(seen->sharpness, 0.75);
  auto pair = read_pair_seen(body_of(write_answer(some_pair())));
  ASSERT_TRUE(pair);
  EXPECT_TRUE(pair->is_reupload);
  EXPECT_EQ(pair->inliers, 12);
  EXPECT_EQ(pair->homography, some_pair().homography);
  EXPECT_EQ(pair->box.width, 0.3);
}

TEST(Wire, AnAnswerWithAnImpossibleNumberIsRefused) {
  PhotoSeen none = some_photo();
  none.width = 0;
  EXPECT_FALSE(read_photo_seen(body_of(write_answer(none))));
  PhotoSeen huge = some_photo();
  huge.width = 4'000'000'000;
  EXPECT_FALSE(read_photo_seen(body_of(write_answer(huge))));
  for (double bad : {1.5, -0.1, double{NAN}, double{INFINITY}}) {
    PhotoSeen photo = some_photo();
    photo.sharpness = bad;
    EXPECT_FALSE(read_photo_seen(body_of(write_answer(photo)))) << bad;
    PairSeen pair = some_pair();
    pair.context = bad;
    EXPECT_FALSE(read_pair_seen(body_of(write_answer(pair)))) << bad;
  }
  PairSeen pair = some_pair();
  (*pair.homography)[3] = NAN;
  EXPECT_FALSE(read_pair_seen(body_of(write_answer(pair))));
}

TEST(Wire, AnAnswerOfAnyLengthButItsOwnIsRefused) {
  std::string photo = body_of(write_answer(some_photo()));
  std::string pair = body_of(write_answer(some_pair()));
  for (std::size_t i = 0; i < photo.size(); ++i) EXPECT_FALSE(read_photo_seen(photo.substr(0, i)));
  for (std::size_t i = 0; i < pair.size(); ++i) EXPECT_FALSE(read_pair_seen(pair.substr(0, i)));
  EXPECT_FALSE(read_photo_seen(photo + "x"));
  EXPECT_FALSE(read_pair_seen(pair + "x"));
}

TEST(Wire, AHeadThatAsksForTooMuchRoomIsRefused) {
  PhotoSeen large = some_photo();
  large.thumbnail = std::string(kAnswerBytesMax, 'x');
  std::string answer = write_answer(large);
  EXPECT_FALSE(read_answer_head(answer.substr(0, kAnswerHeadBytes)));
  std::string refusal = write_refusal(Outcome::BadImage, std::string(1000, 'x'));
  EXPECT_EQ(refusal.size(), kAnswerHeadBytes + kReasonBytesMax);
  EXPECT_TRUE(read_answer_head(refusal.substr(0, kAnswerHeadBytes)));
}

TEST(Wire, RandomBytesAreNeverAnAnswer) {
  SeededRandom random(11);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random.below(200), '\0');
    random.fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
    EXPECT_FALSE(read_answer_head(bytes));
    EXPECT_FALSE(read_question(bytes));
    int orientation = read_orientation(bytes);
    EXPECT_TRUE(orientation >= 1 && orientation <= 8);
  }
}

// One Exif directory with one entry, in either order of bytes, in each kind of file.
TEST(Orientation, IsReadFromEachKindOfFile) {
  std::string big("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 26);
  std::string little("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0\0\0\0\0\0", 26);
  std::string exif("Exif\0\0", 6);
  std::string jpeg = std::string("\xFF\xD8\xFF\xE0\0\x04xx\xFF\xE1\0", 11) +
                     static_cast<char>(exif.size() + big.size() + 2) + exif + big;
  EXPECT_EQ(read_orientation(jpeg), 6);
  std::string png = std::string("\x89PNG\r\n\x1A\n") + std::string("\0\0\0\x01IHDRxsums", 13) +
                    std::string("\0\0\0\x1A", 4) + "eXIf" + little + "sums";
  EXPECT_EQ(read_orientation(png), 8);
  std::string webp = std::string("RIFF\0\0\0\0WEBP", 12) + std::string("VP8X\x01\0\0\0xp", 10) +
                     std::string("EXIF\x1A\0\0\0", 8) + little;
  EXPECT_EQ(read_orientation(webp), 8);
  for (std::size_t i = 0; i < jpeg.size() - 8; ++i)
    EXPECT_EQ(read_orientation(jpeg.substr(0, i)), 1);
  EXPECT_EQ(read_orientation("text"), 1);
}

}  // namespace
}  // namespace anlan::vision::wire
