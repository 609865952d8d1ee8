#include "vision/eye/scene.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/features2d.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/eye/picture.h"

namespace anlan::vision::eye {
namespace {

constexpr int kPointsMax = 1000;
constexpr double kContrastMin = 0.025;       // SIFT's usual 0.04 finds too little in dull light
constexpr double kFaintContrastMin = 0.006;  // where that finds too few points
constexpr std::size_t kPointsFew = 400;

// Arandjelovic and Zisserman 2012: the root of the L1-normed feature compares by Hellinger's
// distance, which forgives one strong bin.
void take_roots(cv::Mat& features) {
  for (int y = 0; y < features.rows; ++y) {
    auto* row = features.ptr<float>(y);
    float sum = std::accumulate(row, row + features.cols, 0.0F);
    for (int x = 0; x < features.cols; ++x) row[x] = std::sqrt(row[x] / std::max(sum, 1e-6F));
  }
}

// SIFT gives one point several times where it sees several directions; all are kept.
void find_features(Scene& scene) {
  std::vector<cv::KeyPoint> found;
  cv::Mat features, seen = scene.gray.rowRange(0, scene.floor);
  for (double contrast : {kContrastMin, kFaintContrastMin}) {
    auto sift = cv::SIFT::create(kPointsMax, 3, contrast);
    sift->detectAndCompute(seen, cv::noArray(), found, features);
    if (found.size() >= kPointsFew) break;
  }
  std::vector<int> order(found.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](int i) { return found[i].response; });
  if (order.size() > kPointsMax) order.resize(kPointsMax);  // it keeps all of equal strength
  scene.features.create(static_cast<int>(order.size()), kFeatureSize, CV_32F);
  for (int i : order) {
    int row = static_cast<int>(scene.points.size());
    scene.points.push_back(found[i]);
    features.row(i).copyTo(scene.features.row(row));
  }
  take_roots(scene.features);
}

}  // namespace

Scene make_scene(const cv::Mat& bgr) {
  Scene scene;
  scene.bgr = shrink(bgr, kSceneSide);
  cv::cvtColor(scene.bgr, scene.gray, cv::COLOR_BGR2GRAY);
  scene.floor = find_bar(scene.gray);
  find_features(scene);
  return scene;
}

// A feature is 4 rows of 4 cells of 8 directions, all relative to the direction of its point. In a
// mirror the side across that direction is swapped: rows change places, directions their sign.
int in_mirror(int i) { return (3 - i / 32) * 32 + i % 32 / 8 * 8 + (8 - i % 8) % 8; }

Scene mirror(const Scene& scene) {
  Scene other;
  cv::flip(scene.bgr, other.bgr, 1);
  cv::flip(scene.gray, other.gray, 1);
  other.floor = scene.floor;
  other.points = scene.points;
  for (cv::KeyPoint& point : other.points) {
    point.pt.x = static_cast<float>(scene.gray.cols - 1) - point.pt.x;
    point.angle = std::fmod(540.0F - point.angle, 360.0F);
  }
  other.features.create(scene.features.rows, scene.features.cols, scene.features.type());
  for (int y = 0; y < scene.features.rows; ++y) {
    const auto* from = scene.features.ptr<float>(y);
    auto* to = other.features.ptr<float>(y);
    for (int i = 0; i < kFeatureSize; ++i) to[in_mirror(i)] = from[i];
  }
  return other;
}

// The bar is as wide as the picture; height and colour are those of drawStamp in
// web/src/data/photos.ts: what lies under it is 0.22 of its light at most, its letters are white.
int find_bar(const cv::Mat& gray) {
  // Letters are width / 36 high but at least 13 pixels of a picture that is up to 1600 long.
  int letters = std::max(cvRound(gray.cols / 36.0), 1);
  int bar = letters * 11 / 2;
  int from = gray.rows - bar;
  if (from <= gray.rows / 2) return gray.rows;
  cv::Mat inside = gray.rowRange(from + 2, gray.rows);
  double all = static_cast<double>(inside.total());
  double dark = cv::countNonZero(inside < 92) / all;
  double white = cv::countNonZero(inside > 190) / all;
  bool is_bar = dark > 0.72 && white > 0.004 && dark + white > 0.85;
  return is_bar ? from - 2 : gray.rows;
}

}  // namespace anlan::vision::eye
