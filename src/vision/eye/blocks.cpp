#include "vision/eye/blocks.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace anlan::vision::eye {
namespace {

constexpr int kReach = 6;           // pixels that parallax and turning leaves may move structure
constexpr int kMargin = 4;          // of surroundings that take part in the correlation
constexpr double kSmooth_px = 1.4;  // grain of the sensor is smaller, structure larger

struct Layers {
  cv::Mat smooth;  // float
  cv::Mat fine;    // what smoothing takes away
  cv::Mat lab;     // smoothed colour
};

Layers make_layers(const cv::Mat& bgr) {
  Layers layers;
  cv::Mat gray, lab;
  cv::cvtColor(bgr, gray, cv::COLOR_BGR2GRAY);
  gray.convertTo(gray, CV_32F);
  cv::GaussianBlur(gray, layers.smooth, {}, kSmooth_px);
  layers.fine = gray - layers.smooth;
  cv::cvtColor(bgr, lab, cv::COLOR_BGR2Lab);
  layers.lab = lab;
  return layers;
}

// Where in 0.5 to -0.5 the top of a parabola through three values lies.
float top(float left, float middle, float right) {
  float bend = left - 2 * middle + right;
  return bend < -1e-6F ? std::clamp((left - right) / (2 * bend), -0.5F, 0.5F) : 0;
}

float correlate(const cv::Mat& a, const cv::Mat& b) {
  cv::Mat out;
  cv::matchTemplate(a, b, out, cv::TM_CCOEFF_NORMED);
  float value = out.at<float>(0);
  return std::isfinite(value) ? std::clamp(value, -1.0F, 1.0F) : 0;
}

float contrast(const cv::Mat& part) {
  cv::Scalar mean, deviation;
  cv::meanStdDev(part, mean, deviation);
  return static_cast<float>(deviation[0]);
}

cv::Vec3f mean_colour(const cv::Mat& part) {
  cv::Scalar mean = cv::mean(part);
  return {static_cast<float>(mean[0]), static_cast<float>(mean[1]), static_cast<float>(mean[2])};
}

void find_best(Block& block, const Layers& before, const Layers& after, cv::Rect at) {
  cv::Rect around(at.x - kReach, at.y - kReach, at.width + 2 * kReach, at.height + 2 * kReach);
  cv::Mat scores;
  cv::matchTemplate(after.smooth(around), before.smooth(at), scores, cv::TM_CCOEFF_NORMED);
  cv::patchNaNs(scores, 0);
  cv::Point best;
  double value = 0;
  cv::minMaxLoc(scores, nullptr, &value, nullptr, &best);
  // Flat blocks give infinities.
  block.likeness = std::isfinite(value) ? static_cast<float>(std::clamp(value, -1.0, 1.0)) : 0;
  block.shift = {static_cast<float>(best.x - kReach), static_cast<float>(best.y - kReach)};
  cv::Rect there(around.x + best.x, around.y + best.y, at.width, at.height);
  block.fine = correlate(after.fine(there), before.fine(at));
  block.other_texture = contrast(after.smooth(there));
  if (best.x > 0 && best.x < 2 * kReach && best.y > 0 && best.y < 2 * kReach) {
    const auto* row = scores.ptr<float>(best.y);
    block.shift.x += top(row[best.x - 1], row[best.x], row[best.x + 1]);
    block.shift.y += top(scores.at<float>(best.y - 1, best.x), row[best.x],
                         scores.at<float>(best.y + 1, best.x));
  }
}

cv::Rect grow(cv::Rect from, int by) {
  return {from.x - by, from.y - by, from.width + 2 * by, from.height + 2 * by};
}

Block compare_block(const Layers& before, const Layers& after, const cv::Mat& mask, cv::Rect cell) {
  Block block;
  block.centre = (cv::Point2d(cell.tl()) + cv::Point2d(cell.br())) / 2;
  cv::Rect at = grow(cell, kMargin), around = grow(at, kReach);
  if ((around & cv::Rect({}, mask.size())) != around) return block;
  block.is_seen = cv::countNonZero(mask(around)) == around.area();
  if (!block.is_seen) return block;
  block.texture = contrast(before.smooth(at));
  block.colour = mean_colour(before.lab(cell));
  block.other_colour = mean_colour(after.lab(cell));
  find_best(block, before, after, at);
  return block;
}

}  // namespace

Blocks compare_blocks(const Scene& before, const Scene& after, const cv::Matx33d& homography) {
  cv::Size size = before.bgr.size();
  cv::Mat warped, mask;
  cv::Mat shown = cv::Mat::zeros(after.bgr.size(), CV_8U);
  shown.rowRange(0, after.floor).setTo(255);
  cv::warpPerspective(after.bgr, warped, homography, size, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::warpPerspective(shown, mask, homography, size, cv::INTER_NEAREST);
  mask.rowRange(before.floor, size.height).setTo(0);
  Layers first = make_layers(before.bgr), second = make_layers(warped);
  Blocks blocks{.columns = size.width / kBlock, .rows = size.height / kBlock, .all = {}};
  int seen = 0, possible = 0;
  for (int i = 0; i < blocks.rows * blocks.columns; ++i) {
    cv::Rect cell(i % blocks.columns * kBlock, i / blocks.columns * kBlock, kBlock, kBlock);
    if (cell.br().y <= before.floor) ++possible;
    if (cv::countNonZero(mask(cell)) == cell.area()) ++seen;
    blocks.all.push_back(compare_block(first, second, mask, cell));
  }
  blocks.covered = possible > 0 ? static_cast<double>(seen) / possible : 0;
  return blocks;
}

}  // namespace anlan::vision::eye
