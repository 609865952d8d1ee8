#include "vision/eye/test_photos.h"

#include <gtest/gtest.h>
#include <png.h>
#include <webp/encode.h>

#include <cmath>
#include <fstream>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "vision/eye/picture.h"

namespace anlan::vision::eye {

std::optional<std::string> read_sample(const std::string& name) {
  std::ifstream file("/usr/share/doc/opencv-doc/examples/data/" + name, std::ios::binary);
  if (!file) return std::nullopt;
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

cv::Mat sample(const std::string& name) {
  auto bytes = read_sample(name);
  if (!bytes) return {};
  auto picture = decode(*bytes);
  EXPECT_TRUE(picture) << name;
  return picture ? picture->bgr : cv::Mat();
}

cv::Mat cropped(const cv::Mat& photo, double part, double x, double y) {
  int width = static_cast<int>(photo.cols * part), height = static_cast<int>(photo.rows * part);
  cv::Rect rest(static_cast<int>((photo.cols - width) * x),
                static_cast<int>((photo.rows - height) * y), width, height);
  return photo(rest).clone();
}

cv::Mat scaled(const cv::Mat& photo, double by) {
  cv::Mat out;
  cv::resize(photo, out, {}, by, by, by < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
  return out;
}

cv::Mat turned(const cv::Mat& photo, double degrees) {
  cv::Point2f middle(static_cast<float>(photo.cols) / 2, static_cast<float>(photo.rows) / 2);
  cv::Mat out;
  cv::warpAffine(photo, out, cv::getRotationMatrix2D(middle, degrees, 1), photo.size(),
                 cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  return cropped(out, 1 - std::abs(degrees) / 36, 0.5, 0.5);
}

cv::Mat mirrored(const cv::Mat& photo) {
  cv::Mat out;
  cv::flip(photo, out, 1);
  return out;
}

cv::Mat toned(const cv::Mat& photo, double gain, double offset, double gamma) {
  cv::Mat table(1, 256, CV_8U), out;
  for (int i = 0; i < 256; ++i) {
    double value = std::clamp((i * gain + offset) / 255, 0.0, 1.0);
    table.at<uint8_t>(i) = cv::saturate_cast<uint8_t>(255 * std::pow(value, gamma));
  }
  cv::LUT(photo, table, out);
  return out;
}

cv::Mat shaded(const cv::Mat& photo, double by) {
  cv::Mat light(1, photo.cols, CV_32FC3), wide, values, out;
  for (int x = 0; x < photo.cols; ++x) {
    auto value = static_cast<float>(1 + by * (2.0 * x / photo.cols - 1));
    light.at<cv::Vec3f>(x) = {value, value, value};
  }
  cv::repeat(light, photo.rows, 1, wide);
  photo.convertTo(values, CV_32FC3);
  values = values.mul(wide);
  values.convertTo(out, CV_8U);
  return out;
}

cv::Mat tilted(const cv::Mat& photo, double by, int seed) {
  cv::RNG random(static_cast<uint64_t>(seed));
  auto width = static_cast<float>(photo.cols), height = static_cast<float>(photo.rows);
  std::vector<cv::Point2f> from{{0, 0}, {width, 0}, {width, height}, {0, height}}, to = from;
  for (cv::Point2f& corner : to) {
    corner.x += static_cast<float>(random.uniform(-by, by)) * width;
    corner.y += static_cast<float>(random.uniform(-by, by)) * height;
  }
  cv::Mat out;
  cv::warpPerspective(photo, out, cv::getPerspectiveTransform(from, to), photo.size(),
                      cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  return out;
}

cv::Mat grained(const cv::Mat& photo, double deviation, int seed) {
  cv::RNG random(static_cast<uint64_t>(seed));
  cv::Mat grain(photo.size(), CV_16SC3), out;
  random.fill(grain, cv::RNG::NORMAL, 0, deviation);
  cv::add(photo, grain, out, cv::noArray(), CV_8U);
  return out;
}

cv::Mat patched(const cv::Mat& photo, const cv::Mat& other, Box box) {
  cv::Mat out = photo.clone(), piece;
  cv::Rect at(static_cast<int>(photo.cols * box.x), static_cast<int>(photo.rows * box.y),
              static_cast<int>(photo.cols * box.width), static_cast<int>(photo.rows * box.height));
  cv::resize(other, piece, at.size(), 0, 0, cv::INTER_AREA);
  piece.copyTo(out(at));
  return out;
}

cv::Mat stamped(const cv::Mat& photo, int seed) {
  cv::Mat out = photo.clone();
  int letters = std::max(13, cvRound(photo.cols / 36.0));
  int line = cvRound(letters * 1.5), bar = line * 3 + letters;
  cv::Mat under = out.rowRange(photo.rows - bar, photo.rows);
  cv::Mat shade(under.size(), CV_8UC3, cv::Scalar(23, 19, 16));
  cv::addWeighted(under, 0.22, shade, 0.78, 0, under);
  cv::RNG random(static_cast<uint64_t>(seed));
  for (int i = 0; i < 3; ++i) {
    std::string text = "2026-11-21 08:0" + std::to_string(random.uniform(0, 10)) + ":1" +
                       std::to_string(random.uniform(0, 10)) + " SHA-256 A-101";
    cv::putText(under, text, {letters, letters + i * line + letters / 2}, cv::FONT_HERSHEY_SIMPLEX,
                letters / 24.0, cv::Scalar(255, 255, 255), 2, cv::LINE_AA);
  }
  return out;
}

std::string as_png(const cv::Mat& photo) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(photo.cols);
  image.height = static_cast<png_uint_32>(photo.rows);
  image.format = PNG_FORMAT_BGR;
  cv::Mat whole = photo.isContinuous() ? photo : photo.clone();
  png_alloc_size_t size = 0;
  png_image_write_to_memory(&image, nullptr, &size, 0, whole.data, 0, nullptr);
  std::string bytes(size, '\0');
  png_image_write_to_memory(&image, bytes.data(), &size, 0, whole.data, 0, nullptr);
  bytes.resize(size);
  return bytes;
}

std::string as_webp(const cv::Mat& photo, float quality) {
  uint8_t* made = nullptr;
  std::size_t size = WebPEncodeBGR(photo.data, photo.cols, photo.rows, static_cast<int>(photo.step),
                                   quality, &made);
  std::string bytes(reinterpret_cast<const char*>(made), size);
  WebPFree(made);
  return bytes;
}

std::string with_orientation(const std::string& jpeg, int orientation) {
  std::string tiff("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19);
  tiff += static_cast<char>(orientation);
  tiff += std::string(6, '\0');
  std::string body = std::string("Exif\0\0", 6) + tiff;
  std::string part("\xFF\xE1\0", 3);
  part += static_cast<char>(body.size() + 2);
  return jpeg.substr(0, 2) + part + body + jpeg.substr(2);
}

}  // namespace anlan::vision::eye
