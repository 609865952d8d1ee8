// A seeded year of permits: a plant with drifting, leaking and silent gas detectors, wind,
// guardians who wander off, certificates that lapse, people who press wrong things. After every
// look of the watch an oracle that knows the world and not the product finds no permit active
// against a rule, and every suspension has a cause that is true. ANLAN_PERMITS says how many (150),
// ANLAN_SEED which.

#include <gtest/gtest.h>

#include <ctime>
#include <iostream>

#include "core/log.h"
#include "tests/sim/permit_play.h"

namespace anlan::test {
namespace {

class Quiet {  // a plant with leaks and drills has much to say
 public:
  Quiet() : before_(set_log_sink([](LogLevel, std::string_view) {})) {}
  ~Quiet() { set_log_sink(std::move(before_)); }

 private:
  LogSink before_;
};

constexpr std::size_t kTellEvery = 500;  // permits: a long run says that it goes on

uint64_t seed_of_year() { return number_from_environment("ANLAN_SEED", 7); }

void expect_right(Play& play, uint64_t seed) {
  for (const std::string& wrong : play.oracle().wrongs()) {
    ADD_FAILURE() << wrong << "\n  ANLAN_SEED=" << seed << " build/release/tests/permit_year_test";
  }
  EXPECT_EQ(play.check_ledger(), "");
}

TEST(PermitYear, NoPermitIsEverActiveAgainstARule) {
  Quiet quiet;
  std::size_t permits = number_from_environment("ANLAN_PERMITS", 150);
  auto play = Play::create(seed_of_year());
  ASSERT_TRUE(play) << play.error().detail << play.error().field;
  std::size_t told = 0, wrongs = 0;
  while (!(*play)->is_over(permits)) {
    (*play)->step(permits);
    const auto& wrong = (*play)->oracle().wrongs();
    for (; wrongs < wrong.size(); ++wrongs) std::cout << wrong[wrongs] << "\n" << std::flush;
    std::size_t over = (*play)->crew().over();
    if (over < told + kTellEvery) continue;
    told = over;
    std::cout << over << " permits are over after " << std::clock() / CLOCKS_PER_SEC
              << " s of processor time, " << (*play)->oracle().wrongs().size() << " wrong\n"
              << std::flush;
  }
  (*play)->close();
  std::cout << write_json((*play)->report()) << "\n";
  expect_right(**play, seed_of_year());
  EXPECT_GT((*play)->crew().counts().at("ended:closed"), static_cast<int>(permits) / 4);
}

// Nothing but wrong acts in any order, and stops for any reason: no state but those of the form, no
// way round a signature, nothing goes on without what its stop asks for, and what is over stays so.
TEST(PermitWalk, NoWayLeadsRoundASignature) {
  Quiet quiet;
  constexpr std::array kReasons{"alarm",         "gas_age",         "gas",       "gas_reading",
                                "guardian_left", "guardian_unseen", "wind",      "weather",
                                "certificate",   "retest",          "neighbour", "shift_end",
                                "parent",        "person",          "break",     "other"};
  std::size_t permits = number_from_environment("ANLAN_WALKS", 60);
  uint64_t seed = seed_of_year() + 1;
  auto play = Play::create(seed);
  ASSERT_TRUE(play) << play.error().detail << play.error().field;
  (*play)->oracle().allow_false_stops();
  (*play)->crew().set_mischief(1);
  while (!(*play)->is_over(permits)) {
    (*play)->step(permits);
    World& world = (*play)->world();
    if (world.chance(15)) (*play)->crew().stop_one(kReasons[world.random().below(kReasons.size())]);
  }
  (*play)->close();
  std::cout << write_json((*play)->report()) << "\n";
  expect_right(**play, seed);
}

}  // namespace
}  // namespace anlan::test
