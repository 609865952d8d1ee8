// How long it takes to hold one new permit against 1,000 that stand, and to look at 1,000 that are
// alive with 200 live detectors: on the demo plant's plan, half of them without a point.

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "core/json.h"
#include "core/random.h"
#include "ehs/ehs.h"

namespace anlan::ehs {
namespace {

constexpr Instant kNow{1'795'248'000'000'000'000};
constexpr int kRounds = 500;
constexpr std::array<std::string_view, 8> kKinds{"hot",     "confined", "blinding",   "height",
                                                 "lifting", "power",    "excavation", "road"};

// CPU time of this thread, so that neighbours on the machine do not count.
double now_ms() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

void print(const std::string& metric, const std::string& variant, double value) {
  std::cout << write_json(Json::object({{"bench", "permits"},
                                        {"metric", metric},
                                        {"variant", variant},
                                        {"value", value},
                                        {"unit", "ms"},
                                        {"better", "lower"}}))
            << "\n";
}

void print_times(const std::string& metric, const std::string& variant, std::vector<double> times) {
  std::ranges::sort(times);
  print(metric + "_median", variant, times[times.size() / 2]);
  print(metric + "_worst", variant, times.back());
}

class Plant {
 public:
  Plant() {
    std::ifstream file("packs/plant/plan/plant.geojson");
    std::ostringstream text;
    text << file.rdbuf();
    Json source = parse_json(text.str(), twin::kPlanBytesMax).value();
    plan_ = twin::Plan::parse(source).value();
  }

  const twin::Plan& plan() const { return plan_; }
  twin::Point point() {
    return {static_cast<double>(random_.below(1'000)), static_cast<double>(random_.below(400))};
  }
  PermitPlace place(std::size_t number) {
    PermitPlace made{.kind = std::string(kKinds[random_.below(kKinds.size())]),
                     .area = plan_.zones()[random_.below(plan_.zones().size())].code,
                     .radius_m = static_cast<double>(5 + random_.below(25)),
                     .from = kNow,
                     .to = kNow + Duration::hours(8)};
    for (int i = 0; i < 8; ++i) made.id.uuid.bytes[i] = static_cast<uint8_t>((number + 1) >> 8 * i);
    if (random_.below(2) == 0) made.at = point();
    return made;
  }
  // Every pair of kinds, as the packs have it.
  static ConflictRules rules() {
    ConflictRules all;
    for (std::string_view a : kKinds) {
      for (std::string_view b : kKinds) {
        if (a > b) continue;
        all.push_back({.a = std::string(a), .b = std::string(b), .level = ConflictLevel::High});
      }
    }
    return all;
  }
  LivePermit live(std::size_t number) {
    PermitPlace at = place(number);
    LivePermit made{.id = at.id, .kind = at.kind, .grade = "one", .area = at.area, .at = at.at};
    made.gas_at = kNow;
    made.is_outdoor = true;
    made.limits = {.gas_max_age = Duration::hours(2),
                   .wind_force_max = 4,
                   .neighbour_m = 35,
                   .lel_max = 8.3,
                   .o2_low = 19.5,
                   .o2_high = 21};
    return made;
  }

 private:
  twin::Plan plan_;
  SeededRandom random_{11};
};

void measure_conflicts(Plant& plant) {
  std::vector<PermitPlace> standing;
  for (std::size_t i = 0; i < 1'000; ++i) standing.push_back(plant.place(i));
  ConflictRules rules = Plant::rules();
  std::vector<double> times;
  std::size_t found = 0;
  for (int round = 0; round < kRounds; ++round) {
    PermitPlace one = plant.place(5'000);
    double begin = now_ms();
    found += conflicts(one, standing, rules, plant.plan()).size();
    times.push_back(now_ms() - begin);
  }
  print_times("conflict_check", "1 against 1,000", std::move(times));
  std::cerr << found / kRounds << " conflicts each\n";
}

void measure_watch(Plant& plant) {
  std::vector<LivePermit> permits;
  for (std::size_t i = 0; i < 1'000; ++i) permits.push_back(plant.live(i));
  PermitWorld world{.now = kNow, .winds = {{.tag = "WS-1", .speed_m_s = 3}}};
  for (int i = 0; i < 200; ++i) {
    world.readings.push_back({"GAS", "combustible", 1, kNow, "A1", plant.point()});
  }
  std::map<RecordId, Instant> away;
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    double begin = now_ms();
    if (!watch_permits(permits, world, away).empty()) std::abort();
    times.push_back(now_ms() - begin);
  }
  print_times("watch", "1,000 permits, 200 detectors", std::move(times));
}

}  // namespace
}  // namespace anlan::ehs

int main() {
  anlan::ehs::Plant plant;
  anlan::ehs::measure_conflicts(plant);
  anlan::ehs::measure_watch(plant);
}
