// How long one scan takes: 100,000 tags with four limits each, deadband and delay, walking at
// random; some of them cross their limits all the time.

#include <algorithm>
#include <ctime>
#include <iostream>
#include <string>

#include "alarms/alarms.h"
#include "core/json.h"
#include "core/random.h"

namespace anlan::alarms {
namespace {

constexpr history::TagIndex kTags = 100'000;
constexpr int kScans = 300;
constexpr Instant kStart{1'795'248'000'000'000'000};

std::vector<Definition> four_limits_each() {
  constexpr std::pair<Kind, double> kLimits[] = {
      {Kind::LowLow, 5}, {Kind::Low, 10}, {Kind::High, 90}, {Kind::HighHigh, 95}};
  std::vector<Definition> definitions;
  for (history::TagIndex tag = 0; tag < kTags; ++tag) {
    for (auto [kind, limit] : kLimits) {
      std::size_t number = definitions.size() + 1;
      Definition one{.code = std::to_string(number), .tag = tag, .kind = kind, .limit = limit};
      for (int i = 0; i < 8; ++i) one.id.uuid.bytes[8 + i] = static_cast<uint8_t>(number >> 8 * i);
      one.deadband = 1;
      one.on_delay = one.off_delay = Duration::seconds(2);
      definitions.push_back(std::move(one));
    }
  }
  return definitions;
}

// One sample a tag and second; `step` is how far a value goes in it, of a range of 100.
class Plant {
 public:
  explicit Plant(double step) : step_(step), values_(kTags, 50.0), samples_(kTags) {}

  std::span<const history::Sample> scan() {
    now_ = now_ + Duration::seconds(1);
    for (history::TagIndex tag = 0; tag < kTags; ++tag) {
      double way = static_cast<double>(random_.below(2001)) / 1000 - 1;
      double back = (50 - values_[tag]) / 500;
      values_[tag] = std::clamp(values_[tag] + way * step_ + back * step_, 0.0, 100.0);
      samples_[tag] = {.tag = tag, .at = now_, .received = now_, .value = values_[tag]};
    }
    return samples_;
  }
  Instant now() const { return now_; }

 private:
  double step_;
  Instant now_ = kStart;
  SeededRandom random_{7};
  std::vector<double> values_;
  std::vector<history::Sample> samples_;
};

void print(const std::string& metric, const std::string& variant, double value,
           const std::string& unit) {
  std::cout << write_json(Json::object({{"bench", "alarms"},
                                        {"metric", metric},
                                        {"variant", variant},
                                        {"value", value},
                                        {"unit", unit},
                                        {"better", "lower"}}))
            << "\n";
}

// CPU time of this thread, so that neighbours on the machine do not count.
double now_ms() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

void measure(const std::string& variant, double step) {
  Evaluator evaluator = Evaluator::make(four_limits_each(), {}, kStart).value();
  Plant plant(step);
  std::vector<Trip> trips;
  std::vector<double> scans;
  std::vector<double> ticks;
  std::size_t all_trips = 0;
  for (int i = 0; i < kScans * 2; ++i) {
    std::span<const history::Sample> samples = plant.scan();
    trips.clear();
    double begin = now_ms();
    evaluator.evaluate(samples, trips);
    double middle = now_ms();
    evaluator.tick(plant.now(), trips);
    double end = now_ms();
    if (i < kScans) continue;  // until the walk has spread
    all_trips += trips.size();
    scans.push_back(middle - begin);
    ticks.push_back(end - middle);
  }
  auto mean = [](const std::vector<double>& all) {
    return std::ranges::fold_left(all, 0.0, std::plus()) / static_cast<double>(all.size());
  };
  print("scan_mean", variant, mean(scans), "ms");
  std::ranges::sort(scans);
  print("scan_median", variant, scans[scans.size() / 2], "ms");
  print("scan_worst", variant, scans.back(), "ms");
  print("tick_mean", variant, mean(ticks), "ms");
  print("trips_per_scan", variant, static_cast<double>(all_trips) / kScans, "1");
}

}  // namespace
}  // namespace anlan::alarms

int main() {
  anlan::alarms::measure("100k tags x 4 limits, calm", 0.5);
  anlan::alarms::measure("100k tags x 4 limits, upset", 1.5);
  anlan::alarms::measure("100k tags x 4 limits, restless", 5);
}
