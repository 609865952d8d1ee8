#pragma once
// Where one photo lies in another.

#include <opencv2/core.hpp>

#include "vision/eye/scene.h"

namespace anlan::vision::eye {

struct Registration {
  bool is_found = false;
  cv::Matx33d homography = cv::Matx33d::eye();  // pixels of after -> pixels of before
  int matches = 0;                              // that stood the ratio test
  int inliers = 0;                              // of them, that agree with the homography
  int cells = 0;                                // of 8 x 8 over before, that hold inliers
  std::vector<cv::Point2f> before, after;       // the inliers
};

Registration register_scenes(const Scene& before, const Scene& after);

}  // namespace anlan::vision::eye
