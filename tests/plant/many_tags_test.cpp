// A large plant opens as fast as it is large, and what writes its samples delays nothing.

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "tests/support/plant.h"

namespace anlan::test {
namespace {

namespace fs = std::filesystem;

constexpr int kFew = 1'000;
constexpr int kMany = 8'000;
constexpr int kInFile = 2'000;  // a file of a pack has a bound

class Packs {
 public:
  explicit Packs(int tags) : folder_(fs::temp_directory_path() / ("anlan-many-" + name(tags))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "many_tags" / "seed");
    put("pack.json", Json::object({{"format", "anlan.pack/1"},
                                   {"id", "many_tags"},
                                   {"version", "1.0.0"},
                                   {"needs", Json::array({"sensing"})},
                                   {"title", Json::object({{"zh", "many"}, {"en", "many"}})}}));
    for (int from = 0; from < tags; from += kInFile) put_part(from, std::min(tags, from + kInFile));
  }
  ~Packs() { fs::remove_all(folder_); }
  Packs(const Packs&) = delete;
  Packs& operator=(const Packs&) = delete;
  std::string folder() const { return folder_.string(); }

 private:
  static std::string name(int tags) {
    return std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + "-" +
           std::to_string(getpid()) + "-" + std::to_string(tags);
  }
  void put(const std::string& file, const Json& json) {
    std::ofstream(folder_ / "many_tags" / file) << write_json(json);
  }
  void put_part(int from, int to) {
    auto by_code = [](const std::string& code) { return Json::object({{"code", code}}); };
    Json tags = Json::array();
    Json limits = Json::array();
    for (int i = from; i < to; ++i) {
      std::string code = "MT-" + std::to_string(i);
      tags.push(Json::object({{"code", code},
                              {"name_zh", code},
                              {"source", by_code("S-SPB")},
                              {"area", by_code("A1")},
                              {"purpose", "other"},
                              {"path", "B/E//" + code}}));
      limits.push(Json::object({{"code", code + ".H"},
                                {"name_zh", code},
                                {"tag", by_code(code)},
                                {"area", by_code("A1")},
                                {"kind", "h"},
                                {"limit_value", 90},
                                {"priority", 3}}));
    }
    Json records = Json::array({Json::object({{"form", "tag"}, {"rows", tags}}),
                                Json::object({{"form", "alarm_limit"}, {"rows", limits}})});
    put("seed/part" + std::to_string(from) + ".json",
        Json::object({{"format", "anlan.seed/1"}, {"records", records}}));
  }

  fs::path folder_;
};

struct Cost {
  double reload_s = 0, list_s = 0;
};

template <class Act>
double cpu_of(Act act) {
  std::clock_t begun = std::clock();
  act();
  return static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
}

// Processor time, best of three: other programs have none of it, and a cold cache little.
Cost cost_of(int tags) {
  Packs packs(tags);
  auto made = Plant::create({.database = {}, .more_packs = {packs.folder()}});
  EXPECT_TRUE(made) << made.error().detail << made.error().field;
  if (!made) return {};
  engine::Engine& engine = (*made)->engine();
  auto by = (*made)->as("control1").value();
  Cost cost{.reload_s = 1e9, .list_s = 1e9};
  for (int i = 0; i < 3; ++i) {
    cost.reload_s =
        std::min(cost.reload_s, cpu_of([&] { EXPECT_TRUE(engine.sensing().reload()); }));
    cost.list_s =
        std::min(cost.list_s,
                 cpu_of([&] { EXPECT_TRUE(engine.tags(by, {.words = "MT-", .count = 5'000})); }));
  }
  auto last = engine.tags(by, {.words = "mt-", .from = static_cast<std::size_t>(tags) - 1});
  EXPECT_TRUE(last);
  EXPECT_EQ((*last)["rows"].as_array().size(), 1u);
  EXPECT_EQ((*last)["total"], Json(tags));
  return cost;
}

TEST(ManyTags, OpenAndListInTimeThatGrowsWithTheirNumberNotItsSquare) {
  Cost few = cost_of(kFew);
  Cost many = cost_of(kMany);
  // Eight times as many cost eight times as much, with room; five times as many rows are listed.
  EXPECT_LT(many.reload_s, 12 * few.reload_s) << few.reload_s;
  EXPECT_LT(many.list_s, 10 * few.list_s) << few.list_s;
  RecordProperty("reload_times", std::to_string(many.reload_s / few.reload_s));
  RecordProperty("list_times", std::to_string(many.list_s / few.list_s));
}

std::vector<std::string> codes_for(const engine::PlantModel& plant, std::string_view purpose,
                                   int* looks = nullptr) {
  std::vector<std::string> codes;
  auto fits = [&](std::string_view one) {
    if (looks != nullptr) ++*looks;
    return one == purpose;
  };
  for (const engine::TagInfo* tag : plant.tags_for(fits)) codes.push_back(tag->code);
  return codes;
}

// What is asked four times a second, while samples wait, costs as much as it finds.
TEST(ManyTags, WhoAsksForAPurposeLooksAtNoTagOfAnother) {
  Packs packs(kFew);
  auto made = Plant::create({.database = {}, .more_packs = {packs.folder()}});
  ASSERT_TRUE(made) << made.error().detail;
  ASSERT_TRUE((*made)->engine().sensing().reload());
  auto plant = (*made)->engine().sensing().plant();
  ASSERT_GT(plant->tags().size(), static_cast<std::size_t>(kFew));
  std::map<std::string, std::vector<std::string>> expected;
  for (const engine::TagInfo& tag : plant->tags()) expected[tag.purpose].push_back(tag.code);
  EXPECT_GE(expected["other"].size(), static_cast<std::size_t>(kFew));
  std::size_t purposes = expected.size() - 1;
  for (const auto& [purpose, codes] : expected) {
    int looks = 0;
    auto found = codes_for(*plant, purpose, &looks);
    EXPECT_EQ(found, purpose == "other" ? std::vector<std::string>() : codes) << purpose;
    EXPECT_EQ(looks, static_cast<int>(purposes)) << purpose;
  }
}

TEST(ManyTags, APurposeThatChangesIsFollowed) {
  auto made = Plant::create({.database = {}});
  ASSERT_TRUE(made) << made.error().detail;
  engine::Engine& engine = (*made)->engine();
  auto admin = (*made)->as("admin").value();
  auto gas = codes_for(*engine.sensing().plant(), "gas");
  ASSERT_TRUE(std::ranges::contains(gas, "GAS-2101"));
  auto heard = [&] {
    return std::ranges::contains(engine.sensing().detectors(), "GAS-2101", &ehs::Detector::tag);
  };
  EXPECT_TRUE(heard());
  RecordId id = RecordId::parse((*made)->id_of("tag", "GAS-2101").value()).value();
  Json record = engine.record(admin, "tag", id).value()["record"];
  auto edited =
      (*made)->run(admin, engine::UpdateRecord{.form = "tag",
                                               .id = id,
                                               .version = record.int_or("version", 0),
                                               .fields = Json::object({{"purpose", "rain"}})});
  ASSERT_TRUE(edited) << edited.error().detail << edited.error().field;
  ASSERT_TRUE(engine.sensing().reload());
  std::erase(gas, "GAS-2101");
  auto plant = engine.sensing().plant();
  EXPECT_EQ(codes_for(*plant, "gas"), gas);
  EXPECT_TRUE(std::ranges::contains(codes_for(*plant, "rain"), "GAS-2101"));
  EXPECT_FALSE(heard());
  // Its value counts as weather now, and no longer as a reading of gas.
  Instant now = (*made)->clock().now();
  history::Sample sample{.tag = plant->tag("GAS-2101")->index, .at = now, .value = 60};
  ASSERT_TRUE(engine.sensing().samples({&sample, 1}));
  auto sign = engine.sensing().weather(now);
  ASSERT_TRUE(sign);
  EXPECT_EQ(sign->tag, "GAS-2101");
  auto readings = engine.sensing().gas_readings(now);
  EXPECT_FALSE(std::ranges::contains(readings, "GAS-2101", &ehs::GasReading::tag));
}

// Whoever is marked waits at the second look at the clock, as at a disk that does not answer.
class HoldingClock final : public Clock {
 public:
  explicit HoldingClock(Instant start) : now_(start) {}
  Instant now() override {
    std::unique_lock lock(mutex_);
    if (std::this_thread::get_id() == marked_ && ++looks_ > 1 && !is_open_) {
      is_held_ = true;
      changed_.notify_all();
      changed_.wait(lock, [this] { return is_open_; });
    }
    return now_;
  }
  void advance(Duration by) {
    std::lock_guard lock(mutex_);
    now_ = now_ + by;
  }
  void mark_this_thread() {
    std::lock_guard lock(mutex_);
    marked_ = std::this_thread::get_id();
  }
  void wait_until_held() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_held_; });
  }
  void open() {
    std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Instant now_;
  std::thread::id marked_;
  int looks_ = 0;
  bool is_held_ = false, is_open_ = false;
};

TEST(ManyTags, ADiskThatDoesNotAnswerDelaysNoAlarm) {
  HoldingClock clock(Instant{1'772'409'600'000'000'000});
  auto made = Plant::create({.database = {}, .clock = &clock});
  ASSERT_TRUE(made) << made.error().detail;
  engine::Engine& engine = (*made)->engine();
  engine.watch();
  auto by = (*made)->as("control1").value();
  auto standing = [&] { return engine.alarms(by).value()["rows"].as_array().size(); };
  std::size_t before = standing();
  clock.advance(Duration::minutes(10));
  Instant now = clock.now();
  std::thread writer([&] {
    clock.mark_this_thread();
    engine.sensing().write_blocks(now);
  });
  clock.wait_until_held();
  // Nothing came from any detector: silence is told while the blocks still wait.
  engine.sensing().turn(now);
  ASSERT_TRUE(engine.run({.by = engine::system_subject(), .what = engine::NoticesSent{}}));
  EXPECT_GT(standing(), before);
  clock.open();
  writer.join();
}

}  // namespace
}  // namespace anlan::test
