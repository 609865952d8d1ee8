#pragma once
// Two registered photos, block by block.

#include <opencv2/core.hpp>
#include <vector>

#include "vision/eye/match.h"

namespace anlan::vision::eye {

inline constexpr int kBlock = 20;  // pixels of a scene of 800

// One block of before, and what of after lies there.
struct Block {
  cv::Point2f centre;                  // in before
  bool is_seen = false;                // after covers it and its surroundings
  float likeness = 0;                  // best correlation of structure within reach, -1 to 1
  float fine = 0;                      // correlation of the finest detail at the best place
  cv::Point2f shift{};                 // where the best place is, pixels
  float texture = 0;                   // contrast of structure in before, grey levels
  float other_texture = 0;             // and in after
  cv::Vec3f colour{}, other_colour{};  // means, Lab
};

struct Blocks {
  int columns = 0, rows = 0;
  std::vector<Block> all;
  double covered = 0;  // part of before that after shows
};

Blocks compare_blocks(const Scene& before, const Scene& after, const cv::Matx33d& homography);

}  // namespace anlan::vision::eye
