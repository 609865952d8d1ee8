#include "vision/eye/pair.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace anlan::vision::eye {
namespace {

constexpr int kSureInliers = 15;     // a mirror image is not taken for fewer
constexpr double kStructureMin = 8;  // blocks with structure that a context needs
constexpr double kPlaceMin = 0.5;    // same_scene below which nothing else is measured
constexpr double kNowhere = 0.01;  // same_scene where no possible camera gives such a registration
constexpr double kProposedPartMax = 0.45;  // a larger difference is not one hazard

// 1: the structure is found again, 0: it is not. Between, light and noise play.
double agreement(const Block& block) { return std::clamp((block.likeness - 0.4) / 0.3, 0.0, 1.0); }

// How much structure there is to judge by.
double weight(const Block& block) {
  return std::clamp((std::max(block.texture, block.other_texture) - 3) / 5.0, 0.0, 1.0);
}

float median(std::vector<float> values) {
  if (values.empty()) return 0;
  auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// Light moves all colours alike, and brightness slowly over the picture: what is left is paint.
cv::Mat colour_changes(const Blocks& blocks) {
  std::vector<float> shifts[3];
  cv::Mat light(blocks.rows, blocks.columns, CV_32F, cv::Scalar(0));
  for (int i = 0; i < blocks.rows * blocks.columns; ++i) {
    const Block& block = blocks.all[i];
    if (!block.is_seen) continue;
    for (int c = 0; c < 3; ++c) shifts[c].push_back(block.other_colour[c] - block.colour[c]);
  }
  float usual[3] = {median(shifts[0]), median(shifts[1]), median(shifts[2])};
  for (int i = 0; i < blocks.rows * blocks.columns; ++i) {
    const Block& block = blocks.all[i];
    light.at<float>(i / blocks.columns, i % blocks.columns) =
        block.is_seen ? block.other_colour[0] - block.colour[0] : usual[0];
  }
  cv::Mat around, changes(blocks.rows, blocks.columns, CV_32F, cv::Scalar(0));
  cv::blur(light, around, cv::Size(9, 9), {-1, -1}, cv::BORDER_REPLICATE);
  for (int i = 0; i < blocks.rows * blocks.columns; ++i) {
    const Block& block = blocks.all[i];
    if (!block.is_seen) continue;
    int y = i / blocks.columns, x = i % blocks.columns;
    float a = block.other_colour[1] - block.colour[1] - usual[1];
    float b = block.other_colour[2] - block.colour[2] - usual[2];
    float paint = std::hypot(a, b) / 24,
          step = std::abs(light.at<float>(y, x) - around.at<float>(y, x)) / 60;
    changes.at<float>(y, x) = std::clamp(std::max(paint, step), 0.0F, 1.0F);
  }
  return changes;
}

// 0 to 1 for each block: what stood there stands there no more.
cv::Mat find_changes(const Blocks& blocks) {
  cv::Mat changes = colour_changes(blocks);
  for (int i = 0; i < blocks.rows * blocks.columns; ++i) {
    const Block& block = blocks.all[i];
    float& change = changes.at<float>(i / blocks.columns, i % blocks.columns);
    change = change < 0.5F ? 0 : change;  // less than that is light
    if (!block.is_seen) continue;
    change = std::max(change, static_cast<float>(weight(block) * (1 - agreement(block))));
  }
  return changes;
}

std::optional<Box> propose_box(const cv::Mat& changes, cv::Size scene) {
  cv::Mat smooth, marks, parts, stats, centres;
  cv::blur(changes, smooth, cv::Size(3, 3));
  cv::compare(smooth, 0.4, marks, cv::CMP_GT);
  int count = cv::connectedComponentsWithStats(marks, parts, stats, centres);
  int best = 0;
  for (int i = 1; i < count; ++i) {
    if (best == 0 || stats.at<int>(i, cv::CC_STAT_AREA) > stats.at<int>(best, cv::CC_STAT_AREA))
      best = i;
  }
  if (best == 0 || stats.at<int>(best, cv::CC_STAT_AREA) < 4) return std::nullopt;
  double width = scene.width, height = scene.height;
  double left = stats.at<int>(best, cv::CC_STAT_LEFT) * kBlock / width;
  double top = stats.at<int>(best, cv::CC_STAT_TOP) * kBlock / height;
  Box box{.x = left,
          .y = top,
          .width = std::min(1 - left, stats.at<int>(best, cv::CC_STAT_WIDTH) * kBlock / width),
          .height = std::min(1 - top, stats.at<int>(best, cv::CC_STAT_HEIGHT) * kBlock / height)};
  if (box.width * box.height > kProposedPartMax) return std::nullopt;
  return box;
}

bool is_in(const Box& box, cv::Point2d at, cv::Size scene) {
  double x = at.x / scene.width, y = at.y / scene.height;
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

void measure(PairSeen& seen, const Blocks& blocks, const cv::Mat& changes, cv::Size scene) {
  double agreeing = 0, all = 0, changed = 0, inside = 0;
  for (int i = 0; i < blocks.rows * blocks.columns; ++i) {
    const Block& block = blocks.all[i];
    if (!block.is_seen) continue;
    if (is_in(seen.box, block.centre, scene)) {
      changed += changes.at<float>(i / blocks.columns, i % blocks.columns);
      inside += 1;
    } else {
      agreeing += weight(block) * agreement(block);
      all += weight(block);
    }
  }
  seen.context = all >= kStructureMin ? agreeing / all : 0;
  seen.changed = inside > 0 ? changed / inside : 0;
}

// From pixels of scenes into parts of the pictures.
std::vector<double> in_parts(const cv::Matx33d& homography, cv::Size before, cv::Size after) {
  cv::Matx33d to(1.0 / before.width, 0, 0, 0, 1.0 / before.height, 0, 0, 0, 1);
  cv::Matx33d from(after.width, 0, 0, 0, after.height, 0, 0, 0, 1);
  cv::Matx33d parts = to * homography * from;
  parts *= 1 / parts(2, 2);
  return {parts.val, parts.val + 9};
}

struct Found {
  Registration registration;
  Scene after;  // or its mirror image
  bool is_mirrored = false;
};

// A thing that is its own mirror image is found both ways: the better one counts.
Found find(const Scene& before, Scene after) {
  Registration direct = register_scenes(before, after);
  Scene other = mirror(after);
  Registration mirrored = register_scenes(before, other);
  bool is_better = mirrored.inliers >= kSureInliers && mirrored.inliers > 1.3 * direct.inliers;
  if (mirrored.is_found && (is_better || (!direct.is_found && mirrored.inliers >= kSureInliers)))
    return {mirrored, std::move(other), true};
  return {direct, std::move(after), false};
}

}  // namespace

// Fitted on 1,679 pairs and then made milder, docs/formats/vision.md. Three inliers of one corner
// say as much as twenty: letters, bolts and grids come again elsewhere.
double same_scene_score(const Registration& found) {
  if (!found.is_found) return kNowhere;
  double spread = std::min(found.inliers, 3 * found.cells);
  return 1 / (1 + std::exp(10.8 - 4.7 * std::log1p(spread)));
}

PairSeen compare(const cv::Mat& before_bgr, const cv::Mat& after_bgr, std::optional<Box> box) {
  Scene before = make_scene(before_bgr);
  Found found = find(before, make_scene(after_bgr));
  const Registration& place = found.registration;
  PairSeen seen{.same_scene = same_scene_score(place), .inliers = place.inliers};
  seen.box = box.value_or(Box{});
  seen.is_box_proposed = !box;
  if (seen.same_scene < kPlaceMin) {
    seen.is_reupload = is_same_plain(before, found.after);
    if (seen.is_reupload) seen.same_scene = 1;
    return seen;
  }
  cv::Size size = before.gray.size();
  cv::Matx33d homography = place.homography;
  Blocks blocks = compare_blocks(before, found.after, homography);
  cv::Mat changes = find_changes(blocks);
  if (!box) seen.box = propose_box(changes, size).value_or(Box{});
  measure(seen, blocks, changes, size);
  Exposure exposure = judge_exposure(blocks, homography);
  seen.is_reupload =
      exposure.is_same || (!exposure.is_judged && is_same_plain(before, found.after));
  if (found.is_mirrored)
    homography = homography * cv::Matx33d(-1, 0, found.after.gray.cols - 1, 0, 1, 0, 0, 0, 1);
  seen.homography = in_parts(homography, size, found.after.gray.size());
  return seen;
}

}  // namespace anlan::vision::eye
