// What one photo shows, through the real program.

#include <gtest/gtest.h>

#include "vision/eye/jpeg.h"
#include "vision/eye/picture.h"
#include "vision/eye/test_photos.h"

namespace anlan::vision::eye {
namespace {

// Needs no photos from outside: coloured fields, another in each corner.
cv::Mat painted(int width, int height) {
  cv::Mat photo(height, width, CV_8UC3);
  cv::RNG(4).fill(photo, cv::RNG::UNIFORM, 60, 90);
  cv::Mat(photo, {0, 0, width / 4, height / 4}).setTo(cv::Scalar(0, 0, 250));
  cv::Mat(photo, {width * 3 / 4, 0, width / 4, height / 4}).setTo(cv::Scalar(0, 250, 0));
  cv::Mat(photo, {0, height * 3 / 4, width / 4, height / 4}).setTo(cv::Scalar(250, 0, 0));
  return photo;
}

class Eye : public testing::Test {
 protected:
  PhotoSeen look(const std::string& bytes) {
    auto seen = eyes_.look(bytes);
    EXPECT_TRUE(seen) << seen.error().detail;
    return seen.value_or(PhotoSeen{});
  }
  Eyes eyes_{{.program = ANLAN_VISION}};
};

TEST_F(Eye, SizeThumbnailAndPrintAreGivenForEachFormat) {
  cv::Mat photo = painted(1000, 600);
  for (const std::string& bytes : {encode_jpeg(photo, 90), as_png(photo), as_webp(photo, 90)}) {
    PhotoSeen seen = look(bytes);
    EXPECT_EQ(seen.width, 1000U);
    EXPECT_EQ(seen.height, 600U);
    EXPECT_LE(seen.print.size(), 16U << 10);
    auto thumbnail = decode(seen.thumbnail);
    ASSERT_TRUE(thumbnail);
    EXPECT_EQ(thumbnail->width, 320U);
    EXPECT_EQ(thumbnail->height, 192U);
  }
}

TEST_F(Eye, EveryOrientationIsTurnedUpright) {
  cv::Mat photo = painted(400, 240);
  // What a camera that was held so would have stored.
  auto stored = [&](int orientation) {
    cv::Mat out = photo.clone();
    if (orientation == 2) cv::flip(photo, out, 1);
    if (orientation == 3) cv::rotate(photo, out, cv::ROTATE_180);
    if (orientation == 4) cv::flip(photo, out, 0);
    if (orientation == 5) cv::transpose(photo, out);
    if (orientation == 6) cv::rotate(photo, out, cv::ROTATE_90_COUNTERCLOCKWISE);
    if (orientation == 7) cv::transpose(photo, out), cv::rotate(out, out, cv::ROTATE_180);
    if (orientation == 8) cv::rotate(photo, out, cv::ROTATE_90_CLOCKWISE);
    return out;
  };
  for (int orientation = 1; orientation <= 8; ++orientation) {
    std::string jpeg = encode_jpeg(stored(orientation), 90);
    PhotoSeen seen = look(with_orientation(jpeg, orientation));
    EXPECT_EQ(seen.width, 400U) << orientation;
    EXPECT_EQ(seen.height, 240U) << orientation;
    auto thumbnail = decode(seen.thumbnail);
    ASSERT_TRUE(thumbnail);
    EXPECT_GT(thumbnail->bgr.at<cv::Vec3b>(10, 10)[2], 200) << orientation;
    EXPECT_GT(thumbnail->bgr.at<cv::Vec3b>(10, 310)[1], 200) << orientation;
    EXPECT_GT(thumbnail->bgr.at<cv::Vec3b>(180, 10)[0], 200) << orientation;
  }
}

TEST_F(Eye, ABlurredOrDarkPhotoIsSeenAsSuch) {
  cv::Mat photo = sample("graf1.png");
  if (photo.empty()) GTEST_SKIP() << "the package opencv-doc is not installed";
  PhotoSeen fair = look(encode_jpeg(photo, 90));
  cv::Mat small = scaled(photo, 0.06), blurred;
  blurred = scaled(small, 1 / 0.06);
  PhotoSeen soft = look(encode_jpeg(blurred, 90)),
            night = look(encode_jpeg(toned(photo, 0.05, 0), 90));
  EXPECT_GT(fair.sharpness, 0.5);
  EXPECT_LT(soft.sharpness, 0.1);
  EXPECT_LT(fair.darkness, 0.3);
  EXPECT_GT(night.darkness, 0.8);
}

TEST_F(Eye, AnAppsBarIsLeftOutOfTheFingerprint) {
  cv::Mat photo = sample("graf1.png"), other = sample("fruits.jpg");
  if (photo.empty()) GTEST_SKIP() << "the package opencv-doc is not installed";
  PrintIndex index;
  index.add("graf", look(encode_jpeg(stamped(photo, 1), 85)).print);
  EXPECT_TRUE(index.find(look(encode_jpeg(stamped(other, 1), 85)).print, 3).empty());
  EXPECT_EQ(index.find(look(encode_jpeg(stamped(photo, 2), 60)).print, 3).size(), 1U);
}

TEST_F(Eye, PlainPhotosAreAnsweredToo) {
  cv::Mat wall(600, 800, CV_8UC3, cv::Scalar(180, 180, 180));
  std::string bytes = encode_jpeg(wall, 90);
  EXPECT_EQ(look(bytes).sharpness, 0);
  auto seen = eyes_.compare(bytes, bytes, std::nullopt);
  ASSERT_TRUE(seen);
  EXPECT_FALSE(seen->homography);
  std::string grained_wall = encode_jpeg(grained(wall, 4, 1), 95);
  auto copied = eyes_.compare(grained_wall, grained_wall, std::nullopt);
  ASSERT_TRUE(copied);
  EXPECT_TRUE(copied->is_reupload) << "pixel for pixel the same";
  auto anew = eyes_.compare(grained_wall, encode_jpeg(grained(wall, 4, 2), 95), std::nullopt);
  ASSERT_TRUE(anew);
  EXPECT_FALSE(anew->is_reupload) << "another photo of the same wall";
}

TEST_F(Eye, APictureOfOnePixelIsAnswered) {
  cv::Mat dot(1, 1, CV_8UC3, cv::Scalar(1, 2, 3));
  cv::Mat line(1, 3000, CV_8UC3, cv::Scalar(1, 2, 3));
  for (const cv::Mat& photo : {dot, line}) {
    PhotoSeen seen = look(as_png(photo));
    EXPECT_EQ(seen.height, 1U);
    EXPECT_TRUE(eyes_.compare(as_png(photo), as_png(photo), std::nullopt));
  }
}

}  // namespace
}  // namespace anlan::vision::eye
