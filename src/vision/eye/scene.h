#pragma once
// A photo made ready to be compared: 800 pixels long, without the bar that our phone app burns into
// its bottom (docs/formats/vision.md), with its SIFT features.

#include <opencv2/core.hpp>
#include <vector>

namespace anlan::vision::eye {

inline constexpr int kSceneSide = 800;
inline constexpr int kFeatureSize = 128;

struct Scene {
  cv::Mat bgr;
  cv::Mat gray;
  int floor = 0;  // first row of the bar, or the number of rows
  std::vector<cv::KeyPoint> points;
  cv::Mat features;  // a row of 128 floats of length 1 for each point, strongest first
};

Scene make_scene(const cv::Mat& bgr);

// The same scene seen in a mirror: points and features follow from those of the first.
Scene mirror(const Scene& scene);

// The place of number i of a feature in the feature of the mirrored scene; its own inverse.
int in_mirror(int i);

// The row on which the app's bar begins; the number of rows if there is no bar.
int find_bar(const cv::Mat& gray);

}  // namespace anlan::vision::eye
