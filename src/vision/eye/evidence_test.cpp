// How often the eyes are right, over real photos and what people do to them. No figure here is that
// of one photo: all must hold for every photo, or for a share of all.

#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <map>

#include "vision/eye/jpeg.h"
#include "vision/eye/picture.h"
#include "vision/eye/test_photos.h"

namespace anlan::vision::eye {
namespace {

constexpr double kContextEnough = 0.85;

const std::vector<std::string> kScenes{"graf1.png", "leuvenA.jpg",      "aloeL.jpg",
                                       "board.jpg", "ela_original.jpg", "building.jpg"};
constexpr Box kHazard{.x = 0.4, .y = 0.4, .width = 0.2, .height = 0.2};
constexpr Box kMarked{.x = 0.37, .y = 0.37, .width = 0.26, .height = 0.26};

class Evidence : public testing::Test {
 protected:
  void SetUp() override {
    if (!read_sample("graf1.png")) GTEST_SKIP() << "the package opencv-doc is not installed";
  }

  PairSeen compare(const std::string& before, const std::string& after,
                   std::optional<Box> box = {}) {
    auto seen = eyes_.compare(before, after, box);
    EXPECT_TRUE(seen) << seen.error().detail;
    return seen.value_or(PairSeen{});
  }

  Eyes eyes_{{.program = ANLAN_VISION, .time_limit = Duration::seconds(60)}};
};

// Rows of a table: how many of how many.
class Rates {
 public:
  explicit Rates(std::string title) : title_(std::move(title)) {}
  ~Rates() {
    std::printf("%s\n", title_.c_str());
    for (const auto& [name, counts] : rows_)
      std::printf("  %-34s %3d of %3d\n", name.c_str(), counts.first, counts.second);
  }
  void count(const std::string& name, bool is_hit) {
    rows_[name].first += is_hit;
    rows_[name].second += 1;
  }

 private:
  std::string title_;
  std::map<std::string, std::pair<int, int>> rows_;
};

using Deed = std::function<std::string(const cv::Mat&)>;

std::vector<std::pair<std::string, Deed>> ways_to_reuse(const cv::Mat& other) {
  return {
      {"compressed to 30", [](const cv::Mat& photo) { return encode_jpeg(photo, 30); }},
      {"compressed to 95", [](const cv::Mat& photo) { return encode_jpeg(photo, 95); }},
      {"cropped to 60 %",
       [](const cv::Mat& photo) { return encode_jpeg(cropped(photo, 0.6, 0.5, 0.4), 80); }},
      {"cropped to 75 %, compressed to 40",
       [](const cv::Mat& photo) { return encode_jpeg(cropped(photo, 0.75, 0.9, 0.1), 40); }},
      {"brighter", [](const cv::Mat& photo) { return encode_jpeg(toned(photo, 1.2, 25), 75); }},
      {"darker, less contrast",
       [](const cv::Mat& photo) { return encode_jpeg(toned(photo, 0.55, 15), 75); }},
      {"other gamma, WebP",
       [](const cv::Mat& photo) { return as_webp(toned(photo, 1, 0, 0.65), 70); }},
      {"scaled to 60 %", [](const cv::Mat& photo) { return encode_jpeg(scaled(photo, 0.6), 70); }},
      {"scaled to 150 %, PNG", [](const cv::Mat& photo) { return as_png(scaled(photo, 1.5)); }},
      {"turned by 3 degrees",
       [](const cv::Mat& photo) { return encode_jpeg(turned(photo, 3), 75); }},
      {"mirrored", [](const cv::Mat& photo) { return encode_jpeg(mirrored(photo), 80); }},
      {"retouched",
       [&other](const cv::Mat& photo) { return encode_jpeg(patched(photo, other, kHazard), 85); }},
      {"retouched, cropped, brighter",
       [&other](const cv::Mat& photo) {
         return encode_jpeg(toned(cropped(patched(photo, other, kHazard), 0.85, 0.4, 0.6), 1.1, 10),
                            60);
       }},
  };
}

TEST_F(Evidence, EveryReuploadIsFlagged) {
  Rates rates("re-uploads flagged");
  cv::Mat other = sample("baboon.jpg");
  for (const std::string& name : kScenes) {
    cv::Mat photo = sample(name);
    std::string before = encode_jpeg(photo, 92);
    for (const auto& [way, deed] : ways_to_reuse(other)) {
      PairSeen seen = compare(before, deed(photo));
      rates.count(way, seen.is_reupload);
      EXPECT_TRUE(seen.is_reupload) << name << " " << way << " inliers " << seen.inliers;
      EXPECT_GT(seen.same_scene, 0.5) << name << " " << way;
    }
  }
}

TEST_F(Evidence, AnEditedCopyOfAnotherHandIsFlagged) {
  PairSeen seen = compare(*read_sample("ela_original.jpg"), *read_sample("ela_modified.jpg"));
  EXPECT_TRUE(seen.is_reupload);
  EXPECT_GT(seen.changed, 0.3);
  EXPECT_TRUE(seen.is_box_proposed);
}

TEST_F(Evidence, TwoRealPhotosOfOnePlaceAreNoReupload) {
  const std::pair<std::string, std::string> pairs[] = {
      {"graf1.png", "graf3.png"},      {"leuvenA.jpg", "leuvenB.jpg"},
      {"aloeL.jpg", "aloeR.jpg"},      {"rubberwhale1.png", "rubberwhale2.png"},
      {"box.png", "box_in_scene.png"}, {"basketball1.png", "basketball2.png"},
      {"graf3.png", "graf1.png"},      {"leuvenB.jpg", "leuvenA.jpg"},
  };
  Rates rates("real second photos taken for the same place, and for a re-upload");
  for (const auto& [first, second] : pairs) {
    PairSeen seen = compare(*read_sample(first), *read_sample(second));
    rates.count("same place", seen.same_scene > 0.5);
    rates.count("re-upload", seen.is_reupload);
    EXPECT_GT(seen.same_scene, 0.5) << first;
    EXPECT_FALSE(seen.is_reupload) << first;
    EXPECT_TRUE(seen.homography) << first;
  }
}

// A repair photographed anew: from a little elsewhere, in other light, with the grain of its own
// exposure, and the hazard gone.
TEST_F(Evidence, HonestRepairsPassInOtherLight) {
  Rates rates("honest repairs sent to re-check for their light");
  cv::Mat other = sample("baboon.jpg");
  int all = 0, rechecked = 0;
  for (const std::string& name : kScenes) {
    cv::Mat photo = sample(name);
    std::string before = encode_jpeg(photo, 88);
    for (int i = 0; i < 4; ++i) {
      const double gain[] = {0.5, 0.8, 1.25, 0.35};
      cv::Mat after = patched(tilted(photo, 0.02 + 0.01 * i, 40 + i), other, kHazard);
      after = shaded(toned(after, gain[i], 6.0 * i - 10, i % 2 ? 1 : 0.8), 0.1 * (i % 4));
      PairSeen seen = compare(before, encode_jpeg(grained(after, 2 + i, i), 85), kMarked);
      bool is_rechecked = seen.context < kContextEnough;
      rates.count("light " + std::to_string(gain[i]).substr(0, 4), is_rechecked);
      ++all;
      rechecked += is_rechecked;
      EXPECT_FALSE(seen.is_reupload) << name << " " << i;
      EXPECT_GT(seen.same_scene, 0.5) << name << " " << i;
      EXPECT_GT(seen.changed, 0.25) << name << " " << i;
    }
  }
  EXPECT_LE(rechecked * 10, all);
}

TEST_F(Evidence, NothingChangedIsSeenAsNothingChanged) {
  for (const std::string& name : kScenes) {
    cv::Mat photo = sample(name);
    cv::Mat after = grained(toned(tilted(photo, 0.03, 3), 0.8, 5), 3, 3);
    PairSeen seen = compare(encode_jpeg(photo, 88), encode_jpeg(after, 85), kMarked);
    EXPECT_LT(seen.changed, 0.15) << name;
  }
}

TEST_F(Evidence, AnotherPlaceIsNeverTheSame) {
  Rates rates("other places taken for the same");
  for (std::size_t i = 0; i < kScenes.size(); ++i) {
    std::string before = encode_jpeg(sample(kScenes[i]), 88);
    for (std::size_t j = i + 1; j < kScenes.size(); ++j) {
      PairSeen seen = compare(before, encode_jpeg(sample(kScenes[j]), 88));
      rates.count("other place", seen.same_scene > 0.5);
      EXPECT_LT(seen.same_scene, 0.5) << kScenes[i] << " " << kScenes[j];
      EXPECT_FALSE(seen.is_reupload) << kScenes[i] << " " << kScenes[j];
    }
  }
}

// The bar with time and place stands at the same spot in every photo of our app: alone it must
// make no two places one.
TEST_F(Evidence, TheStampOfTheAppIsNoPartOfThePlace) {
  std::string before = encode_jpeg(stamped(sample("graf1.png"), 1), 85);
  std::string other = encode_jpeg(stamped(sample("building.jpg"), 1), 85);
  EXPECT_LT(compare(before, other).same_scene, 0.5);
  cv::Mat again = grained(toned(tilted(sample("graf1.png"), 0.03, 5), 0.8, 5), 3, 3);
  PairSeen seen = compare(before, encode_jpeg(stamped(again, 2), 85));
  EXPECT_GT(seen.same_scene, 0.5);
  EXPECT_GT(seen.context, kContextEnough);
  EXPECT_FALSE(seen.is_reupload);
  std::string copy = encode_jpeg(stamped(sample("graf1.png"), 3), 60);
  EXPECT_TRUE(compare(before, copy).is_reupload);
}

TEST_F(Evidence, OtherSurroundingsAreSeenInTheContext) {
  cv::Mat photo = sample("building.jpg"), other = sample("baboon.jpg");
  cv::Mat after =
      patched(tilted(photo, 0.03, 5), other, {.x = 0.5, .y = 0, .width = 0.5, .height = 1});
  PairSeen seen = compare(encode_jpeg(photo, 88), encode_jpeg(after, 85),
                          Box{.x = 0.1, .y = 0.1, .width = 0.2, .height = 0.2});
  EXPECT_LT(seen.context, kContextEnough);
}

TEST_F(Evidence, TheDifferenceProposesTheBox) {
  cv::Mat photo = sample("building.jpg"), other = sample("baboon.jpg");
  cv::Mat after = patched(grained(tilted(photo, 0.02, 8), 3, 1), other, kHazard);
  PairSeen seen = compare(encode_jpeg(photo, 88), encode_jpeg(after, 85));
  EXPECT_TRUE(seen.is_box_proposed);
  EXPECT_GT(seen.changed, 0.3);
  EXPECT_GT(seen.context, kContextEnough);
  double left = std::max(seen.box.x, kHazard.x), top = std::max(seen.box.y, kHazard.y);
  double right = std::min(seen.box.x + seen.box.width, kHazard.x + kHazard.width);
  double bottom = std::min(seen.box.y + seen.box.height, kHazard.y + kHazard.height);
  double both = std::max(0.0, right - left) * std::max(0.0, bottom - top);
  double either = seen.box.width * seen.box.height + kHazard.width * kHazard.height - both;
  EXPECT_GT(both / either, 0.4);
}

TEST_F(Evidence, TheHomographyLeadsFromAfterToBeforeInParts) {
  cv::Mat photo = sample("graf1.png");
  PairSeen seen = compare(encode_jpeg(photo, 90), encode_jpeg(cropped(photo, 0.5, 1, 0), 90));
  ASSERT_TRUE(seen.homography);
  const std::vector<double>& h = *seen.homography;
  auto map = [&](double x, double y) {
    double w = h[6] * x + h[7] * y + h[8];
    return std::pair((h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w);
  };
  auto [left, top] = map(0, 0);
  auto [right, bottom] = map(1, 1);
  EXPECT_NEAR(left, 0.5, 0.01);
  EXPECT_NEAR(top, 0, 0.01);
  EXPECT_NEAR(right, 1, 0.01);
  EXPECT_NEAR(bottom, 0.5, 0.01);
}

TEST_F(Evidence, FingerprintsFindCopiesAmongOthers) {
  Rates rates("re-uploads found by their fingerprint");
  PrintIndex index;
  cv::Mat other = sample("baboon.jpg");
  auto print = [&](const std::string& bytes) {
    auto seen = eyes_.look(bytes);
    EXPECT_TRUE(seen);
    return seen.value_or(PhotoSeen{}).print;
  };
  const std::vector<std::string> more{"fruits.jpg",    "home.jpg",   "messi5.jpg",      "aero1.jpg",
                                      "butterfly.jpg", "sudoku.png", "starry_night.jpg"};
  for (const auto* names : {&kScenes, &more}) {
    for (const std::string& name : *names) index.add(name, print(encode_jpeg(sample(name), 92)));
  }
  EXPECT_EQ(index.size(), kScenes.size() + more.size());
  for (const char* name : {"graf1.png", "ela_original.jpg", "building.jpg"}) {
    cv::Mat photo = sample(name);
    for (const auto& [way, deed] : ways_to_reuse(other)) {
      auto found = index.find(print(deed(photo)), 3);
      bool is_found = !found.empty() && found[0].sha256 == name;
      rates.count(way, is_found);
      EXPECT_TRUE(is_found) << name << " " << way;
    }
  }
  for (const char* stranger : {"squirrel_cls.jpg", "rubberwhale1.png", "stuff.jpg"})
    EXPECT_TRUE(index.find(print(*read_sample(stranger)), 3).empty()) << stranger;
}

}  // namespace
}  // namespace anlan::vision::eye
