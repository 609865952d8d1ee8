#pragma once
// Photos for the tests: those of Debian's opencv-doc, and what people do to photos.

#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "vision/vision.h"

namespace anlan::vision::eye {

// None where the package opencv-doc is not installed.
std::optional<std::string> read_sample(const std::string& name);
// Fails the test where the sample is no photo.
cv::Mat sample(const std::string& name);

cv::Mat cropped(const cv::Mat& photo, double part, double x, double y);
cv::Mat scaled(const cv::Mat& photo, double by);
cv::Mat turned(const cv::Mat& photo, double degrees);  // and cropped to what is left
cv::Mat mirrored(const cv::Mat& photo);
cv::Mat toned(const cv::Mat& photo, double gain, double offset, double gamma = 1);
// One side brighter, the other darker by this part.
cv::Mat shaded(const cv::Mat& photo, double by);
// Seen from elsewhere: each corner moves by at most this part of the picture.
cv::Mat tilted(const cv::Mat& photo, double by, int seed);
cv::Mat grained(const cv::Mat& photo, double deviation, int seed);
// Something else stands in the box.
cv::Mat patched(const cv::Mat& photo, const cv::Mat& other, Box box);
// The bar of the phone app, with letters.
cv::Mat stamped(const cv::Mat& photo, int seed);

std::string as_png(const cv::Mat& photo);
std::string as_webp(const cv::Mat& photo, float quality);
// With an Exif block that says only the orientation.
std::string with_orientation(const std::string& jpeg, int orientation);

}  // namespace anlan::vision::eye
