#include "vision/eye/look.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "vision/eye/jpeg.h"
#include "vision/wire.h"

namespace anlan::vision::eye {
namespace {

constexpr int kThumbnailSide = 320;
constexpr int kThumbnailQuality = 78;
constexpr int kPlanes = 32;
constexpr int kTermsOfPlane = 24;      // numbers of a feature that a plane adds and takes off
constexpr double kPlainDeviation = 6;  // grey levels
constexpr double kUsualEdges = 60;     // variance of the Laplacian of a fair photo of 800 pixels
constexpr double kLitLevel = 96;       // what a fifth of a photo reaches that is not dark

struct Plane {
  int plus[kTermsOfPlane], minus[kTermsOfPlane];
};

// On disk: codes of stored prints lie on sides of these planes, so they never change. A shuffle by
// a small fixed generator (Marsaglia 2003, xorshift32).
std::vector<Plane> make_planes() {
  std::vector<Plane> planes(kPlanes);
  uint32_t state = 0x9E3779B9;
  for (Plane& plane : planes) {
    std::vector<int> order(128);
    std::iota(order.begin(), order.end(), 0);
    for (int i = 0; i < 2 * kTermsOfPlane; ++i) {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
      std::swap(order[i], order[i + static_cast<int>(state % static_cast<uint32_t>(128 - i))]);
    }
    std::copy_n(order.begin(), kTermsOfPlane, plane.plus);
    std::copy_n(order.begin() + kTermsOfPlane, kTermsOfPlane, plane.minus);
  }
  return planes;
}

PrintFeature make_feature(const std::vector<Plane>& planes, const float* feature) {
  PrintFeature made;
  float side[64];
  for (int i = 0; i < kPlanes; ++i) {
    float sum = 0, mirrored = 0;
    for (int term : planes[i].plus) {
      sum += feature[term];
      mirrored += feature[in_mirror(term)];
    }
    for (int term : planes[i].minus) {
      sum -= feature[term];
      mirrored -= feature[in_mirror(term)];
    }
    side[i] = sum;
    side[i + kPlanes] = mirrored;
  }
  for (int i = 0; i < 64; ++i) made.code |= uint64_t{side[i] > 0} << i;
  for (int part = 0; part < 4; ++part) {
    int order[16];
    std::iota(order, order + 16, 0);
    std::ranges::sort(order, {}, [&](int i) { return std::abs(side[part * 16 + i]); });
    made.weak[part] = static_cast<uint8_t>(order[0] | order[1] << 4);
  }
  return made;
}

// Zauner 2010: signs of the low frequencies against their median.
uint64_t hash_whole(const cv::Mat& gray) {
  cv::Mat small, waves;
  cv::resize(gray, small, cv::Size(32, 32), 0, 0, cv::INTER_AREA);
  small.convertTo(small, CV_32F);
  cv::dct(small, waves);
  float values[64];
  for (int i = 0; i < 64; ++i) values[i] = waves.at<float>(1 + i / 8, 1 + i % 8);
  float sorted[64];
  std::ranges::copy(values, sorted);
  std::ranges::sort(sorted);
  uint64_t hash = 0;
  for (int i = 0; i < 64; ++i) hash |= uint64_t{values[i] > sorted[32]} << i;
  return hash;
}

double deviation(const cv::Mat& image) {
  cv::Scalar mean, spread;
  cv::meanStdDev(image, mean, spread);
  return spread[0];
}

double sharpness(const cv::Mat& gray) {
  cv::Mat edges;
  cv::Laplacian(gray, edges, CV_32F);
  double spread = deviation(edges);
  return spread * spread / (spread * spread + kUsualEdges);
}

// How far the light that a fifth of the photo reaches stays below a lit place's.
double darkness(const cv::Mat& gray) {
  std::array<int, 256> levels{};
  for (int y = 0; y < gray.rows; ++y) {
    for (int x = 0; x < gray.cols; ++x) ++levels[gray.at<uint8_t>(y, x)];
  }
  auto left = static_cast<int>(gray.total() / 5);
  int level = 255;
  for (; level > 0 && left > levels[level]; --level) left -= levels[level];
  return 1 - std::min(1.0, level / kLitLevel);
}

// Strong features of all parts of the picture come first, so that a cropped copy keeps its share:
// the n-th of one of 6 x 6 fields counts an n-th. Large ones outlive compression.
std::vector<int> spread_order(const Scene& scene) {
  std::vector<int> order(scene.points.size());
  std::vector<float> worth(scene.points.size());
  std::iota(order.begin(), order.end(), 0);
  auto strength = [&](int i) { return scene.points[i].response * scene.points[i].size; };
  std::ranges::stable_sort(order, std::ranges::greater{}, strength);
  int taken[36] = {};
  for (int i : order) {
    cv::Point2f at = scene.points[i].pt;
    int x = std::clamp(static_cast<int>(at.x * 6 / static_cast<float>(scene.gray.cols)), 0, 5);
    int y = std::clamp(static_cast<int>(at.y * 6 / static_cast<float>(scene.floor)), 0, 5);
    worth[i] = strength(i) / static_cast<float>(++taken[y * 6 + x]);
  }
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](int i) { return worth[i]; });
  return order;
}

}  // namespace

Print make_print(const Scene& scene) {
  Print print;
  cv::Mat seen = scene.gray.rowRange(0, scene.floor), flipped;
  cv::flip(seen, flipped, 1);
  print.whole = hash_whole(seen);
  print.whole_mirrored = hash_whole(flipped);
  print.is_plain = deviation(seen) < kPlainDeviation;
  std::vector<Plane> planes = make_planes();
  double unit = 65535.0 / std::max(scene.gray.cols, scene.gray.rows);
  for (int i : spread_order(scene)) {
    if (print.features.size() == kPrintFeaturesMax) break;
    PrintFeature feature = make_feature(planes, scene.features.ptr<float>(i));
    feature.x = cv::saturate_cast<uint16_t>(scene.points[i].pt.x * unit);
    feature.y = cv::saturate_cast<uint16_t>(scene.points[i].pt.y * unit);
    print.features.push_back(feature);
  }
  return print;
}

PhotoSeen look(const Picture& picture) {
  Scene scene = make_scene(picture.bgr);
  cv::Mat seen = scene.gray.rowRange(0, scene.floor);
  PhotoSeen found{.width = picture.width, .height = picture.height};
  found.print = write_print(make_print(scene));
  found.thumbnail = encode_jpeg(shrink(picture.bgr, kThumbnailSide), kThumbnailQuality);
  if (found.thumbnail.size() > wire::kThumbnailBytesMax) found.thumbnail.clear();
  found.sharpness = sharpness(seen);
  found.darkness = darkness(seen);
  return found;
}

}  // namespace anlan::vision::eye
