#pragma once
// JPEG through libjpeg, whose errors leave by longjmp: nothing that owns memory may live in the
// functions that call it.

#include <cstdint>
#include <expected>
#include <opencv2/core.hpp>
#include <string>
#include <string_view>

namespace anlan::vision::eye {

struct JpegSize {
  uint32_t width = 0, height = 0;
};

// Scaled down by 2, 4 or 8 while it is decoded as long as the longer side stays at least `side`.
std::expected<cv::Mat, std::string> decode_jpeg(std::string_view photo, int side, JpegSize& size);

// Empty where it cannot be done.
std::string encode_jpeg(const cv::Mat& bgr, int quality);

}  // namespace anlan::vision::eye
