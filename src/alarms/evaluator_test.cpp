#include "alarms/evaluator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "alarms/test_world.h"
#include "core/random.h"

namespace anlan::alarms {
namespace {

using history::Quality;
using history::Sample;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Sample sample(int64_t seconds, double value, Quality quality = Quality::Good) {
  return {.at = at_s(seconds), .received = at_s(seconds), .value = value, .quality = quality};
}

// One evaluator and what it said: "+0" for a trip of its first definition, "-0" for a clear.
class Said {
 public:
  explicit Said(std::vector<Definition> definitions, const std::vector<RecordId>& active = {})
      : evaluator_(Evaluator::make(std::move(definitions), active, kStart).value()) {}

  std::string of(const Sample& one) {
    trips.clear();
    evaluator_.evaluate(std::span(&one, 1), trips);
    return text_of(trips);
  }
  std::string tick(int64_t seconds) {
    trips.clear();
    evaluator_.tick(at_s(seconds), trips);
    return text_of(trips);
  }
  const Evaluator& evaluator() const { return evaluator_; }

  std::vector<Trip> trips;

 private:
  Evaluator evaluator_;
};

TEST(Evaluator, TripsOnTheLimitAndClearsAfterTheDeadband) {
  Definition high = definition(Kind::High, 50);
  high.deadband = 2;
  Said said({high});
  EXPECT_EQ(said.of(sample(1, 49.9)), "");
  EXPECT_EQ(said.of(sample(2, 50)), "+0");
  EXPECT_EQ(said.trips[0].value, 50);
  EXPECT_EQ(said.trips[0].at, at_s(2));
  EXPECT_EQ(said.of(sample(3, 48.1)), "");
  EXPECT_EQ(said.of(sample(4, 48)), "-0");
  EXPECT_EQ(said.of(sample(5, 49.9)), "");
  EXPECT_EQ(said.of(sample(6, 1e9)), "+0");
}

TEST(Evaluator, JudgesLowAndDigitalTagsAlike) {
  Definition low = definition(Kind::Low, 19.5, 1);
  low.deadband = 0.5;
  Said oxygen({low});
  EXPECT_EQ(oxygen.of(sample(1, 20.9)), "");
  EXPECT_EQ(oxygen.of(sample(2, 19.5)), "+0");
  EXPECT_EQ(oxygen.of(sample(3, 19.9)), "");
  EXPECT_EQ(oxygen.of(sample(4, 20)), "-0");
  Said contact({definition(Kind::On, 0, 1), definition(Kind::Off, 0, 2)});
  EXPECT_EQ(contact.of(sample(1, 1)), "+0");
  EXPECT_EQ(contact.of(sample(2, 0)), "-0+1");
  EXPECT_EQ(contact.of(sample(3, 0.5)), "+0-1");
}

TEST(Evaluator, WithoutADeadbandOneValueIsNeverBoth) {
  Said said({definition(Kind::High, 50, 1), definition(Kind::Low, 50, 2)});
  EXPECT_EQ(said.of(sample(1, 50)), "+0+1");
  EXPECT_EQ(said.of(sample(2, 50)), "");
  EXPECT_EQ(said.of(sample(3, std::nextafter(50, 0))), "-0");
  EXPECT_EQ(said.of(sample(4, std::nextafter(50, 99))), "+0-1");
}

TEST(Evaluator, WaitsForTheDelayBySourceTimeOrByTick) {
  Definition slow = definition(Kind::High, 50);
  slow.on_delay = Duration::seconds(5);
  slow.off_delay = Duration::seconds(3);
  Said said({slow});
  EXPECT_EQ(said.of(sample(1, 60)), "");
  EXPECT_EQ(said.of(sample(3, 40)), "");  // a spike
  EXPECT_EQ(said.tick(10), "");
  EXPECT_EQ(said.of(sample(11, 60)), "");
  EXPECT_EQ(said.tick(15), "");
  EXPECT_EQ(said.tick(16), "+0");
  EXPECT_EQ(said.of(sample(17, 40)), "");
  EXPECT_EQ(said.of(sample(19, 40)), "");
  EXPECT_EQ(said.of(sample(20, 40)), "-0");
  // A batch of a device that had kept its samples: all received at once.
  Sample first = sample(30, 60);
  Sample last = sample(35, 60);
  first.received = last.received = at_s(40);
  EXPECT_EQ(said.of(first), "");
  EXPECT_EQ(said.of(last), "+0");
}

TEST(Evaluator, BadAndStaleSamplesNeitherTripNorClearNorEndADelay) {
  Definition slow = definition(Kind::High, 50);
  slow.on_delay = Duration::seconds(5);
  Said said({slow, definition(Kind::High, 50, 2)});
  EXPECT_EQ(said.of(sample(1, 60, Quality::Bad)), "");
  EXPECT_EQ(said.of(sample(2, 60)), "+1");
  EXPECT_EQ(said.of(sample(3, 60, Quality::Stale)), "");
  EXPECT_EQ(said.of(sample(4, 0, Quality::Bad)), "");
  EXPECT_EQ(said.of(sample(5, kNaN)), "");
  EXPECT_EQ(said.tick(20), "");
  EXPECT_EQ(said.of(sample(21, 60)), "+0");
  EXPECT_EQ(said.of(sample(22, 40, Quality::Uncertain)), "-0-1");
}

TEST(Evaluator, LateSamplesAreNotEvaluated) {
  Said said({definition(Kind::High, 50)});
  EXPECT_EQ(said.of(sample(10, 40)), "");
  EXPECT_EQ(said.of(sample(9, 60)), "");
  EXPECT_EQ(said.of(sample(10, 60)), "+0");
  EXPECT_EQ(said.of(sample(9, 40)), "");
  EXPECT_EQ(said.of(sample(11, 40)), "-0");
}

TEST(Evaluator, AClockThatIsAheadMakesNothingLate) {
  Said said({definition(Kind::High, 50)});
  Sample wrong = sample(1, 40);
  wrong.at = at_s(1'000'000);
  EXPECT_EQ(said.of(wrong), "");
  EXPECT_EQ(said.of(sample(2, 60)), "+0");
}

TEST(Evaluator, ForeignTimesAtTheEndsOfTheScaleDoNoHarm) {
  Definition slow = definition(Kind::High, 50);
  slow.on_delay = Duration::seconds(5);
  Said said({slow});
  constexpr int64_t kLow = std::numeric_limits<int64_t>::min();
  constexpr int64_t kHigh = std::numeric_limits<int64_t>::max();
  for (int64_t at : {kLow, kHigh}) {
    for (int64_t received : {kLow, int64_t{0}}) {
      EXPECT_EQ(said.of({.at = {at}, .received = {received}, .value = 60}), "");
    }
  }
  EXPECT_EQ(said.of({.at = {kHigh}, .received = {kHigh}, .value = 60}), "+0");
}

TEST(Evaluator, ATagThatFallsSilentOrBadIsStale) {
  Definition stale = definition(Kind::Stale, 0);
  stale.on_delay = Duration::seconds(30);
  Said said({stale});
  EXPECT_FALSE(said.evaluator().is_fresh(0, at_s(1)));
  EXPECT_EQ(said.tick(29), "");
  EXPECT_EQ(said.tick(30), "+0");  // it has never spoken
  EXPECT_EQ(said.trips[0].quality, Quality::Stale);
  EXPECT_EQ(said.of(sample(40, 7, Quality::Bad)), "");
  EXPECT_EQ(said.of(sample(41, 7)), "-0");
  EXPECT_TRUE(said.evaluator().is_fresh(0, at_s(70)));
  EXPECT_FALSE(said.evaluator().is_fresh(0, at_s(71)));
  for (int64_t s = 42; s < 71; ++s) EXPECT_EQ(said.of(sample(s, 9, Quality::Bad)), "");
  EXPECT_EQ(said.tick(70), "");
  EXPECT_EQ(said.tick(71), "+0");
  EXPECT_EQ(said.tick(72), "");
  EXPECT_FALSE(said.evaluator().is_fresh(1, at_s(42)));
}

TEST(Evaluator, OneGoodValueAloneDoesNotEndAStaleAlarmThatHasAnOffDelay) {
  Definition stale = definition(Kind::Stale, 0);
  stale.on_delay = Duration::seconds(5);
  stale.off_delay = Duration::seconds(8);
  Said said({stale});
  EXPECT_EQ(said.tick(5), "+0");
  EXPECT_EQ(said.of(sample(10, 7)), "");
  EXPECT_EQ(said.tick(15), "");
  EXPECT_EQ(said.tick(18), "");
  for (int64_t s = 20; s < 28; ++s) {
    EXPECT_EQ(said.of(sample(s, 7)), "");
    EXPECT_EQ(said.tick(s), "");
  }
  EXPECT_EQ(said.tick(28), "-0");
}

TEST(Evaluator, ARestartNeitherRepeatsNorForgets) {
  Said said({definition(Kind::High, 50, 1), definition(Kind::High, 60, 2)}, {id_of(1), id_of(77)});
  EXPECT_EQ(said.tick(1), "");
  EXPECT_EQ(said.of(sample(2, 70, Quality::Bad)), "");
  EXPECT_EQ(said.of(sample(3, 55)), "");
  EXPECT_EQ(said.of(sample(4, 70)), "+1");
  EXPECT_EQ(said.of(sample(5, 40)), "-0-1");
}

TEST(Evaluator, TagsWithoutDefinitionAreLeftAlone) {
  Definition far = definition(Kind::High, 50);
  far.tag = 5;
  Said said({far});
  for (history::TagIndex tag : {0U, 4U, 6U, 4'000'000'000U}) {
    Sample one = sample(1, 99);
    one.tag = tag;
    EXPECT_EQ(said.of(one), "");
    EXPECT_FALSE(said.evaluator().is_fresh(tag, at_s(1)));
  }
  EXPECT_TRUE(Evaluator::make({}, {}, kStart));
}

TEST(Definition, NamesTheMemberThatIsWrong) {
  auto field = [](auto change) -> std::string {
    Definition one = definition(Kind::High, 50);
    change(one);
    auto made = Evaluator::make({one}, {}, kStart);
    if (made) return "";
    EXPECT_EQ(made.error().code, ErrorCode::BadField);
    return made.error().field;
  };
  EXPECT_EQ(field([](Definition&) {}), "");
  EXPECT_EQ(field([](Definition& one) { one.id = {}; }), "id");
  EXPECT_EQ(field([](Definition& one) { one.code = ""; }), "code");
  EXPECT_EQ(field([](Definition& one) { one.tag = kTagsMax; }), "tag");
  EXPECT_EQ(field([](Definition& one) { one.limit = kNaN; }), "limit");
  EXPECT_EQ(field([](Definition& one) { one.deadband = -1; }), "deadband");
  EXPECT_EQ(field([](Definition& one) { one.priority = 5; }), "priority");
  EXPECT_EQ(field([](Definition& one) { one.gas_level = 3; }), "gas_level");
  EXPECT_EQ(field([](Definition& one) { one.off_delay = {-1}; }), "off_delay");
  EXPECT_EQ(field([](Definition& one) { one.on_delay = Duration::hours(25); }), "on_delay");
  EXPECT_EQ(field([](Definition& one) { one.kind = Kind::Stale; }), "on_delay");
  auto make_safe = [](Definition& one) {
    one.is_safety = true;
    one.on_delay = Duration::seconds(1);
  };
  EXPECT_EQ(field(make_safe), "on_delay");
  EXPECT_EQ(Evaluator::make({definition(Kind::High, 1), definition(Kind::High, 2)}, {}, kStart)
                .error()
                .field,
            "code");
}

TEST(Definition, KindsAreWords) {
  for (std::string text :
       {"hh", "h", "l", "ll", "on", "off", "stale", "rise", "fall", "deviation", "stuck"}) {
    EXPECT_EQ(kind_text(parse_kind(text).value()), text);
  }
  EXPECT_EQ(parse_kind("HH").error().field, "kind");
}

// One definition, judged as its words say, sample by sample.
class Naive {
 public:
  Naive(Definition definition, bool is_active)
      : one_(std::move(definition)), is_active_(is_active) {}

  bool is_active() const { return is_active_; }
  void restart(int64_t now) {
    bool was = is_active_;
    *this = Naive(one_, was);
    last_good_ = now;
  }
  bool take(const Sample& given, int64_t order) {
    is_known_ = given.quality <= Quality::Uncertain && std::isfinite(given.value);
    bool is_good = is_known_ && given.quality == Quality::Good;
    if (is_good) last_good_ = given.received.ns;
    if (one_.kind == Kind::Stale) return wait(is_active_ && is_good, order, given.received.ns);
    if (!is_known_) return false;
    return wait(is_active_ ? is_back(given.value) : is_over(given.value), order, given.received.ns);
  }
  bool tick(int64_t now) {
    if (one_.kind == Kind::Stale && !is_active_) {
      return now - last_good_ >= one_.on_delay.ns && flip();
    }
    if (one_.kind == Kind::Stale && now - last_good_ >= one_.on_delay.ns) since_.reset();
    return since_ && is_known_ && now - since_->received >= delay() && flip();
  }

 private:
  struct Since {
    int64_t order, received;
  };
  bool is_over(double value) const {
    switch (one_.kind) {
      case Kind::High:
      case Kind::HighHigh: return value >= one_.limit;
      case Kind::Low:
      case Kind::LowLow: return value <= one_.limit;
      case Kind::On: return value >= 0.5;
      default: return value < 0.5;
    }
  }
  bool is_back(double value) const {
    if (is_over(value)) return false;
    switch (one_.kind) {
      case Kind::High:
      case Kind::HighHigh: return value <= one_.limit - one_.deadband;
      case Kind::Low:
      case Kind::LowLow: return value >= one_.limit + one_.deadband;
      default: return true;
    }
  }
  int64_t delay() const { return is_active_ ? one_.off_delay.ns : one_.on_delay.ns; }
  bool wait(bool wants, int64_t order, int64_t received) {
    if (!wants) since_.reset();
    if (!wants) return false;
    if (!since_) since_ = Since{order, received};
    bool is_due = order - since_->order >= delay() || received - since_->received >= delay();
    return is_due && flip();
  }
  bool flip() {
    is_active_ = !is_active_;
    since_.reset();
    return true;
  }

  Definition one_;
  bool is_active_ = false;
  bool is_known_ = true;
  int64_t last_good_ = kStart.ns;
  std::optional<Since> since_;
};

// Random definitions over a few tags that walk on a coarse grid, so that values meet limits.
class RandomWalk {
 public:
  explicit RandomWalk(uint64_t seed) : random_(seed) {
    for (uint8_t i = 0; i < kDefinitions; ++i) definitions_.push_back(random_definition(i));
    for (const Definition& one : definitions_) naive_.emplace_back(one, false);
    restart();
  }

  void step() {
    now_ = now_ + Duration::milliseconds(static_cast<int64_t>(random_.below(1500)));
    uint64_t what = random_.below(100);
    if (what < 25) return tick();
    if (what == 99) return restart();
    evaluate();
  }

 private:
  static constexpr uint8_t kDefinitions = 24;
  static constexpr std::size_t kTags = 5;

  bool chance(uint64_t percent) { return random_.below(100) < percent; }
  Duration random_delay() {
    return chance(40) ? Duration{} : Duration::seconds(static_cast<int64_t>(random_.below(6)));
  }
  Definition random_definition(uint8_t number) {
    Definition one = definition(static_cast<Kind>(random_.below(7)), 0, number + 1);
    one.tag = static_cast<history::TagIndex>(random_.below(kTags));
    one.limit = static_cast<double>(random_.below(9)) - 4;
    if (chance(60)) one.deadband = static_cast<double>(random_.below(5)) / 2;
    one.on_delay = random_delay();
    one.off_delay = random_delay();
    if (one.kind == Kind::Stale) one.on_delay = one.on_delay + Duration::seconds(3);
    return one;
  }

  void tick() {
    std::vector<Trip> trips;
    evaluator_->tick(now_, trips);
    std::vector<uint32_t> expected;
    for (uint32_t i = 0; i < kDefinitions; ++i) {
      if (naive_[i].tick(now_.ns)) expected.push_back(i);
    }
    compare(trips, expected);
  }
  Sample random_sample() {
    auto tag = static_cast<history::TagIndex>(random_.below(kTags));
    values_[tag] += static_cast<double>(random_.below(5)) / 2 - 1;
    values_[tag] = std::clamp(values_[tag], -6.0, 6.0);
    Sample one{.tag = tag, .at = now_, .received = now_, .value = values_[tag]};
    if (chance(30)) one.at = now_ - Duration::milliseconds(int64_t(random_.below(4000)));
    if (chance(5)) one.at = now_ + Duration::hours(1);
    if (chance(15)) one.quality = static_cast<Quality>(random_.below(4));
    if (chance(2)) one.value = chance(50) ? kNaN : std::numeric_limits<double>::infinity();
    return one;
  }
  void evaluate() {
    std::vector<Sample> samples;
    for (uint64_t i = random_.below(8) + 1; i > 0; --i) samples.push_back(random_sample());
    std::vector<Trip> trips;
    evaluator_->evaluate(samples, trips);
    std::vector<uint32_t> expected;
    for (const Sample& one : samples) {
      int64_t order = std::min(one.at.ns, one.received.ns);
      if (order < orders_[one.tag]) continue;
      orders_[one.tag] = order;
      for (uint32_t i = 0; i < kDefinitions; ++i) {
        if (definitions_[i].tag == one.tag && naive_[i].take(one, order)) expected.push_back(i);
      }
    }
    compare(trips, expected);
  }
  void restart() {
    std::vector<RecordId> active;
    for (uint32_t i = 0; i < kDefinitions; ++i) {
      if (naive_[i].is_active()) active.push_back(definitions_[i].id);
      naive_[i].restart(now_.ns);
    }
    std::ranges::fill(orders_, 0);
    evaluator_ = Evaluator::make(definitions_, active, now_).value();
  }
  // The same in the same order (a tick's order is its own), and each a change: raise and clear of a
  // definition take turns.
  void compare(const std::vector<Trip>& trips, std::vector<uint32_t> expected) {
    std::vector<uint32_t> said;
    for (const Trip& trip : trips) {
      said.push_back(trip.definition);
      EXPECT_NE(trip.is_active, was_active_[trip.definition]);
      was_active_[trip.definition] = trip.is_active;
      EXPECT_TRUE(std::isfinite(trip.value));
    }
    std::ranges::sort(said);
    std::ranges::sort(expected);
    ASSERT_EQ(said, expected);
    for (uint32_t i = 0; i < kDefinitions; ++i) {
      ASSERT_EQ(was_active_[i], naive_[i].is_active());
    }
  }

  SeededRandom random_;
  Instant now_ = kStart;
  std::vector<Definition> definitions_;
  std::vector<Naive> naive_;
  std::optional<Evaluator> evaluator_;
  std::array<double, kTags> values_{};
  std::array<int64_t, kTags> orders_{};
  std::array<bool, kDefinitions> was_active_{};
};

TEST(Evaluator, AgreesWithANaiveReferenceOverRandomWalks) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomWalk walk(seed);
    for (int i = 0; i < 1000 && !testing::Test::HasFailure(); ++i) walk.step();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace anlan::alarms
