#include "vision/eye/picture.h"

#include <png.h>
#include <webp/decode.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "core/limits.h"
#include "vision/eye/jpeg.h"
#include "vision/orientation.h"

namespace anlan::vision::eye {
namespace {

using Pixels = std::expected<cv::Mat, std::string>;

std::unexpected<std::string> bad(const char* why) { return std::unexpected(std::string(why)); }

bool is_too_large(uint64_t width, uint64_t height) {
  return width == 0 || height == 0 || width * height > limits::kImagePixelsMax;
}

struct Size {
  uint32_t width = 0, height = 0;
};

Pixels decode_png(std::string_view photo, Size& size) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, photo.data(), photo.size())) return bad("png");
  size = {image.width, image.height};
  if (is_too_large(image.width, image.height)) {
    png_image_free(&image);
    return bad("too many pixels");
  }
  image.format = PNG_FORMAT_BGR;
  png_color white{255, 255, 255};
  cv::Mat whole(static_cast<int>(image.height), static_cast<int>(image.width), CV_8UC3);
  bool is_read =
      png_image_finish_read(&image, &white, whole.data, static_cast<int>(whole.step), nullptr) != 0;
  png_image_free(&image);
  if (!is_read) return bad("png");
  return shrink(whole, kSideMax);
}

Pixels decode_webp(std::string_view photo, Size& size) {
  auto bytes = reinterpret_cast<const uint8_t*>(photo.data());
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return bad("webp");
  if (WebPGetFeatures(bytes, photo.size(), &config.input) != VP8_STATUS_OK) return bad("webp");
  if (config.input.has_animation != 0) return bad("animated");
  size = {static_cast<uint32_t>(config.input.width), static_cast<uint32_t>(config.input.height)};
  if (is_too_large(size.width, size.height)) return bad("too many pixels");
  double scale = std::min(1.0, double{kSideMax} / std::max(size.width, size.height));
  int width = std::max(1, cvRound(size.width * scale));
  int height = std::max(1, cvRound(size.height * scale));
  config.options.use_scaling = scale < 1 ? 1 : 0;
  config.options.scaled_width = width;
  config.options.scaled_height = height;
  cv::Mat pixels(height, width, CV_8UC3);
  config.output.colorspace = MODE_BGR;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {pixels.data, static_cast<int>(pixels.step),
                          pixels.step * static_cast<std::size_t>(height)};
  auto status = WebPDecode(bytes, photo.size(), &config);
  WebPFreeDecBuffer(&config.output);
  if (status != VP8_STATUS_OK) return bad("webp");
  return pixels;
}

// Exif 2.32, 4.6.4 A: what the first row and the first column of the stored pixels are.
cv::Mat turn(const cv::Mat& image, int orientation) {
  cv::Mat turned = image;
  if (orientation >= 5) cv::transpose(image, turned);
  static constexpr int kNoFlip = 2;
  static constexpr int kFlips[9] = {kNoFlip, kNoFlip, 1, -1, 0, kNoFlip, 1, -1, 0};
  int flip = kFlips[orientation];
  if (flip == kNoFlip) return turned;
  cv::Mat flipped;
  cv::flip(turned, flipped, flip);
  return flipped;
}

Pixels decode_any(std::string_view photo, Size& size) {
  if (photo.starts_with("\xFF\xD8")) {
    JpegSize found;
    auto pixels = decode_jpeg(photo, kSideMax, found);
    size = {found.width, found.height};
    if (!pixels) return std::unexpected(pixels.error());
    return shrink(*pixels, kSideMax);
  }
  if (photo.starts_with("\x89PNG\r\n\x1A\n")) return decode_png(photo, size);
  if (photo.starts_with("RIFF") && photo.substr(0, 12).ends_with("WEBP"))
    return decode_webp(photo, size);
  return bad("not a picture");
}

}  // namespace

std::expected<Picture, std::string> decode(std::string_view photo) {
  Size size;
  Pixels pixels = decode_any(photo, size);
  if (!pixels) return std::unexpected(pixels.error());
  int orientation = read_orientation(photo);
  if (orientation >= 5) std::swap(size.width, size.height);
  return Picture{.bgr = turn(*pixels, orientation), .width = size.width, .height = size.height};
}

cv::Mat shrink(const cv::Mat& image, int side) {
  int longer = std::max(image.cols, image.rows);
  if (longer <= side) return image;
  double scale = double{1} * side / longer;
  cv::Size size(std::max(1, cvRound(image.cols * scale)), std::max(1, cvRound(image.rows * scale)));
  cv::Mat small;
  cv::resize(image, small, size, 0, 0, cv::INTER_AREA);
  return small;
}

}  // namespace anlan::vision::eye
