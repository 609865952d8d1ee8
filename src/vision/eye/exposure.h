#pragma once
// Are two photos one press of the shutter? An honest photo of the same place is never taken from
// exactly the same point: depth and the turn of the camera leave shifts that no affine map takes
// away. Cropping, scaling, turning and compressing a file leaves none.

#include "vision/eye/blocks.h"

namespace anlan::vision::eye {

struct Exposure {
  int blocks = 0;          // with structure that was found again
  double bend_px = 0;      // median of what a smooth bent map (second degree) leaves
  double depth_px = 0;     // median of what an affine map leaves beyond that
  double fine = 0;         // median correlation of the finest detail
  double agreeing = 0;     // part of the blocks with structure that is found again
  bool is_judged = false;  // there was structure enough
  bool is_same = false;
};

Exposure judge_exposure(const Blocks& blocks, const cv::Matx33d& homography);

// For photos without features: are they pixel for pixel one picture?
bool is_same_plain(const Scene& before, const Scene& after);

}  // namespace anlan::vision::eye
