// How long values of a tag are kept is said in its record.

#include <gtest/gtest.h>

#include "tests/support/plant.h"

namespace anlan::test {
namespace {

class RetentionTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = Plant::create({.database = {}, .is_seeded = true});
    ASSERT_TRUE(made) << made.error().detail;
    plant_ = std::move(*made);
    ASSERT_TRUE(sensing().reload());
    for (const engine::TagInfo& tag : sensing().plant()->tags()) {
      if (tag.purpose == "gas" && tags_.size() < 2) tags_.push_back(tag.index);
    }
    ASSERT_EQ(tags_.size(), 2u);
  }
  engine::Sensing& sensing() { return plant_->engine().sensing(); }

  // The administrator writes it into the record of the tag.
  void say(history::TagIndex tag, Json fields) {
    auto admin = plant_->as("admin").value();
    RecordId id = sensing().plant()->tag(tag)->id;
    Json record = plant_->engine().record(admin, "tag", id).value();
    auto said =
        plant_->run(admin, engine::UpdateRecord{.form = "tag",
                                                .id = id,
                                                .version = record["record"].int_or("version", 1),
                                                .fields = std::move(fields)});
    ASSERT_TRUE(said) << said.error().field << " " << said.error().detail;
    ASSERT_TRUE(sensing().reload());
  }

  // Ten minutes of samples, one a second.
  void feed() {
    from_ = plant_->clock().now();
    std::vector<history::Sample> samples;
    for (history::TagIndex tag : tags_) {
      for (int i = 0; i < 600; ++i) {
        Instant at = from_ + Duration::seconds(i);
        samples.push_back({.tag = tag, .at = at, .received = at, .value = 1});
      }
    }
    plant_->clock().advance(Duration::minutes(10));
    ASSERT_TRUE(sensing().samples(samples));
  }

  // Blocks, then their sums, then what is too old goes; each turn looks at a part of the tags.
  void wait(Duration step) {
    plant_->clock().advance(step);
    for (int i = 0; i < 60; ++i) {
      plant_->clock().advance(Duration::seconds(1));
      plant_->engine().watch();
    }
  }

  std::size_t samples(std::size_t tag) {
    return sensing().history().raw(tags_[tag], from_, from_ + Duration::hours(1))->size();
  }
  // Minute by minute: where only hours are kept, each of them is one part.
  std::size_t parts(std::size_t tag) {
    constexpr int64_t kHourNs = Duration::hours(1).ns;
    Instant begin{from_.ns / kHourNs * kHourNs};
    return sensing().history().trend(tags_[tag], begin, begin + Duration::hours(2), 120)->size();
  }

  std::unique_ptr<Plant> plant_;
  std::vector<history::TagIndex> tags_;
  Instant from_{};
};

TEST_F(RetentionTest, OfATagIsWhatItsRecordSays) {
  say(tags_[0], Json::object({{"keep_samples_days", 1}}));
  feed();
  for (Duration step : {Duration::minutes(5), Duration::hours(3), Duration::days(2)}) wait(step);
  EXPECT_EQ(samples(0), 0u);
  EXPECT_EQ(samples(1), 600u);
  EXPECT_GE(parts(0), 10u);
}

TEST_F(RetentionTest, OfMinutesAndHoursIsWhatTheRecordOfTheTagSays) {
  say(tags_[0],
      Json::object({{"keep_samples_days", 1}, {"keep_minutes_days", 2}, {"keep_hours_days", 6}}));
  say(tags_[1], Json::object({{"keep_samples_days", 1}}));
  feed();
  for (Duration step : {Duration::minutes(5), Duration::hours(3)}) wait(step);
  EXPECT_GE(parts(0), 10u);
  wait(Duration::days(4));
  EXPECT_GE(parts(0), 1u);
  EXPECT_LE(parts(0), 2u);
  EXPECT_GE(parts(1), 10u);
  wait(Duration::days(4));
  EXPECT_EQ(parts(0), 0u);
  EXPECT_GE(parts(1), 10u);
}

// Sums that went before what they are of would leave a gap in every trend.
TEST_F(RetentionTest, OfSumsIsNeverShorterThanOfWhatTheyAreOf) {
  say(tags_[0], Json::object({{"keep_minutes_days", 1}, {"keep_hours_days", 1}}));
  say(tags_[1],
      Json::object({{"keep_samples_days", 1}, {"keep_minutes_days", 30}, {"keep_hours_days", 1}}));
  feed();
  for (Duration step : {Duration::minutes(5), Duration::hours(3), Duration::days(5)}) wait(step);
  EXPECT_EQ(samples(0), 600u);
  EXPECT_GE(parts(0), 10u);
  EXPECT_EQ(samples(1), 0u);
  EXPECT_GE(parts(1), 10u);
  // Whole hours are read from the hours.
  for (history::TagIndex tag : tags_) {
    constexpr int64_t kHourNs = Duration::hours(1).ns;
    Instant begin{from_.ns / kHourNs * kHourNs};
    EXPECT_FALSE(sensing().history().trend(tag, begin, begin + Duration::hours(2), 2)->empty());
  }
}

}  // namespace
}  // namespace anlan::test
