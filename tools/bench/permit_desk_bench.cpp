// What screens ask about 1,000 open permits of the demo plant, in process: conflicts of a draft
// when nothing changed and just after a permit changed, and the whole board. Processor time of the
// asking thread, so that neighbours on the machine do not count. Arguments: [NUMBER of permits].

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <format>
#include <functional>
#include <iostream>

#include "engine/permit_board.h"
#include "tests/support/plant.h"

namespace anlan::bench {
namespace {

constexpr int kRounds = 40;
constexpr int kSpotsWide = 40;

double now_ms() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

class Desk {
 public:
  explicit Desk(int permits) : permits_(permits) {
    auto plant = test::Plant::create({.database = {}, .is_seeded = true});
    if (!plant) fail("the plant does not open", plant.error());
    plant_ = std::move(*plant);
    by_ = plant_->as("safety1").value();
    area_ = plant_->id_of("area", "A1").value();
    plant_->clock().advance(Duration::seconds(2));
    plant_->engine().watch();
    for (int i = 0; i < permits_; ++i) apply(i);
  }

  void measure() {
    Json draft = fields(permits_);
    draft.set("area", "A1");
    auto ask = [&] {
      auto told = engine::permit_conflicts(plant_->engine(), by_, draft);
      if (!told) fail("no conflicts", told.error());
    };
    int more = permits_;
    tell("draft_conflicts_ms", "warm", ask, [] {});
    tell("draft_conflicts_ms", "after a permit changed", ask, [&] { apply(more++); });
    auto board = [&] {
      auto told = engine::permit_board(plant_->engine(), by_, {});
      if (!told) fail("no board", told.error());
    };
    tell("board_ms", "whole", board, [] {});
  }

 private:
  [[noreturn]] static void fail(std::string_view what, const Error& error) {
    std::cerr << what << ": " << error_text(error.code).code << " " << error.field << " "
              << error.detail << "\n";
    std::exit(1);
  }

  Json fields(int n) {
    Instant from = plant_->clock().now() + Duration::minutes(30);
    return Json::object({{"kind", "hot"},
                         {"area", area_},
                         {"x", 40 + n % kSpotsWide * 5},
                         {"y", 240 + n / kSpotsWide % 30 * 5},
                         {"content", "检修"},
                         {"work_unit", "维修班"},
                         {"workers", Json::object({{"persons", Json::array({who("repair3")})}})},
                         {"leader", who("repair4")},
                         {"guardian", who("worker111")},
                         {"hot_place", "running"},
                         {"hot_method", "arc"},
                         {"is_outdoor", true},
                         {"valid_from", format_instant(from)},
                         {"valid_to", format_instant(from + Duration::hours(4))}});
  }

  void apply(int n) {
    auto done = plant_->run(by_, engine::CreateRecord{.form = "permit", .fields = fields(n)});
    if (!done) fail("a permit is refused", done.error());
  }

  Json who(std::string_view login) { return Json(plant_->as(login).value().person.text()); }

  void tell(std::string_view metric, std::string_view variant, const std::function<void()>& act,
            const std::function<void()>& before) {
    std::vector<double> times;
    act();
    for (int i = 0; i < kRounds; ++i) {
      before();
      double since = now_ms();
      act();
      times.push_back(now_ms() - since);
    }
    std::ranges::sort(times);
    for (auto [what, value] :
         {std::pair{"median", times[times.size() / 2]}, std::pair{"worst", times.back()}}) {
      Json line = Json::object({{"bench", "permit_desk"}, {"metric", metric}});
      line.set("variant", std::format("{} of {} permits, {}", variant, permits_, what));
      line.set("value", value).set("unit", "ms").set("better", "lower");
      if (metric == "draft_conflicts_ms") line.set("target", 10);
      std::cout << write_json(line) << "\n" << std::flush;
    }
  }

  int permits_;
  std::unique_ptr<test::Plant> plant_;
  access::Subject by_;
  std::string area_;
};

}  // namespace
}  // namespace anlan::bench

int main(int count, char** words) {
  int permits = count > 1 ? std::atoi(words[1]) : 1'000;
  anlan::bench::Desk(std::max(permits, 1)).measure();
}
