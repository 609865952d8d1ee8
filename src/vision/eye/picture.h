#pragma once
// Foreign bytes to pixels.

#include <cstdint>
#include <expected>
#include <opencv2/core.hpp>
#include <string>
#include <string_view>

namespace anlan::vision::eye {

struct Picture {
  cv::Mat bgr;                     // upright, 8 bit, at most kSideMax pixels long
  uint32_t width = 0, height = 0;  // of the whole photo, upright
};

// Details enough for everything that is measured; a larger photo is scaled while it is decoded.
inline constexpr int kSideMax = 1200;

// JPEG, PNG (on white where it is transparent) or WebP of one frame, known by its first bytes.
// The other value says in English what is wrong with it. May throw cv::Exception or
// std::bad_alloc.
std::expected<Picture, std::string> decode(std::string_view photo);

// The same picture with its longer side at most `side` pixels.
cv::Mat shrink(const cv::Mat& image, int side);

}  // namespace anlan::vision::eye
