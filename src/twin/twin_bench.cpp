// Ways out for everybody on the demo plan while gas moves over it, on one core.

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>

#include "core/check.h"
#include "core/random.h"
#include "twin/twin.h"

namespace anlan::twin {
namespace {

constexpr int kRuns = 7;

Json read_plan() {
  std::ifstream file("packs/plant/plan/plant.geojson", std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  auto json = parse_json(bytes.str(), kPlanBytesMax);
  CHECK(json, "run it in the repository's folder");
  return std::move(json).value();
}

std::vector<Walker> crowd(const Plan& plan, uint32_t count) {
  SeededRandom random(count);
  std::vector<Walker> walkers;
  while (walkers.size() < count) {
    Point at{static_cast<double>(random.below(10'400)) / 10,
             static_cast<double>(random.below(4'400)) / 10};
    if (plan.zone_at(at))
      walkers.push_back({.id = static_cast<uint32_t>(walkers.size()), .at = at});
  }
  return walkers;
}

void print(const std::string& metric, const std::string& variant, std::vector<double> runs) {
  std::ranges::sort(runs);
  std::cout << write_json(Json::object({{"bench", "twin"},
                                        {"metric", metric},
                                        {"variant", variant},
                                        {"value", runs[runs.size() / 2]},
                                        {"unit", "ms"},
                                        {"better", "lower"}}))
            << "\n";
}

template <class Work>
std::vector<double> time_ms(Work work) {
  work();  // warm-up
  std::vector<double> runs;
  for (int i = 0; i < kRuns; ++i) {
    auto begin = std::chrono::steady_clock::now();
    work();
    std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    runs.push_back(took.count());
  }
  return runs;
}

void run() {
  Json source = read_plan();
  print("plan_ms", "demo", time_ms([&] { CHECK(Plan::parse(source), "the demo plan is good"); }));
  Plan plan = Plan::parse(source).value();
  Plume plume{.release = {.at = {150, 320}, .rate_g_s = 400, .height_m = 1},
              .wind = {.speed_m_s = 3, .from_deg = 315}};
  HazardWish windy{.source = {150, 320}, .plume = &plume, .limit_g_m3 = 0.3};
  HazardWish calm{.source = {150, 320}, .growth_m_s = 0.5};
  for (uint32_t count : {300u, 2000u}) {
    std::vector<Walker> walkers = crowd(plan, count);
    std::string people = std::to_string(count);
    print("routes_ms", people,
          time_ms([&] { plan_routes(plan, make_hazard(plan, windy), walkers); }));
    print("routes_ms", people + ", calm wind",
          time_ms([&] { plan_routes(plan, make_hazard(plan, calm), walkers); }));
  }
}

}  // namespace
}  // namespace anlan::twin

int main() { anlan::twin::run(); }
