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
    // No law says for how long weather is kept.
    for (const engine::TagInfo& tag : sensing().plant()->tags()) {
      if (tag.purpose.starts_with("wind") && tags_.size() < 2) tags_.push_back(tag.index);
    }
    ASSERT_EQ(tags_.size(), 2u);
  }
  engine::Sensing& sensing() { return plant_->engine().sensing(); }

  // The administrator writes it into the record of the tag.
  Result<Json> said(history::TagIndex tag, Json fields) {
    auto admin = plant_->as("admin").value();
    RecordId id = sensing().plant()->tag(tag)->id;
    Json record = plant_->engine().record(admin, "tag", id).value();
    return plant_->run(admin, engine::UpdateRecord{.form = "tag",
                                                   .id = id,
                                                   .version = record["record"].int_or("version", 1),
                                                   .fields = std::move(fields)});
  }
  void say(history::TagIndex tag, Json fields) {
    auto said = this->said(tag, std::move(fields));
    ASSERT_TRUE(said) << said.error().field << " " << said.error().detail;
    ASSERT_TRUE(sensing().reload());
  }

  // In the table of classes.
  Result<Json> class_says(const std::string& code, Json fields) {
    auto admin = plant_->as("admin").value();
    auto known = plant_->id_of("retention_class", code);
    Result<Json> done;
    if (known) {
      RecordId id = RecordId::parse(*known).value();
      Json record = plant_->engine().record(admin, "retention_class", id).value();
      done =
          plant_->run(admin, engine::UpdateRecord{.form = "retention_class",
                                                  .id = id,
                                                  .version = record["record"].int_or("version", 1),
                                                  .fields = std::move(fields)});
    } else {
      fields.set("code", code).set("name_zh", code);
      done = plant_->run(
          admin, engine::CreateRecord{.form = "retention_class", .fields = std::move(fields)});
    }
    plant_->clock().advance(Duration::seconds(6));
    plant_->engine().watch();
    return done;
  }
  history::TagIndex gas() {
    auto plant = sensing().plant();
    for (const engine::TagInfo& tag : plant->tags()) {
      if (tag.purpose == "gas") return tag.index;
    }
    ADD_FAILURE();
    return 0;
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

// The class of a tag says it, by the tag's purpose or by its own word; a day of its own comes
// first.
TEST_F(RetentionTest, OfATagIsWhatItsClassSays) {
  ASSERT_TRUE(class_says("weather", Json::object({{"keep_samples_days", 1},
                                                  {"keep_minutes_days", 30},
                                                  {"keep_hours_days", 60}})));
  say(tags_[1], Json::object({{"keep_samples_days", 9}}));
  feed();
  for (Duration step : {Duration::minutes(5), Duration::hours(3), Duration::days(2)}) wait(step);
  EXPECT_EQ(samples(0), 0u);
  EXPECT_GE(parts(0), 10u);
  EXPECT_EQ(samples(1), 600u);
  // Of another class from now on.
  say(tags_[1], Json::object({{"keep_samples_days", Json()}, {"keep_class", "people"}}));
  ASSERT_TRUE(class_says(
      "people",
      Json::object({{"keep_samples_days", 2}, {"keep_minutes_days", 3}, {"keep_hours_days", 3}})));
  wait(Duration::days(1));
  EXPECT_EQ(samples(1), 0u);
}

// Nothing is lengthened behind anybody's back: less than the law asks for is refused, and why.
TEST_F(RetentionTest, LessThanTheLawAsksForIsRefusedWithItsSource) {
  auto few = class_says("safety", Json::object({{"keep_samples_days", 29}}));
  ASSERT_FALSE(few);
  EXPECT_EQ(few.error().code, ErrorCode::CheckFailed);
  EXPECT_EQ(few.error().field, "keep_samples_days");
  EXPECT_TRUE(few.error().message_zh.contains("第 40 号")) << few.error().message_zh;
  EXPECT_TRUE(few.error().message_en.contains("2011-12-01")) << few.error().message_en;
  EXPECT_TRUE(few.error().message_en.contains("not verified"));
  Json floor = parse_json(few.error().params).value()["floor"];
  EXPECT_EQ(floor["days"], Json(30));
  EXPECT_EQ(floor["mark"], Json("draft"));
  EXPECT_TRUE(class_says("safety", Json::object({{"keep_samples_days", 30}})));
  // A tag by itself; also where its class makes it one of those.
  EXPECT_EQ(said(gas(), Json::object({{"keep_samples_days", 29}})).error().field,
            "keep_samples_days");
  EXPECT_TRUE(said(gas(), Json::object({{"keep_samples_days", 31}})));
  EXPECT_TRUE(said(tags_[0], Json::object({{"keep_samples_days", 3}})));
  EXPECT_EQ(said(tags_[0], Json::object({{"keep_class", "process"}})).error().field,
            "keep_samples_days");
  // Who is of no such class may go lower, and who says nothing is refused nothing.
  EXPECT_TRUE(class_says("weather", Json::object({{"keep_samples_days", 1}})));
  EXPECT_TRUE(said(gas(), Json::object({{"keep_samples_days", Json()}})));
}

}  // namespace
}  // namespace anlan::test
