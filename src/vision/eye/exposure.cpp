#include "vision/eye/exposure.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace anlan::vision::eye {
namespace {

constexpr float kTextureMin = 6;  // grey levels; less says little about a place
constexpr float kFoundAgain = 0.8F;
constexpr int kBlocksMin = 12;
constexpr int kRounds = 6;

// What told copies from photos taken anew, on the pairs of opencv-doc (docs/formats/vision.md).
constexpr double kBendMax_px = 0.65;
constexpr double kDepthMax_px = 0.13;
constexpr double kDepthMaxOfBend = 0.25;  // where places are found less well, by blur or few pixels
constexpr double kFineMin = 0.15;
constexpr double kAgreeingMin = 0.5;
constexpr double kPlainFineMin = 0.6;

double quantile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  auto at = std::min(values.size() - 1, static_cast<std::size_t>(part * double(values.size())));
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(at));
  return values[at];
}

struct Pairs {
  std::vector<cv::Point2d> before, after;  // after in units of 400 pixels from the middle
};

// Median distance that the best polynomial map of this degree from after to before leaves. Blocks
// that lie far off (retouched, moved) lose their say from round to round.
double misfit(const Pairs& pairs, int degree) {
  int count = static_cast<int>(pairs.before.size()), terms = degree == 1 ? 3 : 6;
  cv::Mat from(count, terms, CV_64F), to(count, 2, CV_64F), map;
  for (int i = 0; i < count; ++i) {
    double x = pairs.after[i].x, y = pairs.after[i].y;
    const double values[6] = {1, x, y, x * x, x * y, y * y};
    std::copy_n(values, terms, from.ptr<double>(i));
    to.at<double>(i, 0) = pairs.before[i].x;
    to.at<double>(i, 1) = pairs.before[i].y;
  }
  std::vector<double> left(count), weights(count, 1.0);
  for (int round = 0; round < kRounds; ++round) {
    cv::Mat weighted = from.clone();
    for (int i = 0; i < count; ++i) weighted.row(i) *= weights[i];
    cv::Mat square = weighted.t() * from, right = weighted.t() * to;
    if (!cv::solve(square, right, map, cv::DECOMP_SVD)) return 1e3;
    cv::Mat off = from * map - to;
    for (int i = 0; i < count; ++i)
      left[i] = std::hypot(off.at<double>(i, 0), off.at<double>(i, 1));
    double usual = std::max(quantile(left, 0.5), 0.02);
    for (int i = 0; i < count; ++i)
      weights[i] = std::pow(1 + std::pow(left[i] / (3 * usual), 2), -2);
  }
  return quantile(left, 0.5);
}

Pairs found_again(const Blocks& blocks, const cv::Matx33d& homography) {
  Pairs pairs;
  cv::Matx33d back = homography.inv();
  for (const Block& block : blocks.all) {
    if (!block.is_seen || block.texture < kTextureMin || block.likeness < kFoundAgain) continue;
    if (std::max(std::abs(block.shift.x), std::abs(block.shift.y)) > 5) continue;  // at the rim
    cv::Point2d there = block.centre + block.shift;
    cv::Vec3d at = back * cv::Vec3d(there.x, there.y, 1);
    pairs.before.push_back(block.centre);
    pairs.after.emplace_back((at[0] / at[2] - 400) / 400, (at[1] / at[2] - 300) / 400);
  }
  return pairs;
}

}  // namespace

Exposure judge_exposure(const Blocks& blocks, const cv::Matx33d& homography) {
  Exposure found;
  std::vector<double> fine;
  int with_structure = 0, agreeing = 0;
  for (const Block& block : blocks.all) {
    if (!block.is_seen || block.texture < kTextureMin) continue;
    fine.push_back(block.fine);
    ++with_structure;
    if (block.likeness > kFoundAgain) ++agreeing;
  }
  Pairs pairs = found_again(blocks, homography);
  found.blocks = static_cast<int>(pairs.before.size());
  found.fine = quantile(fine, 0.5);
  found.agreeing = with_structure > 0 ? double(agreeing) / with_structure : 0;
  found.is_judged = with_structure >= kBlocksMin;
  if (found.blocks < kBlocksMin) return found;
  double affine = misfit(pairs, 1);
  found.bend_px = misfit(pairs, 2);
  found.depth_px = std::sqrt(std::max(0.0, affine * affine - found.bend_px * found.bend_px));
  found.is_same = found.bend_px < kBendMax_px &&
                  found.depth_px < kDepthMax_px + kDepthMaxOfBend * found.bend_px &&
                  found.fine > kFineMin && found.agreeing > kAgreeingMin;
  return found;
}

bool is_same_plain(const Scene& before, const Scene& after) {
  if (std::abs(before.gray.cols - after.gray.cols) > 2) return false;
  if (std::abs(before.gray.rows - after.gray.rows) > 2) return false;
  cv::Mat other, fine[2], likeness;
  cv::resize(after.gray, other, before.gray.size(), 0, 0, cv::INTER_AREA);
  int floor = std::min(before.floor, after.floor);
  const cv::Mat* both[2] = {&before.gray, &other};
  for (int i = 0; i < 2; ++i) {
    cv::Mat image, smooth;
    both[i]->rowRange(0, floor).convertTo(image, CV_32F);
    cv::GaussianBlur(image, smooth, {}, 1.4);
    fine[i] = image - smooth;
  }
  cv::matchTemplate(fine[0], fine[1], likeness, cv::TM_CCOEFF_NORMED);
  return likeness.at<float>(0) > kPlainFineMin;
}

}  // namespace anlan::vision::eye
