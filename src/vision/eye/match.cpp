#include "vision/eye/match.h"

#include <algorithm>
#include <array>
#include <opencv2/calib3d.hpp>
#include <set>

namespace anlan::vision::eye {
namespace {

constexpr float kRatio = 0.8F;     // Lowe 2004, 7.1
constexpr double kReach_px = 2.5;  // how far an inlier may lie off
constexpr int kTries = 2000;
constexpr int kMatchesMin = 6;
constexpr double kAreaRatioMax = 25;  // a photo from five times nearer or farther

struct Match {
  int before = 0, after = 0;
  float distance = 0;
};

// Written so that the compiler can do eight at a time.
float product(const float* a, const float* b) {
  float sums[8] = {};
  for (int i = 0; i < kFeatureSize; i += 8) {
    for (int k = 0; k < 8; ++k) sums[k] += a[i + k] * b[i + k];
  }
  return (sums[0] + sums[1]) + (sums[2] + sums[3]) + (sums[4] + sums[5]) + (sums[6] + sums[7]);
}

// The nearest of `before` to one feature if no other place comes near. Squared distances of
// features of length 1 follow from their products.
Match nearest(const Scene& before, const float* feature) {
  int best = 0;
  float first = -1, second = -1;
  for (int i = 0; i < before.features.rows; ++i) {
    float here = product(feature, before.features.ptr<float>(i));
    if (here <= second) continue;
    if (here <= first) {
      second = here;
      continue;
    }
    // The same point with another direction is no rival.
    if (cv::norm(before.points[i].pt - before.points[best].pt) > 1.5) second = first;
    first = here;
    best = i;
  }
  float near = 2 - 2 * first, next = 2 - 2 * second;
  return {.before = best, .after = near <= kRatio * kRatio * next ? 0 : -1, .distance = near};
}

std::vector<Match> match(const Scene& before, const Scene& after) {
  if (before.points.size() < 2 || after.points.empty()) return {};
  std::vector<Match> best_of(before.points.size(), Match{.after = -1, .distance = 4});
  for (int i = 0; i < after.features.rows; ++i) {
    Match found = nearest(before, after.features.ptr<float>(i));
    Match& known = best_of[found.before];
    if (found.after < 0 || found.distance >= known.distance) continue;
    found.after = i;
    known = found;
  }
  std::erase_if(best_of, [](const Match& found) { return found.after < 0; });
  std::ranges::sort(best_of, {}, &Match::distance);
  return best_of;
}

cv::Point2d apply(const cv::Matx33d& h, cv::Point2d at) {
  double w = h(2, 0) * at.x + h(2, 1) * at.y + h(2, 2);
  return {(h(0, 0) * at.x + h(0, 1) * at.y + h(0, 2)) / w,
          (h(1, 0) * at.x + h(1, 1) * at.y + h(1, 2)) / w};
}

// A camera cannot fold a picture or turn it inside out: the corners stay a convex figure of the
// same sense and of sensible size.
bool is_possible(const cv::Matx33d& h, cv::Size size) {
  std::array<cv::Point2d, 4> corners{{{0, 0},
                                      {double(size.width), 0},
                                      {double(size.width), double(size.height)},
                                      {0, double(size.height)}}};
  for (cv::Point2d& corner : corners) {
    if (h(2, 0) * corner.x + h(2, 1) * corner.y + h(2, 2) <= 1e-6) return false;
    corner = apply(h, corner);
  }
  double area = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    cv::Point2d a = corners[i], b = corners[(i + 1) % 4], c = corners[(i + 2) % 4];
    if ((b - a).cross(c - b) <= 0) return false;
    area += a.cross(b) / 2;
  }
  double ratio = area / (double(size.width) * size.height);
  return ratio < kAreaRatioMax && ratio > 1 / kAreaRatioMax;
}

int count_cells(const std::vector<cv::Point2f>& points, cv::Size size) {
  std::set<int> cells;
  for (cv::Point2f at : points) {
    int x = std::clamp(static_cast<int>(at.x * 8 / static_cast<float>(size.width)), 0, 7);
    int y = std::clamp(static_cast<int>(at.y * 8 / static_cast<float>(size.height)), 0, 7);
    cells.insert(y * 8 + x);
  }
  return static_cast<int>(cells.size());
}

}  // namespace

Registration register_scenes(const Scene& before, const Scene& after) {
  Registration found;
  std::vector<Match> matches = match(before, after);
  found.matches = static_cast<int>(matches.size());
  if (found.matches < kMatchesMin) return found;
  std::vector<cv::Point2f> from, to;
  for (const Match& one : matches) {
    from.push_back(after.points[one.after].pt);
    to.push_back(before.points[one.before].pt);
  }
  cv::Mat mask;
  cv::Mat h = cv::findHomography(from, to, cv::USAC_MAGSAC, kReach_px, mask, kTries, 0.999);
  if (h.empty() || !cv::checkRange(h)) return found;
  found.homography = cv::Matx33d(h) * (1 / h.at<double>(2, 2));
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (mask.at<uint8_t>(static_cast<int>(i)) == 0) continue;
    found.before.push_back(to[i]);
    found.after.push_back(from[i]);
  }
  found.inliers = static_cast<int>(found.before.size());
  found.cells = count_cells(found.before, before.gray.size());
  found.is_found = found.inliers >= kMatchesMin && is_possible(found.homography, after.gray.size());
  return found;
}

}  // namespace anlan::vision::eye
