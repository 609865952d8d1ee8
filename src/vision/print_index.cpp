// Finds past photos that share features with a new one, in the same arrangement.
//
// A feature is filed under 16 bits of its code; it is found where these come again, give or take
// the two least sure of them, and at most kOffBits of 32 others differ. Chance gives few such hits,
// so a handful that agree in scale, turn and place is no accident. Memory: 2.8 KB a photo.

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "vision/print.h"
#include "vision/vision.h"

namespace anlan::vision {
namespace {

constexpr std::size_t kFiled = 192;  // features of a past photo that are filed
constexpr int kOffBits = 5;          // of 32
constexpr std::size_t kShelfReadMax =
    8192;  // one look-up; fuller shelves hold what all photos have
constexpr std::size_t kHitsMax = 400'000;
constexpr std::size_t kHitsOfPhotoMax = 64;
constexpr int kAgreeingMin = 7;             // strangers reach 7 by chance, most copies 20
constexpr double kPlaceOff = 0.02 * 65535;  // of the longer side
constexpr int kHashOffMax = 8;              // of 64 bits
constexpr std::size_t kCandidatesMax = 2000;

struct Filed {
  uint32_t feature = 0;  // photo * kFiled + its rank
  uint32_t check = 0;
};

struct Place {
  uint16_t x = 0, y = 0;
};

struct Hit {
  uint32_t photo = 0;
  Place past{}, now{};
  uint16_t rivals = 0;  // hits of the same photo that have the same feature at either end
};

uint16_t shelf_of(uint64_t code) { return static_cast<uint16_t>(code); }
uint32_t check_of(uint64_t code) { return static_cast<uint32_t>(code >> 32); }

PrintFeature mirrored(const PrintFeature& feature) {
  return {.code = std::rotl(feature.code, 32),
          .weak = {feature.weak[2], feature.weak[3], feature.weak[0], feature.weak[1]},
          .x = static_cast<uint16_t>(65535 - feature.x),
          .y = feature.y};
}

struct Map {
  double a = 0, b = 0, x = 0, y = 0;  // turn and scale as a complex number, then shift
};

// The map of now to past that two hits tell; none where they are too close to tell.
std::optional<Map> map_of(const Hit& one, const Hit& two) {
  double nx = double(two.now.x) - one.now.x, ny = double(two.now.y) - one.now.y;
  double px = double(two.past.x) - one.past.x, py = double(two.past.y) - one.past.y;
  double length = nx * nx + ny * ny;
  if (length < 4 * kPlaceOff * kPlaceOff) return std::nullopt;
  Map map{.a = (px * nx + py * ny) / length, .b = (py * nx - px * ny) / length};
  double scale = std::hypot(map.a, map.b);
  if (scale < 0.15 || scale > 6) return std::nullopt;
  map.x = one.past.x - (map.a * one.now.x - map.b * one.now.y);
  map.y = one.past.y - (map.b * one.now.x + map.a * one.now.y);
  return map;
}

// How many hits at different places follow the map.
int count_agreeing(std::span<const Hit> hits, const Map& map) {
  std::set<std::pair<int, int>> places;
  for (const Hit& hit : hits) {
    double x = map.a * hit.now.x - map.b * hit.now.y + map.x - hit.past.x;
    double y = map.b * hit.now.x + map.a * hit.now.y + map.y - hit.past.y;
    if (std::hypot(x, y) < kPlaceOff) places.emplace(hit.past.x / 1024, hit.past.y / 1024);
  }
  return static_cast<int>(places.size());
}

// Windows of a house front hit each other in all combinations; what is single says more.
void order_by_rivals(std::span<Hit> hits) {
  std::map<std::pair<int, int>, uint16_t> past, now;
  for (const Hit& hit : hits) {
    ++past[{hit.past.x, hit.past.y}];
    ++now[{hit.now.x, hit.now.y}];
  }
  for (Hit& hit : hits)
    hit.rivals = std::max(past[{hit.past.x, hit.past.y}], now[{hit.now.x, hit.now.y}]);
  std::ranges::stable_sort(hits, {}, &Hit::rivals);
}

int most_agreeing(std::span<Hit> hits) {
  order_by_rivals(hits);
  hits = hits.first(std::min(hits.size(), kHitsOfPhotoMax));
  int best = 0;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    for (std::size_t j = i + 1; j < hits.size(); ++j) {
      if (auto map = map_of(hits[i], hits[j])) best = std::max(best, count_agreeing(hits, *map));
    }
    if (best > 20) break;  // sure enough
  }
  return best;
}

}  // namespace

struct PrintIndex::Inside {
  std::vector<std::string> sha256;
  std::vector<uint64_t> whole;
  std::vector<bool> is_plain;
  std::vector<Place> places;  // kFiled for each photo
  std::vector<std::vector<Filed>> shelves = std::vector<std::vector<Filed>>(1 << 16);

  void look_up(const PrintFeature& feature, std::vector<Hit>& hits) const {
    auto first = static_cast<uint16_t>(1U << (feature.weak[0] & 15));
    auto second = static_cast<uint16_t>(1U << (feature.weak[0] >> 4));
    uint16_t shelf = shelf_of(feature.code);
    std::set<uint16_t> probes{shelf, static_cast<uint16_t>(shelf ^ first),
                              static_cast<uint16_t>(shelf ^ second),
                              static_cast<uint16_t>(shelf ^ first ^ second)};
    for (uint16_t probe : probes) {
      std::span<const Filed> filed = shelves[probe];
      for (const Filed& one : filed.last(std::min(filed.size(), kShelfReadMax))) {
        if (std::popcount(one.check ^ check_of(feature.code)) > kOffBits) continue;
        if (hits.size() >= kHitsMax) return;
        Place past = places[one.feature], now{feature.x, feature.y};
        hits.push_back({one.feature / uint32_t{kFiled}, past, now, 0});
      }
    }
  }

  // Score by photo of those whose features lie as those of the new one.
  void find_arranged(const Print& print, bool in_mirror, std::vector<double>& scores) const {
    std::vector<Hit> hits;
    for (const PrintFeature& feature : print.features)
      look_up(in_mirror ? mirrored(feature) : feature, hits);
    std::ranges::stable_sort(hits, {}, &Hit::photo);
    std::vector<std::span<Hit>> groups;
    for (std::size_t from = 0, to = 0; from < hits.size(); from = to) {
      while (to < hits.size() && hits[to].photo == hits[from].photo) ++to;
      if (to - from >= std::size_t{kAgreeingMin})
        groups.push_back(std::span(hits).subspan(from, to - from));
    }
    std::ranges::stable_sort(groups, std::ranges::greater{},
                             [](const auto& group) { return group.size(); });
    if (groups.size() > kCandidatesMax) groups.resize(kCandidatesMax);
    for (std::span<Hit> group : groups) {
      int agreeing = most_agreeing(group);
      if (agreeing < kAgreeingMin) continue;
      double& score = scores[group.front().photo];
      score = std::max(score, 1 - std::exp(-agreeing / 6.0));
    }
  }

  // Photos that look alike as a whole, for those with few features.
  void find_alike(const Print& print, std::vector<double>& scores) const {
    if (print.is_plain) return;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      int off = std::min(std::popcount(whole[i] ^ print.whole),
                         std::popcount(whole[i] ^ print.whole_mirrored));
      if (off <= kHashOffMax && !is_plain[i]) scores[i] = std::max(scores[i], 0.9 - 0.05 * off);
    }
  }
};

PrintIndex::PrintIndex() : inside_(std::make_unique<Inside>()) {}
PrintIndex::~PrintIndex() = default;

std::size_t PrintIndex::size() const { return inside_->sha256.size(); }

void PrintIndex::add(std::string_view sha256, std::string_view bytes) {
  auto print = read_print(bytes);
  constexpr std::size_t kPhotosMax = UINT32_MAX / kFiled;
  if (!print || size() >= kPhotosMax) return;
  auto base = static_cast<uint32_t>(size() * kFiled);
  inside_->sha256.emplace_back(sha256);
  inside_->whole.push_back(print->whole);
  inside_->is_plain.push_back(print->is_plain);
  inside_->places.resize(base + kFiled);
  std::size_t count = std::min(print->features.size(), kFiled);
  for (uint32_t i = 0; i < count; ++i) {
    const PrintFeature& feature = print->features[i];
    inside_->places[base + i] = {feature.x, feature.y};
    auto& shelf = inside_->shelves[shelf_of(feature.code)];
    // A vector doubles; that would be 100 MB of nothing at 100,000 photos.
    if (shelf.size() == shelf.capacity()) shelf.reserve(shelf.size() + shelf.size() / 8 + 4);
    shelf.push_back({base + i, check_of(feature.code)});
  }
}

std::vector<Suspect> PrintIndex::find(std::string_view bytes, std::size_t count) const {
  auto print = read_print(bytes);
  if (!print) return {};
  std::vector<double> scores(size(), 0.0);
  inside_->find_arranged(*print, false, scores);
  inside_->find_arranged(*print, true, scores);
  inside_->find_alike(*print, scores);
  std::vector<Suspect> suspects;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] > 0) suspects.push_back({inside_->sha256[i], scores[i]});
  }
  std::ranges::stable_sort(suspects, std::ranges::greater{}, &Suspect::score);
  if (suspects.size() > count) suspects.resize(count);
  return suspects;
}

}  // namespace anlan::vision
