// Two photos of 800 pixels compared by the real program, which works on one core: what a repair
// costs. And the search for a copy among 100,000 fingerprints.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>

#include "core/check.h"
#include "core/json.h"
#include "core/random.h"
#include "vision/print.h"
#include "vision/vision.h"

namespace anlan::vision {
namespace {

constexpr int kRuns = 15;
constexpr int kPast = 100'000;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void print(std::string_view metric, std::string_view variant, double value, std::string_view unit) {
  std::cout << write_json(Json::object({{"bench", "photo"},
                                        {"metric", std::string(metric)},
                                        {"variant", std::string(variant)},
                                        {"value", value},
                                        {"unit", std::string(unit)},
                                        {"better", "lower"}}))
            << "\n";
}

template <class Work>
double median_ms(Work work) {
  work();  // warm-up
  std::vector<double> runs;
  for (int i = 0; i < kRuns; ++i) {
    auto begin = std::chrono::steady_clock::now();
    work();
    std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    runs.push_back(took.count());
  }
  std::ranges::sort(runs);
  return runs[runs.size() / 2];
}

Print random_print(Random& random) {
  Print made{.whole = random.next(), .whole_mirrored = random.next()};
  for (std::size_t i = 0; i < kPrintFeaturesMax; ++i) {
    PrintFeature feature{.code = random.next()};
    uint64_t more = random.next();
    for (int part = 0; part < 4; ++part)
      feature.weak[part] = static_cast<uint8_t>(more >> (8 * part));
    feature.x = static_cast<uint16_t>(more >> 32);
    feature.y = static_cast<uint16_t>(more >> 48);
    made.features.push_back(feature);
  }
  return made;
}

double resident_mb() {
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = 0;
  file >> all >> resident;
  return resident * 4096 / 1e6;
}

void bench_pair() {
  const std::string folder = "/usr/share/doc/opencv-doc/examples/data/";
  Eyes eyes({.program = ANLAN_VISION});
  for (auto [variant, first, second] :
       {std::tuple{"graf 800x640", "graf1.png", "graf3.png"},
        std::tuple{"leuven 800x600", "leuvenA.jpg", "leuvenB.jpg"}}) {
    std::string before = read_file(folder + first), after = read_file(folder + second);
    CHECK(!before.empty() && !after.empty(), "the package opencv-doc has the photos");
    print("pair_ms", variant,
          median_ms([&] { CHECK(eyes.compare(before, after, {}), "a pair can be compared"); }),
          "ms");
    print("look_ms", variant, median_ms([&] { CHECK(eyes.look(before), "it can be seen"); }), "ms");
  }
}

void bench_find() {
  SeededRandom random(7);
  PrintIndex index;
  double before = resident_mb();
  auto begin = std::chrono::steady_clock::now();
  std::string wanted;
  for (int i = 0; i < kPast; ++i) {
    std::string made = write_print(random_print(random));
    if (i == kPast / 2) wanted = made;
    index.add(std::to_string(i), made);
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  print("index_fill_s", "100000", took.count(), "s");
  print("index_mb", "100000", resident_mb() - before, "MB");
  print("find_ms", "100000", median_ms([&] {
          auto found = index.find(wanted, 10);
          CHECK(!found.empty() && found[0].sha256 == std::to_string(kPast / 2), "it is found");
        }),
        "ms");
}

}  // namespace
}  // namespace anlan::vision

int main() {
  anlan::vision::bench_pair();
  anlan::vision::bench_find();
}
